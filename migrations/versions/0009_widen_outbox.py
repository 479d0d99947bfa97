"""Let the outbox hold mails without a link, know when each was tried, and keep to the hours of its chain.

Going back drops the mails that carry no link: the earlier version could not send them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
WITHOUT_LINK = "kind in ('roster_check', 'published', 'workshop', 'action')"

_outbox = sa.table("outbox", sa.column("invitation_id"), sa.column("contact_id"))
_invitations = sa.table("invitations", sa.column("id"), sa.column("contact_id"))


def upgrade() -> None:
    op.add_column("outbox", sa.Column("contact_id", sa.String(length=22), nullable=True))
    op.add_column("outbox", sa.Column("first_tried_at", MOMENT, nullable=True))
    op.add_column("outbox", sa.Column("tried_at", MOMENT, nullable=True))
    of_invitation = (
        sa.select(_invitations.c.contact_id)
        .where(_invitations.c.id == _outbox.c.invitation_id)
        .scalar_subquery()
    )
    op.execute(sa.update(_outbox).values(contact_id=of_invitation))
    with op.batch_alter_table("outbox", copy_from=_before()) as batch:
        batch.alter_column("invitation_id", existing_type=sa.String(length=22), nullable=True)
        batch.alter_column("contact_id", existing_type=sa.String(length=22), nullable=False)
        batch.create_foreign_key(op.f("fk_outbox_contact_id_contacts"), "contacts", ["contact_id"], ["id"])
        batch.drop_constraint(op.f("uq_outbox_invitation_id_kind_number"), type_="unique")
        batch.create_unique_constraint(
            op.f("uq_outbox_cycle_id_contact_id_kind_number"), ["cycle_id", "contact_id", "kind", "number"]
        )
        batch.create_check_constraint(
            op.f("ck_outbox_link_has_invitation"), f"(invitation_id is null) = ({WITHOUT_LINK})"
        )
    op.create_index(op.f("ix_outbox_invitation_id"), "outbox", ["invitation_id"])
    op.create_index(op.f("ix_outbox_tried_at"), "outbox", ["tried_at"])
    _add_hours()


def downgrade() -> None:
    for name in ("mail_until", "mail_from", "mail_days"):
        op.drop_column("chains", name)
    op.execute(sa.delete(_outbox).where(_outbox.c.invitation_id.is_(None)))
    op.drop_index(op.f("ix_outbox_tried_at"), table_name="outbox")
    op.drop_index(op.f("ix_outbox_invitation_id"), table_name="outbox")
    with op.batch_alter_table("outbox", copy_from=_after()) as batch:
        batch.drop_constraint(op.f("ck_outbox_link_has_invitation"), type_="check")
        batch.drop_constraint(op.f("uq_outbox_cycle_id_contact_id_kind_number"), type_="unique")
        batch.create_unique_constraint(
            op.f("uq_outbox_invitation_id_kind_number"), ["invitation_id", "kind", "number"]
        )
        batch.drop_constraint(op.f("fk_outbox_contact_id_contacts"), type_="foreignkey")
        batch.alter_column("invitation_id", existing_type=sa.String(length=22), nullable=False)
        for name in ("tried_at", "first_tried_at", "contact_id"):
            batch.drop_column(name)


def _add_hours() -> None:
    op.add_column(
        "chains", sa.Column("mail_days", sa.String(length=7), nullable=False, server_default="12345")
    )
    op.add_column("chains", sa.Column("mail_from", sa.Integer(), nullable=False, server_default="8"))
    op.add_column(
        "chains",
        sa.Column(
            "mail_until",
            sa.Integer(),
            # In the column itself: SQLite can add no constraint to a table that is there.
            sa.CheckConstraint(
                "mail_from >= 0 and mail_from < mail_until and mail_until <= 24",
                name=op.f("ck_chains_mail_hours"),
            ),
            nullable=False,
            server_default="18",
        ),
    )


def _before() -> sa.Table:
    """The outbox with its new columns and its old constraints, whole: SQLite makes it anew from this."""
    return _table(
        sa.Column("invitation_id", sa.String(length=22), nullable=False),
        sa.Column("contact_id", sa.String(length=22), nullable=True),
        sa.UniqueConstraint("invitation_id", "kind", "number", name="uq_outbox_invitation_id_kind_number"),
    )


def _after() -> sa.Table:
    return _table(
        sa.Column("invitation_id", sa.String(length=22), nullable=True),
        sa.Column("contact_id", sa.String(length=22), nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name="fk_outbox_contact_id_contacts"),
        sa.UniqueConstraint(
            "cycle_id", "contact_id", "kind", "number", name="uq_outbox_cycle_id_contact_id_kind_number"
        ),
        sa.CheckConstraint(
            f"(invitation_id is null) = ({WITHOUT_LINK})", name="ck_outbox_link_has_invitation"
        ),
    )


def _table(*differing: sa.schema.SchemaItem) -> sa.Table:
    return sa.Table(
        "outbox",
        sa.MetaData(),
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("cycle_id", sa.String(length=22), nullable=False),
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
        *differing,
        sa.CheckConstraint(
            "state in ('queued', 'sending', 'sent', 'failed', 'cancelled')", name="ck_outbox_state"
        ),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycles.id"], name="fk_outbox_cycle_id_cycles"),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["invitations.id"], name="fk_outbox_invitation_id_invitations"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.Index("ix_outbox_cycle_id", "cycle_id"),
        sa.Index("ix_outbox_state_due_at", "state", "due_at"),
        sa.Index("ix_outbox_return_token", "return_token", unique=True),
    )
