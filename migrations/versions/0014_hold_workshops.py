"""Hold workshops on published reports: agenda, seats, notes, dots and what was settled."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _workshops()
    _topics()
    _aside()


def downgrade() -> None:
    op.drop_table("workshop_sealed")
    op.drop_table("workshop_parked")
    op.drop_table("workshop_notes")
    op.drop_table("workshop_groups")
    op.drop_table("workshop_topics")
    op.drop_table("workshop_seats")
    op.drop_table("workshop_parties")
    op.drop_table("workshops")


def _workshops() -> None:
    op.create_table(
        "workshops",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("cycle_id", sa.String(length=22), nullable=False),
        sa.Column("facilitator_id", sa.String(length=22), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("begins_at", MOMENT, nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=300), nullable=False),
        sa.Column("call_link", sa.String(length=500), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("dots", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("topic_id", sa.String(length=22), nullable=True),
        sa.Column("stage_ends_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("began_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("checked_at", MOMENT, nullable=True),
        sa.Column("minutes_sent", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state in ('planned', 'invited', 'running', 'ended', 'recorded', 'cancelled')",
            name="ck_workshops_state",
        ),
        sa.CheckConstraint("dots > 0", name="ck_workshops_has_dots"),
        sa.CheckConstraint("minutes > 0", name="ck_workshops_takes_time"),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycles.id"], name="fk_workshops_cycle_id_cycles"),
        sa.ForeignKeyConstraint(
            ["facilitator_id"], ["accounts.id"], name="fk_workshops_facilitator_id_accounts"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_workshops"),
    )
    op.create_index("ix_workshops_cycle_id", "workshops", ["cycle_id"])
    op.create_table(
        "workshop_parties",
        sa.Column("workshop_id", sa.String(length=22), nullable=False),
        sa.Column("party_id", sa.String(length=22), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("was_there", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "role in ('commissioner', 'prime', 'subcontractor', 'specialist', 'spot_provider')",
            name="ck_workshop_parties_role",
        ),
        sa.ForeignKeyConstraint(["party_id"], ["parties.id"], name="fk_workshop_parties_party_id_parties"),
        sa.ForeignKeyConstraint(
            ["workshop_id"], ["workshops.id"], name="fk_workshop_parties_workshop_id_workshops"
        ),
        sa.PrimaryKeyConstraint("workshop_id", "party_id", name="pk_workshop_parties"),
    )
    op.create_table(
        "workshop_seats",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("workshop_id", sa.String(length=22), nullable=False),
        sa.Column("contact_id", sa.String(length=22), nullable=False),
        sa.Column("party_id", sa.String(length=22), nullable=False),
        sa.Column("verifier", sa.LargeBinary(length=32), nullable=True),
        sa.Column("link_number", sa.Integer(), nullable=False),
        sa.Column("is_taken_away", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name="fk_workshop_seats_contact_id_contacts"
        ),
        sa.ForeignKeyConstraint(["party_id"], ["parties.id"], name="fk_workshop_seats_party_id_parties"),
        sa.ForeignKeyConstraint(
            ["workshop_id"], ["workshops.id"], name="fk_workshop_seats_workshop_id_workshops"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_workshop_seats"),
        sa.UniqueConstraint("verifier", name="uq_workshop_seats_verifier"),
        sa.UniqueConstraint("workshop_id", "contact_id", name="uq_workshop_seats_workshop_id_contact_id"),
    )
    op.create_index("ix_workshop_seats_workshop_id", "workshop_seats", ["workshop_id"])


def _topics() -> None:
    op.create_table(
        "workshop_topics",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("workshop_id", sa.String(length=22), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("finding_id", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("question_id", sa.String(length=100), nullable=False),
        sa.Column("practices", sa.String(length=300), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=20), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("decision", sa.String(length=2000), nullable=False),
        sa.Column("because", sa.String(length=1000), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("arranged_before", sa.Text(), nullable=False),
        sa.CheckConstraint("kind in ('promise', 'finding', 'gap', 'own')", name="ck_workshop_topics_kind"),
        sa.CheckConstraint("outcome <> 'wont' or because <> ''", name="ck_workshop_topics_wont_says_why"),
        sa.CheckConstraint(
            "outcome in ('open', 'decided', 'wont', 'parked')", name="ck_workshop_topics_outcome"
        ),
        sa.CheckConstraint(
            "stage in ('waiting', 'writing', 'revealed', 'voting_first', 'voting_all', 'voted')",
            name="ck_workshop_topics_stage",
        ),
        sa.CheckConstraint("minutes > 0", name="ck_workshop_topics_takes_time"),
        sa.ForeignKeyConstraint(
            ["workshop_id"], ["workshops.id"], name="fk_workshop_topics_workshop_id_workshops"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_workshop_topics"),
    )
    op.create_index("ix_workshop_topics_workshop_id", "workshop_topics", ["workshop_id"])
    op.create_table(
        "workshop_groups",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("topic_id", sa.String(length=22), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("band", sa.String(length=20), nullable=False),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["topic_id"], ["workshop_topics.id"], name="fk_workshop_groups_topic_id_workshop_topics"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_workshop_groups"),
    )
    op.create_index("ix_workshop_groups_topic_id", "workshop_groups", ["topic_id"])
    op.create_table(
        "workshop_notes",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("topic_id", sa.String(length=22), nullable=False),
        sa.Column("group_id", sa.String(length=22), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["workshop_groups.id"], name="fk_workshop_notes_group_id_workshop_groups"
        ),
        sa.ForeignKeyConstraint(
            ["topic_id"], ["workshop_topics.id"], name="fk_workshop_notes_topic_id_workshop_topics"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_workshop_notes"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_workshop_notes_topic_id", "workshop_notes", ["topic_id"])


def _aside() -> None:
    op.create_table(
        "workshop_parked",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("workshop_id", sa.String(length=22), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ["workshop_id"], ["workshops.id"], name="fk_workshop_parked_workshop_id_workshops"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_workshop_parked"),
    )
    op.create_index("ix_workshop_parked_workshop_id", "workshop_parked", ["workshop_id"])
    op.create_table(
        "workshop_sealed",
        sa.Column("id", sa.LargeBinary(length=32), nullable=False),
        sa.Column("workshop_id", sa.String(length=22), nullable=False),
        sa.Column("blob", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workshop_id"], ["workshops.id"], name="fk_workshop_sealed_workshop_id_workshops"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_workshop_sealed"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_workshop_sealed_workshop_id", "workshop_sealed", ["workshop_id"])
