"""Ask those whom an action was for whether they feel it, under the rules of a review."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _pulses()


def downgrade() -> None:
    op.drop_table("pulse_invitations")
    op.drop_table("pulses")


def _pulses() -> None:
    op.create_table(
        "pulses",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("action_id", sa.String(length=22), nullable=False),
        sa.Column("cycle_id", sa.String(length=22), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("k", sa.Integer(), nullable=False),
        sa.Column("key_mode", sa.String(length=20), nullable=False),
        sa.Column("storage", sa.String(length=32), nullable=False),
        sa.Column("sealing_key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("asked_groups", sa.Text(), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("closes_at", MOMENT, nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("purged_at", MOMENT, nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("felt", sa.String(length=40), nullable=False),
        sa.Column("agreed", sa.String(length=40), nullable=False),
        sa.CheckConstraint("key_mode in ('two_key', 'one_host')", name="ck_pulses_key_mode"),
        sa.CheckConstraint(
            "outcome in ('', 'felt', 'not_felt', 'between', 'not_shown')", name="ck_pulses_outcome"
        ),
        sa.CheckConstraint("state in ('open', 'closing', 'closed')", name="ck_pulses_state"),
        sa.CheckConstraint("k >= 5", name="ck_pulses_k_never_lowered"),
        sa.ForeignKeyConstraint(["action_id"], ["actions.id"], name="fk_pulses_action_id_actions"),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycles.id"], name="fk_pulses_cycle_id_cycles"),
        sa.PrimaryKeyConstraint("id", name="pk_pulses"),
        sa.UniqueConstraint("storage", name="uq_pulses_storage"),
    )
    op.create_index("ix_pulses_action_id", "pulses", ["action_id"])
    op.create_index("ix_pulses_cycle_id", "pulses", ["cycle_id"])
    op.create_table(
        "pulse_invitations",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("pulse_id", sa.String(length=22), nullable=False),
        sa.Column("contact_id", sa.String(length=22), nullable=False),
        sa.Column("party_id", sa.String(length=22), nullable=False),
        sa.Column("verifier", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name="fk_pulse_invitations_contact_id_contacts"
        ),
        sa.ForeignKeyConstraint(["party_id"], ["parties.id"], name="fk_pulse_invitations_party_id_parties"),
        sa.ForeignKeyConstraint(["pulse_id"], ["pulses.id"], name="fk_pulse_invitations_pulse_id_pulses"),
        sa.PrimaryKeyConstraint("id", name="pk_pulse_invitations"),
        sa.UniqueConstraint("pulse_id", "contact_id", name="uq_pulse_invitations_pulse_id_contact_id"),
        sa.UniqueConstraint("verifier", name="uq_pulse_invitations_verifier"),
    )
    op.create_index("ix_pulse_invitations_pulse_id", "pulse_invitations", ["pulse_id"])
