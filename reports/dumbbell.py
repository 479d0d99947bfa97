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


@dataclass(frozen=True, slots=True)
class Frame:
    """Where a chart has its scale and its texts: ``left`` to ``right`` the scale, ``point`` from one point to the next.

    ``text``: the width of a row's text, in ``most_lines`` at most. ``is_beside``: it stands left of the scale and not
    above it.
    """

    width: float
    left: float
    point: float
    text: float
    most_lines: int
    is_beside: bool

    @property
    def right(self) -> float:
        """The end of the scale."""
        return self.left + 4 * self.point

    @property
    def aside(self) -> float:
        """Where that begins which is not shown: beside the scale."""
        return self.right + 36

    def x(self, figure: Shown) -> float:
        """Where a figure stands."""
        return self.left + self.point * (figure.tenths / 10 - 1)

    def within(self, x: float, wide: float) -> float:
        """Where a label begins that would like to begin at ``x``, so that it stays in the picture."""
        return max(0.0, min(x, self.width - wide))


# For a phone, and large print.
NARROW = Frame(346, 28, 60, 346, 3, is_beside=False)
# For a sheet of paper and a wide screen.
WIDE = Frame(600, 266, 64, 224, 5, is_beside=True)

TEXT_SIZE, LABEL_SIZE, HEAD_SIZE = 12.0, 11.5, 10.0
_ASIDE_WIDE = 34.0
_TEXT_LINE, _HEAD_LINE, _LABEL_LINE, _ROW_GAP = 15.0, 12.0, 22.0, 14.0
_LANE, _APART = 12.0, 12.4
_BESIDE = 6.0


def dumbbell(  # noqa: PLR0913 - what stands in and around a chart
    rows: Sequence[Comparison],
    *,
    key: str,
    title: str,
    description: str,
    labels: Sequence[str],
    not_shown: str,
    frame: Frame = NARROW,
) -> Dumbbell:
    """The chart, a row for each comparison, in the order given.

    ``labels``: the scale's points, lowest first; ``not_shown`` heads the place of what is not shown. Text too
    long for its lines ends in an ellipsis; the table under the figure has it whole.
    """
    ticks = tuple(frame.left + frame.point * index for index in range(len(labels)))
    heads = tuple(
        head
        for label, x in zip(labels, ticks, strict=True)
        for head in _head(label, x, frame.point - 5, frame)
    )
    if any(not isinstance(figure, Shown) for row in rows for figure, _shape in row.groups):
        heads += _head(not_shown, frame.aside + _ASIDE_WIDE / 2, _ASIDE_WIDE + 12, frame)
    lowest = max((label.y for label in heads), default=0.0)
    drawn: list[DumbbellRow] = []
    y = lowest + 6
    for row in rows:
        drawn.append(_row(row, y, frame))
        y = max(drawn[-1].bottom, *(line.y for line in drawn[-1].lines)) + _ROW_GAP
    height = y - _ROW_GAP + 8
    return Dumbbell(
        key, title, description, frame.width, height, frame.left, frame.right, ticks, heads, tuple(drawn)
    )


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


def _head(text: str, x: float, room: float, frame: Frame) -> tuple[Label, ...]:
    lines = wrapped(text, room, HEAD_SIZE, 2)
    return tuple(
        Label(
            frame.within(x - width_of(line, HEAD_SIZE) / 2, width_of(line, HEAD_SIZE)),
            10 + _HEAD_LINE * index,
            line,
            width_of(line, HEAD_SIZE),
        )
        for index, line in enumerate(lines)
    )


def _row(row: Comparison, top: float, frame: Frame) -> DumbbellRow:
    texts = wrapped(row.text, frame.text, TEXT_SIZE, frame.most_lines)
    lines = tuple(
        Label(0, top + _TEXT_LINE * (index + 0.8), text, width_of(text, TEXT_SIZE))
        for index, text in enumerate(texts)
    )
    y = top + _LABEL_LINE + (0 if frame.is_beside else _TEXT_LINE * len(texts))
    shown = [
        (figure, shape)
        for figure, shape in ((row.everyone, EVERYONE), (row.own, OWN))
        if isinstance(figure, Shown)
    ]
    places = [frame.x(figure) for figure, _shape in shown]
    bar = f"M{places[0]:g} {y:g}H{places[1]:g}" if len(shown) == 2 else ""
    lifts = (5.0, -5.0) if bar and abs(places[0] - places[1]) < _APART else (0.0, 0.0)
    marks = [
        _mark(figure, shape, y + lift, frame) for (figure, shape), lift in zip(shown, lifts, strict=False)
    ]
    hatch = "" if shown else hatched(frame.left, frame.right, y, 4)
    below = y + 7 + (5 if any(lifts) else 0)
    groups, aside, bottom = _groups(row.groups, below, frame)
    labels = _labels(shown, y, frame)
    return DumbbellRow(lines, y, y - 5, bottom, bar, hatch + aside, (*marks, *groups), labels)


def _groups(
    groups: Sequence[tuple[Displayed, Shape]], top: float, frame: Frame
) -> tuple[tuple[Mark, ...], str, float]:
    """The marks of the groups in as few lanes as they need, those not shown beside the scale; the hatch; the end."""
    ends: list[float] = []
    marks = []
    shown = [(figure, shape) for figure, shape in groups if isinstance(figure, Shown)]
    for figure, shape in sorted(shown, key=lambda pair: _reach(pair[0], frame)):
        first, last = _reach(figure, frame)
        lane = next((index for index, end in enumerate(ends) if end < first), len(ends))
        ends[lane:] = [last, *ends[lane + 1 :]]
        marks.append(_mark(figure, shape, top + _LANE * (lane + 0.5), frame))
    hidden = [shape for figure, shape in groups if not isinstance(figure, Shown)]
    for place, shape in enumerate(hidden):
        marks.append(Mark(frame.aside + 9 + 16 * (place % 2), top + _LANE * (place // 2 + 0.5), shape, ""))
    high = _LANE * ((len(hidden) + 1) // 2)
    hatch = (
        hatched(frame.aside, frame.aside + _ASIDE_WIDE, top + high / 2, high / 2, step=4.25) if hidden else ""
    )
    return tuple(marks), hatch, top + max(_LANE * len(ends), high)


def _reach(figure: Shown, frame: Frame) -> tuple[float, float]:
    """From where to where a mark with its arrow takes the room of its lane."""
    x = frame.x(figure)
    first = frame.left - 1 if figure.end is End.OR_BELOW else x - _APART / 2
    last = frame.right + 1 if figure.end is End.OR_ABOVE else x + _APART / 2
    return first, last


def _mark(figure: Shown, shape: Shape, y: float, frame: Frame) -> Mark:
    x = frame.x(figure)
    return Mark(x, y, shape, tail(figure.end, x, y, frame.left, frame.right))


def _labels(shown: Sequence[tuple[Shown, Shape]], y: float, frame: Frame) -> tuple[Label, ...]:
    """The figures over their marks: one above its own, two apart from each other."""
    texts = [(frame.x(figure), figure.text, width_of(figure.text, LABEL_SIZE)) for figure, _ in shown]
    texts.sort(key=lambda text: text[0])
    if len(texts) == 1:
        [(x, text, wide)] = texts
        return (Label(frame.within(x - wide / 2, wide), y - 10, text, wide),)
    found: list[Label] = []
    for index, (x, text, wide) in enumerate(texts):
        # The left one ends at its mark and the right one begins at it.
        start = frame.within(x + 4 - wide if index == 0 else x - 4, wide)
        found.append(Label(start, y - 10, text, wide))
    if len(found) == 2 and found[0].x + found[0].wide + _BESIDE > found[1].x:
        found = _parted(found[0], found[1], frame)
    return tuple(found)


def _parted(left: Label, right: Label, frame: Frame) -> list[Label]:
    start = frame.within(left.x + left.wide + _BESIDE, right.wide)
    first = min(left.x, start - _BESIDE - left.wide)
    return [Label(first, left.y, left.text, left.wide), Label(start, right.y, right.text, right.wide)]
