"""The minutes of a workshop: what there was to talk about, was noted, voted and settled, and who does what by when.

They name organisations and never people, and no note says whose it was. What was sent is kept as it was sent: nothing
that changes afterwards, such as an action's day, changes it.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from review_app.models.actions import ActionRecord
from review_app.models.cycles import CycleRecord
from review_app.models.workshops import SeatRecord, WorkshopRecord
from review_app.services import actions, boards, outbox, recording, workshop_seals, workshops
from review_app.services.actions import Action
from review_app.services.designs import languages_from_text
from review_app.services.errors import ChangedMeanwhileError, NotAllowedError, NotFoundError
from review_app.services.outbox import MailKind, Round
from review_app.services.proposals import Proposal
from review_app.services.workshops import Topic, Workshop
from surveys.language import Language
from surveys.workshop import VOTING, Outcome, Stage, WorkshopState, move_workshop


@dataclass(frozen=True, slots=True)
class NoteGroup:
    """Notes that belong together. ``band``, ``place``: what is shown of the vote, "" and None where nothing is."""

    title: str
    notes: tuple[str, ...]
    band: str
    place: int | None


@dataclass(frozen=True, slots=True)
class AgreedAction:
    """An action with the organisations of its owners and of its verifier. ``declined``: why, "" if it is not."""

    number: int
    title: str
    for_whom: str
    owners: tuple[str, ...]
    verifier: str
    due: date
    declined: str


@dataclass(frozen=True, slots=True)
class Discussed:
    """One topic. ``groups``: the notes as they were put together; ``loose``: those in no group.

    ``is_voted``: there was a vote, shown or not. ``is_vote_open``: one was begun and never closed.
    """

    title: str
    reason: str
    is_voted: bool
    groups: tuple[NoteGroup, ...]
    loose: tuple[str, ...]
    outcome: Outcome
    decision: str
    because: str
    rank: int | None
    actions: tuple[AgreedAction, ...]
    # Minutes that were sent before it was noted say nothing of it.
    is_vote_open: bool = False


@dataclass(frozen=True, slots=True)
class Minutes:
    """The minutes. ``there``, ``absent``: organisations by name; ``others``: actions that came from no topic."""

    chain_name: str
    title: str
    begins_at: datetime
    ends_at: datetime
    place: str
    led_by: str
    there: tuple[str, ...]
    absent: tuple[str, ...]
    topics: tuple[Discussed, ...]
    others: tuple[AgreedAction, ...]
    parked: tuple[str, ...]

    @property
    def digest(self) -> str:
        """What names exactly these minutes, so that nobody sends others than they have read."""
        return hashlib.sha256(to_text(self).encode()).hexdigest()[:32]


def of_workshop(session: Session, workshop_id: str) -> Minutes:
    """The minutes as they were sent; as they stand now before that. Raises NotFoundError."""
    sent = session.scalar(select(WorkshopRecord.minutes_sent).where(WorkshopRecord.id == workshop_id))
    return from_text(sent) if sent else _as_they_stand(session, workshops.load(session, workshop_id))


def sent(session: Session, workshop_id: str) -> Minutes:
    """The minutes that went out. Raises NotFoundError before that."""
    text = session.scalar(select(WorkshopRecord.minutes_sent).where(WorkshopRecord.id == workshop_id))
    if not text:
        raise NotFoundError("There are no minutes of this workshop yet.")
    return from_text(text)


def all_sent(session: Session) -> tuple[tuple[str, tuple[Language, ...]], ...]:
    """The workshops whose minutes went out, each with the languages of its review."""
    query = (
        select(WorkshopRecord.id, CycleRecord.languages)
        .join(CycleRecord, CycleRecord.id == WorkshopRecord.cycle_id)
        .where(WorkshopRecord.minutes_sent.is_not(None))
        .order_by(WorkshopRecord.id)
    )
    return tuple((id_, languages_from_text(text)) for id_, text in session.execute(query))


def send(session: Session, now: datetime, workshop_id: str, *, seen: str) -> None:
    """Sends the minutes to everybody who has a seat, and fixes them for ever; doing it twice is as once.

    ``seen``: the digest of what the facilitator has read. What was sealed and never revealed is deleted; the key of
    the workshop stays for the links in these mails. Raises ChangedMeanwhileError, NotAllowedError, NotFoundError.
    """
    record = workshops.locked(session, workshop_id)
    if record.state == WorkshopState.RECORDED:
        return
    if record.state != WorkshopState.ENDED:
        raise NotAllowedError("Minutes are sent when the workshop is over.")
    found = _as_they_stand(session, workshops.load(session, workshop_id))
    if found.digest != seen:
        raise ChangedMeanwhileError("The minutes have changed since you opened them. Read them again.")
    record.minutes_sent, record.checked_at = to_text(found), now
    record.state = move_workshop(WorkshopState.ENDED, WorkshopState.RECORDED).value
    record.version += 1
    workshop_seals.remove_all(session, workshop_id)
    seated = select(SeatRecord.contact_id).where(
        SeatRecord.workshop_id == workshop_id, SeatRecord.is_taken_away.is_(False)
    )
    contact_ids = session.scalars(seated.order_by(SeatRecord.id)).all()
    outbox.queue_errands(session, now, Round(record.cycle_id, MailKind.MINUTES, 1, workshop_id), contact_ids)


def to_text(minutes: Minutes) -> str:
    """The minutes as they are kept."""
    return json.dumps(asdict(minutes), default=lambda value: value.isoformat(), ensure_ascii=False)


def from_text(text: str) -> Minutes:
    """The minutes that were kept."""
    kept = json.loads(text)
    return Minutes(
        **{
            **kept,
            "begins_at": datetime.fromisoformat(kept["begins_at"]),
            "ends_at": datetime.fromisoformat(kept["ends_at"]),
            "there": tuple(kept["there"]),
            "absent": tuple(kept["absent"]),
            "topics": tuple(map(_kept_topic, kept["topics"])),
            "others": tuple(map(_kept_action, kept["others"])),
            "parked": tuple(kept["parked"]),
        }
    )


def _kept_topic(kept: dict[str, Any]) -> Discussed:
    groups = (NoteGroup(**{**group, "notes": tuple(group["notes"])}) for group in kept["groups"])
    return Discussed(
        **{
            **kept,
            "groups": tuple(groups),
            "loose": tuple(kept["loose"]),
            "outcome": Outcome(kept["outcome"]),
            "actions": tuple(map(_kept_action, kept["actions"])),
        }
    )


def _kept_action(kept: dict[str, Any]) -> AgreedAction:
    return AgreedAction(**{**kept, "owners": tuple(kept["owners"]), "due": date.fromisoformat(kept["due"])})


def _as_they_stand(session: Session, workshop: Workshop) -> Minutes:
    agreed = _agreed(session, workshop.id)
    by_topic: dict[str | None, list[AgreedAction]] = defaultdict(list)
    topic_ids = {topic.id for topic in workshop.topics}
    for action in agreed:
        topic_id = action.topic_id if action.topic_id in topic_ids else None
        by_topic[topic_id].append(_action(action))
    return Minutes(
        chain_name=workshop.chain_name,
        title=workshop.title,
        begins_at=workshop.begins_at,
        ends_at=workshop.ends_at,
        place=workshop.place,
        led_by=workshop.facilitator_name,
        there=tuple(party.name for party in workshop.invited if party.was_there),
        absent=tuple(party.name for party in workshop.invited if not party.was_there),
        topics=tuple(_discussed(session, topic, by_topic[topic.id]) for topic in workshop.topics),
        others=tuple(by_topic[None]),
        parked=tuple(one.text for one in recording.parked(session, workshop.id)),
    )


def _discussed(session: Session, topic: Topic, agreed: Iterable[AgreedAction]) -> Discussed:
    groups, loose = noted(session, topic.id)
    return Discussed(
        title=topic.title,
        reason=topic.reason,
        is_voted=topic.stage is Stage.VOTED,
        groups=groups,
        loose=loose,
        outcome=topic.outcome,
        decision=topic.decision,
        because=topic.because,
        rank=topic.rank,
        actions=tuple(agreed),
        is_vote_open=topic.stage in VOTING,
    )


def noted(session: Session, topic_id: str) -> tuple[tuple[NoteGroup, ...], tuple[str, ...]]:
    """The revealed notes of a topic by their groups, those that got the most dots first, and those in no group."""
    board = boards.load(session, topic_id)
    groups = tuple(
        NoteGroup(
            title=group.title,
            notes=tuple(note.text for note in group.notes),
            band=group.band.value if group.band else "",
            place=group.place,
        )
        for group in board.by_place
    )
    return groups, tuple(note.text for note in board.loose)


def _agreed(session: Session, workshop_id: str) -> tuple[Action, ...]:
    ids = session.scalars(select(ActionRecord.id).where(ActionRecord.workshop_id == workshop_id))
    return actions.load_all(session, list(ids))


def _action(action: Action) -> AgreedAction:
    return AgreedAction(
        number=action.number,
        title=action.title,
        for_whom=action.for_whom,
        owners=tuple(dict.fromkeys(owner.party_name for owner in action.owners)),
        verifier=action.verifier.party_name,
        due=action.due,
        declined=action.reason,
    )


def is_agreed(session: Session, workshop_id: str, proposal: Proposal) -> bool:
    """Whether a workshop has made the very same action on the same topic already."""
    it = proposal.tidy()
    return any(
        (action.topic_id, action.title, action.for_whom, action.due)
        == (it.topic_id, it.title, it.for_whom, it.due)
        for action in _agreed(session, workshop_id)
    )
