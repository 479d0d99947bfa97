"""The agenda of a workshop: its topics in their order with their times, and what else the report proposes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from review_app.database import reading, transaction
from review_app.services import agendas, seating
from review_app.services.agendas import Offer, Way
from review_app.services.errors import NotFoundError
from review_app.services.workshops import Topic, Workshop
from review_app.state import state
from review_app.web.facilitator.audience import blueprint, leader, led
from review_app.web.facilitator.forms import TopicForm
from review_app.web.facilitator.words import hour
from review_app.web.faults import REFUSED, SEE_OTHER, place_faults
from surveys.errors import WorkshopFaultsError
from surveys.workshop import WorkshopState
from surveys.workshop_plan import (
    CLOSE_MINUTES,
    LEAST_TOPIC_MINUTES,
    WELCOME_MINUTES,
    minutes_for_topics,
)

USUAL_MINUTES = 20


@dataclass(frozen=True, slots=True)
class AgendaLine:
    """One topic on the page. ``begins``: the hour, if everything keeps to its time; ``may_go``: off the agenda."""

    topic: Topic
    number: int
    begins: str
    may_go: bool


@dataclass(frozen=True, slots=True)
class AgendaView:
    """The page. ``balance``: how the minutes add up, and what to do about it; ``is_even``: they fill the time.

    ``closes``, ``ends``: after all topics, also where they take longer than is planned. ``onward``: the address of what
    comes next, and what it is called. ``may_share``: there is time enough to share it out anew.
    """

    workshop: Workshop
    lines: tuple[AgendaLine, ...]
    begins: str
    closes: str
    ends: str
    welcome: int
    close: int
    balance: str
    is_even: bool
    may_share: bool
    may_change: bool
    onward: tuple[str, str]
    offers: tuple[Offer, ...]
    rules: tuple[str, ...]
    form: TopicForm


@blueprint.get("/workshops/<string:workshop_id>/agenda")
def agenda(workshop_id: str) -> str:
    """The agenda, and what else there is to put on it."""
    return _page(led(workshop_id), TopicForm(formdata=None, minutes=USUAL_MINUTES))


@blueprint.post("/workshops/<string:workshop_id>/agenda/own")
def add_topic(workshop_id: str) -> ResponseReturnValue:
    """Puts a topic of one's own on the agenda."""
    found, form = led(workshop_id), TopicForm()
    if not _is_kept(form, lambda title, minutes: _changed(agendas.add_own, workshop_id, title, minutes)):
        return _page(found, form), REFUSED
    flash(_("The topic is at the end of the agenda."), "success")
    return _back(workshop_id)


@blueprint.post("/workshops/<string:workshop_id>/agenda/proposed")
def take_up(workshop_id: str) -> ResponseReturnValue:
    """Puts something on the agenda that the report proposes."""
    led(workshop_id)
    place = request.form.get("place", "")
    if not place.isascii() or not place.isdigit():
        raise NotFoundError(_("The report proposes no such topic."))
    _changed(agendas.take_up, workshop_id, int(place))
    flash(_("The topic is at the end of the agenda."), "success")
    return _back(workshop_id)


@blueprint.post("/workshops/<string:workshop_id>/agenda/share-out")
def share_out(workshop_id: str) -> ResponseReturnValue:
    """Gives every topic a like share of the time."""
    led(workshop_id)
    _changed(agendas.share_out, workshop_id)
    flash(_("The time is shared out among the topics."), "success")
    return _back(workshop_id)


@blueprint.post("/workshops/<string:workshop_id>/agenda/<string:topic_id>/<any(up,down):way>")
def move_topic(workshop_id: str, topic_id: str, way: str) -> ResponseReturnValue:
    """Moves a topic one place up or down."""
    led(workshop_id)
    _changed(agendas.move, workshop_id, topic_id, Way(way))
    return redirect(
        url_for("facilitator.agenda", workshop_id=workshop_id, _anchor=f"topic-{topic_id}"), SEE_OTHER
    )


@blueprint.get("/workshops/<string:workshop_id>/agenda/<string:topic_id>")
def topic(workshop_id: str, topic_id: str) -> str:
    """The form to word and time a topic."""
    found = led(workshop_id)
    one = _topic(found, topic_id)
    return _topic_page(found, one, TopicForm(formdata=None, title=one.title, minutes=one.minutes))


@blueprint.post("/workshops/<string:workshop_id>/agenda/<string:topic_id>")
def save_topic(workshop_id: str, topic_id: str) -> ResponseReturnValue:
    """Saves the title and the time of a topic."""
    found, form = led(workshop_id), TopicForm()
    one = _topic(found, topic_id)
    if not _is_kept(
        form, lambda title, minutes: _changed(agendas.reword, workshop_id, topic_id, title, minutes)
    ):
        return _topic_page(found, one, form), REFUSED
    flash(_("The topic is saved."), "success")
    return _back(workshop_id)


@blueprint.get("/workshops/<string:workshop_id>/agenda/<string:topic_id>/take-off")
def ask_take_off(workshop_id: str, topic_id: str) -> str:
    """Asks once more, and says what is lost."""
    found = led(workshop_id)
    one = _topic(found, topic_id)
    return render_template("facilitator/take_off.html", workshop=found, topic=one, may_go=_may_go(found, one))


@blueprint.post("/workshops/<string:workshop_id>/agenda/<string:topic_id>/take-off")
def take_off(workshop_id: str, topic_id: str) -> ResponseReturnValue:
    """Takes a topic off the agenda."""
    led(workshop_id)
    _changed(agendas.take_off, workshop_id, topic_id, state().keys)
    flash(_("The topic is off the agenda."), "success")
    return _back(workshop_id)


def too_long(found: Workshop) -> str:
    """By how much the agenda takes longer than people are invited for, and what to do; "" where it does not."""
    over = _used(found) - minutes_for_topics(found.minutes)
    if over <= 0:
        return ""
    return ngettext(
        "The agenda is %(count)s minute too long: it would end at %(late)s, and people are asked to come until"
        " %(ends)s. Give a topic less time, take one off, or make the workshop longer.",
        "The agenda is %(count)s minutes too long: it would end at %(late)s, and people are asked to come until"
        " %(ends)s. Give topics less time, take one off, or make the workshop longer.",
        over,
        count=over,
        late=hour(found.ends_at + timedelta(minutes=over)),
        ends=hour(found.ends_at),
    )


def _used(found: Workshop) -> int:
    return sum(topic.minutes for topic in found.topics)


def _onward(found: Workshop) -> tuple[str, str]:
    """Where to go on from the agenda: to what is still to be done, else to the plan."""
    if found.state is WorkshopState.PLANNED and found.topics:
        with reading() as session:
            organisations = seating.organisations(session, found.id, by_steward=leader().is_steward)
        if not any(one.seated for one in organisations):
            return url_for("facilitator.people", workshop_id=found.id), _("Go on: choose who is invited")
        return url_for("facilitator.invite", workshop_id=found.id), _("Go on: invite them")
    return url_for("facilitator.workshop", workshop_id=found.id), _("Back to the plan of the workshop")


def _changed(change: Callable[..., None], *values: object) -> None:
    with transaction() as session:
        change(session, *values)


def _is_kept(form: TopicForm, keep: Callable[[str, int], None]) -> bool:
    """Whether what was typed could be read and kept; otherwise the form says why not."""
    if not form.validate():
        return False
    try:
        keep(form.title.data or "", form.minutes.data or 0)
    except WorkshopFaultsError as error:
        place_faults(form, error.faults)
        return False
    return True


def _back(workshop_id: str) -> ResponseReturnValue:
    return redirect(url_for("facilitator.agenda", workshop_id=workshop_id), SEE_OTHER)


def _topic(found: Workshop, topic_id: str) -> Topic:
    one = next((topic for topic in found.topics if topic.id == topic_id), None)
    if one is None:
        raise NotFoundError(_("There is no such topic."))
    return one


def _topic_page(found: Workshop, one: Topic, form: TopicForm) -> str:
    return render_template(
        "facilitator/topic.html", workshop=found, topic=one, form=form, may_change=_may_change(found)
    )


def _may_change(found: Workshop) -> bool:
    return found.state in agendas.OPEN


def _may_go(found: Workshop, one: Topic) -> bool:
    return _may_change(found) and agendas.is_untouched(one.stage, one.outcome) and found.topic_id != one.id


def _page(found: Workshop, form: TopicForm) -> str:
    with reading() as session:
        offers = agendas.offers(session, found.id) if _may_change(found) else ()
    used, room = _used(found), minutes_for_topics(found.minutes)
    late = timedelta(minutes=max(0, used - room))
    view = AgendaView(
        workshop=found,
        lines=tuple(_lines(found)),
        begins=hour(found.begins_at),
        closes=hour(found.ends_at + late - timedelta(minutes=CLOSE_MINUTES)),
        ends=hour(found.ends_at + late),
        welcome=WELCOME_MINUTES,
        close=CLOSE_MINUTES,
        balance=_balance(found, used, room),
        is_even=used == room,
        may_share=used != room and 0 < len(found.topics) * LEAST_TOPIC_MINUTES <= room,
        may_change=_may_change(found),
        onward=_onward(found),
        offers=offers,
        rules=agendas.RULES,
        form=form,
    )
    return render_template("facilitator/agenda.html", view=view)


def _lines(found: Workshop) -> Iterator[AgendaLine]:
    at = found.begins_at + timedelta(minutes=WELCOME_MINUTES)
    for number, one in enumerate(found.topics, 1):
        yield AgendaLine(one, number, hour(at), _may_go(found, one))
        at += timedelta(minutes=one.minutes)


def _balance(found: Workshop, used: int, room: int) -> str:
    """How the minutes of the topics add up, and what to do where they do not."""
    if not found.topics:
        return ngettext(
            "There is %(count)s minute for topics.",
            "There are %(count)s minutes for topics.",
            room,
            count=room,
        )
    if used == room:
        return ngettext(
            "The topics take %(count)s minute, which is all the time there is.",
            "The topics take %(count)s minutes, which is all the time there is.",
            used,
            count=used,
        )
    if used < room:
        return ngettext(
            "%(count)s minute is left. Give a topic more time, or put another one on the agenda.",
            "%(count)s minutes are left. Give a topic more time, or put another one on the agenda.",
            room - used,
            count=room - used,
        )
    return too_long(found)
