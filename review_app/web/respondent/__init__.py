"""The pages of the people who answer: the way in by the link, their reviews, the statements, the sending.

Nothing here knows who is signed in, and nothing is logged: what a respondent does is written nowhere but under
the link's own seal.
"""

from __future__ import annotations

from review_app.web.respondent import (
    entrance,
    experience,
    lost,
    overview,
    questionnaire,
    receipt,
    sending,
    unsaved,
    ways_out,
)
from review_app.web.respondent.audience import blueprint

__all__ = [
    "blueprint",
    "entrance",
    "experience",
    "lost",
    "overview",
    "questionnaire",
    "receipt",
    "sending",
    "unsaved",
    "ways_out",
]
