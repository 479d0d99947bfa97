"""The chain's averages in the reports on partners: of what all these reports show of one view, by statement."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from reports.display import average, mean_of
from reports.model import (
    AVERAGE_OWN_ID,
    AVERAGE_OWN_TITLE,
    AVERAGE_PRIME_ID,
    AVERAGE_PRIME_TITLE,
    NOT_SHOWN,
    Displayed,
    GroupKind,
    Part,
    ReportGroup,
    ReportSection,
    Shown,
)
from surveys.groups import DisclosurePolicy
from surveys.matrix import is_attributed_id

OWN = ReportGroup(AVERAGE_OWN_ID, AVERAGE_OWN_TITLE, GroupKind.AVERAGE, False, None, ())
PRIME = ReportGroup(AVERAGE_PRIME_ID, AVERAGE_PRIME_TITLE, GroupKind.AVERAGE, False, None, ())
AVERAGES = frozenset({OWN.id, PRIME.id})


@dataclass(frozen=True, slots=True)
class _Average:
    """One average: its column, and its figure by question id, the same in the report on every partner."""

    group: ReportGroup
    figures: Mapping[str, Displayed]


def with_averages(parts: Sequence[Part], policy: DisclosurePolicy) -> tuple[Part, ...]:
    """The parts, those on partners with a column for each average of which anything can be shown.

    The partner that a part is on is in its averages, so that they are the same in every partner's report.
    """
    on_partners = [part for part in parts if part.is_on_partner and part.groups]
    made = (_average(group, on_partners, policy) for group in (OWN, PRIME))
    averages = [one for one in made if any(isinstance(figure, Shown) for figure in one.figures.values())]
    return tuple(_with(part, averages) if part.is_on_partner and part.groups else part for part in parts)


def without_averages(parts: Iterable[Part]) -> tuple[Part, ...]:
    """The parts without any column of an average."""
    return tuple(_without(part) for part in parts)


def _average(group: ReportGroup, on_partners: Iterable[Part], policy: DisclosurePolicy) -> _Average:
    found: dict[str, list[Displayed]] = {}
    for part in on_partners:
        ids = [one.id for one in part.groups if _is_of(one, group)][:1]
        for section in part.sections:
            for item in section.items:
                found.setdefault(item.question_id, []).extend(item.values[id_] for id_ in ids)
    return _Average(group, {question_id: average(values, policy) for question_id, values in found.items()})


def _is_of(group: ReportGroup, wanted: ReportGroup) -> bool:
    """Whether a column of a part on a partner is the view that an average is made of."""
    if group.kind is not GroupKind.ATTRIBUTED:
        return False
    return group.is_self if wanted is OWN else not group.is_self and not is_attributed_id(group.id)


def _with(part: Part, averages: Sequence[_Average]) -> Part:
    if not averages:
        return part
    sections = tuple(_section(section, averages) for section in part.sections)
    return replace(part, groups=(*part.groups, *(one.group for one in averages)), sections=sections)


def _section(section: ReportSection, averages: Sequence[_Average]) -> ReportSection:
    items = tuple(
        replace(
            item,
            values={**item.values, **{one.group.id: _figure(one, item.question_id) for one in averages}},
        )
        for item in section.items
    )
    means = {one.group.id: mean_of(item.values[one.group.id] for item in items) for one in averages}
    return replace(section, items=items, means={**section.means, **means})


def _figure(one: _Average, question_id: str) -> Displayed:
    return one.figures.get(question_id, NOT_SHOWN)


def _without(part: Part) -> Part:
    ids = {group.id for group in part.groups if group.kind is GroupKind.AVERAGE}
    if not ids:
        return part
    sections = tuple(
        replace(
            section,
            items=tuple(
                replace(item, values={id_: value for id_, value in item.values.items() if id_ not in ids})
                for item in section.items
            ),
            means={id_: value for id_, value in section.means.items() if id_ not in ids},
        )
        for section in part.sections
    )
    return replace(
        part, groups=tuple(group for group in part.groups if group.id not in ids), sections=sections
    )
