"""The projector: one topic at a time in large type, driven by the keys of whoever stands in front."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import render_template
from flask_babel import gettext as _

from review_app.database import reading
from review_app.services import boards
from review_app.services.boards import Board
from review_app.services.workshops import Topic, Workshop
from review_app.state import state
from review_app.web.facilitator import steps
from review_app.web.facilitator.audience import blueprint
from review_app.web.facilitator.leading import led
from review_app.web.facilitator.steps import Step
from surveys import notes
from surveys.voting import BAND_WORDS, NOT_SHOWN_WORDS
from surveys.workshop import TAKES_NOTES, WorkshopState

# Up to how many notes and titles of groups go with each size of the wall.
_SIZES = ((8, "few"), (16, "some"), (10_000, "many"))


@dataclass(frozen=True, slots=True)
class ProjectorView:
    """What the room sees. ``topic``: None before the first and after the end. ``board``: None before the reveal."""

    workshop: Workshop
    topic: Topic | None
    stage_words: str
    board: Board | None
    step: Step | None
    next_topic: Step | None
    previous_topic: Step | None
    where: str
    host: str

    @property
    def size(self) -> str:
        """How large the notes can be so that many fit on one screen: few, some or many."""
        board = self.board
        count = 0 if board is None else len(board.loose) + sum(len(group.notes) + 1 for group in board.groups)
        return next(name for most, name in _SIZES if count <= most)


@blueprint.get("/workshops/<string:workshop_id>/projector")
def projector(workshop_id: str) -> str:
    """The projector's page."""
    with reading() as session:
        workshop = led(session, workshop_id)
        topic = workshop.topic if workshop.state is WorkshopState.RUNNING else None
        is_open = topic is not None and topic.stage not in TAKES_NOTES
        board = boards.load(session, topic.id) if topic and is_open else None
        view = ProjectorView(
            workshop=workshop,
            topic=topic,
            stage_words=steps.stage_words(topic, board) if topic else "",
            board=board,
            step=steps.following(workshop, board),
            next_topic=steps.next_topic(workshop),
            previous_topic=steps.previous_topic(workshop),
            where=_where(workshop, topic),
            host=urlsplit(state().settings.base_url).netloc,
        )
    return render_template(
        "facilitator/projector.html",
        view=view,
        band_words=BAND_WORDS,
        not_shown=NOT_SHOWN_WORDS,
        no_notes=notes.NOT_SHOWN_WORDS,
    )


def _where(workshop: Workshop, topic: Topic | None) -> str:
    if topic is None:
        return workshop.chain_name
    place = [one.id for one in workshop.topics].index(topic.id) + 1
    return _("Topic %(place)s of %(count)s", place=place, count=len(workshop.topics))
