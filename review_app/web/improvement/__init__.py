"""The actions of a chain for those who are signed in: board, list, timeline, and what became of what was said."""

from __future__ import annotations

from review_app.web.improvement import people
from review_app.web.improvement.audience import blueprint

__all__ = ["blueprint", "people"]
