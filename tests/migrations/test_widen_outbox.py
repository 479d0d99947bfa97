"""Migration 0009 with the mails that an installation has: each gets its contact, and goes back as it was."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from alembic import command
from flask import Flask
from sqlalchemy import Connection, MetaData, insert, select, text
from sqlalchemy.exc import IntegrityError

from review_app.config import Settings
from review_app.database import alembic_config, migrate
from review_app.factory import create_app
from review_app.models import db

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MAIL = {
    "id": "m",
    "cycle_id": "y",
    "invitation_id": "i",
    "kind": "invitation",
    "number": 1,
    "state": "sent",
    "attempts": 2,
    "queued_at": NOW,
    "due_at": NOW,
    "problem": "",
    "return_token": "a" * 32,
    "delivery": "bounced",
    "delivery_problem": "no such mailbox (5.1.1)",
}
ROWS: Mapping[str, list[dict[str, Any]]] = {
    "accounts": [
        {
            "id": "s",
            "email": "s@x.example",
            "email_key": "s@x.example",
            "name": "S",
            "role": "steward",
            "password_hash": "-",
            "session_id": "s",
            "created_at": NOW,
        }
    ],
    "chains": [{"id": "c", "name": "North", "created_at": NOW}],
    "parties": [
        {
            "id": "p",
            "chain_id": "c",
            "position": 0,
            "name": "Prime",
            "name_key": "prime",
            "role": "prime",
            "sector": "private",
            "services": "",
        }
    ],
    "contacts": [
        {"id": id_, "party_id": "p", "position": 0, "name": id_, "job_title": "", "email": f"{id_}@p.example"}
        for id_ in ("a", "b")
    ],
    "cycles": [
        {
            "id": "y",
            "chain_id": "c",
            "title": "Spring",
            "state": "open",
            "instrument_id": "x",
            "instrument_version": 1,
            "instrument": "{}",
            "plan": "{}",
            "k": 5,
            "closes_at": NOW,
            "key_mode": "one_host",
            "organiser_id": "s",
            "steward_id": "s",
            "too_soon_reason": "",
            "created_at": NOW,
            "opened_at": NOW,
            "storage": "t",
            "asked": 1,
            "received_shown": 0,
        }
    ],
    "invitations": [
        {
            "id": "i",
            "cycle_id": "y",
            "contact_id": "b",
            "party_id": "p",
            "group_id": "g",
            "verifier": b"v" * 32,
        }
    ],
    "outbox": [MAIL],
}


@pytest.fixture
def connection(environ: dict[str, str], either_database_url: str) -> Iterator[Connection]:
    """A database of either kind at the revision before, with a mail in it."""
    app: Flask = create_app(Settings.from_env({**environ, "ROUNDTABLE_DATABASE_URL": either_database_url}))
    with app.app_context():
        migrate("0007")
        with db.engine.connect() as connection:
            for name, rows in ROWS.items():
                connection.execute(insert(table(connection, name)), rows)
            connection.commit()
            yield connection
        db.engine.dispose()


def table(connection: Connection, name: str) -> Any:
    found = MetaData()
    found.reflect(connection, only=[name])
    return found.tables[name]


def mails(connection: Connection) -> list[dict[str, Any]]:
    rows = connection.execute(select(table(connection, "outbox")).order_by(text("id")))
    return [{**row, "queued_at": NOW, "due_at": NOW} for row in rows.mappings()]


def move(connection: Connection, revision: str) -> None:
    go = command.upgrade if revision == "0009" else command.downgrade
    go(alembic_config(connection), revision)
    connection.commit()


def test_each_mail_gets_the_contact_of_its_invitation_and_keeps_the_rest(connection: Connection) -> None:
    before = mails(connection)
    move(connection, "0009")
    new = {"contact_id": "b", "first_tried_at": None, "tried_at": None}
    assert mails(connection) == [{**before[0], **new}]
    (chain,) = connection.execute(select(table(connection, "chains"))).mappings()
    assert (chain["mail_days"], chain["mail_from"], chain["mail_until"]) == ("12345", 8, 18)
    move(connection, "0007")
    assert mails(connection) == before


def test_mails_without_a_link_are_allowed_then_and_dropped_on_the_way_back(connection: Connection) -> None:
    move(connection, "0009")
    notice = {
        **MAIL,
        "id": "n",
        "contact_id": "a",
        "invitation_id": None,
        "kind": "published",
        "return_token": "b" * 32,
    }
    connection.execute(insert(table(connection, "outbox")), notice)
    connection.commit()
    for wrong in (
        {"id": "o"},
        {"id": "o", "number": 2, "kind": "reminder"},
        {"id": "o", "number": 2, "state": "gone"},
    ):
        with pytest.raises(IntegrityError):
            connection.execute(
                insert(table(connection, "outbox")), {**notice, "return_token": "c" * 32, **wrong}
            )
        connection.rollback()
    with pytest.raises(IntegrityError, match="mail_hours"):
        connection.execute(text("update chains set mail_until = mail_from"))
    connection.rollback()
    move(connection, "0007")
    assert [mail["id"] for mail in mails(connection)] == ["m"]
