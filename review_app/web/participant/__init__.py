"""The pages of those who take part in a workshop, by a link of their own: thoughts before, and the phone on the day.

Nothing here knows who is signed in. Opening and reading write nothing anywhere, and are logged nowhere.
"""

from __future__ import annotations

from review_app.web.participant import dots, entrance, notes, now
from review_app.web.participant.audience import blueprint

__all__ = ["blueprint", "dots", "entrance", "notes", "now"]
