"""The PDFs of “You said, we did”, made before anybody asks for them.

Were they made when somebody opened them, a new file would tell that somebody has, and in which language.
"""

from __future__ import annotations

from datetime import datetime

from review_app import papers
from review_app.database import reading
from review_app.languages import ZONE
from review_app.services import improvement_said
from review_app.state import State


class Editions:
    """Asks for the PDFs of every chain once a day, and whenever something came of a review."""

    def __init__(self) -> None:
        self._known: tuple[object, ...] = ()

    def ask(self, state: State, now: datetime) -> None:
        """Has those made that are not there, unless nothing has changed since the last time."""
        today = now.astimezone(ZONE).date()
        with reading() as session:
            known = (today, state.settings.paper_dir, *improvement_said.signs(session))
            if known == self._known:
                return
            sources = set(improvement_said.editions(session, today))
        for source in sources:
            papers.asked(state.settings.paper_dir, source, improvement_said.STYLES)
        self._known = known
