"""How large the map of a chain is drawn, and into how many lanes its columns are folded, for a page or a screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, product

from reports.chain_grid import Network, needed_rows

MOST_LANES = 6
MOST_FOLDED = 4
_ROUNDS = 3


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

    def across(self, height: float) -> float:
        """How wide a map of a height may be: a page that it is scaled to has more room beside a taller one."""
        return max(self.width, height * self.width / self.height) if self.is_page else self.width


@dataclass(frozen=True, slots=True)
class Size:
    """The measures of a map in px. ``between``: two lanes; ``gap``: the least between two columns.

    ``rail``: between two rows where lines run along them.
    """

    box: float
    height: float
    letters: float
    between: float
    gap: float
    rail: float

    def width_of(self, lanes: int) -> float:
        """How wide a column of so many lanes is."""
        return lanes * (self.box + self.between) - self.between


# The screen's widest is what a window of 1280 px has room for; a sheet is A4 on its side below a title and a key.
SCREEN = Room(1176, 900, 976, is_page=False)
SHEET = Room(1180, 640, 1180, is_page=True)
ROOMY = Size(box=168, height=42, letters=12.5, between=30, gap=58, rail=17)
TIGHT = Size(box=136, height=36, letters=11.5, between=22, gap=44, rail=14)
WIDEST_GAP = 110.0
HEAD, FOOT, EDGE = 44.0, 14.0, 10.0
ROW_GAP = 12.0
FITS = (1.0, 1.0)


def fitting(net: Network, room: Room) -> tuple[Size, tuple[int, ...]]:
    """The larger size when all fits so, else the smaller one; with it, how many lanes each column gets."""
    lanes = _lanes(net, ROOMY, room)
    if _strain(net, lanes, ROOMY, room) == FITS:
        return ROOMY, lanes
    lanes = _lanes(net, TIGHT, room)
    return _widened(net, lanes, room), lanes


def _lanes(net: Network, size: Size, room: Room) -> tuple[int, ...]:
    """The fewest lanes with which the map fits, or those with which it fits best.

    Columns are tried in pairs, since what one gives up the other may need; of many, the most crowded ones.
    """
    columns = list(net.columns.values())
    lanes = (1,) * (max(columns, default=0) + 1)
    best = _strain(net, lanes, size, room)
    crowded = sorted((c for c in range(len(lanes)) if columns.count(c) > 1), key=columns.count)[-MOST_FOLDED:]
    pairs = [*combinations(crowded, 2), *((column, column) for column in crowded)]
    for _ in range(_ROUNDS):
        before = best
        for (one, other), counts in product(pairs, product(range(1, MOST_LANES + 1), repeat=2)):
            if best == FITS:
                return lanes
            tried = _changed(lanes, {one: counts[0], other: counts[1]})
            strain = _strain(net, tried, size, room)
            if strain < best:
                best, lanes = strain, tried
        if best == before:
            break
    return lanes


def _changed(lanes: Sequence[int], changes: Mapping[int, int]) -> tuple[int, ...]:
    return tuple(changes.get(column, count) for column, count in enumerate(lanes))


def _strain(net: Network, lanes: Sequence[int], size: Size, room: Room) -> tuple[float, float]:
    """How many times too large a map would be, the worse first; 1 and 1 when it fits."""
    across = max(1.0, _width(lanes, size) / room.width)
    down = max(1.0, _height(net, lanes, size) / room.height)
    return (max(across, down), min(across, down)) if room.is_page else (across, down)


def _width(lanes: Sequence[int], size: Size) -> float:
    return sum(map(size.width_of, lanes)) + (len(lanes) - 1) * size.gap + 2 * EDGE


def _height(net: Network, lanes: Sequence[int], size: Size) -> float:
    rows = needed_rows(net, lanes)
    high = sum(rows[id_] for id_ in net.roots if net.suppliers[id_]) or len(rows)
    return HEAD + FOOT + high * (size.height + (size.rail if max(lanes) > 1 else ROW_GAP))


def _widened(net: Network, lanes: Sequence[int], room: Room) -> Size:
    """The smaller size with boxes as wide as there is room for, up to the larger size's."""
    wanted = room.across(_height(net, lanes, TIGHT))
    spare = max(0.0, wanted - _width(lanes, TIGHT)) // sum(lanes)
    return replace(TIGHT, box=min(ROOMY.box, TIGHT.box + spare))
