"""A review in its time for replies, at rest, and the browsers of those who came by a link to its reports."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import time_machine
from flask import Flask
from werkzeug.test import TestResponse

from review_app import worker
from review_app.database import reading
from review_app.services import publishing
from surveys import sealing
from surveys.publication import CHECK_DAYS
from tests.pages import PageClient
from tests.publications import BIDDER, DAYS, counted, make
from tests.web.stewards import Guarded, field

MILL, ASH, PRIME, COUNCIL, BID = (f"0@{id_}.example" for id_ in ("mill", "ash", "prime", "council", BIDDER))


@dataclass(frozen=True)
class Made(Guarded):
    """An installation at rest whose reports wait for replies. ``secrets``: of the links, by address."""

    parties: dict[str, str]
    secrets: dict[str, bytes]
    closes_at: datetime

    @property
    def publishes_at(self) -> datetime:
        """When everybody gets the reports."""
        return self.closes_at + timedelta(days=DAYS)

    @property
    def replies_until(self) -> datetime:
        """When no reply can be written any more."""
        return self.publishes_at - timedelta(days=CHECK_DAYS)

    def code(self, address: str) -> str:
        """The code in somebody's mail."""
        return sealing.code_of(self.secrets[address])

    def partner_path(self, party: str) -> str:
        """The page of the report on a partner, for those who came by a link."""
        return f"/report/partners/{self.parties[party]}"


def made_review(folder: Path, **changes: object) -> Made:
    """The review, made in a folder."""
    environ = {
        "ROUNDTABLE_MODE": "demo",
        "ROUNDTABLE_DATA_DIR": str(folder / "data"),
        "ROUNDTABLE_KEYS_DIR": str(folder / "keys"),
        "ROUNDTABLE_SECRET_KEY": "s" * 40,
        "ROUNDTABLE_BASE_URL": "http://127.0.0.1:8000",
    }
    with counted(environ, **changes) as of:
        make(of)
        secrets = {address: of.secret(address) for address in (MILL, ASH, PRIME, COUNCIL, BID)}
        return Made(
            folder=folder,
            cycle_id=of.cycle.id,
            organiser=of.organiser,
            steward=of.steward,
            parties=of.parties,
            secrets=secrets,
            closes_at=of.closes_at,
        )


def came_by(app: Flask, made: Made, address: str) -> PageClient:
    """A new browser in which somebody's link is open."""
    client = app.test_client()
    assert isinstance(client, PageClient)
    answer = client.post("/report", data={"code": made.code(address)})
    assert (answer.status_code, answer.location) == (303, "/report/yours"), answer.text
    return client


@contextmanager
def after_the_publication(app: Flask, made: Made) -> Iterator[None]:
    """The day after everybody got the reports."""
    with time_machine.travel(made.publishes_at + timedelta(days=1), tick=True):
        with app.app_context():
            worker.advance_reports()
        yield


def reply(client: PageClient, path: str, text: str, promise: str = "", **changes: str) -> TestResponse:
    """Posts the form of a reply as its page holds it, but for the changes."""
    page = client.get(path).text
    hidden = {name: field(page, name) for name in ("csrf_token", "seen", "finding")}
    return client.post(path, data={**hidden, "text": text, "promise": promise, **changes})


def replies_in(app: Flask, made: Made, subject: str = "") -> list[tuple[str, str]]:
    """The text and the promise of each reply that a published report holds."""
    with app.app_context(), reading() as session:
        report = publishing.load(session, made.cycle_id, subject).report
    return [(one.text, one.promise) for one in report.replies]
