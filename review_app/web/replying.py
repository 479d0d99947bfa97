"""The right of reply as pages: the findings of a report with their replies, for their writers and for the steward.

Organisers reply for the prime, contacts for their own organisation by their link; the pages are the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as later
from flask_babel import ngettext

from review_app import languages
from review_app.clock import now
from review_app.database import reading
from review_app.services import replies
from review_app.services.replies import Answerable, FindingKind, Right
from surveys.publication import HoldReason

KINDS = {
    FindingKind.STRENGTH: later("Strength"),
    FindingKind.CONCERN: later("Concern"),
    FindingKind.BLIND_SPOT: later("Own view well above the others’"),
    FindingKind.HIDDEN_STRENGTH: later("Own view well below the others’"),
    FindingKind.NOT_SEEN: later("Many could not see it"),
    FindingKind.SPLIT: later("Views differ widely"),
    FindingKind.BETTER: later("Better than last time"),
    FindingKind.WORSE: later("Worse than last time"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One finding in the list. ``number`` names it in addresses. ``held``: why its reply is held back, "" if not."""

    number: int
    kind: str
    part: str
    place: str
    wording: str
    figures: str
    text: str
    promise: str
    held: str

    @property
    def has_reply(self) -> bool:
        """Whether there is a reply."""
        return bool(self.text)


@dataclass(frozen=True, slots=True)
class RepliesView:
    """All findings of a report. ``until`` None: the time is over. ``progress``: how many have a reply, in words.

    ``publishes_at``: when everybody gets the report.
    """

    by: str
    until: datetime | None
    publishes_at: datetime
    progress: str
    lines: tuple[Line, ...]


def right_of(cycle_id: str, subject: str) -> Right:
    """The right of reply to a report, in the language of this page. Raises NotFoundError."""
    with reading() as session:
        return replies.right(session, now(), cycle_id, subject, tongue=languages.tongue(languages.current()))


def overview(of: Right) -> RepliesView:
    """All findings and which have a reply."""
    return RepliesView(
        by=of.by,
        until=of.until,
        publishes_at=of.publishes_at,
        progress=ngettext(
            "%(replied)s of %(count)s finding has a reply.",
            "%(replied)s of %(count)s findings have a reply.",
            len(of.findings),
            replied=of.replied,
            count=len(of.findings),
        ),
        lines=tuple(line_of(number, finding) for number, finding in enumerate(of.findings, 1)),
    )


def held_words(reason: HoldReason | None) -> str:
    """Why a reply is held back; "" if it is not."""
    if reason is HoldReason.POINTS:
        return _("The steward holds this reply back, because it points at people who may have answered.")
    if reason is HoldReason.PRESSES:
        return _("The steward holds this reply back, because it puts pressure on people for answering.")
    return ""


def line_of(number: int, finding: Answerable) -> Line:
    """One finding as its page says it."""
    figures = {
        (True, True): _(
            "All partners together: %(figure)s. Own view: %(own)s.",
            figure=finding.figure,
            own=finding.own_figure,
        ),
        (True, False): _("All partners together: %(figure)s.", figure=finding.figure),
        (False, True): _("Own view: %(own)s.", own=finding.own_figure),
        (False, False): "",
    }[bool(finding.figure), bool(finding.own_figure)]
    return Line(
        number=number,
        kind=str(KINDS[finding.kind]),
        part=finding.part,
        place=finding.place,
        wording=finding.wording,
        figures=figures,
        text=finding.said.text,
        promise=finding.said.promise,
        held=held_words(finding.held_for),
    )


def id_of(of: Right, number: int) -> str:
    """The id of the finding that an address names by its number. Raises NotFoundError."""
    known = {place: finding.id for place, finding in enumerate(of.findings, 1)}
    return of.finding(known.get(number, "")).id
