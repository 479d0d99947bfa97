"""An invited workshop on the sample's chain, put into the database as the plan of a workshop leaves it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from review_app import clock
from review_app.config import Settings
from review_app.database import migrate, reading, transaction
from review_app.factory import create_app
from review_app.models import db
from review_app.models.base import new_id
from review_app.models.chains import ContactRecord, PartyRecord
from review_app.models.workshops import (
    SealedInWorkshopRecord,
    SeatRecord,
    TopicRecord,
    WorkshopPartyRecord,
    WorkshopRecord,
)
from review_app.services import chains, leading, sealed_notes, workshops
from review_app.services.accounts import Account, AccountRole
from review_app.services.errors import ChangedMeanwhileError
from review_app.services.workshops import Seat, Workshop
from review_app.spreadsheet import read_chain
from review_app.state import state
from surveys import sealing
from surveys.chain import Chain, Role
from surveys.notes import Typed, seen_of
from surveys.workshop import MOST_NOTES, TopicKind, WorkshopState
from tests.conftest import SAMPLE, draft_on, launch_cycle, make_account
from tests.pages import PageClient

TOPICS = (
    ("Paying on time", "Partners say “seldom” where the prime says “usually”."),
    ("Sharing performance data", "The answers are the furthest apart here."),
    ("How referrals are shared out", "Promised after the last review."),
)

ENOUGH = ("Pay within 30 days", "Say when it is late", "Pay in full", "Answer the phone", "Say thank you")


@dataclass(frozen=True)
class Day:
    """A workshop and the secrets of its links, by the contact's address."""

    app: Flask
    workshop_id: str
    organiser: Account
    steward: Account
    secrets: Mapping[str, bytes]
    parties: Mapping[str, str]
    roles: Mapping[str, Role]

    @property
    def paid(self) -> list[str]:
        """The addresses of one person of each organisation that is paid."""
        return self._one_each(lambda role: role not in {Role.PRIME, Role.COMMISSIONER})

    @property
    def paying(self) -> list[str]:
        """The addresses of one person of each organisation that pays."""
        return self._one_each(lambda role: role in {Role.PRIME, Role.COMMISSIONER})

    def code(self, address: str) -> str:
        """The code in somebody's mail."""
        return sealing.code_of(self.secrets[address])

    def seat(self, address: str) -> Seat:
        """What somebody's link opens."""
        with self.app.app_context(), reading() as session:
            seat = workshops.find_seat(session, self.secrets[address])
        assert seat is not None
        return seat

    def workshop(self) -> Workshop:
        """The workshop as it is now."""
        with self.app.app_context(), reading() as session:
            return workshops.load(session, self.workshop_id)

    def topic_id(self, place: int = 0) -> str:
        """The id of a topic by its place on the agenda."""
        return self.workshop().topics[place].id

    def begin(self) -> None:
        """The facilitator begins."""
        with self.app.app_context(), transaction() as session:
            leading.begin(session, clock.now(), self.workshop_id)

    def sealed_rows(self) -> list[tuple[bytes, bytes]]:
        """Every sealed row there is."""
        with self.app.app_context(), reading() as session:
            query = select(SealedInWorkshopRecord.id, SealedInWorkshopRecord.blob)
            return [(bytes(id_), bytes(blob)) for id_, blob in session.execute(query)]

    def _one_each(self, is_wanted: object) -> list[str]:
        found: dict[str, str] = {}
        for address, party_id in self.parties.items():
            if is_wanted(self.roles[party_id]):  # type: ignore[operator]
                found.setdefault(party_id, address)
        return list(found.values())


def write_notes(session: Session, seat: Seat, topic_id: str, *texts: str) -> None:
    """Somebody's notes on a topic, saved by a page that shows all of their boxes: an empty one takes a note away."""
    keys = state().keys
    try:
        before = sealed_notes.own(session, keys, seat, topic_id)
    except ChangedMeanwhileError:
        # A page from before the reveal.
        before = ("",) * MOST_NOTES
    wanted = [*texts, *[""] * (MOST_NOTES - len(texts))]
    typed = {slot: Typed(text, seen_of(before[slot])) for slot, text in enumerate(wanted)}
    sealed_notes.save(session, keys, seat, topic_id, typed)


def write_enough(day: Day, place: int = 0, texts: Sequence[str] = ENOUGH) -> None:
    """One note each of as many people of organisations that are paid: with fewer than five nothing is shown."""
    topic_id = day.topic_id(place)
    for address, text in zip(day.paid[: len(texts)], texts, strict=True):
        seat = day.seat(address)
        with day.app.app_context(), transaction() as session:
            write_notes(session, seat, topic_id, text)


@contextmanager
def workshop_day(environ: dict[str, str], **changes: object) -> Iterator[Day]:
    """The workshop in an installation of its own. ``changes``: of the review's design.

    No application context is left open: requests would share what they keep in it.
    """
    app = create_app(Settings.from_env(environ))
    app.test_client_class = PageClient
    with app.app_context():
        migrate()
    organiser = make_account(app, "organiser@prime.example", AccountRole.ORGANISER)
    steward = make_account(app, "steward@independent.example", AccountRole.STEWARD)
    with app.app_context():
        day = plan_a_day(app, organiser, steward, **changes)  # type: ignore[arg-type]  # of the design
    yield day
    with app.app_context():
        db.engine.dispose()


def plan_a_day(
    app: Flask,
    organiser: Account,
    steward: Account,
    *,
    chain: Chain | None = None,
    topics: Sequence[tuple[str, str]] = TOPICS,
    **changes: object,
) -> Day:
    """The workshop on a launched review, of the sample's chain unless another is given; everybody is invited."""
    with transaction() as session:
        reviewed = chain or read_chain(SAMPLE.read_bytes(), SAMPLE.name, "Pathways North")
        chain_id = chains.keep(session, clock.now(), reviewed)
    cycle = launch_cycle(app, draft_on(app, chain_id, organiser, steward, **changes), steward)
    with transaction() as session:
        return invite(session, app, cycle.id, (organiser, steward), topics)


def invite(
    session: Session,
    app: Flask,
    cycle_id: str,
    leaders: tuple[Account, Account],
    topics: Sequence[tuple[str, str]] = TOPICS,
) -> Day:
    """A workshop on a review, with a seat for everybody of its chain who has an address.

    ``leaders``: the organiser and the steward.
    """
    organiser, steward = leaders
    workshop_id = new_id()
    session.add(
        WorkshopRecord(
            id=workshop_id,
            cycle_id=cycle_id,
            facilitator_id=organiser.id,
            title="What we change first",
            begins_at=clock.now() + timedelta(hours=1),
            minutes=120,
            state=WorkshopState.INVITED.value,
            created_at=clock.now(),
        )
    )
    session.flush()
    for position, (title, reason) in enumerate(topics):
        session.add(
            TopicRecord(
                workshop_id=workshop_id,
                position=position,
                kind=TopicKind.GAP.value,
                title=title,
                reason=reason,
                minutes=30,
            )
        )
    rows = session.execute(
        select(ContactRecord.id, ContactRecord.email, PartyRecord.id.label("party_id"), PartyRecord.role)
        .join(PartyRecord, PartyRecord.id == ContactRecord.party_id)
        .where(ContactRecord.email != "")
        .order_by(ContactRecord.email)
    ).all()
    roles = {row.party_id: row.role for row in rows}
    for party_id in sorted(roles):
        session.add(WorkshopPartyRecord(workshop_id=workshop_id, party_id=party_id, role=roles[party_id]))
    seats = {
        row.email: SeatRecord(id=new_id(), workshop_id=workshop_id, contact_id=row.id, party_id=row.party_id)
        for row in rows
    }
    session.add_all(seats.values())
    session.flush()
    key = workshops.workshop_key(session, workshop_id, state().keys)
    return Day(
        app=app,
        workshop_id=workshop_id,
        organiser=organiser,
        steward=steward,
        secrets={address: sealing.seat_secret(key, seat.id, 0) for address, seat in seats.items()},
        parties={row.email: row.party_id for row in rows},
        roles={row.party_id: Role(row.role) for row in rows},
    )
