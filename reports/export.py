"""The displayed values of a report as CSV and JSON, for people who calculate."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from reports.model import Item, Part, Report, ReportSection
from reports.serial import report_to_bytes

HEADINGS = ("subject", "element", "question", "statement", "practices", "group", "answers in group", "displayed mean")
EVERYONE = "All groups but the subject's own and named ones"
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def to_csv(report: Report) -> bytes:
    """One row per subject, statement and group, displayed texts only. Shape: UTF-8 with BOM, ``HEADINGS`` first.

    What is not shown reads the same for every reason. A text that a spreadsheet would take for a formula
    begins with an apostrophe.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(HEADINGS)
    for part in report.parts:
        for section in part.sections:
            for item in section.items:
                writer.writerows(_rows(part, section, item))
    return text.getvalue().encode("utf-8-sig")


def to_json(report: Report) -> bytes:
    """The canonical bytes of the snapshot, which the report's fingerprint is taken of."""
    return report_to_bytes(report)


def _rows(part: Part, section: ReportSection, item: Item) -> Iterator[tuple[str, ...]]:
    about = (part.title, section.title, item.question_id, item.wording, " ".join(item.practices))
    for group in part.groups:
        answers = "" if group.answers is None else str(group.answers)
        yield tuple(map(_plain, (*about, group.title, answers, item.values[group.id].text)))
    yield tuple(map(_plain, (*about, EVERYONE, "", item.everyone.text)))


def _plain(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
