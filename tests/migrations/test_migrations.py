"""The migrations give exactly the tables of the models, on both databases, up and down with data."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import inspect

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
def test_there_is_one_line_of_migrations() -> None:
    with db.engine.connect() as connection:
        assert len(ScriptDirectory.from_config(alembic_config(connection)).get_heads()) == 1
