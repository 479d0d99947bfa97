"""The way in: an inert page, one answer to every failure, and nothing for a mail scanner to find."""

from __future__ import annotations

import base64
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from review_app import clock
from surveys import sealing
from surveys.instrument import Voice
from tests.conftest import OpenCycle
from tests.pages import PageClient
from tests.web.respondents import VCS_PARTNER, answer_whole, open_link, review_of, send
from tests.web.tables import every_row, sealed_rows, statements

OWN_PAGE = {"Sec-Fetch-Site": "same-origin", "Origin": "null"}


def test_the_page_of_the_link_is_inert(app: Flask, client: PageClient, open_cycle: OpenCycle) -> None:
    with statements(app) as seen:
        page, head = client.get("/r"), client.head("/r")
    assert page.status_code == head.status_code == 200
    assert head.data == b""
    assert seen == []
    assert "Set-Cookie" not in page.headers and "Set-Cookie" not in head.headers


def test_the_page_of_the_link_is_the_same_for_everybody(
    app: Flask, client: PageClient, open_cycle: OpenCycle
) -> None:
    known = open_link(app, open_cycle.links[VCS_PARTNER])
    assert known.get("/r").data == client.get("/r").data


def test_the_page_takes_a_code_without_a_script(client: PageClient) -> None:
    page = client.get("/r").text
    assert '<label class="govuk-label govuk-!-font-weight-bold" for="code">Your code</label>' in page
    assert 'src="/static/link.js"' in page


@pytest.mark.parametrize("spelt", ["{code}", "{lower}", " {spaced} ", "http://127.0.0.1:8000/r#{code}"])
def test_a_code_opens_the_reviews_however_it_is_typed(
    client: PageClient, open_cycle: OpenCycle, spelt: str
) -> None:
    code = sealing.code_of(open_cycle.links[VCS_PARTNER])
    typed = spelt.format(code=code, lower=code.lower(), spaced=code.replace("-", " "))
    answer = client.post("/r", data={"code": typed})
    assert (answer.status_code, answer.location) == (303, "/r/reviews")
    assert "Calder Valley Training CIC" in client.get("/r/reviews").text


def test_every_failure_is_the_same_answer(app: Flask, open_cycle: OpenCycle) -> None:
    code = sealing.code_of(open_cycle.links[VCS_PARTNER])
    unknown = sealing.code_of(b"\x07" * sealing.SECRET_BYTES)
    nobody = sealing.code_of(bytes(sealing.SECRET_BYTES))
    posts = [
        {"code": typed} for typed in ("", "   ", code[:-1], f"{code}A", "1" * 5000, "ß" * 32, unknown, nobody)
    ]
    answers = [app.test_client().post("/r", data=data) for data in [*posts, {}]]
    with time_machine.travel(clock.now() + timedelta(days=22)):
        answers.append(app.test_client().post("/r", data={"code": code}))
    answers.append(
        app.test_client().post("/r", data={"code": code}, headers={"Sec-Fetch-Site": "cross-site"})
    )
    dates = {"Date"}
    seen = {
        (answer.status_code, answer.data, tuple(h for h in answer.headers.items() if h[0] not in dates))
        for answer in answers
    }
    assert len(seen) == 1
    assert answers[0].status_code == 200
    assert not answers[0].headers.getlist("Set-Cookie")
    assert "This link or code does not open anything." in answers[0].text


def test_a_failure_costs_the_same_look_up(app: Flask, client: PageClient, open_cycle: OpenCycle) -> None:
    counts = set()
    for code in ("", "no code", sealing.code_of(b"\x07" * sealing.SECRET_BYTES)):
        with statements(app) as seen:
            client.post("/r", data={"code": code})
        counts.add(tuple(seen))
    assert len(counts) == 1
    assert any("verifier" in statement for statement in counts.pop())


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://prime.example"},
        {"Origin": "null"},
    ],
)
def test_a_foreign_page_cannot_open_its_own_link_in_this_browser(
    client: PageClient, open_cycle: OpenCycle, headers: dict[str, str]
) -> None:
    code = sealing.code_of(open_cycle.links[VCS_PARTNER])
    answer = client.post("/r", data={"code": code}, headers=headers)
    assert answer.status_code == 200
    assert not answer.headers.getlist("Set-Cookie")


@pytest.mark.parametrize(
    "headers", [OWN_PAGE, {"Origin": "http://localhost"}, {"Origin": "http://127.0.0.1:8000"}, {}]
)
def test_our_own_page_opens_it(client: PageClient, open_cycle: OpenCycle, headers: dict[str, str]) -> None:
    code = sealing.code_of(open_cycle.links[VCS_PARTNER])
    assert client.post("/r", data={"code": code}, headers=headers).status_code == 303


def test_the_cookie_does_not_show_the_link(app: Flask, open_cycle: OpenCycle) -> None:
    secret = open_cycle.links[VCS_PARTNER]
    answer = app.test_client().post("/r", data={"code": sealing.code_of(secret)})
    (cookie,) = answer.headers.getlist("Set-Cookie")
    assert cookie.startswith("r=")
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie and "Expires" not in cookie
    value = cookie.removeprefix("r=").partition(";")[0]
    raw = base64.urlsafe_b64decode(value.strip('"') + "==")
    assert secret not in raw
    assert sealing.verifier(secret) not in raw
    assert sealing.code_of(secret).replace("-", "") not in value.upper()


def test_a_scanner_that_posts_blank_forms_changes_nothing(app: Flask, open_cycle: OpenCycle) -> None:
    scanner = app.test_client()
    before = every_row(app), sealed_rows(app, open_cycle.id)
    for method in ("get", "head", "post"):
        for path in (
            "/r",
            "/r/reviews",
            "/r/reviews/x/1",
            "/r/reviews/x/check",
            "/r/reviews/x/withdraw",
            "/r/leave",
        ):
            getattr(scanner, method)(path)
    assert (every_row(app), sealed_rows(app, open_cycle.id)) == before


def test_after_a_scanner_that_opened_the_link_the_person_still_answers(
    app: Flask, open_cycle: OpenCycle
) -> None:
    secret = open_cycle.links[VCS_PARTNER]
    scanner = open_link(app, secret)
    review = review_of(app, secret, Voice.PARTNER_ON_PRIME)
    for path in (
        "/r/reviews",
        f"/r/reviews/{review.reference}/1",
        f"/r/reviews/{review.reference}/check",
    ):
        scanner.get(path)
        scanner.head(path)
    # A scanner that posts what it finds, with the page's own token, has still answered nothing.
    scanner.send(f"/r/reviews/{review.reference}/1")
    assert scanner.send(f"/r/reviews/{review.reference}/check").status_code == 422
    assert sealed_rows(app, open_cycle.id)["ballots"] == []

    person = open_link(app, secret)
    answer_whole(person, review)
    assert send(person, review).location == f"/r/reviews/{review.reference}/received"
    assert len(sealed_rows(app, open_cycle.id)["ballots"]) == 1


@pytest.mark.parametrize(
    "path", ["/r/reviews", "/r/reviews/x/1", "/r/reviews/x/check", "/r/reviews/x/received"]
)
def test_without_a_link_every_page_leads_to_the_entrance(
    client: PageClient, open_cycle: OpenCycle, path: str
) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.location) == (303, "/r")


def test_a_forged_cookie_leads_to_the_entrance(client: PageClient, open_cycle: OpenCycle) -> None:
    client.set_cookie("r", base64.urlsafe_b64encode(b"x" * 60).decode())
    assert client.get("/r/reviews").location == "/r"


def test_after_the_close_a_page_leads_to_the_entrance_and_the_link_is_forgotten(
    app: Flask, open_cycle: OpenCycle
) -> None:
    client = open_link(app, open_cycle.links[VCS_PARTNER])
    with time_machine.travel(clock.now() + timedelta(days=22)):
        assert client.get("/r/reviews").location == "/r"
    assert client.get_cookie("r") is None


def test_leaving_forgets_the_link(app: Flask, open_cycle: OpenCycle) -> None:
    client = open_link(app, open_cycle.links[VCS_PARTNER])
    answer = client.send("/r/leave", page="/r/reviews")
    assert (answer.status_code, answer.location) == (303, "/r")
    assert client.get_cookie("r") is None
    assert client.get("/r/reviews").location == "/r"


def test_the_review_of_somebody_else_is_not_found(app: Flask, open_cycle: OpenCycle) -> None:
    first, second = open_cycle.link_list[:2]
    client = open_link(app, first)
    other = review_of(app, second, Voice.ANYONE_ON_CHAIN)
    for path in ("1", "check", "received", "withdraw"):
        assert client.get(f"/r/reviews/{other.reference}/{path}").status_code == 404
