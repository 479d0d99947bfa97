"""The report as a frozen value: everything that a reader may see, and nothing else.

Every figure is a :class:`Shown` or :data:`NOT_SHOWN`, made by ``reports.display`` alone. The same
report always serialises to the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from surveys.subjects import Subject

SCHEMA_VERSION = 2
# The versions that can be read. 1 knew nothing of the experience of a review.
READABLE_VERSIONS = (1, 2)
NOT_SHOWN_TEXT = "Not shown, to protect the people who answered"
# What a report calls the groups that it has to pool.
ALL_ID = "all"
ALL_TITLE = "All partners together"
OTHER_ID = "other"
OTHER_TITLE = "Other parties"
REST_ID = "rest"
# Of comments. Not "Other parties": that column of figures may be made of other groups than this pool.
REST_TITLE = "The remaining partners together"
TAKEN_IDS = frozenset({ALL_ID, OTHER_ID, REST_ID})
TAKEN_TITLES = frozenset(title.casefold() for title in (ALL_TITLE, OTHER_TITLE, REST_TITLE))


class End(StrEnum):
    """Whether a displayed mean is one of the joined ends of its scale."""

    NONE = "none"
    OR_BELOW = "or_below"
    OR_ABOVE = "or_above"


@dataclass(frozen=True, slots=True)
class Shown:
    """A displayed mean on the scale 1-5, in tenths (35 is 3.5), with the step it is shown in (tenths) and its end."""

    tenths: int
    step: int
    end: End

    @property
    def text(self) -> str:
        """The figure as readers see it: "3.5", "2.0 or below", "4.0 or above"."""
        words = {End.NONE: "", End.OR_BELOW: " or below", End.OR_ABOVE: " or above"}
        return f"{self.tenths // 10}.{self.tenths % 10}{words[self.end]}"


@dataclass(frozen=True, slots=True)
class NotShown:
    """A figure that is not shown: one look for every reason, without a count or a code."""

    @property
    def text(self) -> str:
        """The same words everywhere."""
        return NOT_SHOWN_TEXT


NOT_SHOWN = NotShown()
Displayed = Shown | NotShown


@dataclass(frozen=True, slots=True)
class ShownShare:
    """A displayed share of those who said yes: a band, by its limits in per cent, whole tens.

    A limit counts as inside where the band reaches an end (0 to 40, 60 to 100), and as outside in between (40 to 60).
    """

    low: int
    high: int

    @property
    def text(self) -> str:
        """The band as readers see it: "4 in 10 or fewer said yes"."""
        low, high = self.low // 10, self.high // 10
        if not self.low:
            return f"{high} in 10 or fewer said yes"
        if self.high == WHOLE:
            return f"{low} in 10 or more said yes"
        return f"More than {low} and fewer than {high} in 10 said yes"


WHOLE = 100
DisplayedShare = ShownShare | NotShown


class GroupKind(StrEnum):
    """How a column of the report came about."""

    ATTRIBUTED = "attributed"
    PROTECTED = "protected"
    OTHER_PARTIES = "other_parties"


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


@dataclass(frozen=True, slots=True)
class Item:
    """One statement: its wording (the subject seen by partners), practices, a value per group id and All.

    ``everyone`` is the n-weighted mean of the protected groups' displayed values.
    """

    question_id: str
    wording: str
    practices: tuple[str, ...]
    values: Mapping[str, Displayed]
    everyone: Displayed


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
    came (None when nothing is released). ``gaps``: the widest first, five at most, only where the subject has a
    view of its own.
    """

    subject: str
    title: str
    asked: int
    received: int | None
    groups: tuple[ReportGroup, ...]
    sections: tuple[ReportSection, ...]
    gaps: tuple[Gap, ...]
    comments: tuple[CommentBlock, ...]

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
    """What was reviewed, by what, when and under which policy. Dates are ISO days (UTC)."""

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


@dataclass(frozen=True, slots=True)
class AuditResult:
    """What the solver found: ``holds`` must be true for a report to exist.

    ``figures``: displayed values checked; ``least_outsider`` and ``least_insider``: the smallest number of answers
    (of five) still possible for any person, to an outsider and to one insider; ``findings``: what failed, in words.
    """

    holds: bool
    figures: int
    least_outsider: int
    least_insider: int
    findings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """A whole report. When nothing could be released, ``is_reportable`` is false and the parts hold no figures.

    ``experience`` None: nobody was asked, as in a report on one partner or of schema version 1.
    """

    schema_version: int
    facts: CycleFacts
    parts: tuple[Part, ...]
    audit: AuditResult
    experience: ReportExperience | None

    @property
    def is_reportable(self) -> bool:
        """Whether any protected group is shown in any part; of one partner, whether any voice on it is."""
        return any(
            group.kind is not GroupKind.ATTRIBUTED or part.is_on_partner
            for part in self.parts
            for group in part.groups
        )
