"""The pages of those who lead workshops, an organiser or a review's steward: planning, agenda, invitations, the day."""

from __future__ import annotations

from review_app.web.facilitator import agenda, inviting, plans
from review_app.web.facilitator.audience import blueprint

__all__ = ["agenda", "blueprint", "inviting", "plans"]
