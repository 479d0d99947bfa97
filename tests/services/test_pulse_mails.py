"""The mails of a pulse over a real SMTP server: one to everybody, one reminder, each with a link of its own."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from email.message import EmailMessage

import pytest
import time_machine
from sqlalchemy import select, update

from review_app import clock, posting, pulse_counting, worker
from review_app.database import reading, transaction
from review_app.mailbox import list_mails
from review_app.models.outbox import MailKind, MailRecord, MailState
from review_app.models.pulses import PulseRecord
from review_app.services import pulse_mail
from review_app.state import State, state
from surveys import sealing
from surveys.language import BILINGUAL
from tests.pulses import (
    TITLE,
    Ready,
    links_of_pulse,
    open_pulse,
    pass_closing_time,
    pulse_of,
    ready,
    set_pulse_time,
)
from tests.servers import SmtpSink


@pytest.fixture
def of(either_environ: dict[str, str]) -> Iterator[Ready]:
    """A review with an action that is done, on either database."""
    with ready(either_environ) as made:
        yield made


def by_smtp(sink: SmtpSink) -> State:
    """The application's state with the sink as its mail server; nothing but pulses is owed."""
    with transaction() as session:
        session.execute(
            update(MailRecord)
            .where(MailRecord.kind != MailKind.PULSE.value)
            .values(state=MailState.CANCELLED.value)
        )
    return replace(state(), settings=replace(state().settings, smtp_url=sink.url))


def body(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def recipients(mails: list[EmailMessage]) -> Counter[str]:
    return Counter(mail["To"].addresses[0].addr_spec for mail in mails)


def test_everybody_gets_one_mail_with_their_own_link(of: Ready, sink: SmtpSink) -> None:
    pulse_id = open_pulse(of)
    links = links_of_pulse(pulse_id)
    assert posting.send_due(by_smtp(sink)) == len(links)
    assert recipients(sink.mails) == Counter(list(links))
    for mail in sink.mails:
        code = sealing.code_of(links[mail["To"].addresses[0].addr_spec])
        text = body(mail)
        assert f"http://127.0.0.1:8000/p#{code}" in text.splitlines() and code in text.splitlines()
        assert TITLE in text and "5 people from 3 organisations" in " ".join(text.split())
        head = "\n".join(f"{name}: {value}" for name, value in mail.items())
        assert code not in head and code.replace("-", "") not in head
        others = [sealing.code_of(secret) for secret in links.values()]
        assert [one for one in others if one in text] == [code]
    assert posting.send_due(by_smtp(sink)) == 0


def test_everybody_is_reminded_once_two_working_days_before(of: Ready, sink: SmtpSink) -> None:
    pulse_id = open_pulse(of)
    links, by_mail = links_of_pulse(pulse_id), by_smtp(sink)
    assert posting.send_due(by_mail) == len(links)
    closes_at = pulse_of(pulse_id).closes_at
    with time_machine.travel(closes_at - timedelta(days=5), tick=True):
        pulse_counting.look(state().keys)
        assert posting.send_due(by_mail) == 0
    with time_machine.travel(closes_at - timedelta(hours=30), tick=True):
        for _ in range(3):
            pulse_counting.look(state().keys)
        assert posting.send_due(by_mail) == len(links)
    reminders = sink.mails[len(links) :]
    assert recipients(list(reminders)) == Counter(list(links))
    for mail in reminders:
        assert "This goes to everyone: we cannot see who has answered." in " ".join(body(mail).split())
        assert sealing.code_of(links[mail["To"].addresses[0].addr_spec]) in body(mail)


def test_nobody_is_reminded_of_what_they_heard_of_yesterday(of: Ready) -> None:
    pulse_id = open_pulse(of, closes_at=clock.now() + timedelta(days=3))
    with reading() as session:
        assert pulse_mail.due(session, clock.now() + timedelta(days=2)) == ()
    set_pulse_time(pulse_id, clock.now() + timedelta(days=1))
    with transaction() as session:
        assert pulse_mail.remind(session, clock.now(), pulse_id) == 0


def test_two_workers_remind_once(of: Ready) -> None:
    pulse_id = open_pulse(of)
    moment = pulse_of(pulse_id).closes_at - timedelta(hours=30)
    queued = []
    for _ in range(2):
        with transaction() as session:
            queued.append(pulse_mail.remind(session, moment, pulse_id))
    assert queued == [len(links_of_pulse(pulse_id)), 0]


def test_after_the_close_no_mail_can_be_made(of: Ready, sink: SmtpSink) -> None:
    pulse_id = open_pulse(of)
    by_mail = by_smtp(sink)
    pass_closing_time(pulse_id)
    pulse_counting.look(state().keys)
    with transaction() as session:
        # As if one had failed, and somebody let it be tried again.
        mail = session.scalars(select(MailRecord).where(MailRecord.kind == MailKind.PULSE.value)).first()
        assert mail is not None
        mail.state = MailState.QUEUED.value
    assert posting.send_due(by_mail) == 0 and not sink.mails


def test_a_review_in_both_languages_asks_in_both(environ: dict[str, str], sink: SmtpSink) -> None:
    with ready(environ, languages=BILINGUAL) as of:
        open_pulse(of)
        posting.send_due(by_smtp(sink))
    text = body(sink.mails[0])
    assert text.index("Ydy hyn wedi newid i chi?") < text.index("Has this changed for you?")
    assert str(sink.mails[0]["Content-Language"]) == "cy, en"


def test_the_mailbox_of_a_demo_goes_with_its_pulse(environ: dict[str, str]) -> None:
    with ready(environ) as of:
        pulse_id = open_pulse(of)
        assert worker.look(state())
        folder = state().keys.mailbox(pulse_id)
        codes = [sealing.code_of(secret) for secret in links_of_pulse(pulse_id).values()]
        assert len(list_mails(folder.parent)) >= len(codes)
        assert len(list(folder.glob("*.eml"))) == len(codes)
        pass_closing_time(pulse_id)
        assert worker.look(state())
        assert not folder.exists()
        left = [path.read_text("utf-8", "replace") for path in folder.parent.rglob("*.eml")]
        assert not [code for code in codes for text in left if code in re.sub(r"=\n", "", text)]


def test_a_mail_says_until_when(of: Ready, sink: SmtpSink) -> None:
    closes_at = datetime(2027, 1, 15, 17, 0, tzinfo=clock.now().tzinfo)
    pulse_id = open_pulse(of)
    with transaction() as session:
        session.get_one(PulseRecord, pulse_id).closes_at = closes_at
    posting.send_due(by_smtp(sink))
    assert "15 January 2027, 5:00pm" in " ".join(body(sink.mails[0]).split())
    assert str(sink.mails[0]["Subject"]) == "Threads: has this changed for you? (1 minute, by 15 January)"
