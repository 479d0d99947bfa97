"""A timeline as frozen values that a template draws: time runs down, a mark for each day, its words beside it.

It holds no words of ours, so that whoever draws it says what they want. Lengths are those of the picture; a mark that
is late has a shape of its own, and never a colour alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from reports.chain_labels import width_of

NARROW, WIDE = 328, 720
_TOP, _FOOT, _AXIS, _MARK = 16.0, 12.0, 66.0, 5.0
_MONTH, _STEP, _LETTERS = 42.0, 20.0, 12.5
_TEXT = _AXIS + 26.0


class MarkKind(StrEnum):
    """How a day is marked: ahead, late, reached, or let be."""

    AHEAD = "ahead"
    LATE = "late"
    REACHED = "reached"
    LET_BE = "let_be"


@dataclass(frozen=True, slots=True)
class Due:
    """One thing that is due on a day. ``text``: what stands beside its mark, cut where there is no room."""

    day: date
    text: str
    kind: MarkKind


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark on the axis, the line to its words, and the words with their baseline."""

    kind: MarkKind
    path: str
    leader: str
    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Month:
    """The first day of a month on the axis. ``first``: an ISO day; ``y``: of the baseline of its name."""

    first: str
    y: float
    tick: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """The picture. ``axis`` and ``today`` are paths; ``today_y``: the baseline of what is said at today's line."""

    width: float
    height: float
    axis: str
    axis_x: float
    months: tuple[Month, ...]
    today: str
    today_y: float
    marks: tuple[Mark, ...]


def timeline(dues: Sequence[Due], today: date, width: float = NARROW) -> Timeline:
    """The timeline of some days, from the month of the first or of today to that of the last."""
    ordered = sorted(dues, key=lambda due: due.day)
    days = [today, *(due.day for due in ordered)]
    start, end = min(days).replace(day=1), _next(max(days))

    def place(day: date) -> float:
        return round(_TOP + _MONTH * (_months(start, day) + (day.day - 1) / 31), 1)

    line = place(today)
    marks = tuple(_marks(ordered, [place(due.day) for due in ordered], line, width))
    bottom = max([place(end), *(mark.y for mark in marks)])
    return Timeline(
        width=width,
        height=bottom + _FOOT,
        axis=f"M{_AXIS:g} {_TOP:g}V{place(end):g}",
        axis_x=_AXIS,
        months=tuple(
            Month(first.isoformat(), place(first) + 4, f"M{_AXIS - 5:g} {place(first):g}H{_AXIS:g}")
            for first in _firsts(start, end)
        ),
        today=f"M{_AXIS - 12:g} {line:g}H{width:g}",
        today_y=line - 4,
        marks=marks,
    )


def _marks(dues: Iterable[Due], places: Iterable[float], line: float, width: float) -> Iterator[Mark]:
    free = _TOP - _STEP
    for due, y in zip(dues, places, strict=True):
        # Words never lie on each other, nor on what is said at today's line.
        at = max(y, free + _STEP)
        if line - _STEP < at < line + _STEP * 0.8:
            at = line + _STEP * 0.8
        free = at
        yield Mark(
            kind=due.kind,
            path=_shape(due.kind, _AXIS, y),
            leader=f"M{_AXIS + _MARK + 2:g} {y:g}L{_TEXT - 10:g} {at:g}H{_TEXT - 4:g}",
            x=_TEXT,
            y=round(at + 4, 1),
            text=_cut(due.text, width - _TEXT),
        )


def _shape(kind: MarkKind, x: float, y: float) -> str:
    if kind is MarkKind.LATE:
        return f"M{x:g} {y - 7:g}L{x + 7:g} {y + 5:g}H{x - 7:g}Z"
    if kind is MarkKind.LET_BE:
        return f"M{x - 4:g} {y - 4:g}L{x + 4:g} {y + 4:g}M{x + 4:g} {y - 4:g}L{x - 4:g} {y + 4:g}"
    return f"M{x - _MARK:g} {y:g}a5 5 0 1 0 10 0a5 5 0 1 0 -10 0Z"


def _cut(text: str, room: float) -> str:
    if width_of(text, _LETTERS) <= room:
        return text
    kept = text
    while kept and width_of(kept + "…", _LETTERS) > room:
        kept = kept[:-1]
    return kept.rstrip(" ,.;:") + "…"


def _months(start: date, day: date) -> int:
    return 12 * (day.year - start.year) + day.month - start.month


def _next(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def _firsts(start: date, end: date) -> Iterator[date]:
    first = start
    while first <= end:
        yield first
        first = _next(first)
