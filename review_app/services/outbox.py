"""The outbox: mail owed is written with the change that owes it; the worker leases, sends and records."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from review_app.models.base import new_id
from review_app.models.chains import ContactRecord, PartyRecord
from review_app.models.cycles import AssignmentRecord, CycleRecord, InvitationRecord
from review_app.models.outbox import MailKind as MailKind
from review_app.models.outbox import MailRecord
from review_app.models.outbox import MailState as MailState
from review_app.services.errors import NotAllowedError, NotFoundError
from review_app.services.rosters import roster_from_text
from surveys.instrument import Voice

LEASE = timedelta(seconds=30)
WAITS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1))
GIVE_UP_AFTER = timedelta(hours=72)
# The mails that a person has their link from: the only ones that say something about the address alone.
LINK_BRINGERS = frozenset({MailKind.INVITATION, MailKind.NEW_LINK})


@dataclass(frozen=True, slots=True)
class Leased:
    """One mail to send now: everything but its link, which is derived when it is sent.

    ``link_number`` is read together with the address: a link never goes to an address of another number.
    """

    id: str
    cycle_id: str
    invitation_id: str
    link_number: int
    kind: MailKind
    number: int
    to_name: str
    to_address: str
    party_name: str
    chain_name: str
    closes_at: datetime
    return_token: str


@dataclass(frozen=True, slots=True)
class MailStatus:
    """One line of the mail's state: about mail only, never about answers."""

    id: str
    contact_name: str
    party_name: str
    kind: MailKind
    number: int
    state: MailState
    attempts: int
    problem: str


def queue_for_all(
    session: Session, now: datetime, cycle_id: str, kind: MailKind, *, most: int | None = None
) -> int:
    """How many mails were queued: one of a kind to everyone invited who has an email address.

    Raises NotAllowedError beyond ``most`` rounds.
    """
    earlier = session.scalar(
        select(func.max(MailRecord.number)).where(
            MailRecord.cycle_id == cycle_id, MailRecord.kind == kind.value
        )
    )
    number = (earlier or 0) + 1
    if most is not None and number > most:
        raise NotAllowedError(f"{most} rounds of this mail were sent, and that is the most.")
    invitations = session.scalars(
        select(InvitationRecord.id)
        .join(ContactRecord, ContactRecord.id == InvitationRecord.contact_id)
        .where(InvitationRecord.cycle_id == cycle_id, ContactRecord.email != "")
    ).all()
    session.add_all(
        MailRecord(
            id=new_id(),
            cycle_id=cycle_id,
            invitation_id=invitation_id,
            kind=kind.value,
            number=number,
            state=MailState.QUEUED.value,
            attempts=0,
            queued_at=now,
            due_at=now,
        )
        for invitation_id in invitations
    )
    return len(invitations)


def queue(session: Session, now: datetime, cycle_id: str, invitation_id: str, kind: MailKind) -> None:
    """Queues one mail to one person."""
    earlier = session.scalar(
        select(func.max(MailRecord.number)).where(
            MailRecord.invitation_id == invitation_id, MailRecord.kind == kind.value
        )
    )
    session.add(
        MailRecord(
            id=new_id(),
            cycle_id=cycle_id,
            invitation_id=invitation_id,
            kind=kind.value,
            number=(earlier or 0) + 1,
            state=MailState.QUEUED.value,
            attempts=0,
            queued_at=now,
            due_at=now,
        )
    )


def lease(session: Session, now: datetime, most: int) -> tuple[Leased, ...]:
    """Up to ``most`` mails that are due, now held for this worker; a lease that ran out is due again."""
    due = or_(
        (MailRecord.state == MailState.QUEUED.value) & (MailRecord.due_at <= now),
        (MailRecord.state == MailState.SENDING.value) & (MailRecord.leased_until <= now),
    )
    query = select(MailRecord).where(due).order_by(MailRecord.due_at).limit(most)
    records = session.scalars(query.with_for_update(skip_locked=True)).all()
    for record in records:
        record.state = MailState.SENDING.value
        record.leased_until = now + LEASE
        record.attempts += 1
    session.flush()
    return _leased(session, [record.id for record in records])


def record_sent(session: Session, mail_id: str) -> None:
    """Marks a mail as taken by the mail server."""
    session.execute(
        update(MailRecord)
        .where(MailRecord.id == mail_id)
        .values(state=MailState.SENT.value, leased_until=None, problem="")
    )


def record_failed(session: Session, now: datetime, mail_id: str, problem: str, *, is_final: bool) -> None:
    """Puts a mail back with a longer wait, or gives it up: when the server refuses for good, or after 72 hours."""
    record = session.get(MailRecord, mail_id, with_for_update=True)
    if record is None or record.state != MailState.SENDING:
        return
    record.leased_until = None
    record.problem = problem
    if is_final or now - record.queued_at >= GIVE_UP_AFTER:
        record.state = MailState.FAILED.value
        return
    record.state = MailState.QUEUED.value
    record.due_at = now + WAITS[min(record.attempts, len(WAITS)) - 1]


def requeue(session: Session, now: datetime, cycle_id: str, mail_id: str) -> None:
    """Tries a failed mail again. Raises NotFoundError."""
    record = session.get(MailRecord, mail_id, with_for_update=True)
    if record is None or record.cycle_id != cycle_id or record.state != MailState.FAILED:
        raise NotFoundError("There is no such failed mail.")
    record.state = MailState.QUEUED.value
    record.attempts = 0
    record.queued_at = record.due_at = now


def cancel(session: Session, cycle_id: str) -> None:
    """Withdraws what is still owed: the links of a closing cycle lead nowhere."""
    waiting = (MailState.QUEUED.value, MailState.SENDING.value)
    session.execute(
        update(MailRecord)
        .where(MailRecord.cycle_id == cycle_id, MailRecord.state.in_(waiting))
        .values(state=MailState.CANCELLED.value, leased_until=None)
    )


def cancel_for(session: Session, invitation_id: str) -> None:
    """Withdraws what is owed or has failed to one person, who has no email address any more."""
    unsent = (MailState.QUEUED.value, MailState.SENDING.value, MailState.FAILED.value)
    session.execute(
        update(MailRecord)
        .where(MailRecord.invitation_id == invitation_id, MailRecord.state.in_(unsent))
        .values(state=MailState.CANCELLED.value, leased_until=None)
    )


def counts(session: Session, cycle_id: str) -> dict[MailState, int]:
    """How many mails of a cycle are in each state."""
    query = (
        select(MailRecord.state, func.count())
        .where(MailRecord.cycle_id == cycle_id)
        .group_by(MailRecord.state)
    )
    found = {MailState(state): count for state, count in session.execute(query)}
    return {state: found.get(state, 0) for state in MailState}


def statuses(session: Session, cycle_id: str) -> tuple[MailStatus, ...]:
    """The state of every mail of a cycle, failed ones first, then by organisation and contact."""
    query = (
        select(MailRecord, ContactRecord.name, PartyRecord.name)
        .join(InvitationRecord, InvitationRecord.id == MailRecord.invitation_id)
        .join(ContactRecord, ContactRecord.id == InvitationRecord.contact_id)
        .join(PartyRecord, PartyRecord.id == InvitationRecord.party_id)
        .where(MailRecord.cycle_id == cycle_id)
        .order_by(
            MailRecord.state != MailState.FAILED.value, PartyRecord.name, ContactRecord.name, MailRecord.kind
        )
    )
    return tuple(
        MailStatus(
            id=record.id,
            contact_name=contact,
            party_name=party,
            kind=MailKind(record.kind),
            number=record.number,
            state=MailState(record.state),
            attempts=record.attempts,
            problem=record.problem,
        )
        for record, contact, party in session.execute(query)
    )


def asked_of(session: Session, invitation_id: str) -> tuple[str, tuple[Voice, ...]]:
    """The group of an invitation and the voices that it is asked in. Raises NotFoundError."""
    invitation = session.get(InvitationRecord, invitation_id)
    if invitation is None:
        raise NotFoundError("There is no such invitation.")
    query = select(AssignmentRecord.voice).where(AssignmentRecord.invitation_id == invitation_id)
    return invitation.group_id, tuple(
        Voice(voice) for voice in session.scalars(query.order_by(AssignmentRecord.position))
    )


def _leased(session: Session, ids: list[str]) -> tuple[Leased, ...]:
    query = (
        select(
            MailRecord,
            ContactRecord,
            InvitationRecord.party_id,
            InvitationRecord.link_number,
            CycleRecord.roster,
            CycleRecord.closes_at,
        )
        .join(InvitationRecord, InvitationRecord.id == MailRecord.invitation_id)
        .join(ContactRecord, ContactRecord.id == InvitationRecord.contact_id)
        .join(CycleRecord, CycleRecord.id == MailRecord.cycle_id)
        .where(MailRecord.id.in_(ids))
    )
    return tuple(
        Leased(
            id=mail.id,
            cycle_id=mail.cycle_id,
            invitation_id=mail.invitation_id,
            link_number=link_number,
            kind=MailKind(mail.kind),
            number=mail.number,
            to_name=contact.name,
            to_address=contact.email,
            party_name=roster_from_text(roster).parties[party_id],
            chain_name=roster_from_text(roster).chain_name,
            closes_at=closes_at,
            return_token=mail.return_token,
        )
        for mail, contact, party_id, link_number, roster, closes_at in session.execute(query)
    )
