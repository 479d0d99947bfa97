"""Reviews of partners: the group and the party of each assignment, the launch's names, a report per subject.

The plans that drafts and launched cycles keep are rewritten in the new words; a draft's approval, which covers the
text of its plan, is given anew.
"""

import json
import secrets
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

HIGHEST_CAP = 20
# What SQLite is told when it makes a table anew; it does not remember by itself.
WITHOUT_ROWID = {"sqlite_with_rowid": False}

_assignments = sa.table("assignments", sa.column("invitation_id"), sa.column("group_id"))
_invitations = sa.table("invitations", sa.column("id"), sa.column("group_id"))
_cycles = sa.table(
    "cycles",
    *map(sa.column, ("id", "chain_id", "state", "plan", "roster", "approval", "roster_code")),
)
_chains = sa.table("chains", sa.column("id"), sa.column("name"))
_parties = sa.table("parties", *map(sa.column, ("id", "chain_id", "name", "role", "position")))


def upgrade() -> None:
    with op.batch_alter_table("assignments") as batch:
        batch.alter_column("subject", existing_type=sa.String(length=20), type_=sa.String(length=40))
        batch.add_column(sa.Column("group_id", sa.String(length=60), nullable=False, server_default=""))
        batch.add_column(sa.Column("about_id", sa.String(length=22), nullable=False, server_default=""))
    # Plain statements: other tables refer to this one, so that SQLite could not make it anew.
    op.add_column("cycles", sa.Column("roster", sa.Text(), nullable=False, server_default="{}"))
    op.add_column(
        "cycles", sa.Column("long_reason", sa.String(length=300), nullable=False, server_default="")
    )
    op.add_column("cycles", sa.Column("cloned_from", sa.String(length=22), nullable=True))
    op.add_column("cycles", sa.Column("roster_code", sa.String(length=22), nullable=True))
    op.create_index(op.f("ix_cycles_roster_code"), "cycles", ["roster_code"], unique=True)
    for table in ("comments", "summaries"):
        with op.batch_alter_table(table, table_kwargs=WITHOUT_ROWID) as batch:
            batch.alter_column("subject", existing_type=sa.String(length=20), type_=sa.String(length=40))
    with op.batch_alter_table("reports") as batch:
        batch.add_column(sa.Column("subject", sa.String(length=40), nullable=False, server_default=""))
        batch.drop_constraint(op.f("pk_reports"), type_="primary")
        batch.create_primary_key(op.f("pk_reports"), ["cycle_id", "subject"])
    _fill_in()
    op.create_table(
        "roster_challenges",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("cycle_id", sa.String(length=22), nullable=False),
        sa.Column("about", sa.String(length=200), nullable=False),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("reply", sa.String(length=1000), nullable=False),
        sa.Column("is_settled", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["cycle_id"], ["cycles.id"], name=op.f("fk_roster_challenges_cycle_id_cycles")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_challenges")),
    )
    op.create_index(op.f("ix_roster_challenges_cycle_id"), "roster_challenges", ["cycle_id"])
    op.create_table(
        "roster_requests",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("cycle_id", sa.String(length=22), nullable=False),
        sa.Column("organisation", sa.String(length=200), nullable=False),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("is_done", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycles.id"], name=op.f("fk_roster_requests_cycle_id_cycles")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_requests")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_roster_requests_cycle_id"), "roster_requests", ["cycle_id"])


def downgrade() -> None:
    op.drop_table("roster_requests")
    op.drop_table("roster_challenges")
    _take_back()
    with op.batch_alter_table("reports") as batch:
        batch.drop_constraint(op.f("pk_reports"), type_="primary")
        batch.create_primary_key(op.f("pk_reports"), ["cycle_id"])
        batch.drop_column("subject")
    for table in ("summaries", "comments"):
        with op.batch_alter_table(table, table_kwargs=WITHOUT_ROWID) as batch:
            batch.alter_column("subject", existing_type=sa.String(length=40), type_=sa.String(length=20))
    op.drop_index(op.f("ix_cycles_roster_code"), "cycles")
    for name in ("roster_code", "cloned_from", "long_reason", "roster"):
        op.drop_column("cycles", name)
    with op.batch_alter_table("assignments") as batch:
        batch.drop_column("about_id")
        batch.drop_column("group_id")
        batch.alter_column("subject", existing_type=sa.String(length=40), type_=sa.String(length=20))


def _fill_in() -> None:
    connection = op.get_bind()
    of_person = (
        sa.select(_invitations.c.group_id)
        .where(_invitations.c.id == _assignments.c.invitation_id)
        .scalar_subquery()
    )
    connection.execute(sa.update(_assignments).values(group_id=of_person))
    for cycle in connection.execute(sa.select(_cycles)).all():
        plan: dict[str, Any] = json.loads(cycle.plan)
        values: dict[str, Any] = {"plan": _dumped(_widened(plan))}
        if cycle.state == "draft":
            values |= {"approval": None, "roster_code": secrets.token_urlsafe(16)}
        else:
            values["roster"] = _roster(connection, cycle.chain_id)
        connection.execute(sa.update(_cycles).where(_cycles.c.id == cycle.id).values(values))


def _widened(plan: dict[str, Any]) -> dict[str, Any]:
    groups = [
        {**group, "kinds": sorted([*kind, "present"] for kind in group["kinds"])} for group in plan["groups"]
    ]
    return {"groups": groups, "perspectives": plan["subjects"], "cap": HIGHEST_CAP}


def _roster(connection: sa.Connection, chain_id: str) -> str:
    name = connection.scalar(sa.select(_chains.c.name).where(_chains.c.id == chain_id))
    query = sa.select(_parties).where(_parties.c.chain_id == chain_id).order_by(_parties.c.position)
    parties = connection.execute(query).all()
    prime = next((party.id for party in parties if party.role == "prime"), "")
    names = {party.id: party.name for party in parties}
    return json.dumps({"chain": name, "prime": prime, "parties": names}, ensure_ascii=False)


def _take_back() -> None:
    """Reviews of partners have no place in the earlier tables; what is about the prime and the chain stays."""
    connection = op.get_bind()
    for table in ("assignments", "comments", "summaries"):
        connection.execute(sa.text(f"delete from {table} where subject not in ('prime', 'chain')"))  # noqa: S608
    connection.execute(sa.text("delete from reports where subject <> ''"))
    for cycle in connection.execute(sa.select(_cycles.c.id, _cycles.c.plan)).all():
        plan: dict[str, Any] = json.loads(cycle.plan)
        groups = [
            {**group, "kinds": sorted({tuple(kind[:2]) for kind in group["kinds"]})}
            for group in plan["groups"]
        ]
        kept = sorted({"prime", "chain"} & set(plan["perspectives"]))
        narrowed = _dumped({"groups": groups, "subjects": kept})
        connection.execute(sa.update(_cycles).where(_cycles.c.id == cycle.id).values(plan=narrowed))


def _dumped(value: dict[str, Any]) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)
