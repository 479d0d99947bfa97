"""When the mail of a chain is sent: the organiser's page for it, the command, and what the review's page then says."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
import time_machine
from flask import Flask

from review_app.config import Mode
from review_app.database import reading
from review_app.services import mail_hours
from review_app.state import State, state
from tests.pages import PageClient
from tests.processes import call
from tests.web.organisers import main_of, path_of, send_form, typed
from tests.web.stewards import Guarded, cycle_of, restore, signed_in
from tests.web.tables import every_row, statements

PEOPLE = 40


@pytest.fixture
def app(site: Flask, launched: Guarded) -> Flask:
    """The application on a fresh copy of the open review."""
    restore(site, launched)
    return site


@pytest.fixture
def client(app: Flask, launched: Guarded) -> PageClient:
    """The browser of its organiser."""
    return signed_in(app, launched.organiser)


@pytest.fixture
def chain(app: Flask, launched: Guarded) -> str:
    """The address of its chain."""
    return f"/organiser/chains/{cycle_of(app, launched.cycle_id).chain_id}"


def hours(app: Flask, chain: str) -> str:
    with app.app_context(), reading() as session:
        return str(mail_hours.of_chain(session, chain.rpartition("/")[2]))


def test_an_organiser_chooses_days_and_hours_and_the_history_says_so(
    app: Flask, client: PageClient, chain: str
) -> None:
    assert "When mail is sent" in main_of(client.get(chain).text)
    page = client.get(f"{chain}/hours").text
    assert typed(page) == {"days": ["1", "2", "3", "4", "5"], "start": ["8"], "end": ["18"]}
    answer = send_form(client, f"{chain}/hours", {"days": ["2", "4"], "start": ["9"], "end": ["12"]})
    assert (answer.status_code, answer.location) == (303, chain)
    words = "Tuesday and Thursday, 9am to noon"
    assert f"Mail is sent on {words}." in main_of(client.get(chain).text)
    assert hours(app, chain) == words
    assert f"set the hours of the mail: {words}." in main_of(client.get(f"{chain}/history").text)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"days": []}, "Choose at least one day"),
        ({"start": ["18"], "end": ["18"]}, "Choose an hour after the first"),
        ({"end": ["7"]}, "Choose an hour after the first"),
        ({"days": ["8"]}, "not a valid choice"),
        ({"start": ["24"]}, "Not a valid choice"),
    ],
)
def test_hours_that_no_mail_could_leave_in_are_refused_and_nothing_is_lost(
    app: Flask, client: PageClient, chain: str, changes: dict[str, list[str]], fault: str
) -> None:
    before = every_row(app)
    answer = send_form(client, f"{chain}/hours", changes)
    assert answer.status_code == 422
    assert fault in main_of(answer.text)
    assert every_row(app) == before


def test_the_review_says_until_when_its_mail_waits(app: Flask, client: PageClient, launched: Guarded) -> None:
    own = app.extensions["roundtable"]
    path = path_of(launched)
    try:
        with app.app_context():
            settings = replace(state().settings, mode=Mode.PRODUCTION)
            app.extensions["roundtable"] = State(settings, own.keys)
        with time_machine.travel(datetime(2026, 12, 5, 3, 0, tzinfo=UTC), tick=False):
            fresh = signed_in(app, launched.organiser)
            with statements(app) as seen:
                words = main_of(fresh.get(path).text)
    finally:
        app.extensions["roundtable"] = own
    assert f"{PEOPLE} mails wait until Monday, 8:00am." in words
    assert len(seen) <= 16
    assert "wait until" not in main_of(client.get(path).text)


def test_a_command_sets_them_too(environ: dict[str, str]) -> None:
    assert call(environ, "migrate").returncode == 0
    wrong = call(environ, "chain", "hours", "nothing", "--days", "12", "--from", "9", "--until", "12")
    assert (wrong.returncode, wrong.stderr) == (1, "There is no such chain.\n")
    for days, until in (("9", "12"), ("12", "9")):
        refused = call(environ, "chain", "hours", "x", "--days", days, "--from", "9", "--until", until)
        assert refused.returncode == 1 and "Choose" in refused.stderr
    assert (
        call(environ, "chain", "hours", "x", "--days", "mon", "--from", "9", "--until", "12").returncode == 2
    )
