"""The pages of those who lead a workshop: its plan, its agenda, the day itself, its record and its minutes."""

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
]
