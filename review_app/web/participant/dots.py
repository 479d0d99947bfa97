"""The dots of one's organisation in a vote: big buttons, and what is shown is what is kept."""

from __future__ import annotations

from dataclasses import dataclass

from review_app.database import reading
from review_app.services import boards, voting
from review_app.services.boards import Note
from review_app.services.taking_part import Participant
from review_app.services.workshops import Topic
from review_app.state import state


@dataclass(frozen=True, slots=True)
class DotsRow:
    """One group to give dots to. ``more``, ``fewer``: what a button posts, "" where there is none to press."""

    title: str
    notes: tuple[Note, ...]
    count: int
    picture: str
    more: str
    fewer: str


@dataclass(frozen=True, slots=True)
class DotsView:
    """The dots of an organisation in one vote. ``seen``: what names this state of them."""

    topic: Topic
    rows: tuple[DotsRow, ...]
    budget: int
    left: int
    seen: str


def view_of(who: Participant, topic: Topic) -> DotsView:
    """The dots as they are kept."""
    with reading() as session:
        own = voting.own(session, state().keys, who.seat, topic.id)
        board = boards.load(session, topic.id)
    rows = []
    for group in board.groups:
        count = own.dots.get(group.id, 0)
        rows.append(
            DotsRow(
                title=group.title,
                notes=group.notes,
                count=count,
                picture="●" * count,
                more=f"{group.id}:{count + 1}" if own.left else "",
                fewer=f"{group.id}:{count - 1}" if count else "",
            )
        )
    return DotsView(topic, tuple(rows), own.budget, own.left, own.digest)
