"""The dots of organisations: sealed while they vote, counted once and shown as bands when the vote is closed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from review_app.keys import KeyFolder
from review_app.models.workshops import NoteGroupRecord, WorkshopPartyRecord, WorkshopRecord
from review_app.services import workshop_seals
from review_app.services.errors import ChangedMeanwhileError, NotAllowedError
from review_app.services.sealed_rows import hold_row
from review_app.services.workshops import Seat
from surveys import sealing, voting
from surveys.chain import Role
from surveys.language import N_
from surveys.voting import Vote
from surveys.workshop import PAYING_ROLES, VOTING, WorkshopState, may_vote


@dataclass(frozen=True, slots=True)
class OwnDots:
    """The dots of one organisation, for its people alone. ``digest``: what a form says it showed."""

    dots: Mapping[str, int]
    budget: int

    @property
    def left(self) -> int:
        """How many are not given yet."""
        return self.budget - voting.given(self.dots)

    @property
    def digest(self) -> str:
        """What names this state."""
        return voting.digest_of(self.dots)


@dataclass(frozen=True, slots=True)
class Wish:
    """So many dots for one group, asked for by a page that showed the state ``seen``."""

    group_id: str
    count: int
    seen: str


def own(session: Session, keys: KeyFolder, seat: Seat, topic_id: str) -> OwnDots:
    """The dots of somebody's organisation in the vote on a topic, as they are now.

    Raises ChangedMeanwhileError once the vote is closed.
    """
    key = workshop_seals.key_of(keys, seat.workshop_id)
    id_ = sealing.dots_id(key, topic_id, seat.party_id)
    budget = session.scalars(select(WorkshopRecord.dots).where(WorkshopRecord.id == seat.workshop_id)).one()
    found = workshop_seals.opened(session, key, [id_])
    workshop_seals.check_stage(session, topic_id, VOTING)
    return OwnDots(found[id_]["dots"] if id_ in found else {}, budget)


def place(session: Session, keys: KeyFolder, seat: Seat, topic_id: str, wish: Wish) -> None:
    """Gives a group so many of the organisation's dots. Doing it twice is as once.

    Raises ChangedMeanwhileError when somebody else of the organisation has
    changed its dots since, NotAllowedError when it cannot vote now, or has no dots left for it.
    """
    state, stage = workshop_seals.hold(session, seat.workshop_id, topic_id)
    if state is not WorkshopState.RUNNING or not may_vote(seat.role, stage):
        raise NotAllowedError(N_("Your organisation cannot change its dots now."))
    key = workshop_seals.key_of(keys, seat.workshop_id)
    id_ = sealing.dots_id(key, topic_id, seat.party_id)
    hold_row(session, id_)
    now = own(session, keys, seat, topic_id)
    if now.dots.get(wish.group_id, 0) == wish.count:
        return
    if now.digest != wish.seen:
        raise ChangedMeanwhileError(
            N_(
                "A colleague has changed your organisation’s dots meanwhile. This is how they are now: your press"
                " changed nothing."
            )
        )
    dots = voting.placed(now.dots, wish.group_id, wish.count, now.budget)
    if dots is None or wish.group_id not in _group_ids(session, topic_id):
        raise NotAllowedError(N_("There are not so many dots left. Take one from something else first."))
    if dots:
        workshop_seals.put(session, key, seat.workshop_id, id_, {"topic": topic_id, "dots": dots})
    else:
        workshop_seals.remove(session, [id_])


def count(session: Session, key: bytes, workshop: WorkshopRecord, topic_id: str) -> None:
    """Counts a vote, keeps what everybody may see of it, and deletes the dots: all in this transaction."""
    roles = _roles(session, workshop.id)
    ids = {sealing.dots_id(key, topic_id, party_id): role for party_id, role in roles.items()}
    groups = _group_ids(session, topic_id)
    votes = [
        Vote(
            is_paid=ids[id_] not in PAYING_ROLES,
            dots={group: number for group, number in value["dots"].items() if group in groups},
        )
        for id_, value in workshop_seals.opened(session, key, ids).items()
    ]
    shown = voting.displayed(votes, groups, workshop.dots) or ()
    for one in shown:
        group = session.get_one(NoteGroupRecord, one.group_id)
        group.band, group.place = one.band.value, one.place
    workshop_seals.remove(session, list(ids))


def _group_ids(session: Session, topic_id: str) -> list[str]:
    query = select(NoteGroupRecord.id).where(NoteGroupRecord.topic_id == topic_id)
    return list(session.scalars(query.order_by(NoteGroupRecord.position, NoteGroupRecord.id)))


def _roles(session: Session, workshop_id: str) -> dict[str, Role]:
    query = select(WorkshopPartyRecord.party_id, WorkshopPartyRecord.role).where(
        WorkshopPartyRecord.workshop_id == workshop_id
    )
    return {party_id: Role(role) for party_id, role in session.execute(query)}
