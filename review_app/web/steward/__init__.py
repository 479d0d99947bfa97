"""The pages of the steward: the list, approving, guarding the key, letters, counting, checking comments, publishing."""

from __future__ import annotations

from review_app.web.steward import (
    addressing,
    approving,
    asking_all,
    comments,
    correcting,
    counting,
    home,
    letters,
    publishing,
    pulse_opening,
    pulses,
    questionnaire,
    replies,
    requests,
    roster,
)
from review_app.web.steward.audience import blueprint

__all__ = [
    "addressing",
    "approving",
    "asking_all",
    "blueprint",
    "comments",
    "correcting",
    "counting",
    "home",
    "letters",
    "publishing",
    "pulse_opening",
    "pulses",
    "questionnaire",
    "replies",
    "requests",
    "roster",
]
