"""The marks of the figures, and the small pictures without text: keys, strips, bars.

One family: thin axes, direct labels, colours of Okabe and Ito that are never alone. The subject's own
view is a filled circle and every other column has its own shape; a joined end is an arrow to the end of
the scale; what is not shown is hatched.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from reports.language import N_, _
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


def _polygon(*points: tuple[float, float]) -> str:
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in points) + "Z"


def _shape(name: str, path: str, colour: str, *, is_open: bool = False) -> Shape:
    return Shape(name, path, "#ffffff" if is_open else colour, colour if is_open else _INK)


OWN = Shape(N_("filled circle"), "M-5 0A5 5 0 1 0 5 0A5 5 0 1 0-5 0Z", "#0072b2", "#0072b2")
EVERYONE = _shape(N_("open diamond"), _polygon((0, -6), (6, 0), (0, 6), (-6, 0)), _INK, is_open=True)
_ATTRIBUTED = (
    _shape(N_("open square"), _polygon((-4, -4), (4, -4), (4, 4), (-4, 4)), "#0072b2", is_open=True),
    _shape(N_("open triangle"), _polygon((0, -5), (5.4, 4.4), (-5.4, 4.4)), "#0072b2", is_open=True),
)
_PROTECTED = (
    _shape(N_("square"), _polygon((-4.4, -4.4), (4.4, -4.4), (4.4, 4.4), (-4.4, 4.4)), "#e69f00"),
    _shape(N_("triangle"), _polygon((0, -5.4), (5.6, 4.4), (-5.6, 4.4)), "#009e73"),
    _shape(N_("upside-down triangle"), _polygon((0, 5.4), (5.6, -4.4), (-5.6, -4.4)), "#cc79a7"),
    _shape(
        N_("pentagon"), _polygon((0, -5.6), (5.3, -1.7), (3.3, 4.5), (-3.3, 4.5), (-5.3, -1.7)), "#56b4e9"
    ),
    _shape(N_("bar"), _polygon((-2.2, -5.6), (2.2, -5.6), (2.2, 5.6), (-2.2, 5.6)), "#d55e00"),
    _shape(
        N_("hexagon"),
        _polygon((-5.6, 0), (-2.8, -4.9), (2.8, -4.9), (5.6, 0), (2.8, 4.9), (-2.8, 4.9)),
        "#f0e442",
    ),
    _shape(N_("triangle to the right"), _polygon((5.4, 0), (-4.4, 5.6), (-4.4, -5.6)), "#0072b2"),
    _shape(
        N_("cross"),
        _polygon(
            *((-1.9, -5.5), (1.9, -5.5), (1.9, -1.9), (5.5, -1.9), (5.5, 1.9), (1.9, 1.9)),
            *((1.9, 5.5), (-1.9, 5.5), (-1.9, 1.9), (-5.5, 1.9), (-5.5, -1.9), (-1.9, -1.9)),
        ),
        "#e69f00",
    ),
    _shape(N_("triangle to the left"), _polygon((-5.4, 0), (4.4, 5.6), (4.4, -5.6)), "#009e73"),
    _shape(N_("hourglass"), _polygon((-4.8, -5.2), (4.8, -5.2), (-4.8, 5.2), (4.8, 5.2)), "#cc79a7"),
    _shape(
        N_("star"),
        _polygon(
            *((0, -6.2), (1.6, -2), (6, -2), (2.6, 0.9), (3.8, 5.2)),
            *((0, 2.6), (-3.8, 5.2), (-2.6, 0.9), (-6, -2), (-1.6, -2)),
        ),
        "#56b4e9",
    ),
    _shape(N_("half circle"), "M-5.6 2.8A5.6 5.6 0 0 1 5.6 2.8Z", "#d55e00"),
)
_AVERAGES = (
    _shape(
        N_("open octagon"),
        _polygon(
            *((-2.2, -5.2), (2.2, -5.2), (5.2, -2.2), (5.2, 2.2)),
            *((2.2, 5.2), (-2.2, 5.2), (-5.2, 2.2), (-5.2, -2.2)),
        ),
        _INK,
        is_open=True,
    ),
    _shape(
        N_("open trapezium"), _polygon((-2.6, -4.6), (2.6, -4.6), (5.4, 4.6), (-5.4, 4.6)), _INK, is_open=True
    ),
)


def protected_shape(index: int) -> Shape:
    """The shape of the index-th protected column; they repeat after the twelfth."""
    return _PROTECTED[index % len(_PROTECTED)]


def average_shape(index: int) -> Shape:
    """The shape of the index-th column of an average over several reports."""
    return _AVERAGES[index % len(_AVERAGES)]


def attributed_shape(index: int) -> Shape:
    """The shape of the index-th attributed column that is not the subject itself."""
    return _ATTRIBUTED[index % len(_ATTRIBUTED)]


def icon(shape: Shape) -> Picture:
    """The shape alone, for a key or the head of a column."""
    return Picture(_image(14, 14, _drawn(shape, 7, 7)), _(shape.name))


_STRIP_WIDTH, _LANE, _STRIP_LEFT, _STRIP_POINT = 132, 11, 12, 27


def strip(lanes: Sequence[tuple[Displayed, Shape]], alternative: str) -> Picture:
    """One statement's figures as marks, a lane for each column in the order of the table, on the scale 1 to 5."""
    height = _LANE * len(lanes) + 4
    body = "".join(_axis(_STRIP_LEFT + _STRIP_POINT * point, 2, height - 2) for point in range(5))
    for index, (figure, shape) in enumerate(lanes):
        y = 2 + _LANE * index + _LANE / 2
        if not isinstance(figure, Shown):
            path = hatched(_STRIP_LEFT, _STRIP_LEFT + 4 * _STRIP_POINT, y, _LANE / 2 - 1.5)
            body += f'<path d="{path}" stroke="{_HATCH}" stroke-width="0.8"/>'
            continue
        x = _STRIP_LEFT + _STRIP_POINT * (figure.tenths / 10 - 1)
        arrow = tail(figure.end, x, y, _STRIP_LEFT, _STRIP_LEFT + 4 * _STRIP_POINT)
        if arrow:
            body += f'<path d="{arrow}" fill="none" stroke="{_INK}" stroke-width="1"/>'
        body += _drawn(shape, x, y, scale=0.82)
    return Picture(_image(_STRIP_WIDTH, height, body), alternative)


def tail(end: End, x: float, y: float, left: float, right: float) -> str:
    """The path of the arrow of a joined end to the end of the scale; "" for a plain figure."""
    if end is End.NONE:
        return ""
    to, back = (left, 4) if end is End.OR_BELOW else (right, -4)
    return f"M{x:g} {y:g}H{to:g}M{to + back:g} {y - 3:g}L{to:g} {y:g}L{to + back:g} {y + 3:g}"


def hatched(left: float, right: float, y: float, half: float, step: float = 5.0) -> str:
    """The path of the slanting lines that stand for what is not shown."""
    starts = [left + step * index for index in range(round((right - left) / step) + 1)]
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


# From never to always: they keep their order in grey, and lines part them.
_GRADES = ("#083f4a", "#34788a", "#8ab6bf", "#c9dfe3", "#ffffff")
_STACK, _BAR_HEIGHT = 200, 14


def stacked_bar(weights: Sequence[float], alternative: str) -> Picture:
    """Parts of a whole beside each other, darkest first, as wide as their weights; an empty one is left out."""
    total = sum(weights) or 1
    body, x = "", 0.5
    for grade, weight in enumerate(weights):
        wide = (_STACK - 1) * weight / total
        body += (
            f'<path d="M{x:.2f} 0.5H{x + wide:.2f}V{_BAR_HEIGHT - 0.5:g}H{x:.2f}Z" fill="{grade_colour(grade)}" '
            f'stroke="{_INK}" stroke-width="0.8"/>'
            if weight
            else ""
        )
        x += wide
    return Picture(_image(_STACK, _BAR_HEIGHT, body), alternative)


def grade_icon(grade: int, alternative: str) -> Picture:
    """The colour of one part of a stacked bar, for its key."""
    body = f'<path d="M1 1H13V13H1Z" fill="{grade_colour(grade)}" stroke="{_INK}" stroke-width="0.8"/>'
    return Picture(_image(14, 14, body), alternative)


def grade_colour(grade: int) -> str:
    """The colour of the grade-th point of the scale (from 0) in a stacked bar."""
    return _GRADES[min(grade, len(_GRADES) - 1)]
