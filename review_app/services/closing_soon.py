"""Everybody is told once that a review closes soon, two working days before; after an extension once more.

It goes to everyone: nobody can see who has answered. What says that it was done are the mails themselves: their number
is that of the closing time (1, and one more for each extension), so that a worker that died has queued all or none.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from review_app.models.cycles import CycleRecord
from review_app.models.outbox import MailKind, MailRecord
from review_app.services import cycles, outbox
from review_app.services.errors import NotFoundError
from surveys.cycle import CycleState
from surveys.mail_hours import ZONE
from surveys.working_days import working_days_before

WORKING_DAYS = 2
# Who learnt of the closing time a few days ago needs no mail that says it again.
KNOWN_FOR = timedelta(days=7)
# Later than this it would reach most people after the close.
LATEST = timedelta(hours=6)


def due(session: Session, now: datetime) -> tuple[str, ...]:
    """The open cycles whose people are to be told now."""
    soon = select(CycleRecord.id, CycleRecord.opened_at, CycleRecord.closes_at).where(
        CycleRecord.state == CycleState.OPEN.value,
        CycleRecord.closes_at > now + LATEST,
        # Two working days are never more than four days.
        CycleRecord.closes_at < now + timedelta(days=5),
    )
    return tuple(
        cycle_id
        for cycle_id, opened_at, closes_at in session.execute(soon)
        if now >= working_days_before(closes_at, WORKING_DAYS, ZONE)
        and closes_at - _known_since(session, cycle_id, opened_at) >= KNOWN_FOR
        and outbox.rounds(session, cycle_id, MailKind.CLOSING_SOON) < _number(session, cycle_id)
    )


def queue(session: Session, now: datetime, cycle_id: str) -> int:
    """How many mails were queued; 0 where another worker was faster, or the close has moved."""
    cycles.locked(session, cycle_id)
    if cycle_id not in due(session, now):
        return 0
    number = _number(session, cycle_id)
    return outbox.queue_for_all(session, now, cycle_id, MailKind.CLOSING_SOON, number=number)


def _number(session: Session, cycle_id: str) -> int:
    return outbox.rounds(session, cycle_id, MailKind.EXTENDED) + 1


def _known_since(session: Session, cycle_id: str, opened_at: datetime | None) -> datetime:
    """When everybody was told of the closing time that holds: the last extension, or the launch."""
    last = outbox.rounds(session, cycle_id, MailKind.EXTENDED)
    # The earliest of the round: a failed mail that was tried again counts from then.
    extended_at = session.scalar(
        select(func.min(MailRecord.queued_at)).where(
            MailRecord.cycle_id == cycle_id,
            MailRecord.kind == MailKind.EXTENDED.value,
            MailRecord.number == last,
        )
    )
    since = extended_at or opened_at
    if since is None:
        raise NotFoundError("This review is not launched yet.")
    return since
