"""What a review would do, as the organiser and the steward look at it: who is asked what, and what could be shown."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from review_app.services.cycles import Cycle
from review_app.services.previews import AskedContact, Preview, PreviewRow
from review_app.web.words import counted, people_of
from surveys.chain import Chain
from surveys.matrix import SubjectKind
from surveys.preflight import Caution, CautionKind, Forecast, GroupOutlook, SubjectOutlook, Verdict

_OF_GROUP = {
    Verdict.RELEASED: "Shown on its own",
    Verdict.MERGED: "Joined with others",
    Verdict.NOT_REPORTABLE: "Not shown",
}
_OF_REPORT = {
    Verdict.RELEASED: "There is a report",
    Verdict.MERGED: "There is a report",
    Verdict.NOT_REPORTABLE: "No report",
}
_LIKELIHOODS = {"about even": "but it could go either way", "unlikely": "but hard to say"}
_MENDS = {
    CautionKind.NO_REPORT: (
        "Import the chain again with more contacts of more organisations. Until then this review cannot be launched."
    ),
    CautionKind.SMALL_GROUP: (
        "Give it the name of a similar group, and the two are counted as one. If you leave it, its answers are"
        " joined with others."
    ),
    CautionKind.FEW_ORGANISATIONS: (
        "Give it the name of a similar group, and the two are counted as one. If you leave it, its answers are"
        " joined with others."
    ),
    CautionKind.ONE_ORGANISATION_PREVAILS: "More contacts of the other organisations would help.",
    CautionKind.MERGED_FIRST: "There is nothing to do: this protects those few people.",
}


@dataclass(frozen=True, slots=True)
class AskedGroup:
    """One group that is asked about a subject: who they are, in which voices, and how they are shown."""

    title: str
    who: str
    voices: tuple[str, ...]
    statements: int
    shown: str


@dataclass(frozen=True, slots=True)
class AskedAbout:
    """Everybody who is asked about one subject."""

    subject: str
    groups: tuple[AskedGroup, ...]


@dataclass(frozen=True, slots=True)
class Chance:
    """What to expect at one response rate. ``picture``: "alone", "joined" or "none"."""

    rate: str
    picture: str
    words: str
    likelihood: str


@dataclass(frozen=True, slots=True)
class OutlookRow:
    """One group, or the report as a whole, at every response rate."""

    title: str
    who: str
    chances: tuple[Chance, ...]


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a report on one subject could show. ``apart``: who is shown under its own name, whoever answers."""

    subject: str
    report: OutlookRow
    groups: tuple[OutlookRow, ...]
    apart: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Advice:
    """Something to know before the launch, and what may be done about it."""

    text: str
    mend: str
    is_blocking: bool


@dataclass(frozen=True, slots=True)
class People:
    """The people of one organisation who would be asked."""

    organisation: str
    group: str
    contacts: tuple[AskedContact, ...]


@dataclass(frozen=True, slots=True)
class PreviewView:
    """The whole preview. ``rates``: the response rates in words, in the order of each row's chances."""

    rates: tuple[str, ...]
    asked: tuple[AskedAbout, ...]
    outlooks: tuple[Outlook, ...]
    warnings: tuple[Advice, ...]
    people: tuple[People, ...]
    people_count: int
    not_asked: tuple[str, ...]
    is_reportable: bool
    k: int
    organisations: int


def subject_titles(chain: Chain) -> dict[SubjectKind, str]:
    """What is reviewed, by its name: "Northern Bridge", "Pathways North as a whole"."""
    return {SubjectKind.PRIME: chain.prime.name, SubjectKind.CHAIN: f"{chain.name} as a whole"}


def preview_view(cycle: Cycle, chain: Chain, preview: Preview) -> PreviewView:
    """The preview of a cycle on its chain in the words of the page."""
    titles = subject_titles(chain)
    return PreviewView(
        rates=tuple(_percent(rate) for rate in preview.preflight.rates),
        asked=tuple(
            AskedAbout(f"About {titles[subject]}", tuple(_asked_group(cycle, chain, row) for row in rows))
            for subject, rows in groupby(preview.rows, key=lambda row: row.subject)
        ),
        outlooks=tuple(_outlook(titles, outlook) for outlook in preview.preflight.subjects),
        warnings=tuple(_warning(caution) for caution in preview.preflight.cautions),
        people=tuple(
            People(organisation, group, tuple(contacts))
            for (organisation, group), contacts in groupby(
                preview.contacts, key=lambda contact: (contact.party_name, contact.group_title)
            )
        ),
        people_count=len(preview.contacts),
        not_asked=preview.not_asked,
        is_reportable=preview.is_reportable,
        k=cycle.policy.k,
        organisations=cycle.policy.min_organisations,
    )


def _asked_group(cycle: Cycle, chain: Chain, row: PreviewRow) -> AskedGroup:
    voices = []
    for voice in row.voices:
        title = cycle.instrument.voices[voice]
        voices.append(title.replace("{prime}", chain.prime.name).replace("{chain}", chain.name))
    return AskedGroup(
        title=row.group.title,
        who=people_of(row.people, row.organisations),
        voices=tuple(voices),
        statements=row.items,
        shown="Under its own name" if row.group.is_attributed else "Pooled",
    )


def _outlook(titles: dict[SubjectKind, str], outlook: SubjectOutlook) -> Outlook:
    return Outlook(
        subject=f"A report on {titles[outlook.subject]}",
        report=OutlookRow(
            title="The report",
            who=people_of(outlook.people, outlook.organisations),
            chances=tuple(_chance(forecast, _OF_REPORT) for forecast in outlook.forecasts),
        ),
        groups=tuple(_group_row(group) for group in outlook.protected),
        apart=tuple(
            f"{entry.group.title} ({counted(entry.people, 'person', 'people')})"
            for entry in outlook.attributed
        ),
    )


def _group_row(outlook: GroupOutlook) -> OutlookRow:
    return OutlookRow(
        title=outlook.group.title,
        who=people_of(outlook.people, outlook.organisations),
        chances=tuple(_chance(forecast, _OF_GROUP) for forecast in outlook.forecasts),
    )


def _chance(forecast: Forecast, words: dict[Verdict, str]) -> Chance:
    pictures = {Verdict.RELEASED: "alone", Verdict.MERGED: "joined", Verdict.NOT_REPORTABLE: "none"}
    return Chance(
        rate=_percent(forecast.rate),
        picture=pictures[forecast.verdict],
        words=words[forecast.verdict],
        likelihood=_LIKELIHOODS.get(forecast.likelihood, forecast.likelihood),
    )


def _warning(caution: Caution) -> Advice:
    return Advice(caution.message, _MENDS[caution.kind], caution.kind is CautionKind.NO_REPORT)


def _percent(share: float) -> str:
    return f"{share:.0%}"
