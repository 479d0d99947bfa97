"""The pages of the organiser: chains, instruments, reviews from the draft to the report, and their mail."""

from __future__ import annotations

from review_app.web.organiser import (
    arrivals,
    chains,
    chains_again,
    chains_editing,
    chains_history,
    chains_hours,
    chains_merging,
    chains_people,
    coverage,
    drafting,
    editing,
    home,
    library,
    mailing,
    mapping,
    repeating,
    replying,
    reports,
    running,
)
from review_app.web.organiser.audience import blueprint

__all__ = [
    "arrivals",
    "blueprint",
    "chains",
    "chains_again",
    "chains_editing",
    "chains_history",
    "chains_hours",
    "chains_merging",
    "chains_people",
    "coverage",
    "drafting",
    "editing",
    "home",
    "library",
    "mailing",
    "mapping",
    "repeating",
    "replying",
    "reports",
    "running",
]
