"""The migrations give exactly the tables of the models, on both databases, up and down with data."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError

from review_app import clock
from review_app.config import Settings
from review_app.database import alembic_config, migrate, transaction
from review_app.factory import create_app
from review_app.models import Base, db
from review_app.models.accounts import AccountRole
from review_app.services import accounts, instruments
from surveys import library


@pytest.fixture
def empty_app(environ: dict[str, str], either_database_url: str) -> Iterator[Flask]:
    """An application whose database has no tables, of either kind."""
    application = create_app(Settings.from_env({**environ, "ROUNDTABLE_DATABASE_URL": either_database_url}))
    with application.app_context():
        yield application
        db.engine.dispose()


@pytest.mark.usefixtures("empty_app")
def test_the_models_and_the_migrations_agree() -> None:
    migrate()
    with db.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


@pytest.mark.usefixtures("empty_app")
def test_every_migration_goes_up_down_and_up_again_with_data() -> None:
    migrate()
    with transaction() as session:
        account = accounts.create(
            session, clock.now(), email="a@b.example", name="A", role=AccountRole.STEWARD, password="x" * 12
        )
        source = next(iter(library.shipped().values()))
        row_id = instruments.copy(session, clock.now(), source, "A copy", account.id)
        instruments.finish(session, clock.now(), row_id, account.id)
        instruments.next_version(session, clock.now(), row_id, account.id)
    with db.engine.connect() as connection:
        command.downgrade(alembic_config(connection), "base")
        connection.commit()
        assert set(inspect(connection).get_table_names()) <= {"alembic_version"}
    migrate()
    migrate()
    with db.engine.connect() as connection:
        assert "cycles" in inspect(connection).get_table_names()


@pytest.mark.usefixtures("empty_app")
def test_chains_of_before_get_a_standing_and_those_of_today_survive_the_way_back() -> None:
    migrate("0001")
    with db.engine.connect() as connection:
        connection.execute(
            text(
                "insert into chains (id, name, created_at) values ('c', 'North', '2026-01-01 00:00:00+00:00')"
            )
        )
        connection.execute(
            text(
                "insert into parties (id, chain_id, position, name, name_key, role, sector, services)"
                " values ('p', 'c', 0, 'Prime', 'prime', 'prime', 'private', '')"
            )
        )
        connection.execute(
            text(
                "insert into contacts (id, party_id, position, name, job_title, email)"
                " values ('a', 'p', 0, 'Ann', '', 'ann@prime.example')"
            )
        )
        connection.commit()
    migrate()
    with db.engine.connect() as connection:
        assert connection.execute(text("select standing, gone_at from parties")).all() == [("present", None)]
        with pytest.raises(IntegrityError):
            connection.execute(text("update parties set standing = 'absent'"))
        connection.rollback()
        connection.execute(text("update parties set standing = 'past', name_key = 'gone p'"))
        connection.execute(text("update contacts set gone_at = '2026-02-01 00:00:00+00:00'"))
        connection.execute(
            text(
                "insert into chain_changes (id, chain_id, changed_at, position, kind, sentence)"
                " values ('h', 'c', '2026-01-01 00:00:00+00:00', 0, 'edit', 'A command did it.')"
            )
        )
        connection.commit()
        command.downgrade(alembic_config(connection), "0001")
        connection.commit()
        assert connection.execute(text("select name, role from parties")).all() == [("Prime", "prime")]
        assert connection.execute(text("select name from contacts")).all() == [("Ann",)]
    migrate()
    with db.engine.connect() as connection:
        assert connection.execute(text("select standing from parties")).all() == [("present",)]


@pytest.mark.usefixtures("empty_app")
def test_there_is_one_line_of_migrations() -> None:
    with db.engine.connect() as connection:
        assert len(ScriptDirectory.from_config(alembic_config(connection)).get_heads()) == 1
