"""What somebody writes on a topic before it is revealed: theirs to see and change, and nobody else's.

Nothing outside the sealed rows changes when somebody writes, and no row says who wrote.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy.orm import Session

from review_app.keys import KeyFolder
from review_app.services import workshop_seals
from review_app.services.errors import NotAllowedError
from review_app.services.sealed_rows import hold_row
from review_app.services.workshops import Seat
from surveys.language import N_
from surveys.notes import Typed, merged
from surveys.workshop import TAKES_NOTES, WorkshopState

_TAKING = frozenset({WorkshopState.INVITED, WorkshopState.RUNNING})
OVER = N_("The topic is revealed. Nothing can be added to it any more. Your text is still here to copy.")
NO_ROOM = N_(
    "You have five notes on this topic already, some of them from another window. Your text is still here to copy."
)


def own(session: Session, keys: KeyFolder, seat: Seat, topic_id: str) -> tuple[str, ...]:
    """One person's notes of a topic, slot by slot; "" where there is none.

    Raises NotAllowedError without a key, ChangedMeanwhileError once the topic is revealed.
    """
    key = workshop_seals.key_of(keys, seat.workshop_id)
    ids = workshop_seals.note_ids(key, seat.id, topic_id)
    found = workshop_seals.opened(session, key, ids)
    workshop_seals.check_stage(session, topic_id, TAKES_NOTES)
    return tuple(found[id_]["note"] if id_ in found else "" for id_ in ids)


def kept_back(session: Session, keys: KeyFolder, seat: Seat, topic_id: str) -> tuple[str, ...]:
    """One person's notes of a topic that was revealed without them, because too few wrote. Nobody else sees them.

    Raises NotAllowedError without a key.
    """
    key = workshop_seals.key_of(keys, seat.workshop_id)
    found = workshop_seals.opened(session, key, workshop_seals.note_ids(key, seat.id, topic_id))
    return tuple(value["note"] for value in found.values())


def counts(session: Session, keys: KeyFolder, seat: Seat, topic_ids: Collection[str]) -> Mapping[str, int]:
    """How many notes one person has of each topic that is not revealed; for that person alone.

    Raises NotAllowedError without a key.
    """
    key = workshop_seals.key_of(keys, seat.workshop_id)
    return {
        topic_id: workshop_seals.how_many(session, workshop_seals.note_ids(key, seat.id, topic_id))
        for topic_id in topic_ids
    }


def save(
    session: Session, keys: KeyFolder, seat: Seat, topic_id: str, typed: Mapping[int, Typed]
) -> tuple[str, ...]:
    """One person's notes of a topic as they are kept now, after the boxes of a page were saved: by their slots.

    An empty box takes its note away, unless another window has changed it. Saving twice is as once. Raises
    NotFoundError, and NotAllowedError where there is no room for all of them, or nothing is taken any more.
    """
    state, stage = workshop_seals.hold(session, seat.workshop_id, topic_id)
    if state not in _TAKING:
        raise NotAllowedError(N_("The workshop takes no notes now. Your text is still here to copy."))
    if stage not in TAKES_NOTES:
        raise NotAllowedError(OVER)
    key = workshop_seals.key_of(keys, seat.workshop_id)
    ids = workshop_seals.note_ids(key, seat.id, topic_id)
    # Two windows of one link take turns.
    hold_row(session, ids[0])
    before = own(session, keys, seat, topic_id)
    after = merged(before, typed)
    if after is None:
        raise NotAllowedError(NO_ROOM)
    for id_, old, text in zip(ids, before, after, strict=True):
        if text and text != old:
            workshop_seals.put(session, key, seat.workshop_id, id_, {"topic": topic_id, "note": text})
    workshop_seals.remove(session, [id_ for id_, text in zip(ids, after, strict=True) if not text])
    return after
