"""A workshop that was held: notes revealed, put into groups and voted on, with a decision and an action to record."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from sqlalchemy import update

from review_app import clock
from review_app.database import reading, transaction
from review_app.models.workshops import WorkshopRecord
from review_app.services import boards, leading, proposing, recording, voting, workshops
from review_app.services.leading import Seen
from review_app.services.proposing import Proposal, Proposer
from review_app.services.recording import Settled
from review_app.services.voting import Wish
from review_app.state import state
from surveys.workshop import Outcome, Stage
from tests.actions_made import contact_ids
from tests.days import write_notes
from tests.workshops import PAID, PRIME, Gathered, GatheredAtRest, invited_workshop

# One each of five people: with fewer nothing is shown.
NOTES = (
    "Invoices wait for ninety days.",
    "Nobody says when money comes.",
    "Zażółć <b>jaźń</b> {{ 7 * 7 }}",
    "Pay the smallest first.",
    "Say who checks an invoice.",
)
SECRET_NOTE = "A note on a topic that nobody ever revealed."
BECAUSE = "The contract with the council forbids it."
DECISION = "Invoices are paid within 14 days."
SHUFFLE = random.SystemRandom()


@contextmanager
def held_workshop(environ: dict[str, str], **changes: object) -> Iterator[Gathered]:
    """A workshop that is over, with nothing recorded. ``changes``: of the meeting."""
    with invited_workshop(environ, **changes) as found:
        hold(found)
        yield found


def hold(of: Gathered) -> None:
    """The day itself: the first topic from the notes to the vote; the second has a note that is never revealed."""
    for address, note in zip(PAID, NOTES, strict=False):
        write(of, address, 0, note)
    write(of, PAID[1], 1, SECRET_NOTE)
    with transaction() as session:
        session.execute(
            update(WorkshopRecord)
            .where(WorkshopRecord.id == of.id)
            .values(begins_at=clock.now().replace(microsecond=0) - timedelta(hours=3))
        )
        leading.begin(session, clock.now(), of.id)
    for stage, target in ((Stage.WAITING, Stage.WRITING), (Stage.WRITING, Stage.REVEALED)):
        move(of, stage, target)
    with transaction() as session:
        seen = boards.load(session, of.topics[0]).digest
        boards.separate(session, of.id, of.topics[0], seen=seen)
    vote(of)
    with transaction() as session:
        leading.end(session, clock.now(), of.id)


def vote(of: Gathered) -> None:
    """Everybody gives most dots to the first group, those who are paid first."""
    with reading() as session:
        first, second, *_others = boards.load(session, of.topics[0]).groups
    move(of, Stage.REVEALED, Stage.VOTING_FIRST)
    for address in PAID:
        place(of, address, first.id, 4)
        place(of, address, second.id, 1)
    move(of, Stage.VOTING_FIRST, Stage.VOTING_ALL)
    place(of, PRIME, second.id, 5)
    move(of, Stage.VOTING_ALL, Stage.VOTED)


def write(of: Gathered, address: str, topic: int, *texts: str) -> None:
    """Somebody's notes on a topic."""
    secret = of.secret(address)
    with transaction() as session:
        seat = workshops.find_seat(session, secret)
        assert seat is not None
        write_notes(session, seat, of.topics[topic], *texts)


def place(of: Gathered, address: str, group_id: str, count: int) -> None:
    """Somebody's dots in the vote on the first topic."""
    secret = of.secret(address)
    with transaction() as session:
        seat = workshops.find_seat(session, secret)
        assert seat is not None
        seen = voting.own(session, state().keys, seat, of.topics[0]).digest
        voting.place(session, state().keys, seat, of.topics[0], Wish(group_id, count, seen))


def move(of: Gathered, stage: Stage, target: Stage) -> None:
    """Brings the first topic from one stage to the next."""
    with transaction() as session:
        leading.move(session, state().keys, of.id, Seen(of.topics[0], stage), target, shuffle=SHUFFLE)


def settle(of: Gathered, topic: int, settled: Settled) -> None:
    """Writes down what was settled on a topic, over whatever stood there."""
    with transaction() as session:
        kept = recording.settled_of(workshops.load(session, of.id).topics[topic])
        recording.settle(session, of.id, of.topics[topic], settled, seen=kept.token)


def record_everything(of: Gathered) -> str:
    """A decision, a "we will not", something parked, who was there, and an action; the action's id."""
    settle(of, 0, Settled(Outcome.DECIDED, DECISION, "", 1))
    settle(of, 1, Settled(Outcome.WONT, "", BECAUSE))
    parties = of.of.parties
    with transaction() as session:
        recording.park(session, of.id, "Training for new partners")
        recording.attend(session, of.id, {parties["mill"], parties["prime"]}, shown=())
    return make_action(of)


def make_action(of: Gathered, **changes: object) -> str:
    """The id of an action of the prime's from the first topic, which the mill checks."""
    owner, verifier = contact_ids(PRIME, PAID[0])
    values: dict[str, object] = {
        "cycle_id": of.of.cycle.id,
        "title": "Invoices are paid within 14 days",
        "for_whom": "Every subcontractor",
        "owner_ids": (owner,),
        "verifier_id": verifier,
        "due": (clock.now() + timedelta(days=60)).date(),
        "workshop_id": of.id,
        "topic_id": of.topics[0],
    }
    proposal = Proposal(**{**values, **changes})  # type: ignore[arg-type]  # named as the fields are
    with transaction() as session:
        return proposing.propose(session, clock.now(), proposal, by=Proposer("The facilitator"))


def held_at_rest(folder: Path) -> GatheredAtRest:
    """An installation in a folder with a workshop that is over, to be copied for each test."""
    environ = {
        "ROUNDTABLE_MODE": "demo",
        "ROUNDTABLE_DATA_DIR": str(folder / "data"),
        "ROUNDTABLE_KEYS_DIR": str(folder / "keys"),
        "ROUNDTABLE_SECRET_KEY": "s" * 40,
        "ROUNDTABLE_BASE_URL": "http://127.0.0.1:8000",
    }
    with held_workshop(environ) as found:
        return GatheredAtRest(
            folder=folder,
            cycle_id=found.of.cycle.id,
            organiser=found.of.organiser,
            steward=found.of.steward,
            workshop_id=found.id,
            topics=found.topics,
            seats=found.seats,
            codes={address: found.code(address) for address in found.seats},
            parties=found.of.parties,
        )
