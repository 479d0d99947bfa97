"""Mail over a real SMTP server: what leaves, what is tried again, what is given up and what the page can say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from review_app import clock, posting
from review_app.config import Settings
from review_app.database import reading, transaction
from review_app.models.outbox import MailRecord
from review_app.services import cycles, leasing, outbox
from review_app.services.accounts import Account
from review_app.services.errors import NotAllowedError, NotFoundError
from review_app.services.outbox import MailKind, MailState
from review_app.state import State, state
from surveys import sealing
from tests import mail_rows
from tests.conftest import OpenCycle
from tests.servers import SmtpSink, free_port

PEOPLE = 40


@pytest.fixture
def by_smtp(app: Flask, settings: Settings, sink: SmtpSink) -> Iterator[State]:
    """The application's state with the sink as its mail server."""
    with app.app_context():
        yield replace(state(), settings=replace(settings, smtp_url=sink.url))


def mail_counts(cycle_id: str) -> dict[MailState, int]:
    with reading() as session:
        return {kind: count for kind, count in outbox.counts(session, cycle_id).items() if count}


def plain(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def test_everybody_gets_one_mail_with_their_own_working_link(
    by_smtp: State, open_cycle: OpenCycle, sink: SmtpSink
) -> None:
    assert posting.send_due(by_smtp) == PEOPLE
    assert posting.send_due(by_smtp) == 0
    assert mail_counts(open_cycle.id) == {MailState.SENT: PEOPLE}
    for mail in sink.mails:
        code = sealing.code_of(open_cycle.links[mail["To"].addresses[0].addr_spec])
        assert f"http://127.0.0.1:8000/r#{code}" in plain(mail)
        html = mail.get_body(("html",))
        assert html is not None and f"/r#{code}" in html.get_content()
    assert len({mail["Message-ID"] for mail in sink.mails}) == PEOPLE


def test_the_subject_says_chain_request_minutes_and_day(
    by_smtp: State, open_cycle: OpenCycle, sink: SmtpSink
) -> None:
    posting.send_due(by_smtp)
    with reading() as session:
        closes_at = cycles.load(session, open_cycle.id).closes_at
    subject = next(m["Subject"] for m in sink.mails if "beth.ramsden" in str(m["To"]))
    assert subject.startswith("Pathways North: tell us how the partnership works (")
    assert subject.endswith(f" minutes, by {closes_at.day} {closes_at:%B})")


def test_names_with_every_letter_arrive_whole(by_smtp: State, open_cycle: OpenCycle, sink: SmtpSink) -> None:
    posting.send_due(by_smtp)
    names = {mail["To"].addresses[0].display_name for mail in sink.mails}
    assert {"Piotr Zieliński", "Zoë Farnsworth", "Dr Elin Jørgensen", "Col. James Hartley (retd)"} <= names


def test_an_attributed_person_is_told_so_and_a_protected_one_is_promised_a_pool(
    by_smtp: State, open_cycle: OpenCycle, sink: SmtpSink
) -> None:
    posting.send_due(by_smtp)
    own = next(plain(m) for m in sink.mails if "sian.prosser" in str(m["To"]))
    partner = next(plain(m) for m in sink.mails if "beth.ramsden" in str(m["To"]))
    assert "They are not anonymous" in own and "pooled" not in own
    assert "pooled" in partner and "not anonymous" not in partner


def test_a_mail_that_was_put_off_is_tried_again_later_and_later(
    by_smtp: State, open_cycle: OpenCycle, sink: SmtpSink
) -> None:
    sink.replies = ["451 try again later"] * PEOPLE
    with time_machine.travel(clock.now(), tick=False) as travel:
        posting.send_due(by_smtp)
        assert mail_counts(open_cycle.id) == {MailState.QUEUED: PEOPLE} and not sink.mails
        travel.shift(timedelta(seconds=59))
        assert posting.send_due(by_smtp) == 0
        travel.shift(timedelta(seconds=2))
        sink.replies = ["451 try again later"] * PEOPLE
        posting.send_due(by_smtp)
        travel.shift(timedelta(minutes=4))
        assert posting.send_due(by_smtp) == 0
        travel.shift(timedelta(minutes=2))
        assert posting.send_due(by_smtp) == PEOPLE
    assert mail_counts(open_cycle.id) == {MailState.SENT: PEOPLE}


def test_a_refusal_for_good_is_final_and_visible_and_can_be_tried_again(
    by_smtp: State, open_cycle: OpenCycle, sink: SmtpSink
) -> None:
    sink.replies = ["550 no such mailbox"]
    posting.send_due(by_smtp)
    assert mail_counts(open_cycle.id) == {MailState.SENT: PEOPLE - 1, MailState.FAILED: 1}
    with reading() as session:
        failed = mail_rows.statuses(session, open_cycle.id)[0]
    assert failed.state is MailState.FAILED and failed.problem == "refused by the mail server (550)"
    with transaction() as session:
        outbox.requeue(session, clock.now(), open_cycle.id, failed.id, list(MailKind))
    posting.send_due(by_smtp)
    assert mail_counts(open_cycle.id) == {MailState.SENT: PEOPLE}
    with pytest.raises(NotFoundError), transaction() as session:
        outbox.requeue(session, clock.now(), open_cycle.id, failed.id, list(MailKind))


def test_a_server_that_is_away_loses_nothing_and_is_given_up_after_three_days(
    by_smtp: State, open_cycle: OpenCycle, sink: SmtpSink
) -> None:
    away = replace(by_smtp, settings=replace(by_smtp.settings, smtp_url=f"smtp://127.0.0.1:{free_port()}"))
    with time_machine.travel(clock.now(), tick=False) as travel:
        posting.send_due(away)
        with reading() as session:
            states = Counter(session.scalars(select(MailRecord.state)))
        assert states == {"queued": PEOPLE}
        for _ in range(80):
            travel.shift(timedelta(hours=1, seconds=1))
            while posting.send_due(away) or _is_due(open_cycle.id):
                pass
    assert mail_counts(open_cycle.id) == {MailState.FAILED: PEOPLE}


def _is_due(cycle_id: str) -> bool:
    with reading() as session:
        query = select(MailRecord.id).where(
            MailRecord.cycle_id == cycle_id, MailRecord.state == "queued", MailRecord.due_at <= clock.now()
        )
        return session.scalars(query.limit(1)).first() is not None


def test_a_mail_whose_sender_died_is_sent_again_when_its_lease_has_run_out(
    by_smtp: State, open_cycle: OpenCycle, sink: SmtpSink
) -> None:
    with transaction() as session:
        leased = leasing.lease(session, clock.now(), 5, posting.terms_of(state()))
    assert len(leased) == 5
    assert posting.send_due(by_smtp) == PEOPLE - 5
    with transaction() as session:
        session.execute(
            update(MailRecord).where(MailRecord.state == "sending").values(leased_until=clock.now())
        )
    assert posting.send_due(by_smtp) == 5
    assert len({mail["Message-ID"] for mail in sink.mails}) == PEOPLE == len(sink.mails)


def test_reminders_go_to_everyone_twice_at_most(
    by_smtp: State, open_cycle: OpenCycle, sink: SmtpSink
) -> None:
    posting.send_due(by_smtp)
    for number in (1, 2):
        with transaction() as session:
            assert cycles.remind(session, clock.now(), open_cycle.id) == PEOPLE
        posting.send_due(by_smtp)
        assert len(sink.mails) == PEOPLE * (number + 1)
    assert "we cannot see who has answered" in " ".join(plain(sink.mails[-1]).split())
    with pytest.raises(NotAllowedError), transaction() as session:
        cycles.remind(session, clock.now(), open_cycle.id)


def test_an_extension_is_told_to_everyone_and_nobody_can_shorten(
    by_smtp: State, open_cycle: OpenCycle, steward: Account, organiser: Account, sink: SmtpSink
) -> None:
    with reading() as session:
        closes_at = cycles.load(session, open_cycle.id).closes_at
    for who, day in (
        (steward.id, closes_at - timedelta(days=1)),
        (organiser.id, closes_at + timedelta(days=1)),
    ):
        with pytest.raises((NotAllowedError, NotFoundError)), transaction() as session:
            cycles.extend(session, clock.now(), open_cycle.id, who, day)
    with transaction() as session:
        cycles.extend(session, clock.now(), open_cycle.id, steward.id, closes_at + timedelta(days=7))
    posting.send_due(by_smtp)
    assert Counter("more time" in str(mail["Subject"]) for mail in sink.mails) == {
        True: PEOPLE,
        False: PEOPLE,
    }


def test_no_mail_is_kept_with_its_link_in_the_outbox(by_smtp: State, open_cycle: OpenCycle) -> None:
    assert {kind.value for kind in MailKind} >= {"invitation", "reminder"}
    assert set(MailRecord.__table__.columns.keys()) == {
        "id", "cycle_id", "contact_id", "invitation_id", "kind", "about_id", "number", "state", "attempts", "queued_at",
        "due_at", "first_tried_at", "tried_at", "leased_until", "problem", "return_token", "delivery",
        "delivery_problem",
    }  # fmt: skip
    posting.send_due(by_smtp)
    with reading() as session:
        rows = session.execute(select(MailRecord.__table__)).all()
    assert not [row for row in rows if any(sealing.code_of(s) in str(row) for s in open_cycle.link_list)]
