"""Ways out: what people ask of the steward, lost links, mails that are stopped, and links that are replaced."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A plain statement: other tables refer to this one, so that SQLite could not make it anew.
    op.add_column("invitations", sa.Column("link_number", sa.Integer(), nullable=False, server_default="0"))
    for name, has_blob in (("steward_requests", True), ("silences", False)):
        op.create_table(
            name,
            sa.Column("id", sa.String(length=22), nullable=False),
            sa.Column("cycle_id", sa.String(length=22), nullable=False),
            *([sa.Column("blob", sa.LargeBinary(), nullable=False)] if has_blob else []),
            sa.ForeignKeyConstraint(["cycle_id"], ["cycles.id"], name=op.f(f"fk_{name}_cycle_id_cycles")),
            sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
            sqlite_with_rowid=False,
        )
        op.create_index(op.f(f"ix_{name}_cycle_id"), name, ["cycle_id"])
    op.create_table(
        "link_requests",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("blob", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link_requests")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    for name in ("link_requests", "silences", "steward_requests"):
        op.drop_table(name)
    # The earlier version can derive first links only: one that was replaced opens nothing there.
    op.drop_column("invitations", "link_number")
