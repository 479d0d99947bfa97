"""Migration 0017 on both databases: mails about the review stay both ways, those about workshops go on the way back."""

from __future__ import annotations

import pytest
from alembic import command
from sqlalchemy import insert, inspect, select, text
from sqlalchemy.exc import IntegrityError

from review_app import clock
from review_app.database import alembic_config, migrate, transaction
from review_app.models import db
from review_app.models.outbox import MailKind, MailRecord
from review_app.models.readers import ReaderRecord
from tests.publications import counted


def test_mails_about_a_review_survive_both_ways_and_those_about_workshops_do_not(
    environ: dict[str, str], either_database_url: str
) -> None:
    with counted({**environ, "ROUNDTABLE_DATABASE_URL": either_database_url}) as reviewed:
        with transaction() as session:
            contact_id = session.scalars(select(ReaderRecord.contact_id).limit(1)).one()
            row = {
                "cycle_id": reviewed.cycle.id,
                "contact_id": contact_id,
                "number": 1,
                "queued_at": clock.now(),
                "due_at": clock.now(),
            }
            for kind, about in (
                (MailKind.PUBLISHED, ""),
                (MailKind.WORKSHOP, "one"),
                (MailKind.WORKSHOP, "two"),
            ):
                session.execute(insert(MailRecord), {**row, "kind": kind.value, "about_id": about})
        twice = {**row, "kind": MailKind.WORKSHOP.value, "about_id": "two"}
        with pytest.raises(IntegrityError), transaction() as session:
            session.execute(insert(MailRecord), twice)
        with db.engine.connect() as connection:
            before = set(connection.scalars(text("select kind from outbox")))
            command.downgrade(alembic_config(connection), "0016")
            connection.commit()
            assert "about_id" not in {column["name"] for column in inspect(connection).get_columns("outbox")}
            assert set(connection.scalars(text("select kind from outbox"))) == before - {"workshop"}
        migrate()
        with db.engine.connect() as connection:
            assert set(connection.scalars(text("select about_id from outbox"))) == {""}
