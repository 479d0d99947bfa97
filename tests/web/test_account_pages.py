"""Signing in and out: one answer to every failure, a fresh session, no way out to another site, and a limit."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
import time_machine
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import delete
from werkzeug.test import TestResponse

from review_app import clock
from review_app.config import Settings
from review_app.database import migrate, transaction
from review_app.factory import create_app
from review_app.models import db
from review_app.models.accounts import AccountRecord
from review_app.security import limiter
from review_app.services import accounts
from review_app.services.accounts import AccountRole
from tests.conftest import PASSWORD, make_account
from tests.pages import PageClient, token_of
from tests.web.organisers import main_of, without_token
from tests.web.stewards import faults, field, running
from tests.web.tables import every_row

EMAIL = "Organiser@prime.example"
NO_MATCH = "The email address and the password do not match. Check both and type the password again."
TRIES = 30


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """One application with an organiser and a steward for all of these tests."""
    with running(tmp_path_factory.mktemp("site")) as app:
        with app.app_context():
            migrate()
        make_account(app, EMAIL, AccountRole.ORGANISER)
        make_account(app, "steward@independent.example", AccountRole.STEWARD)
        yield app


@pytest.fixture
def app(site: Flask) -> Flask:
    """The application, at whose door nobody has tried anything yet."""
    with site.app_context():
        limiter.reset()
    return site


def try_door(client: PageClient, email: str, password: str, path: str = "/sign-in") -> TestResponse:
    """One try to sign in, through the page."""
    return client.send(path, {"email": email, "password": password})


def is_in(client: PageClient) -> bool:
    """Whether the organiser's first page opens."""
    return client.get("/organiser").status_code == 200


def session_cookie(client: PageClient) -> str:
    """The value of the session's cookie; "" without one."""
    cookie = client.get_cookie("session")
    return cookie.value if cookie else ""


# Failing


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("nobody@nowhere.example", PASSWORD),
        (EMAIL, PASSWORD.upper()),
        (EMAIL, f"{PASSWORD} "),
        (EMAIL, ""),
        ("", PASSWORD),
        ("", ""),
        ("no address", "x"),
        ("e\u0301" * 5000, "x"),
        (f"{'x' * 400}@prime.example", PASSWORD),
        (EMAIL, "x" * 100_000),
        (f"{EMAIL}' OR '1'='1", PASSWORD),
    ],
)
def test_every_wrong_pair_gets_the_page_of_a_wrong_password(
    app: Flask, client: PageClient, email: str, password: str
) -> None:
    wrong = try_door(app.test_client(), EMAIL, "a wrong password")  # type: ignore[arg-type]
    answer = try_door(client, email, password)
    assert (answer.status_code, faults(answer.text)) == (422, [NO_MATCH])
    shown, expected = (without_token(page.text) for page in (answer, wrong))
    assert shown.replace(_value(answer), "") == expected.replace(_value(wrong), "")
    assert not is_in(client)


def _value(answer: TestResponse) -> str:
    """The attribute that holds the address which the page shows again."""
    start = answer.text.index('id="email"')
    return answer.text[start : answer.text.index(">", start)].split("aria-describedby")[0].split("value=")[-1]


def test_a_failed_try_keeps_the_address_and_never_the_password(
    client: PageClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    email, password = '"><i>me</i>@prime.example', "the password that was mistyped"
    answer = try_door(client, email, password)
    assert field(answer.text, "email") == email
    assert field(answer.text, "password") == ""
    assert password not in answer.text + str(answer.headers) + caplog.text + session_cookie(client)
    assert email not in caplog.text


@pytest.mark.parametrize("email", ["\x00", "a\x00b@prime.example", "\u200b", "\ufeffx"])
def test_letters_that_nobody_can_see_do_no_harm(client: PageClient, email: str) -> None:
    assert faults(try_door(client, email, "x").text) == [NO_MATCH]


def test_an_unknown_address_costs_as_much_as_a_wrong_password(
    client: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Counting(PasswordHasher):
        verified = 0

        def verify(self, *args: Any, **kwargs: Any) -> Any:
            Counting.verified += 1
            return super().verify(*args, **kwargs)

    # The hash is what takes the time, and both take the same one. A stopwatch would tell of the machine.
    monkeypatch.setattr(accounts, "_hasher", Counting())
    for number, email in enumerate((EMAIL, "nobody@nowhere.example"), 1):
        try_door(client, email, "wrong")
        assert Counting.verified == number


def test_a_failed_try_writes_nothing(app: Flask, client: PageClient) -> None:
    before = every_row(app)
    try_door(client, EMAIL, "wrong")
    try_door(client, EMAIL, PASSWORD)
    assert every_row(app) == before


# Signing in


@pytest.mark.parametrize("email", [EMAIL, EMAIL.lower(), f" {EMAIL.upper()} ", "organiser@prime.example"])
def test_an_address_is_known_in_every_spelling(client: PageClient, email: str) -> None:
    answer = try_door(client, email, PASSWORD)
    assert (answer.status_code, answer.location) == (303, "/organiser")
    assert "You are signed in as The organiser, organiser." in client.get("/organiser").text


def test_a_steward_is_led_to_the_stewards_page(client: PageClient) -> None:
    assert try_door(client, "steward@independent.example", PASSWORD).location == "/steward"


def test_signing_in_begins_a_new_session(client: PageClient) -> None:
    before = client.csrf("/sign-in")
    planted = session_cookie(client)
    try_door(client, EMAIL, PASSWORD)
    assert session_cookie(client) not in {"", planted}
    # What somebody planted before the sign-in is worth nothing after it.
    refused = client.post("/sign-out", data={"csrf_token": before})
    assert refused.status_code == 400 and is_in(client)
    client.set_cookie("session", planted)
    assert not is_in(client)


def test_nothing_of_the_visitors_session_is_taken_over(client: PageClient) -> None:
    with client.session_transaction() as session:
        session["_user_id"] = "somebody"
        session["left"] = "behind"
    try_door(client, EMAIL, PASSWORD)
    with client.session_transaction() as session:
        assert "left" not in session and session["_user_id"] != "somebody"


def test_the_session_lasts_as_long_as_the_browser_and_no_script_reads_it(client: PageClient) -> None:
    cookies = try_door(client, EMAIL, PASSWORD).headers.getlist("Set-Cookie")
    (cookie,) = cookies
    assert cookie.startswith("session=") and "HttpOnly" in cookie and "SameSite=Lax" in cookie
    assert "Expires" not in cookie and "Max-Age" not in cookie and "Domain" not in cookie


def test_over_https_the_cookie_never_travels_readable(environ: dict[str, str]) -> None:
    settings = Settings.from_env({**environ, "ROUNDTABLE_BASE_URL": "https://review.charity.example"})
    app = create_app(settings)
    answer = app.test_client().get("/sign-in", base_url="https://review.charity.example")
    (cookie,) = answer.headers.getlist("Set-Cookie")
    assert cookie.startswith("__Host-session=") and "Secure" in cookie and "Path=/" in cookie
    assert "max-age=" in answer.headers["Strict-Transport-Security"]
    with app.app_context():
        db.engine.dispose()


def test_an_account_that_is_gone_opens_nothing(app: Flask, client: PageClient) -> None:
    account = make_account(app, "leaver@prime.example", AccountRole.ORGANISER)
    try_door(client, account.email, PASSWORD)
    assert is_in(client)
    with app.app_context(), transaction() as session:
        session.execute(delete(AccountRecord).where(AccountRecord.id == account.id))
    assert client.get("/organiser").location == "/sign-in?next=/organiser"


# Where it leads


def test_a_page_that_asked_for_a_sign_in_is_reached_by_it_even_after_a_slip(client: PageClient) -> None:
    asked = client.get("/organiser/chains/new").location
    assert asked == "/sign-in?next=/organiser/chains/new"
    failed = try_door(client, EMAIL, "a slip", asked)
    # The form has no address of its own, so a browser posts it where it stands: with what was asked for.
    assert 'action="' not in failed.text.partition("<main")[2]
    assert try_door(client, EMAIL, PASSWORD, asked).location == "/organiser/chains/new"


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "///evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        " //evil.example",
        "\\\\evil.example",
        "/\\/evil.example",
        "https:evil.example",
        "http://localhost/organiser",
        "http://localhost@evil.example",
        "evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "\x00//evil.example",
        "//[evil",
    ],
)
def test_nobody_is_led_to_another_site_not_even_who_is_signed_in(client: PageClient, target: str) -> None:
    path = f"/sign-in?next={quote(target)}"
    assert try_door(client, EMAIL, PASSWORD, path).location == "/organiser"
    assert client.get(path).location == "/organiser"


def test_who_is_signed_in_needs_no_second_sign_in(client: PageClient) -> None:
    try_door(client, EMAIL, PASSWORD)
    assert client.get("/sign-in").location == "/organiser"
    assert client.get("/sign-in?next=/organiser/chains/new").location == "/organiser/chains/new"


# Signing out


def test_signing_out_ends_it(client: PageClient) -> None:
    try_door(client, EMAIL, PASSWORD)
    token = client.csrf("/organiser")
    answer = client.post("/sign-out", data={"csrf_token": token})
    assert (answer.status_code, answer.location) == (303, "/")
    assert not is_in(client)
    first = client.get("/").text
    assert "You are signed out." in first and "Sign out" not in first
    assert client.post("/sign-out", data={"csrf_token": token}).status_code == 400


def test_a_cookie_that_was_copied_is_worth_nothing_after_signing_out(app: Flask, client: PageClient) -> None:
    try_door(client, EMAIL, PASSWORD)
    cookie = client.get_cookie("session")
    assert cookie is not None
    thief = app.test_client()
    thief.set_cookie("session", cookie.value)
    assert thief.get("/organiser").status_code == 200
    client.send("/sign-out", page="/organiser")
    thief.set_cookie("session", cookie.value)
    assert thief.get("/organiser").location == "/sign-in?next=/organiser"


def test_no_link_signs_anybody_out(client: PageClient) -> None:
    try_door(client, EMAIL, PASSWORD)
    assert client.get("/sign-out").status_code == client.head("/sign-out").status_code == 405
    assert client.post("/sign-out").status_code == 400
    assert is_in(client)


# The limit


def test_after_thirty_tries_the_door_stays_shut_for_a_minute(client: PageClient) -> None:
    token = client.csrf("/sign-in")

    def knock(password: str, address: str = "127.0.0.1") -> TestResponse:
        return client.post(
            "/sign-in",
            data={"email": EMAIL, "password": password, "csrf_token": token},
            environ_base={"REMOTE_ADDR": address},
        )

    with time_machine.travel(clock.now()) as travel:
        assert {knock("x" * 1001).status_code for _ in range(TRIES)} == {422}
        shut = knock(PASSWORD)
        assert shut.status_code == 429 and shut.headers["Retry-After"] == "60"
        assert main_of(shut.text) == "Too many tries Wait a minute, then try again. Go to the home page"
        assert EMAIL not in shut.text and PASSWORD not in shut.text
        assert not is_in(client)
        # Others are not shut out, and the page itself goes on being shown.
        assert knock("wrong", "203.0.113.7").status_code == 422
        assert client.get("/sign-in").status_code == 200
        travel.shift(61)
        assert knock(PASSWORD).status_code == 303
        assert is_in(client)


def test_the_limit_leaves_no_address_in_the_log(client: PageClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    token = client.csrf("/sign-in")
    for _ in range(TRIES + 1):
        client.post("/sign-in", data={"email": EMAIL, "password": "x" * 1001, "csrf_token": token})
    assert "127.0.0.1" not in caplog.text and EMAIL not in caplog.text


# The token


@pytest.mark.parametrize("token", [None, "", "x", "token of another browser"])
def test_a_form_without_its_token_is_refused_with_a_mend_and_keeps_nothing(
    app: Flask, client: PageClient, caplog: pytest.LogCaptureFixture, token: str | None
) -> None:
    caplog.set_level(logging.DEBUG)
    if token and len(token) > 1:
        token = token_of(app.test_client().get("/sign-in").text)
    client.get("/sign-in")
    data = {"email": EMAIL, "password": PASSWORD, **({} if token is None else {"csrf_token": token})}
    answer = client.post("/sign-in", data=data)
    assert answer.status_code == 400
    words = main_of(answer.text)
    assert "This page was open for a long time, or your browser does not keep cookies." in words
    assert "Go back and try again." in words
    assert PASSWORD not in answer.text + caplog.text and EMAIL not in answer.text + caplog.text
    assert not is_in(client)


def test_a_browser_without_cookies_is_told_so(app: Flask) -> None:
    client = app.test_client(use_cookies=False)
    token = token_of(client.get("/sign-in").text)
    answer = client.post("/sign-in", data={"email": EMAIL, "password": PASSWORD, "csrf_token": token})
    assert answer.status_code == 400
    assert "your browser does not keep cookies" in main_of(answer.text)


def test_a_page_that_lay_open_for_a_day_still_works(client: PageClient) -> None:
    token = client.csrf("/sign-in")
    with time_machine.travel(clock.now(), tick=False) as travel:
        travel.shift(86_400)
        data = {"email": EMAIL, "password": PASSWORD, "csrf_token": token}
        assert client.post("/sign-in", data=data).status_code == 303
