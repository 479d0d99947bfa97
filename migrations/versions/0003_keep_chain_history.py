"""Keep organisations and people that are gone, tell present partners from past and potential ones, and keep history.

Going back deletes no organisation and nobody, because invitations refer to them: what is gone is present again, an
organisation under a key that no name has.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "parties",
        sa.Column(
            "standing",
            sa.String(length=20),
            # In the column itself: SQLite can add no constraint to a table that is there.
            sa.CheckConstraint(
                "standing in ('present', 'past', 'potential')", name=op.f("ck_parties_standing")
            ),
            server_default="present",
            nullable=False,
        ),
    )
    op.add_column("parties", sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("contacts", sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "chain_changes",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("chain_id", sa.String(length=22), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.String(length=22), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.CheckConstraint("kind in ('import', 'edit', 'merge')", name=op.f("ck_chain_changes_kind")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_chain_changes_account_id_accounts")
        ),
        sa.ForeignKeyConstraint(["chain_id"], ["chains.id"], name=op.f("fk_chain_changes_chain_id_chains")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chain_changes")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_chain_changes_chain_id"), "chain_changes", ["chain_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_chain_changes_chain_id"), table_name="chain_changes")
    op.drop_table("chain_changes")
    op.drop_column("contacts", "gone_at")
    op.drop_column("parties", "gone_at")
    op.drop_column("parties", "standing")
