"""The report: built once from the release and the comments as the steward released them, then only read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from reports.model import CycleFacts, Report
from reports.release import Release, assemble
from reports.serial import digest, release_from_bytes, report_from_bytes, report_to_bytes
from review_app.models.releases import ReleaseRecord, ReportRecord
from review_app.services import chains, comments, cycles
from review_app.services.errors import NotAllowedError, NotFoundError, NotYetError
from surveys.cycle import CycleState, move


@dataclass(frozen=True, slots=True)
class Published:
    """A published report and its digest."""

    cycle_id: str
    report: Report
    content: bytes
    digest: str
    published_at: datetime


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
    report = _report(session, cycles.load(session, cycle_id), release_from_bytes(release.content))
    content = report_to_bytes(report)
    session.add(ReportRecord(cycle_id=cycle_id, content=content, digest=digest(report), published_at=now))
    record.state = move(CycleState(record.state), CycleState.PUBLISHED).value
    return digest(report)


def load(session: Session, cycle_id: str) -> Published:
    """A published report. Raises NotFoundError."""
    record = session.get(ReportRecord, cycle_id)
    if record is None:
        raise NotFoundError("There is no report of this review yet.")
    return Published(
        cycle_id, report_from_bytes(record.content), record.content, record.digest, record.published_at
    )


def digests(session: Session) -> tuple[tuple[str, str], ...]:
    """The cycle id and digest of every published report."""
    rows = session.execute(
        select(ReportRecord.cycle_id, ReportRecord.digest).order_by(ReportRecord.published_at)
    )
    return tuple((cycle_id, digest_) for cycle_id, digest_ in rows)


def _report(session: Session, cycle: cycles.Cycle, release: Release) -> Report:
    if cycle.opened_at is None or cycle.closed_at is None:
        raise NotFoundError("There is no such review.")
    facts = CycleFacts(
        reference=cycle.id,
        title=cycle.title,
        chain_name=cycle.chain_name,
        prime_name=chains.load(session, cycle.chain_id).prime.name,
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
    )
    return assemble(facts, release, comments.blocks(session, cycle.id, cycle.instrument))
