"""The notes of a topic, opened all together; or none, for good, where too few wrote for anybody to stay unknown."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from review_app.models.base import new_id
from review_app.models.workshops import (
    NoteRecord,
    SeatRecord,
    TopicRecord,
    WorkshopPartyRecord,
    WorkshopRecord,
)
from review_app.services import cycles, workshop_seals
from surveys.groups import is_safe
from surveys.workshop import PAYING_ROLES


def reveal(
    session: Session, key: bytes, workshop: WorkshopRecord, topic: TopicRecord, shuffle: random.Random
) -> None:
    """Shows every note of a topic, under random ids; none where those who wrote are not enough to be released.

    Counted are people of organisations that are paid, as for the figures of the review: whoever pays knows its own.
    What is not shown stays sealed, for its writers alone. A topic is revealed once, so that nobody can try again until
    one more has written. ``shuffle`` must be cryptographically random in real use.
    """
    sealed = workshop_seals.notes_of_topic(session, key, workshop.id, topic.id)
    writers = _writers(session, key, workshop.id, topic.id, sealed)
    if not is_safe(writers, cycles.load(session, workshop.cycle_id).policy):
        return
    texts = list(sealed.values())
    shuffle.shuffle(texts)
    session.add_all(NoteRecord(id=new_id(), topic_id=topic.id, text=text) for text in texts)
    workshop_seals.remove(session, list(sealed))


def _writers(
    session: Session, key: bytes, workshop_id: str, topic_id: str, sealed: Collection[bytes]
) -> Counter[str]:
    """How many people of each organisation that is paid have written on a topic, by its id."""
    query = (
        select(SeatRecord)
        .join(
            WorkshopPartyRecord,
            (WorkshopPartyRecord.workshop_id == SeatRecord.workshop_id)
            & (WorkshopPartyRecord.party_id == SeatRecord.party_id),
        )
        .where(SeatRecord.workshop_id == workshop_id)
        .where(WorkshopPartyRecord.role.not_in([role.value for role in PAYING_ROLES]))
    )
    found: Counter[str] = Counter()
    for seat in session.scalars(query):
        found[seat.party_id] += any(id_ in sealed for id_ in workshop_seals.note_ids(key, seat.id, topic_id))
    return found
