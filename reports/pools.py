"""In whose name a comment is released: a group's, the partners' together, or nobody's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from reports.aggregate import OpenedBallot
from reports.model import ALL_ID, ALL_TITLE, REST_ID, REST_TITLE
from surveys.groups import DisclosurePolicy, is_safe
from surveys.matrix import Group
from surveys.subjects import Subject


@dataclass(frozen=True, slots=True)
class Pool:
    """The people in whose name a comment appears: an id, and a title for readers."""

    id: str
    title: str


def comment_pools(
    ballots: Iterable[OpenedBallot],
    groups: Sequence[Group],
    policy: DisclosurePolicy,
    *,
    merge_first: Mapping[Subject, frozenset[str]],
) -> dict[tuple[Subject, str], Pool | None]:
    """The pool of every group that answered, per subject; None where its comments may not be released.

    An attributed group speaks under its own title. A protected group stands alone from
    ``policy.comment_group`` people on, and the rest is pooled from ``policy.comment_answers`` people on; each
    has to be safe as a figure is, besides. A group of ``merge_first`` never stands alone. A rest that is too
    small, or that is one group under another name, takes everybody else in. Source: anonymity rules, "Comments".
    """
    received: dict[Subject, dict[str, Counter[str]]] = {}
    for ballot in ballots:
        by_group = received.setdefault(ballot.subject, {})
        by_group.setdefault(ballot.group_id, Counter())[ballot.organisation_id] += 1
    result: dict[tuple[Subject, str], Pool | None] = {}
    for subject, by_group in received.items():
        present = [group for group in groups if group.id in by_group]
        for group in present:
            if group.is_attributed:
                result[subject, group.id] = Pool(group.id, group.title)
        protected = {group.id: by_group[group.id] for group in present if not group.is_attributed}
        pooled = _pooled(protected, policy, merge_first.get(subject, frozenset()))
        for group in present:
            if group.id in protected:
                is_alone = group.id not in pooled
                result[subject, group.id] = Pool(group.id, group.title) if is_alone else pooled[group.id]
    return result


def _pooled(
    protected: Mapping[str, Counter[str]], policy: DisclosurePolicy, merge_first: frozenset[str]
) -> dict[str, Pool | None]:
    """The pool of each group that does not stand alone."""
    rest = [
        id_
        for id_, people in protected.items()
        if id_ in merge_first or not _may_speak(people, policy.comment_group, policy)
    ]
    if not rest:
        return {}
    together = sum((protected[id_] for id_ in rest), Counter())
    if 1 < len(rest) < len(protected) and _may_speak(together, policy.comment_answers, policy):
        return dict.fromkeys(rest, Pool(REST_ID, REST_TITLE))
    all_people = sum(protected.values(), Counter())
    may_speak = _may_speak(all_people, policy.comment_answers, policy)
    return dict.fromkeys(protected, Pool(ALL_ID, ALL_TITLE) if may_speak else None)


def _may_speak(by_organisation: Mapping[str, int], people: int, policy: DisclosurePolicy) -> bool:
    return sum(by_organisation.values()) >= people and is_safe(by_organisation, policy)
