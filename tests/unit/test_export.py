from __future__ import annotations

import csv
import json
from dataclasses import replace
from io import StringIO

import pytest

from reports.export import COLUMNS, to_csv, to_json
from reports.model import NOT_SHOWN_TEXT, Report
from reports.serial import report_to_bytes
from tests import report_samples


def test_the_csv_has_a_row_for_each_part_statement_and_group_and_everyone() -> None:
    report = report_samples.northern_bridge()
    head, *rows = _rows(report)
    assert tuple(head) == COLUMNS
    about_the_review = 2
    assert len(rows) == about_the_review + sum(
        len(section.items) * (len(part.groups) + 1) for part in report.parts for section in part.sections
    )


def test_a_figure_is_the_text_that_the_pages_show() -> None:
    figures = {row[-1] for row in _rows(replace(report_samples.northern_bridge(), experience=None))[1:]}
    assert NOT_SHOWN_TEXT in figures
    assert "2.0 or below" in figures
    assert all(figure == NOT_SHOWN_TEXT or figure[0].isdigit() for figure in figures)


def test_a_spreadsheet_reads_the_file_as_utf_8() -> None:
    content = to_csv(report_samples.northern_bridge())
    assert content.startswith(b"\xef\xbb\xbf")
    assert "partners’".encode() in content


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_text_that_looks_like_a_formula_is_made_harmless(start: str) -> None:
    report = report_samples.northern_bridge()
    part = replace(report.parts[0], title=f'{start}HYPERLINK("x")')
    rows = _rows(replace(report, parts=(part,), experience=None))[1:]
    assert {row[0] for row in rows} == {f"'{part.title}"}


def test_no_cell_of_a_hostile_report_begins_a_formula() -> None:
    cells = [cell for row in _rows(report_samples.hostile()) for cell in row]
    assert any(cell.startswith("'@") for cell in cells)
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


def test_a_report_without_figures_is_a_file_without_figures() -> None:
    head, *rows = _rows(report_samples.unreportable())
    assert tuple(head) == COLUMNS
    assert {row[0] for row in rows} == {"The review itself"}
    assert {row[-1] for row in rows} == {NOT_SHOWN_TEXT}


def test_the_json_is_the_canonical_form_whose_digest_the_pages_print() -> None:
    report = report_samples.northern_bridge()
    assert to_json(report) == report_to_bytes(report)
    assert json.loads(to_json(report))


def _rows(report: Report) -> list[list[str]]:
    return list(csv.reader(StringIO(to_csv(report).decode("utf-8-sig"), newline="")))
