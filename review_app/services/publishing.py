"""The report: built once from the release and the comments as the steward released them, then only read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from reports.model import CycleFacts, Report
from reports.release import assemble_all
from reports.serial import digest, release_from_bytes, report_from_bytes, report_to_bytes
from review_app.models.cycles import InvitationRecord
from review_app.models.releases import ReleaseRecord, ReportRecord
from review_app.services import comments, cycles, outbox
from review_app.services.errors import NotAllowedError, NotFoundError, NotYetError
from review_app.services.outbox import MailKind
from review_app.services.report_translations import translated
from surveys.cycle import CycleState, move
from surveys.subjects import Subject


@dataclass(frozen=True, slots=True)
class Published:
    """A published report and its digest. ``subject``: the one partner that it is about; "" for the main report."""

    cycle_id: str
    subject: str
    report: Report
    content: bytes
    digest: str
    published_at: datetime


@dataclass(frozen=True, slots=True)
class PartnerReport:
    """A published report on one partner: the id and the name of the party."""

    party_id: str
    name: str


def publish(session: Session, now: datetime, cycle_id: str, steward_id: str) -> str:
    """The digest of the report, fixed from now on. Raises NotYetError while a comment waits for a decision."""
    record = cycles.locked(session, cycle_id)
    if record.steward_id != steward_id:
        raise NotFoundError("There is no such review.")
    if record.state != CycleState.CLOSED:
        raise NotAllowedError("Only a review that is closed and counted can be published, and only once.")
    left = sum(pool.waiting for pool in comments.pools(session, cycle_id, steward_id))
    if left:
        waiting = "1 comment waits" if left == 1 else f"{left} comments wait"
        raise NotYetError(f"{waiting} for your decision. Quote each one or keep it back.")
    release = session.get(ReleaseRecord, cycle_id)
    if release is None:
        raise NotFoundError("There is no release of this review.")
    cycle = cycles.load(session, cycle_id)
    facts = _facts(session, cycle)
    said = comments.blocks(session, cycle_id, cycle.instrument)
    untranslated = assemble_all(facts, release_from_bytes(release.content), said)
    reports = {
        subject: translated(report, cycle.instrument, cycle.plan, cycle.languages)
        for subject, report in untranslated.items()
    }
    session.add_all(
        ReportRecord(
            cycle_id=cycle_id,
            subject=subject,
            content=report_to_bytes(report),
            digest=digest(report),
            made_at=now,
            published_at=now,
        )
        for subject, report in reports.items()
    )
    record.state = move(CycleState(record.state), CycleState.PUBLISHED).value
    # To everyone who was asked. Who answered, or asked to be left out, nobody knows any more: the keys are destroyed.
    asked = session.scalars(select(InvitationRecord.contact_id).where(InvitationRecord.cycle_id == cycle_id))
    outbox.queue_to_contacts(session, now, cycle_id, asked, MailKind.PUBLISHED)
    return digest(reports[""])


def load(session: Session, cycle_id: str, subject: str = "") -> Published:
    """A published report: the main one, or that on one partner. Raises NotFoundError."""
    record = session.get(ReportRecord, (cycle_id, subject))
    if record is None:
        raise NotFoundError("There is no report of this review yet.")
    report = report_from_bytes(record.content)
    return Published(
        cycle_id, subject, report, record.content, record.digest, record.published_at or record.made_at
    )


def partner_reports(session: Session, cycle_id: str) -> tuple[PartnerReport, ...]:
    """The published reports on single partners, by name."""
    query = select(ReportRecord.subject, ReportRecord.content).where(
        ReportRecord.cycle_id == cycle_id, ReportRecord.subject != ""
    )
    found = (
        PartnerReport(Subject(subject).party_id, report_from_bytes(content).parts[0].title)
        for subject, content in session.execute(query)
    )
    return tuple(sorted(found, key=lambda partner: partner.name.casefold()))


def digests(session: Session) -> tuple[tuple[str, str, str], ...]:
    """The cycle id, subject and digest of every published report, the main report of a cycle first."""
    rows = session.execute(
        select(ReportRecord.cycle_id, ReportRecord.subject, ReportRecord.digest).order_by(
            ReportRecord.published_at, ReportRecord.cycle_id, ReportRecord.subject
        )
    )
    return tuple((cycle_id, subject, digest_) for cycle_id, subject, digest_ in rows)


def _facts(session: Session, cycle: cycles.Cycle) -> CycleFacts:
    if cycle.opened_at is None or cycle.closed_at is None:
        raise NotFoundError("There is no such review.")
    roster = cycles.roster(session, cycle.id)
    return CycleFacts(
        reference=cycle.id,
        title=cycle.title,
        chain_name=roster.chain_name,
        prime_name=roster.prime_name,
        instrument_id=cycle.instrument.id,
        instrument_version=cycle.instrument.version,
        instrument_title=cycle.instrument.title,
        scale_labels=tuple(point.label for point in cycle.instrument.scale.points),
        opened_on=cycle.opened_at.date().isoformat(),
        closed_on=cycle.closed_at.date().isoformat(),
        steward_name=cycle.steward_name,
        mode=cycle.key_mode.value,
        k=cycle.k,
        min_organisations=cycle.policy.min_organisations,
        comment_answers=cycle.policy.comment_answers,
        comment_group=cycle.policy.comment_group,
        languages=tuple(language.value for language in cycle.languages),
    )
