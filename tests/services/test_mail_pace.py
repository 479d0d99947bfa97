"""How mail is paced, held and leased: by the clock of a test, on both databases, over a real mail server."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
import time_machine
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope
from aiosmtpd.smtp import Session as SmtpSession
from flask import Flask
from sqlalchemy import select, update

from review_app import clock, posting
from review_app.config import Mode, Settings
from review_app.database import migrate, reading, transaction
from review_app.factory import create_app
from review_app.models import db
from review_app.models.chains import ContactRecord
from review_app.models.cycles import CycleRecord, InvitationRecord
from review_app.models.outbox import MailRecord
from review_app.services import bounces, chains, leasing, mail_hours, mail_states, outbox, silencing
from review_app.services.accounts import AccountRole
from review_app.services.bounces import MailDelivery
from review_app.services.chains_history import BY_COMMAND
from review_app.services.leasing import Leased, Terms
from review_app.services.outbox import MailKind, MailState
from review_app.spreadsheet import read_chain
from review_app.state import State, state
from surveys.errors import ChainFaultsError
from surveys.mail_hours import USUAL, MailHours
from tests.conftest import SAMPLE, OpenCycle, draft_on, launch_cycle, make_account
from tests.servers import SmtpSink, free_port

PEOPLE = 40
# A Tuesday in December: UK time is UTC.
TUESDAY = datetime(2026, 12, 1, 10, 0, tzinfo=UTC)
TERMS = Terms(per_minute=0, keeps_hours=False, one_mail=timedelta(seconds=90))
Travel = time_machine.Traveller


@pytest.fixture
def either(environ: dict[str, str], either_database_url: str) -> Iterator[Flask]:
    """The application on each database, in its context."""
    application = create_app(Settings.from_env({**environ, "ROUNDTABLE_DATABASE_URL": either_database_url}))
    with application.app_context():
        migrate()
        yield application
        db.engine.dispose()


@pytest.fixture
def travel() -> Iterator[Travel]:
    """A clock that stands on Tuesday, 10am, until it is moved."""
    with time_machine.travel(TUESDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def cycle(either: Flask, travel: Travel) -> OpenCycle:
    """A review that was launched at that moment."""
    with transaction() as session:
        chain_id = chains.keep(
            session, clock.now(), read_chain(SAMPLE.read_bytes(), SAMPLE.name, "Pathways North")
        )
    organiser = make_account(either, "organiser@prime.example", AccountRole.ORGANISER)
    steward = make_account(either, "steward@independent.example", AccountRole.STEWARD)
    return launch_cycle(either, draft_on(either, chain_id, organiser, steward), steward)


@pytest.fixture
def by_smtp(cycle: OpenCycle, sink: SmtpSink) -> State:
    """Its state as in production, without a limit, with the sink as its mail server."""
    own = state()
    return replace(own, settings=replace(own.settings, mode=Mode.PRODUCTION, smtp_url=sink.url))


def paced(own: State, per_minute: int) -> State:
    """The same with a limit."""
    delivery = replace(own.settings.delivery, mail_per_minute=per_minute)
    return replace(own, settings=replace(own.settings, delivery=delivery))


def lease(most: int = 100, terms: Terms = TERMS) -> tuple[Leased, ...]:
    with transaction() as session:
        return leasing.lease(session, clock.now(), most, terms)


def counts(cycle: OpenCycle) -> dict[MailState, int]:
    with reading() as session:
        return {state: n for state, n in outbox.counts(session, cycle.id).items() if n}


def rows() -> list[MailRecord]:
    with reading() as session:
        return list(session.scalars(select(MailRecord).order_by(MailRecord.id)))


def chain_of(cycle: OpenCycle) -> str:
    with reading() as session:
        return session.get_one(CycleRecord, cycle.id).chain_id


def set_hours(cycle: OpenCycle, hours: MailHours) -> None:
    with transaction() as session:
        mail_hours.change(session, clock.now(), chain_of(cycle), hours, by=BY_COMMAND)


def queue_one(cycle: OpenCycle, kind: MailKind) -> str:
    with transaction() as session:
        invitation_id = session.scalars(
            select(InvitationRecord.id).order_by(InvitationRecord.id).limit(1)
        ).one()
        outbox.queue(session, clock.now(), cycle.id, invitation_id, kind)
    return invitation_id


def queue_round(cycle: OpenCycle, kind: MailKind) -> None:
    with transaction() as session:
        outbox.queue_for_all(session, clock.now(), cycle.id, kind)


def closes_at(cycle: OpenCycle, moment: datetime) -> None:
    with transaction() as session:
        session.execute(update(CycleRecord).where(CycleRecord.id == cycle.id).values(closes_at=moment))


# The pace


def test_no_more_leave_in_a_minute_than_the_limit_and_all_leave_in_time(
    by_smtp: State, cycle: OpenCycle, sink: SmtpSink, travel: Travel
) -> None:
    own = paced(by_smtp, 15)
    sent_at: list[datetime] = []
    while len(sent_at) < PEOPLE:
        sent_at += [clock.now()] * posting.send_due(own)
        travel.shift(timedelta(seconds=7))
    for moment in sent_at:
        assert sum(moment <= other < moment + timedelta(minutes=1) for other in sent_at) <= 15
    assert sent_at[-1] - sent_at[0] <= timedelta(minutes=2, seconds=30)
    assert len({mail["To"] for mail in sink.mails}) == PEOPLE == len(sink.mails)


def test_the_limit_holds_for_workers_that_ask_at_one_instant(either: Flask, cycle: OpenCycle) -> None:
    terms, barrier = replace(TERMS, per_minute=25), Barrier(4)

    def worker(_: int) -> int:
        with either.app_context():
            barrier.wait()
            return len(lease(20, terms))

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(worker, range(4))) == 25


def test_what_a_dead_worker_held_does_not_stop_the_pace_for_ever(cycle: OpenCycle, travel: Travel) -> None:
    terms = replace(TERMS, per_minute=20)
    dead = {mail.id for mail in lease(20, terms)}
    assert len(dead) == 20 and not lease(20, terms)
    travel.shift(2 * TERMS.one_mail - timedelta(seconds=1))
    assert not lease(20, terms)
    travel.shift(timedelta(seconds=1))
    again = lease(20, terms)
    assert len(again) == 20


def test_what_a_person_waits_for_goes_first(by_smtp: State, cycle: OpenCycle, travel: Travel) -> None:
    travel.shift(timedelta(minutes=5))
    queue_one(cycle, MailKind.LINK_AGAIN)
    assert [mail.kind for mail in lease(2)] == [MailKind.LINK_AGAIN, MailKind.INVITATION]


# Days and hours


def test_mail_waits_for_the_working_day_and_the_page_knows_until_when(
    by_smtp: State, cycle: OpenCycle, travel: Travel
) -> None:
    travel.move_to(datetime(2026, 12, 4, 18, 0, tzinfo=UTC))
    assert posting.send_due(by_smtp) == 0
    monday = datetime(2026, 12, 7, 8, 0, tzinfo=UTC)
    with reading() as session:
        progress = mail_states.progress(
            session, clock.now(), cycle.id, mail_states.WITH_LINK, keeps_hours=True
        )
    assert (progress.held, progress.held_until) == (PEOPLE, monday)
    travel.move_to(monday - timedelta(seconds=1))
    assert posting.send_due(by_smtp) == 0
    assert {row.attempts for row in rows()} == {0}
    travel.move_to(monday)
    assert posting.send_due(by_smtp) == PEOPLE


def test_a_retry_waits_for_the_working_day_too(
    by_smtp: State, cycle: OpenCycle, sink: SmtpSink, travel: Travel
) -> None:
    travel.move_to(datetime(2026, 12, 1, 17, 59, 30, tzinfo=UTC))
    sink.replies = ["451 later"]
    assert posting.send_due(by_smtp) == PEOPLE - 1
    travel.shift(timedelta(hours=3))
    assert posting.send_due(by_smtp) == 0
    travel.move_to(datetime(2026, 12, 2, 8, 0, tzinfo=UTC))
    assert posting.send_due(by_smtp) == 1


def test_what_somebody_asked_for_and_a_new_link_leave_in_the_night(
    by_smtp: State, cycle: OpenCycle, sink: SmtpSink, travel: Travel
) -> None:
    travel.move_to(datetime(2026, 12, 5, 3, 0, tzinfo=UTC))
    for kind in (MailKind.LINK_AGAIN, MailKind.NEW_LINK):
        queue_one(cycle, kind)
    assert posting.send_due(by_smtp) == 2 == len(sink.mails)


@pytest.mark.parametrize("kind", [MailKind.INVITATION, MailKind.REMINDER, MailKind.EXTENDED])
def test_a_link_that_would_come_after_the_close_leaves_in_the_night(
    by_smtp: State, cycle: OpenCycle, travel: Travel, kind: MailKind
) -> None:
    with transaction() as session:
        session.execute(update(MailRecord).values(kind=kind.value))
    travel.move_to(datetime(2026, 12, 4, 20, 0, tzinfo=UTC))
    closes_at(cycle, datetime(2026, 12, 7, 8, 0, 1, tzinfo=UTC))
    assert posting.send_due(by_smtp) == 0
    closes_at(cycle, datetime(2026, 12, 7, 8, 0, tzinfo=UTC))
    assert posting.send_due(by_smtp) == PEOPLE


def test_a_notice_waits_however_late_it_is(by_smtp: State, cycle: OpenCycle, travel: Travel) -> None:
    posting.send_due(by_smtp)
    travel.move_to(datetime(2026, 12, 5, 3, 0, tzinfo=UTC))
    closes_at(cycle, clock.now())
    with transaction() as session:
        people = list(session.scalars(select(ContactRecord.id)))
        outbox.queue_to_contacts(session, clock.now(), cycle.id, people, MailKind.PUBLISHED)
    assert posting.send_due(by_smtp) == 0
    travel.move_to(datetime(2026, 12, 7, 8, 0, tzinfo=UTC))
    assert posting.send_due(by_smtp) == PEOPLE


def test_other_hours_count_at_once_for_what_waits_already(
    by_smtp: State, cycle: OpenCycle, travel: Travel
) -> None:
    travel.move_to(datetime(2026, 12, 5, 22, 0, tzinfo=UTC))
    assert posting.send_due(by_smtp) == 0
    set_hours(cycle, MailHours(frozenset({6, 7}), 22, 24))
    assert posting.send_due(by_smtp) == PEOPLE
    with reading() as session:
        assert str(mail_hours.of_chain(session, chain_of(cycle))) == "Saturday and Sunday, 10pm to midnight"
    with pytest.raises(ChainFaultsError):
        set_hours(cycle, replace(USUAL, days=frozenset()))


def test_the_hours_are_those_of_the_clocks_on_both_sides_of_a_change(
    by_smtp: State, cycle: OpenCycle, travel: Travel
) -> None:
    for moment, sends in (
        (datetime(2027, 3, 26, 7, 59, tzinfo=UTC), 0),
        (datetime(2027, 3, 26, 8, 0, tzinfo=UTC), PEOPLE),
        # Two days later the clocks go forward, and in autumn back.
        (datetime(2027, 3, 29, 6, 59, tzinfo=UTC), 0),
        (datetime(2027, 3, 29, 7, 0, tzinfo=UTC), PEOPLE),
        (datetime(2027, 10, 29, 16, 59, tzinfo=UTC), PEOPLE),
        (datetime(2027, 11, 1, 7, 59, tzinfo=UTC), 0),
        (datetime(2027, 11, 1, 17, 59, tzinfo=UTC), PEOPLE),
    ):
        travel.move_to(moment)
        closes_at(cycle, moment + timedelta(days=30))
        with transaction() as session:
            session.execute(update(MailRecord).values(state="queued", due_at=moment))
        assert posting.send_due(by_smtp) == sends, moment


def test_a_demo_holds_nothing_back(by_smtp: State, cycle: OpenCycle, travel: Travel) -> None:
    travel.move_to(datetime(2026, 12, 5, 3, 0, tzinfo=UTC))
    demo = replace(by_smtp, settings=replace(by_smtp.settings, mode=Mode.DEMO))
    assert posting.send_due(demo) == PEOPLE


# Leases, tries and the end of them


@dataclass
class OddSink(SmtpSink):
    """A sink that does something at each mail, and breaks the connection off at one recipient."""

    at_each: Callable[[], None] = lambda: None
    breaks_at: str = ""

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: SmtpSession, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Takes a recipient, or breaks off."""
        if address == self.breaks_at and server.transport is not None:
            server.transport.close()
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: SmtpSession, envelope: Envelope) -> str:  # noqa: N802
        """Takes a mail."""
        self.at_each()
        return await super().handle_DATA(server, session, envelope)


@pytest.fixture
def odd(by_smtp: State) -> Iterator[tuple[State, OddSink]]:
    """The state with such a sink."""
    sink = OddSink(port=free_port())
    controller = Controller(sink, hostname="127.0.0.1", port=sink.port)
    controller.start()
    yield replace(by_smtp, settings=replace(by_smtp.settings, mode=Mode.DEMO, smtp_url=sink.url)), sink
    controller.stop()


def test_a_batch_at_a_slow_server_never_outlives_its_lease(
    either: Flask, odd: tuple[State, OddSink], travel: Travel
) -> None:
    own, sink = odd
    with transaction() as session:
        others = session.scalars(select(MailRecord.id).limit(PEOPLE - posting.BATCH)).all()
        session.execute(update(MailRecord).where(MailRecord.id.in_(others)).values(state="sent"))
    taken_over: list[Leased] = []

    def at_each() -> None:
        # Just within what one mail can take; another worker looks for what is due.
        travel.shift(timedelta(seconds=80))
        with either.app_context():
            taken_over.extend(lease())

    sink.at_each = at_each
    assert posting.send_due(own) == posting.BATCH == len(sink.mails)
    assert taken_over == [] and {row.state for row in rows()} == {"sent"}


def test_a_worker_whose_lease_ran_out_changes_nothing_any_more(
    by_smtp: State, cycle: OpenCycle, travel: Travel
) -> None:
    late = lease(1)[0]
    travel.shift(2 * TERMS.one_mail)
    new = lease()
    assert late.id in {mail.id for mail in new} and len(new) == PEOPLE
    with transaction() as session:
        assert leasing.renew(session, clock.now(), [late], TERMS) == {}
        leasing.record_failed(session, clock.now(), late, "too late", is_final=True)
    assert {row.state for row in rows()} == {"sending"}


def test_a_mail_that_a_server_breaks_off_at_keeps_no_other_from_leaving(
    odd: tuple[State, OddSink], cycle: OpenCycle
) -> None:
    own, sink = odd
    sink.breaks_at = sorted(cycle.links)[7]
    assert posting.send_due(own) == PEOPLE - 1 == len({mail["To"] for mail in sink.mails})
    (left,) = (row for row in rows() if row.state == "queued")
    assert (left.problem, left.attempts) == ("the mail server broke off", 1)


def test_when_the_server_is_away_all_that_is_due_waits_as_one(
    by_smtp: State, cycle: OpenCycle, travel: Travel
) -> None:
    away = replace(by_smtp, settings=replace(by_smtp.settings, smtp_url=f"smtp://127.0.0.1:{free_port()}"))
    for attempts, minutes in enumerate((1, 5, 15, 60, 60), start=1):
        moment = clock.now()
        assert posting.send_due(away) == 0
        assert {(row.state, row.attempts, row.problem) for row in rows()} == {
            ("queued", attempts, "the mail server cannot be reached")
        }
        assert {row.due_at for row in rows()} == {moment + timedelta(minutes=minutes)}
        assert posting.send_due(by_smtp) == 0
        travel.shift(timedelta(minutes=minutes))
    assert posting.send_due(by_smtp) == PEOPLE


def test_the_three_days_begin_with_the_first_try(
    by_smtp: State, cycle: OpenCycle, sink: SmtpSink, travel: Travel
) -> None:
    by_smtp = replace(by_smtp, settings=replace(by_smtp.settings, mode=Mode.DEMO))
    # The worker was off for a week: no mail is given up for that.
    travel.shift(timedelta(days=7))
    sink.replies = ["451 later"] * PEOPLE
    posting.send_due(by_smtp)
    assert counts(cycle) == {MailState.QUEUED: PEOPLE}
    travel.shift(timedelta(hours=72, seconds=-1))
    sink.replies = ["451 later"] * PEOPLE
    posting.send_due(by_smtp)
    assert counts(cycle) == {MailState.QUEUED: PEOPLE}
    travel.shift(timedelta(hours=20))
    sink.replies = ["451 later"] * (PEOPLE - 1)
    assert posting.send_due(by_smtp) == 1
    assert counts(cycle) == {MailState.FAILED: PEOPLE - 1, MailState.SENT: 1}
    with transaction() as session:
        assert outbox.requeue_all(session, clock.now(), cycle.id, [MailKind.REMINDER]) == 0
        assert outbox.requeue_all(session, clock.now(), cycle.id, list(MailKind)) == PEOPLE - 1
    sink.replies = ["451 later"]
    assert posting.send_due(by_smtp) == PEOPLE - 2
    assert Counter(row.state for row in rows()) == {"sent": PEOPLE - 1, "queued": 1}


@pytest.mark.parametrize("reply", ["451 later", "421 closing"])
def test_who_asked_for_no_more_mail_is_not_told_by_what_a_server_puts_off(
    by_smtp: State, cycle: OpenCycle, sink: SmtpSink, reply: str
) -> None:
    posting.send_due(by_smtp)
    own = paced(by_smtp, 1000)
    key = by_smtp.keys.link_key(cycle.id)
    with transaction() as session:
        few = session.scalars(select(InvitationRecord).limit(3)).all()
        silencing.silence(session, key, few)
        silent = {invitation.id for invitation in few}
    queue_round(cycle, MailKind.REMINDER)
    sink.replies = [reply] * PEOPLE
    assert posting.send_due(own) == 0
    seen: dict[bool, set[tuple[object, ...]]] = {True: set(), False: set()}
    for row in rows():
        if row.kind == MailKind.REMINDER:
            told = (row.state, row.attempts, row.problem, row.due_at)
            seen[row.invitation_id in silent].add(told)
    assert len(seen[True]) == 1 and seen[True] == seen[False]
    assert {state for state, *_ in seen[True]} == {"queued"}


def test_who_asked_for_no_more_mail_is_not_told_by_what_a_server_refuses_for_good(
    by_smtp: State, cycle: OpenCycle, sink: SmtpSink
) -> None:
    posting.send_due(by_smtp)
    with transaction() as session:
        few = session.scalars(select(InvitationRecord).limit(3)).all()
        silencing.silence(session, by_smtp.keys.link_key(cycle.id), few)
    queue_round(cycle, MailKind.REMINDER)
    sink.replies = ["554 5.7.1 looks like spam"] * PEOPLE
    assert posting.send_due(paced(by_smtp, 1000)) == 0
    seen = {
        (row.state, row.attempts, row.problem, row.tried_at)
        for row in rows()
        if row.kind == MailKind.REMINDER
    }
    assert len(seen) == 1 and next(iter(seen))[0] == "failed"


def test_who_asked_for_no_more_mail_fares_as_their_colleagues_do(
    by_smtp: State, cycle: OpenCycle, sink: SmtpSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    posting.send_due(by_smtp)
    monkeypatch.setattr(posting, "BATCH", PEOPLE)
    domain = "@caldervalleytr.example"
    theirs = select(ContactRecord.id).where(ContactRecord.email.endswith(domain))
    with transaction() as session:
        people = session.scalars(
            select(InvitationRecord).where(InvitationRecord.contact_id.in_(theirs))
        ).all()
        assert len(people) > 1
        silencing.silence(session, by_smtp.keys.link_key(cycle.id), people[:1])
    queue_round(cycle, MailKind.REMINDER)
    sink.refused = domain
    assert posting.send_due(paced(by_smtp, 1000)) == PEOPLE - len(people)
    ids = {person.id for person in people}
    seen = {
        (row.invitation_id in ids, row.state, row.problem) for row in rows() if row.kind == MailKind.REMINDER
    }
    assert {one[:2] for one in seen} == {(True, "failed"), (False, "sent")} and len(seen) == 2
    # Nor does the page list those who fared so: whoever is missing there would be the one.
    with reading() as session:
        kinds = frozenset({MailKind.REMINDER})
        page = mail_states.progress(session, clock.now(), cycle.id, kinds, keeps_hours=False)
    assert page.failed == () and [one.failed for one in page.kinds] == [len(people)]


def test_a_mailbox_that_is_gone_says_nothing_of_who_asked_for_no_more_mail(
    by_smtp: State, cycle: OpenCycle, sink: SmtpSink
) -> None:
    posting.send_due(by_smtp)
    with transaction() as session:
        few = session.scalars(select(InvitationRecord).limit(3)).all()
        silencing.silence(session, by_smtp.keys.link_key(cycle.id), few)
    queue_round(cycle, MailKind.REMINDER)
    sink.replies = ["550 5.1.1 no such user"]
    assert posting.send_due(paced(by_smtp, 1000)) == PEOPLE - 4
    assert counts(cycle)[MailState.FAILED] == 1
    with reading() as session:
        kinds = frozenset({MailKind.REMINDER})
        page = mail_states.progress(session, clock.now(), cycle.id, kinds, keeps_hours=False)
    assert [one.problem for one in page.failed] == ["refused by the mail server: no such mailbox (550)"]


def test_what_is_only_said_to_be_sent_looks_like_what_was(
    by_smtp: State, cycle: OpenCycle, sink: SmtpSink
) -> None:
    posting.send_due(by_smtp)
    with transaction() as session:
        few = session.scalars(select(InvitationRecord).limit(3)).all()
        silencing.silence(session, by_smtp.keys.link_key(cycle.id), few)
    queue_round(cycle, MailKind.REMINDER)
    sink.mails.clear()
    assert posting.send_due(paced(by_smtp, 1000)) == PEOPLE - 3 == len(sink.mails)
    seen = {
        (row.state, row.attempts, row.problem, row.first_tried_at, row.tried_at, row.leased_until)
        for row in rows()
        if row.kind == MailKind.REMINDER
    }
    assert len(seen) == 1


# What the review's page reads


def test_the_page_counts_the_links_as_the_whole_list_does(by_smtp: State, cycle: OpenCycle) -> None:
    invitation_id = queue_one(cycle, MailKind.NEW_LINK)
    posting.send_due(by_smtp)
    with transaction() as session:
        # The first link of one person came back, and it counts no more; that of two others does.
        for number, row in enumerate(session.scalars(select(MailRecord).order_by(MailRecord.id))):
            is_old = row.invitation_id == invitation_id and row.kind == MailKind.INVITATION
            is_other = row.invitation_id != invitation_id and number in {3, 4, 5}
            if is_old or is_other:
                row.delivery, row.delivery_problem = "bounced", "no such mailbox (5.1.1)"
    with reading() as session:
        listed = bounces.arrivals(session, cycle.id)
        assert bounces.counts(session, cycle.id) == Counter(one.delivery for one in listed)
        back = {one for one in listed if one.delivery is MailDelivery.BOUNCED}
        assert set(bounces.came_back(session, cycle.id, 50)) == back and len(back) in {2, 3}
        assert len(bounces.came_back(session, cycle.id, 1)) == 1
