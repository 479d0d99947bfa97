"""Cells of a CSV file that a spreadsheet would run instead of showing them."""

from __future__ import annotations

import csv
import io
import re

# Which of them parts the cells, the program of whoever opens the file decides.
_DELIMITERS = (",", ";", "\t", "|")
# East Asian spreadsheets take the wide signs for the narrow ones.
_WIDE = str.maketrans("\uff1d\uff0b\uff0d\uff20", "=+-@")
_SAID_DELIMITER = re.compile(r"\s*sep=(.)", re.IGNORECASE)
_PARTS = re.compile(r"[,;\t]")
_LONGEST_NUMBER = 100
_HARMLESS = re.compile(
    r"[-+]+|"  # Nothing, or marks.
    r"[-+] ?[£$€]? ?\d[\d.,'\u2019 \u00a0\u202f]*(?:e[-+]?\d+)?(?: ?[%\u2030£$€])?(?:[^\W\d_]+)?(?: [^\W\d_]+){0,4}\.?|"
    r"\+ ?\(?\d[\d ().:\-/\u00a0\u2011]*(?:(?: ?ext\.?| ?x) ?\d+)?",
    re.IGNORECASE,
)


def line_that_runs(text: str) -> int:
    """The first line, from 1, with a cell that a spreadsheet would run; 0 where there is none."""
    said = _SAID_DELIMITER.match(text)
    delimiters = {*_DELIMITERS, *(said.groups() if said and said[1] not in '"\r\n' else ())}
    lines = list(io.StringIO(text, newline=""))
    found = [line for sign in delimiters if (line := _first(lines, sign))]
    if text.count('"') % 2:
        # A quote that nobody closes must not hide the lines behind it.
        found += [line for sign in delimiters if (line := _first_of_single_lines(lines, sign))]
    return min(found, default=0)


def _first(lines: list[str], delimiter: str) -> int:
    rows = csv.reader(lines, delimiter=delimiter)
    line = 1
    try:
        for row in rows:
            if any(_runs(cell) for cell in row):
                return line
            line = rows.line_num + 1
    except csv.Error:
        # A cell that is far longer than any spreadsheet takes.
        return line
    return 0


def _first_of_single_lines(lines: list[str], delimiter: str) -> int:
    for line, text in enumerate(lines, 1):
        if any(_runs(cell.strip('"')) for cell in text.split(delimiter)):
            return line
    return 0


def _runs(cell: str) -> bool:
    said = cell.translate(_WIDE)
    shown = said.strip()
    if shown[:1] in {"=", "@"}:
        return True
    # A dash behind a space is a dash; behind a tab or an end of a line it counts.
    if said.strip("\t\r\n")[:1] not in {"+", "-"}:
        return False
    # Where another sign parts the cells than the one tried, the first of them counts.
    number = _PARTS.split(shown, maxsplit=1)[0].strip()
    return len(number) > _LONGEST_NUMBER or not _HARMLESS.fullmatch(number)
