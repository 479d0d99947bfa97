"""Large print: the report's own style on a page that lies down, everything in it as much larger as that page is wider.

Text that was small grows more: nothing is printed smaller than 14 points, and running text in 16.
"""

from __future__ import annotations

import re

# From the width of an upright A4 page without its margins to that of one that lies down with narrow ones.
_WIDER = 1.5
_LARGER, _SMALLEST, _MOST_MORE = 1.69, 14.0, 9.0
_PIXELS_IN_POINTS = 0.75
_FONT_SIZE = re.compile(r"(font-size:\s*)([\d.]+)(pt|px)")
_LENGTH = re.compile(r"(?<![\w.#-])(-?[\d.]+)mm\b")


def enlarged(style: str) -> str:
    """A style sheet of the report with its text and its lengths enlarged."""
    text = _FONT_SIZE.sub(lambda found: f"{found[1]}{_points(float(found[2]), found[3]):g}pt", style)
    return _LENGTH.sub(lambda found: f"{round(float(found[1]) * _WIDER, 2):g}mm", text)


def _points(size: float, unit: str) -> float:
    points = size * _PIXELS_IN_POINTS if unit == "px" else size
    # Headings are large already.
    return round(max(_SMALLEST, min(points * _LARGER, points + _MOST_MORE)), 1)
