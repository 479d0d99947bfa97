"""What the facilitator does on the day. Every step is absolute: it says what it was made from and what it leads to.

A step that was made on another screen before the last one changes nothing and says so; one that is done already is
done. What everybody in the room can see change raises the workshop's version, and nothing else does.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from review_app.keys import KeyFolder
from review_app.models.workshops import (
    NoteGroupRecord,
    TopicRecord,
    WorkshopPartyRecord,
    WorkshopRecord,
)
from review_app.services import revealing, voting, workshop_seals, workshops
from review_app.services.errors import ChangedMeanwhileError, NotAllowedError, NotFoundError, NotYetError
from review_app.services.workshops import Seat
from surveys.errors import IllegalTransitionError
from surveys.language import N_
from surveys.voting import LEAST_GROUPS
from surveys.workshop import Stage, WorkshopState, move_stage, move_workshop
from surveys.workshop_plan import may_begin

LONGEST_TIMER = 120
_STALE = "The workshop has moved on, perhaps on another screen. Nothing was changed by this step: look where it is now."


@dataclass(frozen=True, slots=True)
class Seen:
    """What the page of a step showed: the topic on screen, and its stage."""

    topic_id: str
    stage: Stage


def begin(session: Session, now: datetime, workshop_id: str) -> None:
    """Begins the workshop, or goes on with one that was ended by mistake.

    Raises NotYetError before its day, because people were told that nothing is revealed before it; NotAllowedError.
    """
    record = workshops.locked(session, workshop_id)
    if record.state == WorkshopState.RUNNING:
        return
    if not may_begin(record.begins_at, now):
        raise NotYetError("It can begin on its day. To meet earlier, change the day: then everybody is told.")
    _move_workshop(record, WorkshopState.RUNNING)
    record.began_at = record.began_at or now
    record.ended_at = None
    if record.topic_id is None:
        query = select(TopicRecord.id).where(TopicRecord.workshop_id == workshop_id)
        record.topic_id = session.scalar(query.order_by(TopicRecord.position, TopicRecord.id).limit(1))


def end(session: Session, now: datetime, workshop_id: str) -> None:
    """Ends the workshop. Raises NotAllowedError."""
    record = workshops.locked(session, workshop_id)
    if record.state == WorkshopState.ENDED:
        return
    _move_workshop(record, WorkshopState.ENDED)
    record.ended_at, record.stage_ends_at = now, None


def show(session: Session, workshop_id: str, *, seen: str | None, topic_id: str) -> None:
    """Puts a topic on the screen. ``seen``: the one that was there. Raises ChangedMeanwhileError, NotFoundError."""
    record = _running(session, workshop_id)
    _topic(session, workshop_id, topic_id)
    if record.topic_id == topic_id:
        return
    if record.topic_id != seen:
        raise ChangedMeanwhileError(_STALE)
    record.topic_id, record.stage_ends_at = topic_id, None
    record.version += 1


def move(
    session: Session, keys: KeyFolder, workshop_id: str, seen: Seen, target: Stage, *, shuffle: random.Random
) -> None:
    """Brings the topic on screen to a stage: revealing opens its notes, closing the vote counts its dots.

    ``shuffle`` must be cryptographically random in real use (``random.SystemRandom``). Raises ChangedMeanwhileError
    for a stale step, NotYetError for a vote on fewer than two groups, NotAllowedError, NotFoundError.
    """
    record = _running(session, workshop_id)
    topic = _topic(session, workshop_id, seen.topic_id)
    if record.topic_id == topic.id and topic.stage == target:
        return
    if record.topic_id != topic.id or topic.stage != seen.stage:
        raise ChangedMeanwhileError(_STALE)
    try:
        move_stage(Stage(topic.stage), target)
    except IllegalTransitionError:
        raise NotAllowedError("A topic cannot go to that stage from where it is.") from None
    if target is Stage.REVEALED:
        revealing.reveal(session, workshop_seals.key_of(keys, workshop_id), record, topic, shuffle)
    elif target is Stage.VOTING_FIRST:
        _check_groups(session, topic.id)
        topic.arranged_before = ""
    elif target is Stage.VOTED:
        voting.count(session, workshop_seals.key_of(keys, workshop_id), record, topic.id)
    topic.stage, record.stage_ends_at = target.value, None
    record.version += 1


def set_timer(
    session: Session, now: datetime, workshop_id: str, *, seen: datetime | None, minutes: int
) -> None:
    """Lets the time run out in so many minutes; 0 for no timer. ``seen``: when it was to run out.

    Raises ChangedMeanwhileError when another screen has set it since.
    """
    record = _running(session, workshop_id)
    if record.stage_ends_at != seen:
        raise ChangedMeanwhileError(_STALE)
    if not 0 <= minutes <= LONGEST_TIMER:
        raise NotAllowedError("The timer takes up to 120 minutes.")
    # Whole seconds, which a form can give back as it got them.
    ends = (now + timedelta(minutes=minutes)).replace(microsecond=0) if minutes else None
    if ends != record.stage_ends_at:
        record.stage_ends_at = ends
        record.version += 1


def extend_timer(session: Session, now: datetime, workshop_id: str, *, seen: datetime, minutes: int) -> None:
    """Gives so many minutes more than were left. Raises ChangedMeanwhileError as ``set_timer`` does."""
    left = max(seen - now, timedelta())
    record = _running(session, workshop_id)
    if record.stage_ends_at != seen:
        raise ChangedMeanwhileError(_STALE)
    record.stage_ends_at = (now + left + timedelta(minutes=minutes)).replace(microsecond=0)
    record.version += 1


def say_here(session: Session, seat: Seat) -> None:
    """Marks that somebody's organisation is there, because one of its people said so. Raises NotAllowedError."""
    workshop = session.get_one(WorkshopRecord, seat.workshop_id)
    if workshop.state != WorkshopState.RUNNING:
        raise NotAllowedError(N_("The workshop is not under way."))
    record = session.get(WorkshopPartyRecord, (seat.workshop_id, seat.party_id))
    if record is not None:
        record.was_there = True


def version(session: Session, workshop_id: str) -> int:
    """How often something changed that everybody can see."""
    return session.scalar(select(WorkshopRecord.version).where(WorkshopRecord.id == workshop_id)) or 0


def versions(session: Session, workshop_ids: set[str]) -> dict[str, int]:
    """The same of several workshops, in one statement."""
    query = select(WorkshopRecord.id, WorkshopRecord.version).where(WorkshopRecord.id.in_(workshop_ids))
    return {row.id: row.version for row in session.execute(query)}


def _running(session: Session, workshop_id: str) -> WorkshopRecord:
    record = workshops.locked(session, workshop_id)
    if record.state != WorkshopState.RUNNING:
        raise NotAllowedError("The workshop is not under way.")
    return record


def _topic(session: Session, workshop_id: str, topic_id: str) -> TopicRecord:
    topic = session.get(TopicRecord, topic_id, populate_existing=True)
    if topic is None or topic.workshop_id != workshop_id:
        raise NotFoundError("There is no such topic in this workshop.")
    return topic


def _move_workshop(record: WorkshopRecord, target: WorkshopState) -> None:
    try:
        record.state = move_workshop(WorkshopState(record.state), target).value
    except IllegalTransitionError:
        raise NotAllowedError("The workshop cannot be begun or ended now.") from None
    record.version += 1


def _check_groups(session: Session, topic_id: str) -> None:
    groups = session.scalar(
        select(func.count()).select_from(NoteGroupRecord).where(NoteGroupRecord.topic_id == topic_id)
    )
    if (groups or 0) < LEAST_GROUPS:
        raise NotYetError("Put the notes into at least two groups first: the dots are given to groups.")
