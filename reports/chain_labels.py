"""Names that fit into a box of the map: two lines at most, measured, and told apart where they have to be cut."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

# The advance of our semi-bold letters in twentieths of an em; what is not here is as wide as an H, or an em in Asia.
_TWENTIETHS = {
    5: "!',.:;`i|’‘ ",
    6: "()I[]jl",
    7: "/\\{}",
    8: "-1Jfrt",
    9: '"*',
    10: "^svz–",
    11: "+<=>?_acekoy",
    12: "#27FLTbdhnpqux~",
    13: "$0345689EPYZg",
    14: "ABCDKRSUVX",
    15: "&GHNOQ",
    16: "w",
    17: "@",
    18: "%Mm",
    19: "W",
    20: "…",
}
_ADVANCE = {letter: width / 20 for width, letters in _TWENTIETHS.items() for letter in letters}
_OTHER, _WIDE = 0.75, 1.0
_ELLIPSIS = "…"
# What a name can lose and still be known by, in the order in which it is lost.
_SHORTER = (
    (re.compile(r"\s*[(\[][^()\[\]]*[)\]]"), ""),
    (re.compile(r",?\s+(ltd|limited|cic|cio|plc|llp|llc|community interest company)\.?$", re.IGNORECASE), ""),
    (re.compile(r"\s+and\s+", re.IGNORECASE), " & "),
    (re.compile(r"^the\s+", re.IGNORECASE), ""),
)


def width_of(text: str, size: float) -> float:
    """How wide a text is in our semi-bold at a size, both in the same unit; never far too little."""
    return size * sum(map(_advance, text))


def labels(names: Sequence[str], width: float, size: float) -> tuple[tuple[str, ...], ...]:
    """Each name as one or two lines of a width, in the order given.

    A name too long for that loses its brackets and its legal form, then its end. Where two would look
    alike then, they lose their middles instead.
    """
    cut = [_lines(name, width, size) for name in names]
    seen: dict[tuple[str, ...], set[str]] = {}
    for name, lines in zip(names, cut, strict=True):
        seen.setdefault(lines, set()).add(name)
    return tuple(
        _without_middle(name, width, size) if len(seen[lines]) > 1 else lines
        for name, lines in zip(names, cut, strict=True)
    )


def _lines(name: str, width: float, size: float) -> tuple[str, ...]:
    text = name
    for pattern, instead in ((None, ""), *_SHORTER):
        # A name that consists of nothing else keeps it.
        text = (pattern.sub(instead, text).strip() or text) if pattern else text
        lines = _wrapped(text, width, size)
        if len(lines) <= 2:
            return tuple(lines)
    first, *rest = _wrapped(text, width, size)
    return first, _start(" ".join(rest), width, size)


def _wrapped(text: str, width: float, size: float) -> list[str]:
    lines: list[str] = []
    for word in text.split() or [""]:
        if lines and width_of(f"{lines[-1]} {word}", size) <= width:
            lines[-1] += f" {word}"
            continue
        rest = word
        while width_of(rest, size) > width:
            length = _most(rest, width, size)
            lines.append(rest[:length])
            rest = rest[length:]
        lines.append(rest)
    return lines


def _start(text: str, width: float, size: float) -> str:
    room = width - width_of(_ELLIPSIS, size)
    return text[: _most(text, room, size)].rstrip(" ,-&") + _ELLIPSIS


def _without_middle(name: str, width: float, size: float) -> tuple[str, ...]:
    first, *rest = _wrapped(name, width, size)
    if len(rest) < 2:
        return first, *rest
    room = width - width_of(_ELLIPSIS, size)
    backwards = " ".join(rest)[::-1]
    return first, _ELLIPSIS + backwards[: _most(backwards, room, size)][::-1].lstrip()


def _most(text: str, width: float, size: float) -> int:
    """How many characters fit, one at least."""
    used = 0.0
    for number, letter in enumerate(text):
        used += size * _advance(letter)
        if used > width:
            return max(1, number)
    return len(text)


def _advance(letter: str) -> float:
    if letter in _ADVANCE:
        return _ADVANCE[letter]
    if unicodedata.combining(letter):
        return 0.0
    base = unicodedata.normalize("NFD", letter)[0]
    if unicodedata.east_asian_width(base) in {"W", "F"}:
        return _WIDE
    return _ADVANCE.get(base, _OTHER)
