"""What cannot be saved just now is given back whole, to be saved after all: after a lost link, with a full disk."""

from __future__ import annotations

import html
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import psycopg
import pytest
import time_machine
from flask import Flask
from sqlalchemy import event, select

from review_app import clock
from review_app.config import Settings
from review_app.database import migrate, reading, transaction
from review_app.demo.browsing import FormReader
from review_app.factory import create_app
from review_app.models import db
from review_app.models.ballots import experiences_table
from review_app.models.cycles import CycleRecord
from review_app.services import chains
from review_app.services.accounts import AccountRole
from review_app.spreadsheet import read_chain
from surveys import sealing
from surveys.answers import Comment, CommentChoice
from surveys.instrument import OptOut, Voice
from tests.conftest import SAMPLE, OpenCycle, draft_on, launch_cycle, make_account
from tests.pages import PageClient, token_of
from tests.servers import new_postgres_database
from tests.web.respondents import (
    OTHER_VCS_PARTNER,
    VCS_PARTNER,
    answer_whole,
    draft_of,
    open_link,
    review_of,
    send,
    words,
)
from tests.web.tables import every_row, sealed_rows

PARTNER = Voice.PARTNER_ON_PRIME
COMMENT = "They pay late & never say <why>."
TYPED = {"q-open-contracts": "2", "q-open-accounts": "not_seen", "c-2a": COMMENT, "v-2a": "steward_only"}
BY_SCRIPT = {"Accept": "application/json"}


@pytest.fixture
def secret(open_cycle: OpenCycle) -> bytes:
    return open_cycle.links[VCS_PARTNER]


def first_page(app: Flask, secret: bytes) -> str:
    return f"/r/reviews/{review_of(app, secret, PARTNER).reference}/1"


def experiences_of(app: Flask, cycle_id: str) -> list[tuple[bytes, bytes]]:
    """What lies sealed about the review itself."""
    with app.app_context(), reading() as session:
        storage = session.get_one(CycleRecord, cycle_id).storage or ""
        return [(row.id, row.blob) for row in session.execute(select(experiences_table(storage)))]


def assert_typed(app: Flask, secret: bytes) -> None:
    """The draft holds what was typed."""
    answers = draft_of(app, secret, review_of(app, secret, PARTNER))
    assert answers.ratings == {"open-contracts": 2, "open-accounts": OptOut.NOT_SEEN}
    assert answers.comments == {"2a": Comment(COMMENT, CommentChoice.STEWARD_ONLY)}


def assert_given_back(page: str, told: str) -> None:
    """The page of statements itself, with everything that was typed and a summary of what is wrong."""
    assert "<title>Error: Being open and working together" in page
    assert f'<a href="#save">{told}' in page and 'id="save"' in page
    assert 'value="2" checked' in page and 'value="not_seen" checked' in page
    assert 'value="steward_only"\n           aria-describedby="v-2a-3-hint" checked' in page
    assert page.count(" checked") == 3
    assert html.escape(COMMENT) in page


def test_a_page_whose_token_has_expired_is_given_back_with_one_that_holds(
    app: Flask, secret: bytes, open_cycle: OpenCycle
) -> None:
    client, path = open_link(app, secret), first_page(app, secret)
    token = client.csrf(path)
    client.delete_cookie("session")
    answer = client.post(path, data={"csrf_token": token, **TYPED})
    assert answer.status_code == 400
    assert_given_back(
        answer.text, "Not saved yet: this page was open for a long time. Your text is still here."
    )
    assert sealed_rows(app, open_cycle.id) == {"ballots": [], "drafts": []}
    again = client.post(path, data={"csrf_token": token_of(answer.text), **TYPED})
    assert again.status_code == 303
    assert_typed(app, secret)


def test_a_check_whose_token_has_expired_can_be_sent_once_more(app: Flask, secret: bytes) -> None:
    client, review = open_link(app, secret), review_of(app, secret, PARTNER)
    path = answer_whole(client, review)
    client.delete_cookie("session")
    answer = client.post(path)
    assert answer.status_code == 400
    assert '<a href="#send">Not sent yet: this page was open for a long time.' in answer.text
    assert client.post(path, data={"csrf_token": token_of(answer.text)}).location.endswith("/received")


def test_a_page_without_its_link_holds_everything_until_the_link_is_open_again(
    app: Flask, secret: bytes
) -> None:
    client, path = open_link(app, secret), first_page(app, secret)
    token = client.csrf(path)
    client.delete_cookie("r")
    answer = client.post(path, data={"csrf_token": token, **TYPED})
    assert answer.status_code == 409
    held = FormReader(answer.text)
    assert held.hidden.items() >= {name: TYPED[name] for name in TYPED if name != "c-2a"}.items()
    assert held.texts == ["c-2a"]
    # In another tab.
    client.post("/r", data={"code": sealing.code_of(secret)})
    assert client.post(path, data={**held.hidden, "c-2a": COMMENT}).status_code == 303
    assert_typed(app, secret)


@pytest.mark.parametrize(
    ("way", "asked"),
    [("leave-out", {"who": "leave_us_out", "text": COMMENT}), ("message", {"text": COMMENT})],
)
def test_what_is_asked_of_the_steward_never_comes_from_somebody_elses_link(
    app: Flask, secret: bytes, open_cycle: OpenCycle, way: str, asked: dict[str, str]
) -> None:
    client, path = open_link(app, secret), f"/r/help/{way}"
    form = FormReader(client.get(path).text)
    other = open_cycle.links[OTHER_VCS_PARTNER]
    client.post("/r", data={"code": sealing.code_of(other)})
    before = every_row(app)
    answer = client.post(path, data={**form.hidden, **asked})
    assert answer.status_code == 409
    assert "Open your own link again" in answer.text and html.escape(COMMENT) in answer.text
    assert every_row(app) == before
    held = FormReader(answer.text)
    client.post("/r", data={"code": sealing.code_of(secret)})
    assert client.post(path, data={**held.hidden, **asked}).location == "/r/asked"


def test_what_is_said_about_the_review_never_replaces_what_another_said(
    app: Flask, secret: bytes, open_cycle: OpenCycle
) -> None:
    other, client = open_cycle.links[OTHER_VCS_PARTNER], open_link(app, secret)
    for link in (other, secret):
        client.post("/r", data={"code": sealing.code_of(link)})
        review = review_of(app, link, PARTNER)
        answer_whole(client, review)
        send(client, review)
    form = FormReader(client.get("/r/experience").text)
    client.post("/r", data={"code": sealing.code_of(other)})
    assert client.send("/r/experience", {"safe": "yes"}).status_code == 303
    before = experiences_of(app, open_cycle.id)
    for path in ("/r/experience", "/r/experience/take-back"):
        answer = client.post(path, data={**form.hidden, "safe": "no"})
        assert answer.status_code == 409 and "Open your own link again" in answer.text
    assert experiences_of(app, open_cycle.id) == before and len(before) == 1


def test_a_page_under_somebody_elses_link_is_saved_nowhere_and_held(
    app: Flask, secret: bytes, open_cycle: OpenCycle
) -> None:
    client, path = open_link(app, secret), first_page(app, secret)
    client.post("/r", data={"code": sealing.code_of(open_cycle.links[OTHER_VCS_PARTNER])})
    answer = client.send(path, TYPED, page="/r/reviews")
    assert answer.status_code == 409
    assert "Open your own link again" in answer.text and html.escape(COMMENT) in answer.text
    assert sealed_rows(app, open_cycle.id) == {"ballots": [], "drafts": []}


def test_a_foreign_page_gets_no_button_that_would_do_what_it_asks(app: Flask, secret: bytes) -> None:
    client = open_link(app, secret)
    asked = {"who": "leave_us_out", "text": "Leave us out."}
    own = client.post("/r/help/leave-out", data=asked, headers={"Sec-Fetch-Site": "same-origin"})
    foreign = client.post("/r/help/leave-out", data=asked, headers={"Sec-Fetch-Site": "cross-site"})
    assert own.status_code == foreign.status_code == 400
    assert FormReader(own.text).hidden.items() >= {"who": "leave_us_out"}.items()
    assert "Leave us out." in foreign.text
    assert 'action="/r/help/leave-out"' in own.text and 'action="/r/help/leave-out"' not in foreign.text


def test_the_script_is_told_what_became_of_a_page_and_saves_as_the_button_does(
    app: Flask, secret: bytes
) -> None:
    client, path = open_link(app, secret), first_page(app, secret)

    def post(fields: dict[str, str], to: str = path, token: str = "") -> tuple[int, dict[str, Any]]:
        data = {"csrf_token": token or client.csrf("/r/reviews"), **fields}
        answer = client.post(to, data=data, headers=BY_SCRIPT)
        return answer.status_code, answer.get_json()

    on = path.removesuffix("1")
    assert post(TYPED) == (200, {"state": "saved", "next": f"{on}2", "telling": []})
    assert post(TYPED | {"c-2a": "Gary Laidlaw knows."})[1]["telling"] == ["Gary Laidlaw"]
    post(TYPED)
    assert_typed(app, secret)
    assert post(TYPED | {"action": "later"})[1]["next"] == "/r/reviews?notice=kept"
    status, told = post({"c-2a": "x" * 501})
    assert (status, told["state"]) == (422, "faults")
    assert told["words"].startswith("Not saved yet. Your comment is 1 character too long.")
    status, told = post(TYPED, token="old")
    assert (status, told["state"]) == (400, "expired")
    assert post(TYPED, token=told["token"])[0] == 200
    check = f"{on}check"
    assert post({}, check) == (200, {"state": "saved", "next": f"{on}received"})
    assert post(TYPED)[1]["state"] == "already_sent"
    token = client.csrf("/r/reviews")
    with time_machine.travel(clock.now() + timedelta(days=22)):
        assert post(TYPED, token=token)[1]["state"] == "closed"
    client.delete_cookie("r")
    assert post(TYPED, token=token)[1]["state"] == "link_lost"


def test_what_the_script_saves_is_sealed_in_one_size_and_logged_nowhere(
    app: Flask, secret: bytes, open_cycle: OpenCycle, caplog: pytest.LogCaptureFixture
) -> None:
    client, path = open_link(app, secret), first_page(app, secret)
    token = client.csrf(path)
    sizes = set()
    with caplog.at_level(logging.DEBUG):
        for comment in ("", COMMENT, "😀" * 500):
            for fields in ({}, TYPED):
                data = {"csrf_token": token, **fields, "c-2a": comment}
                assert client.post(path, data=data, headers=BY_SCRIPT).status_code == 200
                ((_id, blob),) = sealed_rows(app, open_cycle.id)["drafts"]
                sizes.add(len(blob))
    assert len(sizes) == 1
    assert caplog.text == ""


@contextmanager
def full(app: Flask) -> Iterator[None]:
    """SQLite may take no further page, which it says in the words of a full disk."""

    def stop(connection: Any, _record: object) -> None:
        connection.execute("PRAGMA max_page_count = 1")

    with app.app_context():
        engine = db.engine
    event.listen(engine, "connect", stop)
    engine.dispose()
    try:
        yield
    finally:
        event.remove(engine, "connect", stop)
        engine.dispose()


def test_a_full_disk_gives_the_page_back_and_takes_it_when_there_is_room(
    app: Flask, secret: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    client, path = open_link(app, secret), first_page(app, secret)
    token = client.csrf(path)
    with full(app):
        answer = client.post(path, data={"csrf_token": token, **TYPED})
        told = client.post(path, data={"csrf_token": token, **TYPED}, headers=BY_SCRIPT)
    for each in (answer, told):
        assert (each.status_code, each.headers["Retry-After"]) == (503, "30")
    assert_given_back(answer.text, "Not saved yet: the server cannot save just now. Your text is still here.")
    assert told.get_json()["state"] == "unavailable"
    assert "OperationalError" in caplog.text
    assert COMMENT not in caplog.text and path not in caplog.text
    assert client.post(path, data={"csrf_token": token_of(answer.text), **TYPED}).status_code == 303
    assert_typed(app, secret)


def test_a_full_disk_sends_nothing_and_keeps_the_draft(app: Flask, secret: bytes) -> None:
    client, review = open_link(app, secret), review_of(app, secret, PARTNER)
    path = answer_whole(client, review)
    token = client.csrf(path)
    with full(app):
        answer = client.post(path, data={"csrf_token": token})
    assert answer.status_code == 503
    assert '<a href="#send">Not sent yet: the server cannot save just now.' in words(answer.text)
    assert review_of(app, secret, PARTNER).has_draft
    assert send(client, review).location.endswith("/received")


@pytest.fixture
def on_postgres(environ: dict[str, str], postgres_address: str) -> Iterator[tuple[Flask, bytes, str]]:
    """An open review on PostgreSQL, somebody's link, and the name of its database."""
    name = f"test_{sealing.new_link_key().hex()[:12]}"
    url = new_postgres_database(postgres_address, name)
    app = create_app(Settings.from_env({**environ, "ROUNDTABLE_DATABASE_URL": url}))
    app.test_client_class = PageClient
    with app.app_context():
        migrate()
        with transaction() as session:
            chain = read_chain(SAMPLE.read_bytes(), SAMPLE.name, "Pathways North")
            chain_id = chains.keep(session, clock.now(), chain)
    organiser = make_account(app, "organiser@prime.example", AccountRole.ORGANISER)
    steward = make_account(app, "steward@independent.example", AccountRole.STEWARD)
    cycle = launch_cycle(app, draft_on(app, chain_id, organiser, steward), steward)
    yield app, cycle.links[VCS_PARTNER], name
    with app.app_context():
        db.engine.dispose()


@pytest.mark.postgres
def test_a_connection_that_is_killed_while_it_saves_gives_the_page_back(
    on_postgres: tuple[Flask, bytes, str], postgres_address: str
) -> None:
    app, secret, _name = on_postgres
    client, path = open_link(app, secret), first_page(app, secret)
    token = client.csrf(path)

    def end(connection: Any, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("INSERT INTO drafts_"):
            own = connection.connection.driver_connection.info.backend_pid
            with psycopg.connect(f"{postgres_address}/postgres", autocommit=True) as other:
                other.execute("SELECT pg_terminate_backend(%s, 5000)", (own,))

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", end)
    answer = client.post(path, data={"csrf_token": token, **TYPED})
    event.remove(engine, "before_cursor_execute", end)
    assert answer.status_code == 503
    assert_given_back(answer.text, "Not saved yet: the server cannot save just now.")
    assert client.post(path, data={"csrf_token": token, **TYPED}).status_code == 303
    assert_typed(app, secret)


@pytest.mark.postgres
def test_a_database_that_is_away_altogether_leaves_a_page_that_holds_everything(
    on_postgres: tuple[Flask, bytes, str], postgres_address: str
) -> None:
    app, secret, name = on_postgres
    client, path = open_link(app, secret), first_page(app, secret)
    token = client.csrf(path)
    with psycopg.connect(f"{postgres_address}/postgres", autocommit=True) as other:
        other.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        other.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s", (name,)
        )
        answer = client.post(path, data={"csrf_token": token, **TYPED})
        read = client.get(path)
        other.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
    assert answer.status_code == read.status_code == 503
    assert "What you chose or typed is still here. Try again in a minute." in words(answer.text)
    held = FormReader(answer.text)
    assert html.escape(COMMENT) in answer.text and held.texts == ["c-2a"]
    assert client.post(path, data={**held.hidden, "c-2a": COMMENT}).status_code == 303
    assert_typed(app, secret)
