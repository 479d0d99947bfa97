"""The linkage attack: who holds every file but the keys, before and after each request, links no better than chance.

The attacker sees ballots appear one after the other and has the roster, the outbox and all tables. A guess is a way to
put people into an order; it is scored by how many of the twelve people it puts where they really answered.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import itertools
import json
import random
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import Request

import pytest
from flask import Flask
from sqlalchemy import select, text

from review_app import clock
from review_app.config import Settings
from review_app.database import migrate, reading, transaction
from review_app.demo.browsing import Browser, FormReader
from review_app.factory import create_app
from review_app.models import db
from review_app.models.ballots import ballots_table, drafts_table, experiences_table
from review_app.models.cycles import CycleRecord
from review_app.models.requests import StewardRequestRecord
from review_app.services import answering, chains, experiences, steward_requests
from review_app.services.accounts import Account, AccountRole
from review_app.services.steward_requests import RequestKind
from review_app.spreadsheet import read_chain
from review_app.state import state
from surveys import sealing
from surveys.answers import Answers, Comment, CommentChoice
from surveys.experience import Aspect, Experience
from surveys.language import BILINGUAL, Language
from tests.conftest import SAMPLE, OpenCycle, draft_on, launch_cycle, make_account
from tests.processes import call, serving
from tests.servers import SmtpSink, free_port

RATERS = 12
ROUNDS = 12
COMMENT = "Unser sehr eigener Satz über die Abrechnung im August"
REQUEST = "Unsere sehr eigene Bitte um Aufschub"
# What each person does beside answering, one after the other. The way out's form and what is typed into it.
WAYS = (
    ("right-person", {"known": "known", "contact_name": "Noor Aziz", "text": REQUEST}),
    ("leave-out", {"who": "leave_us_out", "text": REQUEST}),
    ("more-time", {"until": "the Friday after", "text": REQUEST}),
    ("message", {"text": REQUEST}),
)
WITHDRAWN = RATERS // 3
IDENTITY_TABLES = (
    "accounts",
    "chains",
    "parties",
    "contracts",
    "contacts",
    "invitations",
    "assignments",
    "outbox",
    "cycles",
)


class WatchedBrowser(Browser):
    """A browser whose every request is framed by two copies of the data folder."""

    def __init__(self, address: str, data: Path, copies: Path) -> None:
        super().__init__(address)
        self._data, self._copies = data, copies

    def _read(self, request: Request) -> str:
        before = copy_of(self._data, self._copies)
        page = super()._read(request)
        after = copy_of(self._data, self._copies)
        assert identity_side(before) == identity_side(after), "a request left a trace beside a name"
        return page

    def save_as_the_script_does(self, fields: dict[str, str]) -> None:
        """Posts a page of statements while it is filled in, first half of it and then all; the check has none."""
        if not any(name.startswith("q-") for name in fields):
            return
        half = dict(list(fields.items())[: len(fields) // 2 + 1])
        address, headers = f"{self._base_url}{self.path}", {"Accept": "application/json"}
        for part in (half, fields):
            answer = self._read(Request(address, urlencode(part).encode(), headers))
            assert json.loads(answer)["state"] == "saved"


def copy_of(data: Path, copies: Path) -> Path:
    """A copy of every file of the data folder, as a nightly thief would take it."""
    target = copies / f"{len(list(copies.iterdir())):04}"
    shutil.copytree(data, target)
    return target


def identity_side(copy: Path) -> dict[str, list[tuple[object, ...]]]:
    """Everything in the tables about people, in the order of their rows."""
    with sqlite3.connect(copy / "roundtable.sqlite3") as connection:
        return {
            table: connection.execute(f"SELECT rowid, * FROM {table}").fetchall() for table in IDENTITY_TABLES
        }


def forms_of(secret: bytes) -> list[bytes]:
    """The ways in which a secret could lie about."""
    code = sealing.code_of(secret)
    return [
        secret,
        secret.hex().encode(),
        code.encode(),
        code.replace("-", "").encode(),
        code.replace("-", "").lower().encode(),
        base64.b64encode(secret).rstrip(b"="),
        base64.urlsafe_b64encode(secret).rstrip(b"="),
    ]


def files_holding(folder: Path, needles: list[bytes]) -> list[str]:
    """The files under a folder that hold any of the needles."""
    found = []
    for path in folder.rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        if any(needle in content for needle in needles):
            found.append(path.name)
    return found


@pytest.mark.slow
def test_every_file_around_every_request_names_nobody(
    environ: dict[str, str], tmp_path: Path, sink: SmtpSink
) -> None:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    environ |= {
        "ROUNDTABLE_PORT": str(port),
        "ROUNDTABLE_BASE_URL": address,
        "ROUNDTABLE_SMTP_URL": sink.url,
    }
    app = create_app(Settings.from_env(environ))
    copies, data = tmp_path / "copies", tmp_path / "data"
    copies.mkdir()
    with app.app_context():
        migrate()
        cycle, _ = open_round(app, "Pathways North")
        assert call(environ, "worker", "--once").returncode == 0
        people = random.sample(sorted(cycle.links), RATERS)
        asked = 0
        with serving(environ, log=data / "server.log"):
            for number, person in enumerate(people):
                browser = WatchedBrowser(address, data, copies)
                answer_in_browser(browser, sealing.code_of(cycle.links[person]))
                asked += say_how_it_was(browser, takes_it_back=not asked)
                if number < WITHDRAWN:
                    withdraw_in_browser(browser)
                elif number < 2 * WITHDRAWN:
                    draft_in_browser(browser)
                use_every_way_out(browser, person)
        copy_of(data, copies)
        with reading() as session:
            storage = session.scalars(select(CycleRecord.storage)).one() or ""
            ballots = session.execute(select(ballots_table(storage))).all()
            drafts = session.execute(select(drafts_table(storage))).all()
            said = session.execute(select(experiences_table(storage))).all()
            requests = session.scalars(select(StewardRequestRecord)).all()
            lost = session.scalar(text("SELECT count(*) FROM link_requests"))
        db.engine.dispose()
    assert len(ballots) == RATERS - WITHDRAWN
    assert len(drafts) == WITHDRAWN
    # Those who are shown under a name are not asked, and one of the others took it back.
    assert asked > RATERS // 2
    assert len(said) == asked - 1
    assert len(requests) == RATERS * len(WAYS)
    assert lost == RATERS
    needles = [form for secret in cycle.link_list for form in forms_of(secret)]
    assert files_holding(copies, [*needles, COMMENT.encode(), REQUEST.encode()]) == []
    for rows in ([*ballots, *said], drafts, requests):
        assert len({len(row.blob) for row in rows}) == 1
    guessed = guessed_ids(identity_side(sorted(copies.iterdir())[-1]))
    assert guessed & {bytes(row.id) for row in [*ballots, *said]} == set()


def answer_in_browser(browser: WatchedBrowser, code: str) -> None:
    """One whole review through the pages, each saved by its script first, in a language that is changed on the way."""
    page = FormReader(browser.get("/r"))
    language = random.choice(list(Language)).value
    page = FormReader(browser.post("/language", {**page.hidden, "language": language, "back": "/r"}))
    overview = browser.post("/r", {**page.hidden, "code": code})
    assert f'<html lang="{language}"' in overview
    start_at = overview.index('href="/r/reviews/') + 6
    html = browser.get(overview[start_at : overview.index('"', start_at)])
    other = next(one.value for one in Language if one != language)
    html = browser.post(browser.path, {**filled(html), "language": other})
    assert f'<html lang="{other}"' in html
    while not browser.path.endswith("/received"):
        fields = filled(html)
        browser.save_as_the_script_does(fields)
        html = browser.post(browser.path, fields)


def filled(html: str) -> dict[str, str]:
    """The fields of a page of statements, any answer to each and the same comment."""
    form = FormReader(html)
    fields = {name: str(random.randint(1, 5)) for name in form.radios if name.startswith("q-")}
    fields |= dict.fromkeys(form.texts, COMMENT)
    fields |= {name.replace("c-", "v-", 1): CommentChoice.VERBATIM.value for name in form.texts}
    return {**form.hidden, **fields}


def say_how_it_was(browser: Browser, *, takes_it_back: bool) -> bool:
    """Whether this person is asked about the review itself; who is answers, and perhaps takes it back."""
    received = browser.path
    page = FormReader(browser.get("/r/experience"))
    is_asked = browser.path == "/r/experience"
    if is_asked:
        browser.post("/r/experience", {**page.hidden, "clear": "yes", "safe": random.choice(("yes", "no"))})
        if takes_it_back:
            browser.post("/r/experience/take-back", page.hidden)
    browser.get(received)
    return is_asked


def withdraw_in_browser(browser: Browser) -> None:
    """Takes back what was sent, from the page that says that it was received."""
    path = browser.path.replace("/received", "/withdraw")
    browser.post(path, FormReader(browser.get(path)).hidden)


def draft_in_browser(browser: Browser) -> None:
    """Begins to replace what was sent and leaves it as a draft."""
    page = browser.path
    html = browser.post(page.replace("/received", "/replace"), FormReader(browser.get(page)).hidden)
    browser.post(browser.path, filled(html))


def use_every_way_out(browser: Browser, address: str) -> None:
    """Asks the steward for everything there is, and for a lost link."""
    for way, fields in WAYS:
        page = FormReader(browser.get(f"/r/help/{way}"))
        browser.post(browser.path, {**page.hidden, **fields})
        assert browser.path == "/r/asked"
    page = FormReader(browser.get("/r/lost"))
    browser.post("/r/lost", {**page.hidden, "email": address})
    assert browser.path == "/r/lost/asked"


def guessed_ids(tables: dict[str, list[tuple[object, ...]]]) -> set[bytes]:
    """Ballot ids made from everything that the tables hold, as keys and as messages, in case one is derivable."""
    values = {
        value if isinstance(value, bytes) else str(value).encode()
        for table in ("invitations", "assignments", "cycles", "contacts")
        for row in tables[table]
        for value in row
        if value is not None and len(str(value)) < 200
    }
    assignment_ids = [str(row[1]) for row in tables["assignments"]]
    keys = [value for value in values if 8 <= len(value) <= 64]
    guesses = {sealing.ballot_id(key, assignment_id) for key in keys for assignment_id in assignment_ids[:20]}
    guesses |= {sealing.experience_id(key) for key in keys}
    guesses |= {hashlib.sha256(key + a.encode()).digest() for key in keys for a in assignment_ids[:20]}
    guesses |= {
        hmac.new(key, a.encode(), hashlib.sha256).digest() for key in keys for a in assignment_ids[:20]
    }
    return guesses


@pytest.fixture
def either_app(environ: dict[str, str], either_database_url: str) -> Iterator[Flask]:
    """An application on either database."""
    application = create_app(Settings.from_env({**environ, "ROUNDTABLE_DATABASE_URL": either_database_url}))
    with application.app_context():
        migrate()
        yield application
        db.engine.dispose()


def open_round(app: Flask, name: str, people: tuple[Account, Account] | None = None) -> tuple[OpenCycle, str]:
    """An open cycle on a chain of its own, and the tag of its sealed tables."""
    with transaction() as session:
        chain_id = chains.keep(session, clock.now(), read_chain(SAMPLE.read_bytes(), SAMPLE.name, name))
    organiser, steward = people or (
        make_account(app, "organiser@prime.example", AccountRole.ORGANISER),
        make_account(app, "steward@independent.example", AccountRole.STEWARD),
    )
    draft = draft_on(
        app,
        chain_id,
        organiser,
        steward,
        languages=BILINGUAL,
        too_soon_reason="The rounds of one test follow each other.",
    )
    cycle = launch_cycle(app, draft, steward)
    with reading() as session:
        storage = session.scalars(select(CycleRecord.storage).where(CycleRecord.id == cycle.id)).one()
    return cycle, storage or ""


def test_no_order_in_the_database_links_better_than_chance(either_app: Flask) -> None:
    people = (
        make_account(either_app, "organiser@prime.example", AccountRole.ORGANISER),
        make_account(either_app, "steward@independent.example", AccountRole.STEWARD),
    )
    hits: dict[str, int] = {}
    for number in range(ROUNDS):
        cycle, storage = open_round(either_app, f"Chain {number}", people)
        addresses = random.sample(sorted(cycle.links), RATERS)
        ids = {address: leave_everything(cycle.links[address]) for address in addresses}
        for table, sealed in sealed_tables(storage).items():
            truth = {row_ids[table]: address for address, row_ids in ids.items()}
            for name, guess in guesses_of_order(cycle, sealed, addresses).items():
                hits[f"{table}: {name}"] = hits.get(f"{table}: {name}", 0) + sum(
                    truth[row] == person for row, person in guess
                )
    # By chance one of twelve is right in each round, with a variance of one: this bound is five deviations away.
    bound = ROUNDS + 5 * ROUNDS**0.5
    assert len(hits) >= 24
    assert {name: count for name, count in hits.items() if count > bound} == {}


def leave_everything(secret: bytes) -> dict[str, bytes | str]:
    """Drafts and submits one review, drafts it again, says how it was, asks the steward: the ids of the rows."""
    with reading() as session:
        respondent = answering.find(session, clock.now(), secret)
    assert respondent is not None
    review = respondent.reviews[0]
    section = respondent.instrument.sections_for(review.voice)[0]
    answers = Answers(
        {section.questions_for(review.voice)[0].id: 3}, {section.id: Comment("x", CommentChoice.SUMMARISE)}
    )
    for keep in (answering.save_draft, answering.submit, answering.save_draft):
        with transaction() as session:
            keep(session, clock.now(), respondent, review, answers)
    with transaction() as session:
        experiences.send(session, clock.now(), respondent, Experience({Aspect.SAFE: True}))
    request = steward_requests.Request(RequestKind.MORE_TIME, until="Friday")
    with transaction() as session:
        key = state().keys.link_key(respondent.cycle_id)
        assert steward_requests.ask(session, clock.now(), respondent, key, request)
    return {
        "ballots": sealing.ballot_id(secret, review.assignment_id),
        "drafts": sealing.draft_id(secret, review.assignment_id),
        "experiences": sealing.experience_id(secret),
        "requests": sealing.request_id(secret, 0),
    }


def sealed_tables(storage: str) -> dict[str, str]:
    """Where each kind of row lies: the end of a query, without its order."""
    return {
        "ballots": f"ballots_{storage} WHERE cast(:cycle AS varchar) <> ''",
        "drafts": f"drafts_{storage} WHERE cast(:cycle AS varchar) <> ''",
        "experiences": f"experiences_{storage} WHERE cast(:cycle AS varchar) <> ''",
        "requests": "steward_requests WHERE cycle_id = :cycle",
    }


def guesses_of_order(
    cycle: OpenCycle, sealed: str, asked: list[str]
) -> dict[str, list[tuple[bytes | str, str]]]:
    """Every way to lay the rows of a sealed table beside the people that the database offers."""
    is_postgres = db.engine.dialect.name == "postgresql"
    row_orders = {"the table": "", "ids": "ORDER BY id", "blobs": "ORDER BY blob"}
    person_orders = {
        "invitations": "ORDER BY i.id",
        "verifiers": "ORDER BY i.verifier",
        "mail": "ORDER BY o.id",
    }
    if is_postgres:
        row_orders |= {
            "xmin": "ORDER BY xmin::text::bigint",
            "ctid": "ORDER BY ctid",
            "cmin": "ORDER BY cmin::text",
        }
        person_orders |= {
            "person xmin": "ORDER BY i.xmin::text::bigint, i.ctid",
            "person ctid": "ORDER BY i.ctid",
        }
    else:
        person_orders |= {"person rowid": "ORDER BY i.rowid", "outbox rowid": "ORDER BY o.rowid"}
    join = (
        "SELECT c.email FROM invitations i JOIN contacts c ON c.id = i.contact_id"
        " JOIN outbox o ON o.invitation_id = i.id WHERE i.cycle_id = :cycle "
    )
    guesses = {}
    with reading() as session:
        for (r, row_order), (p, person_order) in itertools.product(row_orders.items(), person_orders.items()):
            rows = session.scalars(text(f"SELECT id FROM {sealed} {row_order}"), {"cycle": cycle.id})
            ids = [bytes(row) if isinstance(row, (bytes, memoryview)) else str(row) for row in rows]
            people = [
                e for e in session.scalars(text(join + person_order), {"cycle": cycle.id}) if e in asked
            ]
            guesses[f"{r} x {p}"] = list(zip(ids, people, strict=True))
    return guesses
