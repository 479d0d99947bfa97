"""Give each review that is open the table of what people say about the review itself.

A launch makes this table from now on, and the close drops it (docs/decisions/0015). The way back drops it with what
was said: the version before cannot count it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_cycles = sa.table("cycles", sa.column("storage"), sa.column("state"))


def upgrade() -> None:
    for storage in _storages(_cycles.c.state.in_(("open", "closing"))):
        op.create_table(
            f"experiences_{storage}",
            sa.Column("id", sa.LargeBinary(length=32), primary_key=True),
            sa.Column("blob", sa.LargeBinary(), nullable=False),
            sqlite_with_rowid=False,
        )


def downgrade() -> None:
    there = set(sa.inspect(op.get_bind()).get_table_names())
    for storage in _storages(sa.true()):
        if f"experiences_{storage}" in there:
            op.drop_table(f"experiences_{storage}")


def _storages(which: sa.ColumnElement[bool]) -> list[str]:
    query = sa.select(_cycles.c.storage).where(_cycles.c.storage.is_not(None), which)
    return list(op.get_bind().scalars(query))
