"""The anonymity preflight: what a report could show, foreseen from the roster alone before anybody is asked."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from random import Random

from surveys.draws import Tally, Verdict, tally
from surveys.groups import Cell, DisclosurePolicy, partition
from surveys.matrix import Assignment, Group
from surveys.publication import CountedBy
from surveys.subjects import Subject

__all__ = [
    "RATES",
    "AttributedOutlook",
    "Caution",
    "CautionKind",
    "Forecast",
    "GroupOutlook",
    "Likelihood",
    "Preflight",
    "SubjectOutlook",
    "Verdict",
    "in_words",
    "preflight",
]

RATES = (0.3, 0.5, 0.7, 1.0)
_TITLES = {
    Subject.PRIME: "the prime",
    Subject.CHAIN: "the whole chain",
    Subject.BUYERS: "tier-1 partners as buyers",
}


_NEVER_ALONE = "it can never stand alone in a report."


class Likelihood(StrEnum):
    """How likely a verdict is."""

    ALMOST_CERTAINLY = "almost certainly"
    PROBABLY = "probably"
    ABOUT_EVEN = "about even"
    UNLIKELY = "unlikely"


# From which share of the draws on a verdict is called so.
_WORDS = (
    (0.95, Likelihood.ALMOST_CERTAINLY),
    (0.65, Likelihood.PROBABLY),
    (0.35, Likelihood.ABOUT_EVEN),
    (0.0, Likelihood.UNLIKELY),
)


@dataclass(frozen=True, slots=True)
class Forecast:
    """What to expect when everybody answers with the chance ``rate`` (share 0-1).

    ``shares``: for every verdict, the share (0-1) of the simulated draws that ended with it.
    """

    rate: float
    shares: Mapping[Verdict, float]

    @property
    def verdict(self) -> Verdict:
        """The verdict that came most often; of two that came equally often, the more cautious one."""
        return max(reversed(Verdict), key=lambda verdict: self.shares[verdict])

    @property
    def likelihood(self) -> Likelihood:
        """How likely that verdict is."""
        return in_words(self.shares[self.verdict])


@dataclass(frozen=True, slots=True)
class GroupOutlook:
    """One protected group of a subject: who can be asked, and a forecast for each rate, in the order of the rates.

    ``largest``: how many of the people are of the organisation that has most of them.
    """

    group: Group
    people: int
    organisations: int
    largest: int
    forecasts: tuple[Forecast, ...]


@dataclass(frozen=True, slots=True)
class AttributedOutlook:
    """One attributed group of a subject: shown apart whatever its size, and told so before it answers."""

    group: Group
    people: int


@dataclass(frozen=True, slots=True)
class SubjectOutlook:
    """One subject. ``people`` and ``organisations`` count its protected raters; ``forecasts`` are of its report.

    ``joined``: ids of the groups that are joined even if everybody answers.
    A report is released or not reportable, never merged. ``is_reportable``: whether there can be one
    at all, if everybody answers; of one partner there always is, because each voice on it is attributed.
    """

    subject: Subject
    people: int
    organisations: int
    is_reportable: bool
    joined: frozenset[str]
    forecasts: tuple[Forecast, ...]
    protected: tuple[GroupOutlook, ...]
    attributed: tuple[AttributedOutlook, ...]


class CautionKind(StrEnum):
    """What a caution is about; only ``NO_REPORT`` blocks the launch."""

    NO_REPORT = "no_report"
    SMALL_GROUP = "small_group"
    FEW_ORGANISATIONS = "few_organisations"
    ONE_ORGANISATION_PREVAILS = "one_organisation_prevails"
    MERGED_FIRST = "merged_first"


@dataclass(frozen=True, slots=True)
class Caution:
    """Something to know before launch, and the subjects that it holds for.

    ``group_id`` None: it is about a subject as a whole.
    """

    kind: CautionKind
    group_id: str | None
    message: str
    subjects: tuple[Subject, ...]


@dataclass(frozen=True, slots=True)
class Preflight:
    """The outlook of every subject that is reviewed, in the order of the assignments, and what to be careful of."""

    rates: tuple[float, ...]
    subjects: tuple[SubjectOutlook, ...]
    cautions: tuple[Caution, ...]

    @property
    def is_reportable(self) -> bool:
        """Whether every subject can have a report; when one cannot, the launch is blocked."""
        return bool(self.subjects) and all(subject.is_reportable for subject in self.subjects)


def in_words(share: float) -> Likelihood:
    """A likelihood (share 0-1) in words: almost certainly, probably, about even or unlikely."""
    return next(words for least, words in _WORDS if share >= least)


def preflight(  # noqa: PLR0913 - everything that a draft fixes
    assignments: Sequence[Assignment],
    groups: Sequence[Group],
    policy: DisclosurePolicy,
    *,
    rates: Sequence[float] = RATES,
    seed: int,
    merge_first: frozenset[str] = frozenset(),
    counted_by: CountedBy = CountedBy.PERSON,
) -> Preflight:
    """What each protected group would get at each response rate, and the cautions. Same seed, same result.

    ``merge_first`` is that of ``partition``; ``counted_by``: whose voice is one, by which all of it is judged. Raises
    ValueError for a rate outside 0-1. Source: anonymity rules, "What the software must prove about itself".
    """
    if not all(0 <= rate <= 1 for rate in rates):
        raise ValueError("A response rate is a share from 0 to 1.")
    attributed = {group.id for group in groups if group.is_attributed}
    protected = [asked for asked in assignments if asked.group_id not in attributed]
    random = Random(seed)  # noqa: S311 - a simulation that must be repeatable; nothing secret hangs on it
    tallies = {
        rate: tally(
            protected, policy, rate=rate, random=random, merge_first=merge_first, counted_by=counted_by
        )
        for rate in rates
    }
    subjects = []
    changed = set()
    for subject, cells in _people(assignments, groups).items():
        of_subject = {rate: tallies[rate].get(subject, _nothing()) for rate in rates}
        pooled = [_voices(cell, counted_by) for group, cell in cells if not group.is_attributed]
        full = partition(pooled, policy, merge_first=merge_first)
        if not full and partition(pooled, policy):
            changed.add(subject)
        subjects.append(_outlook(subject, cells, full, of_subject))
    return Preflight(
        tuple(rates), tuple(subjects), _cautions(subjects, policy, merge_first, changed, counted_by)
    )


def _voices(cell: Cell, counted_by: CountedBy) -> Cell:
    """A cell of people as it is judged."""
    is_one = counted_by is CountedBy.ORGANISATION
    return Cell(cell.groups, dict.fromkeys(cell.by_organisation, 1), counted_by) if is_one else cell


def _nothing() -> Tally:
    empty = Tally()
    empty.add(())
    return empty


def _people(
    assignments: Sequence[Assignment], groups: Sequence[Group]
) -> dict[Subject, list[tuple[Group, Cell]]]:
    """The cell of every group that is asked about a subject, as if everybody had answered."""
    found: dict[Subject, dict[str, dict[str, set[str]]]] = {}
    for asked in assignments:
        parties = found.setdefault(asked.subject, {}).setdefault(asked.group_id, {})
        parties.setdefault(asked.party_id, set()).add(asked.contact_id)
    return {
        subject: [
            (
                group,
                Cell(frozenset({group.id}), {party: len(ids) for party, ids in by_group[group.id].items()}),
            )
            for group in groups
            if group.id in by_group
        ]
        for subject, by_group in found.items()
    }


def _outlook(
    subject: Subject,
    cells: Sequence[tuple[Group, Cell]],
    full: Sequence[Cell],
    tallies: Mapping[float, Tally],
) -> SubjectOutlook:
    protected = [(group, cell) for group, cell in cells if not group.is_attributed]
    return SubjectOutlook(
        subject=subject,
        people=sum(cell.size for _, cell in protected),
        organisations=len({party for _, cell in protected for party in cell.by_organisation}),
        is_reportable=subject.is_partner or bool(full),
        joined=frozenset(id_ for cell in full if len(cell.groups) > 1 for id_ in cell.groups),
        forecasts=tuple(Forecast(rate, counted.of_report()) for rate, counted in tallies.items()),
        protected=tuple(
            GroupOutlook(
                group=group,
                people=cell.size,
                organisations=len(cell.by_organisation),
                largest=max(cell.by_organisation.values()),
                forecasts=tuple(
                    Forecast(rate, counted.of_group(group.id)) for rate, counted in tallies.items()
                ),
            )
            for group, cell in protected
        ),
        attributed=tuple(AttributedOutlook(group, cell.size) for group, cell in cells if group.is_attributed),
    )


def _cautions(
    outlooks: Sequence[SubjectOutlook],
    policy: DisclosurePolicy,
    merge_first: frozenset[str],
    changed: Collection[Subject],
    counted_by: CountedBy,
) -> tuple[Caution, ...]:
    """``changed``: the subjects that could be reported on, were it not for the groups of ``merge_first``."""
    subjects: dict[tuple[CautionKind, str | None, str], list[Subject]] = {}
    for outlook in outlooks:
        is_changed = outlook.subject in changed
        for caution in _subject_cautions(outlook, policy, merge_first, counted_by, is_changed=is_changed):
            subjects.setdefault(caution, []).append(outlook.subject)
    return tuple(Caution(*caution, tuple(held)) for caution, held in subjects.items())


def _subject_cautions(
    outlook: SubjectOutlook,
    policy: DisclosurePolicy,
    merge_first: frozenset[str],
    counted_by: CountedBy,
    *,
    is_changed: bool,
) -> Iterator[tuple[CautionKind, str | None, str]]:
    if not outlook.is_reportable:
        why = (
            _why_no_report_after_a_change(outlook)
            if is_changed
            else _why_no_report(outlook, policy, counted_by)
        )
        yield CautionKind.NO_REPORT, None, why
    for group in outlook.protected:
        of_group = _group_cautions(group, policy, counted_by, is_merged_first=group.group.id in merge_first)
        for kind, message in of_group:
            yield kind, group.group.id, message


def _why_no_report(outlook: SubjectOutlook, policy: DisclosurePolicy, counted_by: CountedBy) -> str:
    start = f"No report on {_TITLES[outlook.subject]} is possible:"
    if counted_by is CountedBy.ORGANISATION:
        asked = _organisations_in_words(outlook.organisations)
        return f"{start} {asked} can be asked, each with one voice, and {policy.k} must answer at least."
    if outlook.people < policy.k:
        return (
            f"{start} {_people_in_words(outlook.people)} can be asked, and {policy.k} must answer at least."
        )
    if outlook.organisations < policy.min_organisations:
        return (
            f"{start} everybody who can be asked belongs to {_organisations_in_words(outlook.organisations)},"
            f" and answers must come from {policy.min_organisations} at least."
        )
    return f"{start} without one of the organisations, too few people would be left to hide among."


def _why_no_report_after_a_change(outlook: SubjectOutlook) -> str:
    return (
        f"No report on {_TITLES[outlook.subject]} is possible: a few people joined or left since the last review, and"
        " no other group is asked that theirs could be merged with."
    )


def _group_cautions(
    group: GroupOutlook, policy: DisclosurePolicy, counted_by: CountedBy, *, is_merged_first: bool
) -> Iterator[tuple[CautionKind, str]]:
    is_one = counted_by is CountedBy.ORGANISATION
    yield from _too_few_organisations(group, policy) if is_one else _too_few_people(group, policy)
    if is_merged_first:
        message = f"{group.group.title}: a few people joined or left since the last review, so it is merged this time."
        yield CautionKind.MERGED_FIRST, message


def _too_few_organisations(
    group: GroupOutlook, policy: DisclosurePolicy
) -> Iterator[tuple[CautionKind, str]]:
    if group.organisations < policy.k:
        asked = _organisations_in_words(group.organisations)
        message = f"{group.group.title}: {asked} can be asked, each with one voice, so {_NEVER_ALONE}"
        yield CautionKind.FEW_ORGANISATIONS, message


def _too_few_people(group: GroupOutlook, policy: DisclosurePolicy) -> Iterator[tuple[CautionKind, str]]:
    title = group.group.title
    left = group.people - group.largest
    if group.people < policy.k:
        message = f"{title}: {_people_in_words(group.people)} can be asked, so {_NEVER_ALONE}"
        yield CautionKind.SMALL_GROUP, message
    if group.organisations < policy.min_organisations:
        organisations = _organisations_in_words(group.organisations)
        yield CautionKind.FEW_ORGANISATIONS, f"{title}: they belong to {organisations}, so {_NEVER_ALONE}"
    elif left < policy.min_without_any_organisation <= group.people - 1:
        message = f"{title}: without its largest organisation {_people_in_words(left)} would be left, so {_NEVER_ALONE}"
        yield CautionKind.ONE_ORGANISATION_PREVAILS, message
    elif group.largest > left:
        message = f"{title}: one organisation has {group.largest} of its {group.people} people."
        yield CautionKind.ONE_ORGANISATION_PREVAILS, message


def _people_in_words(count: int) -> str:
    return "only 1 person" if count == 1 else f"only {count} people"


def _organisations_in_words(count: int) -> str:
    return "1 organisation" if count == 1 else f"only {count} organisations"
