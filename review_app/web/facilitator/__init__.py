"""The pages of those who lead a workshop: its plan, its agenda, the day itself, its record and its minutes."""

from __future__ import annotations

from review_app.web.facilitator import agenda, arranging, inviting, leading, plans, projector
from review_app.web.facilitator.audience import blueprint

__all__ = ["agenda", "arranging", "blueprint", "inviting", "leading", "plans", "projector"]
