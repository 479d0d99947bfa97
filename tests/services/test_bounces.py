"""What servers report is kept once per person; nothing of it shows who asked the steward to be left out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from review_app import clock, collecting, posting
from review_app.config import Settings
from review_app.database import migrate, reading, transaction
from review_app.factory import create_app
from review_app.mail.bounces import Action, Notice
from review_app.models import db
from review_app.models.chains import ContactRecord
from review_app.models.cycles import CycleRecord, InvitationRecord
from review_app.models.outbox import MailRecord
from review_app.services import addresses, bounces, cycles
from review_app.services.bounces import Arrival, MailDelivery, Report
from review_app.services.outbox import MailKind, MailState
from review_app.state import State, state
from surveys.chain import Contact
from tests.conftest import OpenCycle
from tests.journeys.test_linkage import open_round
from tests.mail_servers import MailServer, mail_server

BETH = "beth.ramsden@caldervalleytr.example"
GARY = "gary.laidlaw@tynesteps.example"
NEW = "b.ramsden@calder-valley.example"
NO_MAILBOX = "no such mailbox (5.1.1)"
SPAM = "refused as spam or by their rules (5.7.1)"


@pytest.fixture
def cycle(environ: dict[str, str], either_database_url: str) -> Iterator[OpenCycle]:
    """An open review on either database, in an application context."""
    app = create_app(Settings.from_env({**environ, "ROUNDTABLE_DATABASE_URL": either_database_url}))
    with app.app_context():
        migrate()
        yield open_round(app, "Pathways North")[0]
        db.engine.dispose()


@pytest.fixture
def server() -> Iterator[MailServer]:
    """A mail server that offers reports."""
    with mail_server(offers_dsn=True) as running:
        yield running


@pytest.fixture
def by_smtp(cycle: OpenCycle, server: MailServer) -> State:
    """The application's state with that server, and an address for what comes back."""
    here = state()
    delivery = replace(here.settings.delivery, bounce_address="bounces@prime.example")
    url = f"smtp://localhost:{server.port}"
    return replace(here, settings=replace(here.settings, smtp_url=url, delivery=delivery))


def token_of(email: str, kind: MailKind = MailKind.INVITATION) -> str:
    """The token of the newest mail of a kind to an address as it was or is."""
    with reading() as session:
        query = (
            select(MailRecord.return_token)
            .join(InvitationRecord, InvitationRecord.id == MailRecord.invitation_id)
            .join(ContactRecord, ContactRecord.id == InvitationRecord.contact_id)
            .where(ContactRecord.email == email, MailRecord.kind == kind.value)
            .order_by(MailRecord.number.desc())
        )
        found = session.scalars(query).first()
    assert found is not None
    return found


def tell(token: str, action: Action, status: str = "") -> bool:
    report = bounces.report_of(Notice(token, action, status))
    return report is None or collecting.keep_reports([report]) == 1


def arrival(cycle: OpenCycle, email: str) -> Arrival:
    with reading() as session:
        found = {one.invitation_id: one for one in bounces.arrivals(session, cycle.id)}
        query = (
            select(InvitationRecord.id)
            .join(ContactRecord, ContactRecord.id == InvitationRecord.contact_id)
            .where(InvitationRecord.cycle_id == cycle.id, ContactRecord.email == email)
        )
        return found[session.scalars(query).one()]


def known(cycle: OpenCycle, email: str) -> tuple[MailDelivery, str]:
    found = arrival(cycle, email)
    return found.delivery, found.problem


def remind(cycle: OpenCycle) -> None:
    with transaction() as session:
        cycles.remind(session, clock.now(), cycle.id)


def steward_of(cycle: OpenCycle) -> str:
    with reading() as session:
        return session.get_one(CycleRecord, cycle.id).steward_id


def silence(cycle: OpenCycle, email: str) -> None:
    with transaction() as session:
        addresses.silence(
            session, clock.now(), cycle.id, steward_of(cycle),
            invitation_id=arrival(cycle, email).invitation_id, link_key=state().keys.link_key(cycle.id),
        )  # fmt: skip


def correct(cycle: OpenCycle, email: str, new: str) -> None:
    person = Contact(arrival(cycle, email).invitation_id, "Beth Ramsden", "Manager", new)
    with transaction() as session:
        addresses.correct(
            session, clock.now(), cycle.id, steward_of(cycle),
            person=person, link_key=state().keys.link_key(cycle.id),
        )  # fmt: skip


# Reports


def test_what_a_server_reports_is_known_by_the_token_alone(cycle: OpenCycle) -> None:
    assert known(cycle, BETH) == (MailDelivery.UNKNOWN, "")
    assert tell(token_of(BETH), Action.FAILED, "5.1.1")
    assert known(cycle, BETH) == (MailDelivery.BOUNCED, NO_MAILBOX)
    assert known(cycle, GARY) == (MailDelivery.UNKNOWN, "")


def test_a_forged_token_changes_nothing(cycle: OpenCycle) -> None:
    before = rows()
    for token in ("0" * 32, token_of(BETH)[:-1], "", token_of(BETH) + "0"):
        assert not tell(token, Action.FAILED, "5.1.1")
    assert rows() == before


def rows() -> list[tuple[object, ...]]:
    with reading() as session:
        return [tuple(row) for row in session.execute(select(MailRecord.__table__).order_by(MailRecord.id))]


def test_reports_come_in_any_order_and_again(cycle: OpenCycle) -> None:
    token = token_of(BETH)
    tell(token, Action.DELAYED, "4.4.1")
    assert known(cycle, BETH) == (MailDelivery.DELAYED, "their mail server did not answer (4.4.1)")
    tell(token, Action.DELIVERED, "2.1.5")
    assert known(cycle, BETH) == (MailDelivery.DELIVERED, "")
    tell(token, Action.DELAYED, "4.4.1")
    tell(token, Action.RELAYED)
    assert known(cycle, BETH) == (MailDelivery.DELIVERED, "")
    for _ in range(2):
        tell(token, Action.FAILED, "5.2.2")
        assert known(cycle, BETH) == (MailDelivery.BOUNCED, "mailbox full (5.2.2)")
    tell(token, Action.DELIVERED, "2.1.5")
    assert known(cycle, BETH)[0] is MailDelivery.BOUNCED


def test_those_that_trouble_come_first(cycle: OpenCycle) -> None:
    tell(token_of(GARY), Action.FAILED, "5.1.1")
    with reading() as session:
        found = bounces.arrivals(session, cycle.id)
    assert bounces.is_trouble(found[0]) and not any(bounces.is_trouble(one) for one in found[1:])
    assert len(found) == len(cycle.links)


def test_a_corrected_address_begins_anew_and_the_old_ones_bounces_no_longer_count(cycle: OpenCycle) -> None:
    with time_machine.travel(clock.now(), tick=False) as travel:
        old = token_of(BETH)
        remind(cycle)
        reminder = token_of(BETH, MailKind.REMINDER)
        tell(old, Action.FAILED, "5.1.1")
        travel.shift(timedelta(minutes=1))
        correct(cycle, BETH, NEW)
        assert known(cycle, NEW) == (MailDelivery.UNKNOWN, "")
        for token in (old, reminder):
            tell(token, Action.FAILED, "5.1.1")
        assert known(cycle, NEW) == (MailDelivery.UNKNOWN, "")
        tell(token_of(NEW, MailKind.NEW_LINK), Action.DELIVERED, "2.1.5")
        assert known(cycle, NEW) == (MailDelivery.DELIVERED, "")
        travel.shift(timedelta(minutes=1))
        correct(cycle, NEW, BETH)
        assert known(cycle, BETH) == (MailDelivery.UNKNOWN, "")


def test_a_mail_keeps_its_token_and_its_way_back_at_every_attempt(
    by_smtp: State, cycle: OpenCycle, server: MailServer
) -> None:
    server.refuse_recipient = "451 later"
    with time_machine.travel(clock.now(), tick=False) as travel:
        before = {row[0]: row[-3] for row in rows()}
        posting.send_due(by_smtp)
        server.refuse_recipient = ""
        travel.shift(timedelta(minutes=2))
        posting.send_due(by_smtp)
    assert {row[0]: row[-3] for row in rows()} == before
    assert {taken.sender for taken in server.taken} == {
        f"bounces+{token}@prime.example" for token in before.values()
    }
    assert len(set(before.values())) == len(cycle.links)


# Who was left out


def test_success_is_asked_for_the_mail_with_the_link_and_for_no_other(
    by_smtp: State, cycle: OpenCycle, server: MailServer
) -> None:
    posting.send_due(by_smtp)
    remind(cycle)
    correct(cycle, BETH, NEW)
    posting.send_due(by_smtp)
    english = [str(one.message["Subject"]).partition(" / ")[2].partition(",")[0] for one in server.taken]
    asked = {(words, one.recipient_options) for words, one in zip(english, server.taken, strict=True)}
    assert asked == {
        ("your view", ("NOTIFY=SUCCESS,FAILURE,DELAY",)),
        ("your new link", ("NOTIFY=SUCCESS,FAILURE,DELAY",)),
        ("your view still counts", ("NOTIFY=FAILURE,DELAY",)),
    }


@pytest.mark.parametrize(
    ("action", "status"), [(Action.DELIVERED, "2.1.5"), (Action.DELAYED, "4.4.1"), (Action.FAILED, "5.7.1")]
)
def test_a_round_to_everybody_shows_by_no_gap_who_was_left_out(
    by_smtp: State, cycle: OpenCycle, action: Action, status: str
) -> None:
    """One person is left out. Everybody's server reports on every mail that left: nothing differs for the one."""
    posting.send_due(by_smtp)
    for email in cycle.links:
        tell(token_of(email), Action.DELIVERED, "2.1.5")
    silence(cycle, BETH)
    remind(cycle)
    posting.send_due(by_smtp)
    for email in cycle.links:
        if email != BETH:
            tell(token_of(email, MailKind.REMINDER), action, status)
    assert len({(one.delivery, one.problem, one.state) for one in seen(cycle)}) == 1
    told = {(row.kind, row.state, row.delivery, row.delivery_problem, row.problem) for row in records()}
    assert told == {
        (MailKind.INVITATION, MailState.SENT, "delivered", "", ""),
        (MailKind.REMINDER, MailState.SENT, "unknown", "", ""),
    }


def seen(cycle: OpenCycle) -> tuple[Arrival, ...]:
    with reading() as session:
        return bounces.arrivals(session, cycle.id)


def records() -> list[MailRecord]:
    with reading() as session:
        return list(session.scalars(select(MailRecord)))


def test_an_address_that_came_back_before_stays_so_whether_or_not_it_was_left_out(
    by_smtp: State, cycle: OpenCycle
) -> None:
    posting.send_due(by_smtp)
    for email in (BETH, GARY):
        tell(token_of(email), Action.FAILED, "5.1.1")
    silence(cycle, BETH)
    remind(cycle)
    posting.send_due(by_smtp)
    tell(token_of(GARY, MailKind.REMINDER), Action.FAILED, "5.1.1")
    assert known(cycle, BETH) == known(cycle, GARY) == (MailDelivery.BOUNCED, NO_MAILBOX)
    assert {row.delivery for row in records() if row.kind == MailKind.REMINDER} == {"unknown"}


def test_a_mailbox_that_is_gone_by_the_time_of_a_reminder_is_told(by_smtp: State, cycle: OpenCycle) -> None:
    posting.send_due(by_smtp)
    tell(token_of(GARY), Action.DELIVERED, "2.1.5")
    remind(cycle)
    posting.send_due(by_smtp)
    tell(token_of(GARY, MailKind.REMINDER), Action.FAILED, "5.1.1")
    assert known(cycle, GARY) == (MailDelivery.BOUNCED, NO_MAILBOX)


def test_a_report_is_a_category_and_a_code(cycle: OpenCycle) -> None:
    report = bounces.report_of(Notice(token_of(BETH), Action.FAILED, "5.7.1"))
    assert report == Report(token_of(BETH), MailDelivery.BOUNCED, SPAM)
    assert bounces.report_of(Notice(token_of(BETH), Action.EXPANDED, "")) is None
