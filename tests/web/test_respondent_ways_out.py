"""The ways out: they reach the steward alone, no program leaves anybody out, and a lost link is asked for blindly."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from review_app import clock
from review_app.database import reading, transaction
from review_app.models.requests import LinkRequestRecord
from review_app.services import addresses, steward_requests
from review_app.services.accounts import Account
from review_app.services.steward_requests import RequestKind, Sent
from review_app.state import state
from surveys import sealing
from surveys.chain import Contact
from surveys.instrument import Voice
from tests.conftest import OpenCycle, links_of
from tests.pages import PageClient
from tests.web.respondents import (
    OTHER_VCS_PARTNER,
    VCS_PARTNER,
    answer_whole,
    open_link,
    review_of,
    send,
    words,
)
from tests.web.tables import every_row, sealed_rows, statements

NEW = "b.ramsden@calder-valley.example"
FORMS = {
    "right-person": {
        "known": "known",
        "contact_name": "Noor Aziz",
        "email": "noor@calder.example",
        "text": "Hello",
    },
    "leave-out": {"who": "leave_us_out", "text": "Hello"},
    "more-time": {"until": "the Friday after", "text": "Hello"},
    "message": {"text": "Hello"},
}


def sent_by(app: Flask, cycle: OpenCycle, steward: Account) -> tuple[Sent, ...]:
    with app.app_context(), reading() as session:
        key = state().keys.link_key(cycle.id)
        return steward_requests.requests(session, cycle.id, steward.id, key).sent


def rotate(app: Flask, cycle: OpenCycle, steward: Account, email: str = VCS_PARTNER) -> bytes:
    """The secret of the new link."""
    with app.app_context():
        key = state().keys.link_key(cycle.id)
        with transaction() as session:
            people = addresses.invited(session, cycle.id, steward.id, key)
            person = next(one for one in people if one.email == email)
            right = Contact(person.id, person.name, person.job_title, NEW)
            addresses.correct(session, clock.now(), cycle.id, steward.id, person=right, link_key=key)
        return links_of(state(), cycle.id)[NEW]


def test_every_page_of_a_respondent_leads_to_the_ways_out(app: Flask, open_cycle: OpenCycle) -> None:
    client = open_link(app, open_cycle.links[VCS_PARTNER])
    review = review_of(app, open_cycle.links[VCS_PARTNER], Voice.PARTNER_ON_PRIME)
    for path in ("/r/reviews", f"/r/reviews/{review.reference}/1", "/r/help", "/r/help/message"):
        assert 'href="/r/help"' in client.get(path).text
    page = client.get("/r/help").text
    assert all(f'href="/r/help/{way}"' in page for way in FORMS)
    assert "Take back:" not in page


@pytest.mark.parametrize("way", FORMS)
def test_a_way_out_reaches_the_steward(app: Flask, open_cycle: OpenCycle, steward: Account, way: str) -> None:
    client = open_link(app, open_cycle.links[VCS_PARTNER])
    form = words(client.get(f"/r/help/{way}").text)
    assert "Only The steward reads this." in form and "Beth Ramsden, Calder Valley Training CIC" in form
    answer = client.send(f"/r/help/{way}", FORMS[way])
    assert (answer.status_code, answer.location) == (303, "/r/asked")
    assert "The prime does not see it" in words(client.get("/r/asked").text)
    (sent,) = sent_by(app, open_cycle, steward)
    assert (sent.contact_name, sent.request.text) == ("Beth Ramsden", "Hello")
    kinds = {
        "right-person": RequestKind.WRONG_PERSON,
        "leave-out": RequestKind.LEAVE_US_OUT,
        "more-time": RequestKind.MORE_TIME,
        "message": RequestKind.SOMETHING_ELSE,
    }
    assert sent.request.kind is kinds[way]


def test_whoever_does_not_know_the_right_person_names_nobody(
    app: Flask, open_cycle: OpenCycle, steward: Account
) -> None:
    client = open_link(app, open_cycle.links[VCS_PARTNER])
    refused = client.send("/r/help/right-person", {"known": "known"})
    assert refused.status_code == 422 and "Enter their name" in refused.text
    client.send("/r/help/right-person", {"known": "unknown", "contact_name": "Left over"})
    (sent,) = sent_by(app, open_cycle, steward)
    assert sent.request.name == ""


@pytest.mark.parametrize("way", FORMS)
def test_a_scanner_that_runs_scripts_and_posts_blank_forms_asks_for_nothing(
    app: Flask, open_cycle: OpenCycle, way: str
) -> None:
    secret = open_cycle.links[VCS_PARTNER]
    before = every_row(app), sealed_rows(app, open_cycle.id)
    scanner = open_link(app, secret)
    for path in (f"/r/help/{way}", "/r/help", "/r/asked", "/r/leave-out"):
        scanner.get(path)
        scanner.head(path)
    assert scanner.post(f"/r/help/{way}").status_code == 400
    refused = scanner.send(f"/r/help/{way}")
    assert refused.status_code == 422 and "There is a problem" in refused.text
    assert (every_row(app), sealed_rows(app, open_cycle.id)) == before


@pytest.mark.parametrize(
    ("way", "fields"),
    [
        ("message", {"text": "x" * 1001}),
        ("right-person", {"known": "known", "contact_name": "x" * 201}),
        ("right-person", {"known": "perhaps"}),
        ("leave-out", {"who": "wrong_person"}),
        ("more-time", {"until": "x" * 101}),
    ],
)
def test_what_cannot_be_sent_is_refused_with_what_was_typed(
    app: Flask, open_cycle: OpenCycle, steward: Account, way: str, fields: dict[str, str]
) -> None:
    client = open_link(app, open_cycle.links[VCS_PARTNER])
    refused = client.send(f"/r/help/{way}", {"text": "Hello", **fields})
    assert refused.status_code == 422
    assert sent_by(app, open_cycle, steward) == ()
    typed = next(iter(fields.values()))
    assert len(typed) < 100 or typed in refused.text


def test_the_longest_message_in_any_script_arrives_whole(
    app: Flask, open_cycle: OpenCycle, steward: Account
) -> None:
    client = open_link(app, open_cycle.links[VCS_PARTNER])
    text = "😀" * 999 + "\n" + "ß"
    assert client.send("/r/help/message", {"text": text[:1000]}).status_code == 303
    assert sent_by(app, open_cycle, steward)[0].request.text == text[:1000].strip()


def test_a_sixth_message_has_to_wait(app: Flask, open_cycle: OpenCycle) -> None:
    client = open_link(app, open_cycle.links[VCS_PARTNER])
    for _ in range(5):
        assert client.send("/r/help/message", {"text": "Hello"}).status_code == 303
    refused = client.send("/r/help/message", {"text": "The sixth"})
    assert refused.status_code == 422
    assert "Five messages of yours wait" in refused.text and "The sixth" in refused.text


def test_an_unknown_way_is_not_found(app: Flask, open_cycle: OpenCycle) -> None:
    client = open_link(app, open_cycle.links[VCS_PARTNER])
    assert client.get("/r/help/elsewhere").status_code == 404


@pytest.mark.parametrize("path", ["/r/help", "/r/help/leave-out", "/r/asked"])
def test_without_a_link_the_ways_out_lead_to_the_entrance(client: PageClient, path: str) -> None:
    assert client.get(path).location == "/r"


def test_after_the_close_nothing_is_sent(app: Flask, open_cycle: OpenCycle, steward: Account) -> None:
    client = open_link(app, open_cycle.links[VCS_PARTNER])
    token = client.csrf("/r/help/message")
    with time_machine.travel(clock.now() + timedelta(days=22)):
        refused = client.post("/r/help/message", data={"csrf_token": token, "text": "Hello"})
        assert refused.status_code == 409
    assert sent_by(app, open_cycle, steward) == ()


def test_asking_changes_nothing_beside_a_name_and_no_answer(app: Flask, open_cycle: OpenCycle) -> None:
    client = open_link(app, open_cycle.links[VCS_PARTNER])
    before, sealed = every_row(app), sealed_rows(app, open_cycle.id)
    for way, fields in FORMS.items():
        client.send(f"/r/help/{way}", fields)
    after = every_row(app)
    changed = {table for table in before if before[table] != after[table]}
    assert changed == {"steward_requests"}
    assert sealed_rows(app, open_cycle.id) == sealed


def test_asking_is_not_logged_and_looks_no_account_up(
    app: Flask, open_cycle: OpenCycle, caplog: pytest.LogCaptureFixture
) -> None:
    client = open_link(app, open_cycle.links[VCS_PARTNER])
    with caplog.at_level(logging.DEBUG), statements(app) as seen:
        client.send("/r/help/leave-out", FORMS["leave-out"])
        client.get("/r/asked")
        client.send("/r/lost", {"email": VCS_PARTNER})
    assert caplog.text == ""
    assert not any("FROM accounts" in statement for statement in seen)


def test_the_pages_read_the_same_whether_somebody_has_answered_or_not(
    app: Flask, open_cycle: OpenCycle
) -> None:
    client = open_link(app, open_cycle.links[VCS_PARTNER])
    before = client.get("/r/help").data
    review = review_of(app, open_cycle.links[VCS_PARTNER], Voice.PARTNER_ON_PRIME)
    answer_whole(client, review)
    send(client, review)
    strip = _without_tokens
    assert strip(client.get("/r/help").data) == strip(before)


def _without_tokens(page: bytes) -> bytes:
    return b"\n".join(line for line in page.split(b"\n") if b"csrf_token" not in line)


def test_the_entrance_of_a_mails_unsubscribe_is_inert(
    app: Flask, client: PageClient, open_cycle: OpenCycle
) -> None:
    with statements(app) as seen:
        page, head = client.get("/r/leave-out"), client.head("/r/leave-out")
    assert page.status_code == head.status_code == 200 and seen == []
    assert "Set-Cookie" not in page.headers
    known = open_link(app, open_cycle.links[VCS_PARTNER])
    assert known.get("/r/leave-out").data == page.data
    assert 'src="/static/link.js"' in page.text and 'action="/r/leave-out"' in page.text


def test_the_entrance_leads_to_the_form_and_leaves_nobody_out(
    app: Flask, client: PageClient, open_cycle: OpenCycle
) -> None:
    before = every_row(app)
    code = sealing.code_of(open_cycle.links[VCS_PARTNER])
    answer = client.post("/r/leave-out", data={"code": code})
    assert (answer.status_code, answer.location) == (303, "/r/help/leave-out")
    assert "Who should be left out?" in client.get("/r/help/leave-out").text
    # What a mail program posts by itself, as RFC 8058 has it.
    assert client.post("/r/leave-out", data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert every_row(app) == before


def test_every_failure_of_that_entrance_is_the_same_answer(app: Flask, open_cycle: OpenCycle) -> None:
    code = sealing.code_of(open_cycle.links[VCS_PARTNER])
    unknown = sealing.code_of(b"\x07" * sealing.SECRET_BYTES)
    posts: list[dict[str, str]] = [{}, {"code": ""}, {"code": unknown}, {"code": code[:-1]}]
    answers = [app.test_client().post("/r/leave-out", data=data) for data in posts]
    answers.append(
        app.test_client().post("/r/leave-out", data={"code": code}, headers={"Sec-Fetch-Site": "cross-site"})
    )
    assert len({(answer.status_code, answer.data) for answer in answers}) == 1
    assert not answers[0].headers.getlist("Set-Cookie")


def asked_again(app: Flask, typed: str) -> tuple[int, tuple[tuple[str, str], ...], bytes, tuple[str, ...]]:
    """Everything that somebody sees who asks for a link, and what the database is told."""
    client = app.test_client()
    assert isinstance(client, PageClient)
    token = client.csrf("/r/lost")
    with statements(app) as seen:
        answer = client.post("/r/lost", data={"csrf_token": token, "email": typed})
        page = client.get(answer.location or "/r/lost")
    headers = tuple(header for header in answer.headers.items() if header[0] != "Date")
    return answer.status_code, headers, page.data, tuple(seen)


def test_known_and_unknown_addresses_get_one_answer_after_the_same_work(
    app: Flask, open_cycle: OpenCycle
) -> None:
    typed = (
        VCS_PARTNER,
        VCS_PARTNER.upper(),
        "nobody@nowhere.example",
        "ß@\U0001f600",
        "x" * 200 + "@y.example",
    )
    seen = {asked_again(app, address) for address in typed}
    assert len(seen) == 1
    (status, _headers, _page, sql) = seen.pop()
    assert status == 303
    assert [statement.split()[0] for statement in sql if "link_requests" in statement] == ["INSERT"]
    assert not any("contacts" in statement or "invitations" in statement for statement in sql)
    with app.app_context(), reading() as session:
        rows = session.query(LinkRequestRecord).all()
        assert len(rows) == len(typed) and len({len(row.blob) for row in rows}) == 1


@pytest.mark.parametrize(
    "typed", ["", "   ", "no address", "two words@x.example", "a@b@c", "x" * 250 + "@y.example"]
)
def test_what_has_not_the_form_of_an_address_is_refused_before_any_look(
    app: Flask, client: PageClient, open_cycle: OpenCycle, typed: str
) -> None:
    token = client.csrf("/r/lost")
    with statements(app) as seen:
        refused = client.post("/r/lost", data={"csrf_token": token, "email": typed})
    assert refused.status_code == 422 and "There is a problem" in refused.text
    assert seen == []


def test_asking_for_a_link_leaves_no_plain_address(app: Flask, open_cycle: OpenCycle) -> None:
    asked_again(app, "somebody.else@lost.example")
    with app.app_context():
        folder = state().settings.data_dir
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert files and not any(b"lost.example" in path.read_bytes() for path in files)


def test_the_entrance_and_its_failure_lead_to_the_lost_link(client: PageClient) -> None:
    assert 'href="/r/lost"' in client.get("/r").text
    assert 'href="/r/lost"' in client.post("/r", data={"code": "wrong"}).text


def test_an_old_link_is_dead_at_once_and_its_page_says_that_there_is_a_new_one(
    app: Flask, open_cycle: OpenCycle, steward: Account
) -> None:
    client = open_link(app, open_cycle.links[VCS_PARTNER])
    token = client.csrf("/r/help/message")
    rotate(app, open_cycle, steward)
    refused = client.post("/r/help/message", data={"csrf_token": token, "text": "Hello"})
    assert refused.status_code == 409 and "new link" in refused.text
    assert client.get("/r/reviews").location == "/r"
    code = sealing.code_of(open_cycle.links[VCS_PARTNER])
    assert app.test_client().post("/r", data={"code": code}).status_code == 200


def test_with_a_later_link_what_was_sent_before_can_be_taken_back(
    app: Flask, open_cycle: OpenCycle, steward: Account
) -> None:
    secret = rotate(app, open_cycle, steward)
    client = open_link(app, secret)
    review = review_of(app, secret, Voice.PARTNER_ON_PRIME)
    page = client.get("/r/help").text
    address = f"/r/reviews/{review.reference}/withdraw"
    # Both reviews, and what was said about the review itself.
    assert page.count("Take back:") == 3 and f'href="{address}"' in page
    assert "if it was, that is taken back too" in words(client.get(address).text)
    assert client.send(address).location == "/r/reviews?notice=withdrawn"
    assert "You have sent it, or taken it back." in client.get("/r/reviews").text
    # A first link has nothing of the kind.
    other = open_link(app, open_cycle.links[OTHER_VCS_PARTNER])
    own = review_of(app, open_cycle.links[OTHER_VCS_PARTNER], Voice.PARTNER_ON_PRIME)
    assert other.get(f"/r/reviews/{own.reference}/withdraw").location == "/r/reviews"
