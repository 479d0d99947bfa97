"""The minutes, for everybody who was invited: as a page and as a PDF. Nothing tells who reads them."""

from __future__ import annotations

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from review_app import minutes_papers
from review_app.database import reading
from review_app.services import minutes
from review_app.services.minutes import Minutes
from review_app.services.taking_part import Participant
from review_app.state import state
from review_app.web import papers_page
from review_app.web.minutes_page import minutes_view
from review_app.web.papers_page import Wanted
from review_app.web.participant.audience import blueprint, current_participant


@blueprint.get("/w/minutes")
def read_minutes() -> str:
    """The minutes as they were sent. Before that there are none."""
    who = current_participant()
    return render_template("participant/minutes.html", view=minutes_view(_sent(who)), languages=who.languages)


@blueprint.get("/w/minutes.pdf")
def minutes_file() -> ResponseReturnValue:
    """The same as a PDF, in the language of the page. The worker makes it once they are sent, whoever reads."""
    who = current_participant()
    wanted = Wanted(
        filename="minutes.pdf",
        title=_("The minutes of the workshop"),
        back=url_for("participant.read_minutes"),
        waiting="participant/paper_waits.html",
        languages=who.languages,
    )
    return papers_page.answer(minutes_papers.made(state().settings.paper_dir, _sent(who)), wanted)


def _sent(who: Participant) -> Minutes:
    with reading() as session:
        return minutes.sent(session, who.workshop.id)
