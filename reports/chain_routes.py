"""The ways of a map's lines: from a box to the right, along the gaps between rows, never across a box."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reports.chain_fit import EDGE, HEAD, ROW_GAP, WIDEST_GAP, Room, Size
from reports.chain_grid import Cell, Contract, Network
from reports.chain_outlines import MARK

_RAIL, _TRACK, _TURN = 7.0, 4.0, 6.0


class Floor:
    """Where the columns and rows of a map are, and how its lines run."""

    def __init__(
        self, net: Network, cells: Mapping[str, Cell], lanes: Sequence[int], size: Size, room: Room
    ) -> None:
        self._cells, self._size = cells, size
        self.widths = [size.width_of(count) for count in lanes]
        self._is_folded = max(lanes) > 1
        # Rows of a column in which a line has to reach a lane behind the first.
        self._railed = {(cell.column, cell.row) for cell in cells.values() if cell.lane}
        self._tracks = self._assigned_tracks(net)
        self._tops = self._row_tops()
        wanted = room.across(self._tops[-1] + size.height) if self._is_folded else room.column
        gap = (wanted - sum(self.widths) - 2 * EDGE) // max(1, len(lanes) - 1)
        gap = min(WIDEST_GAP, max(size.gap, gap))
        self.lefts = [EDGE + sum(self.widths[:c]) + c * gap for c in range(len(lanes))]

    def corner(self, id_: str) -> tuple[float, float]:
        """The upper left corner of a party's box."""
        cell = self._cells[id_]
        return (
            self.lefts[cell.column] + cell.lane * (self._size.box + self._size.between),
            self._tops[cell.row],
        )

    def path(self, contract: Contract) -> str:
        """The line of a contract."""
        buyer, supplier = self._cells[contract.buyer], self._cells[contract.supplier]
        x1, y1 = self.corner(contract.buyer)
        x1, y1 = x1 + self._size.box, y1 + self._size.height / 2
        x2, top = self.corner(contract.supplier)
        x2, y2 = x2 - MARK.overhang, top + self._size.height / 2
        track = self._tracks.get(contract, 0)
        if not track and not (contract.is_main and (supplier.column, supplier.row) in self._railed):
            return _curve(x1, y1, x2, y2)
        rail = top - _RAIL - _TRACK * track
        # The curve ends before the next column begins, so that it meets no box.
        end = self.lefts[buyer.column + 1] - MARK.overhang - 2 * _TURN - 1
        return _curve(x1, y1, end, rail) + _hook(end, rail, x2, y2)

    def _assigned_tracks(self, net: Network) -> dict[Contract, int]:
        # A track of its own above the row for each contract that has to pass boxes of other buyers.
        tracks: dict[Contract, int] = {}
        used: dict[int, int] = {}
        for contract in net.contracts:
            buyer, supplier = self._cells[contract.buyer], self._cells[contract.supplier]
            is_near = supplier.column == buyer.column + 1
            if is_near and (contract.is_main or not supplier.lane):
                continue
            used[supplier.row] = used.get(supplier.row, 0) + 1
            tracks[contract] = used[supplier.row]
        return tracks

    def _row_tops(self) -> list[float]:
        tracks: dict[int, int] = {}
        for contract, track in self._tracks.items():
            row = self._cells[contract.supplier].row
            tracks[row] = max(tracks.get(row, 0), track)
        tops: list[float] = []
        y = HEAD - ROW_GAP
        for row in range(max(cell.row for cell in self._cells.values()) + 1):
            y += self._size.rail if self._is_folded or row in tracks else ROW_GAP
            y += _TRACK * tracks.get(row, 0)
            tops.append(y)
            y += self._size.height
        return tops


def _curve(x1: float, y1: float, x2: float, y2: float) -> str:
    if y1 == y2:
        return f"M{x1:g} {y1:g}H{x2:g}"
    middle = (x1 + x2) / 2
    return f"M{x1:g} {y1:g}C{middle:g} {y1:g} {middle:g} {y2:g} {x2:g} {y2:g}"


def _hook(start: float, rail: float, x: float, y: float) -> str:
    """Along the rail to the gap before a box, down in it, and into the box's left edge."""
    turn = x - _TURN - 1
    along = f"H{turn - _TURN:g}" if turn - _TURN > start else ""
    down = f"V{y - _TURN:g}" if y - _TURN > rail + _TURN else ""
    return (
        f"{along}Q{turn:g} {rail:g} {turn:g} {rail + _TURN:g}{down}"
        f"Q{turn:g} {y:g} {turn + _TURN:g} {y:g}H{x:g}"
    )
