"""Create accounts, chains, cycles, the outbox, releases and reports.

The tables of ballots and drafts are made by each launch and dropped by each close; migrations do not know them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("email_key", sa.String(length=320), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("session_id", sa.String(length=22), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("role in ('organiser', 'steward')", name=op.f("ck_accounts_role")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("email_key", name=op.f("uq_accounts_email_key")),
        sa.UniqueConstraint("session_id", name=op.f("uq_accounts_session_id")),
    )
    op.create_table(
        "chains",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chains")),
        sa.UniqueConstraint("name", name=op.f("uq_chains_name")),
    )
    op.create_table(
        "cycles",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("chain_id", sa.String(length=22), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("instrument_id", sa.String(length=100), nullable=False),
        sa.Column("instrument_version", sa.Integer(), nullable=False),
        sa.Column("instrument", sa.Text(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("k", sa.Integer(), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("key_mode", sa.String(length=20), nullable=False),
        sa.Column("organiser_id", sa.String(length=22), nullable=False),
        sa.Column("steward_id", sa.String(length=22), nullable=False),
        sa.Column("too_soon_reason", sa.String(length=500), nullable=False),
        sa.Column("approval", sa.String(length=64), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealing_key", sa.LargeBinary(length=32), nullable=True),
        sa.Column("storage", sa.String(length=32), nullable=True),
        sa.Column("sealed_size", sa.Integer(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("purged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("received_shown", sa.Integer(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.CheckConstraint("key_mode in ('two_key', 'one_host')", name=op.f("ck_cycles_key_mode")),
        sa.CheckConstraint(
            "state = 'draft' or (opened_at is not null and storage is not null)",
            name=op.f("ck_cycles_launched_whole"),
        ),
        sa.CheckConstraint(
            "state in ('draft', 'open', 'closing', 'closed', 'published')", name=op.f("ck_cycles_state")
        ),
        sa.CheckConstraint("k >= 5", name=op.f("ck_cycles_k_never_lowered")),
        sa.ForeignKeyConstraint(["chain_id"], ["chains.id"], name=op.f("fk_cycles_chain_id_chains")),
        sa.ForeignKeyConstraint(
            ["organiser_id"], ["accounts.id"], name=op.f("fk_cycles_organiser_id_accounts")
        ),
        sa.ForeignKeyConstraint(["steward_id"], ["accounts.id"], name=op.f("fk_cycles_steward_id_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cycles")),
        sa.UniqueConstraint("storage", name=op.f("uq_cycles_storage")),
    )
    op.create_index(op.f("ix_cycles_chain_id"), "cycles", ["chain_id"], unique=False)
    op.create_index(op.f("ix_cycles_steward_id"), "cycles", ["steward_id"], unique=False)
    op.create_table(
        "parties",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("chain_id", sa.String(length=22), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_key", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("sector", sa.String(length=20), nullable=False),
        sa.Column("tier", sa.Integer(), nullable=True),
        sa.Column("services", sa.String(length=1000), nullable=False),
        sa.CheckConstraint(
            "role in ('commissioner', 'prime', 'subcontractor', 'specialist', 'spot_provider')",
            name=op.f("ck_parties_role"),
        ),
        sa.CheckConstraint("sector in ('public', 'private', 'vcs')", name=op.f("ck_parties_sector")),
        sa.ForeignKeyConstraint(["chain_id"], ["chains.id"], name=op.f("fk_parties_chain_id_chains")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parties")),
        sa.UniqueConstraint("chain_id", "name_key", name=op.f("uq_parties_chain_id_name_key")),
    )
    op.create_index(op.f("ix_parties_chain_id"), "parties", ["chain_id"], unique=False)
    op.create_table(
        "comments",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("cycle_id", sa.String(length=22), nullable=False),
        sa.Column("subject", sa.String(length=20), nullable=False),
        sa.Column("section_id", sa.String(length=60), nullable=False),
        sa.Column("pool_id", sa.String(length=60), nullable=False),
        sa.Column("pool_title", sa.String(length=300), nullable=False),
        sa.Column("choice", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("verdict", sa.String(length=20), nullable=False),
        sa.Column("released_text", sa.Text(), nullable=False),
        sa.CheckConstraint("verdict in ('waiting', 'quoted', 'kept_back')", name=op.f("ck_comments_verdict")),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycles.id"], name=op.f("fk_comments_cycle_id_cycles")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comments")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_comments_cycle_id"), "comments", ["cycle_id"], unique=False)
    op.create_table(
        "contacts",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("party_id", sa.String(length=22), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("job_title", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.ForeignKeyConstraint(["party_id"], ["parties.id"], name=op.f("fk_contacts_party_id_parties")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts")),
    )
    op.create_index(op.f("ix_contacts_party_id"), "contacts", ["party_id"], unique=False)
    op.create_table(
        "contracts",
        sa.Column("supplier_id", sa.String(length=22), nullable=False),
        sa.Column("buyer_id", sa.String(length=22), nullable=False),
        sa.CheckConstraint("supplier_id <> buyer_id", name=op.f("ck_contracts_not_with_itself")),
        sa.ForeignKeyConstraint(["buyer_id"], ["parties.id"], name=op.f("fk_contracts_buyer_id_parties")),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["parties.id"], name=op.f("fk_contracts_supplier_id_parties")
        ),
        sa.PrimaryKeyConstraint("supplier_id", "buyer_id", name=op.f("pk_contracts")),
    )
    op.create_table(
        "releases",
        sa.Column("cycle_id", sa.String(length=22), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycles.id"], name=op.f("fk_releases_cycle_id_cycles")),
        sa.PrimaryKeyConstraint("cycle_id", name=op.f("pk_releases")),
    )
    op.create_table(
        "reports",
        sa.Column("cycle_id", sa.String(length=22), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycles.id"], name=op.f("fk_reports_cycle_id_cycles")),
        sa.PrimaryKeyConstraint("cycle_id", name=op.f("pk_reports")),
        sa.UniqueConstraint("digest", name=op.f("uq_reports_digest")),
    )
    op.create_table(
        "summaries",
        sa.Column("cycle_id", sa.String(length=22), nullable=False),
        sa.Column("subject", sa.String(length=20), nullable=False),
        sa.Column("section_id", sa.String(length=60), nullable=False),
        sa.Column("pool_id", sa.String(length=60), nullable=False),
        sa.Column("pool_title", sa.String(length=300), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycles.id"], name=op.f("fk_summaries_cycle_id_cycles")),
        sa.PrimaryKeyConstraint("cycle_id", "subject", "section_id", "pool_id", name=op.f("pk_summaries")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "invitations",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("cycle_id", sa.String(length=22), nullable=False),
        sa.Column("contact_id", sa.String(length=22), nullable=False),
        sa.Column("party_id", sa.String(length=22), nullable=False),
        sa.Column("group_id", sa.String(length=60), nullable=False),
        sa.Column("verifier", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_invitations_contact_id_contacts")
        ),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycles.id"], name=op.f("fk_invitations_cycle_id_cycles")),
        sa.ForeignKeyConstraint(["party_id"], ["parties.id"], name=op.f("fk_invitations_party_id_parties")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("cycle_id", "contact_id", name=op.f("uq_invitations_cycle_id_contact_id")),
        sa.UniqueConstraint("verifier", name=op.f("uq_invitations_verifier")),
    )
    op.create_index(op.f("ix_invitations_cycle_id"), "invitations", ["cycle_id"], unique=False)
    op.create_table(
        "assignments",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("invitation_id", sa.String(length=22), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=20), nullable=False),
        sa.Column("voice", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["invitations.id"], name=op.f("fk_assignments_invitation_id_invitations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignments")),
        sa.UniqueConstraint("invitation_id", "subject", name=op.f("uq_assignments_invitation_id_subject")),
    )
    op.create_index(op.f("ix_assignments_invitation_id"), "assignments", ["invitation_id"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("cycle_id", sa.String(length=22), nullable=False),
        sa.Column("invitation_id", sa.String(length=22), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.String(length=100), nullable=False),
        sa.CheckConstraint(
            "state in ('queued', 'sending', 'sent', 'failed', 'cancelled')", name=op.f("ck_outbox_state")
        ),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycles.id"], name=op.f("fk_outbox_cycle_id_cycles")),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["invitations.id"], name=op.f("fk_outbox_invitation_id_invitations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint(
            "invitation_id", "kind", "number", name=op.f("uq_outbox_invitation_id_kind_number")
        ),
    )
    op.create_index(op.f("ix_outbox_cycle_id"), "outbox", ["cycle_id"], unique=False)
    op.create_index(op.f("ix_outbox_state_due_at"), "outbox", ["state", "due_at"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_outbox_state_due_at"), table_name="outbox")
    op.drop_index(op.f("ix_outbox_cycle_id"), table_name="outbox")
    op.drop_table("outbox")
    op.drop_index(op.f("ix_assignments_invitation_id"), table_name="assignments")
    op.drop_table("assignments")
    op.drop_index(op.f("ix_invitations_cycle_id"), table_name="invitations")
    op.drop_table("invitations")
    op.drop_table("summaries")
    op.drop_table("reports")
    op.drop_table("releases")
    op.drop_table("contracts")
    op.drop_index(op.f("ix_contacts_party_id"), table_name="contacts")
    op.drop_table("contacts")
    op.drop_index(op.f("ix_comments_cycle_id"), table_name="comments")
    op.drop_table("comments")
    op.drop_index(op.f("ix_parties_chain_id"), table_name="parties")
    op.drop_table("parties")
    op.drop_index(op.f("ix_cycles_steward_id"), table_name="cycles")
    op.drop_index(op.f("ix_cycles_chain_id"), table_name="cycles")
    op.drop_table("cycles")
    op.drop_table("chains")
    op.drop_table("accounts")
