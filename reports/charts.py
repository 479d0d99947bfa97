"""The geometry of the figures: dumbbells as frozen values that a template draws, strips and keys as images.

One family: thin axes, direct labels, colours of Okabe and Ito that are never alone. The subject's own
view is a filled circle and every other column has its own shape; a joined end is an arrow to the end of
the scale; what is not shown is hatched.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from textwrap import wrap

from reports.model import Displayed, End, Shown

_INK = "#22201d"
_FAINT = "#8b847b"
_HATCH = "#b9b2a8"


@dataclass(frozen=True, slots=True)
class Shape:
    """A mark: what it is called, its path around (0, 0) in a box of 12 by 12, and its colours."""

    name: str
    path: str
    fill: str
    stroke: str


@dataclass(frozen=True, slots=True)
class Picture:
    """An image without text: a data URI and its text alternative."""

    src: str
    alt: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A shape at a place. ``tail``: the path of the arrow of a joined end, "" for none."""

    x: float
    y: float
    shape: Shape
    tail: str


@dataclass(frozen=True, slots=True)
class Label:
    """A figure printed beside its mark. ``anchor``: "start", "middle" or "end"."""

    x: float
    y: float
    anchor: str
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text."""

    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A labelled point of the scale."""

    x: float
    text: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """What one row of a dumbbell compares."""

    text: str
    own: Displayed
    everyone: Displayed


@dataclass(frozen=True, slots=True)
class DumbbellRow:
    """One row: its text, its track from ``top`` to ``bottom``, and the marks that can be shown (the own view on top).

    ``bar``: the path between the two marks, "" without both. ``hatch``: the path that fills the track
    when neither is shown, else "".
    """

    lines: tuple[Line, ...]
    y: float
    top: float
    bottom: float
    bar: str
    hatch: str
    marks: tuple[Mark, ...]
    labels: tuple[Label, ...]


@dataclass(frozen=True, slots=True)
class Dumbbell:
    """A dumbbell chart. ``key`` is the prefix of its ids; ``title`` and ``description`` are its text equivalent."""

    key: str
    title: str
    description: str
    width: float
    height: float
    left: float
    right: float
    ticks: tuple[Tick, ...]
    rows: tuple[DumbbellRow, ...]


def _polygon(*points: tuple[float, float]) -> str:
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in points) + "Z"


def _shape(name: str, path: str, colour: str, *, is_open: bool = False) -> Shape:
    return Shape(name, path, "#ffffff" if is_open else colour, colour if is_open else _INK)


OWN = Shape("filled circle", "M-5 0A5 5 0 1 0 5 0A5 5 0 1 0-5 0Z", "#0072b2", "#0072b2")
EVERYONE = _shape("open diamond", _polygon((0, -6), (6, 0), (0, 6), (-6, 0)), _INK, is_open=True)
_ATTRIBUTED = (
    _shape("open square", _polygon((-4, -4), (4, -4), (4, 4), (-4, 4)), "#0072b2", is_open=True),
    _shape("open triangle", _polygon((0, -5), (5.4, 4.4), (-5.4, 4.4)), "#0072b2", is_open=True),
)
_PROTECTED = (
    _shape("square", _polygon((-4.4, -4.4), (4.4, -4.4), (4.4, 4.4), (-4.4, 4.4)), "#e69f00"),
    _shape("triangle", _polygon((0, -5.4), (5.6, 4.4), (-5.6, 4.4)), "#009e73"),
    _shape("upside-down triangle", _polygon((0, 5.4), (5.6, -4.4), (-5.6, -4.4)), "#cc79a7"),
    _shape("pentagon", _polygon((0, -5.6), (5.3, -1.7), (3.3, 4.5), (-3.3, 4.5), (-5.3, -1.7)), "#56b4e9"),
    _shape("bar", _polygon((-2.2, -5.6), (2.2, -5.6), (2.2, 5.6), (-2.2, 5.6)), "#d55e00"),
    _shape(
        "hexagon",
        _polygon((-5.6, 0), (-2.8, -4.9), (2.8, -4.9), (5.6, 0), (2.8, 4.9), (-2.8, 4.9)),
        "#f0e442",
    ),
)


def protected_shape(index: int) -> Shape:
    """The shape of the index-th protected column; they repeat after the sixth."""
    return _PROTECTED[index % len(_PROTECTED)]


def attributed_shape(index: int) -> Shape:
    """The shape of the index-th attributed column that is not the subject itself."""
    return _ATTRIBUTED[index % len(_ATTRIBUTED)]


def icon(shape: Shape) -> Picture:
    """The shape alone, for a key or the head of a column."""
    return Picture(_image(14, 14, _drawn(shape, 7, 7)), shape.name)


_STRIP_WIDTH, _LANE, _STRIP_LEFT, _STRIP_POINT = 132, 11, 12, 27


def strip(lanes: Sequence[tuple[Displayed, Shape]], alternative: str) -> Picture:
    """One statement's figures as marks, a lane for each column in the order of the table, on the scale 1 to 5."""
    height = _LANE * len(lanes) + 4
    body = "".join(_axis(_STRIP_LEFT + _STRIP_POINT * point, 2, height - 2) for point in range(5))
    for index, (figure, shape) in enumerate(lanes):
        y = 2 + _LANE * index + _LANE / 2
        if not isinstance(figure, Shown):
            path = _hatched(_STRIP_LEFT, _STRIP_LEFT + 4 * _STRIP_POINT, y, _LANE / 2 - 1.5)
            body += f'<path d="{path}" stroke="{_HATCH}" stroke-width="0.8"/>'
            continue
        x = _STRIP_LEFT + _STRIP_POINT * (figure.tenths / 10 - 1)
        tail = _tail(figure.end, x, y, _STRIP_LEFT, _STRIP_LEFT + 4 * _STRIP_POINT)
        if tail:
            body += f'<path d="{tail}" fill="none" stroke="{_INK}" stroke-width="1"/>'
        body += _drawn(shape, x, y, scale=0.82)
    return Picture(_image(_STRIP_WIDTH, height, body), alternative)


_WIDTH, _LEFT, _POINT = 400.0, 40.0, 80.0
_TEXT_LINE, _LABEL_LINE, _ROW_GAP, _HEAD = 15.0, 22.0, 15.0, 18.0
_CHARACTERS, _MOST_LINES = 58, 3


def dumbbell(
    rows: Sequence[Comparison], *, key: str, title: str, description: str, labels: Sequence[str]
) -> Dumbbell:
    """The chart of the own view beside everyone's, a row for each comparison, in the order given.

    ``labels``: the scale's points, lowest first. Text too long for three lines ends in an ellipsis; the
    table under the figure has it whole.
    """
    drawn: list[DumbbellRow] = []
    y = _HEAD
    for row in rows:
        drawn.append(_row(row, y))
        y = drawn[-1].y + _ROW_GAP
    ticks = tuple(Tick(_LEFT + _POINT * index, label) for index, label in enumerate(labels))
    return Dumbbell(key, title, description, _WIDTH, y, _LEFT, _LEFT + 4 * _POINT, ticks, tuple(drawn))


def _row(row: Comparison, top: float) -> DumbbellRow:
    texts = wrap(row.text, _CHARACTERS, max_lines=_MOST_LINES, placeholder=" …") or [""]
    lines = tuple(Line(top + _TEXT_LINE * (index + 0.8), text) for index, text in enumerate(texts))
    y = top + _TEXT_LINE * len(texts) + _LABEL_LINE
    shown = [
        (figure, shape)
        for figure, shape in ((row.everyone, EVERYONE), (row.own, OWN))
        if isinstance(figure, Shown)
    ]
    places = [_x(figure) for figure, _ in shown]
    bar = f"M{places[0]:g} {y:g}H{places[1]:g}" if len(shown) == 2 else ""
    hatch = "" if shown else _hatched(_LEFT, _LEFT + 4 * _POINT, y, 4)
    lifts = (5.0, -5.0) if bar and abs(places[0] - places[1]) < 12 else (0.0, 0.0)
    marks = tuple(
        Mark(x, y + lift, shape, _tail(figure.end, x, y + lift, _LEFT, _LEFT + 4 * _POINT))
        for (figure, shape), x, lift in zip(shown, places, lifts, strict=False)
    )
    return DumbbellRow(lines, y, y - 5, y + 5, bar, hatch, marks, _labels(shown, places, y))


def _labels(shown: Sequence[tuple[Shown, Shape]], places: Sequence[float], y: float) -> tuple[Label, ...]:
    # The left label ends at its mark and the right one starts at it, so that they never meet.
    outward = dict(zip(sorted(range(len(places)), key=places.__getitem__), ("end", "start"), strict=False))
    labels = []
    for index, ((figure, _), x) in enumerate(zip(shown, places, strict=True)):
        anchor = outward[index] if len(shown) == 2 else "middle"
        shift = {"end": 5, "start": -5, "middle": 0}[anchor]
        labels.append(Label(x + shift, y - 10, anchor, figure.text))
    return tuple(labels)


def _x(figure: Shown) -> float:
    return _LEFT + _POINT * (figure.tenths / 10 - 1)


def _tail(end: End, x: float, y: float, left: float, right: float) -> str:
    if end is End.NONE:
        return ""
    to, back = (left, 4) if end is End.OR_BELOW else (right, -4)
    return f"M{x:g} {y:g}H{to:g}M{to + back:g} {y - 3:g}L{to:g} {y:g}L{to + back:g} {y + 3:g}"


def _hatched(left: float, right: float, y: float, half: float) -> str:
    step = 5.0
    starts = [left + step * index for index in range(int((right - left) / step) + 1)]
    return "".join(f"M{a:g} {y + half:g}L{b:g} {y - half:g}" for a, b in pairwise(starts))


def _axis(x: float, top: float, bottom: float) -> str:
    return f'<path d="M{x:g} {top:g}V{bottom:g}" stroke="{_FAINT}" stroke-width="0.5"/>'


def _drawn(shape: Shape, x: float, y: float, scale: float = 1.0) -> str:
    return (
        f'<path d="{shape.path}" transform="translate({x:g} {y:g}) scale({scale:g})" '
        f'fill="{shape.fill}" stroke="{shape.stroke}" stroke-width="1.1"/>'
    )


def _image(width: float, height: float, body: str) -> str:
    # Only numbers and our own names get here, never anybody's text.
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" '
        f'viewBox="0 0 {width:g} {height:g}">{body}</svg>'
    )
    return "data:image/svg+xml;base64," + b64encode(svg.encode()).decode()
