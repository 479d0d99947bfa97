"""Faults of a sheet with the place that they belong to, so that they can be told in the order of its rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from surveys.columns import Column
from surveys.errors import ChainFaultsError, Fault

LONGEST_QUOTE = 60
_ORDER = {column: number for number, column in enumerate(Column)}


@dataclass(frozen=True, slots=True)
class PlacedFault:
    """One fault of a sheet. ``row`` 0: the sheet as a whole; ``column`` None: the row as a whole."""

    row: int
    column: Column | None
    message: str
    mend: str

    @property
    def order(self) -> tuple[int, int]:
        """What faults are sorted by: the row, then the column."""
        return self.row, _ORDER[self.column] if self.column else -1

    @property
    def fault(self) -> Fault:
        """The same as a Fault, its place in words: "row 7, column email"."""
        row = f"row {self.row}" if self.row else ""
        column = f"column {self.column}" if self.column else ""
        return Fault(", ".join(filter(None, (row, column))) or "file", self.message, self.mend)


def refusal(faults: Iterable[PlacedFault]) -> ChainFaultsError:
    """The error to raise for faults: those of the whole sheet first, then row by row."""
    return ChainFaultsError([placed.fault for placed in sorted(faults, key=lambda placed: placed.order)])


def quoted(text: str) -> str:
    """A text from the sheet for a message: in quotation marks, cut to sixty characters."""
    return f"“{shortened(text)}”"


def shortened(text: str) -> str:
    """The text, cut to sixty characters at most with an ellipsis for what was cut."""
    return text if len(text) <= LONGEST_QUOTE else text[: LONGEST_QUOTE - 1] + "…"
