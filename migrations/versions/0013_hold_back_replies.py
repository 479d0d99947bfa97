"""Let the steward hold back a reply, for one of two reasons.

Going back takes out the replies that are held: the version before would print them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("replies") as table:
        table.add_column(sa.Column("held_for", sa.String(length=20), nullable=True))
        table.add_column(sa.Column("last_held_for", sa.String(length=20), nullable=True))
        table.add_column(sa.Column("last_held", sa.String(length=64), nullable=True))
        table.create_check_constraint("ck_replies_held_for", "held_for in ('points', 'presses')")
        table.create_check_constraint("ck_replies_last_held_for", "last_held_for in ('points', 'presses')")


def downgrade() -> None:
    op.execute("delete from replies where held_for is not null or text = ''")
    with op.batch_alter_table("replies") as table:
        table.drop_constraint("ck_replies_last_held_for", type_="check")
        table.drop_constraint("ck_replies_held_for", type_="check")
        table.drop_column("last_held")
        table.drop_column("last_held_for")
        table.drop_column("held_for")
