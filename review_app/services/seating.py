"""Who is invited to a workshop: the people of the chain who may sit in it, their seats, and their links."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, literal, or_, select
from sqlalchemy.orm import Session

from review_app.keys import KeyFolder
from review_app.models.base import new_id
from review_app.models.chains import ContactRecord, PartyRecord
from review_app.models.outbox import MailRecord
from review_app.models.workshops import SeatRecord, TopicRecord, WorkshopPartyRecord, WorkshopRecord
from review_app.services import cycles, outbox, planning, readers, workshops
from review_app.services.errors import NotAllowedError, NotFoundError
from review_app.services.outbox import MailKind, MailState
from surveys import sealing
from surveys.chain import Role
from surveys.workshop import VOTING, WorkshopState

# Somebody may come late, or need another link, as long as it is not over.
OPEN = frozenset({WorkshopState.PLANNED, WorkshopState.INVITED, WorkshopState.RUNNING})


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the chain who may sit in a workshop. ``seat_id``: None for no seat; ``email`` may be "".

    ``has_moved``: to another organisation than the one that they were seated for, so that their link opens nothing.
    Nothing tells whether they opened their link or wrote anything.
    """

    contact_id: str
    name: str
    job_title: str
    email: str
    seat_id: str | None
    has_moved: bool = False


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation of the launch with its people, under its name at the launch."""

    party_id: str
    name: str
    role: Role
    people: tuple[Person, ...]

    @property
    def seated(self) -> tuple[Person, ...]:
        """Those who are invited."""
        return tuple(person for person in self.people if person.seat_id is not None)


@dataclass(frozen=True, slots=True)
class SeatMail:
    """The state of a mail with somebody's link, and why it did not leave; "" where nothing is known to be wrong."""

    state: MailState
    problem: str


def organisations(
    session: Session, workshop_id: str, *, by_steward: bool = False
) -> tuple[Organisation, ...]:
    """Everybody who may sit in a workshop, in the order of the chain. Raises NotFoundError.

    For a steward everybody who is in the chain now; for an organiser those whom a steward has vouched for: whoever sits
    for an organisation sees and gives its dots.
    """
    cycle_id = workshops.load(session, workshop_id).cycle_id
    roster = cycles.roster(session, cycle_id)
    seats = _seats(session, workshop_id)
    roles = cycles.roles(session, cycle_id)
    is_vouched_for = literal(True) if by_steward else readers.is_vouched_for(session, cycle_id)
    query = (
        select(ContactRecord, PartyRecord.gone_at, is_vouched_for)
        .join(PartyRecord, PartyRecord.id == ContactRecord.party_id)
        .where(or_(PartyRecord.id.in_(roster.parties), ContactRecord.id.in_(seats)))
        .order_by(ContactRecord.position, ContactRecord.id)
    )
    people: dict[str, list[Person]] = {}
    for contact, gone_at, may_sit in session.execute(query):
        seat = seats.get(contact.id)
        if seat is not None and not seat.is_taken_away:
            # Where they were seated, whatever the chain says of them now.
            has_moved = contact.party_id != seat.party_id
            person = Person(
                contact.id, contact.name, contact.job_title, contact.email, seat.id, has_moved=has_moved
            )
            people.setdefault(seat.party_id, []).append(person)
        elif contact.party_id in roster.parties and not contact.gone_at and not gone_at and may_sit:
            person = Person(contact.id, contact.name, contact.job_title, contact.email, None)
            people.setdefault(contact.party_id, []).append(person)
    return tuple(
        Organisation(id_, name, roles[id_], tuple(people[id_]))
        for id_, name in roster.parties.items()
        if id_ in people
    )


def mails(session: Session, workshop_id: str) -> dict[str, SeatMail]:
    """How the last mail with a link to a workshop fares, by the id of the contact; never whether it was opened."""
    query = (
        select(MailRecord.contact_id, MailRecord.state, MailRecord.problem)
        .where(
            MailRecord.about_id == workshop_id,
            MailRecord.kind == MailKind.WORKSHOP.value,
            MailRecord.state != MailState.CANCELLED.value,
        )
        .order_by(MailRecord.number)
    )
    return {
        contact: SeatMail(MailState(state), problem) for contact, state, problem in session.execute(query)
    }


def choose(
    session: Session, workshop_id: str, contact_ids: Collection[str], *, by_steward: bool = False
) -> None:
    """Seats exactly these people, before anybody is invited. Raises NotFoundError, NotAllowedError after it."""
    record = workshops.locked(session, workshop_id)
    if record.state != WorkshopState.PLANNED:
        raise NotAllowedError("People are invited already. Add or take away one seat at a time.")
    wanted = _known(session, record, contact_ids, by_steward=by_steward)
    for seat in _seats(session, workshop_id).values():
        if seat.contact_id not in wanted and not seat.is_taken_away:
            seat.is_taken_away = True
    for contact_id, party_id in wanted.items():
        _seat(session, record, contact_id, party_id)
    session.flush()
    _follow(session, workshop_id)


def add(
    session: Session,
    now: datetime,
    workshop_id: str,
    contact_id: str,
    keys: KeyFolder,
    *,
    by_steward: bool = False,
) -> None:
    """Seats one person more, who is mailed if others were; once, however often it is asked.

    Raises NotFoundError, NotAllowedError, KeyMissingError.
    """
    record = _open(session, workshop_id)
    _check_no_vote(session, workshop_id)
    ((_, party_id),) = _known(session, record, [contact_id], by_steward=by_steward).items()
    before = _seats(session, workshop_id).get(contact_id)
    if before is not None and not before.is_taken_away:
        return
    seat = _seat(session, record, contact_id, party_id)
    session.flush()
    _follow(session, workshop_id)
    if record.state != WorkshopState.PLANNED:
        _give_link(session, record, seat, keys)
        planning.call(session, now, record, (contact_id,))


def take_away(session: Session, workshop_id: str, seat_id: str) -> None:
    """Takes a seat away: its link opens nothing any more, and no mail about it leaves. It stays in the list of seats.

    Raises NotFoundError, NotAllowedError; also for the last one of those who were invited.
    """
    record = _open(session, workshop_id)
    _check_no_vote(session, workshop_id)
    seat = _of(session, record, seat_id)
    others = [
        one for one in _seats(session, workshop_id).values() if not one.is_taken_away and one.id != seat.id
    ]
    if not others and record.state != WorkshopState.PLANNED:
        raise NotAllowedError("Nobody would be left. Call the workshop off instead.")
    seat.is_taken_away = True
    session.flush()
    outbox.cancel_errands(session, record.cycle_id, MailKind.WORKSHOP, record.id, (seat.contact_id,))
    _follow(session, workshop_id)


def replace_link(session: Session, now: datetime, workshop_id: str, seat_id: str, keys: KeyFolder) -> None:
    """Gives a seat another link, by mail; the old one opens nothing from now on.

    Raises NotFoundError, NotAllowedError before anybody is invited, KeyMissingError.
    """
    record = _open(session, workshop_id)
    if record.state == WorkshopState.PLANNED:
        raise NotAllowedError("Nobody has a link yet. Invite people first.")
    seat = _of(session, record, seat_id)
    if seat.is_taken_away:
        raise NotFoundError("There is no such seat.")
    _give_link(session, record, seat, keys, is_new=True)
    planning.call(session, now, record, (seat.contact_id,))


def _give_link(
    session: Session, record: WorkshopRecord, seat: SeatRecord, keys: KeyFolder, *, is_new: bool = False
) -> None:
    key = workshops.workshop_key(session, record.id, keys)
    seat.link_number += is_new
    seat.verifier = sealing.verifier(sealing.seat_secret(key, seat.id, seat.link_number))
    session.flush()


def _seat(session: Session, record: WorkshopRecord, contact_id: str, party_id: str) -> SeatRecord:
    """The seat of a person, made or given back; what is given back has another link than it had."""
    seat = _seats(session, record.id).get(contact_id)
    if seat is None:
        seat = SeatRecord(id=new_id(), workshop_id=record.id, contact_id=contact_id, party_id=party_id)
        seat.link_number, seat.is_taken_away = 0, False
        session.add(seat)
    elif seat.is_taken_away:
        seat.is_taken_away, seat.party_id = False, party_id
        seat.link_number += 1
    return seat


def _seats(session: Session, workshop_id: str) -> dict[str, SeatRecord]:
    query = select(SeatRecord).where(SeatRecord.workshop_id == workshop_id).order_by(SeatRecord.id)
    return {seat.contact_id: seat for seat in session.scalars(query)}


def _of(session: Session, record: WorkshopRecord, seat_id: str) -> SeatRecord:
    seat = session.get(SeatRecord, seat_id)
    if seat is None or seat.workshop_id != record.id:
        raise NotFoundError("There is no such seat.")
    return seat


def _open(session: Session, workshop_id: str) -> WorkshopRecord:
    record = workshops.locked(session, workshop_id)
    if WorkshopState(record.state) not in OPEN:
        raise NotAllowedError("This workshop is over or was called off. Who is invited stays as it is.")
    return record


def _check_no_vote(session: Session, workshop_id: str) -> None:
    """Nobody comes to an organisation, or goes, while its dots are sealed. Raises NotAllowedError."""
    query = select(TopicRecord.id).where(
        TopicRecord.workshop_id == workshop_id, TopicRecord.stage.in_([stage.value for stage in VOTING])
    )
    if session.scalars(query.limit(1)).first():
        raise NotAllowedError(
            "A vote is under way. Close it first: until then everybody who is invited stays."
        )


def _known(
    session: Session, record: WorkshopRecord, contact_ids: Iterable[str], *, by_steward: bool
) -> dict[str, str]:
    """The party of each of these contacts, all of the chain of this review.

    Raises NotFoundError for any other; NotAllowedError for one to whom no link can be sent.
    """
    listed = {
        person.contact_id: (organisation.party_id, person)
        for organisation in organisations(session, record.id, by_steward=by_steward)
        for person in organisation.people
    }
    wanted = list(dict.fromkeys(contact_ids))
    if not listed.keys() >= set(wanted):
        raise NotFoundError("There is no such person in this chain.")
    without = [listed[id_][1].name for id_ in wanted if not listed[id_][1].email]
    if without:
        raise NotAllowedError(f"{without[0]} has no email address. Have one added to the chain first.")
    return {id_: listed[id_][0] for id_ in wanted}


def _follow(session: Session, workshop_id: str) -> None:
    """Invites exactly the organisations that somebody sits for; one that was there stays in the record.

    Once the workshop has begun all of them do, so that nobody's role is taken from the chain a second time.
    """
    seated = {seat.party_id for seat in _seats(session, workshop_id).values() if not seat.is_taken_away}
    query = select(WorkshopPartyRecord).where(WorkshopPartyRecord.workshop_id == workshop_id)
    invited = {one.party_id: one for one in session.scalars(query)}
    roles = cycles.roles(session, session.get_one(WorkshopRecord, workshop_id).cycle_id)
    session.add_all(
        WorkshopPartyRecord(
            workshop_id=workshop_id,
            party_id=id_,
            role=roles[id_].value,
            was_there=False,
        )
        for id_ in sorted(seated - invited.keys())
    )
    session.flush()
    if session.get_one(WorkshopRecord, workshop_id).state == WorkshopState.RUNNING:
        return
    gone = [id_ for id_, one in invited.items() if id_ not in seated and not one.was_there]
    session.execute(
        delete(WorkshopPartyRecord).where(
            WorkshopPartyRecord.workshop_id == workshop_id, WorkshopPartyRecord.party_id.in_(gone)
        )
    )
    session.flush()
