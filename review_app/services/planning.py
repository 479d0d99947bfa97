"""A workshop from the plan to the invitation: when and where, changes that everybody hears of, and calling it off."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from review_app.models.base import new_id
from review_app.models.cycles import CycleRecord
from review_app.models.outbox import MailRecord, MailState
from review_app.models.workshops import SeatRecord, TopicRecord, WorkshopRecord
from review_app.services import agendas, cycles, outbox, workshop_seals, workshops
from review_app.services.accounts import Account
from review_app.services.errors import NotAllowedError, NotFoundError, NotYetError
from review_app.services.outbox import MailKind, Round
from surveys.cycle import CycleState
from surveys.errors import Fault, WorkshopFaultsError
from surveys.workshop import WorkshopState, move_workshop
from surveys.workshop_plan import Meeting, meeting_faults

# Until it begins, its day and its place can change.
CHANGEABLE = frozenset({WorkshopState.PLANNED, WorkshopState.INVITED})


def check_published(session: Session, cycle_id: str) -> None:
    """Whether the reports of a cycle are out, so that people can talk about them. Raises NotFoundError."""
    state = session.scalar(select(CycleRecord.state).where(CycleRecord.id == cycle_id))
    if state != CycleState.PUBLISHED:
        raise NotFoundError("There is no published report of this review yet.")


def create(session: Session, now: datetime, cycle_id: str, account: Account, meeting: Meeting) -> str:
    """The id of a new workshop on a published cycle, with the agenda that its report proposes.

    The one that a second click would plan once more is that of the first. Raises NotFoundError, WorkshopFaultsError.
    """
    workshops.check_leads(session, cycle_id, account)
    cycles.locked(session, cycle_id)
    check_published(session, cycle_id)
    _check(meeting_faults(meeting, now))
    if (known := _planned_already(session, cycle_id, account, meeting)) is not None:
        return known
    record = WorkshopRecord(
        id=new_id(),
        cycle_id=cycle_id,
        facilitator_id=account.id,
        state=WorkshopState.PLANNED.value,
        created_at=now,
    )
    _apply(record, meeting)
    session.add(record)
    session.flush()
    agendas.begin(session, record)
    return record.id


def _planned_already(session: Session, cycle_id: str, account: Account, meeting: Meeting) -> str | None:
    query = select(WorkshopRecord).where(
        WorkshopRecord.cycle_id == cycle_id,
        WorkshopRecord.facilitator_id == account.id,
        WorkshopRecord.state == WorkshopState.PLANNED.value,
        WorkshopRecord.begins_at == meeting.begins_at,
    )
    return next((one.id for one in session.scalars(query) if meeting_of(one) == meeting), None)


def change(session: Session, now: datetime, workshop_id: str, meeting: Meeting) -> int:
    """How many people get a mail, with the calendar entry as it is now, about what changed.

    Nobody does before the invitation, nor where nothing changed. Raises NotAllowedError once it has begun,
    WorkshopFaultsError.
    """
    record = _changeable(session, workshop_id)
    _check(meeting_faults(meeting, now, before=record.begins_at))
    if meeting == meeting_of(record):
        return 0
    _apply(record, meeting)
    if record.state != WorkshopState.INVITED:
        return 0
    record.revision += 1
    return call(session, now, record, _seated(session, workshop_id))


def meeting_of(record: WorkshopRecord) -> Meeting:
    """When and where a workshop is."""
    return Meeting(record.title, record.begins_at, record.minutes, record.place, record.call_link)


def invite(session: Session, now: datetime, workshop_id: str) -> int:
    """How many people were invited by mail. A second click invites nobody.

    Raises NotYetError where something is missing, NotAllowedError once it has begun.
    """
    record = _changeable(session, workshop_id)
    if record.state == WorkshopState.INVITED:
        return 0
    _check_ready(session, now, record)
    record.state = move_workshop(WorkshopState(record.state), WorkshopState.INVITED).value
    return call(session, now, record, _seated(session, workshop_id))


def call(session: Session, now: datetime, record: WorkshopRecord, contact_ids: tuple[str, ...]) -> int:
    """How many mails with the invitation as it is now were queued; what was still owed to these people is replaced."""
    outbox.cancel_errands(session, record.cycle_id, MailKind.WORKSHOP, record.id, contact_ids)
    number = outbox.rounds(session, record.cycle_id, MailKind.WORKSHOP, record.id) + 1
    return outbox.queue_errands(
        session, now, Round(record.cycle_id, MailKind.WORKSHOP, number, record.id), contact_ids
    )


def cancel(session: Session, now: datetime, workshop_id: str) -> int:
    """How many people get a mail that a workshop is called off: those who had an invitation, as far as is known.

    What was sent for it and not revealed is destroyed. A second click finds it done. Raises NotAllowedError once it
    has begun.
    """
    record = workshops.locked(session, workshop_id)
    if record.state == WorkshopState.CANCELLED:
        return 0
    record = _changeable(session, workshop_id)
    called = _were_called(session, record)
    outbox.cancel_errands(session, record.cycle_id, MailKind.WORKSHOP, record.id)
    record.state = move_workshop(WorkshopState(record.state), WorkshopState.CANCELLED).value
    record.revision += 1
    workshop_seals.remove_all(session, workshop_id)
    return outbox.queue_errands(
        session, now, Round(record.cycle_id, MailKind.WORKSHOP_OFF, 1, record.id), called
    )


def _changeable(session: Session, workshop_id: str) -> WorkshopRecord:
    record = workshops.locked(session, workshop_id)
    if record.state == WorkshopState.CANCELLED:
        raise NotAllowedError("This workshop was called off. Plan a new one.")
    if WorkshopState(record.state) not in CHANGEABLE:
        raise NotAllowedError("This workshop has begun. Its day and its place are what they were.")
    return record


def _check(faults: Sequence[Fault]) -> None:
    if faults:
        raise WorkshopFaultsError(faults)


def _check_ready(session: Session, now: datetime, record: WorkshopRecord) -> None:
    has_topic = session.scalar(select(TopicRecord.id).where(TopicRecord.workshop_id == record.id).limit(1))
    if has_topic is None:
        raise NotYetError("There is nothing on the agenda. Put a topic on it, then invite people.")
    if not _seated(session, record.id):
        raise NotYetError("Nobody is chosen yet. Choose who is invited, then invite them.")
    if record.begins_at <= now:
        raise NotYetError("Its beginning is past. Choose a later day, then invite people.")


def _seated(session: Session, workshop_id: str) -> tuple[str, ...]:
    query = select(SeatRecord.contact_id).where(
        SeatRecord.workshop_id == workshop_id, SeatRecord.is_taken_away.is_(False)
    )
    return tuple(session.scalars(query.order_by(SeatRecord.id)))


def _were_called(session: Session, record: WorkshopRecord) -> tuple[str, ...]:
    """Those who sit in a workshop and to whom a mail about it left, or may be leaving."""
    left = (MailState.SENT.value, MailState.SENDING.value)
    query = select(MailRecord.contact_id).where(
        MailRecord.cycle_id == record.cycle_id,
        MailRecord.kind == MailKind.WORKSHOP.value,
        MailRecord.about_id == record.id,
        MailRecord.state.in_(left),
    )
    reached = set(session.scalars(query))
    return tuple(id_ for id_ in _seated(session, record.id) if id_ in reached)


def _apply(record: WorkshopRecord, meeting: Meeting) -> None:
    record.title = meeting.title
    record.begins_at = meeting.begins_at
    record.minutes = meeting.minutes
    record.place = meeting.place
    record.call_link = meeting.call_link
