"""What a respondent's journey leaves behind: two sealed rows, two cookies, and nothing on the identity side."""

from __future__ import annotations

import ast
import logging
from pathlib import Path

import pytest
from flask import Flask

from review_app.services.accounts import Account
from surveys import sealing
from surveys.instrument import Voice
from tests.conftest import PASSWORD, OpenCycle
from tests.pages import PageClient
from tests.web.respondents import (
    OTHER_VCS_PARTNER,
    VCS_PARTNER,
    answer_whole,
    open_link,
    post_page,
    review_of,
    send,
)
from tests.web.tables import every_row, sealed_rows, statements

PAGES = Path(__file__).parents[2] / "review_app" / "web" / "respondent"
COMMENT = "A sentence that must be found nowhere."


def test_no_request_of_a_respondent_changes_a_row_about_people(app: Flask, open_cycle: OpenCycle) -> None:
    before = every_row(app)
    secret = open_cycle.links[VCS_PARTNER]
    client = open_link(app, secret)
    review = review_of(app, secret, Voice.PARTNER_ON_PRIME)
    base = f"/r/reviews/{review.reference}"
    steps = [
        lambda: client.get("/r/reviews"),
        lambda: client.get(f"{base}/1"),
        lambda: post_page(client, f"{base}/1", {"c-2a": COMMENT}),
        lambda: post_page(client, f"{base}/1", {"c-2a": "x" * 501}),
        lambda: answer_whole(client, review),
        lambda: client.get(f"{base}/check"),
        lambda: send(client, review),
        lambda: client.get(f"{base}/received"),
        lambda: client.send(f"{base}/replace", page=f"{base}/received"),
        lambda: answer_whole(client, review),
        lambda: send(client, review),
        lambda: client.send(f"{base}/withdraw"),
        lambda: client.send("/r/leave", page="/r/reviews"),
    ]
    assert every_row(app) == before
    for step in steps:
        step()
        assert every_row(app) == before


def test_no_account_is_looked_up_for_somebody_who_is_signed_in_too(
    app: Flask, open_cycle: OpenCycle, organiser: Account
) -> None:
    client = open_link(app, open_cycle.links[VCS_PARTNER])
    client.send("/sign-in", {"email": organiser.email, "password": PASSWORD})
    review = review_of(app, open_cycle.links[VCS_PARTNER], Voice.PARTNER_ON_PRIME)
    with statements(app) as seen:
        for path in ("/r", "/r/reviews", f"/r/reviews/{review.reference}/1", "/r/reviews/unknown/1"):
            client.get(path)
        assert seen and not any("FROM accounts" in statement for statement in seen)
        client.get("/")
        assert any("FROM accounts" in statement for statement in seen)


def test_every_sealed_row_has_the_size_of_every_other(app: Flask, open_cycle: OpenCycle) -> None:
    for email, comment in ((VCS_PARTNER, ""), (OTHER_VCS_PARTNER, "😀" * 500)):
        secret = open_cycle.links[email]
        client = open_link(app, secret)
        for voice, is_sent in ((Voice.PARTNER_ON_PRIME, True), (Voice.ANYONE_ON_CHAIN, False)):
            review = review_of(app, secret, voice)
            answer_whole(client, review, {"c-2a": comment, "c-4a": comment})
            if is_sent:
                send(client, review)
    rows = sealed_rows(app, open_cycle.id)
    for kind in ("ballots", "drafts"):
        assert len(rows[kind]) == 2
        assert len({len(blob) for _id, blob in rows[kind]}) == 1


def test_two_cookies_are_all_there_is_and_the_session_holds_the_token_alone(
    app: Flask, open_cycle: OpenCycle
) -> None:
    secret = open_cycle.links[VCS_PARTNER]
    client = open_link(app, secret)
    review = review_of(app, secret, Voice.PARTNER_ON_PRIME)
    answer_whole(client, review, {"c-2a": COMMENT})
    send(client, review)
    client.get("/r/reviews?notice=kept")
    names = {name for name in ("r", "session", "remember_token") if client.get_cookie(name)}
    assert names == {"r", "session"}
    with client.session_transaction() as session:
        assert set(session) == {"csrf_token"}


def test_no_answer_gives_the_link_away(app: Flask, open_cycle: OpenCycle) -> None:
    secret = open_cycle.links[VCS_PARTNER]
    client = open_link(app, secret)
    review = review_of(app, secret, Voice.PARTNER_ON_PRIME)
    base = f"/r/reviews/{review.reference}"
    answers = [client.get(path) for path in ("/r", "/r/reviews", f"{base}/1")]
    answers += [post_page(client, f"{base}/1", {"c-2a": "x" * 501}), post_page(client, f"{base}/1")]
    answers += [client.get(f"{base}/check"), send(client, review), client.get(f"{base}/received")]
    code = sealing.code_of(secret)
    for answer in answers:
        everything = answer.data + str(answer.headers).encode()
        for form in (code, code.lower(), code.replace("-", ""), secret.hex(), sealing.verifier(secret).hex()):
            assert form.encode() not in everything
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_nothing_about_a_journey_is_logged(
    app: Flask, open_cycle: OpenCycle, caplog: pytest.LogCaptureFixture
) -> None:
    secret = open_cycle.links[VCS_PARTNER]
    with caplog.at_level(logging.DEBUG):
        client: PageClient = open_link(app, secret)
        review = review_of(app, secret, Voice.PARTNER_ON_PRIME)
        answer_whole(client, review, {"c-2a": COMMENT})
        send(client, review)
        client.get("/r/reviews/nothing/1")
        client.post("/r", data={"code": "wrong"})
    assert caplog.text == ""


def test_the_pages_import_neither_a_sign_in_nor_a_log() -> None:
    imported = set()
    for file in PAGES.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Import):
                imported |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported |= {node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)}
    roots = {name.partition(".")[0] for name in imported}
    assert not roots & {"flask_login", "logging", "sqlalchemy", "reports"}
    assert "flask.session" not in imported and "review_app.access" not in imported
