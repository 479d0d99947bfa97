"""Everything that the database holds, to compare before and after a request, and what is asked of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from sqlalchemy import event, select, text

from review_app.database import reading
from review_app.models import Base, db
from review_app.models.ballots import ballots_table, drafts_table
from review_app.models.cycles import CycleRecord


def every_row(app: Flask) -> dict[str, list[Any]]:
    """The rows of every table but the sealed ones, with the names of all tables."""
    with app.app_context(), reading() as session:
        found: dict[str, list[Any]] = {
            table.name: sorted(map(repr, session.execute(select(table)).all()))
            for table in Base.metadata.sorted_tables
        }
        found["all tables"] = sorted(session.scalars(text("SELECT name FROM sqlite_master")).all())
    return found


def sealed_rows(app: Flask, cycle_id: str) -> dict[str, list[tuple[bytes, bytes]]]:
    """The ballots and the drafts of an open cycle: (id, blob)."""
    with app.app_context(), reading() as session:
        record = session.get(CycleRecord, cycle_id)
        assert record is not None and record.storage is not None
        return {
            "ballots": [tuple(row) for row in session.execute(select(ballots_table(record.storage)))],
            "drafts": [tuple(row) for row in session.execute(select(drafts_table(record.storage)))],
        }


@contextmanager
def statements(app: Flask) -> Iterator[list[str]]:
    """The SQL that runs meanwhile, statement by statement."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)
