"""The pages of those who take part in a workshop, by a link of their own: thoughts before, and the phone on the day."""

from __future__ import annotations

from review_app.web.participant.audience import blueprint

__all__ = ["blueprint"]
