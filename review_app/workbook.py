"""The rows of an Excel workbook: the first visible sheet with headings, every cell as text."""

from __future__ import annotations

import io
import time
from collections.abc import Iterable, Iterator
from zipfile import ZipFile

from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from review_app.sheet_limits import KEEP_THE_SHEET, Limits, refused, within
from review_app.workbook_guard import damaged, guard
from surveys.columns import HEADINGS_WITHIN, Row, find_headings, likeliest_headings
from surveys.errors import ChainFaultsError

MOST_SHEETS = 50


class _MeteredFile(io.BytesIO):
    """A file in memory that stops giving once its reader has used up its computing time.

    The library may be sent through one part again and again by what the workbook says about itself.
    """

    def __init__(self, content: bytes, seconds: float) -> None:
        super().__init__(content)
        self._until = time.thread_time() + seconds

    def read(self, size: int | None = -1, /) -> bytes:
        if time.thread_time() > self._until:
            raise refused("The workbook takes too long to read.", KEEP_THE_SHEET)
        return super().read(size)


def read_workbook(content: bytes, limits: Limits) -> tuple[Row, ...]:
    """The rows that are not blank, with the sheet's own numbers. Raises ChainFaultsError.

    Formulas give the value that was last computed, and nothing where none was stored; numbers give
    "2", never "2.0"; cells below or beside the first of merged ones are blank.
    """
    try:
        with ZipFile(io.BytesIO(content)) as archive:
            guard(archive, limits)
        book = load_workbook(
            _MeteredFile(content, limits.seconds), read_only=True, data_only=True, keep_links=False
        )
        try:
            return tuple(within(_rows(_choose(book.worksheets, limits), limits), limits))
        finally:
            book.close()
    except ChainFaultsError:
        raise
    # The library has no errors of its own for a file that contradicts itself: anything may come out of it.
    except Exception as error:
        raise damaged() from error


def _choose(sheets: Iterable[Worksheet], limits: Limits) -> Worksheet:
    visible = [sheet for sheet in sheets if sheet.sheet_state == "visible"]
    if len(visible) > MOST_SHEETS:
        raise refused(f"The workbook has more than {MOST_SHEETS} sheets.", KEEP_THE_SHEET)
    tops = [(sheet, tuple(_rows(sheet, limits, until=HEADINGS_WITHIN))) for sheet in visible]
    for is_it in (find_headings, likeliest_headings, bool):
        for sheet, top in tops:
            if is_it(top):
                return sheet
    raise refused("The workbook is empty, or blank in its first rows.", "Put the roster on its first sheet.")


def _rows(sheet: Worksheet, limits: Limits, until: int | None = None) -> Iterator[Row]:
    # What a sheet says about its own size may be absurd, so the range is always given here.
    table = sheet.iter_rows(min_row=1, min_col=1, max_row=until, max_col=limits.columns + 1, values_only=True)
    blank: tuple[object, ...] = ()
    for number, values in enumerate(table, 1):
        # The library fills gaps, of up to a million rows, with one and the same tuple.
        if values is blank:
            continue
        if all(value is None for value in values):
            blank = values
            continue
        yield Row(number, tuple(map(_text, values)))


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
