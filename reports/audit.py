"""The disclosure audit: whether everything that a release shows keeps every single person hidden.

Four questions. Does every derived figure follow from the displayed values (so that it tells nothing new)? Does each
displayed value, with the number of answers behind it taken as known, leave every person five possible answers, and
three to an insider who knows their own? (Of yes and no, both to either.) Does it still with what stands beside it: a
distribution, a share, a column of the last cycle? And does every report say the same of what several of them say? A
release that fails is not published.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reports.averages import with_averages, without_averages
from reports.beside_audit import distribution_fault, unseen_fault
from reports.comparison import Comparison, column_faults
from reports.display import ATTRIBUTED_STEP, everyone, mean_of
from reports.findings import widest_gaps
from reports.inference import is_in_table, sums_behind
from reports.model import (
    AuditResult,
    End,
    GroupKind,
    Item,
    Part,
    ReportExperience,
    ReportGroup,
    Shown,
    ShownShare,
)
from reports.share_audit import share_faults
from reports.solver import ANSWERS, Disclosure, Least, least_feasible
from surveys.groups import DisclosurePolicy
from surveys.publication import CountedBy

__all__ = ["EXPERIENCE", "Audit", "Offence", "audit", "sums_behind"]

FOR_OUTSIDERS = 5
FOR_INSIDERS = 3
# From here on more answers only make a figure say less of each, so that only the largest number is tried beside these.
TRIED_ONE_BY_ONE = 40
# What an offence of the experience is said to be about; no part has this subject.
EXPERIENCE = "experience"


@dataclass(frozen=True, slots=True)
class Offence:
    """One thing that may not be published. ``group_id`` None: not the fault of one column."""

    subject: str
    group_id: str | None
    words: str


@dataclass(frozen=True, slots=True)
class Audit:
    """What the audit found: the result that the report prints, and the offences behind it."""

    result: AuditResult
    offences: tuple[Offence, ...]


@dataclass(frozen=True, slots=True)
class _Figure:
    """One displayed value of a column, and where it stands. ``most``: how many voices may be behind it at most."""

    part: Part
    item: Item
    group: ReportGroup
    value: Shown
    most: int

    def offence(self, words: str) -> Offence:
        """An offence of this figure's column."""
        place = f"{self.part.title}, “{self.item.wording}”, {self.group.title}"
        return Offence(self.part.subject, self.group.id, f"{place}: the figure {words}.")


def audit(
    parts: Sequence[Part],
    policy: DisclosurePolicy,
    experience: ReportExperience | None,
    *,
    counted_by: CountedBy = CountedBy.PERSON,
    comparison: Comparison | None = None,
    is_whole: bool = True,
) -> Audit:
    """The audit of a whole release, from its displayed values alone. Raises SolverError when the solver fails.

    ``comparison``: what is known of those invited, and of the last cycle; None where there is nothing to compare.
    ``is_whole``: whether the parts on all partners are here, so that averages over them can be computed again.
    """
    offences: list[Offence] = []
    leasts = [Least(len(ANSWERS), len(ANSWERS))]
    figures = 0
    on_partners = sum(part.is_on_partner for part in parts)
    for part in parts:
        offences += _column_offences(part, policy)
        if comparison is not None:
            offences += [
                Offence(part.subject, id_, f"{part.title}, {_title_of(part, id_)}: {words}.")
                for ids, words in column_faults(part, comparison)
                for id_ in sorted(ids)
            ]
        for figure in _figures(part, on_partners if is_whole else None):
            if figure.group.kind is GroupKind.ATTRIBUTED:
                offences += _attributed_offences(figure)
                continue
            figures += 1
            leasts.append(_least_of(figure, policy))
            offences += _value_offences(figure, leasts[-1], policy)
        found, beside = _beside(part, policy, counted_by)
        figures += found
        offences += beside
        derived = list(_derived(part))
        figures += sum(isinstance(shown, Shown) for _, shown, _ in derived)
        offences += [
            Offence(part.subject, None, f"{part.title}, {place}: does not follow from the displayed values.")
            for place, shown, recomputed in derived
            if shown != recomputed
        ]
    if is_whole:
        offences += _average_offences(parts, policy)
    if experience is not None:
        figures += sum(isinstance(item.share, ShownShare) for item in experience.items)
        offences += [Offence(EXPERIENCE, None, words) for words in share_faults(experience, policy)]
    result = AuditResult(
        holds=not offences,
        figures=figures,
        least_outsider=min(least.outsider for least in leasts),
        least_insider=min(least.insider for least in leasts),
        findings=tuple(dict.fromkeys(offence.words for offence in offences)),
        reports=1 + on_partners,
        compared_with=comparison.reference if comparison is not None else "",
    )
    return Audit(result, tuple(offences))


def _title_of(part: Part, group_id: str) -> str:
    return next((group.title for group in part.groups if group.id == group_id), group_id)


def _column_offences(part: Part, policy: DisclosurePolicy) -> Iterator[Offence]:
    ids = [group.id for group in part.groups]
    titles = [title for group in part.groups for title in group.includes or (group.title,)]
    for names in (ids, titles):
        for name in sorted(set(names)):
            if names.count(name) > 1:
                yield Offence(part.subject, None, f"{part.title}: {name} is counted in two columns.")
    for group in part.groups:
        if group.is_pooled != (group.answers is not None):
            words = f"{part.title}, {group.title}: says or hides how many answered, against the rules."
            yield Offence(part.subject, group.id, words)
        elif group.answers is not None and group.answers < policy.k:
            words = f"{part.title}, {group.title}: fewer than {policy.k} people are shown."
            yield Offence(part.subject, group.id, words)
    answered = [group.answers for group in part.groups if group.answers is not None]
    if part.received != (sum(answered) if answered else None):
        words = f"{part.title}: the reviews received are not those of its columns."
        yield Offence(part.subject, None, words)


def _figures(part: Part, on_partners: int | None) -> Iterator[_Figure]:
    """The displayed values of all columns; of averages over partners only if it is known how many there are."""
    for group in part.groups:
        if group.kind is GroupKind.AVERAGE and on_partners is None:
            continue
        most = on_partners if group.kind is GroupKind.AVERAGE else group.answers
        for section in part.sections:
            for item in section.items:
                value = item.values[group.id]
                if isinstance(value, Shown):
                    yield _Figure(part, item, group, value, most or 0)


def _attributed_offences(figure: _Figure) -> Iterator[Offence]:
    value = figure.value
    if value.step != ATTRIBUTED_STEP or value.tenths % ATTRIBUTED_STEP or value.end is not End.NONE:
        yield figure.offence("of an attributed group is not a plain one in steps of 0.5")


def _value_offences(figure: _Figure, least: Least, policy: DisclosurePolicy) -> Iterator[Offence]:
    if not _possible_numbers(figure, policy):
        yield figure.offence("is not one that its number of answers may be shown as")
    if least.outsider < FOR_OUTSIDERS:
        yield figure.offence("lets an outsider rule out an answer of somebody")
    if least.insider < FOR_INSIDERS:
        yield figure.offence("lets an insider narrow down the answer of somebody else")


def _least_of(figure: _Figure, policy: DisclosurePolicy) -> Least:
    """The least that stays possible, over every number of answers that may be behind the figure.

    Fewer people may have rated one statement than are in the group; whoever knows how many is the worst case.
    """
    leasts = []
    for n in _possible_numbers(figure, policy) or [figure.most]:
        low, high = sums_behind(figure.value, n)
        leasts.append(least_feasible((Disclosure(frozenset(range(n)), low, high),), n))
    return Least(min(least.outsider for least in leasts), min(least.insider for least in leasts))


def _possible_numbers(figure: _Figure, policy: DisclosurePolicy) -> list[int]:
    # Whoever reads an average knows the own figure in it, and is to face k others.
    fewest = policy.k + (figure.group.kind is GroupKind.AVERAGE)
    tried = {*range(fewest, min(figure.most, TRIED_ONE_BY_ONE) + 1), max(figure.most, fewest)}
    return [n for n in sorted(tried) if n <= figure.most and is_in_table(figure.value, n)]


def _beside(part: Part, policy: DisclosurePolicy, counted_by: CountedBy) -> tuple[int, list[Offence]]:
    """How many distributions and shares a part shows beside its figures, and what is wrong with them."""
    figures = 0
    offences = []
    answers = {group.id: group.answers for group in part.groups if group.is_pooled}
    for section in part.sections:
        for item in section.items:
            figures += isinstance(item.not_seen, ShownShare) + len(item.distributions)
            fault = unseen_fault(part, item, policy, counted_by)
            if fault:
                offences.append(Offence(part.subject, None, f"{part.title}, “{item.wording}”: {fault}."))
            for id_ in item.distributions:
                fault = distribution_fault(item, id_, answers.get(id_) or 0, counted_by)
                if fault:
                    place = f"{part.title}, “{item.wording}”, {_title_of(part, id_)}"
                    offences.append(Offence(part.subject, id_, f"{place}: the distribution {fault}."))
    return figures, offences


def _average_offences(parts: Sequence[Part], policy: DisclosurePolicy) -> Iterator[Offence]:
    """Averages that are not those of what the reports on all partners show."""
    recomputed = with_averages(without_averages(parts), policy)
    for part, again in zip(parts, recomputed, strict=True):
        if part != again:
            id_ = next((group.id for group in part.groups if group.kind is GroupKind.AVERAGE), None)
            words = f"{part.title}: the averages are not those of what the reports on all partners show."
            yield Offence(part.subject, id_, words)


def _derived(part: Part) -> Iterator[tuple[str, object, object]]:
    """Every derived figure of a part: where it stands, what is shown, and what the displayed values give."""
    weights = {group.id: group.answers for group in part.groups if group.answers is not None}
    for section in part.sections:
        for item in section.items:
            recomputed = everyone((item.values[id_], weight) for id_, weight in weights.items())
            yield f"“{item.wording}”, everyone", item.everyone, recomputed
        for group in part.groups:
            recomputed = mean_of(item.values[group.id] for item in section.items)
            yield f"{section.title}, {group.title}", section.means[group.id], recomputed
        recomputed = mean_of(item.everyone for item in section.items)
        yield f"{section.title}, everyone", section.everyone, recomputed
    self_id = next((group.id for group in part.groups if group.is_self), None)
    yield "gaps", part.gaps, widest_gaps(part.sections, self_id)
