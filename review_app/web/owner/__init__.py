"""The pages of those who own or verify actions, by a link of their own."""

from __future__ import annotations

from review_app.web.owner import entrance, evidence, page, shelf, steps
from review_app.web.owner.audience import blueprint

__all__ = ["blueprint", "entrance", "evidence", "page", "shelf", "steps"]
