"""A report as data: CSV and JSON of displayed values, nothing finer than what its pages show."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from io import StringIO

from reports import experience
from reports.model import Item, Part, Report, ReportSection
from reports.serial import report_to_bytes
from reports.tables import EVERYONE_TITLE

COLUMNS = ("part", "element", "statement", "wording", "practices", "group", "kind", "figure")
_EVERYONE_ID = "everyone"
# What a spreadsheet takes for the start of a formula, or skips before one.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def to_csv(report: Report) -> bytes:
    """A row for each part x element x statement x group, everyone together last, as UTF-8 with a byte order mark.

    Of one partner nobody's answers are put together, so that it has no such row. At the very end comes a row for each
    question about the review itself. Shape: ``COLUMNS``. ``figure`` is the text that the pages show. Text that a
    spreadsheet would take for a formula begins with an apostrophe.
    """
    stream = StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow(COLUMNS)
    writer.writerows([_harmless(value) for value in row] for row in _rows(report))
    return stream.getvalue().encode("utf-8-sig")


def to_json(report: Report) -> bytes:
    """The canonical bytes of the report: those whose digest its pages print."""
    return report_to_bytes(report)


def _rows(report: Report) -> Iterator[Sequence[str]]:
    for part in report.parts:
        for section in part.sections:
            for item in section.items:
                yield from _item_rows(part, section, item)
    if report.experience is not None:
        for asked in report.experience.items:
            start = (experience.TITLE, "", asked.aspect, asked.question, "")
            yield (*start, experience.EVERYONE_TITLE, _EVERYONE_ID, asked.share.text)


def _item_rows(part: Part, section: ReportSection, item: Item) -> Iterator[Sequence[str]]:
    start = (part.title, section.title, item.question_id, item.wording, " ".join(item.practices))
    for group in part.groups:
        kind = "own view" if group.is_self else group.kind.value
        yield (*start, group.title, kind, item.values[group.id].text)
    if not part.is_on_partner:
        yield (*start, EVERYONE_TITLE, _EVERYONE_ID, item.everyone.text)


def _harmless(value: str) -> str:
    return f"'{value}" if value.startswith(_FORMULA_STARTS) else value
