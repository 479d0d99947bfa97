"""The one source of the present moment."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """The present moment as aware UTC."""
    return datetime.now(UTC)
