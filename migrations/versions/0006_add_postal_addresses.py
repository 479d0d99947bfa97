"""Add postal addresses: whoever has no email address gets a printed letter.

Going back drops the postal addresses. Whoever has no email address stays on the list, where the earlier pages ask
for one as soon as the chain is changed.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "contacts",
        sa.Column(
            "postal_address",
            sa.String(length=300),
            # In the column itself: SQLite can add no constraint to a table that is there.
            sa.CheckConstraint("email <> '' or postal_address <> ''", name=op.f("ck_contacts_reachable")),
            server_default="",
            nullable=False,
        ),
    )


def downgrade() -> None:
    op.drop_column("contacts", "postal_address")
