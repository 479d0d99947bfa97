"""Where each party of a chain stands on a grid: columns by contracts, rows by who pays whom, nothing twice.

A party stands beside what it buys: its suppliers fill a band of rows that no other party's suppliers share.
A column may be folded into several lanes, so that a buyer's suppliers stand beside each other; whoever buys
something itself stands in the last lane, next to its own suppliers. So no line has to cross a box.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from surveys.chain import Chain, Party, Role

_FIRST = {Role.COMMISSIONER: 0, Role.PRIME: 1}
_PARTNERS = 2
_ROLES = {role: number for number, role in enumerate(Role)}
SWEEPS = 6


@dataclass(frozen=True, slots=True)
class Contract:
    """Who pays (``buyer``) whom (``supplier``), both by id. ``is_main``: it decides where the supplier stands."""

    buyer: str
    supplier: str
    is_main: bool


@dataclass(frozen=True, slots=True)
class Network:
    """A chain as the grid needs it, every mapping in the order of the chain.

    ``columns``: 0 for those whom nobody pays, and always more than that of any buyer. ``suppliers``: the
    parties whose main buyer the key is.
    """

    parties: Mapping[str, Party]
    columns: Mapping[str, int]
    contracts: tuple[Contract, ...]
    suppliers: Mapping[str, tuple[str, ...]]
    buying: frozenset[str]

    @property
    def roots(self) -> tuple[str, ...]:
        """Those whom nobody in the chain pays."""
        paid = {contract.supplier for contract in self.contracts}
        return tuple(id_ for id_ in self.parties if id_ not in paid)


@dataclass(frozen=True, slots=True)
class Cell:
    """A place on the grid, each part from 0."""

    column: int
    lane: int
    row: int


def network(chain: Chain) -> Network:
    """Who contracts with whom in a chain. A buyer that is not in the chain, or in a loop with it, is passed over."""
    parties = {party.id: party for party in chain.parties}
    columns, pairs = _columns(parties)
    mains: dict[str, str] = {}
    for buyer, supplier in pairs:
        if supplier not in mains or columns[buyer] > columns[mains[supplier]]:
            mains[supplier] = buyer
    suppliers: dict[str, list[str]] = {id_: [] for id_ in parties}
    for id_ in sorted(parties, key=lambda id_: _ROLES[parties[id_].role]):
        if id_ in mains:
            suppliers[mains[id_]].append(id_)
    return Network(
        parties,
        columns,
        tuple(Contract(buyer, supplier, mains[supplier] == buyer) for buyer, supplier in pairs),
        {id_: tuple(found) for id_, found in suppliers.items()},
        frozenset(buyer for buyer, _ in pairs),
    )


def _columns(parties: Mapping[str, Party]) -> tuple[dict[str, int], list[tuple[str, str]]]:
    buyers = {
        id_: [buyer for buyer in dict.fromkeys(party.buyers) if buyer in parties and buyer != id_]
        for id_, party in parties.items()
    }
    suppliers: dict[str, list[str]] = {id_: [] for id_ in parties}
    for id_, found in buyers.items():
        for buyer in found:
            suppliers[buyer].append(id_)
    missing = {id_: len(found) for id_, found in buyers.items()}
    columns: dict[str, int] = {}
    ready = [id_ for id_, count in missing.items() if not count]
    waiting = iter(parties)
    while len(columns) < len(parties):
        # In a loop nobody is ready: the first of the chain goes before its buyers.
        id_ = ready.pop() if ready else next(id_ for id_ in waiting if id_ not in columns)
        known = [columns[buyer] + 1 for buyer in buyers[id_] if buyer in columns]
        columns[id_] = max([_FIRST.get(parties[id_].role, _PARTNERS), *known])
        for supplier in suppliers[id_]:
            missing[supplier] -= 1
            if not missing[supplier] and supplier not in columns:
                ready.append(supplier)
    used = {column: number for number, column in enumerate(sorted(set(columns.values())))}
    columns = {id_: used[columns[id_]] for id_ in parties}
    pairs = [(b, id_) for id_, found in buyers.items() for b in found if columns[b] < columns[id_]]
    return columns, pairs


def needed_rows(net: Network, lanes: Sequence[int]) -> dict[str, int]:
    """How many rows each party and all that it buys take. ``lanes``: how many each column has."""
    rows: dict[str, int] = {}
    for id_ in sorted(net.parties, key=net.columns.__getitem__, reverse=True):
        groups = _by_column(net, net.suppliers[id_])
        rows[id_] = max(1, sum(_height(net, group, rows, lanes[column]) for column, group in groups))
    return rows


def _height(net: Network, group: Sequence[str], rows: Mapping[str, int], lanes: int) -> int:
    tall = sum(rows[id_] for id_ in group if lanes == 1 or id_ in net.buying)
    leaves = 0 if lanes == 1 else sum(id_ not in net.buying for id_ in group)
    return tall + ceil(max(0, leaves - tall * (lanes - 1)) / lanes)


def _by_column(net: Network, ids: Iterable[str]) -> list[tuple[int, list[str]]]:
    groups: dict[int, list[str]] = {}
    for id_ in ids:
        groups.setdefault(net.columns[id_], []).append(id_)
    return sorted(groups.items())


def arrange(net: Network, lanes: Sequence[int]) -> dict[str, Cell]:
    """A cell of its own for each party, so that lines between bands are short. ``lanes``: how many each column has."""
    cells = _place(net, lanes)
    best, least = cells, _pull(net, cells)
    for _ in range(SWEEPS if least else 0):
        net = _reordered(net, cells)
        cells = _place(net, lanes)
        if (pull := _pull(net, cells)) < least:
            best, least = cells, pull
    return {id_: best[id_] for id_ in net.parties}


def _place(net: Network, lanes: Sequence[int]) -> dict[str, Cell]:
    rows = needed_rows(net, lanes)
    starts: dict[str, int] = {}
    cells: dict[str, Cell] = {}
    floating = [id_ for id_ in net.roots if not net.suppliers[id_]]
    end = 0
    for id_ in net.roots:
        if net.suppliers[id_]:
            starts[id_] = end
            end += rows[id_]
    for id_ in sorted(net.parties, key=net.columns.__getitem__):
        start = starts.get(id_, 0)
        for column, group in _by_column(net, net.suppliers[id_]):
            height = _height(net, group, rows, lanes[column])
            cells |= _leaf_cells(net, group, rows, Cell(column, lanes[column], start))
            starts |= _bands(net, group, rows, lanes[column], start)
            start += height
    for id_ in sorted(net.parties, key=net.columns.__getitem__, reverse=True):
        if id_ not in cells and id_ not in floating:
            cells[id_] = Cell(net.columns[id_], lanes[net.columns[id_]] - 1, _middle(net, id_, cells, starts))
    _float(net, floating, cells, lanes, end)
    return cells


def _bands(
    net: Network, group: Sequence[str], rows: Mapping[str, int], lanes: int, start: int
) -> dict[str, int]:
    """The first row of each party of a group that has rows to itself."""
    starts: dict[str, int] = {}
    for id_ in group:
        if lanes == 1 or id_ in net.buying:
            starts[id_] = start
            start += rows[id_]
    return starts


def _leaf_cells(net: Network, group: Sequence[str], rows: Mapping[str, int], corner: Cell) -> dict[str, Cell]:
    """The cells of those of a group who buy nothing, where lanes are shared. ``corner``: its lane counts the lanes."""
    if corner.lane == 1:
        return {}
    leaves = [id_ for id_ in group if id_ not in net.buying]
    end = corner.row + sum(rows[id_] for id_ in group if id_ in net.buying)
    free = [(row, lane) for row in range(corner.row, end) for lane in range(corner.lane - 1)]
    more = len(leaves) - len(free)
    free += [(end + number // corner.lane, number % corner.lane) for number in range(more)]
    return {id_: Cell(corner.column, lane, row) for id_, (row, lane) in zip(leaves, free, strict=False)}


def _middle(net: Network, id_: str, cells: Mapping[str, Cell], starts: Mapping[str, int]) -> int:
    placed = [cells[supplier].row for supplier in net.suppliers[id_]]
    return (min(placed) + max(placed)) // 2 if placed else starts[id_]


def _float(
    net: Network, floating: Sequence[str], cells: dict[str, Cell], lanes: Sequence[int], end: int
) -> None:
    """Puts those who stand in nobody's band near what they buy, or below everything."""
    taken = {(cell.column, cell.row) for cell in cells.values() if cell.lane == lanes[cell.column] - 1}
    for id_ in floating:
        bought = [cells[c.supplier].row for c in net.contracts if c.buyer == id_ and c.supplier in cells]
        wanted = sum(bought) // len(bought) if bought else end
        column = net.columns[id_]
        row = min(
            (row for row in range(end + len(taken) + 1) if (column, row) not in taken),
            key=lambda row: (abs(row - wanted), row),
        )
        taken.add((column, row))
        cells[id_] = Cell(column, lanes[column] - 1, row)


def _pull(net: Network, cells: Mapping[str, Cell]) -> int:
    """How far, in rows, the contracts reach that do not decide where a party stands."""
    return sum(abs(cells[c.buyer].row - cells[c.supplier].row) for c in net.contracts if not c.is_main)


def _reordered(net: Network, cells: Mapping[str, Cell]) -> Network:
    """The same with suppliers in the order of the middle of what pulls at them and at all that they buy."""
    pulls: dict[str, list[int]] = {id_: [] for id_ in net.parties}
    for contract in net.contracts:
        if not contract.is_main:
            pulls[contract.buyer].append(cells[contract.supplier].row)
            pulls[contract.supplier].append(cells[contract.buyer].row)
    for id_ in sorted(net.parties, key=net.columns.__getitem__, reverse=True):
        for supplier in net.suppliers[id_]:
            pulls[id_] += pulls[supplier]
    middles = {id_: sum(at) / len(at) if at else float(cells[id_].row) for id_, at in pulls.items()}
    suppliers = {id_: tuple(sorted(ids, key=middles.__getitem__)) for id_, ids in net.suppliers.items()}
    return Network(net.parties, net.columns, net.contracts, suppliers, net.buying)
