"""Mails that carry no link: to people of a draft's list before the launch, and after the close without any key."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from review_app import clock, posting
from review_app.config import Settings
from review_app.database import reading, transaction
from review_app.models.chains import ContactRecord
from review_app.models.cycles import InvitationRecord
from review_app.models.outbox import MailRecord
from review_app.services import leasing, outbox
from review_app.services.accounts import Account
from review_app.services.errors import NotAllowedError
from review_app.services.leasing import Leased
from review_app.services.outbox import MailKind, MailState
from review_app.state import State, state
from tests.conftest import OpenCycle, launch_cycle
from tests.servers import SmtpSink

PEOPLE = 40


@pytest.fixture
def by_smtp(app: Flask, settings: Settings, sink: SmtpSink) -> Iterator[State]:
    """The application's state with the sink as its mail server."""
    with app.app_context():
        yield replace(state(), settings=replace(settings, smtp_url=sink.url))


def contact_ids() -> list[str]:
    with reading() as session:
        return list(session.scalars(select(ContactRecord.id).order_by(ContactRecord.email)))


def queue(cycle_id: str, kind: MailKind, *, most: int | None = None) -> int:
    with transaction() as session:
        return outbox.queue_to_contacts(session, clock.now(), cycle_id, contact_ids(), kind, most=most)


def leased(most: int = 100) -> tuple[Leased, ...]:
    with transaction() as session:
        return leasing.lease(session, clock.now(), most, posting.terms_of(state()))


def counts(cycle_id: str) -> dict[MailState, int]:
    with reading() as session:
        return {state: n for state, n in outbox.counts(session, cycle_id).items() if n}


def test_a_list_is_sent_round_before_there_is_any_invitation(app: Flask, draft_cycle: str) -> None:
    with app.app_context():
        assert queue(draft_cycle, MailKind.ROSTER_CHECK, most=2) == PEOPLE
        mails = leased()
    assert len(mails) == PEOPLE and {mail.link for mail in mails} == {None}
    assert {mail.chain_name for mail in mails} == {"Pathways North"}
    assert {mail.prime_name for mail in mails} == {"Northern Bridge Employment Ltd"}
    beth = next(mail for mail in mails if mail.to_address.startswith("beth.ramsden"))
    assert (beth.to_name, beth.number, beth.attempt) == ("Beth Ramsden", 1, 1)
    with app.app_context():
        assert queue(draft_cycle, MailKind.ROSTER_CHECK, most=2) == PEOPLE
        with pytest.raises(NotAllowedError):
            queue(draft_cycle, MailKind.ROSTER_CHECK, most=2)


def test_the_launch_calls_off_what_was_not_asked_yet(app: Flask, draft_cycle: str, steward: Account) -> None:
    with app.app_context():
        queue(draft_cycle, MailKind.ROSTER_CHECK)
        launch_cycle(app, draft_cycle, steward)
        assert counts(draft_cycle) == {MailState.CANCELLED: PEOPLE, MailState.QUEUED: PEOPLE}
        assert {mail.kind for mail in leased()} == {MailKind.INVITATION}


def test_whoever_has_no_email_address_gets_none(app: Flask, draft_cycle: str) -> None:
    with app.app_context():
        with transaction() as session:
            row = session.scalars(select(ContactRecord).order_by(ContactRecord.email).limit(1)).one()
            row.email, row.postal_address = "", "1 High Street"
        assert queue(draft_cycle, MailKind.ROSTER_CHECK) == PEOPLE - 1


def test_they_leave_after_the_keys_are_gone_with_one_message_id_at_every_attempt(
    by_smtp: State, open_cycle: OpenCycle, sink: SmtpSink
) -> None:
    posting.send_due(by_smtp)
    by_smtp.keys.destroy(open_cycle.id)
    queue(open_cycle.id, MailKind.PUBLISHED)
    sink.mails.clear()
    assert posting.send_due(by_smtp) == PEOPLE == len(sink.mails)
    first = {mail["To"]: mail["Message-ID"] for mail in sink.mails}
    assert len(set(first.values())) == PEOPLE
    assert not [mail for mail in sink.mails if "/r#" in mail.as_string()]
    with transaction() as session:
        session.query(MailRecord).update({"state": "queued"})
        session.query(MailRecord).filter(MailRecord.invitation_id.is_not(None)).delete()
    posting.send_due(by_smtp)
    assert {mail["To"]: mail["Message-ID"] for mail in sink.mails[PEOPLE:]} == first


def test_a_mail_with_a_link_without_its_key_waits_and_says_so(by_smtp: State, open_cycle: OpenCycle) -> None:
    by_smtp.keys.destroy(open_cycle.id)
    assert posting.send_due(by_smtp) == 0
    assert counts(open_cycle.id) == {MailState.QUEUED: PEOPLE}
    with reading() as session:
        assert set(session.scalars(select(MailRecord.problem))) == {"the link key is missing"}


def test_the_database_holds_that_a_link_has_its_invitation_and_nothing_else_has_one(
    app: Flask, open_cycle: OpenCycle
) -> None:
    with app.app_context():
        with reading() as session:
            invitation = session.scalars(select(InvitationRecord).limit(1)).one()
        row = {
            "cycle_id": open_cycle.id,
            "contact_id": invitation.contact_id,
            "number": 9,
            "queued_at": clock.now(),
            "due_at": clock.now(),
        }
        for kind, invitation_id in ((MailKind.REMINDER, None), (MailKind.PUBLISHED, invitation.id)):
            values = {**row, "kind": kind.value, "invitation_id": invitation_id}
            with pytest.raises(IntegrityError, match="link_has_invitation"), transaction() as session:
                session.execute(insert(MailRecord), values)


def test_every_kind_says_whether_it_carries_a_link() -> None:
    without = {kind for kind in MailKind if not kind.carries_link}
    assert without == {
        MailKind.ROSTER_CHECK,
        MailKind.REPORT_READY,
        MailKind.PUBLISHED,
        MailKind.WORKSHOP,
        MailKind.WORKSHOP_OFF,
        MailKind.MINUTES,
        MailKind.ACTION,
        MailKind.ACTION_DUE,
        MailKind.ACTION_DONE,
        MailKind.ACTION_DIGEST,
        MailKind.PULSE,
    }
