"""The disclosure audit: whether everything that a release shows keeps every single person hidden.

Two questions. Does every derived figure follow from the displayed values (so that it tells nothing new)? And does each
displayed value, with the number of answers behind it taken as known, leave every person five possible answers, and
three to an insider who knows their own? (Of yes and no, both to either.) A release that fails is not published.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reports.display import ATTRIBUTED_STEP, everyone, fineness_of, mean_of
from reports.findings import widest_gaps
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
    """One displayed value of a protected or attributed group, and where it stands."""

    part: Part
    item: Item
    group: ReportGroup
    value: Shown

    def offence(self, words: str) -> Offence:
        """An offence of this figure's column."""
        place = f"{self.part.title}, “{self.item.wording}”, {self.group.title}"
        return Offence(self.part.subject, self.group.id, f"{place}: the figure {words}.")


def audit(parts: Sequence[Part], policy: DisclosurePolicy, experience: ReportExperience | None) -> Audit:
    """The audit of a whole release, from its displayed values alone. Raises SolverError when the solver fails."""
    offences: list[Offence] = []
    leasts = [Least(len(ANSWERS), len(ANSWERS))]
    figures = 0
    for part in parts:
        offences += _column_offences(part, policy)
        for figure in _figures(part):
            if figure.group.kind is GroupKind.ATTRIBUTED:
                offences += _attributed_offences(figure)
                continue
            figures += 1
            leasts.append(_least_of(figure, policy))
            offences += _value_offences(figure, leasts[-1], policy)
        derived = list(_derived(part))
        figures += sum(isinstance(shown, Shown) for _, shown, _ in derived)
        offences += [
            Offence(part.subject, None, f"{part.title}, {place}: does not follow from the displayed values.")
            for place, shown, recomputed in derived
            if shown != recomputed
        ]
    if experience is not None:
        figures += sum(isinstance(item.share, ShownShare) for item in experience.items)
        offences += [Offence(EXPERIENCE, None, words) for words in share_faults(experience, policy)]
    result = AuditResult(
        holds=not offences,
        figures=figures,
        least_outsider=min(least.outsider for least in leasts),
        least_insider=min(least.insider for least in leasts),
        findings=tuple(dict.fromkeys(offence.words for offence in offences)),
    )
    return Audit(result, tuple(offences))


def sums_behind(value: Shown, n: int) -> tuple[int, int]:
    """The lowest and the highest sum of ``n`` answers that a reader can infer from a displayed value.

    Worked out from what rounding means, and not by the code that rounds. The lowest is above the highest when
    no sum fits.
    """
    lowest = -((2 * value.tenths - value.step) * n // -20)
    highest = -((2 * value.tenths + value.step) * n // -20) - 1
    return (
        n if value.end is End.OR_BELOW else max(lowest, n),
        5 * n if value.end is End.OR_ABOVE else min(highest, 5 * n),
    )


def _column_offences(part: Part, policy: DisclosurePolicy) -> Iterator[Offence]:
    ids = [group.id for group in part.groups]
    titles = [title for group in part.groups for title in group.includes or (group.title,)]
    for names in (ids, titles):
        for name in sorted(set(names)):
            if names.count(name) > 1:
                yield Offence(part.subject, None, f"{part.title}: {name} is counted in two columns.")
    for group in part.groups:
        if (group.kind is GroupKind.ATTRIBUTED) != (group.answers is None):
            words = f"{part.title}, {group.title}: says or hides how many answered, against the rules."
            yield Offence(part.subject, group.id, words)
        elif group.answers is not None and group.answers < policy.k:
            words = f"{part.title}, {group.title}: fewer than {policy.k} people are shown."
            yield Offence(part.subject, group.id, words)
    answered = [group.answers for group in part.groups if group.answers is not None]
    if part.received != (sum(answered) if answered else None):
        words = f"{part.title}: the reviews received are not those of its columns."
        yield Offence(part.subject, None, words)


def _figures(part: Part) -> Iterator[_Figure]:
    for section in part.sections:
        for item in section.items:
            for group in part.groups:
                value = item.values[group.id]
                if isinstance(value, Shown):
                    yield _Figure(part, item, group, value)


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
    answers = figure.group.answers or 0
    leasts = []
    for n in _possible_numbers(figure, policy) or [answers]:
        low, high = sums_behind(figure.value, n)
        leasts.append(least_feasible((Disclosure(frozenset(range(n)), low, high),), n))
    return Least(min(least.outsider for least in leasts), min(least.insider for least in leasts))


def _possible_numbers(figure: _Figure, policy: DisclosurePolicy) -> list[int]:
    answers = figure.group.answers or 0
    tried = {*range(policy.k, min(answers, TRIED_ONE_BY_ONE) + 1), max(answers, policy.k)}
    return [n for n in sorted(tried) if n <= answers and _is_in_table(figure.value, n)]


def _is_in_table(value: Shown, n: int) -> bool:
    """Whether some ``n`` answers may be shown as the value, by the table of steps and ends."""
    row = fineness_of(n)
    low, high = sums_behind(value, n)
    if value.step != row.step or low > high:
        return False
    if value.end is End.OR_BELOW:
        return value.tenths == row.ends.low
    if value.end is End.OR_ABOVE:
        return value.tenths == row.ends.high
    return row.ends.low < value.tenths < row.ends.high and value.tenths % row.step == 0


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
