"""Keep who gets the reports of a cycle by a link of their own, and let the outbox tell them that theirs is ready.

Going back drops those links and those mails: the version before knows no page that they would open.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
BEFORE = "kind in ('roster_check', 'published', 'workshop', 'action')"
AFTER = "kind in ('roster_check', 'report_ready', 'published', 'workshop', 'action')"


def upgrade() -> None:
    op.create_table(
        "readers",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("cycle_id", sa.String(length=22), nullable=False),
        sa.Column("contact_id", sa.String(length=22), nullable=False),
        sa.Column("party_id", sa.String(length=22), nullable=False),
        sa.Column("reads_partners", sa.Boolean(), nullable=False),
        sa.Column("verifier", sa.LargeBinary(length=32), nullable=True),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name="fk_readers_contact_id_contacts"),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycles.id"], name="fk_readers_cycle_id_cycles"),
        sa.ForeignKeyConstraint(["party_id"], ["parties.id"], name="fk_readers_party_id_parties"),
        sa.PrimaryKeyConstraint("id", name="pk_readers"),
        sa.UniqueConstraint("cycle_id", "contact_id", name="uq_readers_cycle_id_contact_id"),
        sa.UniqueConstraint("verifier", name="uq_readers_verifier"),
    )
    op.create_index("ix_readers_cycle_id", "readers", ["cycle_id"])
    _recheck(BEFORE, AFTER)


def downgrade() -> None:
    op.execute("delete from outbox where kind = 'report_ready'")
    _recheck(AFTER, BEFORE)
    op.drop_index("ix_readers_cycle_id", table_name="readers")
    op.drop_table("readers")


def _recheck(before: str, after: str) -> None:
    with op.batch_alter_table("outbox", copy_from=_outbox(before)) as batch:
        batch.drop_constraint("ck_outbox_link_has_invitation", type_="check")
        batch.create_check_constraint("ck_outbox_link_has_invitation", f"(invitation_id is null) = ({after})")


def _outbox(without_link: str) -> sa.Table:
    """The outbox, whole: SQLite makes it anew from this."""
    return sa.Table(
        "outbox",
        sa.MetaData(),
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("cycle_id", sa.String(length=22), nullable=False),
        sa.Column("contact_id", sa.String(length=22), nullable=False),
        sa.Column("invitation_id", sa.String(length=22), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("queued_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("first_tried_at", MOMENT, nullable=True),
        sa.Column("tried_at", MOMENT, nullable=True),
        sa.Column("leased_until", MOMENT, nullable=True),
        sa.Column("problem", sa.String(length=100), nullable=False),
        sa.Column("return_token", sa.String(length=32), nullable=False, server_default=""),
        sa.Column(
            "delivery",
            sa.String(length=20),
            # In the column itself, as 0007 made it: else SQLite could not drop the column on the way back.
            sa.CheckConstraint(
                "delivery in ('unknown', 'delayed', 'delivered', 'bounced')", name="ck_outbox_delivery"
            ),
            nullable=False,
            server_default="unknown",
        ),
        sa.Column("delivery_problem", sa.String(length=100), nullable=False, server_default=""),
        sa.UniqueConstraint(
            "cycle_id", "contact_id", "kind", "number", name="uq_outbox_cycle_id_contact_id_kind_number"
        ),
        sa.CheckConstraint(
            f"(invitation_id is null) = ({without_link})", name="ck_outbox_link_has_invitation"
        ),
        sa.CheckConstraint(
            "state in ('queued', 'sending', 'sent', 'failed', 'cancelled')", name="ck_outbox_state"
        ),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycles.id"], name="fk_outbox_cycle_id_cycles"),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["invitations.id"], name="fk_outbox_invitation_id_invitations"
        ),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name="fk_outbox_contact_id_contacts"),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.Index("ix_outbox_cycle_id", "cycle_id"),
        sa.Index("ix_outbox_state_due_at", "state", "due_at"),
        sa.Index("ix_outbox_return_token", "return_token", unique=True),
        sa.Index("ix_outbox_invitation_id", "invitation_id"),
        sa.Index("ix_outbox_tried_at", "tried_at"),
    )
