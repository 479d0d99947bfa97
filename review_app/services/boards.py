"""The revealed notes of a topic: in which groups they are, how that is changed, and what the vote on them showed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from review_app.models.base import new_id
from review_app.models.workshops import NoteGroupRecord, NoteRecord, TopicRecord
from review_app.services import workshops
from review_app.services.errors import ChangedMeanwhileError, NotAllowedError, NotFoundError
from surveys import note_groups
from surveys.note_groups import Arrangement
from surveys.notes import TAKEN_OUT_WORDS
from surveys.voting import LOWEST, Band
from surveys.workshop import Stage, WorkshopState

Change = Callable[[Arrangement], Arrangement]


@dataclass(frozen=True, slots=True)
class Note:
    """One revealed note; nothing says who wrote it."""

    id: str
    text: str

    @property
    def is_taken_out(self) -> bool:
        """Whether only the sentence is left that it named a person."""
        return self.text == TAKEN_OUT_WORDS


@dataclass(frozen=True, slots=True)
class NoteGroup:
    """Notes that belong together. ``band``, ``place``: what of the vote may be seen, None where nothing may."""

    id: str
    title: str
    notes: tuple[Note, ...]
    band: Band | None
    place: int | None


@dataclass(frozen=True, slots=True)
class Board:
    """Everything that is revealed of a topic. ``loose``: notes in no group. ``digest``: of the arrangement."""

    groups: tuple[NoteGroup, ...]
    loose: tuple[Note, ...]
    digest: str
    may_undo: bool

    @property
    def has_notes(self) -> bool:
        """Whether notes are shown; not where too few wrote for anybody to stay unknown."""
        return bool(self.loose) or any(group.notes for group in self.groups)

    @property
    def by_place(self) -> tuple[NoteGroup, ...]:
        """The groups as the vote put them; groups of one band stand as on the agenda."""
        return tuple(sorted(self.groups, key=lambda group: group.place or 0))

    @property
    def ahead(self) -> tuple[NoteGroup, ...]:
        """The groups of the vote that have more than the lowest band, as it put them."""
        return tuple(group for group in self.by_place if group.band not in LOWEST)

    @property
    def rest(self) -> tuple[NoteGroup, ...]:
        """The groups of the lowest band, which are not ranked."""
        return tuple(group for group in self.by_place if group.band in LOWEST)

    @property
    def is_shown(self) -> bool:
        """Whether the vote can be shown."""
        return any(group.place is not None for group in self.groups)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A change of which notes belong together: make, say, move, rename, dissolve, separate or undo.

    To say makes a group of no notes, for what was said aloud in the room.

    ``group_id``: of which group, "" for none. ``title``: what it is to be called. ``note_ids``: of which notes.
    """

    what: str
    group_id: str
    title: str
    note_ids: frozenset[str]


_CHANGES: Mapping[str, Callable[[Arrangement, Wanted], Arrangement]] = {
    "make": lambda before, it: note_groups.made(before, new_id(), it.title, it.note_ids),
    "say": lambda before, it: note_groups.made(before, new_id(), it.title, frozenset()),
    "move": lambda before, it: note_groups.moved(before, it.note_ids, it.group_id or None),
    "rename": lambda before, it: note_groups.renamed(before, it.group_id, it.title),
    "dissolve": lambda before, it: note_groups.dissolved(before, it.group_id),
}


def load(session: Session, topic_id: str) -> Board:
    """The board of a topic; empty before it is revealed."""
    groups = _groups(session, topic_id)
    notes = _notes(session, topic_id)
    before = session.scalar(select(TopicRecord.arranged_before).where(TopicRecord.id == topic_id))
    return Board(
        groups=tuple(
            NoteGroup(
                id=group.id,
                title=group.title,
                notes=tuple(Note(note.id, note.text) for note in notes if note.group_id == group.id),
                band=Band(group.band) if group.band else None,
                place=group.place,
            )
            for group in groups
        ),
        loose=tuple(Note(note.id, note.text) for note in notes if note.group_id is None),
        digest=_arrangement(groups, notes).digest,
        may_undo=bool(before),
    )


def arrange(session: Session, workshop_id: str, topic_id: str, *, seen: str, change: Change) -> None:
    """Changes which notes belong together. ``seen``: the digest of the board that the command's page showed.

    Raises ChangedMeanwhileError for a stale command, which changes nothing; NotAllowedError but for notes that are
    revealed and not voted on; NotFoundError.
    """
    _changed(session, workshop_id, topic_id, seen, change)


def separate(session: Session, workshop_id: str, topic_id: str, *, seen: str) -> None:
    """Puts every note that is in no group in one of its own. Raises as ``arrange`` does."""
    texts = {note.id: note.text for note in _notes(session, topic_id)}
    new_ids = {id_: new_id() for id_ in texts}
    arrange(
        session,
        workshop_id,
        topic_id,
        seen=seen,
        change=lambda before: note_groups.each_its_own(before, texts, new_ids),
    )


def undo(session: Session, workshop_id: str, topic_id: str, *, seen: str) -> None:
    """Brings the arrangement before the last change back; once more brings the change back. Raises as ``arrange``."""
    kept = session.scalar(select(TopicRecord.arranged_before).where(TopicRecord.id == topic_id))
    if not kept:
        raise NotAllowedError("There is nothing to undo.")
    arrange(session, workshop_id, topic_id, seen=seen, change=lambda _now: note_groups.from_text(kept))


def do(session: Session, workshop_id: str, topic_id: str, *, seen: str, wanted: Wanted) -> None:
    """Changes which notes belong together as a page asks. Raises as ``arrange`` does."""
    if wanted.what == "separate":
        separate(session, workshop_id, topic_id, seen=seen)
    elif wanted.what == "undo":
        undo(session, workshop_id, topic_id, seen=seen)
    elif wanted.what in _CHANGES:
        change = _CHANGES[wanted.what]
        arrange(session, workshop_id, topic_id, seen=seen, change=lambda before: change(before, wanted))
    else:
        raise NotAllowedError("There is no such change.")


def _changed(session: Session, workshop_id: str, topic_id: str, seen: str, change: Change) -> None:
    workshop = workshops.locked(session, workshop_id)
    topic = session.get(TopicRecord, topic_id, populate_existing=True)
    if topic is None or topic.workshop_id != workshop_id:
        raise NotFoundError("There is no such topic in this workshop.")
    if workshop.state != WorkshopState.RUNNING or topic.stage != Stage.REVEALED:
        raise NotAllowedError("Notes are put into groups after they are revealed and before the vote begins.")
    groups, notes = _groups(session, topic_id), _notes(session, topic_id)
    before = _arrangement(groups, notes)
    if before.digest != seen:
        raise ChangedMeanwhileError(
            "The notes were arranged on another screen meanwhile. Nothing was changed by this one: look at them again."
        )
    after = change(before)
    if after.digest == before.digest:
        return
    _write(session, topic_id, before, after)
    topic.arranged_before = before.to_text()
    workshop.version += 1


def _write(session: Session, topic_id: str, before: Arrangement, after: Arrangement) -> None:
    kept = {record.id: record for record in _groups(session, topic_id)}
    for position, (id_, title) in enumerate(after.groups):
        record = kept.get(id_)
        if record is None:
            session.add(NoteGroupRecord(id=id_, topic_id=topic_id, position=position, title=title))
        else:
            record.position, record.title = position, title
    session.flush()
    for note in _notes(session, topic_id):
        if after.notes[note.id] != before.notes[note.id]:
            note.group_id = after.notes[note.id]
    session.flush()
    gone = kept.keys() - {id_ for id_, _title in after.groups}
    session.execute(delete(NoteGroupRecord).where(NoteGroupRecord.id.in_(gone)))
    session.expire_all()


def _groups(session: Session, topic_id: str) -> list[NoteGroupRecord]:
    query = select(NoteGroupRecord).where(NoteGroupRecord.topic_id == topic_id)
    return list(session.scalars(query.order_by(NoteGroupRecord.position, NoteGroupRecord.id)))


def _notes(session: Session, topic_id: str) -> list[NoteRecord]:
    # By their random ids: any order that the reveal gave would be one more thing to explain.
    query = select(NoteRecord).where(NoteRecord.topic_id == topic_id)
    return list(session.scalars(query.order_by(NoteRecord.id)))


def _arrangement(groups: list[NoteGroupRecord], notes: list[NoteRecord]) -> Arrangement:
    of: Mapping[str, str | None] = {note.id: note.group_id for note in notes}
    return Arrangement(tuple((group.id, group.title) for group in groups), of)
