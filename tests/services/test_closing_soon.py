"""Everybody hears once that a review closes soon, however often the worker looks and whenever it dies."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from review_app import clock, posting, worker
from review_app.config import Settings
from review_app.database import reading, transaction
from review_app.models.outbox import MailRecord
from review_app.services import closing_soon, cycles, outbox
from review_app.services.accounts import Account
from review_app.services.outbox import MailKind, MailState
from review_app.state import State, state
from tests.conftest import draft_on, launch_cycle
from tests.mail_samples import part
from tests.servers import SmtpSink

PEOPLE = 40
# A Friday at noon; the review closes on the Friday three weeks later.
LAUNCH = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
CLOSE = LAUNCH + timedelta(days=21)
WEDNESDAY = CLOSE - timedelta(days=2)


@pytest.fixture
def by_smtp(app: Flask, settings: Settings, sink: SmtpSink) -> Iterator[State]:
    """The application's state with the sink as its mail server."""
    with app.app_context():
        yield replace(state(), settings=replace(settings, smtp_url=sink.url))


@pytest.fixture
def open_for(app: Flask, northern_bridge: str, organiser: Account, steward: Account) -> Callable[[int], str]:
    """Opens a review at ``LAUNCH`` for so many days."""

    def opened(days: int) -> str:
        with time_machine.travel(LAUNCH, tick=False):
            closes_at = LAUNCH + timedelta(days=days)
            cycle_id = draft_on(app, northern_bridge, organiser, steward, closes_at=closes_at)
            return launch_cycle(app, cycle_id, steward).id

    return opened


@pytest.fixture
def opened(open_for: Callable[[int], str]) -> str:
    """A review that opened at ``LAUNCH`` for three weeks."""
    return open_for(21)


def queue_and_die(cycle_id: str) -> None:
    with transaction() as session:
        closing_soon.queue(session, WEDNESDAY, cycle_id)
        raise KeyboardInterrupt


def look_at(moment: datetime, cycle_id: str) -> int:
    """How many mails of the kind there are after the worker has looked at a moment."""
    with time_machine.travel(moment, tick=False):
        worker._tell_of_the_close()
    query = select(func.count()).where(
        MailRecord.cycle_id == cycle_id, MailRecord.kind == MailKind.CLOSING_SOON.value
    )
    with reading() as session:
        return session.scalar(query) or 0


def test_it_is_queued_two_working_days_before_the_close_and_never_twice(by_smtp: State, opened: str) -> None:
    hour = timedelta(hours=1)
    found = [
        look_at(moment, opened)
        for moment in (
            LAUNCH,
            WEDNESDAY - hour,
            WEDNESDAY,
            WEDNESDAY + hour,
            CLOSE - hour,
            CLOSE,
            CLOSE + hour,
        )
    ]
    assert found == [0, 0, PEOPLE, PEOPLE, PEOPLE, PEOPLE, PEOPLE]


def test_two_workers_that_saw_the_same_queue_it_once(by_smtp: State, opened: str) -> None:
    with reading() as session:
        assert closing_soon.due(session, WEDNESDAY) == (opened,)
    queued = []
    for _ in range(2):
        with transaction() as session:
            queued.append(closing_soon.queue(session, WEDNESDAY, opened))
    assert queued == [PEOPLE, 0]


def test_a_worker_that_dies_before_the_commit_has_queued_none_and_the_next_queues_all(
    by_smtp: State, opened: str
) -> None:
    with pytest.raises(KeyboardInterrupt):
        queue_and_die(opened)
    assert look_at(WEDNESDAY, opened) == PEOPLE


@pytest.mark.parametrize(("days", "found"), [(6, 0), (7, PEOPLE)])
def test_a_review_that_was_open_for_less_than_a_week_needs_no_such_mail(
    by_smtp: State, open_for: Callable[[int], str], days: int, found: int
) -> None:
    assert look_at(LAUNCH + timedelta(days=days, hours=-20), open_for(days)) == found


def test_a_worker_that_was_away_too_long_does_not_send_it_in_the_last_hours(
    by_smtp: State, opened: str
) -> None:
    assert look_at(CLOSE - timedelta(hours=5), opened) == 0


def test_after_an_extension_the_new_close_is_told_once_where_it_was_known_for_a_week(
    by_smtp: State, opened: str, steward: Account
) -> None:
    assert look_at(WEDNESDAY, opened) == PEOPLE
    with time_machine.travel(WEDNESDAY + timedelta(hours=1), tick=False), transaction() as session:
        cycles.extend(session, clock.now(), opened, steward.id, CLOSE + timedelta(days=14))
    # What was not sent yet would say a closing time that is no longer near.
    with reading() as session:
        assert outbox.counts(session, opened)[MailState.CANCELLED] == PEOPLE
    assert look_at(WEDNESDAY + timedelta(hours=2), opened) == PEOPLE
    assert look_at(WEDNESDAY + timedelta(days=14), opened) == 2 * PEOPLE
    assert look_at(WEDNESDAY + timedelta(days=14, hours=3), opened) == 2 * PEOPLE


def test_a_short_extension_is_told_by_its_own_mail_alone(
    by_smtp: State, opened: str, steward: Account
) -> None:
    with time_machine.travel(CLOSE - timedelta(days=3), tick=False), transaction() as session:
        cycles.extend(session, clock.now(), opened, steward.id, CLOSE + timedelta(days=3))
    assert look_at(CLOSE + timedelta(days=2), opened) == 0


def test_two_extensions_before_any_such_mail_do_not_make_it_come_three_times(
    by_smtp: State, opened: str, steward: Account
) -> None:
    for days in (7, 14):
        with time_machine.travel(LAUNCH + timedelta(days=days), tick=False), transaction() as session:
            cycles.extend(session, clock.now(), opened, steward.id, CLOSE + timedelta(days=days))
    last = WEDNESDAY + timedelta(days=14)
    assert [look_at(last + timedelta(hours=hours), opened) for hours in range(3)] == [PEOPLE] * 3


def test_it_says_until_when_and_goes_to_everyone(by_smtp: State, opened: str, sink: SmtpSink) -> None:
    look_at(WEDNESDAY, opened)
    with time_machine.travel(WEDNESDAY, tick=False):
        posting.send_due(by_smtp)
    told = [mail for mail in sink.mails if "the last days to have your say" in str(mail["Subject"])]
    assert len({str(mail["To"]) for mail in told}) == PEOPLE
    assert all("Until 18 December 2026, 12:00pm you can still say" in part(mail, "plain") for mail in told)
