"""Slope lines: each element's figure in the last cycle and now, with labels that make room for each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reports.chain_labels import width_of
from reports.dumbbell import Label, wrapped
from reports.model import Shown
from reports.trends import Trend


@dataclass(frozen=True, slots=True)
class Change:
    """One element then and now."""

    text: str
    before: Shown
    now: Shown
    verdict: Trend


@dataclass(frozen=True, slots=True)
class Slope:
    """One line, from ``y1`` then to ``y2`` now. ``kind``: better, worse or anything else, for how it is drawn."""

    y1: float
    y2: float
    kind: str


@dataclass(frozen=True, slots=True)
class SlopeChart:
    """A slope chart. ``leaders``: the paths from figures to labels that had to make room."""

    key: str
    title: str
    description: str
    width: float
    height: float
    x1: float
    x2: float
    top: float
    bottom: float
    heads: tuple[Label, ...]
    slopes: tuple[Slope, ...]
    labels: tuple[Label, ...]
    leaders: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Scale:
    """From which whole point to which the axes reach."""

    highest: int
    lowest: int

    def y(self, tenths: int) -> float:
        """Where a figure stands."""
        return _TOP + _POINT * (10 * self.highest - tenths) / 10


WIDTH, _X1, _X2 = 340.0, 78.0, 152.0
_TOP, _POINT, SIZE, _LINE, _APART = 34.0, 60.0, 11.0, 13.0, 5.0
_LABEL_LEFT = _X2 + 16


def slope_chart(
    changes: Sequence[Change], *, key: str, title: str, description: str, heads: tuple[str, str]
) -> SlopeChart:
    """The chart. ``heads``: what the two ends are called; lines that are the same share their label on the left."""
    ordered = sorted(changes, key=lambda change: (-change.now.tenths, -change.before.tenths))
    # Only the points of the scale that it needs: over the whole of it, steps of a tenth could not be seen.
    highest = -(-max(figure.tenths for change in changes for figure in (change.before, change.now)) // 10)
    lowest = min(figure.tenths for change in changes for figure in (change.before, change.now)) // 10
    scale = _Scale(highest, min(lowest, highest - 1))
    right, leaders = _right(ordered, scale)
    left = _left(ordered, scale)
    end = scale.y(10 * scale.lowest)
    bottom = max(end, *(label.y for label in (*right, *left)))
    return SlopeChart(
        key=key,
        title=title,
        description=description,
        width=WIDTH,
        height=bottom + 10,
        x1=_X1,
        x2=_X2,
        top=_TOP,
        bottom=end,
        heads=_heads(heads),
        slopes=tuple(
            Slope(scale.y(change.before.tenths), scale.y(change.now.tenths), change.verdict.value)
            for change in ordered
        ),
        labels=(*left, *right),
        leaders=leaders,
    )


def _heads(heads: tuple[str, str]) -> tuple[Label, ...]:
    before, now = (wrapped(text, room, SIZE, 1)[0] for text, room in zip(heads, (_X2 - 18, 150), strict=True))
    wide = width_of(before, SIZE)
    start = max(0.0, min(_X1 + 10 - wide, _X2 - 12 - wide))
    return Label(start, 12, before, wide), Label(_X2 - 4, 12, now, width_of(now, SIZE))


def _left(changes: Sequence[Change], scale: _Scale) -> tuple[Label, ...]:
    """One label for each figure of the last cycle."""
    figures = {change.before.text: change.before for change in changes}
    ordered = sorted(figures.values(), key=lambda figure: -figure.tenths)
    placed = _spread([(scale.y(figure.tenths), _LINE) for figure in ordered])
    return tuple(
        Label(
            _X1 - 8 - width_of(figure.text, SIZE), y + SIZE * 0.35, figure.text, width_of(figure.text, SIZE)
        )
        for figure, y in zip(ordered, placed, strict=True)
    )


def _right(changes: Sequence[Change], scale: _Scale) -> tuple[tuple[Label, ...], tuple[str, ...]]:
    """The labels of the figures now, each with its element, and the lines that lead to them."""
    texts = [wrapped(f"{change.now.text}  {change.text}", WIDTH - _LABEL_LEFT, SIZE, 2) for change in changes]
    placed = _spread(
        [
            (scale.y(change.now.tenths), _LINE * len(lines) + _APART)
            for change, lines in zip(changes, texts, strict=True)
        ]
    )
    labels: list[Label] = []
    leaders = []
    for change, lines, y in zip(changes, texts, placed, strict=True):
        first = y - _LINE * (len(lines) - 1) / 2 + SIZE * 0.35
        labels += [
            Label(_LABEL_LEFT, first + _LINE * index, line, width_of(line, SIZE))
            for index, line in enumerate(lines)
        ]
        leaders.append(f"M{_X2 + 5:g} {scale.y(change.now.tenths):g}L{_LABEL_LEFT - 3:g} {y:.1f}")
    return tuple(labels), tuple(leaders)


def _spread(wanted: Sequence[tuple[float, float]]) -> list[float]:
    """Places as near as can be to those wanted (from the top), each with its height free."""
    groups: list[list[tuple[float, float]]] = []
    for pair in wanted:
        groups.append([pair])
        while len(groups) > 1 and _end(groups[-2]) > _start(groups[-1]):
            groups[-2:] = [groups[-2] + groups[-1]]
    placed: list[float] = []
    floor = _TOP - _LINE
    for group in groups:
        y = max(_start(group), floor)
        for _wanted, high in group:
            placed.append(y + high / 2)
            y += high
        floor = y
    return placed


def _start(group: Sequence[tuple[float, float]]) -> float:
    middle = sum(y for y, _high in group) / len(group)
    return middle - sum(high for _y, high in group) / 2


def _end(group: Sequence[tuple[float, float]]) -> float:
    return _start(group) + sum(high for _y, high in group)
