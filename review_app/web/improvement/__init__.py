"""The pages of a chain's actions for those who are signed in: what was agreed, what became of it, and what changed."""

from __future__ import annotations

from review_app.web.improvement import action, lists, people, proposing, said
from review_app.web.improvement.audience import blueprint

__all__ = ["action", "blueprint", "lists", "people", "proposing", "said"]
