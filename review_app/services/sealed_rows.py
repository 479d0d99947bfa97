"""What every write of a respondent does: it holds the close off, and puts one sealed row into the place of the last."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Table, func, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from review_app.models.cycles import CycleRecord
from review_app.services.errors import CycleNotOpenError
from surveys.cycle import CycleState
from surveys.language import N_


def hold_open(session: Session, now: datetime, cycle_id: str) -> None:
    """Holds the close off until this transaction ends. Raises CycleNotOpenError when it has come already.

    The first step of every write: reading a sealed table before it could find the table gone.
    """
    # The shared lock makes a close wait for the writes that are under way, and lets writes not wait for one another.
    state, closes_at = session.execute(
        select(CycleRecord.state, CycleRecord.closes_at)
        .where(CycleRecord.id == cycle_id)
        .with_for_update(read=True)
    ).one()
    if state != CycleState.OPEN or now >= closes_at:
        raise CycleNotOpenError(N_("This review has closed. Nothing is taken any more."))


def hold_row(session: Session, key: bytes) -> None:
    """Lets this transaction alone read and change the row under ``key``, there already or not, until it ends."""
    if session.get_bind().dialect.name == "postgresql":
        # SQLite has one writer at a time anyway. A lock of the row itself would need the row, and would mark it.
        number = int.from_bytes(key[:8], "big", signed=True)
        session.execute(select(func.pg_advisory_xact_lock(number)))


def upsert(session: Session, table: Table, key: bytes, blob: bytes) -> None:
    """One row under ``key``, whatever was there before."""
    insert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgresql_insert
    statement = insert(table).values(id=key, blob=blob)
    session.execute(
        statement.on_conflict_do_update(index_elements=["id"], set_={"blob": statement.excluded.blob})
    )
