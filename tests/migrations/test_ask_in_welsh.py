"""Migration 0008 with the rows that an installation has: the way back takes the Welsh out and leaves the English."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from alembic import command
from flask import Flask
from sqlalchemy import Connection, MetaData, insert, inspect, select, text

from review_app.config import Settings
from review_app.database import alembic_config, migrate
from review_app.factory import create_app
from review_app.models import db
from surveys import library
from surveys.instrument import Instrument
from surveys.language import ENGLISH_ONLY
from tests.bilingual import IN_BOTH

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
ENGLISH = IN_BOTH.only_in(ENGLISH_ONLY)


@pytest.fixture
def empty_app(environ: dict[str, str], either_database_url: str) -> Iterator[Flask]:
    """An application whose database has no tables, of either kind."""
    application = create_app(Settings.from_env({**environ, "ROUNDTABLE_DATABASE_URL": either_database_url}))
    with application.app_context():
        yield application
        db.engine.dispose()


def _fill(connection: Connection, instrument: Instrument, **of_cycle: object) -> None:
    kept = MetaData()
    kept.reflect(connection)
    content = json.dumps(library.to_mapping(instrument), ensure_ascii=False)

    def add(table: str, **values: object) -> None:
        connection.execute(insert(kept.tables[table]).values(values))

    add(
        "accounts", id="a", email="a@b.example", email_key="a@b.example", name="A", role="steward",
        password_hash="x", session_id="a", created_at=NOW,
    )  # fmt: skip
    add("chains", id="c", name="North", created_at=NOW)
    add(
        "instruments", id="i", instrument_id="in-both", version=1, title="In both", state="draft",
        content=content, copied_from="", created_at=NOW, changed_at=NOW, changed_by="a",
    )  # fmt: skip
    add(
        "cycles", id="y", chain_id="c", title="Spring", state="draft", instrument_id="in-both",
        instrument_version=1, instrument=content, plan="{}", k=5, closes_at=NOW, key_mode="one_host",
        organiser_id="a", steward_id="a", too_soon_reason="", approval="x" * 64, roster="{}", long_reason="Much",
        created_at=NOW, asked=0, received_shown=0, **of_cycle,
    )  # fmt: skip


@pytest.mark.usefixtures("empty_app")
def test_a_review_of_before_is_asked_in_english() -> None:
    migrate("0007")
    with db.engine.begin() as connection:
        _fill(connection, ENGLISH)
    migrate()
    with db.engine.connect() as connection:
        found = connection.execute(text("select languages, long_reason_welsh, approval from cycles")).one()
        assert tuple(found) == ("en", "", "x" * 64)


@pytest.mark.usefixtures("empty_app")
def test_the_way_back_takes_the_welsh_out_and_leaves_the_english() -> None:
    migrate()
    with db.engine.begin() as connection:
        _fill(connection, IN_BOTH, languages="en,cy", long_reason_welsh="Llawer")
    with db.engine.connect() as connection:
        command.downgrade(alembic_config(connection), "0007")
        connection.commit()
        assert {column["name"] for column in inspect(connection).get_columns("cycles")}.isdisjoint(
            {"languages", "long_reason_welsh"}
        )
        kept = MetaData()
        kept.reflect(connection)
        cycle = connection.execute(select(kept.tables["cycles"])).one()
        instrument = connection.execute(select(kept.tables["instruments"])).one()
        for content in (cycle.instrument, instrument.content):
            # The earlier pages refuse every key that they do not know.
            assert json.loads(content) == library.to_mapping(ENGLISH)
        assert (cycle.approval, cycle.long_reason) == (None, "Much")
