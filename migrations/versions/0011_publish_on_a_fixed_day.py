"""Fix at the launch when the reports go to everybody, who gets which, and whose voice counts as one; keep replies.

Reviews that were launched or drafted before have no such day: their reports go out when the steward releases them.
Going back publishes what is waiting for replies: the version before knows no report that is made and not published.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("cycles", sa.Column("publish_after_days", sa.Integer(), nullable=True))
    for name, usual in (("publication", "usual"), ("counted_by", "person")):
        op.add_column("cycles", sa.Column(name, sa.String(length=20), server_default=usual, nullable=False))
    op.add_column("reports", sa.Column("made_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("update reports set made_at = published_at")
    with op.batch_alter_table("reports") as table:
        table.alter_column("made_at", existing_type=sa.DateTime(timezone=True), nullable=False)
        table.alter_column("published_at", existing_type=sa.DateTime(timezone=True), nullable=True)
    op.create_table(
        "replies",
        sa.Column("cycle_id", sa.String(length=22), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("finding_id", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("promise", sa.Text(), nullable=False),
        sa.Column("replied_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["cycle_id", "subject"],
            ["reports.cycle_id", "reports.subject"],
            name="fk_replies_cycle_id_subject_reports",
        ),
        sa.PrimaryKeyConstraint("cycle_id", "subject", "finding_id", name="pk_replies"),
    )


def downgrade() -> None:
    op.execute(
        "update cycles set state = 'published' where state = 'closed' and id in (select cycle_id from reports)"
    )
    op.execute("update reports set published_at = made_at where published_at is null")
    op.drop_table("replies")
    with op.batch_alter_table("reports") as table:
        table.alter_column("published_at", existing_type=sa.DateTime(timezone=True), nullable=False)
        table.drop_column("made_at")
    for name in ("counted_by", "publication", "publish_after_days"):
        op.drop_column("cycles", name)
