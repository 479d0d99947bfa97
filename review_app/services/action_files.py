"""A chain's actions as files to take along: a table as CSV and XLSX, and their due dates as a calendar.

Organisations are named and persons are not, because files are passed on. Columns are those of ``COLUMNS``.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from enum import StrEnum
from io import StringIO

from icalendar import Calendar, Event

from reports.export import harmless
from reports.sheets import Book
from review_app.mail.calendar import PRODUCT
from review_app.services.overseeing import Overseen, Overview
from review_app.services.report_files import ReportFile
from surveys.improvement import UNDER_WAY
from surveys.practices import practices
from surveys.texts import clean_line

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class FileKind(StrEnum):
    """A form in which the actions of a chain can be taken along."""

    CSV = "csv"
    XLSX = "xlsx"
    ICS = "ics"


def _changed(line: Overseen) -> date:
    entries = line.action.entries
    return (entries[-1].at if entries else line.action.created_at).date()


# What each column is called in the CSV and in the workbook, and what it says of an action.
COLUMNS: tuple[tuple[str, str, Callable[[Overseen], str | int | date]], ...] = (
    ("number", "Number", lambda line: line.action.number),
    ("action", "What will be different", lambda line: line.action.title),
    ("for_whom", "For whom", lambda line: line.action.for_whom),
    ("state", "State", lambda line: line.action.state.value.replace("_", " ")),
    ("due", "Due", lambda line: line.action.due),
    ("overdue", "Overdue", lambda line: "yes" if line.is_overdue else "no"),
    ("help", "Help is wanted", lambda line: line.action.help_wanted),
    ("owners", "Owners", lambda line: "; ".join(line.owners)),
    ("verifier", "Verifier", lambda line: line.action.verifier.party_name),
    ("practices", "Practices", lambda line: " ".join(line.action.practices)),
    ("elements", "Elements", lambda line: "; ".join(_elements(line.action.practices))),
    ("subject", "Subject", lambda line: line.action.subject),
    ("statement", "Statement", lambda line: line.action.question_id),
    ("vote", "Vote", lambda line: line.action.vote),
    ("measure", "Measure", lambda line: line.action.measure),
    ("baseline", "Baseline", lambda line: line.action.baseline),
    ("steps", "Steps", lambda line: len(line.action.steps)),
    ("steps_done", "Steps done", lambda line: sum(step.is_done for step in line.action.steps)),
    ("evidence", "Pieces of evidence", lambda line: len(line.action.evidence)),
    ("reason", "Why it was declined", lambda line: line.action.reason),
    ("workshop", "Workshop", lambda line: line.workshop),
    ("agreed_on", "Agreed on", lambda line: line.action.created_at.date()),
    ("changed_on", "Last entry on", _changed),
)


def file_of(overview: Overview, kind: FileKind, name: str, now: datetime) -> ReportFile:
    """The actions of an overview as a file. ``name``: its name without what says its kind."""
    if kind is FileKind.CSV:
        return ReportFile(f"{name}.csv", "text/csv; charset=utf-8", to_csv(overview.lines))
    if kind is FileKind.XLSX:
        return ReportFile(f"{name}.xlsx", XLSX_TYPE, to_xlsx(overview, now.date()))
    return ReportFile(f"{name}.ics", "text/calendar; charset=utf-8", to_ics(overview, now))


def to_csv(lines: Iterable[Overseen]) -> bytes:
    """A row for each action, as UTF-8 with a byte order mark.

    Text that a spreadsheet would take for a formula begins with an apostrophe.
    """
    stream = StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow([key for key, _head, _value in COLUMNS])
    writer.writerows([harmless(str(value(line))) for _key, _head, value in COLUMNS] for line in lines)
    return stream.getvalue().encode("utf-8-sig")


def to_xlsx(overview: Overview, today: date) -> bytes:
    """A workbook with one table. Whatever a text begins with, it is never a formula."""
    book = Book(f"{overview.chain_name}: actions", today)
    rows = [[value(line) for _key, _head, value in COLUMNS] for line in overview.lines]
    heads = [head for _key, head, _value in COLUMNS]
    # A workbook needs a sheet.
    if not rows:
        book.add_text("Actions", [("Actions", ""), ("None", "No action was agreed yet.")])
    book.add_table("Actions", heads, rows, named_by=2)
    return book.to_bytes()


def to_ics(overview: Overview, now: datetime) -> bytes:
    """The due dates as entries of a whole day, without links and without persons: calendars are shared at work."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", clean_line(f"{overview.chain_name}: actions"))
    # Nothing is due any more of what is done or settled.
    for line in overview.lines:
        if line.action.state not in UNDER_WAY:
            continue
        calendar.add_component(_event(line, now))
    return bytes(calendar.to_ical())


def _event(line: Overseen, now: datetime) -> Event:
    action, event = line.action, Event()
    event.add("uid", f"action-{action.id}@roundtable")
    event.add("sequence", len(action.entries))
    event.add("dtstamp", now)
    event.add("dtstart", action.due)
    event.add("dtend", action.due + timedelta(days=1))
    event.add("summary", clean_line(f"Action {action.number} is due: {action.title}"))
    state = action.state.value.replace("_", " ")
    event.add("description", f"{', '.join(line.owners)}: {state}.")
    event.add("class", "PRIVATE")
    event.add("transp", "TRANSPARENT")
    return event


def _elements(ids: Iterable[str]) -> tuple[str, ...]:
    known = practices()
    return tuple(dict.fromkeys(known[id_].element for id_ in ids if id_ in known))
