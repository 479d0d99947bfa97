"""Migration 0013 on both databases: what is held back does not come out on the way back."""

from __future__ import annotations

import pytest
from alembic import command
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError

from review_app import clock
from review_app.database import alembic_config, migrate, reading, transaction
from review_app.models import db
from review_app.services import replies
from review_app.services.replies import NOTHING, Said
from tests.publications import counted, finding_ids, make

COLUMNS = {"cycle_id", "subject", "finding_id", "text", "promise", "replied_at"}


def test_replies_survive_both_ways_and_what_is_held_does_not(
    environ: dict[str, str], either_database_url: str
) -> None:
    with counted({**environ, "ROUNDTABLE_DATABASE_URL": either_database_url}) as reviewed:
        make(reviewed)
        for place, finding_id in enumerate(finding_ids(reviewed.cycle.id)):
            with reading() as session:
                right = replies.right(session, clock.now(), reviewed.cycle.id)
            with transaction() as session:
                said = Said(f"Reply {place}.", "")
                replies.save(session, clock.now(), right, finding_id, said, seen=NOTHING.token)
        with db.engine.connect() as connection:
            with pytest.raises(IntegrityError):
                connection.execute(text("update replies set held_for = 'dislike'"))
            connection.rollback()
            connection.execute(text("update replies set held_for = 'points' where text = 'Reply 0.'"))
            connection.commit()
            command.downgrade(alembic_config(connection), "0012")
            connection.commit()
            assert {column["name"] for column in inspect(connection).get_columns("replies")} == COLUMNS
            kept = set(connection.scalars(text("select text from replies")))
            assert kept == {f"Reply {place}." for place in range(1, len(right.findings))}
        migrate()
        with db.engine.connect() as connection:
            assert set(connection.scalars(text("select held_for from replies"))) == {None}
