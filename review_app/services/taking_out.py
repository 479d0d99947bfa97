"""Taking the words out of a revealed note that names a person. A fixed sentence stays there, which everybody sees.

So nothing disappears silently: whoever leads the workshop can protect a person, and cannot make a note unsaid.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from review_app.models.workshops import NoteGroupRecord, NoteRecord, TopicRecord
from review_app.services import workshops
from review_app.services.errors import NotAllowedError, NotFoundError
from surveys import note_groups
from surveys.note_groups import Arrangement
from surveys.notes import TAKEN_OUT_WORDS
from surveys.workshop import WorkshopState

# From the day itself until the minutes go out.
OPEN = frozenset({WorkshopState.RUNNING, WorkshopState.ENDED})


@dataclass(frozen=True, slots=True)
class RevealedNote:
    """A note with its topic. ``is_a_title``: a group is called by its beginning."""

    id: str
    text: str
    topic_id: str
    topic_title: str
    is_a_title: bool

    @property
    def is_taken_out(self) -> bool:
        """Whether only the fixed sentence is left of it."""
        return self.text == TAKEN_OUT_WORDS


def revealed(session: Session, workshop_id: str) -> tuple[RevealedNote, ...]:
    """Every note that was revealed in a workshop, topic by topic."""
    query = (
        select(NoteRecord, TopicRecord.title)
        .join(TopicRecord, TopicRecord.id == NoteRecord.topic_id)
        .where(TopicRecord.workshop_id == workshop_id)
        .order_by(TopicRecord.position, NoteRecord.id)
    )
    rows = session.execute(query).all()
    titled = _arrangements(session, {note.topic_id for note, _title in rows})
    return tuple(
        RevealedNote(
            id=note.id,
            text=note.text,
            topic_id=note.topic_id,
            topic_title=title,
            is_a_title=bool(note_groups.called_by(titled[note.topic_id], note.text)),
        )
        for note, title in rows
    )


def take_out(session: Session, workshop_id: str, note_id: str, *, title: str = "") -> None:
    """Replaces the words of a note, and the title of a group that was made of them. Its groups and votes stay.

    ``title``: what such a group is called from now on; "" for the fixed sentence. Doing it twice is as once. Raises
    NotAllowedError once the minutes went out, NotFoundError.
    """
    workshop = workshops.locked(session, workshop_id)
    if WorkshopState(workshop.state) not in OPEN:
        raise NotAllowedError("A note can be taken out from its reveal until the minutes go out.")
    note = session.get(NoteRecord, note_id, populate_existing=True)
    topic = session.get(TopicRecord, note.topic_id, populate_existing=True) if note is not None else None
    if note is None or topic is None or topic.workshop_id != workshop_id:
        raise NotFoundError("There is no such note in this workshop.")
    if note.text == TAKEN_OUT_WORDS:
        return
    words = title.strip() or TAKEN_OUT_WORDS
    before = _arrangements(session, {topic.id})[topic.id]
    for group_id in note_groups.called_by(before, note.text):
        session.get_one(NoteGroupRecord, group_id).title = note_groups.title_of(words)
    if topic.arranged_before:
        # The step back must not bring the words back.
        kept = note_groups.from_text(topic.arranged_before)
        for group_id in note_groups.called_by(kept, note.text):
            kept = note_groups.renamed(kept, group_id, words)
        topic.arranged_before = kept.to_text()
    note.text = TAKEN_OUT_WORDS
    workshop.version += 1


def _arrangements(session: Session, topic_ids: Collection[str]) -> dict[str, Arrangement]:
    """The groups of some topics, by the topic's id; what is in them does not matter here."""
    query = select(NoteGroupRecord.topic_id, NoteGroupRecord.id, NoteGroupRecord.title)
    rows = session.execute(query.where(NoteGroupRecord.topic_id.in_(topic_ids))).all()
    return {
        topic_id: Arrangement(tuple((id_, title) for of, id_, title in rows if of == topic_id), {})
        for topic_id in topic_ids
    }
