"""The PDFs of minutes that were sent, made before anybody who was invited asks for them.

Were they made when somebody opened them, a new file would tell that somebody has, and in which language.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from flask import current_app, render_template

from review_app import languages, papers
from review_app.database import reading
from review_app.languages import ZONE
from review_app.services import minutes
from review_app.services.minutes import Minutes
from review_app.state import State
from review_app.web.minutes_page import STYLES, minutes_view


def source(found: Minutes) -> str:
    """The HTML of minutes that were sent, in the language of this request."""
    return render_template("letters/minutes.html", view=minutes_view(found), is_sent=True)


def made(folder: Path, found: Minutes) -> Path | None:
    """The PDF of minutes that were sent, in the language of this request; None while it is made. Writes nothing."""
    return papers.made(folder, source(found), STYLES)


class Editions:
    """Asks for the PDFs of all minutes that were sent, in all languages, once a day and when there are more."""

    def __init__(self) -> None:
        self._known: tuple[object, ...] = ()

    def ask(self, state: State, now: datetime) -> None:
        """Has those made that are not there, unless nothing has changed since the last time."""
        with reading() as session:
            sent = minutes.all_sent(session)
            known = (now.astimezone(ZONE).date(), state.settings.paper_dir, frozenset(sent))
            if known == self._known:
                return
            found = [(minutes.sent(session, id_), offered) for id_, offered in sent]
        # Pages have a language, and so have these.
        with current_app.test_request_context():
            for one, offered in found:
                for language in offered:
                    languages.use(language)
                    papers.asked(state.settings.paper_dir, source(one), STYLES)
        self._known = known
