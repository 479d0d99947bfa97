"""The sealed side: three tables per cycle and one per pulse, each (id, blob) and nothing else.

They are made by the launch and dropped by the close, so that a database can really give the space
back; migrations therefore do not know them. No time, serial, foreign key, address or user agent.
"""

from __future__ import annotations

from functools import lru_cache

from sqlalchemy import Column, LargeBinary, MetaData, Table

BALLOTS = "ballots_"
DRAFTS = "drafts_"
EXPERIENCES = "experiences_"
PULSE_ANSWERS = "pulse_answers_"


def ballots_table(storage: str) -> Table:
    """The table of a cycle's ballots."""
    return _sealed_table(BALLOTS + storage)


def drafts_table(storage: str) -> Table:
    """The table of a cycle's drafts."""
    return _sealed_table(DRAFTS + storage)


def experiences_table(storage: str) -> Table:
    """The table of what people say about a cycle's review itself."""
    return _sealed_table(EXPERIENCES + storage)


def pulse_answers_table(storage: str) -> Table:
    """The table of what people answer to a pulse; its opening makes it, its close drops it."""
    return _sealed_table(PULSE_ANSWERS + storage)


def sealed_tables(storage: str) -> tuple[Table, ...]:
    """Every table that a launch makes and the close drops."""
    return (ballots_table(storage), drafts_table(storage), experiences_table(storage))


@lru_cache(maxsize=256)
def _sealed_table(name: str) -> Table:
    # Without rowid, SQLite keeps the rows in the order of their ids: nothing tells who came first.
    return Table(
        name,
        MetaData(),
        Column("id", LargeBinary(32), primary_key=True),
        Column("blob", LargeBinary, nullable=False),
        sqlite_with_rowid=False,
    )
