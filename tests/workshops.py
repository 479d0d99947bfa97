"""Workshops on a published review with seven organisations that are paid, planned or with everybody invited."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from review_app import clock
from review_app.database import reading, transaction
from review_app.models.chains import ContactRecord
from review_app.models.outbox import MailRecord
from review_app.models.workshops import SeatRecord
from review_app.services import agendas, planning, publishing, seating, workshops
from review_app.services.workshops import Workshop
from review_app.state import state
from surveys import sealing
from surveys.workshop_plan import Meeting
from tests.pages import PageClient
from tests.publications import DAYS, PARTNERS, Reviewed, counted, make, move_into_the_past
from tests.web.stewards import Guarded

OWN_TOPIC = "What else matters to us?"
# The addresses of the second person of each organisation begin with "1@".
COUNCIL, PRIME = "0@council.example", "0@prime.example"
PAID = tuple(f"0@{id_}.example" for id_ in PARTNERS)
EVERYBODY = (COUNCIL, PRIME, "1@prime.example", *PAID, *(f"1@{id_}.example" for id_ in PARTNERS))


@dataclass(frozen=True)
class Gathered:
    """A workshop on a published review. ``seats``: the ids of its seats by address; ``topics``: ids in their order."""

    of: Reviewed
    id: str
    topics: tuple[str, ...]
    seats: dict[str, str]

    @property
    def app(self) -> Flask:
        """The installation's application."""
        return self.of.app

    def workshop(self) -> Workshop:
        """The workshop as it stands."""
        with reading() as session:
            return workshops.load(session, self.id)

    def secret(self, address: str) -> bytes:
        """The secret of somebody's link, derived as the worker does; the first makes the key and all verifiers."""
        with transaction() as session:
            key = workshops.workshop_key(session, self.id, state().keys)
            seat = session.get_one(SeatRecord, self.seats[address])
            return sealing.seat_secret(key, seat.id, seat.link_number)

    def code(self, address: str) -> str:
        """The code of somebody's link, as the mail prints it."""
        return sealing.code_of(self.secret(address))


@dataclass(frozen=True)
class GatheredAtRest(Guarded):
    """An installation at rest with the workshop; ``codes``: of the links, by address."""

    workshop_id: str
    topics: tuple[str, ...]
    seats: dict[str, str]
    codes: dict[str, str]
    parties: dict[str, str]


def meeting(**changes: object) -> Meeting:
    """A meeting of two and a half hours, two weeks from now; ``changes`` replace what it has."""
    day = (clock.now() + timedelta(days=14)).date()
    values: dict[str, object] = {
        "title": "Reading the report together",
        "begins_at": datetime(day.year, day.month, day.day, 10, 0, tzinfo=UTC),
        "minutes": 150,
        "place": "Town Hall, Halifax",
        "call_link": "",
    }
    return Meeting(**{**values, **changes})  # type: ignore[arg-type]  # named as the fields are


def publish(of: Reviewed) -> None:
    """Makes and publishes the reports, each with a finding in every part."""
    make(of)
    move_into_the_past(of.cycle.id, timedelta(days=DAYS))
    with transaction() as session:
        publishing.advance(session, clock.now(), of.cycle.id)


def plan(of: Reviewed, **changes: object) -> str:
    """The id of a planned workshop with an agenda, one topic of which is the facilitator's own, and nobody invited."""
    with transaction() as session:
        id_ = planning.create(session, clock.now(), of.cycle.id, of.organiser, meeting(**changes))
        agendas.add_own(session, id_, OWN_TOPIC, 20)
        agendas.share_out(session, id_)
    return id_


def seat(id_: str, addresses: tuple[str, ...] = EVERYBODY) -> None:
    """Gives the people of these addresses a seat, before the invitation."""
    with transaction() as session:
        people = session.execute(select(ContactRecord.id).where(ContactRecord.email.in_(addresses))).scalars()
        seating.choose(session, id_, set(people))


def invite(of: Reviewed, id_: str) -> Gathered:
    """Invites those who have a seat; their mails wait to be sent."""
    with transaction() as session:
        planning.invite(session, clock.now(), id_)
    return gathered(of, id_)


def gathered(of: Reviewed, id_: str) -> Gathered:
    """A workshop with the ids of its topics and seats."""
    with reading() as session:
        workshop = workshops.load(session, id_)
        rows = session.execute(
            select(ContactRecord.email, SeatRecord.id)
            .join(SeatRecord, SeatRecord.contact_id == ContactRecord.id)
            .where(SeatRecord.workshop_id == id_, SeatRecord.is_taken_away.is_(False))
        ).all()
    seats = {row.email: row.id for row in rows}
    return Gathered(of, id_, tuple(topic.id for topic in workshop.topics), seats)


@contextmanager
def planned_workshop(environ: dict[str, str], **changes: object) -> Iterator[Gathered]:
    """A published review with a planned workshop that everybody has a seat in. ``changes``: of the meeting."""
    with counted(environ) as of:
        publish(of)
        id_ = plan(of, **changes)
        seat(id_)
        yield gathered(of, id_)


@contextmanager
def invited_workshop(environ: dict[str, str], **changes: object) -> Iterator[Gathered]:
    """The same with everybody invited; the mails wait to be sent."""
    with planned_workshop(environ, **changes) as found:
        yield invite(found.of, found.id)


def workshop_at_rest(folder: Path, *, is_invited: bool = True) -> GatheredAtRest:
    """An installation in a folder (data/ and keys/ below it) with the workshop, to be copied for each test."""
    environ = {
        "ROUNDTABLE_MODE": "demo",
        "ROUNDTABLE_DATA_DIR": str(folder / "data"),
        "ROUNDTABLE_KEYS_DIR": str(folder / "keys"),
        "ROUNDTABLE_SECRET_KEY": "s" * 40,
        "ROUNDTABLE_BASE_URL": "http://127.0.0.1:8000",
    }
    with (invited_workshop if is_invited else planned_workshop)(environ) as found:
        codes = {address: found.code(address) for address in found.seats} if is_invited else {}
        return GatheredAtRest(
            folder=folder,
            cycle_id=found.of.cycle.id,
            organiser=found.of.organiser,
            steward=found.of.steward,
            workshop_id=found.id,
            topics=found.topics,
            seats=found.seats,
            codes=codes,
            parties=found.of.parties,
        )


def enter(app: Flask, code: str) -> PageClient:
    """A new browser in which the link of a seat is open, once there is a page that takes it."""
    client = app.test_client()
    assert isinstance(client, PageClient)
    client.post("/w", data={"code": code})
    return client


def mail_states(workshop_id: str) -> dict[tuple[str, str, int], str]:
    """The state of each mail about a workshop, by address, kind and number."""
    with reading() as session:
        query = (
            select(ContactRecord.email, MailRecord.kind, MailRecord.number, MailRecord.state)
            .join(ContactRecord, ContactRecord.id == MailRecord.contact_id)
            .where(MailRecord.about_id == workshop_id)
        )
        return {(email, kind, number): state_ for email, kind, number, state_ in session.execute(query)}
