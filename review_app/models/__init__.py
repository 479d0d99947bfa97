"""The tables, one module per subject. Importing this package registers every table on the one metadata."""

from review_app.models import (
    accounts,
    actions,
    chains,
    cycles,
    instruments,
    outbox,
    pulses,
    readers,
    releases,
    requests,
    rosters,
    workshops,
)
from review_app.models.base import Base, db, new_id

__all__ = [
    "Base",
    "accounts",
    "actions",
    "chains",
    "cycles",
    "db",
    "instruments",
    "new_id",
    "outbox",
    "pulses",
    "readers",
    "releases",
    "requests",
    "rosters",
    "workshops",
]
