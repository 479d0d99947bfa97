"""Cards for a room without network: notes for each topic, and a ballot with dots for each organisation.

A ballot names nobody. The name of the organisation that gets it stands on a stub that is torn off before anybody votes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reports.pack_meeting import Meeting

# What fits on a sheet of A4.
NOTES_ON_A_SHEET = 8
BALLOTS_ON_A_SHEET = 5
# How many groups of notes a ballot has room for.
_LINES = "ABCDEFGH"


@dataclass(frozen=True, slots=True)
class NoteSheet:
    """A sheet of note cards for one topic. ``cards``: their numbers on the sheet."""

    number: int
    title: str
    cards: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Ballot:
    """One organisation’s ballot for one topic. ``name``: on its stub alone."""

    name: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of ballots for one topic. ``is_first``: for those who are paid, whose turn comes first."""

    number: int
    title: str
    is_first: bool
    page: int
    pages: int
    dots: tuple[int, ...]
    lines: tuple[str, ...]
    ballots: tuple[Ballot, ...]


def note_sheets(meeting: Meeting) -> tuple[NoteSheet, ...]:
    """A sheet of note cards for each topic, to be printed as often as there are people."""
    cards = tuple(range(1, NOTES_ON_A_SHEET + 1))
    return tuple(
        NoteSheet(number, topic.title, cards) for number, topic in enumerate(meeting.topics, start=1)
    )


def ballot_sheets(meeting: Meeting) -> tuple[Sheet, ...]:
    """The ballots of each topic, those of the organisations that are paid first and on sheets of their own."""
    return tuple(
        sheet
        for number, topic in enumerate(meeting.topics, start=1)
        for names, is_first in ((meeting.paid, True), (meeting.paying, False))
        for sheet in _sheets(number, topic.title, names, meeting.dots, is_first=is_first)
    )


def _sheets(number: int, title: str, names: Sequence[str], dots: int, *, is_first: bool) -> list[Sheet]:
    pages = [names[at : at + BALLOTS_ON_A_SHEET] for at in range(0, len(names), BALLOTS_ON_A_SHEET)]
    return [
        Sheet(
            number=number,
            title=title,
            is_first=is_first,
            page=page,
            pages=len(pages),
            dots=tuple(range(dots)),
            lines=tuple(_LINES),
            ballots=tuple(map(Ballot, some)),
        )
        for page, some in enumerate(pages, start=1)
    ]
