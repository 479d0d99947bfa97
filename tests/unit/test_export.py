from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from dataclasses import replace
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from hypothesis import given, settings
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from reports.export import COLUMNS, to_csv
from reports.model import NOT_SHOWN_TEXT, Report
from reports.release import assemble
from reports.serial import report_to_bytes
from reports.xlsx import to_xlsx
from surveys.subjects import Subject
from tests import conclusion_samples, report_samples, rich_sample
from tests.counted_chains import chains_of_ballots, release_of
from tests.report_samples import DIGEST
from tests.unit.test_release import FACTS


def test_the_csv_has_a_row_for_each_figure_of_each_statement_and_element() -> None:
    report = report_samples.northern_bridge()
    head, *rows = _rows(report)
    assert tuple(head) == COLUMNS
    # New columns come after the old ones: who reads them by their place goes on reading the same.
    assert COLUMNS[-4:] == ("figure", "value", "end", "number")
    means = [row for row in rows if row[COLUMNS.index("measure")] == "mean"]
    # A mean of each column and of everyone, for each statement and each element.
    assert len(means) == sum(
        (len(section.items) + 1) * (len(part.groups) + 1)
        for part in report.parts
        for section in part.sections
    )
    assert [row[COLUMNS.index("level")] for row in rows[-2:]] == ["review", "review"]


def test_a_figure_is_the_text_that_the_pages_show() -> None:
    report = replace(report_samples.northern_bridge(), experience=None)
    figures = {row["figure"] for row in _named(report) if row["measure"] == "mean"}
    assert NOT_SHOWN_TEXT in figures
    assert "2.0 or below" in figures
    assert all(figure == NOT_SHOWN_TEXT or figure[0].isdigit() for figure in figures)


def test_findings_changes_and_spread_are_rows_of_their_own_measure() -> None:
    rows = _named(conclusion_samples.second_review())
    assert {row["level"] for row in rows} == {"part", "statement", "element", "principle", "review"}
    assert {row["measure"] for row in rows} == {"people", "mean", "mean before", "share", "grade"}
    seen = [row for row in rows if row["answer"] == "could not see it"]
    assert {row["group"] for row in seen} == {"All partners together"}
    assert any(row["answer"] == "Never" for row in rows)


def test_the_spreadsheet_has_real_tables_frozen_heads_and_charts() -> None:
    book = _book(report_samples.northern_bridge())
    assert book.sheetnames[0] == "Read me"
    assert book.sheetnames[1:4] == ["Groups", "1 Elements", "1 Statements"]
    for sheet in book.worksheets[1:]:
        [table] = sheet.tables.values()
        assert table.ref == f"A1:{get_column_letter(sheet.max_column)}{sheet.max_row}"
        assert [cell.value for cell in sheet[1]] == table.column_names
        assert sheet.freeze_panes == ("C2" if sheet["A1"].value == "Number" else "B2")
    assert len(book["1 Elements"]._charts) == 2
    said = " ".join(str(cell.value) for row in book["Read me"].iter_rows() for cell in row)
    assert DIGEST in said and "There is no row of a single person" in said


def test_no_text_of_a_workbook_needs_more_lines_than_its_row_has() -> None:
    for sheet in _book(rich_sample.rich()).worksheets:
        for row in sheet.iter_rows():
            room = sheet.row_dimensions[row[0].row].height / 15
            for cell in row:
                width = sheet.column_dimensions[cell.column_letter].width
                assert len(str(cell.value or "")) <= room * width


def test_a_principle_that_is_not_asked_about_has_no_row_in_which_something_could_seem_hidden() -> None:
    rows = [
        list(row)
        for row in _book(conclusion_samples.first_review())["1 Principles"].iter_rows(values_only=True)
    ]
    assert [row[0] for row in rows] == ["Principle", "Commitment", "Review"]


def test_a_joined_end_is_a_number_that_reads_as_on_the_pages() -> None:
    cells = [
        cell for sheet in _book(report_samples.northern_bridge()) for row in sheet.iter_rows() for cell in row
    ]
    joined = {cell.number_format for cell in cells if cell.value == 2 and cell.column_letter > "C"}
    assert joined == {'0.0" or below"'}
    assert any(cell.value == NOT_SHOWN_TEXT and cell.data_type == "s" for cell in cells)


def test_no_cell_of_a_hostile_spreadsheet_is_a_formula_or_a_link() -> None:
    content = to_xlsx(report_samples.hostile(), DIGEST)
    for sheet in load_workbook(BytesIO(content)).worksheets:
        for row in sheet.iter_rows():
            assert not [cell.value for cell in row if cell.data_type == "f" or cell.hyperlink]
    with ZipFile(BytesIO(content)) as archive:
        assert not [name for name in archive.namelist() if "external" in name.lower()]
        sheets = [archive.read(name) for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
    assert sheets and not [sheet for sheet in sheets if b"<f>" in sheet or b"<f " in sheet]


def test_the_same_report_is_the_same_spreadsheet_in_every_process() -> None:
    program = (
        "import hashlib; from tests import report_samples; from reports.xlsx import to_xlsx;"
        "print(hashlib.sha256(to_xlsx(report_samples.northern_bridge(), '0' * 64)).hexdigest())"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=Path(__file__).parents[2],
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(found) == 1


@settings(max_examples=20)
@given(chains_of_ballots())
def test_what_is_not_shown_looks_the_same_in_every_file_whatever_hides_it(ballots) -> None:
    facts = replace(FACTS, scale_labels=("Never", "Rarely", "Sometimes", "Usually", "Always"))
    report = assemble(facts, release_of(ballots, subjects=(Subject.PRIME, Subject.CHAIN)), {})
    hidden = [row for row in _named(report) if row["measure"] == "mean" and not row["figure"][0].isdigit()]
    assert {(row["figure"], row["value"], row["end"]) for row in hidden} <= {(NOT_SHOWN_TEXT, "", "")}
    cells = [cell for sheet in _book(report).worksheets[1:] for row in sheet.iter_rows() for cell in row]
    looks = {
        (
            cell.value,
            cell.data_type,
            cell.number_format,
            cell.font.color and cell.font.color.rgb,
            cell.fill.fill_type,
        )
        for cell in cells
        if cell.value == NOT_SHOWN_TEXT
    }
    assert len(looks) <= 1
    plain = json.loads(report_to_bytes(report))
    figures = [
        figure
        for part in plain["parts"]
        for section in part["sections"]
        for item in section["items"]
        for figure in (*item["values"].values(), item["everyone"])
    ]
    assert all(figure is None or set(figure) == {"tenths", "step", "end"} for figure in figures)


def test_a_spreadsheet_reads_the_file_as_utf_8() -> None:
    content = to_csv(report_samples.northern_bridge())
    assert content.startswith(b"\xef\xbb\xbf")
    assert "partners’".encode() in content


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
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
    assert {tuple(row[-4:]) for row in rows} == {(NOT_SHOWN_TEXT, "", "", "")}


def test_the_json_is_the_canonical_form_whose_digest_the_pages_print() -> None:
    report = report_samples.northern_bridge()
    assert json.loads(report_to_bytes(report))


def _named(report: Report) -> list[dict[str, str]]:
    return [dict(zip(COLUMNS, row, strict=True)) for row in _rows(report)[1:]]


def _book(report: Report) -> Any:
    return load_workbook(BytesIO(to_xlsx(report, DIGEST)))


def _rows(report: Report) -> list[list[str]]:
    return list(csv.reader(StringIO(to_csv(report).decode("utf-8-sig"), newline="")))
