"""Holds the demo's workshop by the same services as the pages do, and lets its actions come as far as the story says.

A second workshop is planned and its invitations are sent, so that whoever tries the demo can lead one.
"""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from review_app import clock
from review_app.database import reading, transaction
from review_app.demo.meeting_story import DECISIONS, DEEDS, OTHERWISE, PARKED, TALKS, WONT, Deed, Talk
from review_app.models.chains import ContactRecord, PartyRecord
from review_app.models.workshops import WorkshopRecord
from review_app.services import (
    acting,
    actions,
    agendas,
    boards,
    leading,
    minutes,
    planning,
    proposing,
    recording,
    sealed_notes,
    seating,
    voting,
    workshops,
)
from review_app.services.accounts import Account
from review_app.services.acting import Turn
from review_app.services.agendas import Way
from review_app.services.leading import Seen
from review_app.services.proposing import Proposal, Proposer
from review_app.services.recording import Settled
from review_app.services.voting import Wish
from review_app.services.workshops import Seat, Topic
from review_app.state import State
from surveys import sealing
from surveys.improvement import ActionState, Actor
from surveys.notes import Typed
from surveys.workshop import Outcome, Stage, may_vote
from surveys.workshop_plan import Meeting

HELD_TITLE = "Reading the first report together"
NEXT_TITLE = "Half-way: what has changed?"
NEXT_TOPIC = "What we agreed last time: what is done, what is felt, what is stuck?"
_ON_THE_WAY = {
    ActionState.PROPOSED: (),
    ActionState.ACCEPTED: (ActionState.ACCEPTED,),
    ActionState.IN_PROGRESS: (ActionState.ACCEPTED, ActionState.IN_PROGRESS),
    ActionState.DONE: (ActionState.ACCEPTED, ActionState.IN_PROGRESS, ActionState.DONE),
    ActionState.VERIFIED: (
        ActionState.ACCEPTED,
        ActionState.IN_PROGRESS,
        ActionState.DONE,
        ActionState.VERIFIED,
    ),
    ActionState.DECLINED: (ActionState.DECLINED,),
}


def is_improved(cycle_id: str) -> bool:
    """Whether both workshops of the demo are there."""
    with reading() as session:
        return NEXT_TITLE in {workshop.title for workshop in workshops.of_cycle(session, cycle_id)}


def improve(state: State, cycle_id: str, leader: Account, seed: int) -> None:
    """Holds the first workshop, sends its minutes, moves its actions on, and invites to the second.

    What a start that was interrupted has done stays, and is not done twice.
    """
    with reading() as session:
        titles = {workshop.title for workshop in workshops.of_cycle(session, cycle_id)}
    if HELD_TITLE not in titles:
        _hold(state, cycle_id, leader, random.Random(seed))
    if NEXT_TITLE not in titles:
        with transaction() as session:
            # Today, because nothing can begin before its day.
            _invite(session, state, cycle_id, leader, _next_meeting(), own_topic=NEXT_TOPIC)


def _next_meeting() -> Meeting:
    return Meeting(NEXT_TITLE, _whole_hour(1), 150, "Town Hall, Bradford; committee room", "")


def _whole_hour(later: int) -> datetime:
    """The next whole hour, and so many more."""
    return clock.now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=1 + later)


def _hold(state: State, cycle_id: str, leader: Account, chance: random.Random) -> None:
    """All in one transaction: a workshop that was held by halves could not be gone on with."""
    with transaction() as session:
        meeting = Meeting(HELD_TITLE, _whole_hour(0), 150, "Mechanics Institute, Leeds; room 4", "")
        id_ = _invite(session, state, cycle_id, leader, meeting)
        leading.begin(session, clock.now(), id_)
        # Nothing is planned in the past. What was held is over when its minutes come, though.
        session.get_one(WorkshopRecord, id_).begins_at = _whole_hour(-4)
        room = _Room(session, state, id_, chance)
        for topic in room.topics:
            room.talk(topic)
        recording.park(session, id_, PARKED)
        made = [room.propose(cycle_id, deed, leader) for deed in DEEDS]
        leading.end(session, clock.now(), id_)
        minutes.send(session, clock.now(), id_, seen=minutes.of_workshop(session, id_).digest)
        for action_id, deed in zip(made, DEEDS, strict=True):
            _move_on(session, action_id, deed)


def _invite(
    session: Session, state: State, cycle_id: str, leader: Account, meeting: Meeting, *, own_topic: str = ""
) -> str:
    """The id of a workshop that everybody is invited to. ``own_topic``: what it talks about first, "" for nothing."""
    id_ = planning.create(session, clock.now(), cycle_id, leader, meeting)
    if own_topic:
        *earlier, last = workshops.load(session, id_).topics
        agendas.take_off(session, id_, last.id, state.keys)
        agendas.add_own(session, id_, own_topic, last.minutes)
        own = workshops.load(session, id_).topics[-1]
        for _topic in earlier:
            agendas.move(session, id_, own.id, Way.UP)
        agendas.share_out(session, id_)
    everybody = {
        person.contact_id
        for organisation in seating.organisations(session, id_)
        for person in organisation.people
        if person.email
    }
    seating.choose(session, id_, everybody)
    planning.invite(session, clock.now(), id_)
    return id_


class _Room:
    """The people of the workshop that is held, and what they do on each topic."""

    def __init__(self, session: Session, state: State, workshop_id: str, chance: random.Random) -> None:
        self._session = session
        self._keys = state.keys
        self._id = workshop_id
        self._chance = chance
        self.topics = workshops.load(session, workshop_id).topics
        self._seats = self._people()

    def talk(self, topic: Topic) -> None:
        """Takes a topic from the notes over the votes to what is settled."""
        on_screen = workshops.load(self._session, self._id).topic_id
        leading.show(self._session, self._id, seen=on_screen, topic_id=topic.id)
        talk = _talk_on(topic)
        notes = [note for _title, written in talk.groups for note in written]
        for seat, note in zip(
            self._chance.sample(self._voters(Stage.VOTING_FIRST), len(notes)), notes, strict=True
        ):
            sealed_notes.save(self._session, self._keys, seat, topic.id, {0: Typed(note, "")})
        self._go(topic, Stage.WAITING, Stage.REVEALED)
        for title, written in talk.groups:
            board = boards.load(self._session, topic.id)
            ids = frozenset(note.id for note in board.loose if note.text in written)
            wanted = boards.Wanted("make", "", title, ids)
            boards.do(self._session, self._id, topic.id, seen=board.digest, wanted=wanted)
        self._go(topic, Stage.REVEALED, Stage.VOTING_FIRST)
        self._vote(topic, Stage.VOTING_FIRST)
        self._go(topic, Stage.VOTING_FIRST, Stage.VOTING_ALL)
        self._vote(topic, Stage.VOTING_ALL)
        self._go(topic, Stage.VOTING_ALL, Stage.VOTED)
        seen = recording.settled_of(topic).token
        recording.settle(self._session, self._id, topic.id, self._settled(topic), seen=seen)

    def propose(self, cycle_id: str, deed: Deed, leader: Account) -> str:
        """The id of the action that the story has of it."""
        # A report of another story may have other topics.
        topic = next((topic for topic in self.topics if _practice(topic) == deed.practice), self.topics[0])
        proposal = Proposal(
            cycle_id=cycle_id,
            workshop_id=self._id,
            topic_id=topic.id,
            title=deed.title,
            for_whom=deed.for_whom,
            owner_ids=(_contact(self._session, deed.owner),),
            verifier_id=_contact(self._session, deed.verifier),
            due=clock.now().date() + timedelta(days=deed.days),
            practices=topic.practices,
            finding_id=topic.finding_id,
            subject=topic.subject,
            question_id=topic.question_id,
            measure=deed.measure,
            steps=deed.steps,
        )
        return proposing.propose(self._session, clock.now(), proposal, by=Proposer(leader.name))

    def _people(self) -> list[Seat]:
        key = workshops.workshop_key(self._session, self._id, self._keys)
        self._session.flush()
        seated = [
            person.seat_id
            for organisation in seating.organisations(self._session, self._id)
            for person in organisation.people
            if person.seat_id
        ]
        secrets = (sealing.seat_secret(key, seat_id, 0) for seat_id in seated)
        found = [seat for secret in secrets if (seat := workshops.find_seat(self._session, secret))]
        for seat in found:
            leading.say_here(self._session, seat)
        return found

    def _go(self, topic: Topic, before: Stage, after: Stage) -> None:
        seen = Seen(topic.id, before)
        leading.move(self._session, self._keys, self._id, seen, after, shuffle=random.SystemRandom())
        self._session.flush()

    def _voters(self, stage: Stage) -> list[Seat]:
        """One person of each organisation that may vote at a stage: first those who are paid."""
        return list({seat.party_id: seat for seat in self._seats if may_vote(seat.role, stage)}.values())

    def _vote(self, topic: Topic, stage: Stage) -> None:
        groups = [group.id for group in boards.load(self._session, topic.id).groups]
        for seat in self._voters(stage):
            own = voting.own(self._session, self._keys, seat, topic.id)
            for group_id in self._chance.choices(groups, _talk_on(topic).likes, k=own.left):
                own = voting.own(self._session, self._keys, seat, topic.id)
                wish = Wish(group_id, own.dots.get(group_id, 0) + 1, own.digest)
                voting.place(self._session, self._keys, seat, topic.id, wish)

    def _settled(self, topic: Topic) -> Settled:
        practice = _practice(topic)
        if practice not in DECISIONS:
            return Settled(Outcome.PARKED)
        if not DECISIONS[practice]:
            return Settled(Outcome.WONT, because=WONT)
        earlier = [id_ for id_, decision in DECISIONS.items() if decision]
        return Settled(Outcome.DECIDED, DECISIONS[practice], rank=1 + earlier.index(practice))


def _practice(topic: Topic) -> str:
    return topic.practices[0] if topic.practices else ""


def _talk_on(topic: Topic) -> Talk:
    return TALKS.get(_practice(topic), OTHERWISE)


def _contact(session: Session, address: str) -> str:
    query = select(ContactRecord.id).join(PartyRecord).where(ContactRecord.email == address)
    return session.scalars(query.where(ContactRecord.gone_at.is_(None))).one()


def _move_on(session: Session, action_id: str, deed: Deed) -> None:
    notes = list(deed.notes)
    for state in _ON_THE_WAY[deed.state]:
        if state is ActionState.ACCEPTED:
            acting.accept(session, clock.now(), _turn(session, action_id, Actor.OWNER))
        elif state is ActionState.IN_PROGRESS:
            acting.start(session, clock.now(), _turn(session, action_id, Actor.OWNER), notes.pop(0))
        elif state is ActionState.DONE:
            words = notes.pop(0) if notes else ""
            acting.say_done(session, clock.now(), _turn(session, action_id, Actor.OWNER), words)
        elif state is ActionState.VERIFIED:
            acting.verify(session, clock.now(), _turn(session, action_id, Actor.VERIFIER), deed.last)
        else:
            acting.decline(session, clock.now(), _turn(session, action_id, Actor.OWNER), deed.last)
        session.flush()


def _turn(session: Session, action_id: str, actor: Actor) -> Turn:
    action = actions.load(session, action_id)
    person = action.owners[0] if actor is Actor.OWNER else action.verifier
    return Turn(action_id, actor, person.signature, person.id, action.state, action.entries[-1].id)
