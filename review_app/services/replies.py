"""The right of reply: those whom a report is about answer its findings before everybody reads it.

A reply changes no figure. In its time it can be changed and taken back; the publication prints it beside its finding,
unless the steward holds it back (``services.holding``). A reply that is changed is another one, and held back no more.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from reports.conclusions import Finding
from reports.conclusions import FindingKind as FindingKind
from reports.language import ENGLISH, Tongue, speaking
from reports.model import Part, Shown
from review_app.models.releases import ReplyRecord
from review_app.services import cycles, publishing
from review_app.services.errors import ChangedMeanwhileError, NotAllowedError, NotFoundError
from surveys.language import N_
from surveys.publication import HoldReason
from surveys.texts import visible_text

LONGEST_TEXT = 600
LONGEST_PROMISE = 300


@dataclass(frozen=True, slots=True)
class Said:
    """A reply as it is typed or kept. ``promise``: what will be done, and by when; "" for nothing."""

    text: str
    promise: str

    @property
    def token(self) -> str:
        """What tells this reply from every other one, in hex: a page says by it which one it was drawn with."""
        return hashlib.sha256(f"{self.text}\0{self.promise}".encode()).hexdigest()


NOTHING = Said("", "")


@dataclass(frozen=True, slots=True)
class Answerable:
    """One finding that can be replied to, and the reply so far.

    ``part`` and ``place``: what it is about and the element; ``figure``: everyone's, in words, and ``own_figure``: the
    own view; each "" where it does not rest on it. ``held_for``: why the steward holds the reply back, None otherwise.
    ``replaces_held``: whether it stands in the place of one that was held back.
    """

    id: str
    kind: FindingKind
    part: str
    place: str
    wording: str
    figure: str
    own_figure: str
    said: Said
    held_for: HoldReason | None
    replaces_held: bool


@dataclass(frozen=True, slots=True)
class Right:
    """The replies to one report: ``by`` whom, ``until`` when, and to what. ``until`` None: its time is over.

    ``publishes_at``: when everybody gets the report with them.
    """

    cycle_id: str
    subject: str
    by: str
    until: datetime | None
    publishes_at: datetime
    findings: tuple[Answerable, ...]

    @property
    def replied(self) -> int:
        """How many findings have a reply."""
        return sum(finding.said != NOTHING for finding in self.findings)

    def finding(self, finding_id: str) -> Answerable:
        """One of the findings. Raises NotFoundError for every other one."""
        for finding in self.findings:
            if finding.id == finding_id:
                return finding
        raise NotFoundError(N_("There is no such finding in this report."))


def right(
    session: Session, now: datetime, cycle_id: str, subject: str = "", *, tongue: Tongue = ENGLISH
) -> Right:
    """The replies to a report that is made and not published. Raises NotFoundError without one.

    ``tongue``: in which its figures are worded.
    """
    cycle = cycles.load(session, cycle_id)
    if cycle.waiting is None:
        raise NotFoundError(N_("There is no report that waits for replies."))
    made = publishing.load(session, cycle_id, subject)
    kept = {
        record.finding_id: record
        for record in session.scalars(
            select(ReplyRecord).where(ReplyRecord.cycle_id == cycle_id, ReplyRecord.subject == subject)
        )
    }
    with speaking(tongue):
        findings = tuple(
            _answerable(part, finding, kept.get(finding.id))
            for part in made.report.parts
            for finding in part.findings
        )
    return Right(
        cycle_id=cycle_id,
        subject=subject,
        by=publishing.replies_by(made.report, subject),
        until=cycle.waiting.replies_until if cycle.waiting.takes_replies(now) else None,
        publishes_at=cycle.waiting.publishes_at,
        findings=findings,
    )


def save(session: Session, now: datetime, of: Right, finding_id: str, said: Said, *, seen: str) -> None:
    """Keeps a reply to one finding; one without any text is taken back. ``seen``: the token of the one it replaces.

    The same text again changes nothing, nor does one that looks the same: what is held back stays so, also where it was
    taken back or changed in between.

    Raises NotFoundError for a finding of another report, NotAllowedError once the time is over or for a text that is
    too long, ChangedMeanwhileError where another reply than the one seen is kept.
    """
    # The publication waits for this transaction, or this one for the publication.
    cycles.locked(session, of.cycle_id)
    current = right(session, now, of.cycle_id, of.subject)
    if current.until is None:
        raise NotAllowedError(N_("The time for replies is over."))
    before = current.finding(finding_id).said
    said = Said(visible_text(said.text), visible_text(said.promise))
    if len(said.text) > LONGEST_TEXT or len(said.promise) > LONGEST_PROMISE:
        raise NotAllowedError(
            f"A reply has up to {LONGEST_TEXT} characters, and what you will do up to {LONGEST_PROMISE}."
        )
    if said.promise and not said.text:
        raise NotAllowedError(N_("What you will do stands below a reply. Write the reply too."))
    if said == before:
        return
    if before.token != seen:
        raise ChangedMeanwhileError(N_("Somebody else has changed this reply."))
    key = (of.cycle_id, of.subject, finding_id)
    record = session.get(ReplyRecord, key)
    if record is not None and said == NOTHING and record.last_held is None:
        session.delete(record)
    elif record is None:
        session.add(
            ReplyRecord(
                cycle_id=of.cycle_id,
                subject=of.subject,
                finding_id=finding_id,
                text=said.text,
                promise=said.promise,
                replied_at=now,
            )
        )
    else:
        record.text, record.promise, record.replied_at = said.text, said.promise, now
        record.held_for = record.last_held_for if said.token == record.last_held else None


def _answerable(part: Part, finding: Finding, record: ReplyRecord | None) -> Answerable:
    section = next(section for section in part.sections if section.id == finding.section_id)
    item = next(item for item in section.items if item.question_id == finding.question_id)
    return Answerable(
        id=finding.id,
        kind=finding.kind,
        part=part.title,
        place=section.title,
        wording=item.wording,
        figure=finding.everyone.text if isinstance(finding.everyone, Shown) else "",
        own_figure=finding.own.text if isinstance(finding.own, Shown) else "",
        said=Said(record.text, record.promise) if record else NOTHING,
        held_for=HoldReason(record.held_for) if record and record.held_for else None,
        replaces_held=bool(record and record.last_held and not record.held_for),
    )
