"""Answers those who asked for their link by their address: queues it to whoever is invited, and forgets who asked."""

from __future__ import annotations

from functools import partial

from review_app import clock
from review_app.database import reading, transaction
from review_app.services import lost_links
from review_app.services.lost_links import Tally
from review_app.state import State


def answer(state: State, tally: Tally) -> None:
    """Looks the waiting addresses up. ``tally``: what this process has sent again today."""
    with reading() as session:
        if not lost_links.is_asked(session):
            return
    now = clock.now()
    key = lost_links.key_of(state.settings.secret_key)
    with transaction() as session:
        lost_links.answer(session, now, key, partial(tally.allows, now.date()))
