"""The facilitator's console on the day: every step of the workshop, on whatever computer the page is opened."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from review_app.clock import now
from review_app.database import reading, transaction
from review_app.services import boards, cycles, leading, workshops
from review_app.services.boards import Board
from review_app.services.errors import ChangedMeanwhileError, NotAllowedError, NotYetError
from review_app.services.leading import Seen
from review_app.services.workshops import Topic, Workshop
from review_app.state import state
from review_app.web import events
from review_app.web.facilitator import steps
from review_app.web.facilitator.audience import blueprint
from review_app.web.facilitator.steps import Step
from review_app.web.faults import SEE_OTHER
from surveys import notes
from surveys.groups import DisclosurePolicy
from surveys.voting import BAND_WORDS, NOT_SHOWN_WORDS
from surveys.workshop import TAKES_NOTES, VOTING, Stage, WorkshopState

# The two pages that a step may come from, and the longest that a timer may be extended by at one press.
_PAGES = {"lead": "facilitator.lead", "projector": "facilitator.projector"}
TIMER_MINUTES = (2, 3, 5, 10)
REFUSALS = (ChangedMeanwhileError, NotAllowedError, NotYetError)


@dataclass(frozen=True, slots=True)
class AgendaLine:
    """One topic of the agenda. ``show``: the step that puts it on the screen, None for the one that is there."""

    topic: Topic
    words: str
    show: Step | None


@dataclass(frozen=True, slots=True)
class Kept:
    """What was ticked and typed and could not be done. ``texts``: by field; ``place``: the one at fault."""

    texts: Mapping[str, str]
    note_ids: frozenset[str]
    fault: str
    place: str


_NOTHING = Kept({}, frozenset(), "", "")


@dataclass(frozen=True, slots=True)
class LeadView:
    """The console. ``stage_words``: where the topic on screen is.

    ``board``: what is revealed of it, None before. ``is_sealed``: whether people write or vote now; ``takes_notes``:
    whether they write. ``policy``: how many must have written for notes to be shown.
    """

    workshop: Workshop
    topic: Topic | None
    stage_words: str
    is_sealed: bool
    takes_notes: bool
    policy: DisclosurePolicy
    agenda: tuple[AgendaLine, ...]
    step: Step | None
    next_topic: Step | None
    board: Board | None
    may_arrange: bool
    may_end: bool
    may_go_on: bool


@blueprint.get("/workshops/<string:workshop_id>/lead")
def lead(workshop_id: str) -> str:
    """The console."""
    return console(workshop_id, _NOTHING)


def console(workshop_id: str, kept: Kept) -> str:
    """The console as things are now. ``kept``: what was ticked and typed, so that nothing of it is lost."""
    with reading() as session:
        workshop = led(session, workshop_id)
        view = _view(session, workshop)
    return render_template(
        "facilitator/lead.html",
        view=view,
        kept=kept,
        minutes=TIMER_MINUTES,
        band_words=BAND_WORDS,
        not_shown=NOT_SHOWN_WORDS,
        no_notes=notes.NOT_SHOWN_WORDS,
    )


@blueprint.get("/workshops/<string:workshop_id>/events")
def follow(workshop_id: str) -> Response:
    """The version of the workshop whenever it changes."""
    with reading() as session:
        workshop = led(session, workshop_id)
    return events.tell(workshop.id, workshop.version)


@blueprint.post("/workshops/<string:workshop_id>/begin")
def begin_day(workshop_id: str) -> ResponseReturnValue:
    """Begins the workshop, or goes on with it."""
    return step(workshop_id, lambda session: leading.begin(session, now(), workshop_id))


@blueprint.post("/workshops/<string:workshop_id>/end")
def end_day(workshop_id: str) -> ResponseReturnValue:
    """Ends the workshop."""
    return step(workshop_id, lambda session: leading.end(session, now(), workshop_id))


@blueprint.post("/workshops/<string:workshop_id>/topic")
def show_topic(workshop_id: str) -> ResponseReturnValue:
    """Puts a topic on the screen."""
    seen, topic_id = request.form.get("seen") or None, request.form.get("topic", "")
    return step(workshop_id, lambda session: leading.show(session, workshop_id, seen=seen, topic_id=topic_id))


@blueprint.post("/workshops/<string:workshop_id>/stage")
def move_stage(workshop_id: str) -> ResponseReturnValue:
    """Brings the topic on the screen to a stage."""
    form = request.form
    stages = {stage.value: stage for stage in Stage}
    before, target = stages.get(form.get("from", "")), stages.get(form.get("to", ""))
    if before is None or target is None:
        return _back(workshop_id)
    seen, shuffle = Seen(form.get("topic", ""), before), random.SystemRandom()
    return step(
        workshop_id,
        lambda session: leading.move(session, state().keys, workshop_id, seen, target, shuffle=shuffle),
    )


@blueprint.post("/workshops/<string:workshop_id>/timer")
def set_timer(workshop_id: str) -> ResponseReturnValue:
    """Sets, extends or stops the timer."""
    seen, minutes = _moment(request.form.get("seen", "")), request.form.get("minutes", "")
    number = int(minutes) if minutes.isascii() and minutes.isdigit() and len(minutes) < 5 else -1
    if seen is not None and "more" in request.form:
        return step(
            workshop_id,
            lambda session: leading.extend_timer(session, now(), workshop_id, seen=seen, minutes=2),
        )
    return step(
        workshop_id,
        lambda session: leading.set_timer(session, now(), workshop_id, seen=seen, minutes=number),
    )


def led(session: Any, workshop_id: str) -> Workshop:
    """The workshop, where the account may lead it. Raises NotFoundError."""
    return workshops.led(session, workshop_id, current_user.account)


def step(workshop_id: str, do: Callable[[Any], None]) -> ResponseReturnValue:
    """Does one step for whoever may lead the workshop, and goes back to the page that it came from."""
    try:
        with transaction() as session:
            led(session, workshop_id)
            do(session)
    except REFUSALS as error:
        flash(_(str(error)), "error")
    return _back(workshop_id)


def _back(workshop_id: str) -> ResponseReturnValue:
    page = _PAGES.get(request.form.get("back", ""), _PAGES["lead"])
    return redirect(url_for(page, workshop_id=workshop_id), SEE_OTHER)


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _view(session: Any, workshop: Workshop) -> LeadView:
    topic = workshop.topic
    is_running = workshop.state is WorkshopState.RUNNING
    takes_notes = is_running and topic is not None and topic.stage in TAKES_NOTES
    is_open = topic is not None and topic.stage not in TAKES_NOTES
    board = boards.load(session, topic.id) if topic and is_open else None
    return LeadView(
        workshop=workshop,
        topic=topic,
        stage_words=steps.stage_words(topic, board) if topic else "",
        agenda=tuple(_line(workshop, one) for one in workshop.topics),
        is_sealed=takes_notes or (is_running and topic is not None and topic.stage in VOTING),
        takes_notes=takes_notes,
        policy=cycles.load(session, workshop.cycle_id).policy,
        step=steps.following(workshop, board),
        next_topic=None if topic is None or topic.stage is Stage.VOTED else steps.next_topic(workshop),
        board=board,
        may_arrange=is_running and topic is not None and topic.stage is Stage.REVEALED,
        may_end=is_running,
        may_go_on=workshop.state is WorkshopState.ENDED,
    )


def _line(workshop: Workshop, topic: Topic) -> AgendaLine:
    is_elsewhere = workshop.state is WorkshopState.RUNNING and topic.id != workshop.topic_id
    show = steps.to_topic(workshop, topic, _("Show")) if is_elsewhere else None
    words = _("Revealed") if topic.stage is Stage.REVEALED else _(steps.STAGE_WORDS[topic.stage])
    return AgendaLine(topic, words, show)
