"""The linkage attack on what is done beside answering: mails that come back, and letters that are printed.

Reports on mails arrive while people answer, and change a row beside a name. They must tell nothing about answers. A
letter must leave no trace at all.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select, text

from review_app import clock, collecting
from review_app.config import Settings
from review_app.database import migrate, reading, transaction
from review_app.factory import create_app
from review_app.letters.drawing import Printing
from review_app.letters.printing import printed
from review_app.models import db
from review_app.models.chains import ContactRecord
from review_app.models.cycles import InvitationRecord
from review_app.models.outbox import MailRecord
from review_app.services import bounces, silencing
from review_app.services.accounts import AccountRole
from review_app.services.bounces import MailDelivery
from review_app.state import state
from surveys.language import Language
from tests import dsn_samples
from tests.conftest import OpenCycle, make_account
from tests.journeys.test_linkage import (
    RATERS,
    ROUNDS,
    forms_of,
    guesses_of_order,
    leave_everything,
    open_round,
    sealed_tables,
)

STATUSES = ("5.1.1", "5.2.2", "4.4.1", "2.1.5")


@pytest.fixture
def app(environ: dict[str, str], either_database_url: str) -> Iterator[Flask]:
    """An application on either database."""
    application = create_app(Settings.from_env({**environ, "ROUNDTABLE_DATABASE_URL": either_database_url}))
    with application.app_context():
        migrate()
        yield application
        db.engine.dispose()


def test_reports_on_mail_that_arrive_among_the_answers_link_no_better_than_chance(app: Flask) -> None:
    people = (
        make_account(app, "organiser@prime.example", AccountRole.ORGANISER),
        make_account(app, "steward@independent.example", AccountRole.STEWARD),
    )
    hits: dict[str, int] = {}
    for number in range(ROUNDS):
        cycle, storage = open_round(app, f"Chain {number}", people)
        addresses = random.sample(sorted(cycle.links), RATERS)
        tokens = tokens_of(cycle)
        reported = random.sample(addresses, RATERS)
        ids = {}
        for address, other in zip(addresses, reported, strict=True):
            assert collecting.take(report_on(tokens[other]))
            ids[address] = leave_everything(cycle.links[address])
        for table, sealed in sealed_tables(storage).items():
            truth = {row_ids[table]: address for address, row_ids in ids.items()}
            for name, guess in guesses_of_order(cycle, sealed, addresses).items():
                found = sum(truth[row] == person for row, person in guess)
                hits[f"{table}: {name}"] = hits.get(f"{table}: {name}", 0) + found
    # By chance one of twelve is right in each round, with a variance of one: this bound is five deviations away.
    bound = ROUNDS + 5 * ROUNDS**0.5
    assert {name: count for name, count in hits.items() if count > bound} == {}


def test_a_report_changes_the_same_whether_or_not_its_person_has_answered(app: Flask) -> None:
    cycle, _ = open_round(app, "Pathways North")
    answering, silent = random.sample(sorted(cycle.links), 2)
    tokens = tokens_of(cycle)
    leave_everything(cycle.links[answering])
    for address in (answering, silent):
        assert collecting.take(report_on(tokens[address], "5.1.1"))
    with reading() as session:
        known = {arrival.invitation_id: arrival for arrival in bounces.arrivals(session, cycle.id)}
    told = [known[invitation_of(cycle, address)] for address in (answering, silent)]
    assert {(arrival.state, arrival.delivery, arrival.problem) for arrival in told} == {
        (told[0].state, MailDelivery.BOUNCED, told[0].problem)
    }


def test_a_letter_leaves_no_trace(app: Flask) -> None:
    cycle, _ = open_round(app, "Pathways North")
    steward_id = steward_of(cycle)
    invitations = [invitation_of(cycle, address) for address in random.sample(sorted(cycle.links), 3)]
    leave_everything(cycle.links[min(cycle.links)])
    leave_out(invitations[0], cycle)
    before = everything()
    printing = Printing(
        now=clock.now(),
        base_url="https://review.prime.example",
        languages=tuple(Language),
        is_reminder=False,
        is_large=False,
        reach="",
    )
    content = printed(cycle.id, steward_id, invitations, keys=state().keys, printing=printing)
    assert content.startswith(b"%PDF")
    assert everything() == before
    kept = repr(before).encode()
    assert not any(form in kept for secret in cycle.link_list for form in forms_of(secret))


def tokens_of(cycle: OpenCycle) -> dict[str, str]:
    """The token of the mail with each person's link, by address."""
    with reading() as session:
        rows = session.execute(
            select(ContactRecord.email, MailRecord.return_token)
            .join(InvitationRecord, InvitationRecord.contact_id == ContactRecord.id)
            .join(MailRecord, MailRecord.invitation_id == InvitationRecord.id)
            .where(InvitationRecord.cycle_id == cycle.id)
        ).all()
    return {str(row.email): str(row.return_token) for row in rows}


def report_on(token: str, status: str = "") -> bytes:
    """What a mail server sends back about the mail with a token, of any kind if none is asked for."""
    status = status or random.choice(STATUSES)
    action = {"5": "failed", "4": "delayed", "2": "delivered"}[status[0]]
    return dsn_samples.report(
        f"Reporting-MTA: dns; mx.calder.example\n\nFinal-Recipient: rfc822; somebody@calder.example\n"
        f"Action: {action}\nStatus: {status}\n"
    ).replace(dsn_samples.TOKEN.encode(), token.encode())


def invitation_of(cycle: OpenCycle, address: str) -> str:
    """The invitation of whoever has an address."""
    with reading() as session:
        query = (
            select(InvitationRecord.id)
            .join(ContactRecord, ContactRecord.id == InvitationRecord.contact_id)
            .where(InvitationRecord.cycle_id == cycle.id, ContactRecord.email == address)
        )
        return session.scalars(query).one()


def steward_of(cycle: OpenCycle) -> str:
    """The account of the cycle's steward."""
    with reading() as session:
        return str(
            session.scalar(text("SELECT steward_id FROM cycles WHERE id = :cycle"), {"cycle": cycle.id})
        )


def leave_out(invitation_id: str, cycle: OpenCycle) -> None:
    """Stops the mails to one person, as the steward does who was asked to."""
    key = state().keys.link_key(cycle.id)
    with transaction() as session:
        invitation = session.get_one(InvitationRecord, invitation_id)
        silencing.silence(session, key, [invitation])


def everything() -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, with what PostgreSQL says of its writing."""
    is_postgres = db.engine.dialect.name == "postgresql"
    with reading() as session:
        tables = (
            session.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
            if is_postgres
            else session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'table'"))
        ).all()
        marks = "xmin::text, ctid::text, " if is_postgres else ""
        rows = {
            name: session.execute(text(f'SELECT {marks}* FROM "{name}"')).all() for name in sorted(tables)
        }
    return {name: sorted((tuple(row) for row in found), key=repr) for name, found in rows.items()}
