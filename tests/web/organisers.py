"""Organisers at work, for the tests of their pages: forms filled in as shown, spreadsheets, and what a page says."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

import html5lib
from flask import Flask
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from review_app import clock
from review_app.database import reading, transaction
from review_app.models.cycles import InvitationRecord
from review_app.models.outbox import MailRecord
from review_app.services import approving
from review_app.state import state
from surveys.subjects import Subject
from tests.conftest import SAMPLE, OpenCycle, links_of
from tests.pages import PageClient
from tests.web.stewards import Guarded, answer, cycle_of

IMPORT = "/organiser/chains/new"
SAVE = "/organiser/chains"
HOME = "/organiser"
TITLE = "Autumn review"
_TOKEN = re.compile(r'(name="csrf_token" value=")[^"]+')
_TYPED = {"text", "email", "hidden", "search"}


def form_of(html: str) -> dict[str, list[str]]:
    """What a browser would post of the last form of a page's main part, were it sent as it stands."""
    root = html5lib.parse(html, namespaceHTMLElements=False)
    main = next(element for element in root.iter("main"))
    found: dict[str, list[str]] = {}
    for element in list(main.iter("form"))[-1].iter():
        name = element.get("name")
        if not name:
            continue
        kind = element.get("type", "text")
        if (element.tag == "input" and kind in _TYPED) or "checked" in element.attrib:
            found.setdefault(name, []).append(element.get("value") or "")
        elif element.tag == "textarea":
            # A browser drops the line end that begins a text area.
            found[name] = ["".join(element.itertext()).removeprefix("\n")]
        elif element.tag == "select":
            options = list(element.iter("option"))
            chosen = [option for option in options if "selected" in option.attrib] or options[:1]
            found[name] = [option.get("value") or "" for option in chosen]
    return found


def typed(html: str, changes: Mapping[str, list[str]] | None = None) -> dict[str, list[str]]:
    """The fields of a page's form as they would be posted after some changes; the token apart."""
    fields = {**form_of(html), **(changes or {})}
    return {name: values for name, values in fields.items() if name != "csrf_token" and values}


def send_form(client: PageClient, path: str, changes: Mapping[str, list[str]] | None = None) -> TestResponse:
    """Posts the form of a page as it stands, but for the changes; a field that is changed to [] is not posted."""
    page = client.get(path).text
    return client.post(path, data={**typed(page, changes), "csrf_token": form_of(page)["csrf_token"]})


def day(value: date) -> list[str]:
    """A day as its three boxes."""
    return [str(value.day), str(value.month), str(value.year)]


def upload(
    client: PageClient, content: bytes, *, name: str = "The North", filename: str = "roster.csv"
) -> TestResponse:
    """Posts a spreadsheet for a dry run."""
    fields = {
        "csrf_token": client.csrf(HOME),
        "name": name,
        "file": FileStorage(io.BytesIO(content), filename),
    }
    # Made here, because the client would leave a temporary file open for a large one.
    boundary, body = encode_multipart(fields)
    return client.post(IMPORT, data=body, content_type=f'multipart/form-data; boundary="{boundary}"')


def checked(html: str) -> str:
    """The checked upload that a page of a dry run carries; "" without one."""
    found = re.search(r'name="checked" value="([^"]+)"', html)
    return found[1] if found else ""


def save(client: PageClient, carried: str) -> TestResponse:
    """Confirms a dry run."""
    return client.post(SAVE, data={"csrf_token": client.csrf(HOME), "checked": carried})


def sheet(rows: Iterable[Iterable[object]]) -> bytes:
    """Rows as a CSV file."""
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


def workbook(rows: Iterable[Iterable[object]]) -> bytes:
    """Rows as an Excel workbook."""
    book = Workbook()
    page = book.active
    assert isinstance(page, Worksheet)
    for row in rows:
        page.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def sample_rows() -> list[list[str]]:
    """The sample's rows, its headings first."""
    return list(csv.reader(io.StringIO(SAMPLE.read_text(encoding="utf-8"))))


def bigger_chain(times: int) -> bytes:
    """The sample with every organisation but the prime several times over, each with people of its own."""
    headings, *rows = sample_rows()
    name, role, buyer, email = (
        headings.index(h) for h in ("organisation", "role", "contracts_with", "email")
    )
    found = [headings, *(row for row in rows if row[role] in {"prime", "commissioner"})]
    prime = next(row[name] for row in rows if row[role] == "prime")
    for number in range(times):
        for row in rows:
            if row[role] not in {"prime", "commissioner"}:
                copy = list(row)
                copy[name], copy[buyer] = f"{row[name]} {number}", prime
                copy[email] = f"n{number}.{row[email]}"
                found.append(copy)
    return sheet(found)


def rows_of_table(html: str) -> list[list[str]]:
    """The cells of every table row of a page, the rows of headings apart."""
    root = html5lib.parse(html, namespaceHTMLElements=False)
    return [
        [" ".join("".join(cell.itertext()).split()) for cell in row if cell.tag in {"th", "td"}]
        for table in root.iter("table")
        for body in table.iter("tbody")
        for row in body.iter("tr")
    ]


def main_of(html: str) -> str:
    """The words of a page's main part, with every run of white space as one space."""
    root = html5lib.parse(html, namespaceHTMLElements=False)
    return " ".join("".join(next(root.iter("main")).itertext()).split())


def without_token(html: str) -> str:
    """A page without its token, which differs from one second to the next."""
    return _TOKEN.sub(r"\1", html)


def approve(app: Flask, guarded: Guarded) -> None:
    """The steward approves, with one host."""
    with app.app_context(), transaction() as session:
        approving.approve(session, guarded.cycle_id, guarded.steward.id, opening_key=None)


def review(guarded: Guarded, end: str = "") -> str:
    """The address of the review's page, or of one below it."""
    return f"/organiser/reviews/{guarded.cycle_id}{end}"


def new_path(app: Flask, guarded: Guarded) -> str:
    """The address of the form for a new review of the chain."""
    return f"/organiser/chains/{cycle_of(app, guarded.cycle_id).chain_id}/reviews/new"


def whole(guarded: Guarded, **changes: list[str]) -> dict[str, list[str]]:
    """What makes the form that is offered a design that can be kept, and some changes."""
    return {"title": [TITLE], "steward_id": [guarded.steward.id], **changes}


def in_days(days: float) -> datetime:
    """The moment so many days from now."""
    return clock.now() + timedelta(days=days)


def of_location(location: str | None) -> str:
    """The id of the review or chain that an answer leads to."""
    assert location is not None
    return location.rpartition("/")[2]


def sent(app: Flask, cycle_id: str) -> tuple[int, int]:
    """How many invitations and mails a review has."""
    with app.app_context(), reading() as session:
        counts = [
            session.scalar(select(func.count()).select_from(record).where(record.cycle_id == cycle_id))
            for record in (InvitationRecord, MailRecord)
        ]
    return counts[0] or 0, counts[1] or 0


def import_chain(client: PageClient, rows: list[list[str]], name: str = "Another contract") -> str:
    """The id of a chain that was imported through the pages."""
    answer = save(client, checked(upload(client, sheet(rows), name=name).text))
    assert answer.status_code == 303
    return of_location(answer.location)


def path_of(launched: Guarded) -> str:
    """The address of a review's page."""
    return f"/organiser/reviews/{launched.cycle_id}"


def opened(app: Flask, launched: Guarded) -> OpenCycle:
    """The review with the secrets of its links."""
    with app.app_context():
        return OpenCycle(launched.cycle_id, links_of(state(), launched.cycle_id))


def answer_some(app: Flask, launched: Guarded, people: int, subject: Subject = Subject.CHAIN) -> None:
    """The first people by their addresses send one review each."""
    review = opened(app, launched)
    with app.app_context():
        for email in sorted(review.links)[:people]:
            answer(review, email, subject)
