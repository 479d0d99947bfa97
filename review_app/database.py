"""The engine, SQLite's pragmas, and the two ways to use the database: ``transaction()`` and ``reading()``."""

from __future__ import annotations

import fcntl
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session

from review_app.config import Settings
from review_app.layout import migration_folder
from review_app.models import db

# What comes up when the database cannot be reached or cannot write: a full disk, a lock, a lost connection. What was
# not committed then is not kept.
UNAVAILABLE = (OperationalError, InterfaceError, PoolTimeoutError)
_BEGIN = "roundtable_begin"
_KEPT_OPEN = 8
_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    # FULL is slower by a third; an answer that was acknowledged cannot be collected again.
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",
    "PRAGMA busy_timeout = 20000",
)


def init_database(app: Flask, settings: Settings) -> None:
    """Ties the engine to the application."""
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {
        "hide_parameters": True,
        "pool_pre_ping": True,
        # Two connections for each thread, so that none ever waits for what another one holds; few of them stay open.
        "pool_size": _KEPT_OPEN,
        "max_overflow": max(0, 2 * settings.threads - _KEPT_OPEN),
    }
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    db.init_app(app)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            event.listen(db.engine, "connect", _set_pragmas)
            event.listen(db.engine, "begin", _begin)


@contextmanager
def transaction() -> Iterator[Session]:
    """A session whose changes are committed together at the end, or not at all. The only commit there is.

    On SQLite the writers queue at a file lock: its own busy handler sleeps and is unfair.
    """
    with _write_lock(db.engine), Session(db.engine.execution_options(**{_BEGIN: "IMMEDIATE"})) as session:
        session.expire_on_commit = False
        yield session
        session.commit()


@contextmanager
def reading() -> Iterator[Session]:
    """A session to read with; nothing that is changed in it is kept."""
    with Session(db.engine) as session:
        yield session


def migrate(revision: str = "head") -> None:
    """Brings the database to a revision, up or down."""
    with db.engine.connect() as connection:
        config = alembic_config(connection)
        command.upgrade(config, revision)
        connection.commit()


def is_migrated() -> bool:
    """Whether the database is at the newest revision. Raises OperationalError if it cannot be reached."""
    with db.engine.connect() as connection:
        heads = ScriptDirectory.from_config(alembic_config(connection)).get_heads()
        return MigrationContext.configure(connection).get_current_heads() == tuple(heads)


def alembic_config(connection: Connection) -> Config:
    """Alembic's configuration for one open connection."""
    config = Config()
    config.set_main_option("script_location", str(migration_folder()))
    config.attributes["connection"] = connection
    return config


def sqlite_file(engine: Engine) -> Path | None:
    """The file of a SQLite database; None for another kind."""
    return Path(engine.url.database or "") if engine.dialect.name == "sqlite" else None


@contextmanager
def _write_lock(engine: Engine) -> Iterator[None]:
    file = sqlite_file(engine)
    if file is None:
        yield
        return
    try:
        lock = file.with_name(file.name + ".lock").open("wb")
    except OSError as error:
        # A disk without room for it, or one that may only be read, has none for the database either.
        raise OperationalError("the lock of the database", {}, error) from error
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _set_pragmas(connection: sqlite3.Connection, _record: Any) -> None:
    # Python's driver would otherwise open transactions by itself, late and deferred.
    connection.isolation_level = None
    for pragma in _PRAGMAS:
        connection.execute(pragma)


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(f"BEGIN {connection.get_execution_options().get(_BEGIN, 'DEFERRED')}")
