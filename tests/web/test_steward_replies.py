"""The steward looks at the replies and holds one back: everybody concerned is told, and nobody else can."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from review_app.languages import moment
from review_app.services.accounts import AccountRole
from surveys.language import Language
from tests.conftest import make_account
from tests.pages import PageClient
from tests.web.readers import MILL, Made, after_the_publication, came_by, replies_in, reply
from tests.web.respondents import words
from tests.web.stewards import faults, field, files_with, folder_of, restore, signed_in

FORM = "/report/reply/1"
THREAT = "Whoever wrote this should look for another contract."
PROMISE = "We shall find out who it was."
POINTS = "The steward holds this reply back, because it points at people who may have answered."
PRESSES = "The steward holds this reply back, because it puts pressure on people for answering."


@pytest.fixture
def app(site: Flask, made: Made) -> Flask:
    """The application on a fresh copy of the review."""
    restore(site, made)
    return site


@pytest.fixture
def mill(app: Flask, made: Made) -> PageClient:
    """The browser of somebody at the mill."""
    return came_by(app, made, MILL)


@pytest.fixture
def steward(app: Flask, made: Made) -> PageClient:
    """The browser of the review's steward."""
    return signed_in(app, made.steward)


def listed(made: Made) -> str:
    return f"{made.path}/replies"


def on_mill(made: Made) -> str:
    """The steward's page of the mill's reply."""
    return f"{listed(made)}/partners/{made.parties['mill']}/1"


def hold(client: PageClient, path: str, verdict: str = "presses"):
    return client.send(path, {"verdict": verdict, "seen": field(client.get(path).text, "seen")})


def test_a_reply_is_held_back_its_writer_is_told_why_and_may_write_another(
    app: Flask, made: Made, mill: PageClient, steward: PageClient
) -> None:
    reply(mill, FORM, THREAT, PROMISE)
    assert on_mill(made) in steward.get(listed(made)).text
    assert THREAT in steward.get(on_mill(made)).text
    answer = hold(steward, on_mill(made))
    assert (answer.status_code, answer.location) == (303, listed(made))
    page = words(steward.get(listed(made)).text)
    assert "The reply is held back." in page and THREAT in page
    assert "You hold it back, because it puts pressure on people for answering." in page
    until = moment(made.replies_until, Language.ENGLISH)
    for path in ("/report/reply", FORM):
        page = words(mill.get(path).text)
        assert PRESSES in page and f"You can write another one until {until}." in page
        assert "the report says that a reply by Mill Ltd was held back, and why." in page
    with time_machine.travel(made.replies_until, tick=True):
        page = words(mill.get("/report/reply").text)
        assert PRESSES in page and "You can write another one" not in page
    reply(mill, FORM, "We hear this.")
    for client, path in ((mill, "/report/reply"), (steward, listed(made))):
        page = words(client.get(path).text)
        assert PRESSES not in page and "Held back" not in page and "We hear this." in page


def test_it_can_be_let_go_again(app: Flask, made: Made, mill: PageClient, steward: PageClient) -> None:
    reply(mill, FORM, THREAT, PROMISE)
    hold(steward, on_mill(made), "points")
    assert POINTS in words(mill.get(FORM).text)
    assert 'value="points" checked' in steward.get(on_mill(made)).text
    hold(steward, on_mill(made), "printed")
    assert "The reply goes out as it is." in words(steward.get(listed(made)).text)
    assert POINTS not in words(mill.get(FORM).text)
    with after_the_publication(app, made):
        assert replies_in(app, made, f"partner:{made.parties['mill']}") == [(THREAT, PROMISE)]


def test_in_the_published_report_the_reason_stands_and_no_file_holds_the_text(
    app: Flask, made: Made, mill: PageClient, steward: PageClient
) -> None:
    reply(mill, FORM, THREAT, PROMISE)
    organisers = f"/organiser/reviews/{made.cycle_id}/reply/1"
    reply(signed_in(app, made.organiser), organisers, THREAT, PROMISE)
    hold(steward, on_mill(made))
    hold(steward, f"{listed(made)}/main/1", "points")
    with after_the_publication(app, made):
        client = came_by(app, made, MILL)
        for path, said in (
            (
                made.partner_path("mill"),
                "The steward held back a reply by Mill Ltd, because it puts pressure",
            ),
            ("/report/main", "The steward held back a reply by Prime Ltd, because it points at people"),
        ):
            page = words(client.get(path).text)
            assert page.count(said) >= 1
            assert THREAT not in page and PROMISE not in page
            [kept] = json.loads(client.get(f"{path}/files/report.json").data)["replies"]
            assert kept["text"] == kept["promise"] == "" and kept["held_for"]
        assert _files_with(app, THREAT) == _files_with(app, PROMISE) == []


def test_a_decision_about_a_reply_that_was_changed_meanwhile_decides_nothing(
    made: Made, mill: PageClient, steward: PageClient
) -> None:
    reply(mill, FORM, THREAT)
    seen = field(steward.get(on_mill(made)).text, "seen")
    reply(mill, FORM, "We hear this.")
    answer = steward.send(on_mill(made), {"verdict": "presses", "seen": seen})
    assert answer.status_code == 422
    assert faults(answer.text) == [
        "The reply was changed since you opened this page. Read the new one, then decide."
    ]
    assert "We hear this." in answer.text and " checked" not in answer.text
    assert field(answer.text, "seen") not in {"", seen}
    assert PRESSES not in words(mill.get(FORM).text)
    reply(mill, FORM, "", take_back="yes")
    answer = steward.send(on_mill(made), {"verdict": "presses", "seen": seen}, page=listed(made))
    assert (answer.status_code, answer.location) == (303, listed(made))
    assert "It may have been taken back." in words(steward.get(listed(made)).text)


def test_a_decision_has_to_be_made(made: Made, mill: PageClient, steward: PageClient) -> None:
    reply(mill, FORM, THREAT)
    for verdict in ({}, {"verdict": "edited"}):
        seen = field(steward.get(on_mill(made)).text, "seen")
        answer = steward.send(on_mill(made), {**verdict, "seen": seen})
        assert answer.status_code == 422 and faults(answer.text)
    assert "The steward holds" not in words(mill.get(FORM).text)


def test_nobody_but_the_reviews_own_steward_decides_and_not_after_the_publication(
    app: Flask, made: Made, mill: PageClient, steward: PageClient
) -> None:
    reply(mill, FORM, THREAT)
    drawn = field(steward.get(on_mill(made)).text, "seen")
    other = signed_in(app, make_account(app, "other@independent.example", AccountRole.STEWARD))
    organiser = signed_in(app, made.organiser)
    for client, home, expected in ((other, "/steward", 404), (organiser, "/organiser", 403)):
        assert client.get(on_mill(made)).status_code == expected
        answer = client.send(on_mill(made), {"verdict": "presses", "seen": drawn}, page=home)
        assert answer.status_code == expected
    assert mill.get(on_mill(made)).status_code in {302, 303}
    assert PRESSES not in words(mill.get(FORM).text)
    with after_the_publication(app, made):
        steward = signed_in(app, made.steward)
        assert steward.get(on_mill(made)).status_code == 404
        answer = steward.send(on_mill(made), {"verdict": "presses", "seen": drawn}, page="/steward")
        assert answer.status_code == 404
        assert steward.get(listed(made)).location == made.path
        assert replies_in(app, made, f"partner:{made.parties['mill']}") == [(THREAT, "")]


def test_replies_that_may_point_at_somebody_are_found_first(
    made: Made, mill: PageClient, steward: PageClient
) -> None:
    assert "Look at these first" not in steward.get(listed(made)).text
    telling = "Ash Ltd said this."
    reply(mill, FORM, telling, nobody=field(reply(mill, FORM, telling).text, "nobody"))
    page = words(steward.get(listed(made)).text)
    assert page.index("Look at these first") < page.index("“Ash Ltd”") < page.index(telling)
    assert "May point at somebody" in page
    assert "May point at somebody" in words(steward.get(on_mill(made)).text)
    hold(steward, on_mill(made), "points")
    assert "Look at these first" not in steward.get(listed(made)).text


def test_the_steward_learns_until_when_what_can_be_changed(
    app: Flask, made: Made, steward: PageClient
) -> None:
    until, out = (moment(when, Language.ENGLISH) for when in (made.replies_until, made.publishes_at))
    page = words(steward.get(listed(made)).text)
    assert "Nobody has replied yet." in page
    assert f"They can be changed until {until}. On {out} they go out" in page
    home = words(steward.get("/steward").text)
    assert f"Replies until {until}. Look at them by {out}." in home
    assert f"can reply until {until}. Everybody gets them on {out}" in words(steward.get(made.path).text)
    with time_machine.travel(made.replies_until, tick=True):
        page = words(signed_in(app, made.steward).get(listed(made)).text)
        assert f"No reply changes any more. On {out} they go out" in page


def _files_with(app: Flask, text: str) -> list[Path]:
    """The files of the data folder that hold a text: the database itself, the logs, what waits to be sent."""
    return files_with(folder_of(app) / "data", text.encode())
