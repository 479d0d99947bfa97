"""Migration 0010 with reviews in every state: those that take answers get their table, and lose it on the way back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from alembic import command
from flask import Flask
from sqlalchemy import insert, inspect, select, text

from review_app.config import Settings
from review_app.database import alembic_config, migrate
from review_app.factory import create_app
from review_app.models import db
from review_app.models.ballots import ballots_table, experiences_table

STATES = ("draft", "open", "closing", "closed", "published")
MOMENT = "2026-03-02 09:00:00+00:00"


@pytest.fixture
def filled(environ: dict[str, str], either_database_url: str) -> Iterator[Flask]:
    """An installation of the version before, with a review in every state."""
    app = create_app(Settings.from_env({**environ, "ROUNDTABLE_DATABASE_URL": either_database_url}))
    with app.app_context():
        migrate("0007")
        with db.engine.begin() as connection:
            connection.execute(
                text("insert into chains (id, name, created_at) values ('c', 'North', :moment)"),
                {"moment": MOMENT},
            )
            for role in ("organiser", "steward"):
                connection.execute(
                    text(
                        "insert into accounts (id, email, email_key, name, role, password_hash, session_id, created_at)"
                        " values (:role, :role, :role, :role, :role, 'x', :role, :moment)"
                    ),
                    {"role": role, "moment": MOMENT},
                )
            for state in STATES:
                is_launched = state != "draft"
                connection.execute(
                    text(
                        "insert into cycles (id, chain_id, title, state, instrument_id, instrument_version,"
                        " instrument, plan, k, closes_at, key_mode, organiser_id, steward_id, too_soon_reason, roster,"
                        " long_reason, created_at, storage, opened_at, asked, received_shown) values (:state, 'c', 'R',"
                        " :state, 'i', 1, '{}', '{}', 5, :moment, 'one_host', 'organiser', 'steward', '', '{}', '',"
                        " :moment, :storage, :opened, 0, 0)"
                    ),
                    {
                        "state": state,
                        "moment": MOMENT,
                        "storage": f"of{state}" if is_launched else None,
                        "opened": MOMENT if is_launched else None,
                    },
                )
            ballots_table("ofopen").create(connection)
            connection.execute(insert(ballots_table("ofopen")).values(id=b"b" * 32, blob=b"sealed"))
        yield app
        db.engine.dispose()


def experiences() -> set[str]:
    return {name for name in inspect(db.engine).get_table_names() if name.startswith("experiences_")}


@pytest.mark.usefixtures("filled")
def test_reviews_that_take_answers_get_the_table_that_a_launch_makes() -> None:
    migrate()
    assert experiences() == {"experiences_ofopen", "experiences_ofclosing"}
    table = experiences_table("ofopen")
    with db.engine.begin() as connection:
        connection.execute(insert(table).values(id=b"x" * 32, blob=b"sealed"))
        assert connection.execute(select(table)).all() == [(b"x" * 32, b"sealed")]
    if db.engine.dialect.name == "sqlite":
        with db.engine.connect() as connection:
            made = connection.scalar(text("select sql from sqlite_master where name = 'experiences_ofopen'"))
        # In the order of their ids: nothing tells who came first.
        assert "WITHOUT ROWID" in made


@pytest.mark.usefixtures("filled")
def test_the_way_back_drops_them_and_leaves_the_ballots() -> None:
    migrate()
    with db.engine.begin() as connection:
        connection.execute(insert(experiences_table("ofopen")).values(id=b"x" * 32, blob=b"sealed"))
        command.downgrade(alembic_config(connection), "0007")
    assert experiences() == set()
    with db.engine.connect() as connection:
        assert connection.execute(select(ballots_table("ofopen"))).all() == [(b"b" * 32, b"sealed")]
    migrate()
    assert experiences() == {"experiences_ofopen", "experiences_ofclosing"}
