"""The dumbbell: the own view joined to everyone's, the groups under it, as frozen values that a template draws.

Every length is measured, so that no label lies on another and none leaves the picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reports.chain_labels import width_of
from reports.charts import EVERYONE, OWN, Shape, hatched, tail
from reports.model import Displayed, End, Shown


@dataclass(frozen=True, slots=True)
class Mark:
    """A shape at a place. ``tail``: the path of the arrow of a joined end, "" for none."""

    x: float
    y: float
    shape: Shape
    tail: str


@dataclass(frozen=True, slots=True)
class Label:
    """A text that begins at ``x`` and stands on ``y``; it is ``wide`` at most."""

    x: float
    y: float
    text: str
    wide: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """What one row compares. ``groups``: every other column, in the order of the tables, with its shape."""

    text: str
    own: Displayed
    everyone: Displayed
    groups: tuple[tuple[Displayed, Shape], ...] = ()


@dataclass(frozen=True, slots=True)
class DumbbellRow:
    """One row: its text, the track of the two views at ``y``, and the groups between there and ``bottom``.

    ``bar``: the path between the two, "" without both. ``hatch``: the path over the track when neither is shown, and
    behind the marks of groups that are not shown, which stand beside the scale.
    """

    lines: tuple[Label, ...]
    y: float
    top: float
    bottom: float
    bar: str
    hatch: str
    marks: tuple[Mark, ...]
    labels: tuple[Label, ...]


@dataclass(frozen=True, slots=True)
class Dumbbell:
    """A dumbbell chart. ``key`` is the prefix of its ids; ``title`` and ``description`` are its text equivalent.

    ``ticks``: the points of the scale; ``heads``: their labels, and that of what is not shown.
    """

    key: str
    title: str
    description: str
    width: float
    height: float
    left: float
    right: float
    ticks: tuple[float, ...]
    heads: tuple[Label, ...]
    rows: tuple[DumbbellRow, ...]


WIDTH, LEFT, POINT = 346.0, 28.0, 62.0
RIGHT = LEFT + 4 * POINT
# What is not shown stands here, beside the scale.
_ASIDE, _ASIDE_WIDE = RIGHT + 34, 34.0
TEXT_SIZE, LABEL_SIZE, HEAD_SIZE = 12.0, 11.5, 10.0
_TEXT_LINE, _HEAD_LINE, _LABEL_LINE, _ROW_GAP = 15.0, 12.0, 22.0, 14.0
_LANE, _APART, _MOST_LINES = 12.0, 12.4, 3
_BESIDE = 6.0


def dumbbell(
    rows: Sequence[Comparison],
    *,
    key: str,
    title: str,
    description: str,
    labels: Sequence[str],
    not_shown: str,
) -> Dumbbell:
    """The chart, a row for each comparison, in the order given.

    ``labels``: the scale's points, lowest first; ``not_shown`` heads the place of what is not shown. Text too
    long for three lines ends in an ellipsis; the table under the figure has it whole.
    """
    ticks = tuple(LEFT + POINT * index for index in range(len(labels)))
    heads = _heads(labels, ticks)
    if any(not isinstance(figure, Shown) for row in rows for figure, _shape in row.groups):
        heads += _head(not_shown, _ASIDE + _ASIDE_WIDE / 2, _ASIDE_WIDE + 4)
    lowest = max((label.y for label in heads), default=0.0)
    drawn: list[DumbbellRow] = []
    y = lowest + 6
    for row in rows:
        drawn.append(_row(row, y))
        y = drawn[-1].bottom + _ROW_GAP
    return Dumbbell(key, title, description, WIDTH, y - _ROW_GAP + 8, LEFT, RIGHT, ticks, heads, tuple(drawn))


def wrapped(text: str, width: float, size: float, most: int) -> list[str]:
    """The text in lines of a width, at most so many; what does not fit ends in an ellipsis."""
    lines: list[str] = []
    for word in text.split():
        if lines and width_of(f"{lines[-1]} {word}", size) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    cut = lines[:most]
    if len(lines) > most:
        cut[-1] += " …"
    return [_fitted(line, width, size) for line in cut] or [""]


def _fitted(line: str, width: float, size: float) -> str:
    if width_of(line, size) <= width:
        return line
    kept = line.removesuffix(" …")
    while kept and width_of(kept + "…", size) > width:
        kept = kept[:-1]
    return kept.rstrip() + "…"


def _heads(labels: Sequence[str], ticks: Sequence[float]) -> tuple[Label, ...]:
    return tuple(head for label, x in zip(labels, ticks, strict=True) for head in _head(label, x, POINT - 5))


def _head(text: str, x: float, room: float) -> tuple[Label, ...]:
    lines = wrapped(text, room, HEAD_SIZE, 2)
    return tuple(
        Label(
            _within(x - width_of(line, HEAD_SIZE) / 2, width_of(line, HEAD_SIZE)),
            10 + _HEAD_LINE * index,
            line,
            width_of(line, HEAD_SIZE),
        )
        for index, line in enumerate(lines)
    )


def _row(row: Comparison, top: float) -> DumbbellRow:
    texts = wrapped(row.text, WIDTH, TEXT_SIZE, _MOST_LINES)
    lines = tuple(
        Label(0, top + _TEXT_LINE * (index + 0.8), text, width_of(text, TEXT_SIZE))
        for index, text in enumerate(texts)
    )
    y = top + _TEXT_LINE * len(texts) + _LABEL_LINE
    shown = [
        (figure, shape)
        for figure, shape in ((row.everyone, EVERYONE), (row.own, OWN))
        if isinstance(figure, Shown)
    ]
    places = [_x(figure) for figure, _shape in shown]
    bar = f"M{places[0]:g} {y:g}H{places[1]:g}" if len(shown) == 2 else ""
    lifts = (5.0, -5.0) if bar and abs(places[0] - places[1]) < _APART else (0.0, 0.0)
    marks = [
        _mark(figure, shape, x, y + lift)
        for (figure, shape), x, lift in zip(shown, places, lifts, strict=False)
    ]
    hatch = "" if shown else hatched(LEFT, RIGHT, y, 4)
    below = y + 7 + (5 if any(lifts) else 0)
    groups, aside, bottom = _groups(row.groups, below)
    return DumbbellRow(
        lines, y, y - 5, bottom, bar, hatch + aside, (*marks, *groups), _labels(shown, places, y)
    )


def _groups(groups: Sequence[tuple[Displayed, Shape]], top: float) -> tuple[tuple[Mark, ...], str, float]:
    """The marks of the groups in as few lanes as they need, those not shown beside the scale; the hatch; the end."""
    ends: list[float] = []
    marks = []
    shown = [(figure, shape) for figure, shape in groups if isinstance(figure, Shown)]
    for figure, shape in sorted(shown, key=lambda pair: _reach(pair[0])):
        first, last = _reach(figure)
        lane = next((index for index, end in enumerate(ends) if end < first), len(ends))
        ends[lane:] = [last, *ends[lane + 1 :]]
        marks.append(_mark(figure, shape, _x(figure), top + _LANE * (lane + 0.5)))
    hidden = [shape for figure, shape in groups if not isinstance(figure, Shown)]
    for place, shape in enumerate(hidden):
        marks.append(Mark(_ASIDE + 9 + 16 * (place % 2), top + _LANE * (place // 2 + 0.5), shape, ""))
    high = _LANE * ((len(hidden) + 1) // 2)
    hatch = hatched(_ASIDE, _ASIDE + _ASIDE_WIDE, top + high / 2, high / 2, step=4.25) if hidden else ""
    return tuple(marks), hatch, top + max(_LANE * len(ends), high)


def _reach(figure: Shown) -> tuple[float, float]:
    """From where to where a mark with its arrow takes the room of its lane."""
    x = _x(figure)
    first = LEFT - 1 if figure.end is End.OR_BELOW else x - _APART / 2
    last = RIGHT + 1 if figure.end is End.OR_ABOVE else x + _APART / 2
    return first, last


def _mark(figure: Shown, shape: Shape, x: float, y: float) -> Mark:
    return Mark(x, y, shape, tail(figure.end, x, y, LEFT, RIGHT))


def _labels(shown: Sequence[tuple[Shown, Shape]], places: Sequence[float], y: float) -> tuple[Label, ...]:
    """The figures over their marks: one above its own, two apart from each other."""
    texts = [
        (x, figure.text, width_of(figure.text, LABEL_SIZE))
        for (figure, _), x in zip(shown, places, strict=True)
    ]
    texts.sort(key=lambda text: text[0])
    if len(texts) == 1:
        [(x, text, wide)] = texts
        return (Label(_within(x - wide / 2, wide), y - 10, text, wide),)
    found: list[Label] = []
    for index, (x, text, wide) in enumerate(texts):
        # The left one ends at its mark and the right one begins at it.
        start = _within(x + 4 - wide if index == 0 else x - 4, wide)
        found.append(Label(start, y - 10, text, wide))
    if len(found) == 2 and found[0].x + found[0].wide + _BESIDE > found[1].x:
        found = _parted(found[0], found[1])
    return tuple(found)


def _parted(left: Label, right: Label) -> list[Label]:
    start = _within(left.x + left.wide + _BESIDE, right.wide)
    first = min(left.x, start - _BESIDE - left.wide)
    return [Label(first, left.y, left.text, left.wide), Label(start, right.y, right.text, right.wide)]


def _within(x: float, wide: float) -> float:
    return max(0.0, min(x, WIDTH - wide))


def _x(figure: Shown) -> float:
    return LEFT + POINT * (figure.tenths / 10 - 1)
