"""Which revealed notes belong together: pure changes of one arrangement, none of which loses a note."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

from surveys.texts import clean_line

LONGEST_TITLE = 200
# A group that is one note is called by its beginning.
_LONGEST_BEGINNING = 120


@dataclass(frozen=True, slots=True)
class Arrangement:
    """The groups in their order, as (id, title), and the group of each note; None for a note in no group."""

    groups: tuple[tuple[str, str], ...]
    notes: Mapping[str, str | None]

    @property
    def digest(self) -> str:
        """What names this arrangement, so that a command can say which one its page showed."""
        return hashlib.sha256(self.to_text().encode()).hexdigest()[:20]

    def to_text(self) -> str:
        """The arrangement as text; the same one gives the same text."""
        return json.dumps({"groups": self.groups, "notes": dict(sorted(self.notes.items()))})


def from_text(text: str) -> Arrangement:
    """The arrangement of ``to_text``."""
    kept = json.loads(text)
    return Arrangement(tuple((id_, title) for id_, title in kept["groups"]), kept["notes"])


def made(before: Arrangement, group_id: str, title: str, note_ids: frozenset[str]) -> Arrangement:
    """A new group at the end, with some notes in it."""
    notes = {id_: group_id if id_ in note_ids else old for id_, old in before.notes.items()}
    return Arrangement((*before.groups, (group_id, title_of(title))), notes)


def renamed(before: Arrangement, group_id: str, title: str) -> Arrangement:
    """One group called otherwise."""
    groups = tuple((id_, title_of(title) if id_ == group_id else old) for id_, old in before.groups)
    return replace(before, groups=groups)


def moved(before: Arrangement, note_ids: frozenset[str], group_id: str | None) -> Arrangement:
    """Some notes in another group, or in none."""
    if group_id is not None and group_id not in {id_ for id_, _title_ in before.groups}:
        return before
    return replace(
        before, notes={id_: group_id if id_ in note_ids else old for id_, old in before.notes.items()}
    )


def dissolved(before: Arrangement, group_id: str) -> Arrangement:
    """One group gone, its notes in none."""
    return Arrangement(
        tuple(group for group in before.groups if group[0] != group_id),
        {id_: None if old == group_id else old for id_, old in before.notes.items()},
    )


def each_its_own(before: Arrangement, texts: Mapping[str, str], new_ids: Mapping[str, str]) -> Arrangement:
    """Every note that is in no group in one of its own, called by its beginning. ``new_ids``: by the note's id."""
    loose = [id_ for id_ in texts if before.notes.get(id_, "") is None]
    groups = tuple((new_ids[id_], beginning(texts[id_])) for id_ in loose)
    return Arrangement((*before.groups, *groups), {**before.notes, **{id_: new_ids[id_] for id_ in loose}})


def beginning(text: str) -> str:
    """The beginning of a note in one line, to call it by."""
    line = clean_line(text)
    if len(line) <= _LONGEST_BEGINNING:
        return line
    return line[:_LONGEST_BEGINNING].rsplit(" ", 1)[0] + "…"


def called_by(before: Arrangement, text: str) -> tuple[str, ...]:
    """The ids of the groups that are called by the beginning of a note."""
    return tuple(id_ for id_, title in before.groups if title == title_of(beginning(text)))


def title_of(text: str) -> str:
    """A title as it is kept: one line, and no longer than fits."""
    return clean_line(text)[:LONGEST_TITLE]
