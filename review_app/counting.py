"""Counts a closing cycle and destroys what was sealed: the close from the opening key to the verified purge."""

from __future__ import annotations

import logging
import random

from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from review_app import clock
from review_app.database import reading, transaction
from review_app.keys import KeyFolder
from review_app.models import db
from review_app.services import closing

logger = logging.getLogger(__name__)


def begin_due() -> int:
    """How many cycles stopped taking answers because their closing time has come."""
    with transaction() as session:
        return len(closing.begin(session, clock.now()))


def count_waiting(keys: KeyFolder) -> int:
    """How many cycles were counted: those whose opening key lies on this host (one-host mode)."""
    with reading() as session:
        waiting = closing.waiting(session)
    counted = 0
    for cycle_id in waiting:
        if keys.has_opening_key(cycle_id):
            count_cycle(cycle_id, keys.opening_key(cycle_id), keys)
            counted += 1
    return counted


def count_cycle(cycle_id: str, opening_key: bytes, keys: KeyFolder) -> None:
    """Opens, counts, releases and destroys.

    Raises NotAllowedError for another cycle's key, KeyMissingError without K.
    """
    with reading() as session:
        closing.check_key(session, cycle_id, opening_key)
        counted = closing.read(
            session,
            cycle_id,
            opening_key=opening_key,
            link_key=keys.link_key(cycle_id),
            shuffle=random.SystemRandom(),
        )
    if counted.unreadable:
        logger.warning("%d rows were sent by nobody who was asked and were left out", counted.unreadable)
    with transaction() as session:
        closing.settle(session, clock.now(), cycle_id, counted)
    purge_closed(keys)


def purge_closed(keys: KeyFolder) -> int:
    """How many closed cycles are now verified to have left nothing secret behind; the others are tried again."""
    with reading() as session:
        unpurged = closing.unpurged(session)
    if not unpurged or not wipe_residue():
        return 0
    purged = 0
    for cycle_id in unpurged:
        with transaction() as session:
            purged += closing.purge(session, clock.now(), cycle_id, keys)
    return purged


def wipe_residue() -> bool:
    """Whether the database gave the space of dropped tables back."""
    if db.engine.dialect.name != "sqlite":
        return _checkpoint_postgresql()
    # VACUUM runs outside any transaction, so it goes to the driver directly.
    pooled = db.engine.raw_connection()
    try:
        cursor = pooled.cursor()
        cursor.execute("VACUUM")
        is_busy = bool(cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0])
        free_pages = int(cursor.execute("PRAGMA freelist_count").fetchone()[0])
    finally:
        pooled.close()
    return not is_busy and free_pages == 0


def wipe_replies() -> None:
    """Takes from the disk what a publication has emptied: the text of replies that were held back."""
    if db.engine.dialect.name != "sqlite":
        # A plain VACUUM leaves the bytes where they were.
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM (FULL) replies"))
    wipe_residue()


def _checkpoint_postgresql() -> bool:
    # A dropped table's file goes at the next checkpoint. Without the right to ask for one, PostgreSQL makes it
    # by itself within its checkpoint_timeout (five minutes unless changed).
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        try:
            connection.execute(text("CHECKPOINT"))
        except ProgrammingError:
            logger.info("No right to CHECKPOINT; PostgreSQL will remove the files at its next one.")
    return True
