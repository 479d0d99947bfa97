"""Workshops as values, who may lead one, who sits in it, and the key of its links.

Nothing is written when somebody opens a link or reads. The secret of a link is derived, never stored.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from review_app.keys import KeyFolder
from review_app.models.accounts import AccountRecord
from review_app.models.chains import ContactRecord
from review_app.models.cycles import CycleRecord
from review_app.models.workshops import SeatRecord, TopicRecord, WorkshopPartyRecord, WorkshopRecord
from review_app.services import cycles
from review_app.services.accounts import Account, AccountRole
from review_app.services.errors import NotFoundError
from surveys import sealing
from surveys.chain import Role
from surveys.workshop import Outcome, Stage, TopicKind, WorkshopState


@dataclass(frozen=True, slots=True)
class Topic:
    """One thing to talk about; the fields are those of its record. ``practices``: ids in their order."""

    id: str
    position: int
    kind: TopicKind
    finding_id: str
    subject: str
    question_id: str
    practices: tuple[str, ...]
    title: str
    reason: str
    minutes: int
    stage: Stage
    outcome: Outcome
    decision: str
    because: str
    rank: int | None


@dataclass(frozen=True, slots=True)
class Invited:
    """An organisation that is invited, under its name at the launch of the review."""

    party_id: str
    name: str
    role: Role
    was_there: bool


@dataclass(frozen=True, slots=True)
class Workshop:
    """One meeting on the reports of a cycle: its topics in their order, and whom it invites."""

    id: str
    cycle_id: str
    chain_name: str
    prime_name: str
    facilitator_name: str
    title: str
    begins_at: datetime
    minutes: int
    place: str
    call_link: str
    state: WorkshopState
    dots: int
    revision: int
    version: int
    topic_id: str | None
    stage_ends_at: datetime | None
    topics: tuple[Topic, ...]
    invited: tuple[Invited, ...]

    @property
    def ends_at(self) -> datetime:
        """When it is to end."""
        return self.begins_at + timedelta(minutes=self.minutes)

    @property
    def topic(self) -> Topic | None:
        """What is on the screen now; None before the first topic."""
        return next((topic for topic in self.topics if topic.id == self.topic_id), None)


@dataclass(frozen=True, slots=True)
class Seat:
    """What a valid link opens: one person's place in one workshop."""

    secret: bytes
    id: str
    workshop_id: str
    contact_id: str
    party_id: str
    party_name: str
    role: Role

    def __repr__(self) -> str:
        return "Seat(…)"


def load(session: Session, workshop_id: str) -> Workshop:
    """A workshop. Raises NotFoundError."""
    record = session.get(WorkshopRecord, workshop_id, populate_existing=True)
    if record is None:
        raise NotFoundError("There is no such workshop.")
    roster = cycles.roster(session, record.cycle_id)
    return Workshop(
        id=record.id,
        cycle_id=record.cycle_id,
        chain_name=roster.chain_name,
        prime_name=roster.prime_name,
        facilitator_name=session.get_one(AccountRecord, record.facilitator_id).name,
        title=record.title,
        begins_at=record.begins_at,
        minutes=record.minutes,
        place=record.place,
        call_link=record.call_link,
        state=WorkshopState(record.state),
        dots=record.dots,
        revision=record.revision,
        version=record.version,
        topic_id=record.topic_id,
        stage_ends_at=record.stage_ends_at,
        topics=_topics(session, record.id),
        invited=_invited(session, record),
    )


def locked(session: Session, workshop_id: str) -> WorkshopRecord:
    """A workshop's record, locked for this transaction. Raises NotFoundError."""
    query = select(WorkshopRecord).where(WorkshopRecord.id == workshop_id)
    record = session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if record is None:
        raise NotFoundError("There is no such workshop.")
    return record


def of_cycle(session: Session, cycle_id: str) -> tuple[Workshop, ...]:
    """The workshops on a cycle's reports, the earliest first."""
    query = select(WorkshopRecord.id).where(WorkshopRecord.cycle_id == cycle_id)
    ids = session.scalars(query.order_by(WorkshopRecord.begins_at, WorkshopRecord.id)).all()
    return tuple(load(session, id_) for id_ in ids)


def check_leads(session: Session, cycle_id: str, account: Account) -> None:
    """Whether an account may lead the workshops of a cycle: an organiser's, or its steward's. Raises NotFoundError."""
    steward_id = session.scalar(select(CycleRecord.steward_id).where(CycleRecord.id == cycle_id))
    is_steward = account.role is AccountRole.STEWARD and account.id == steward_id
    if steward_id is None or not (is_steward or account.role is AccountRole.ORGANISER):
        raise NotFoundError("There is no such review.")


def led(session: Session, workshop_id: str, account: Account) -> Workshop:
    """A workshop that an account may lead, on whatever computer. Raises NotFoundError for every other one."""
    cycle_id = session.scalar(select(WorkshopRecord.cycle_id).where(WorkshopRecord.id == workshop_id))
    if cycle_id is None:
        raise NotFoundError("There is no such workshop.")
    check_leads(session, cycle_id, account)
    return load(session, workshop_id)


def workshop_key(session: Session, workshop_id: str, keys: KeyFolder) -> bytes:
    """The key of a workshop's links and seals; made when it is first needed, once for all processes.

    Raises KeyMissingError where it is lost or destroyed.
    """
    locked(session, workshop_id)
    all_seats = session.scalars(select(SeatRecord).where(SeatRecord.workshop_id == workshop_id)).all()
    unready = [seat for seat in all_seats if seat.verifier is None]
    if len(unready) == len(all_seats) and unready:
        # None of its links can have left, nor anything have been sealed: their verifiers come with this transaction.
        keys.keep_workshop_key(workshop_id, sealing.new_workshop_key())
    key = keys.workshop_key(workshop_id)
    for seat in unready:
        seat.verifier = sealing.verifier(sealing.seat_secret(key, seat.id, seat.link_number))
    return key


def find_seat(session: Session, secret: bytes) -> Seat | None:
    """The seat of a link's secret; None for every link that opens nothing, for whatever reason."""
    found = session.execute(
        select(SeatRecord, WorkshopPartyRecord.role, WorkshopRecord.cycle_id, WorkshopRecord.state)
        .join(
            WorkshopPartyRecord,
            (WorkshopPartyRecord.workshop_id == SeatRecord.workshop_id)
            & (WorkshopPartyRecord.party_id == SeatRecord.party_id),
        )
        .join(WorkshopRecord, WorkshopRecord.id == SeatRecord.workshop_id)
        .join(ContactRecord, ContactRecord.id == SeatRecord.contact_id)
        .where(
            SeatRecord.verifier == sealing.verifier(secret),
            SeatRecord.is_taken_away.is_(False),
            # Whoever works for another organisation now speaks for the old one no more.
            ContactRecord.party_id == SeatRecord.party_id,
        )
    ).first()
    if found is None or found.state in {WorkshopState.PLANNED, WorkshopState.CANCELLED}:
        return None
    record, role, cycle_id, _state = found
    return Seat(
        secret=secret,
        id=record.id,
        workshop_id=record.workshop_id,
        contact_id=record.contact_id,
        party_id=record.party_id,
        party_name=cycles.roster(session, cycle_id).parties[record.party_id],
        role=Role(role),
    )


def _topics(session: Session, workshop_id: str) -> tuple[Topic, ...]:
    query = select(TopicRecord).where(TopicRecord.workshop_id == workshop_id)
    return tuple(map(_topic, session.scalars(query.order_by(TopicRecord.position, TopicRecord.id))))


def _topic(record: TopicRecord) -> Topic:
    return Topic(
        id=record.id,
        position=record.position,
        kind=TopicKind(record.kind),
        finding_id=record.finding_id,
        subject=record.subject,
        question_id=record.question_id,
        practices=tuple(record.practices.split()),
        title=record.title,
        reason=record.reason,
        minutes=record.minutes,
        stage=Stage(record.stage),
        outcome=Outcome(record.outcome),
        decision=record.decision,
        because=record.because,
        rank=record.rank,
    )


def _invited(session: Session, record: WorkshopRecord) -> tuple[Invited, ...]:
    names = cycles.roster(session, record.cycle_id).parties
    query = select(WorkshopPartyRecord).where(WorkshopPartyRecord.workshop_id == record.id)
    order = {id_: place for place, id_ in enumerate(names)}
    found = [
        Invited(row.party_id, names[row.party_id], Role(row.role), row.was_there)
        for row in session.scalars(query)
        if row.party_id in names
    ]
    return tuple(sorted(found, key=lambda party: order[party.party_id]))
