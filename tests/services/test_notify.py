"""Mail by GOV.UK Notify: one template, our words, its states, and what it refuses."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from review_app import clock, posting
from review_app.collecting import Collector
from review_app.config import Settings, SettingsError
from review_app.database import reading, transaction
from review_app.mail.errors import MailError
from review_app.mail.notify import NotifyTransport
from review_app.mail.transports import transport_for
from review_app.models.outbox import MailRecord
from review_app.services import bounces, cycles, outbox
from review_app.services.bounces import Arrival, MailDelivery
from review_app.services.outbox import MailState
from review_app.state import State, state
from surveys import sealing
from tests import mail_rows
from tests.conftest import OpenCycle
from tests.notify_server import KEY, TEMPLATE, NotifyServer, notify_server
from tests.servers import free_port

PEOPLE = 40


@pytest.fixture
def notify() -> Iterator[NotifyServer]:
    """A running imitation of Notify."""
    with notify_server() as running:
        yield running


@pytest.fixture
def notify_environ(environ: dict[str, str], notify: NotifyServer) -> dict[str, str]:
    """The environment of an installation that mails by it."""
    return {
        **environ,
        "ROUNDTABLE_NOTIFY_API_KEY": KEY,
        "ROUNDTABLE_NOTIFY_TEMPLATE_ID": TEMPLATE,
        "ROUNDTABLE_NOTIFY_URL": notify.url,
    }


@pytest.fixture
def by_notify(app: Flask, notify_environ: dict[str, str]) -> Iterator[State]:
    """The application's state with Notify as its way out."""
    with app.app_context():
        yield replace(state(), settings=Settings.from_env(notify_environ))


def arrivals(cycle: OpenCycle) -> tuple[Arrival, ...]:
    with reading() as session:
        return bounces.arrivals(session, cycle.id)


def states(cycle: OpenCycle) -> dict[MailState, int]:
    with reading() as session:
        return {kind: count for kind, count in outbox.counts(session, cycle.id).items() if count}


# Sending


def test_everybody_gets_our_subject_and_words_through_one_template(
    by_notify: State, open_cycle: OpenCycle, notify: NotifyServer
) -> None:
    assert posting.send_due(by_notify) == PEOPLE
    assert {one["email_address"] for one in notify.sent} == set(open_cycle.links)
    for one in notify.sent:
        code = sealing.code_of(open_cycle.links[one["email_address"]])
        assert one["personalisation"]["subject"].startswith("Pathways North: tell us how")
        assert f"/r#{code}" in one["personalisation"]["body"]
        assert "<" not in one["personalisation"]["body"]
    with reading() as session:
        tokens = set(session.scalars(select(MailRecord.return_token)))
    assert {one["reference"] for one in notify.sent} == tokens


@pytest.mark.parametrize(
    ("refusal", "problem", "setting"),
    [
        (
            (400, "BadRequestError", "Can't send to this recipient using a team-only API key"),
            "GOV.UK Notify sends to its team only",
            "ROUNDTABLE_NOTIFY_API_KEY",
        ),
        (
            (400, "BadRequestError", "Template not found"),
            "GOV.UK Notify cannot fill its template",
            "ROUNDTABLE_NOTIFY_TEMPLATE_ID",
        ),
        (
            (400, "BadRequestError", "Missing personalisation: body"),
            "GOV.UK Notify cannot fill its template",
            "ROUNDTABLE_NOTIFY_TEMPLATE_ID",
        ),
        (
            (403, "AuthError", "Error: Your system clock must be accurate to within 30 seconds"),
            "GOV.UK Notify refuses our key",
            "ROUNDTABLE_NOTIFY_API_KEY",
        ),
        (
            (429, "TooManyRequestsError", "Exceeded send limits (50) for today"),
            "GOV.UK Notify takes no more for now",
            "a higher limit",
        ),
        (
            (500, "Exception", "Internal server error"),
            "GOV.UK Notify cannot be reached (500)",
            "check the network",
        ),
    ],
)
def test_what_holds_for_every_mail_gives_up_none(
    by_notify: State,
    open_cycle: OpenCycle,
    notify: NotifyServer,
    *,
    caplog: pytest.LogCaptureFixture,
    refusal: tuple[int, str, str],
    problem: str,
    setting: str,
) -> None:
    notify.refusals = [refusal]
    with time_machine.travel(clock.now(), tick=False) as travel:
        posting.send_due(by_notify)
        assert states(open_cycle) == {MailState.QUEUED: PEOPLE}
        with reading() as session:
            assert {mail.problem for mail in mail_rows.statuses(session, open_cycle.id)} <= {problem, ""}
        told = [record.message for record in caplog.records if record.name == "review_app.posting"]
        assert problem in told[0] and setting in told[0] and refusal[2] not in told[0]
        travel.shift(timedelta(minutes=2))
        assert posting.send_due(by_notify) == PEOPLE


def test_an_address_that_is_none_is_given_up_and_the_others_leave(
    by_notify: State, open_cycle: OpenCycle, notify: NotifyServer
) -> None:
    notify.refusals = [(400, "ValidationError", "email_address Not a valid email address: beth@")]
    assert posting.send_due(by_notify) == PEOPLE - 1
    assert states(open_cycle) == {MailState.SENT: PEOPLE - 1, MailState.FAILED: 1}
    with reading() as session:
        failed = mail_rows.statuses(session, open_cycle.id)[0]
    assert failed.problem == "GOV.UK Notify knows no such address"


def test_notify_that_is_away_leaves_every_mail_owed(by_notify: State, open_cycle: OpenCycle) -> None:
    away = by_notify.settings.delivery.notify
    assert away is not None
    away = replace(away, url=f"http://127.0.0.1:{free_port()}")
    settings = replace(by_notify.settings, delivery=replace(by_notify.settings.delivery, notify=away))
    assert posting.send_due(replace(by_notify, settings=settings)) == 0
    assert states(open_cycle) == {MailState.QUEUED: PEOPLE}


# States


def test_what_became_of_each_mail_is_asked_for_and_kept(
    by_notify: State, open_cycle: OpenCycle, notify: NotifyServer
) -> None:
    posting.send_due(by_notify)
    first, second, third, fourth, fifth = (one["reference"] for one in notify.sent[:5])
    notify.end(first, "delivered")
    notify.end(second, "permanent-failure")
    notify.end(third, "temporary-failure")
    notify.end(fourth, "technical-failure")
    notify.end(fifth, "sending")
    notify.sent.append(
        {**notify.sent[0], "id": "of-another-service", "reference": None, "status": "delivered"}
    )
    collector = Collector()
    with time_machine.travel(clock.now(), tick=False) as travel:
        collector.look(by_notify)
        assert sorted((one.delivery, one.problem) for one in arrivals(open_cycle) if one.delivery != "unknown") == [
            (MailDelivery.BOUNCED, "GOV.UK Notify could not send it"),
            (MailDelivery.BOUNCED, "mailbox full, or refused as spam"),
            (MailDelivery.BOUNCED, "no such mailbox"),
            (MailDelivery.DELIVERED, ""),
        ]  # fmt: skip
        pages = notify.pages_read
        assert pages == PEOPLE // 3 + 2
        collector.look(by_notify)
        assert notify.pages_read == pages
        notify.end(fifth, "delivered")
        travel.shift(timedelta(minutes=6))
        collector.look(by_notify)
    assert sum(one.delivery is MailDelivery.DELIVERED for one in arrivals(open_cycle)) == 2


def test_a_reminders_state_shows_nobody_who_was_left_out(
    by_notify: State, open_cycle: OpenCycle, notify: NotifyServer
) -> None:
    posting.send_due(by_notify)
    with transaction() as session:
        cycles.remind(session, clock.now(), open_cycle.id)
    posting.send_due(by_notify)
    assert len(notify.sent) == 2 * PEOPLE
    for one in notify.sent[PEOPLE:]:
        notify.end(one["reference"], "delivered")
    Collector().look(by_notify)
    assert {one.delivery for one in arrivals(open_cycle)} == {MailDelivery.UNKNOWN}


def test_when_the_states_cannot_be_read_the_log_says_what_to_do(
    by_notify: State, notify: NotifyServer, caplog: pytest.LogCaptureFixture
) -> None:
    chosen = by_notify.settings.delivery.notify
    assert chosen is not None
    wrong = replace(chosen, api_key=KEY[:-1] + "b")
    settings = replace(by_notify.settings, delivery=replace(by_notify.settings.delivery, notify=wrong))
    Collector().look(replace(by_notify, settings=settings))
    assert "refuses our key. Check ROUNDTABLE_NOTIFY_API_KEY" in caplog.text


# Settings


def test_key_and_template_are_tried_without_a_mail(by_notify: State, notify: NotifyServer) -> None:
    with transport_for(by_notify.settings, by_notify.keys) as transport:
        assert isinstance(transport, NotifyTransport)
        transport.check()
        notify.template["body"] = "Dear ((name))"
        with pytest.raises(MailError) as refused:
            transport.check()
    assert "ROUNDTABLE_NOTIFY_TEMPLATE_ID" in refused.value.mend and not notify.sent


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"NOTIFY_API_KEY": "short"}, "NOTIFY_API_KEY is not a whole key"),
        ({"NOTIFY_API_KEY": ""}, "NOTIFY_API_KEY is missing"),
        ({"NOTIFY_TEMPLATE_ID": ""}, "NOTIFY_TEMPLATE_ID is not the id of a template"),
        ({"NOTIFY_URL": "notify"}, "NOTIFY_URL is not an address"),
        ({"SMTP_URL": "smtp://mail.prime.example"}, "NOTIFY_API_KEY and ROUNDTABLE_SMTP_URL are both set"),
    ],
)
def test_settings_that_cannot_work_are_named(
    notify_environ: dict[str, str], changes: dict[str, str], fault: str
) -> None:
    changed = {f"ROUNDTABLE_{name}": value for name, value in changes.items()}
    with pytest.raises(SettingsError, match=f"ROUNDTABLE_{fault}") as refused:
        Settings.from_env({**notify_environ, **changed})
    assert len(refused.value.faults) == 1


def test_without_the_extra_the_settings_say_what_to_install(
    notify_environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "notifications_python_client", None)
    with pytest.raises(SettingsError, match=r"pip install 'roundtable-review\[notify\]'"):
        Settings.from_env(notify_environ)


def test_production_needs_no_mail_server_beside_notify(notify_environ: dict[str, str]) -> None:
    environ = {
        **notify_environ,
        "ROUNDTABLE_MODE": "production",
        "ROUNDTABLE_BASE_URL": "https://review.prime.example",
        "ROUNDTABLE_MAIL_FROM": "Roundtable <review@prime.example>",
    }
    settings = Settings.from_env(environ)
    assert settings.smtp_url is None and settings.delivery.notify is not None


def test_the_key_is_never_printed(notify_environ: dict[str, str]) -> None:
    settings = Settings.from_env(notify_environ)
    assert KEY[-20:] not in f"{settings!r} {settings.delivery!r} {settings.delivery.notify!r}"
