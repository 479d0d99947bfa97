"""The pages of those who lead workshops, an organiser or a review's steward: planning, agenda, invitations, the day."""

from __future__ import annotations

from review_app.web.facilitator import (
    acting,
    agenda,
    arranging,
    inviting,
    leading,
    minutes,
    pack,
    plans,
    projector,
    recording,
    taking_out,
)
from review_app.web.facilitator.audience import blueprint

__all__ = [
    "acting",
    "agenda",
    "arranging",
    "blueprint",
    "inviting",
    "leading",
    "minutes",
    "pack",
    "plans",
    "projector",
    "recording",
    "taking_out",
]
