"""The agenda of a workshop: as the report proposes it, and as the facilitator orders, words and times it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reports import agenda
from reports.agenda import Proposal
from review_app.models.base import new_id
from review_app.models.workshops import TopicRecord, WorkshopRecord
from review_app.services import publishing, workshops
from review_app.services.errors import NotAllowedError, NotFoundError
from surveys.errors import Fault, WorkshopFaultsError
from surveys.workshop import Stage, TopicKind, WorkshopState
from surveys.workshop_plan import (
    LEAST_TOPIC_MINUTES,
    LONGEST_REASON,
    LONGEST_TOPIC,
    minutes_for_topics,
    shared_out,
    topics_that_fit,
)

# As long as it is not over, what comes later on the agenda can change.
OPEN = frozenset({WorkshopState.PLANNED, WorkshopState.INVITED, WorkshopState.RUNNING})
MOST_ON_AGENDA = 20
LONGEST_MINUTES = 240
RULES = agenda.RULES


class Way(StrEnum):
    """Where a topic moves on the agenda."""

    UP = "up"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Offer:
    """Something that the report proposes and that is not on the agenda. ``place``: among all proposals, from 0."""

    place: int
    title: str
    part: str
    reason: str


def begin(session: Session, record: WorkshopRecord) -> None:
    """Puts what the report proposes first on the agenda of a new workshop, as much as there is time for."""
    found = _proposals(session, record.cycle_id)[: topics_that_fit(record.minutes)]
    times = shared_out(minutes_for_topics(record.minutes), len(found))
    session.add_all(
        _topic(record.id, position, proposal, minutes)
        for position, (proposal, minutes) in enumerate(zip(found, times, strict=True))
    )
    session.flush()


def offers(session: Session, workshop_id: str) -> tuple[Offer, ...]:
    """What the report proposes and is not on the agenda, the first first. Raises NotFoundError."""
    workshop = workshops.load(session, workshop_id)
    taken = {(topic.subject, topic.question_id, topic.title) for topic in workshop.topics}
    placed = {(subject, question_id) for subject, question_id, _title in taken if question_id}
    titles = {title for _subject, question_id, title in taken if not question_id}
    return tuple(
        Offer(place, one.title, one.part, one.reason)
        for place, one in enumerate(_proposals(session, workshop.cycle_id))
        if (one.subject, one.question_id) not in placed and one.title not in titles
    )


def take_up(session: Session, workshop_id: str, place: int) -> None:
    """Puts something that the report proposes at the end of the agenda; once, however often it is asked.

    Raises NotFoundError, NotAllowedError.
    """
    record = _open(session, workshop_id)
    if not any(offer.place == place for offer in offers(session, workshop_id)):
        if place in range(len(_proposals(session, record.cycle_id))):
            return
        raise NotFoundError("The report proposes no such topic.")
    proposal = _proposals(session, record.cycle_id)[place]
    _append(session, record, _topic(record.id, 0, proposal, LEAST_TOPIC_MINUTES))


def add_own(session: Session, workshop_id: str, title: str, minutes: int) -> None:
    """Puts a topic of the facilitator's own at the end. Raises NotAllowedError, WorkshopFaultsError."""
    record = _open(session, workshop_id)
    _check(title, minutes)
    made = TopicRecord(
        id=new_id(),
        workshop_id=record.id,
        position=0,
        kind=TopicKind.OWN.value,
        title=title,
        minutes=minutes,
    )
    _append(session, record, made)


def reword(session: Session, workshop_id: str, topic_id: str, title: str, minutes: int) -> None:
    """Gives a topic another title and time. Raises NotFoundError, NotAllowedError, WorkshopFaultsError."""
    record = _open(session, workshop_id)
    topic = _of(session, record, topic_id)
    _check(title, minutes)
    topic.title, topic.minutes = title, minutes
    _tell(record)


def move(session: Session, workshop_id: str, topic_id: str, way: Way) -> None:
    """Moves a topic one place up or down; at the end of the list nothing happens.

    Raises NotFoundError, NotAllowedError.
    """
    record = _open(session, workshop_id)
    topics = _all(session, record)
    place = topics.index(_of(session, record, topic_id))
    other = place + (1 if way is Way.DOWN else -1)
    if other not in range(len(topics)):
        return
    topics[place], topics[other] = topics[other], topics[place]
    _number(topics)
    _tell(record)


def take_off(session: Session, workshop_id: str, topic_id: str) -> None:
    """Takes a topic off the agenda. Raises NotFoundError; NotAllowedError once people have begun on it."""
    record = _open(session, workshop_id)
    topic = _of(session, record, topic_id)
    if topic.stage != Stage.WAITING or record.topic_id == topic.id:
        raise NotAllowedError("The room has begun on this topic, so it stays on the agenda.")
    session.delete(topic)
    session.flush()
    _number(_all(session, record))
    _tell(record)


def share_out(session: Session, workshop_id: str) -> None:
    """Gives every topic a like share of the time there is, so that it adds up.

    Raises NotAllowedError, also where there would not be time enough for each.
    """
    record = _open(session, workshop_id)
    topics = _all(session, record)
    room = minutes_for_topics(record.minutes)
    if len(topics) * LEAST_TOPIC_MINUTES > room:
        raise NotAllowedError(
            f"Each topic needs {LEAST_TOPIC_MINUTES} minutes at least, and there are {room} in all. Take topics off, "
            "or make the workshop longer."
        )
    for topic, minutes in zip(topics, shared_out(room, len(topics)), strict=True):
        topic.minutes = minutes
    _tell(record)


def _proposals(session: Session, cycle_id: str) -> tuple[Proposal, ...]:
    """What the main report proposes. Those on single partners are not for everybody in the room."""
    return agenda.proposals(publishing.load(session, cycle_id).report)


def _topic(workshop_id: str, position: int, proposal: Proposal, minutes: int) -> TopicRecord:
    return TopicRecord(
        id=new_id(),
        workshop_id=workshop_id,
        position=position,
        kind=proposal.kind.value,
        finding_id=proposal.finding_id,
        subject=proposal.subject,
        question_id=proposal.question_id,
        practices=" ".join(proposal.practices),
        title=_cut(proposal.title, LONGEST_TOPIC),
        reason=_cut(proposal.reason, LONGEST_REASON),
        minutes=minutes,
    )


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def _append(session: Session, record: WorkshopRecord, topic: TopicRecord) -> None:
    query = select(func.count(), func.max(TopicRecord.position)).where(TopicRecord.workshop_id == record.id)
    count, last = session.execute(query).one()
    if count >= MOST_ON_AGENDA:
        raise NotAllowedError(f"An agenda has {MOST_ON_AGENDA} topics at most. Take one off first.")
    topic.position = 0 if last is None else last + 1
    session.add(topic)
    session.flush()
    _tell(record)


def _open(session: Session, workshop_id: str) -> WorkshopRecord:
    record = workshops.locked(session, workshop_id)
    if WorkshopState(record.state) not in OPEN:
        raise NotAllowedError("This workshop is over or was called off. Its agenda is what it was.")
    return record


def _of(session: Session, record: WorkshopRecord, topic_id: str) -> TopicRecord:
    topic = session.get(TopicRecord, topic_id)
    if topic is None or topic.workshop_id != record.id:
        raise NotFoundError("There is no such topic.")
    return topic


def _all(session: Session, record: WorkshopRecord) -> list[TopicRecord]:
    query = select(TopicRecord).where(TopicRecord.workshop_id == record.id)
    return list(session.scalars(query.order_by(TopicRecord.position, TopicRecord.id)))


def _number(topics: list[TopicRecord]) -> None:
    for position, topic in enumerate(topics):
        topic.position = position


def _tell(record: WorkshopRecord) -> None:
    """Whoever is in the room sees the agenda, so that it has to be drawn anew."""
    if record.state == WorkshopState.RUNNING:
        record.version += 1


def _check(title: str, minutes: int) -> None:
    faults = []
    if not title:
        faults.append(Fault("title", "The topic has no title.", "Enter what it is about."))
    if len(title) > LONGEST_TOPIC:
        faults.append(Fault("title", f"It has more than {LONGEST_TOPIC} characters.", "Shorten it."))
    if not LEAST_TOPIC_MINUTES <= minutes <= LONGEST_MINUTES:
        faults.append(
            Fault(
                "minutes",
                f"A topic takes from {LEAST_TOPIC_MINUTES} to {LONGEST_MINUTES} minutes.",
                f"Enter a whole number of minutes, {LEAST_TOPIC_MINUTES} or more.",
            )
        )
    if faults:
        raise WorkshopFaultsError(faults)
