"""What is sealed in a workshop: one row of one size for each note and for each organisation's dots, naming nobody."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Table, delete, func, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from review_app.keys import KeyFolder, KeyMissingError
from review_app.models.outbox import MailKind, MailRecord, MailState
from review_app.models.workshops import SealedInWorkshopRecord, TopicRecord, WorkshopRecord
from review_app.services.errors import ChangedMeanwhileError, NotAllowedError, NotFoundError
from surveys import sealing
from surveys.language import N_
from surveys.workshop import LONGEST_NOTE, MOST_NOTES, Stage, WorkshopState

# A letter takes four bytes at most; the rest is for the name of the topic and the marks around.
SIZE = sealing.padded_size(4 * LONGEST_NOTE + 200)
# How long minutes whose mail failed can be sent again; after that the key goes, and with it their links.
FAILED_MAIL_LASTS = timedelta(days=14)
_TABLE: Table = SealedInWorkshopRecord.__table__  # type: ignore[assignment]  # a mapped class has a table


def key_of(keys: KeyFolder, workshop_id: str) -> bytes:
    """The key of a workshop's links and seals. Raises NotAllowedError once it is destroyed, or where it is lost."""
    try:
        return keys.workshop_key(workshop_id)
    except KeyMissingError:
        raise NotAllowedError(N_("What was sealed in this workshop cannot be opened any more.")) from None


def hold(session: Session, workshop_id: str, topic_id: str) -> tuple[WorkshopState, Stage]:
    """Holds the facilitator's next step off until this transaction ends; where the workshop and the topic are.

    The first step of every private write: what is revealed or counted is then never changed afterwards. Raises
    NotFoundError.
    """
    # The shared lock makes a reveal wait for the writes that are under way, and lets writes not wait for one another.
    state = session.scalar(
        select(WorkshopRecord.state).where(WorkshopRecord.id == workshop_id).with_for_update(read=True)
    )
    stage = session.scalar(
        select(TopicRecord.stage).where(TopicRecord.id == topic_id, TopicRecord.workshop_id == workshop_id)
    )
    if state is None or stage is None:
        raise NotFoundError(N_("There is no such topic in this workshop."))
    return WorkshopState(state), Stage(stage)


def check_stage(session: Session, topic_id: str, expected: Collection[Stage]) -> None:
    """Whether what was just read of a topic was still sealed then. Raises ChangedMeanwhileError if it moved on.

    A reveal and a close take the sealed rows away: read after that they would seem never to have been there.
    """
    stage = session.scalar(select(TopicRecord.stage).where(TopicRecord.id == topic_id))
    if stage not in {one.value for one in expected}:
        raise ChangedMeanwhileError(
            N_("The workshop has moved on. Nothing of this topic is sealed any more.")
        )


def put(session: Session, key: bytes, workshop_id: str, id_: bytes, value: Mapping[str, Any]) -> None:
    """Seals a value under an id, whatever was there before: a retry never doubles."""
    text = json.dumps(value, ensure_ascii=False)
    blob = sealing.seal_box(sealing.workshop_seal(key), text.encode(), SIZE)
    insert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgresql_insert
    statement = insert(_TABLE).values(id=id_, workshop_id=workshop_id, blob=blob)
    session.execute(
        statement.on_conflict_do_update(index_elements=["id"], set_={"blob": statement.excluded.blob})
    )


def remove(session: Session, ids: Collection[bytes]) -> None:
    """Deletes what is sealed under some ids."""
    for some in _batches(ids):
        session.execute(delete(SealedInWorkshopRecord).where(SealedInWorkshopRecord.id.in_(some)))


def opened(session: Session, key: bytes, ids: Collection[bytes]) -> dict[bytes, dict[str, Any]]:
    """What is sealed under those of some ids that are there. Raises BrokenSealError."""
    found: dict[bytes, dict[str, Any]] = {}
    for some in _batches(ids):
        query = select(SealedInWorkshopRecord.id, SealedInWorkshopRecord.blob)
        for id_, blob in session.execute(query.where(SealedInWorkshopRecord.id.in_(some))):
            found[bytes(id_)] = json.loads(sealing.open_box(sealing.workshop_seal(key), blob))
    return found


def notes_of_topic(session: Session, key: bytes, workshop_id: str, topic_id: str) -> dict[bytes, str]:
    """The sealed notes of a topic by their ids, in no order that means anything. Raises BrokenSealError."""
    query = select(SealedInWorkshopRecord.id, SealedInWorkshopRecord.blob)
    rows = session.execute(query.where(SealedInWorkshopRecord.workshop_id == workshop_id))
    seal = sealing.workshop_seal(key)
    values = ((bytes(id_), json.loads(sealing.open_box(seal, blob))) for id_, blob in rows)
    return {id_: value["note"] for id_, value in values if value["topic"] == topic_id and "note" in value}


def how_many(session: Session, ids: Collection[bytes]) -> int:
    """How many of some ids are there."""
    query = select(func.count()).select_from(SealedInWorkshopRecord)
    return sum(
        session.scalar(query.where(SealedInWorkshopRecord.id.in_(some))) or 0 for some in _batches(ids)
    )


def remove_all(session: Session, workshop_id: str) -> None:
    """Deletes everything that is sealed in a workshop."""
    session.execute(delete(SealedInWorkshopRecord).where(SealedInWorkshopRecord.workshop_id == workshop_id))


def needs_no_key(session: Session, now: datetime, workshop_id: str) -> bool:
    """Whether a workshop was called off, or its minutes have gone out and none is owed any more.

    A mail that failed is owed for a while: somebody may mend why, and send it again.
    """
    record = session.get(WorkshopRecord, workshop_id, populate_existing=True)
    if record is None or record.state != WorkshopState.RECORDED or record.checked_at is None:
        return record is not None and record.state == WorkshopState.CANCELLED
    owed = {MailState.QUEUED.value, MailState.SENDING.value}
    if now < record.checked_at + FAILED_MAIL_LASTS:
        owed.add(MailState.FAILED.value)
    query = select(MailRecord.id).where(
        MailRecord.about_id == workshop_id,
        MailRecord.kind == MailKind.MINUTES.value,
        MailRecord.state.in_(owed),
    )
    return session.scalars(query.limit(1)).first() is None


def note_ids(key: bytes, seat_id: str, topic_id: str) -> tuple[bytes, ...]:
    """The ids of one person's notes of a topic, slot by slot; ``key``: of the workshop.

    They hang on the seat and not on the link that it has now: were rows to follow a link that is replaced, a look at
    the table before and after would tell who has written.
    """
    secret = sealing.seat_secret(key, seat_id, 0)
    return tuple(sealing.note_id(secret, topic_id, slot) for slot in range(MOST_NOTES))


def _batches(ids: Iterable[bytes], size: int = 500) -> list[list[bytes]]:
    # SQLite takes a limited number of values in one statement.
    every = list(ids)
    return [every[start : start + size] for start in range(0, len(every), size)]
