"""Migration 0012 on both databases: what waits to be sent survives both ways, but for what the version before lacks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from alembic import command
from flask import Flask
from sqlalchemy import insert, inspect, select, text
from sqlalchemy.exc import IntegrityError

from review_app import clock
from review_app.config import Settings
from review_app.database import alembic_config, migrate, transaction
from review_app.factory import create_app
from review_app.models import db
from review_app.models.outbox import MailKind, MailRecord
from review_app.services import chains
from review_app.services.accounts import AccountRole
from review_app.spreadsheet import read_chain
from tests.conftest import SAMPLE, draft_on, launch_cycle, make_account

PEOPLE = 40


@pytest.fixture
def empty_app(environ: dict[str, str], either_database_url: str) -> Iterator[Flask]:
    """An application whose database has no tables, of either kind."""
    application = create_app(Settings.from_env({**environ, "ROUNDTABLE_DATABASE_URL": either_database_url}))
    with application.app_context():
        yield application
        db.engine.dispose()


def test_mails_and_invitations_survive_the_way_back_and_links_to_reports_do_not(empty_app: Flask) -> None:
    migrate()
    organiser = make_account(empty_app, "organiser@prime.example", AccountRole.ORGANISER)
    steward = make_account(empty_app, "steward@independent.example", AccountRole.STEWARD)
    with transaction() as session:
        chain = read_chain(SAMPLE.read_bytes(), SAMPLE.name, "Pathways North")
        chain_id = chains.keep(session, clock.now(), chain)
    cycle = launch_cycle(empty_app, draft_on(empty_app, chain_id, organiser, steward), steward)
    with transaction() as session:
        contact_id = session.scalars(select(MailRecord.contact_id).limit(1)).one()
        row = {"cycle_id": cycle.id, "contact_id": contact_id, "number": 1, "queued_at": clock.now()}
        for kind in (MailKind.REPORT_READY, MailKind.PUBLISHED):
            session.execute(insert(MailRecord), {**row, "due_at": clock.now(), "kind": kind.value})
    with db.engine.connect() as connection:
        assert connection.execute(text("select count(*) from readers")).scalar() == PEOPLE
        command.downgrade(alembic_config(connection), "0011")
        connection.commit()
        assert "readers" not in inspect(connection).get_table_names()
        counted = connection.execute(text("select kind, count(*) from outbox group by kind")).all()
        kinds = {row[0]: row[1] for row in counted}
        assert kinds == {"invitation": PEOPLE, "published": 1}
        with pytest.raises(IntegrityError):
            connection.execute(text("update outbox set kind = 'report_ready' where kind = 'published'"))
        connection.rollback()
    migrate()
    with db.engine.connect() as connection:
        assert connection.execute(text("select count(*) from readers")).scalar() == 0
        connection.execute(text("update outbox set kind = 'report_ready' where kind = 'published'"))
        connection.rollback()
