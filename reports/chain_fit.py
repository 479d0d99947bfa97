"""How large the map of a chain is drawn, and into how many lanes its columns are folded, for a page or a screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reports.chain_grid import Network, needed_rows

MOST_LANES = 8
_ROUNDS = 4


@dataclass(frozen=True, slots=True)
class Room:
    """What a map is drawn for, in px at which its letters are as large as on the page.

    ``width`` x ``height`` is what it should fit into. ``is_page``: it will be scaled to fit, so its shape
    counts; otherwise it keeps its size and may grow downwards. ``column``: as wide as a map without folds gets.
    """

    width: float
    height: float
    column: float
    is_page: bool


@dataclass(frozen=True, slots=True)
class Size:
    """The measures of a map in px. ``between``: two lanes; ``gap``: the least between two columns."""

    box: float
    height: float
    letters: float
    between: float
    gap: float

    def width_of(self, lanes: int) -> float:
        """How wide a column of so many lanes is."""
        return lanes * (self.box + self.between) - self.between


# The screen's widest is what a window of 1280 px has room for; a sheet is A4 on its side below a title and a key.
SCREEN = Room(1176, 900, 976, is_page=False)
SHEET = Room(1180, 660, 1180, is_page=True)
ROOMY = Size(box=168, height=42, letters=12.5, between=30, gap=58)
TIGHT = Size(box=138, height=36, letters=11.5, between=26, gap=44)
WIDEST_GAP = 110.0
HEAD, FOOT, EDGE = 44.0, 14.0, 10.0
# Above a row there is more room where lines run along it.
ROW_GAP, RAIL_GAP = 12.0, 17.0
FITS = (1.0, 1.0)


def fitting(net: Network, room: Room) -> tuple[Size, tuple[int, ...]]:
    """The larger size when all fits so, else the smaller one; with it, how many lanes each column gets."""
    lanes = _lanes(net, ROOMY, room)
    if _strain(net, lanes, ROOMY, room) == FITS:
        return ROOMY, lanes
    return TIGHT, _lanes(net, TIGHT, room)


def _lanes(net: Network, size: Size, room: Room) -> tuple[int, ...]:
    """The fewest lanes with which the map fits, or those with which it fits best. Each column is tried in turn."""
    columns = list(net.columns.values())
    lanes = [1] * (max(columns, default=0) + 1)
    crowded = [column for column in range(len(lanes)) if columns.count(column) > 1]
    best = _strain(net, lanes, size, room)
    for _ in range(_ROUNDS):
        before = best
        for column in reversed(crowded):
            for count in range(1, MOST_LANES + 1):
                if best == FITS:
                    return tuple(lanes)
                tried = [*lanes[:column], count, *lanes[column + 1 :]]
                strain = _strain(net, tried, size, room)
                if strain < best:
                    best, lanes = strain, tried
        if best == before:
            break
    return tuple(lanes)


def _strain(net: Network, lanes: Sequence[int], size: Size, room: Room) -> tuple[float, float]:
    """How many times too large a map would be, the worse first; 1 and 1 when it fits."""
    rows = needed_rows(net, lanes)
    high = sum(rows[id_] for id_ in net.roots if net.suppliers[id_]) or len(rows)
    height = HEAD + FOOT + high * (size.height + (RAIL_GAP if max(lanes) > 1 else ROW_GAP))
    width = sum(map(size.width_of, lanes)) + (len(lanes) - 1) * size.gap + 2 * EDGE
    across, down = max(1.0, width / room.width), max(1.0, height / room.height)
    return (max(across, down), min(across, down)) if room.is_page else (across, down)
