"""A day and more of every trouble that mail has, by the clock of the test; the organiser's page tells how it stands.

The server is away, hangs, puts off and refuses. Whatever can be delivered arrives exactly once.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from flask import Flask

from review_app import posting
from review_app.config import Mode
from review_app.services.accounts import Account
from review_app.state import State, state
from tests.conftest import OpenCycle, draft_on, launch_cycle
from tests.pages import PageClient
from tests.servers import SmtpSink, free_port
from tests.web.organisers import main_of, rows_of_table

PEOPLE = 40
# A Tuesday, two days before the clocks have any say: UK time is UTC.
MORNING = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
REFUSED, FULL = 3, 2


@dataclass
class TroubledServer(SmtpSink):
    """A mail server that answers some people otherwise, and may be put out of order altogether."""

    replies_to: dict[str, str] = field(default_factory=dict)
    hangs: bool = False

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Takes a recipient, or gives the reply that is kept for them, or none."""
        if self.hangs:
            await asyncio.sleep(3600)
        if address in self.replies_to:
            return self.replies_to[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"


@dataclass
class Day:
    """The review, its mail server, the clock and the organiser's page."""

    own: State
    cycle: OpenCycle
    server: TroubledServer
    clock: time_machine.Traveller
    page: Callable[[], str]
    post: Callable[[str], int]
    app: Flask

    def work(self, until: timedelta) -> None:
        """The worker looks every ten minutes until so long after the morning."""
        while datetime.now(UTC) < MORNING + until:
            with self.app.app_context():
                posting.send_due(self.own)
            self.clock.shift(timedelta(minutes=10))

    def look(self) -> None:
        """The worker looks once."""
        with self.app.app_context():
            posting.send_due(self.own)

    def words(self) -> str:
        """What the page says about the mail."""
        return main_of(self.page()).partition("Mail ")[2]


@pytest.fixture
def server() -> Iterator[TroubledServer]:
    """The server, on loopback."""
    running = TroubledServer(port=free_port())
    controller = Controller(running, hostname="127.0.0.1", port=running.port)
    controller.start()
    yield running
    controller.stop(no_assert=True)


@pytest.fixture
def day(  # noqa: PLR0917
    app: Flask,
    client: PageClient,
    northern_bridge: str,
    organiser: Account,
    steward: Account,
    server: TroubledServer,
    sign_in: Callable[[Account], None],
) -> Iterator[Day]:
    """A review that was launched on Tuesday at nine, in production but for the address of its pages."""
    with time_machine.travel(MORNING, tick=False) as clock:
        cycle = launch_cycle(app, draft_on(app, northern_bridge, organiser, steward), steward)
        sign_in(organiser)
        with app.app_context():
            own = state()
        delivery = replace(own.settings.delivery, smtp_timeout=1, mail_per_minute=30)
        settings = replace(own.settings, mode=Mode.PRODUCTION, smtp_url=server.url, delivery=delivery)
        # The pages of the application keep to the same settings as its worker.
        app.extensions["roundtable"] = State(settings, own.keys)
        path = f"/organiser/reviews/{cycle.id}"
        yield Day(
            State(settings, own.keys),
            cycle,
            server,
            clock,
            page=lambda: client.get(path).text,
            post=lambda end: client.send(f"{path}{end}", page=path).status_code,
            app=app,
        )


def test_everything_that_can_be_delivered_arrives_once_and_the_page_tells_the_truth(day: Day) -> None:
    everybody = sorted(day.cycle.links)
    refused, full = everybody[:REFUSED], everybody[REFUSED : REFUSED + FULL]
    day.server.replies_to = {
        **dict.fromkeys(refused, "550 5.1.1 no such user here"),
        **dict.fromkeys(full, "451 4.2.2 over quota"),
    }
    assert day.words().startswith(f"0 of {PEOPLE} mails sent, {PEOPLE} waiting.")

    # The server is not there at all.
    there = day.own
    day.own = replace(there, settings=replace(there.settings, smtp_url=f"smtp://127.0.0.1:{free_port()}"))
    day.look()
    away = f"{PEOPLE} mails wait because of this: the mail server cannot be reached. Tried again by 9:01am."
    assert f"0 of {PEOPLE} mails sent, {PEOPLE} waiting." in day.words() and away in day.words()
    day.work(timedelta(hours=2))
    assert f"{PEOPLE} mails wait because of this: the mail server cannot be reached." in day.words()

    # It is there and does not answer.
    day.own = there
    day.server.hangs = True
    day.clock.shift(timedelta(hours=1))
    day.look()
    assert f"{PEOPLE} mails wait because of this: the mail server did not answer in time." in day.words()
    assert not day.server.mails

    # It works, thirty a minute, until the evening.
    day.server.hangs = False
    day.clock.shift(timedelta(hours=1))
    day.look()
    assert len(day.server.mails) <= 30
    day.clock.shift(timedelta(minutes=2))
    day.look()
    delivered = PEOPLE - REFUSED - FULL
    now = f"{delivered} of {PEOPLE} mails sent, {FULL} waiting, {REFUSED} failed."
    put_off = f"{FULL} mails wait because of this: put off by the mail server: mailbox full (451)."
    assert now in day.words() and put_off in day.words()
    rows = rows_of_table(day.page())
    assert len(rows) == REFUSED
    for _person, kind, problem, action in rows:
        assert kind == "Invitation" and action.startswith("Try again the mail to ")
        told, _, mend = problem.partition("(550)")
        assert told == "refused by the mail server: no such mailbox "
        assert mend == "The address does not exist. The steward can correct the address."

    # In the night nothing is tried, and the page says until when.
    day.work(timedelta(hours=14))
    assert now in day.words() and f"{FULL} mails wait until Wednesday, 8:00am." in day.words()
    assert f"{put_off} Tried again by Wednesday, 8:00am." in day.words()

    # One mailbox has room again on the next day; the other stays full for three days.
    del day.server.replies_to[full[0]]
    day.work(timedelta(hours=24))
    delivered += 1
    assert f"{delivered} of {PEOPLE} mails sent, 1 waiting, {REFUSED} failed." in day.words()
    day.work(timedelta(hours=80))
    assert f"{delivered} of {PEOPLE} mails sent, {REFUSED + 1} failed." in day.words()
    assert (
        sum("put off by the mail server: mailbox full (451)" in row[2] for row in rows_of_table(day.page()))
        == 1
    )

    # What the organiser mends and tries again arrives too.
    day.server.replies_to.clear()
    assert day.post("/mail/retry") == 303
    day.work(timedelta(hours=81))
    assert f"{PEOPLE} of {PEOPLE} mails sent." in day.words() and "wait" not in day.words()
    recipients = Counter(mail["To"].addresses[0].addr_spec for mail in day.server.mails)
    assert recipients == Counter(everybody)
