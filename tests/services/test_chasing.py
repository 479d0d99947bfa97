"""Reminders and digests of actions, on both databases: each once, to those alone whom they concern, over real SMTP."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from threading import Barrier

import pytest
import time_machine
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from review_app import clock, posting
from review_app.database import reading, transaction
from review_app.models.actions import ActionPersonRecord
from review_app.models.chains import ContactRecord
from review_app.models.outbox import MailKind, MailRecord
from review_app.services import acting, action_links, chasing, proposing
from review_app.services.proposing import Proposer
from review_app.state import state
from review_app.worker import look
from surveys import sealing
from surveys.improvement import ActionState
from surveys.mail_hours import ZONE
from tests.actions_made import (
    ASH,
    BY,
    MILL,
    PRIME,
    do,
    in_state,
    load,
    propose,
    published,
    secret_of,
)
from tests.publications import Reviewed
from tests.servers import SmtpSink


@pytest.fixture
def of(either_environ: dict[str, str]) -> Iterator[Reviewed]:
    """A published review on either database."""
    with published(either_environ) as found:
        yield found


def at(day: date, hour: int = 12) -> datetime:
    """A moment of a day in the United Kingdom."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=ZONE)


def chase(now: datetime) -> int:
    """What the worker does at a moment. That it is due is said before, and not afterwards."""
    with reading() as session:
        is_due = chasing.is_due(session, now)
    with transaction() as session:
        count = chasing.chase(session, now)
    assert is_due == (count > 0)
    with reading() as session:
        assert not chasing.is_due(session, now)
    with transaction() as session:
        assert chasing.chase(session, now) == 0
    return count


def owed(kind: MailKind) -> list[tuple[str, int]]:
    query = (
        select(ContactRecord.email, MailRecord.number)
        .join(ContactRecord, ContactRecord.id == MailRecord.contact_id)
        .where(MailRecord.kind == kind.value)
        .order_by(MailRecord.number, ContactRecord.email)
    )
    with reading() as session:
        return [(email, number) for email, number in session.execute(query)]


def test_each_reminder_goes_once_to_every_owner_on_its_day(of: Reviewed) -> None:
    action_id = propose(of, owners=(PRIME, ASH))
    due = load(action_id).due
    for days in range(-20, 30):
        now = at(due + timedelta(days=days))
        with transaction() as session:
            chasing.chase(session, now)
            assert chasing.chase(session, now) == 0
    found = owed(MailKind.ACTION_DUE)
    base = due.toordinal()
    assert found == [(who, base + days) for days in (-14, -3, 1, 14) for who in sorted((PRIME, ASH))]


def test_what_was_missed_while_the_worker_was_away_is_one_reminder(of: Reviewed) -> None:
    due = load(propose(of)).due
    with transaction() as session:
        chasing.chase(session, at(due + timedelta(days=40)))
    assert owed(MailKind.ACTION_DUE) == [(PRIME, due.toordinal() + 14)]


def test_an_action_that_is_due_in_days_is_not_reminded_of_what_was_before_it(of: Reviewed) -> None:
    today = clock.now().astimezone(ZONE).date()
    propose(of, due=today + timedelta(days=2))
    with transaction() as session:
        chasing.chase(session, clock.now())
    assert owed(MailKind.ACTION_DUE) == []


def test_nobody_is_reminded_of_what_is_done_declined_or_stopped(of: Reviewed) -> None:
    due = load(propose(of)).due
    for target in (ActionState.DONE, ActionState.VERIFIED, ActionState.DECLINED):
        in_state(of, target)
    with transaction() as session:
        session.execute(update(ActionPersonRecord).values(revoked_at=clock.now()))
    with transaction() as session:
        assert chasing.chase(session, at(due)) == 0
        session.execute(update(ActionPersonRecord).values(revoked_at=None))
        session.execute(update(ContactRecord).values(gone_at=clock.now()))
        assert chasing.chase(session, at(due)) == 0


def test_another_due_date_withdraws_what_waits_and_reminds_anew(of: Reviewed) -> None:
    action_id = propose(of)
    found = load(action_id)
    with transaction() as session:
        chasing.chase(session, at(found.due - timedelta(days=10)))
    later = found.due + timedelta(days=60)
    it = replace(proposing.proposal_of(found), due=later)
    with transaction() as session:
        proposing.change(session, clock.now(), action_id, it, by=Proposer(BY), seen=found.entries[-1].id)
    with reading() as session:
        states = session.scalars(select(MailRecord.state).where(MailRecord.kind == "action_due")).all()
    assert list(states) == ["cancelled"]
    with transaction() as session:
        chasing.chase(session, at(later - timedelta(days=3)))
    assert owed(MailKind.ACTION_DUE)[-1] == (PRIME, later.toordinal() - 3)


def test_two_workers_at_once_queue_one_reminder(of: Reviewed) -> None:
    due = load(propose(of)).due
    gate = Barrier(2)

    def work() -> None:
        with of.app.app_context():
            gate.wait()
            # Where both looked before either wrote, the database keeps the second one out.
            with suppress(IntegrityError), transaction() as session:
                chasing.chase(session, at(due - timedelta(days=3)))

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: work(), range(2)))
    assert len(owed(MailKind.ACTION_DUE)) == 1


def test_on_monday_morning_everybody_with_something_open_hears_once(of: Reviewed) -> None:
    propose(of, due=(clock.now() + timedelta(days=300)).date())
    in_state(of, ActionState.DONE)
    in_state(of, ActionState.VERIFIED)
    today = clock.now().astimezone(ZONE).date()
    monday = today + timedelta(days=7 - today.weekday())
    before = at(monday, 6)
    with transaction() as session:
        assert chasing.chase(session, before) == 0
    assert chase(at(monday, 8)) == 2
    assert owed(MailKind.ACTION_DIGEST) == [(MILL, monday.toordinal()), (PRIME, monday.toordinal())]
    with transaction() as session:
        assert chasing.chase(session, at(monday + timedelta(days=1))) == 0
        assert chasing.chase(session, at(monday + timedelta(days=3))) == 0
    assert chase(at(monday + timedelta(days=8), 8)) == 2, "a Tuesday makes up for a Monday"


def test_the_worker_sends_what_is_owed_over_smtp_with_each_persons_own_link(
    either_environ: dict[str, str], sink: SmtpSink
) -> None:
    with published(either_environ) as of:
        by_smtp = replace(state(), settings=replace(state().settings, smtp_url=sink.url))
        posting.send_due(by_smtp)
        sink.mails.clear()
        action_id = propose(of)
        due = load(action_id).due
        posting.send_due(by_smtp)
        do(acting.accept, of, action_id, PRIME)
        with time_machine.travel(at(due - timedelta(days=14)), tick=True):
            look(by_smtp)
        do(acting.say_done, of, action_id, PRIME)
        posting.send_due(by_smtp)
        sent = [(str(mail["To"]), str(mail["Subject"])) for mail in sink.mails]
        code = {who: sealing.code_of(secret_of(of, who)) for who in (PRIME, MILL)}
    subjects = {subject.partition(": ")[2] for _, subject in sent}
    assert any(subject.startswith("your action, due on") for subject in subjects)
    assert any(subject.startswith("your action is due on") for subject in subjects)
    assert "please say whether this is done" in subjects
    for mail in sink.mails:
        body = mail.get_body(("plain",))
        assert body is not None
        text = body.get_content()
        mine = PRIME if PRIME in str(mail["To"]) else MILL
        other = MILL if mine == PRIME else PRIME
        if "action" in str(mail["Subject"]) or "done" in str(mail["Subject"]):
            assert code[mine] in text and code[other] not in text


def test_a_mail_that_waits_for_a_link_that_was_stopped_is_not_sent(of: Reviewed) -> None:
    action_id = propose(of)
    with transaction() as session:
        person = session.scalars(select(ActionPersonRecord)).first()
        assert person is not None
        for one in session.scalars(select(ActionPersonRecord)).all():
            action_links.revoke(session, clock.now(), one.chain_id, one.id)
    assert posting.send_due(state()) >= 0
    with reading() as session:
        query = select(MailRecord.state).where(MailRecord.about_id == action_id)
        assert list(session.scalars(query)) == ["cancelled"]
