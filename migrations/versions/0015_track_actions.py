"""Track improvement actions, with a history that the database itself lets nobody change."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
REFUSAL = "an entry of an action is never changed"


def upgrade() -> None:
    _people()
    _history()
    _guard()


def downgrade() -> None:
    _unguard()
    op.drop_table("action_evidence")
    op.drop_table("action_entries")
    op.drop_table("action_steps")
    op.drop_table("action_owners")
    op.drop_table("actions")
    op.drop_table("action_people")


def _people() -> None:
    op.create_table(
        "action_people",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("chain_id", sa.String(length=22), nullable=False),
        sa.Column("contact_id", sa.String(length=22), nullable=False),
        sa.Column("party_id", sa.String(length=22), nullable=False),
        sa.Column("verifier", sa.LargeBinary(length=32), nullable=True),
        sa.Column("link_number", sa.Integer(), nullable=False),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["chain_id"], ["chains.id"], name="fk_action_people_chain_id_chains"),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name="fk_action_people_contact_id_contacts"),
        sa.ForeignKeyConstraint(["party_id"], ["parties.id"], name="fk_action_people_party_id_parties"),
        sa.PrimaryKeyConstraint("id", name="pk_action_people"),
        sa.UniqueConstraint("chain_id", "contact_id", name="uq_action_people_chain_id_contact_id"),
        sa.UniqueConstraint("verifier", name="uq_action_people_verifier"),
    )
    op.create_index("ix_action_people_chain_id", "action_people", ["chain_id"])
    op.create_table(
        "actions",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("chain_id", sa.String(length=22), nullable=False),
        sa.Column("cycle_id", sa.String(length=22), nullable=False),
        sa.Column("workshop_id", sa.String(length=22), nullable=True),
        sa.Column("topic_id", sa.String(length=22), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("for_whom", sa.String(length=300), nullable=False),
        sa.Column("practices", sa.String(length=300), nullable=False),
        sa.Column("finding_id", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("question_id", sa.String(length=100), nullable=False),
        sa.Column("vote", sa.String(length=300), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("measure", sa.String(length=300), nullable=False),
        sa.Column("baseline", sa.String(length=300), nullable=False),
        sa.Column("verifier_id", sa.String(length=22), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint("state <> 'declined' or reason <> ''", name="ck_actions_declined_says_why"),
        sa.CheckConstraint(
            "state in ('proposed', 'accepted', 'in_progress', 'done', 'verified', 'not_felt', 'declined')",
            name="ck_actions_state",
        ),
        sa.ForeignKeyConstraint(["chain_id"], ["chains.id"], name="fk_actions_chain_id_chains"),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycles.id"], name="fk_actions_cycle_id_cycles"),
        sa.ForeignKeyConstraint(
            ["topic_id"], ["workshop_topics.id"], name="fk_actions_topic_id_workshop_topics"
        ),
        sa.ForeignKeyConstraint(
            ["verifier_id"], ["action_people.id"], name="fk_actions_verifier_id_action_people"
        ),
        sa.ForeignKeyConstraint(["workshop_id"], ["workshops.id"], name="fk_actions_workshop_id_workshops"),
        sa.PrimaryKeyConstraint("id", name="pk_actions"),
        sa.UniqueConstraint("chain_id", "number", name="uq_actions_chain_id_number"),
    )
    op.create_index("ix_actions_chain_id", "actions", ["chain_id"])
    op.create_index("ix_actions_cycle_id", "actions", ["cycle_id"])
    op.create_index("ix_actions_verifier_id", "actions", ["verifier_id"])
    op.create_index("ix_actions_workshop_id", "actions", ["workshop_id"])
    op.create_table(
        "action_owners",
        sa.Column("action_id", sa.String(length=22), nullable=False),
        sa.Column("person_id", sa.String(length=22), nullable=False),
        sa.Column("accepted_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["action_id"], ["actions.id"], name="fk_action_owners_action_id_actions"),
        sa.ForeignKeyConstraint(
            ["person_id"], ["action_people.id"], name="fk_action_owners_person_id_action_people"
        ),
        sa.PrimaryKeyConstraint("action_id", "person_id", name="pk_action_owners"),
    )
    op.create_index("ix_action_owners_person_id", "action_owners", ["person_id"])


def _history() -> None:
    op.create_table(
        "action_steps",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("action_id", sa.String(length=22), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("is_done", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["action_id"], ["actions.id"], name="fk_action_steps_action_id_actions"),
        sa.PrimaryKeyConstraint("id", name="pk_action_steps"),
    )
    op.create_index("ix_action_steps_action_id", "action_steps", ["action_id"])
    op.create_table(
        "action_entries",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("action_id", sa.String(length=22), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor", sa.String(length=20), nullable=False),
        sa.Column("by", sa.String(length=400), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("before", sa.String(length=20), nullable=False),
        sa.Column("after", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "actor in ('owner', 'verifier', 'organiser', 'group')", name="ck_action_entries_actor"
        ),
        sa.CheckConstraint(
            "kind in ('created', 'moved', 'note', 'help', 'step', 'evidence', 'changed')",
            name="ck_action_entries_kind",
        ),
        sa.ForeignKeyConstraint(["action_id"], ["actions.id"], name="fk_action_entries_action_id_actions"),
        sa.PrimaryKeyConstraint("id", name="pk_action_entries"),
        sa.UniqueConstraint("action_id", "position", name="uq_action_entries_action_id_position"),
    )
    op.create_index("ix_action_entries_action_id", "action_entries", ["action_id"])
    op.create_table(
        "action_evidence",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("action_id", sa.String(length=22), nullable=False),
        sa.Column("entry_id", sa.String(length=22), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=1000), nullable=False),
        sa.Column("stored_as", sa.String(length=40), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("scan", sa.String(length=20), nullable=False),
        sa.CheckConstraint("(stored_as = '') = (address <> '')", name="ck_action_evidence_file_or_link"),
        sa.CheckConstraint("scan in ('waiting', 'passed', 'refused')", name="ck_action_evidence_scan"),
        sa.ForeignKeyConstraint(["action_id"], ["actions.id"], name="fk_action_evidence_action_id_actions"),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["action_entries.id"], name="fk_action_evidence_entry_id_action_entries"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_action_evidence"),
    )
    op.create_index("ix_action_evidence_action_id", "action_evidence", ["action_id"])


def _guard() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "create function refuse_to_change_entries() returns trigger language plpgsql as "
            f"$$ begin raise exception '{REFUSAL}' using errcode = 'integrity_constraint_violation'; end $$"
        )
        op.execute(
            "create trigger action_entries_stay before update or delete on action_entries "
            "for each row execute function refuse_to_change_entries()"
        )
        return
    for verb in ("update", "delete"):
        op.execute(
            f"create trigger action_entries_stay_{verb} before {verb} on action_entries "
            f"begin select raise(abort, '{REFUSAL}'); end"
        )


def _unguard() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("drop trigger action_entries_stay on action_entries")
        op.execute("drop function refuse_to_change_entries()")
        return
    for verb in ("update", "delete"):
        op.execute(f"drop trigger action_entries_stay_{verb}")
