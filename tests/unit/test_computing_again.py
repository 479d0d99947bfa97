"""Everyone's figures computed again from the workbook alone, and from the CSV alone, as their reader would."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from io import BytesIO, StringIO
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from openpyxl import load_workbook

from reports.export import to_csv
from reports.mirror import mirror_of
from reports.model import NOT_SHOWN_TEXT, Report
from reports.reading_guide import reading_guide
from reports.recompute import together
from reports.release import assemble
from reports.serial import digest
from reports.view import view_model
from reports.xlsx import to_xlsx
from surveys.publication import CountedBy
from surveys.subjects import Subject
from tests import conclusion_samples, report_samples, rich_sample
from tests.counted_chains import chains_of_ballots, release_of
from tests.unit.test_release import FACTS

EVERYONE = "All partners together"
# The steps that a figure of so many people may have: that of all of them, or the coarser one of fewer who rated it.
STEPS = ((30, 1), (10, 2), (5, 5))
_ENDS = {"": "none", "or below": "or_below", "or above": "or_above"}


@dataclass(frozen=True)
class Read:
    """What a reader finds on one statement: each group's figure with its people, and what is said of everyone."""

    part: str
    statement: str
    groups: Sequence[tuple[str, str, int]]
    everyone: tuple[str, str]


def read_csv(report: Report) -> Iterator[Read]:
    """What the CSV says, by statement."""
    rows = list(csv.DictReader(StringIO(to_csv(report).decode("utf-8-sig"), newline="")))
    people = {
        (row["part"], row["group"]): int(row["value"])
        for row in rows
        if row["measure"] in {"people", "organisations"} and row["answer"] == "answered"
    }
    means = [row for row in rows if (row["level"], row["measure"]) == ("statement", "mean")]
    by_statement: dict[tuple[str, str], dict[str, tuple[str, str]]] = {}
    for row in means:
        by_statement.setdefault((row["part"], row["id"]), {})[row["group"]] = (row["value"], row["end"])
    for (part, statement), figures in by_statement.items():
        yield _read(part, statement, figures, people)


def read_workbook(report: Report) -> Iterator[Read]:
    """What the workbook says, by statement."""
    book = load_workbook(BytesIO(to_xlsx(report, digest(report))))
    titles = {row[0].value: row[1].value for row in book["Read me"].iter_rows()}
    counted = _rows(book["Groups"]) if "Groups" in book.sheetnames else []
    head = next(
        (
            name
            for name in ("People who answered", "Organisations that answered")
            if counted and name in counted[0]
        ),
        "",
    )
    people = {
        (row["Part"].value, row["Group"].value): row[head].value
        for row in counted
        if head and isinstance(row[head].value, int)
    }
    for place in range(1, len(report.parts) + 1):
        part = titles[f"Part {place}"]
        if f"{place} Statements" not in book.sheetnames:
            continue
        for row in _rows(book[f"{place} Statements"]):
            figures = {
                name: _figure(cell)
                for name, cell in row.items()
                if (part, name) in people or name == EVERYONE
            }
            yield _read(str(part), str(row["Statement"].value), figures, people)


def _rows(sheet: Any) -> list[dict[str, Any]]:
    head, *rows = sheet.iter_rows()
    return [dict(zip((cell.value for cell in head), row, strict=True)) for row in rows]


def _figure(cell: Any) -> tuple[str, str]:
    if cell.value == NOT_SHOWN_TEXT:
        return "", ""
    said = re.search("or (below|above)", cell.number_format)
    return f"{cell.value:.1f}", said.group() if said else ""


def _read(
    part: str, statement: str, figures: Mapping[str, tuple[str, str]], people: Mapping[tuple[str, str], int]
) -> Read:
    groups = [
        (*figure, people[part, name])
        for name, figure in figures.items()
        if (part, name) in people and name != EVERYONE
    ]
    return Read(part, statement, groups, figures.get(EVERYONE, ("", "")))


def again(read: Read) -> set[tuple[str, str]]:
    """Everyone's figure as the rule gives it, for each step that the figures may have."""
    choices = [list(_with_steps(*group)) for group in read.groups]
    return {_said(together(list(chosen))) for chosen in product(*choices)}


def _with_steps(value: str, end: str, people: int) -> Iterable[tuple[dict[str, Any] | None, int]]:
    if not value:
        return [(None, people)]
    tenths = round(float(value) * 10)
    steps = [step for least, step in STEPS if people >= least and tenths % step == 0]
    return [({"tenths": tenths, "step": step, "end": _ENDS[end]}, people) for step in steps]


def _said(figure: Mapping[str, Any] | None) -> tuple[str, str]:
    ends = {code: words for words, code in _ENDS.items()}
    return (f"{figure['tenths'] / 10:.1f}", ends[figure["end"]]) if figure else ("", "")


READERS = {"CSV": read_csv, "XLSX": read_workbook}


@pytest.mark.parametrize("form", READERS)
def test_everyones_figures_follow_from_the_file_alone(form: str) -> None:
    read = list(READERS[form](report_samples.northern_bridge()))
    assert len(read) > 20
    found = [again(one) for one in read]
    assert [one for one, figures in zip(read, found, strict=True) if one.everyone not in figures] == []
    # Nearly always the steps are plain, so that one figure alone comes out.
    assert sum(len(figures) == 1 for figures in found) > len(found) / 2
    # It takes the people: were one group far larger, other figures would come out.
    swayed = [replace(one, groups=[(*one.groups[0][:2], 900), *one.groups[1:]]) for one in read]
    assert [one for one in swayed if one.everyone not in again(one)]


@pytest.mark.parametrize("form", READERS)
@pytest.mark.parametrize("counted_by", CountedBy)
@settings(max_examples=10, deadline=None)
@given(ballots=chains_of_ballots())
def test_everyones_figures_follow_from_the_file_of_any_chain(
    form: str, counted_by: CountedBy, ballots: Any
) -> None:
    labels = ("Never", "Rarely", "Sometimes", "Usually", "Always")
    facts = replace(FACTS, counted_by=counted_by, scale_labels=labels)
    report = assemble(facts, release_of(ballots, subjects=(Subject.PRIME, Subject.CHAIN)), {})
    assert [one for one in READERS[form](report) if one.groups and one.everyone not in again(one)] == []


@pytest.mark.parametrize(
    "report", [conclusion_samples.second_review(), rich_sample.rich(), conclusion_samples.on_a_partner()]
)
def test_a_statement_has_the_number_of_the_pages_in_every_file(report: Report) -> None:
    pages = {
        (row.number, row.wording)
        for part in view_model(report, digest(report)).parts
        for element in part.elements
        for row in element.table.rows
    }
    rows = csv.DictReader(StringIO(to_csv(report).decode("utf-8-sig"), newline=""))
    assert {(int(row["number"]), row["text"]) for row in rows if row["level"] == "statement"} == pages
    book = load_workbook(BytesIO(to_xlsx(report, digest(report))))
    named = [name for name in book.sheetnames if name.endswith("Statements")]
    found = [(row["Number"].value, row["Statement"].value) for name in named for row in _rows(book[name])]
    assert set(found) == pages and len(found) == len(pages)
    findings = _rows(book["Findings"])
    assert findings and {(row["Number"].value, row["Statement"].value) for row in findings} <= pages


def test_a_blind_spot_stands_with_both_of_its_figures() -> None:
    report = conclusion_samples.second_review()
    book = load_workbook(BytesIO(to_xlsx(report, digest(report))))
    spots = [row for row in _rows(book["Findings"]) if row["Finding"].value == "Blind spot"]
    assert spots
    assert all(row["Own figure"].value > row["The others’ figure"].value for row in spots)


def test_no_number_of_people_stands_beside_a_view_that_is_shown_apart() -> None:
    report = report_samples.northern_bridge()
    apart = {group.title for part in report.parts for group in part.groups if group.answers is None}
    rows = list(csv.DictReader(StringIO(to_csv(report).decode("utf-8-sig"), newline="")))
    assert apart and apart.isdisjoint(row["group"] for row in rows if row["measure"] == "people")
    book = load_workbook(BytesIO(to_xlsx(report, digest(report))))
    said = [row for row in _rows(book["Groups"]) if row["Group"].value in apart]
    assert {row["People who answered"].value for row in said} == {"shown apart"}


def test_a_part_that_repeats_one_group_says_where_the_others_are() -> None:
    report, [part, *_] = conclusion_samples.on_a_partner(), report_samples.northern_bridge().parts
    [group, *_] = [one for one in part.groups if one.is_pooled]
    mirror = mirror_of(replace(part, subject=Subject.BUYERS), group.id)
    assert mirror is not None
    said = dict(reading_guide(replace(report, parts=(*report.parts, mirror)), digest(report)))
    assert "those of the main report" in said["Part 2"]
    assert "main report" not in " ".join(dict(reading_guide(report, digest(report))).values())
