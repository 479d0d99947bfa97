"""The report as a frozen value: everything that a reader may see, and nothing else.

Every figure is a :class:`Shown` or :data:`NOT_SHOWN`, made by ``reports.display`` alone. The same
report always serialises to the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from reports.conclusions import AgreedAction, Finding, Indication, Previous, Promise, Reply
from reports.figures import NOT_SHOWN as NOT_SHOWN
from reports.figures import NOT_SHOWN_TEXT as NOT_SHOWN_TEXT
from reports.figures import WHOLE as WHOLE
from reports.figures import Band as Band
from reports.figures import Displayed as Displayed
from reports.figures import DisplayedDistribution as DisplayedDistribution
from reports.figures import DisplayedShare as DisplayedShare
from reports.figures import End as End
from reports.figures import NotShown as NotShown
from reports.figures import Shown as Shown
from reports.figures import ShownDistribution as ShownDistribution
from reports.figures import ShownShare as ShownShare
from reports.language import N_
from surveys.publication import CountedBy, PublicationRule
from surveys.subjects import Subject

SCHEMA_VERSION = 5
# The versions that can be read. 1 knew nothing of the experience of a review; 2 nothing of findings, shares of those
# who could not see a practice, distributions, the last cycle, replies and other languages; 3 of no reply held back;
# 4 of no action.
READABLE_VERSIONS = (1, 2, 3, 4, 5)
# Under which everyone's figure of the last cycle is kept; no group has this id.
EVERYONE_ID = "everyone"
# What a report calls the groups that it has to pool.
ALL_ID = "all"
ALL_TITLE = "All partners together"
OTHER_ID = "other"
OTHER_TITLE = "Other parties"
REST_ID = "rest"
# Of comments. Not "Other parties": that column of figures may be made of other groups than this pool.
REST_TITLE = "The remaining partners together"
# Of reports on partners: the averages of what all partners' reports show of one view.
AVERAGE_OWN_ID = "average:own"
AVERAGE_OWN_TITLE = N_("Partners on themselves, on average")
AVERAGE_PRIME_ID = "average:prime"
AVERAGE_PRIME_TITLE = N_("The prime on its partners, on average")
TAKEN_IDS = frozenset({EVERYONE_ID, ALL_ID, OTHER_ID, REST_ID, AVERAGE_OWN_ID, AVERAGE_PRIME_ID})
TAKEN_TITLES = frozenset(
    title.casefold() for title in (ALL_TITLE, OTHER_TITLE, REST_TITLE, AVERAGE_OWN_TITLE, AVERAGE_PRIME_TITLE)
)


class GroupKind(StrEnum):
    """How a column of the report came about. ``AVERAGE``: of displayed values over several partners' reports."""

    ATTRIBUTED = "attributed"
    PROTECTED = "protected"
    OTHER_PARTIES = "other_parties"
    AVERAGE = "average"


@dataclass(frozen=True, slots=True)
class ReportGroup:
    """One column of a part. ``answers``: how many people of a protected group answered; None for an attributed one.

    ``is_self``: the subject's own view. ``includes``: the titles of the groups pooled in "Other parties".
    """

    id: str
    title: str
    kind: GroupKind
    is_self: bool
    answers: int | None
    includes: tuple[str, ...]

    @property
    def is_pooled(self) -> bool:
        """Whether it shows the answers of protected people put together, which nobody can be told apart in."""
        return self.kind in {GroupKind.PROTECTED, GroupKind.OTHER_PARTIES}


@dataclass(frozen=True, slots=True)
class Item:
    """One statement: its wording (the subject seen by partners), practices, a value per group id and All.

    ``everyone`` is the n-weighted mean of the protected groups' displayed values. ``not_seen``: how many of all
    partners together could not see it. ``distributions``: per id of a group of ten or more. ``before``: the figures of
    the last cycle, per id of a group that can be compared, everyone's under ``EVERYONE_ID``.
    """

    question_id: str
    wording: str
    practices: tuple[str, ...]
    values: Mapping[str, Displayed]
    everyone: Displayed
    not_seen: DisplayedShare = NOT_SHOWN
    distributions: Mapping[str, DisplayedDistribution] = field(default_factory=dict)
    before: Mapping[str, Displayed] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReportSection:
    """One element: its items, and per group id (and for All) the mean of the items' displayed values."""

    id: str
    title: str
    items: tuple[Item, ...]
    means: Mapping[str, Displayed]
    everyone: Displayed


class GapVerdict(StrEnum):
    """A gap in words; one step of the coarser figure is the threshold."""

    SELF_HIGHER = "self_higher"
    SELF_LOWER = "self_lower"
    ABOUT_THE_SAME = "about_the_same"


@dataclass(frozen=True, slots=True)
class Gap:
    """How far the subject's own view is from everyone else's on one statement, in tenths (self minus All)."""

    section_id: str
    question_id: str
    wording: str
    own: Shown
    everyone: Shown
    tenths: int
    verdict: GapVerdict


@dataclass(frozen=True, slots=True)
class CommentBlock:
    """The comments released on one element of one part.

    ``pool``: who wrote them, in words ("all partners together", a group's title, or an attributed party).
    ``summary``: the steward's summary, "" when there is none. ``quotes``: checked verbatim comments, in
    an order that says nothing.
    """

    section_id: str
    section_title: str
    pool: str
    summary: str
    quotes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """What the report says about one subject.

    ``subject``: the text of a ``surveys.subjects.Subject``.
    ``asked``: reviews asked of protected raters; ``received``: how many of them
    came (None when nothing is released); organisations instead of reviews where each has one voice. ``gaps``: the
    widest first, five at most, only where the subject has a view of its own. ``findings``: by kind, in the order of
    their rule. ``indications``: one for each principle, in the Code's order.
    """

    subject: str
    title: str
    asked: int
    received: int | None
    groups: tuple[ReportGroup, ...]
    sections: tuple[ReportSection, ...]
    gaps: tuple[Gap, ...]
    comments: tuple[CommentBlock, ...]
    findings: tuple[Finding, ...] = ()
    indications: tuple[Indication, ...] = ()

    @property
    def is_on_partner(self) -> bool:
        """Whether it is about one partner: then every voice in it is attributed."""
        return Subject(self.subject).is_partner


@dataclass(frozen=True, slots=True)
class ExperienceItem:
    """One question about the review itself, and how many of those who answered it said yes."""

    aspect: str
    question: str
    share: DisplayedShare


@dataclass(frozen=True, slots=True)
class ReportExperience:
    """What people said about the review itself, everybody of a protected group put together.

    ``asked``: how many people were asked; ``answers``: how many answered either question (None when no share is shown).
    """

    asked: int
    answers: int | None
    items: tuple[ExperienceItem, ...]


@dataclass(frozen=True, slots=True)
class CycleFacts:
    """What was reviewed, by what, when and under which policy. Dates are ISO days (UTC).

    ``counted_by``: whether each person or each organisation has one voice. ``languages``: codes, English first.
    ``published_on``: the day fixed at the launch for the report to go to everybody; "" where none was.
    """

    reference: str
    title: str
    chain_name: str
    prime_name: str
    instrument_id: str
    instrument_version: int
    instrument_title: str
    scale_labels: tuple[str, ...]
    opened_on: str
    closed_on: str
    steward_name: str
    mode: str
    k: int
    min_organisations: int
    comment_answers: int
    comment_group: int
    counted_by: CountedBy = CountedBy.PERSON
    publication: PublicationRule = PublicationRule.USUAL
    published_on: str = ""
    languages: tuple[str, ...] = ("en",)


@dataclass(frozen=True, slots=True)
class AuditResult:
    """What the solver found: ``holds`` must be true for a report to exist.

    ``figures``: displayed values checked; ``least_outsider`` and ``least_insider``: the smallest number of answers
    (of five) still possible for any person, to an outsider and to one insider; ``findings``: what failed, in words.
    ``reports``: how many reports of the cycle were looked at together; ``compared_with``: the reference of the cycle
    whose reports were laid beside them, "" for none; ``merged``: how often it had to merge further until it held.
    """

    holds: bool
    figures: int
    least_outsider: int
    least_insider: int
    findings: tuple[str, ...]
    reports: int = 1
    compared_with: str = ""
    merged: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """A whole report. When nothing could be released, ``is_reportable`` is false and the parts hold no figures.

    ``experience`` None: nobody was asked, as in a report on one partner or of schema version 1. ``previous`` None:
    there is nothing to compare with. ``promises``: what was promised in replies to the previous report.
    ``translations``: by the code of a language, its words for every English text of the questionnaire and its groups.
    ``actions``: of earlier cycles, by their number, beside the statement that each was to move.
    """

    schema_version: int
    facts: CycleFacts
    parts: tuple[Part, ...]
    audit: AuditResult
    experience: ReportExperience | None
    previous: Previous | None = None
    promises: tuple[Promise, ...] = ()
    replies: tuple[Reply, ...] = ()
    translations: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    actions: tuple[AgreedAction, ...] = ()

    @property
    def is_reportable(self) -> bool:
        """Whether any protected group is shown in any part; of one partner, whether any voice on it is."""
        return any(group.is_pooled or part.is_on_partner for part in self.parts for group in part.groups)
