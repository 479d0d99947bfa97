"""Sheets of a spreadsheet: real tables with frozen heads, text that is never a formula, and bytes that repeat.

openpyxl writes the time into what it saves, so the file is packed anew with a fixed one.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.chart import BarChart, Reference
from openpyxl.chart.axis import ChartLines
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.drawing.line import LineProperties
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.header_footer import HeaderFooterItem
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.table import Table, TableStyleInfo
from openpyxl.worksheet.worksheet import Worksheet

from reports.model import Displayed, End, NotShown, Shown

Value = str | int | date | Displayed

# Widths are in characters, heights in points.
_NARROWEST, _WIDEST, _WIDEST_NAME, _WIDEST_FIGURE = 11, 26, 58, 16
_LINE = 15.0
_BOLD = Font(name="Calibri", size=11, bold=True)
_HEADING = Font(name="Calibri", size=14, bold=True)
# Not every program draws the style of a table.
_HEAD_FILL = PatternFill("solid", start_color="E3EDEF")
_RULE = Border(bottom=Side("thin", color="C9C2B8"))
_CHART_ROWS = 22
_LONGEST_TEXT, _LONGEST_HEAD, _LONGEST_NAME = 32000, 200, 31
# The first moment that a zip file can name.
FIRST_MOMENT = (1980, 1, 1, 0, 0, 0)
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)")
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\']")
_COLOURS = ("0B5C6B", "E69F00", "56B4E9", "CC79A7", "009E73", "D55E00", "F0E442", "999999")


@dataclass(frozen=True, slots=True)
class Bars:
    """A chart under a table: bars over its first column, a series for each of some columns (from 1)."""

    title: str
    columns: tuple[int, ...]


class Book:
    """A spreadsheet in the making."""

    def __init__(self, title: str, made_on: date) -> None:
        self._book = Workbook()
        self._made_on = made_on
        self._tables = 0
        self._book.remove(self._book.worksheets[0])
        self._book.properties.creator = "Roundtable"
        self._book.properties.title = _clean(title)

    def add_text(self, name: str, lines: Sequence[tuple[str, str]]) -> None:
        """A sheet to read: lines with a name (a heading where the rest is "") and what it says."""
        sheet = self._sheet(name)
        for row, (head, text) in enumerate(lines, start=1):
            _put(sheet, row, 1, head)
            _put(sheet, row, 2, text)
            sheet.cell(row, 1).font = _BOLD if text else _HEADING
            # A heading runs on over what it heads.
            sheet.cell(row, 1).alignment = Alignment(
                vertical="bottom" if not text else "top", wrap_text=bool(text)
            )
        sheet.column_dimensions["A"].width = 28
        sheet.column_dimensions["B"].width = 100
        _make_room(sheet)

    def add_table(
        self,
        name: str,
        head: Sequence[str],
        rows: Sequence[Sequence[Value]],
        *,
        bars: Sequence[Bars] = (),
        named_by: int = 1,
    ) -> None:
        """A sheet with one table, and its charts below. Nothing where there are no rows.

        A column of which no row says anything is left out. ``named_by``: the column (from 1) that says what a row is
        about. It is the widest, and stays in sight.
        """
        if not rows:
            return
        sheet = self._sheet(name)
        told = [place for place in range(len(head)) if any(row[place] != "" for row in rows)]
        rows = [[row[place] for place in told] for row in rows]
        heads = _told_apart([head[place] for place in told])
        for place, row in enumerate([heads, *rows], start=1):
            for column, value in enumerate(row, start=1):
                _put(sheet, place, column, value)
                sheet.cell(place, column).border = _RULE
        self._make_table(sheet, len(heads), len(rows))
        sheet.freeze_panes = f"{get_column_letter(named_by + 1)}2"
        for column in range(1, len(heads) + 1):
            sheet.column_dimensions[get_column_letter(column)].width = _width(sheet, column, named_by)
            sheet.cell(1, column).font, sheet.cell(1, column).fill = _BOLD, _HEAD_FILL
        _make_room(sheet)
        for index, one in enumerate(bars):
            top = len(rows) + 3 + _CHART_ROWS * index
            sheet.add_chart(_chart(sheet, one, len(rows)), f"A{top}")
            if index:
                # On paper a chart is never cut in two.
                sheet.row_breaks.append(Break(id=top - 1))

    def to_bytes(self) -> bytes:
        """The file: the same sheets give the same bytes."""
        moment = f"{self._made_on.isoformat()}T00:00:00Z".encode()
        written, packed = BytesIO(), BytesIO()
        self._book.properties.created = datetime.combine(self._made_on, time())
        self._book.save(written)
        with ZipFile(written) as made, ZipFile(packed, "w") as target:
            for name in made.namelist():
                content = made.read(name)
                if name == "docProps/core.xml":
                    content = _MODIFIED.sub(rb"\g<1>" + moment + rb"\g<2>", content)
                target.writestr(_entry(name), content)
        return packed.getvalue()

    def _sheet(self, name: str) -> Worksheet:
        sheet: Worksheet = self._book.create_sheet(_NOT_IN_NAMES.sub(" ", _clean(name))[:_LONGEST_NAME])
        sheet.page_setup.orientation = "landscape"
        sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
        footer = HeaderFooterItem()
        footer.left.text, footer.right.text = "&A", "&P / &N"
        sheet.HeaderFooter.oddFooter = footer
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        return sheet

    def _make_table(self, sheet: Worksheet, columns: int, rows: int) -> None:
        self._tables += 1
        table = Table(displayName=f"Table{self._tables}", ref=f"A1:{get_column_letter(columns)}{rows + 1}")
        table.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=True)
        sheet.add_table(table)
        sheet.print_title_rows = "1:1"


def _entry(name: str) -> ZipInfo:
    entry = ZipInfo(name, FIRST_MOMENT)
    entry.compress_type = ZIP_DEFLATED
    entry.create_system = 3
    entry.external_attr = 0o644 << 16
    return entry


def _put(sheet: Worksheet, row: int, column: int, value: Value) -> None:
    cell = sheet.cell(row, column)
    cell.alignment = Alignment(horizontal="left", vertical="top", wrap_text=True)
    if isinstance(value, Shown):
        cell.value = value.tenths / 10
        cell.number_format = _format_of(value)
    elif isinstance(value, int):
        cell.value = value
    elif isinstance(value, date):
        cell.value, cell.number_format = value, "d mmm yyyy"
    elif value != "":
        cell.value = _clean(value.text if isinstance(value, NotShown) else value)
        # Whatever it begins with, it is a text and never a formula.
        cell.data_type = "s"


def _format_of(value: Shown) -> str:
    """How a figure is shown: a joined end reads as on the pages, and counts at its limit as everywhere."""
    if value.end is End.NONE:
        return "0.0"
    before, _, after = value.text.partition(f"{value.tenths // 10}.{value.tenths % 10}")
    return "".join((f'"{before}"' if before else "", "0.0", f'"{after}"' if after else ""))


def _clean(text: str) -> str:
    return ILLEGAL_CHARACTERS_RE.sub(" ", text)[:_LONGEST_TEXT]


def _told_apart(heads: Sequence[str]) -> list[str]:
    """The heads as a table wants them: on one line, none empty, no two alike."""
    found: list[str] = []
    for head in heads:
        text = " ".join(_clean(head).split())[:_LONGEST_HEAD] or "–"
        taken = {known.casefold() for known in found}
        tries = [text, *(f"{text} ({number})" for number in range(2, len(heads) + 2))]
        found.append(next(one for one in tries if one.casefold() not in taken))
    return found


def _width(sheet: Worksheet, column: int, named_by: int) -> int:
    cells = [sheet.cell(row, column).value for row in range(1, sheet.max_row + 1)]
    longest = max((len(str(value)) for value in cells if value is not None), default=0)
    widest = _WIDEST_NAME if column == named_by else _WIDEST
    if any(isinstance(value, float | int) for value in cells):
        widest = _WIDEST_FIGURE
    return max(_NARROWEST, min(widest, longest + 2))


def _make_room(sheet: Worksheet) -> None:
    """Rows as high as their longest text needs: not every program finds that out when it opens a file."""
    for place, row in enumerate(sheet.iter_rows(), start=1):
        lines = [
            len(textwrap.wrap(str(cell.value), int(sheet.column_dimensions[cell.column_letter].width) - 2))
            for cell in row
            if cell.value is not None and cell.alignment.wrap_text
        ]
        is_heading = row[0].font == _HEADING
        sheet.row_dimensions[place].height = _LINE * (2 if is_heading else max([1, *lines]))


def _chart(sheet: Worksheet, bars: Bars, rows: int) -> BarChart:
    chart = BarChart()
    chart.type = "bar"
    chart.title = bars.title
    chart.height, chart.width = 10.5, 20
    for column in bars.columns:
        chart.add_data(Reference(sheet, min_col=column, min_row=1, max_row=rows + 1), titles_from_data=True)
    chart.set_categories(Reference(sheet, min_col=1, min_row=2, max_row=rows + 1))
    for series, colour in zip(chart.series, _COLOURS * len(bars.columns), strict=False):
        series.graphicalProperties.solidFill = colour
    # The first element at the top, as in the table; every scale from 1 to 5.
    chart.x_axis.scaling.orientation = "maxMin"
    chart.y_axis.scaling.min, chart.y_axis.scaling.max = 1, 5
    chart.y_axis.majorUnit = 1
    chart.y_axis.number_format = "0"
    pale = GraphicalProperties(ln=LineProperties(solidFill="D9D4CC"))
    chart.y_axis.majorGridlines = ChartLines(spPr=pale)
    chart.x_axis.delete = chart.y_axis.delete = False
    if len(bars.columns) == 1:
        chart.legend = None
    else:
        chart.legend.position = "b"
    return chart
