"""Let the outbox owe mails about workshops, actions and pulses, and know which one each is about.

Going back drops those mails: the version before could not send them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
BEFORE = (
    "(invitation_id is null) = (kind in ('roster_check', 'report_ready', 'published', 'workshop', 'action'))"
)
AFTER = (
    "(invitation_id is not null) = (kind in "
    "('invitation', 'reminder', 'closing_soon', 'extended', 'link_again', 'new_link'))"
)
OLD_KEY = ["cycle_id", "contact_id", "kind", "number"]
OLD_NAME = "uq_outbox_cycle_id_contact_id_kind_number"
NEW_KEY = ["cycle_id", "contact_id", "kind", "about_id", "number"]
NEW_NAME = "uq_outbox_cycle_id_contact_id_kind_about_id_number"


def upgrade() -> None:
    before = _outbox(BEFORE, sa.UniqueConstraint(*OLD_KEY, name=OLD_NAME))
    with op.batch_alter_table("outbox", copy_from=before) as batch:
        batch.add_column(sa.Column("about_id", sa.String(length=22), nullable=False, server_default=""))
        batch.drop_constraint(OLD_NAME, type_="unique")
        batch.create_unique_constraint(NEW_NAME, NEW_KEY)
        batch.drop_constraint("ck_outbox_link_has_invitation", type_="check")
        batch.create_check_constraint("ck_outbox_link_has_invitation", AFTER)


def downgrade() -> None:
    op.execute(
        "delete from outbox where kind in ('workshop', 'workshop_off', 'minutes', 'action', 'action_due', "
        "'action_digest', 'action_done', 'pulse')"
    )
    after = _outbox(
        AFTER,
        sa.Column("about_id", sa.String(length=22), nullable=False, server_default=""),
        sa.UniqueConstraint(*NEW_KEY, name=NEW_NAME),
    )
    with op.batch_alter_table("outbox", copy_from=after) as batch:
        batch.drop_constraint(NEW_NAME, type_="unique")
        batch.create_unique_constraint(OLD_NAME, OLD_KEY)
        batch.drop_constraint("ck_outbox_link_has_invitation", type_="check")
        batch.create_check_constraint("ck_outbox_link_has_invitation", BEFORE)
        batch.drop_column("about_id")


def _outbox(link_has_invitation: str, *about: sa.schema.SchemaItem) -> sa.Table:
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
        *about,
        sa.CheckConstraint(link_has_invitation, name="ck_outbox_link_has_invitation"),
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
