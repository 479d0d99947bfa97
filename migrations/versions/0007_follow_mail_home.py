"""Give each mail the token that its bounces are known by, and what became of it after it left."""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_outbox = sa.table("outbox", sa.column("id"), sa.column("return_token"))


def upgrade() -> None:
    op.add_column(
        "outbox", sa.Column("return_token", sa.String(length=32), nullable=False, server_default="")
    )
    op.add_column(
        "outbox",
        sa.Column(
            "delivery",
            sa.String(length=20),
            # In the column itself: SQLite can add no constraint to a table that is there.
            sa.CheckConstraint(
                "delivery in ('unknown', 'delayed', 'delivered', 'bounced')", name=op.f("ck_outbox_delivery")
            ),
            server_default="unknown",
            nullable=False,
        ),
    )
    op.add_column(
        "outbox", sa.Column("delivery_problem", sa.String(length=100), nullable=False, server_default="")
    )
    connection = op.get_bind()
    ids = connection.scalars(sa.select(_outbox.c.id)).all()
    if ids:
        connection.execute(
            sa.update(_outbox)
            .where(_outbox.c.id == sa.bindparam("of"))
            .values(return_token=sa.bindparam("new")),
            [{"of": mail_id, "new": secrets.token_hex(16)} for mail_id in ids],
        )
    op.create_index(op.f("ix_outbox_return_token"), "outbox", ["return_token"], unique=True)


def downgrade() -> None:
    op.drop_index(op.f("ix_outbox_return_token"), table_name="outbox")
    for name in ("delivery_problem", "delivery", "return_token"):
        op.drop_column("outbox", name)
