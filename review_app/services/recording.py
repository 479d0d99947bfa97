"""What a workshop settled: of each topic a decision, or why it will not be done; the parking lot; who was there.

Two topics may share a place among the priorities: a room need not pretend that one of them matters more. Until the
minutes go out everything can be put right; after that nothing changes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from review_app.models.base import new_id
from review_app.models.workshops import ParkedRecord, TopicRecord, WorkshopPartyRecord, WorkshopRecord
from review_app.services import workshops
from review_app.services.errors import ChangedMeanwhileError, NotAllowedError, NotFoundError, NotYetError
from review_app.services.workshops import Topic
from surveys.errors import Fault, WorkshopFaultsError
from surveys.texts import clean_line, visible_text
from surveys.workshop import Outcome, WorkshopState, move_workshop

LONGEST_DECISION = 2000
LONGEST_BECAUSE = 1000
LONGEST_PARKED = 500
MOST_PARKED = 50
MOST_PLACES = 20
# A workshop on paper is never begun here; what it settled is written down all the same.
OPEN = frozenset({WorkshopState.INVITED, WorkshopState.RUNNING, WorkshopState.ENDED})


@dataclass(frozen=True, slots=True)
class Settled:
    """What was settled on a topic. ``rank``: its place among the priorities, from 1; None for none."""

    outcome: Outcome
    decision: str = ""
    because: str = ""
    rank: int | None = None

    @property
    def token(self) -> str:
        """What names exactly this, so that a form can say what it showed."""
        text = json.dumps([self.outcome, self.decision, self.because, self.rank])
        return hashlib.sha256(text.encode()).hexdigest()[:20]

    def tidy(self) -> Settled:
        """The same without what draws nothing."""
        return Settled(self.outcome, visible_text(self.decision), visible_text(self.because), self.rank)


@dataclass(frozen=True, slots=True)
class Parked:
    """Something for another time."""

    id: str
    text: str


def settled_of(topic: Topic) -> Settled:
    """What is settled on a topic so far."""
    return Settled(topic.outcome, topic.decision, topic.because, topic.rank)


def parked(session: Session, workshop_id: str) -> tuple[Parked, ...]:
    """The parking lot, the oldest first."""
    query = select(ParkedRecord).where(ParkedRecord.workshop_id == workshop_id)
    found = session.scalars(query.order_by(ParkedRecord.position, ParkedRecord.id))
    return tuple(Parked(record.id, record.text) for record in found)


def settle(session: Session, workshop_id: str, topic_id: str, settled: Settled, *, seen: str) -> None:
    """Writes down what was settled on a topic. ``seen``: the token of what the form showed.

    Raises WorkshopFaultsError with everything that is wrong at once, ChangedMeanwhileError, NotAllowedError,
    NotFoundError.
    """
    _open(session, workshop_id)
    record = session.get(TopicRecord, topic_id, populate_existing=True)
    if record is None or record.workshop_id != workshop_id:
        raise NotFoundError("There is no such topic in this workshop.")
    it = settled.tidy()
    if faults := tuple(_faults(it)):
        raise WorkshopFaultsError(faults)
    kept = Settled(Outcome(record.outcome), record.decision, record.because, record.rank)
    if kept == it:
        return
    if kept.token != seen:
        raise ChangedMeanwhileError("Somebody else has written down something else on this topic.")
    record.outcome, record.decision = it.outcome.value, it.decision
    record.because, record.rank = it.because, it.rank


def park(session: Session, workshop_id: str, text: str) -> None:
    """Puts something into the parking lot; what is there already is there once.

    Raises WorkshopFaultsError (place "text"), NotAllowedError.
    """
    _open(session, workshop_id)
    line = clean_line(text)
    there = parked(session, workshop_id)
    if any(one.text == line for one in there):
        return
    if faults := tuple(_parked_faults(line, len(there))):
        raise WorkshopFaultsError(faults)
    query = select(func.max(ParkedRecord.position)).where(ParkedRecord.workshop_id == workshop_id)
    position = (session.scalar(query) or 0) + 1
    session.add(ParkedRecord(id=new_id(), workshop_id=workshop_id, position=position, text=line))


def unpark(session: Session, workshop_id: str, parked_id: str) -> None:
    """Takes something out of the parking lot; nothing where somebody has done so before. Raises NotAllowedError."""
    _open(session, workshop_id)
    record = session.get(ParkedRecord, parked_id)
    if record is not None and record.workshop_id == workshop_id:
        session.delete(record)


def attend(session: Session, workshop_id: str, ticked: Collection[str], *, shown: Collection[str]) -> None:
    """Notes which organisations were there. ``shown``: those that had a tick when the page was drawn.

    Only what was changed on the page is changed, so that two people who tick at once lose nothing. Raises
    NotAllowedError.
    """
    _open(session, workshop_id)
    query = select(WorkshopPartyRecord).where(WorkshopPartyRecord.workshop_id == workshop_id)
    for record in session.scalars(query.execution_options(populate_existing=True)):
        if (record.party_id in ticked) != (record.party_id in shown):
            record.was_there = record.party_id in ticked


def take_as_held(session: Session, now: datetime, workshop_id: str) -> None:
    """Ends a workshop, also one that was held on paper and never begun here. Raises NotYetError before its time.

    Raises NotAllowedError where it was cancelled, or its minutes went out.
    """
    record = _open(session, workshop_id)
    if record.state == WorkshopState.ENDED:
        return
    # What was begun here is over when its leader says so, also before the hour that was planned.
    if record.state == WorkshopState.INVITED and now < record.begins_at:
        raise NotYetError("The workshop has not begun yet.")
    if record.state == WorkshopState.INVITED:
        record.state = move_workshop(WorkshopState.INVITED, WorkshopState.RUNNING).value
        record.began_at = record.begins_at
    record.state = move_workshop(WorkshopState(record.state), WorkshopState.ENDED).value
    record.ended_at, record.stage_ends_at = now, None
    record.version += 1


def _open(session: Session, workshop_id: str) -> WorkshopRecord:
    record = workshops.locked(session, workshop_id)
    if record.state == WorkshopState.RECORDED:
        raise NotAllowedError("The minutes went out. What they say cannot be changed any more.")
    if WorkshopState(record.state) not in OPEN:
        raise NotAllowedError("Only what was agreed in a workshop that people are invited to is recorded.")
    return record


def _faults(it: Settled) -> Iterator[Fault]:
    yield from _too_long("decision", it.decision, LONGEST_DECISION)
    yield from _too_long("because", it.because, LONGEST_BECAUSE)
    if it.outcome is Outcome.DECIDED and not it.decision:
        yield Fault("decision", "There is no decision yet.", "Write what was decided.")
    if it.outcome is Outcome.WONT and not it.because:
        yield Fault("because", "It does not say why.", "Write why this will not be done: everybody reads it.")
    if it.rank is not None and it.outcome is not Outcome.DECIDED:
        yield Fault(
            "rank", "Only what was decided has a place.", "Choose “No place”, or write down what was decided."
        )
    if it.rank is not None and it.rank not in range(1, MOST_PLACES + 1):
        yield Fault("rank", "There is no such place.", "Choose one from the list.")


def _parked_faults(line: str, there: int) -> Iterator[Fault]:
    if not line:
        yield Fault("text", "This is empty.", "Write what is for another time.")
    yield from _too_long("text", line, LONGEST_PARKED)
    if there >= MOST_PARKED:
        yield Fault("text", f"There are {MOST_PARKED} things already.", "Put some of them together.")


def _too_long(place: str, text: str, most: int) -> Iterator[Fault]:
    if len(text) > most:
        yield Fault(place, f"This is {len(text) - most} characters too long.", f"Shorten it to {most:,}.")
