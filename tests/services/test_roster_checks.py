"""Before the launch everybody on the list can be asked whether it is right: by the steward, twice at most."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from review_app import clock, posting
from review_app.config import Settings
from review_app.database import reading, transaction
from review_app.models.cycles import CycleRecord
from review_app.services import accounts, chains, chains_editing, confirming, outbox, roster_checks
from review_app.services.accounts import Account
from review_app.services.chains_editing import Edit
from review_app.services.chains_history import Author
from review_app.services.errors import NotAllowedError, NotFoundError
from review_app.services.outbox import MailKind, MailState
from review_app.state import State, state
from tests.conftest import launch_cycle
from tests.mail_samples import part
from tests.servers import SmtpSink

PEOPLE = 40


@pytest.fixture
def by_smtp(app: Flask, settings: Settings, sink: SmtpSink) -> Iterator[State]:
    """The application's state with the sink as its mail server."""
    with app.app_context():
        yield replace(state(), settings=replace(settings, smtp_url=sink.url))


def send(cycle_id: str, steward: Account, number: int = 1) -> int:
    with transaction() as session:
        return roster_checks.send(session, clock.now(), cycle_id, steward.id, number=number)


def test_everybody_who_would_be_asked_reads_how_they_are_listed_and_where_to_say_so(
    by_smtp: State, draft_cycle: str, steward: Account, sink: SmtpSink
) -> None:
    assert send(draft_cycle, steward) == PEOPLE
    assert posting.send_due(by_smtp) == PEOPLE
    assert len({str(mail["To"]) for mail in sink.mails}) == PEOPLE
    with reading() as session:
        code = confirming.page_code(session, draft_cycle, steward.id)
    for mail in sink.mails:
        text = part(mail, "plain")
        assert f"you stand as {mail['To'].addresses[0].display_name}, " in text
        assert f"http://127.0.0.1:8000/list/{code}" in text.splitlines()
        # There is no link before the launch, and so nothing to say about one.
        assert "/r#" not in text and not list(mail.iter_attachments())
    # What the mail names is there.
    with reading() as session:
        assert confirming.asked_at(session, code).chain_name == "Pathways North"


def test_it_is_sent_twice_at_most_and_a_button_pressed_twice_sends_once(
    by_smtp: State, draft_cycle: str, steward: Account
) -> None:
    first = clock.now()
    assert [send(draft_cycle, steward), send(draft_cycle, steward)] == [PEOPLE, 0]
    with time_machine.travel(first + timedelta(days=3), tick=False):
        assert [send(draft_cycle, steward, number) for number in (2, 2, 3)] == [PEOPLE, 0, 0]
        with reading() as session:
            mail = roster_checks.look(session, draft_cycle, steward.id)
    assert [moment.date() for moment in mail.sent_at] == [first.date(), (first + timedelta(days=3)).date()]
    assert not mail.may_send


def test_nobody_but_the_steward_of_the_review_sends_it(
    app: Flask, draft_cycle: str, steward: Account, organiser: Account
) -> None:
    with app.app_context():
        with transaction() as session:
            other = accounts.create(
                session,
                clock.now(),
                email="other@independent.example",
                name="Another",
                role=accounts.AccountRole.STEWARD,
                password="a long enough password",
            )
        for somebody in (organiser, other):
            with pytest.raises(NotFoundError):
                send(draft_cycle, somebody)
            with pytest.raises(NotFoundError), reading() as session:
                roster_checks.look(session, draft_cycle, somebody.id)


def test_what_is_not_sent_before_the_launch_is_not_sent_any_more(
    by_smtp: State, app: Flask, draft_cycle: str, steward: Account, sink: SmtpSink
) -> None:
    assert send(draft_cycle, steward) == PEOPLE
    launch_cycle(app, draft_cycle, steward)
    with reading() as session:
        # The page that it names is gone, so what was not sent yet is not sent any more.
        assert outbox.counts(session, draft_cycle)[MailState.CANCELLED] == PEOPLE
    posting.send_due(by_smtp)
    assert len(sink.mails) == PEOPLE
    assert all("tell us how the partnership works" in str(mail["Subject"]) for mail in sink.mails)
    with pytest.raises(NotAllowedError):
        send(draft_cycle, steward, 2)


def test_an_approval_stays_when_everybody_is_asked(app: Flask, draft_cycle: str, steward: Account) -> None:
    with app.app_context():
        with transaction() as session:
            record = session.get_one(CycleRecord, draft_cycle)
            record.approval = "a" * 64
        send(draft_cycle, steward)
        with reading() as session:
            assert session.get_one(CycleRecord, draft_cycle).approval == "a" * 64
            assert outbox.rounds(session, draft_cycle, MailKind.ROSTER_CHECK) == 1


def test_whoever_is_taken_off_the_list_before_the_mail_leaves_gets_none(
    by_smtp: State, draft_cycle: str, northern_bridge: str, steward: Account, sink: SmtpSink
) -> None:
    send(draft_cycle, steward)
    with transaction() as session:
        chain = chains.load(session, northern_bridge)
        beth = next(
            contact for party in chain.parties for contact in party.contacts if contact.name == "Beth Ramsden"
        )
        edit = Edit(northern_bridge, clock.now(), Author("The steward", None))
        chains_editing.remove_contact(session, edit, beth.id)
    assert posting.send_due(by_smtp) == PEOPLE - 1
    assert not [mail for mail in sink.mails if "Beth Ramsden" in str(mail["To"])]
