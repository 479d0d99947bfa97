"""A review that is open: its mail, its reminders and its closing time, and what its pages cost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from review_app import clock, worker
from review_app.database import reading, transaction
from review_app.models.cycles import InvitationRecord
from review_app.services import outbox
from review_app.services.outbox import MailKind, MailState
from review_app.state import state
from surveys.cycle import CycleState
from tests import mail_rows
from tests.conftest import launch_cycle, pass_the_closing_time
from tests.mail_rows import MailStatus
from tests.pages import PageClient
from tests.servers import SmtpSink
from tests.web.organisers import (
    HOME,
    answer_some,
    bigger_chain,
    checked,
    form_of,
    main_of,
    opened,
    path_of,
    rows_of_table,
    save,
    send_form,
    upload,
    without_token,
)
from tests.web.stewards import (
    Guarded,
    cycle_of,
    cycle_row,
    restore,
    signed_in,
)
from tests.web.tables import every_row, statements

PEOPLE = 40
REFUSED = "550 no such mailbox"
LATER = "451 try again later"


@pytest.fixture
def app(site: Flask, launched: Guarded) -> Flask:
    """The application on a fresh copy of the open review."""
    restore(site, launched)
    return site


@pytest.fixture
def client(app: Flask, launched: Guarded) -> PageClient:
    """The browser of its organiser."""
    return signed_in(app, launched.organiser)


def mails(app: Flask, launched: Guarded) -> tuple[MailStatus, ...]:
    with app.app_context(), reading() as session:
        return mail_rows.statuses(session, launched.cycle_id)


# Mail


def test_the_page_says_how_much_mail_was_sent_waits_and_failed(
    client: PageClient, send: Callable[..., int], path: str
) -> None:
    assert f"0 of {PEOPLE} mails sent, {PEOPLE} waiting." in main_of(client.get(path).text)
    assert send(REFUSED, LATER, REFUSED) == PEOPLE - 3
    assert f"{PEOPLE - 3} of {PEOPLE} mails sent, 1 waiting, 2 failed." in main_of(client.get(path).text)
    with time_machine.travel(clock.now() + timedelta(minutes=2)):
        assert send() == 1
    page = client.get(path).text
    assert f"{PEOPLE - 2} of {PEOPLE} mails sent, 2 failed." in main_of(page)
    rows = rows_of_table(page)
    assert len(rows) == 2
    for _person, mail, problem, action in rows:
        assert mail == "Invitation"
        assert problem.startswith("refused by the mail server (550)Check the address.")
        assert action.startswith("Try again the mail to ")


def test_a_failed_mail_names_its_person_and_can_be_tried_again(
    app: Flask, client: PageClient, send: Callable[..., int], sink: SmtpSink, launched: Guarded
) -> None:
    path = path_of(launched)
    send(REFUSED)
    (failed,) = (mail for mail in mails(app, launched) if mail.state is MailState.FAILED)
    page = client.get(path).text
    assert rows_of_table(page)[0][0] == f"{failed.contact_name}{failed.party_name}"
    retry = f"{path}/mail/{failed.id}/retry"
    assert f'action="{retry}"' in page

    answered = client.send(retry, page=path)
    assert (answered.status_code, answered.location) == (303, path)
    words = main_of(client.get(path).text)
    assert "The mail will be tried again within minutes." in words
    assert f"{PEOPLE - 1} of {PEOPLE} mails sent, 1 waiting." in words
    # A second click finds nothing that failed.
    assert client.send(retry, page=path).status_code == 404
    assert send() == 1
    assert len({mail["To"] for mail in sink.mails}) == PEOPLE == len(sink.mails)
    assert f"{PEOPLE} of {PEOPLE} mails sent." in main_of(client.get(path).text)


def test_all_that_failed_can_be_tried_again_at_once(
    app: Flask, client: PageClient, send: Callable[..., int], sink: SmtpSink, path: str
) -> None:
    send(*[REFUSED] * PEOPLE)
    assert f"0 of {PEOPLE} mails sent, {PEOPLE} failed." in main_of(client.get(path).text)
    assert client.post(f"{path}/mail/retry").status_code == 400
    for told in (f"{PEOPLE} mails will be tried again within minutes.", ""):
        assert client.send(f"{path}/mail/retry", page=path).location == path
        words = main_of(client.get(path).text)
        assert told in words and f"0 of {PEOPLE} mails sent, {PEOPLE} waiting." in words
        assert "tried again" not in words or told
    assert send() == PEOPLE == len({mail["To"] for mail in sink.mails})


def test_the_page_says_what_waits_for_what_and_how_far_each_kind_is(
    app: Flask, client: PageClient, send: Callable[..., int], path: str
) -> None:
    with time_machine.travel("2026-12-01T10:00:30+00:00", tick=False) as travel:
        send(REFUSED, LATER, LATER)
        words = main_of(client.get(path).text)
        wait = "2 mails wait because of this: put off by the mail server (451). Tried again by 10:01am."
        assert wait in words and "Invitation:" not in words
        client.post(f"{path}/remind", data=form_of(client.get(f"{path}/remind").text))
        travel.shift(timedelta(minutes=2))
        send()
        words = main_of(client.get(path).text)
        assert f"{2 * PEOPLE - 1} of {2 * PEOPLE} mails sent, 1 failed." in words
        assert f"Invitation: {PEOPLE - 1} of {PEOPLE} sent, 1 failed" in words
        assert f"Reminder: {PEOPLE} of {PEOPLE} sent" in words and "wait" not in words.partition("Mail")[2]


def test_a_link_that_somebody_asked_for_again_is_between_them_and_their_mailbox(
    app: Flask, client: PageClient, send: Callable[..., int], launched: Guarded, path: str
) -> None:
    send()
    before = without_token(client.get(path).text)
    with app.app_context():
        with transaction() as session:
            invitation_id = session.scalars(select(InvitationRecord.id).limit(1)).one()
            outbox.queue(session, clock.now(), launched.cycle_id, invitation_id, MailKind.LINK_AGAIN)
        assert without_token(client.get(path).text) == before
        send(REFUSED)
        assert without_token(client.get(path).text) == before


def test_a_mail_that_did_not_fail_cannot_be_sent_again(
    app: Flask, client: PageClient, send: Callable[..., int], launched: Guarded, path: str
) -> None:
    send(LATER)
    before = every_row(app)
    for mail in mails(app, launched)[:3]:
        assert client.send(f"{path}/mail/{mail.id}/retry", page=path).status_code == 404
    assert client.send(f"{path}/mail/nothing/retry", page=path).status_code == 404
    assert every_row(app) == before


def test_a_retry_needs_a_post_with_a_token_and_its_own_review(
    app: Flask, client: PageClient, send: Callable[..., int], launched: Guarded, path: str
) -> None:
    send(REFUSED)
    failed = mails(app, launched)[0]
    second = send_form(
        client,
        f"/organiser/chains/{cycle_of(app, launched.cycle_id).chain_id}/reviews/new",
        {"title": ["Second"], "steward_id": [launched.steward.id], "too_soon_reason": ["Agreed."]},
    )
    before = every_row(app)
    assert client.get(f"{path}/mail/{failed.id}/retry").status_code == 405
    assert client.post(f"{path}/mail/{failed.id}/retry").status_code == 400
    assert client.send(f"{second.location}/mail/{failed.id}/retry", page=path).status_code in {404, 409}
    assert every_row(app) == before


@pytest.mark.parametrize("is_begun", [False, True])
def test_after_the_closing_time_no_mail_is_tried_again(
    app: Flask, client: PageClient, send: Callable[..., int], launched: Guarded, is_begun: bool
) -> None:
    path = path_of(launched)
    send(REFUSED)
    failed = mails(app, launched)[0]
    with app.app_context():
        pass_the_closing_time(launched.cycle_id)
        if is_begun:
            assert worker.look(state())
    before = every_row(app)
    refused = client.send(f"{path}/mail/{failed.id}/retry", page=HOME)
    assert refused.status_code == 409
    assert "takes no answers any more" in main_of(refused.text)
    assert every_row(app) == before
    if is_begun:
        assert "Try again" not in client.get(path).text


def test_what_a_mail_server_says_is_not_shown_whole(
    client: PageClient, send: Callable[..., int], path: str
) -> None:
    # It may quote the mail, and the mail holds the link.
    send("550 <script>alert(1)</script> see http://127.0.0.1:8000/r#AAAA")
    page = client.get(path).text
    assert "alert(1)" not in page and "/r#" not in page
    assert rows_of_table(page)[0][2].startswith("refused by the mail server (550)Check")


# Reminders


def test_everybody_is_reminded_whoever_has_answered_and_twice_at_most(
    app: Flask, client: PageClient, send: Callable[..., int], sink: SmtpSink, launched: Guarded
) -> None:
    path = path_of(launched)
    send()
    answer_some(app, launched, 7)
    for number in (1, 2):
        asked = client.get(f"{path}/remind")
        assert "goes to everyone who was asked, because nobody can see who has answered" in main_of(
            asked.text
        )
        done = send_form(client, f"{path}/remind")
        assert (done.status_code, done.location) == (303, path)
        assert f"{PEOPLE} reminders will be sent within minutes." in main_of(client.get(path).text)
        assert send() == PEOPLE
        last = Counter(mail["To"].addresses[0].addr_spec for mail in sink.mails[-PEOPLE:])
        assert set(last) == set(opened(app, launched).links) and set(last.values()) == {1}
        assert len(sink.mails) == PEOPLE * (number + 1)
    assert "Both reminders were sent." in main_of(client.get(path).text)
    assert client.get(f"{path}/remind").location == path
    before = every_row(app)
    third = client.send(f"{path}/remind", {"round": "3"}, page=path)
    assert third.status_code == 409
    assert "2 rounds of this mail were sent, and that is the most." in main_of(third.text)
    assert every_row(app) == before


def test_a_second_click_on_the_reminder_sends_nothing_more(
    app: Flask, client: PageClient, launched: Guarded, path: str
) -> None:
    fields = form_of(client.get(f"{path}/remind").text)
    for _ in range(2):
        assert client.post(f"{path}/remind", data=fields).location == path
    kinds = Counter((mail.kind, mail.number) for mail in mails(app, launched))
    assert kinds == {(MailKind.INVITATION, 1): PEOPLE, (MailKind.REMINDER, 1): PEOPLE}
    assert client.get(f"{path}/remind").status_code == 200


@pytest.mark.parametrize("round_", ["", "0", "2", "x", "1.0"])
def test_a_reminder_that_no_page_offers_is_not_sent(
    app: Flask, client: PageClient, path: str, round_: str
) -> None:
    before = every_row(app)
    client.send(f"{path}/remind", {"round": round_}, page=path)
    assert client.post(f"{path}/remind", data={"round": "1"}).status_code == 400
    assert client.head(f"{path}/remind").status_code == client.get(f"{path}/remind").status_code == 200
    assert every_row(app) == before


def test_nobody_is_reminded_after_the_closing_time(
    app: Flask, client: PageClient, launched: Guarded, path: str
) -> None:
    fields = form_of(client.get(f"{path}/remind").text)
    with app.app_context():
        pass_the_closing_time(launched.cycle_id)
    before = every_row(app)
    refused = client.post(f"{path}/remind", data=fields)
    assert refused.status_code == 409
    assert "Only an open review can send reminders." in main_of(refused.text)
    assert client.get(f"{path}/remind").location == path
    assert "Remind everyone" not in main_of(client.get(path).text)
    assert every_row(app) == before


# The closing time


def test_the_organiser_can_neither_extend_nor_shorten(
    app: Flask, client: PageClient, launched: Guarded, path: str
) -> None:
    page = client.get(path).text
    assert "Only The steward can make it later; nobody can make it earlier." in main_of(page)
    assert "extend" not in page
    before = cycle_row(app, launched.cycle_id)
    for end in ("edit", "extend", "close", "launch"):
        for days in (2, 60):
            when = clock.now() + timedelta(days=days)
            fields = {"closes_at": [str(when.day), str(when.month), str(when.year)], "closes_time": "17:00"}
            for address in (f"{path}/{end}", f"{launched.path}/{end}"):
                client.send(address, fields, page=HOME)
    assert cycle_row(app, launched.cycle_id) == before


# What the pages cost


def test_no_page_asks_more_of_the_database_for_more_people_and_more_mails(
    app: Flask, client: PageClient, send: Callable[..., int], launched: Guarded, path: str
) -> None:
    def cost(review: str) -> dict[str, int]:
        counts = {}
        for end in ("", "/preview", "/remind"):
            with statements(app) as seen:
                assert client.get(review + end).status_code == 200
            counts[end] = len(seen)
        return counts

    small = cost(path)
    chain = save(client, checked(upload(client, bigger_chain(2), name="Big").text)).location
    fields = {"title": ["Big"], "steward_id": [launched.steward.id], "too_soon_reason": ["Agreed."]}
    bigger = send_form(client, f"{chain}/reviews/new", fields).location or ""
    other = launch_cycle(app, bigger.rpartition("/")[2], launched.steward)
    assert len(other.links) > 1.5 * PEOPLE
    send(*[REFUSED] * (PEOPLE + 20))
    assert len(rows_of_table(client.get(bigger).text)) > 10
    assert cost(bigger) == small
    assert max(small.values()) <= 16


def test_the_list_of_reviews_costs_the_same_for_many_reviews(
    app: Flask, client: PageClient, launched: Guarded
) -> None:
    chain = f"/organiser/chains/{cycle_of(app, launched.cycle_id).chain_id}"

    def cost() -> tuple[int, ...]:
        counts = []
        for address in (HOME, chain):
            with statements(app) as seen:
                client.get(address)
            counts.append(len(seen))
        return tuple(counts)

    small = cost()
    for number in range(5):
        fields = {
            "title": [f"R {number}"],
            "steward_id": [launched.steward.id],
            "too_soon_reason": ["Agreed."],
        }
        send_form(client, f"{chain}/reviews/new", fields)
    assert cost() == small
    assert cycle_of(app, launched.cycle_id).state is CycleState.OPEN
