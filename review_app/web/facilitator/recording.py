"""The record of a workshop: what was settled on each topic, what is for another time, which organisations were there.

It is written on the day or after it, on a phone or a laptop, by several people at once if need be.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from review_app.clock import now
from review_app.database import UNAVAILABLE, reading, transaction
from review_app.security import csrf
from review_app.services import minutes, recording
from review_app.services.errors import ChangedMeanwhileError, NotAllowedError, NotFoundError, NotYetError
from review_app.services.minutes import AgreedAction, NoteGroup
from review_app.services.recording import Parked, Settled
from review_app.services.workshops import Topic, Workshop
from review_app.web.facilitator.audience import blueprint, led
from review_app.web.facilitator.record_forms import (
    OUTCOMES,
    ParkForm,
    TopicForm,
    colour_of,
    not_kept,
    topic_form,
)
from review_app.web.faults import REFUSED, SEE_OTHER, place_faults
from surveys.errors import WorkshopFaultsError
from surveys.workshop import Outcome, WorkshopState


@dataclass(frozen=True, slots=True)
class TopicLine:
    """One topic in the list. ``colour``: of its tag."""

    number: int
    topic: Topic
    outcome: str
    colour: str
    actions: tuple[AgreedAction, ...]


@dataclass(frozen=True, slots=True)
class RecordView:
    """The whole record. ``is_over``: the workshop has ended; ``left``: on how many topics nothing is settled."""

    workshop: Workshop
    lines: tuple[TopicLine, ...]
    parked: tuple[Parked, ...]
    form: ParkForm
    is_over: bool
    left: str


@dataclass(frozen=True, slots=True)
class TopicView:
    """The form of one topic. ``theirs``: what somebody else has written meanwhile, None otherwise.

    ``may_save`` is false where what was typed is shown only to be copied.
    """

    workshop: Workshop
    topic: Topic
    number: int
    form: TopicForm
    groups: tuple[NoteGroup, ...]
    loose: tuple[str, ...]
    theirs: Settled | None
    theirs_outcome: str
    may_save: bool


@blueprint.get("/workshops/<string:workshop_id>/record")
def record(workshop_id: str) -> ResponseReturnValue:
    """The record so far; once the minutes went out, the minutes."""
    found = led(workshop_id)
    if found.state is WorkshopState.RECORDED:
        return redirect(url_for("facilitator.workshop_minutes", workshop_id=workshop_id), SEE_OTHER)
    return _page(found, ParkForm(formdata=None))


@blueprint.post("/workshops/<string:workshop_id>/record/there")
def note_there(workshop_id: str) -> ResponseReturnValue:
    """Notes which organisations were there."""
    led(workshop_id)
    with transaction() as session:
        recording.attend(
            session, workshop_id, request.form.getlist("there"), shown=request.form.getlist("shown")
        )
    flash(_("Saved: which organisations were there."), "success")
    return _to_record(workshop_id)


@blueprint.post("/workshops/<string:workshop_id>/record/park")
@csrf.exempt  # The form checks its token itself, so that a page that was open for long loses nothing that is typed.
def park(workshop_id: str) -> ResponseReturnValue:
    """Puts something into the parking lot."""
    found, form = led(workshop_id), ParkForm()
    if not form.holds():
        return _page(found, form), REFUSED
    try:
        with transaction() as session:
            recording.park(session, workshop_id, form.text.data or "")
    except WorkshopFaultsError as error:
        place_faults(form, error.faults)
        return _page(found, form), REFUSED
    except (NotAllowedError, *UNAVAILABLE) as error:
        status = not_kept(form, error)
        return _page(found, form), status
    return redirect(url_for("facilitator.record", workshop_id=workshop_id) + "#parking-lot", SEE_OTHER)


@blueprint.post("/workshops/<string:workshop_id>/record/unpark")
def unpark(workshop_id: str) -> ResponseReturnValue:
    """Takes something out of the parking lot."""
    led(workshop_id)
    with transaction() as session:
        recording.unpark(session, workshop_id, request.form.get("parked", ""))
    return redirect(url_for("facilitator.record", workshop_id=workshop_id) + "#parking-lot", SEE_OTHER)


@blueprint.post("/workshops/<string:workshop_id>/record/over")
def say_over(workshop_id: str) -> ResponseReturnValue:
    """Ends a workshop, also one that was held on paper."""
    led(workshop_id)
    try:
        with transaction() as session:
            recording.take_as_held(session, now(), workshop_id)
    except NotYetError:
        flash(_("The workshop has not begun yet, so it cannot be over."), "error")
        return _to_record(workshop_id)
    return redirect(url_for("facilitator.workshop_minutes", workshop_id=workshop_id), SEE_OTHER)


@blueprint.get("/workshops/<string:workshop_id>/record/<string:topic_id>")
def recorded_topic(workshop_id: str, topic_id: str) -> str:
    """The form of one topic."""
    found = led(workshop_id)
    one = topic_of(found, topic_id)
    return _topic_page(found, one, topic_form(recording.settled_of(one)))


@blueprint.post("/workshops/<string:workshop_id>/record/<string:topic_id>")
@csrf.exempt  # As above.
def save_recorded_topic(workshop_id: str, topic_id: str) -> ResponseReturnValue:
    """Writes down what was settled on a topic; and then perhaps the form of an action."""
    found, form = led(workshop_id), TopicForm()
    one = topic_of(found, topic_id)
    if not form.holds():
        return _topic_page(found, one, form), REFUSED
    try:
        with transaction() as session:
            recording.settle(session, workshop_id, topic_id, form.settled, seen=form.seen.data or "")
    except WorkshopFaultsError as error:
        place_faults(form, error.faults)
        return _topic_page(found, one, form), REFUSED
    except ChangedMeanwhileError:
        return _changed(workshop_id, topic_id, form), REFUSED
    except (NotAllowedError, *UNAVAILABLE) as error:
        status = not_kept(form, error)
        return _topic_page(found, one, form), status
    if "action" in request.form:
        address = url_for("facilitator.new_action", workshop_id=workshop_id, topic=topic_id)
        return redirect(address, SEE_OTHER)
    flash(_("Saved: “%(title)s”.", title=one.title), "success")
    return _to_record(workshop_id)


def topic_of(found: Workshop, topic_id: str) -> Topic:
    """A topic of a workshop. Raises NotFoundError."""
    one = next((topic for topic in found.topics if topic.id == topic_id), None)
    if one is None:
        raise NotFoundError(_("There is no such topic in this workshop."))
    return one


def _to_record(workshop_id: str) -> ResponseReturnValue:
    return redirect(url_for("facilitator.record", workshop_id=workshop_id), SEE_OTHER)


def _page(found: Workshop, form: ParkForm) -> str:
    with reading() as session:
        written = minutes.of_workshop(session, found.id)
        parked = recording.parked(session, found.id)
    lines = tuple(
        TopicLine(number, one, str(OUTCOMES[one.outcome]), colour_of(one.outcome), discussed.actions)
        for number, (one, discussed) in enumerate(zip(found.topics, written.topics, strict=True), start=1)
    )
    left = sum(one.outcome is Outcome.OPEN for one in found.topics)
    view = RecordView(
        workshop=found,
        lines=lines,
        parked=parked,
        form=form,
        is_over=found.state is WorkshopState.ENDED,
        left=_left(left),
    )
    return render_template(
        "facilitator/record.html",
        view=view,
        longest=recording.LONGEST_PARKED,
        may_write=found.state in recording.OPEN,
    )


def _left(count: int) -> str:
    if not count:
        return _("Something is settled on every topic.")
    return ngettext(
        "On %(num)s topic nothing is settled yet.", "On %(num)s topics nothing is settled yet.", count
    )


def _changed(workshop_id: str, topic_id: str, form: TopicForm) -> str:
    """The page after somebody else was faster: both texts, and the next saving replaces theirs."""
    found = led(workshop_id)
    one = topic_of(found, topic_id)
    theirs = recording.settled_of(one)
    form.seen.data = theirs.token
    form.form_errors.append(
        _("Somebody else has written something on this topic since you opened the page. It stands below. Save yours"
          " to replace it.")
    )  # fmt: skip
    return _topic_page(found, one, form, theirs=theirs)


def _topic_page(found: Workshop, one: Topic, form: TopicForm, *, theirs: Settled | None = None) -> str:
    form.offer_places(len(found.topics))
    with reading() as session:
        groups, loose = minutes.noted(session, one.id)
    view = TopicView(
        workshop=found,
        topic=one,
        number=found.topics.index(one) + 1,
        form=form,
        groups=groups,
        loose=loose,
        theirs=theirs,
        theirs_outcome=str(OUTCOMES[theirs.outcome]) if theirs else "",
        may_save=found.state in recording.OPEN,
    )
    return render_template("facilitator/record_topic.html", view=view)
