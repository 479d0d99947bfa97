"""The numbers of the statements, which run through a whole report and are the same in its pages and its files."""

from __future__ import annotations

from collections.abc import Mapping

from reports.model import Report
from reports.sides import items_of


def statement_numbers(report: Report) -> Mapping[tuple[str, str], int]:
    """The number of each statement, by the subject of its part and its own id, in the order of reading from 1 on.

    A part without columns lists no statements, so that those have no numbers.
    """
    listed = [
        (part.subject, item.question_id) for part in report.parts if part.groups for item in items_of(part)
    ]
    return {key: number for number, key in enumerate(listed, start=1)}
