"""The tables, one module per subject. Importing this package registers every table on the one metadata."""

from review_app.models import (
    accounts,
    chains,
    cycles,
    instruments,
    outbox,
    readers,
    releases,
    requests,
    rosters,
)
from review_app.models.base import Base, db, new_id

__all__ = [
    "Base",
    "accounts",
    "chains",
    "cycles",
    "db",
    "instruments",
    "new_id",
    "outbox",
    "readers",
    "releases",
    "requests",
    "rosters",
]
