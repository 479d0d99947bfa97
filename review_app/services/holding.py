"""The steward's look at the replies: one that points at people, or puts pressure on them, is held back, and openly.

Nobody edits a reply. A decision is about exactly the text that was read, and can be changed until the publication.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from reports.language import ENGLISH, Tongue
from review_app.models.releases import ReplyRecord
from review_app.services import cycles, naming, publishing, replies
from review_app.services.errors import ChangedMeanwhileError, NotFoundError
from review_app.services.replies import NOTHING, Answerable, Right
from surveys.publication import HoldReason
from surveys.subjects import Subject

MAIN = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of a reply: held back for a reason, or None: it goes out. ``seen``: the token of what was read."""

    held_for: HoldReason | None
    seen: str


@dataclass(frozen=True, slots=True)
class Checked:
    """One reply as the steward looks at it. ``number``: of its finding in the report, from 1.

    ``telling``: the passages by which it may point at somebody.
    """

    number: int
    finding: Answerable
    telling: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CheckedReport:
    """All replies to one report, in the order of its findings."""

    right: Right
    replies: tuple[Checked, ...]


def to_check(
    session: Session, now: datetime, cycle_id: str, *, tongue: Tongue = ENGLISH
) -> tuple[CheckedReport, ...]:
    """The replies to every report of a cycle, the main one first. Raises NotFoundError where none are awaited."""
    partners = publishing.partner_reports(session, cycle_id)
    subjects = (MAIN, *(str(Subject.partner(partner.party_id)) for partner in partners))
    return tuple(
        _checked(session, replies.right(session, now, cycle_id, subject, tongue=tongue))
        for subject in subjects
    )


def one(
    session: Session, now: datetime, cycle_id: str, subject: str, number: int, *, tongue: Tongue = ENGLISH
) -> tuple[Right, Checked]:
    """One reply, by the number of its finding. Raises NotFoundError, also where there is no reply any more."""
    found = _checked(session, replies.right(session, now, cycle_id, subject, tongue=tongue))
    for checked in found.replies:
        if checked.number == number:
            return found.right, checked
    raise NotFoundError("There is no such reply. It may have been taken back.")


def decide(
    session: Session, now: datetime, of: Right, finding_id: str, decision: Decision, *, steward_id: str
) -> None:
    """Holds a reply back, or lets it go again.

    Raises NotFoundError for another steward's review, once the reports are published and for a reply that is not
    there, ChangedMeanwhileError where another one than the one seen is kept.
    """
    # The publication waits for this transaction, or this one for the publication.
    record = cycles.locked(session, of.cycle_id)
    if record.steward_id != steward_id:
        raise NotFoundError("There is no such review.")
    said = replies.right(session, now, of.cycle_id, of.subject).finding(finding_id).said
    if said == NOTHING:
        raise NotFoundError("There is no such reply. It may have been taken back.")
    if said.token != decision.seen:
        raise ChangedMeanwhileError("The reply was changed since you opened this page.")
    reply = session.get_one(ReplyRecord, (of.cycle_id, of.subject, finding_id))
    reply.held_for = reply.last_held_for = decision.held_for.value if decision.held_for else None
    reply.last_held = said.token if decision.held_for else None


def _checked(session: Session, of: Right) -> CheckedReport:
    said = [(number, finding) for number, finding in enumerate(of.findings, 1) if finding.said != NOTHING]
    telling = naming.telling_in_replies(
        session,
        of.cycle_id,
        by=of.by,
        said=[(finding.said.text, finding.said.promise) for _number, finding in said],
    )
    return CheckedReport(
        of,
        tuple(
            Checked(number, finding, passages)
            for (number, finding), passages in zip(said, telling, strict=True)
        ),
    )
