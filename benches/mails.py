"""M1: ten thousand invitations queued in one transaction, beside a bare executemany of the same rows.

On SQLite, and on PostgreSQL where its server is installed.
"""

from __future__ import annotations

import contextlib
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from statistics import median

from sqlalchemy import delete, select

from benches.reviews import settings
from review_app import clock
from review_app.config import Settings
from review_app.database import migrate, reading, transaction
from review_app.factory import create_app
from review_app.models import db
from review_app.models.outbox import MailRecord
from review_app.services import outbox
from review_app.services.outbox import MailKind
from tests import large_reviews
from tests.servers import new_postgres_database, postgres_binaries, postgres_cluster

PEOPLE = 10_000
ROUNDS = 5
MOST_SECONDS = 5


def lines() -> Iterator[str]:
    """The printed result."""
    yield f"M1 {PEOPLE:,} mails queued in one transaction, median of {ROUNDS} interleaved rounds"
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        of_each = {"SQLite": settings(Path(folder))}
        if postgres_binaries() is not None:
            url = new_postgres_database(stack.enter_context(postgres_cluster()), "bench")
            url = url.replace("postgresql://", "postgresql+psycopg://")
            of_each["PostgreSQL"] = replace(of_each["SQLite"], database_url=url)
        for name, own in of_each.items():
            launch, queued, bare = _measure(own)
            yield f"   {name:10} {queued:.2f} s (target: under {MOST_SECONDS} s)   bare executemany {bare:.2f} s"
            yield f"   {name:10} ratio {queued / bare:.2f}   the whole launch of as many people {launch:.1f} s"


def _measure(own: Settings) -> tuple[float, float, float]:
    """Seconds of the launch, of queueing, and of the bare rows."""
    with create_app(own).app_context():
        migrate()
        cycle_id = large_reviews.approved(PEOPLE)
        launch = _seconds(lambda: large_reviews.launch(cycle_id))
        with reading() as session:
            columns = MailRecord.__table__.columns
            rows = [tuple(row) for row in session.execute(select(*columns))]
        times: dict[str, list[float]] = {"queue": [], "bare": []}
        for _ in range(ROUNDS):
            _forget()
            times["queue"].append(_seconds(lambda: _queue(cycle_id)))
            _forget()
            times["bare"].append(_seconds(lambda: _bare(rows)))
        db.engine.dispose()
    return launch, median(times["queue"]), median(times["bare"])


def _queue(cycle_id: str) -> None:
    with transaction() as session:
        queued = outbox.queue_for_all(session, clock.now(), cycle_id, MailKind.INVITATION)
    if queued != PEOPLE:
        raise RuntimeError(f"{queued} mails were queued.")


def _bare(rows: list[tuple[object, ...]]) -> None:
    """The same rows by the database's own driver."""
    names = ", ".join(column.name for column in MailRecord.__table__.columns)
    with transaction() as session:
        connection = session.connection()
        mark = "%s" if connection.dialect.name == "postgresql" else "?"
        marks = ", ".join(mark for _ in MailRecord.__table__.columns)
        values = rows if mark == "%s" else [tuple(map(_plain, row)) for row in rows]
        cursor = connection.connection.cursor()
        cursor.executemany(f"INSERT INTO outbox ({names}) VALUES ({marks})", values)
        cursor.close()


def _plain(value: object) -> object:
    # SQLite's driver has no moments; they are stored as text.
    return str(value) if hasattr(value, "tzinfo") else value


def _forget() -> None:
    with transaction() as session:
        session.execute(delete(MailRecord))


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
