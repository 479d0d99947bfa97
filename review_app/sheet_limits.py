"""How much of an uploaded sheet is read at most, and the refusal of a file as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from surveys.columns import HEADINGS_WITHIN, Row
from surveys.errors import ChainFaultsError, Fault
from surveys.roster import MOST_ROWS

MEGABYTE = 1024 * 1024
SAVE_AGAIN = "Open it in your spreadsheet program and save it as an Excel workbook (.xlsx) or as CSV UTF-8."
KEEP_THE_SHEET = "Copy the sheet with the contacts, as values, into a new workbook, or save it as CSV UTF-8."


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one file. Sizes in bytes; ``ratio``: unpacked to packed size of one part of a workbook.

    A workbook's parts are counted before a library builds anything from them: ``cells`` are its
    rows, cells and texts, ``others`` all other elements, which cost far more each. ``seconds``: of
    computing time for the library.
    """

    size: int
    rows: int
    columns: int
    parts: int
    unpacked: int
    ratio: int
    cells: int
    others: int
    seconds: float


STANDARD_LIMITS = Limits(
    size=5 * MEGABYTE,
    rows=MOST_ROWS + HEADINGS_WITHIN,
    columns=200,
    parts=1_000,
    unpacked=20 * MEGABYTE,
    ratio=100,
    cells=400_000,
    others=30_000,
    seconds=2.0,
)


def refused(message: str, mend: str) -> ChainFaultsError:
    """The error to raise for a file that is not read at all."""
    return ChainFaultsError([Fault("file", message, mend)])


def within(rows: Iterable[Row], limits: Limits) -> Iterator[Row]:
    """The rows that are not blank, without the empty cells at its end. Raises ChainFaultsError beyond the limits.

    A row may come with one cell more than may be read: it stands for everything further right.
    """
    found = 0
    for row in rows:
        if row.is_blank:
            continue
        found += 1
        if found > limits.rows:
            raise refused(f"The sheet has more than {limits.rows:,} rows.", KEEP_THE_SHEET)
        if any(cell.strip() for cell in row.cells[limits.columns :]):
            raise refused(f"Row {row.number} has more than {limits.columns} columns.", KEEP_THE_SHEET)
        width = max(place for place, cell in enumerate(row.cells, 1) if cell)
        yield Row(row.number, row.cells[:width])
