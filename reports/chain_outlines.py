"""The outlines of the map of a chain: one for each role, and one mark for each sector, told apart without colour."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from surveys.chain import Role, Sector

INK, ACCENT, FAINT = "#22201d", "#0b5c6b", "#8b847b"


@dataclass(frozen=True, slots=True)
class Outline:
    """The path around a box and its colours. ``is_filled``: its text is light. ``name``: what it looks like."""

    name: str
    path: str
    fill: str
    stroke: str
    is_filled: bool


@dataclass(frozen=True, slots=True)
class SectorMark:
    """A small mark with letters on the left edge of a box. ``x`` is their middle."""

    letters: str
    path: str
    fill: str
    x: float
    baseline: float


@dataclass(frozen=True, slots=True)
class MarkSize:
    """The measures of a mark: how far it stands out of its box, and how far into it."""

    overhang: float
    overlap: float
    height: float


MARK = MarkSize(overhang=8, overlap=14, height=18)


def outline(role: Role, x: float, y: float, width: float, height: float) -> Outline:
    """The outline of a role around a box whose upper left corner is at ``x``, ``y``."""
    is_prime = role is Role.PRIME
    return Outline(
        _NAMES[role],
        _PATHS[role](x, y, width, height),
        ACCENT if is_prime else "#ffffff",
        ACCENT if is_prime else INK,
        is_prime,
    )


def inner_outline(role: Role, x: float, y: float, width: float, height: float) -> str:
    """The second line inside a commissioner's outline; "" for every other role."""
    return _square(x + 3, y + 3, width - 6, height - 6) if role is Role.COMMISSIONER else ""


def sector_mark(sector: Sector, x: float, y: float) -> SectorMark:
    """The mark of a sector on the left edge, at ``x``, of a box whose middle is at ``y``."""
    letters, fill, draw = _SECTORS[sector]
    width, height = MARK.overhang + MARK.overlap, MARK.height
    left, top = x - MARK.overhang, y - height / 2
    return SectorMark(letters, draw(left, top, width, height), fill, left + width / 2, y + 4)


def head(x: float, y: float) -> str:
    """Somebody's head and shoulders, eight px wide, with the middle of the head at ``x``, ``y``."""
    return (
        f"M{x - 2.3:g} {y:g}a2.3 2.3 0 1 0 4.6 0a2.3 2.3 0 1 0-4.6 0Z"
        f"M{x - 4:g} {y + 8:g}v-1.2a4 3.8 0 0 1 8 0v1.2Z"
    )


def _square(x: float, y: float, width: float, height: float) -> str:
    return f"M{x:g} {y:g}h{width:g}v{height:g}h{-width:g}Z"


def _rounded(x: float, y: float, width: float, height: float, turn: float = 3) -> str:
    across, down = width - 2 * turn, height - 2 * turn
    return (
        f"M{x + turn:g} {y:g}h{across:g}a{turn:g} {turn:g} 0 0 1 {turn:g} {turn:g}v{down:g}"
        f"a{turn:g} {turn:g} 0 0 1 {-turn:g} {turn:g}h{-across:g}a{turn:g} {turn:g} 0 0 1 {-turn:g} {-turn:g}"
        f"v{-down:g}a{turn:g} {turn:g} 0 0 1 {turn:g} {-turn:g}Z"
    )


def _pill(x: float, y: float, width: float, height: float) -> str:
    return _rounded(x, y, width, height, turn=height / 2)


def _cut(x: float, y: float, width: float, height: float) -> str:
    """A ticket: its corners are cut off."""
    cut = round(height * 0.23)
    across, down = width - 2 * cut, height - 2 * cut
    return (
        f"M{x + cut:g} {y:g}h{across:g}l{cut:g} {cut:g}v{down:g}l{-cut:g} {cut:g}h{-across:g}"
        f"l{-cut:g} {-cut:g}v{-down:g}Z"
    )


def _six_sided(x: float, y: float, width: float, height: float) -> str:
    point = 5.0
    return (
        f"M{x:g} {y + height / 2:g}l{point:g} {-height / 2:g}h{width - 2 * point:g}l{point:g} {height / 2:g}"
        f"l{-point:g} {height / 2:g}h{-(width - 2 * point):g}Z"
    )


_Path = Callable[[float, float, float, float], str]
_PATHS: dict[Role, _Path] = {
    Role.COMMISSIONER: _square,
    Role.PRIME: _rounded,
    Role.SUBCONTRACTOR: _rounded,
    Role.SPECIALIST: _pill,
    Role.SPOT_PROVIDER: _cut,
}
_NAMES = {
    Role.COMMISSIONER: "double outline",
    Role.PRIME: "filled box",
    Role.SUBCONTRACTOR: "box",
    Role.SPECIALIST: "box with round ends",
    Role.SPOT_PROVIDER: "box with cut corners",
}
# Light enough for ink on them, and of three lightnesses in grey.
_SECTORS: dict[Sector, tuple[str, str, _Path]] = {
    Sector.PUBLIC: ("Pu", "#9ad0f0", _square),
    Sector.PRIVATE: ("Pr", "#e69f00", _six_sided),
    Sector.VCS: ("Vo", "#66c5ab", _pill),
}
