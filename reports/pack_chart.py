"""The chart of one statement for a room: a lane for each voice, with its mark on the scale and its figure in words.

One family with the report's charts: the same shapes, arrows and hatches. Every length is measured.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reports.chain_labels import width_of
from reports.charts import Shape, hatched, tail
from reports.dumbbell import Label, wrapped
from reports.model import Displayed, Shown

WIDTH = 860.0
_LEFT, _POINT = 262.0, 76.0
_RIGHT = _LEFT + 4 * _POINT
_ICON, _SIDE = 22.0, _RIGHT + 22
_NAME = _LEFT - _ICON - 14
_SIZE, _HEAD_SIZE = 15.0, 13.0
_HEIGHT, _TOP = 34.0, 30.0
_LINE = 16.0


@dataclass(frozen=True, slots=True)
class Voice:
    """One voice before it is drawn. ``words``: its figure in the words of the scale, "" where it is not shown."""

    name: str
    shape: Shape
    figure: Displayed
    value: str
    words: str


@dataclass(frozen=True, slots=True)
class Lane:
    """One voice: its name, the place of its mark (None where it is not shown) with its arrow, and its figure in words.

    ``hatch``: the path over the track of what is not shown, "" for none.
    """

    names: tuple[Label, ...]
    y: float
    x: float | None
    shape: Shape
    tail: str
    hatch: str
    value: Label
    words: Label | None


@dataclass(frozen=True, slots=True)
class Lanes:
    """A chart of lanes. ``key`` is the prefix of its ids; ``title`` and ``description`` are its text equivalent."""

    key: str
    title: str
    description: str
    width: float
    height: float
    left: float
    right: float
    top: float
    ticks: tuple[float, ...]
    heads: tuple[Label, ...]
    lanes: tuple[Lane, ...]


def lanes(voices: Sequence[Voice], *, key: str, title: str, labels: Sequence[str]) -> Lanes:
    """The chart, a lane for each voice in the order given. ``labels``: the scale's points, lowest first."""
    ticks = tuple(_LEFT + _POINT * index for index in range(len(labels)))
    return Lanes(
        key=key,
        title=title,
        description="; ".join(f"{voice.name}: {_said(voice)}" for voice in voices),
        width=WIDTH,
        height=_TOP + _HEIGHT * len(voices) + 4,
        left=_LEFT,
        right=_RIGHT,
        top=_TOP - 6,
        ticks=ticks,
        heads=tuple(_head(label, x) for label, x in zip(labels, ticks, strict=True)),
        lanes=tuple(_lane(voice, _TOP + _HEIGHT * (index + 0.5)) for index, voice in enumerate(voices)),
    )


def _said(voice: Voice) -> str:
    return f"{voice.value}, {voice.words}" if voice.words else voice.figure.text


def _head(text: str, x: float) -> Label:
    [line] = wrapped(text, _POINT - 4, _HEAD_SIZE, 1)
    wide = width_of(line, _HEAD_SIZE)
    return Label(x - wide / 2, 14, line, wide)


def _lane(voice: Voice, y: float) -> Lane:
    texts = wrapped(voice.name, _NAME, _SIZE, 2)
    first = y + 5 - _LINE * (len(texts) - 1) / 2
    names = tuple(
        Label(_ICON, first + _LINE * place, text, width_of(text, _SIZE)) for place, text in enumerate(texts)
    )
    value = Label(_SIDE, y + 5, voice.value, width_of(voice.value, _SIZE))
    words = _beside(value, voice.words) if voice.words else None
    figure = voice.figure
    if not isinstance(figure, Shown):
        return Lane(names, y, None, voice.shape, "", hatched(_LEFT, _RIGHT, y, 7, 7.6), value, words)
    x = _LEFT + _POINT * (figure.tenths / 10 - 1)
    return Lane(names, y, x, voice.shape, tail(figure.end, x, y, _LEFT, _RIGHT), "", value, words)


def _beside(value: Label, text: str) -> Label:
    x = value.x + value.wide + 10
    [line] = wrapped(text, WIDTH - x, _HEAD_SIZE, 1)
    return Label(x, value.y, line, width_of(line, _HEAD_SIZE))
