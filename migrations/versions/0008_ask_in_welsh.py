"""Ask in Welsh: the languages of a review, and in Welsh the reason why somebody is asked for long.

Going back takes the Welsh out of the questionnaires, where the earlier pages would not know what it is, and forgets
that a review is asked in Welsh: one that is a draft has to be approved anew.
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("cycles", sa.Column("languages", sa.String(length=20), server_default="en", nullable=False))
    op.add_column(
        "cycles", sa.Column("long_reason_welsh", sa.String(length=300), server_default="", nullable=False)
    )


def downgrade() -> None:
    connection = op.get_bind()
    for name, column in (("cycles", "instrument"), ("instruments", "content")):
        table = sa.table(name, sa.column("id", sa.String), sa.column(column, sa.Text))
        kept = table.c[column]
        rows = connection.execute(sa.select(table.c.id, kept).where(kept.contains('"translations"'))).all()
        for id_, text in rows:
            value = json.loads(text)
            if value.pop("translations", None) is not None:
                changed = {column: json.dumps(value, ensure_ascii=False)}
                connection.execute(table.update().where(table.c.id == id_).values(changed))
    op.execute("update cycles set approval = null where state = 'draft' and languages <> 'en'")
    op.drop_column("cycles", "long_reason_welsh")
    op.drop_column("cycles", "languages")
