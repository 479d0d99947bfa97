"""The workshops of a review, a new one, and a workshop's own page: what is to be done for it, step by step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import time

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from review_app.clock import now
from review_app.database import reading, transaction
from review_app.services import cycles, planning, seating, workshops
from review_app.services.accounts import AccountRole
from review_app.services.seating import Organisation
from review_app.services.workshops import Workshop
from review_app.web import steps
from review_app.web.facilitator.after import day_step, minutes_step, pack_step, record_step
from review_app.web.facilitator.audience import blueprint, leader, led, led_cycle
from review_app.web.facilitator.forms import MeetingForm, meeting_form
from review_app.web.facilitator.words import by_mail, title_with_state
from review_app.web.faults import REFUSED, SEE_OTHER, place_faults
from review_app.web.steps import Step
from surveys.errors import WorkshopFaultsError
from surveys.workshop import WorkshopState
from surveys.workshop_plan import minutes_for_topics

USUAL_MINUTES = 150


@dataclass(frozen=True, slots=True)
class Overview:
    """What the page of a workshop shows. ``people``: how many sit in it."""

    workshop: Workshop
    organisations: tuple[Organisation, ...]

    @property
    def people(self) -> int:
        """How many people have a seat."""
        return sum(len(organisation.seated) for organisation in self.organisations)

    @property
    def may_change(self) -> bool:
        """Whether its day and its place can still change, and it can be called off."""
        return self.workshop.state in planning.CHANGEABLE


@blueprint.get("/reviews/<string:cycle_id>/workshops")
def cycle_workshops(cycle_id: str) -> str:
    """The workshops on a review's report."""
    found = led_cycle(cycle_id)
    with reading() as session:
        listed = workshops.of_cycle(session, cycle_id)
    return render_template(
        "facilitator/workshops.html",
        cycle=found,
        lines=tuple(map(title_with_state, listed)),
        back=_way_back(cycle_id),
    )


@blueprint.get("/reviews/<string:cycle_id>/workshops/new")
def new_workshop(cycle_id: str) -> str:
    """The form for a new workshop."""
    found = led_cycle(cycle_id)
    form = MeetingForm(
        formdata=None,
        title=_("Reading the report together"),
        begins_time=time(10, 0),
        minutes=USUAL_MINUTES,
    )
    return render_template("facilitator/plan.html", cycle=found, workshop=None, form=form)


@blueprint.post("/reviews/<string:cycle_id>/workshops/new")
def plan_workshop(cycle_id: str) -> ResponseReturnValue:
    """Plans a workshop, with the agenda that the report proposes."""
    found, form = led_cycle(cycle_id), MeetingForm()
    meeting = form.meeting if form.validate() else None
    if meeting is not None:
        try:
            with transaction() as session:
                id_ = planning.create(session, now(), cycle_id, leader(), meeting)
        except WorkshopFaultsError as error:
            place_faults(form, error.faults)
        else:
            flash(_("The workshop is planned. Nobody hears of it until you invite them."), "success")
            return redirect(url_for("facilitator.workshop", workshop_id=id_), SEE_OTHER)
    return render_template("facilitator/plan.html", cycle=found, workshop=None, form=form), REFUSED


@blueprint.get("/workshops/<string:workshop_id>")
def workshop(workshop_id: str) -> str:
    """A workshop: when and where it is, and what is to be done."""
    found = led(workshop_id)
    with reading() as session:
        view = Overview(found, seating.organisations(session, workshop_id))
    return render_template(
        "facilitator/workshop.html",
        view=view,
        line=title_with_state(found),
        steps=(
            *(make(view) for make in STEPS),
            *(make(found) for make in (pack_step, day_step, record_step, minutes_step)),
        ),
    )


@blueprint.get("/workshops/<string:workshop_id>/change")
def edit_workshop(workshop_id: str) -> ResponseReturnValue:
    """The form to change when and where it is."""
    found = led(workshop_id)
    if found.state not in planning.CHANGEABLE:
        return redirect(url_for("facilitator.workshop", workshop_id=workshop_id), SEE_OTHER)
    return _change_page(found, meeting_form(found))


@blueprint.post("/workshops/<string:workshop_id>/change")
def change_workshop(workshop_id: str) -> ResponseReturnValue:
    """Changes when and where it is; everybody who is invited hears of it."""
    found, form = led(workshop_id), MeetingForm()
    meeting = form.meeting if form.validate() else None
    if meeting is None:
        return _change_page(found, form), REFUSED
    try:
        with transaction() as session:
            told = planning.change(session, now(), workshop_id, meeting)
    except WorkshopFaultsError as error:
        place_faults(form, error.faults)
        return _change_page(found, form), REFUSED
    mail = by_mail(found.cycle_id, told)
    flash(
        _("The workshop is changed. %(mail)s", mail=mail) if told else _("The workshop is saved."), "success"
    )
    return redirect(url_for("facilitator.workshop", workshop_id=workshop_id), SEE_OTHER)


@blueprint.get("/workshops/<string:workshop_id>/call-off")
def ask_call_off(workshop_id: str) -> ResponseReturnValue:
    """Asks once more, and says who hears of it and what is lost."""
    found = led(workshop_id)
    if found.state not in planning.CHANGEABLE:
        return redirect(url_for("facilitator.workshop", workshop_id=workshop_id), SEE_OTHER)
    return render_template("facilitator/call_off.html", workshop=found)


@blueprint.post("/workshops/<string:workshop_id>/call-off")
def call_off(workshop_id: str) -> ResponseReturnValue:
    """Calls a workshop off. A second click finds it done."""
    found = led(workshop_id)
    with transaction() as session:
        told = planning.cancel(session, now(), workshop_id)
    mail = by_mail(found.cycle_id, told)
    flash(
        _("The workshop is called off. %(mail)s", mail=mail) if told else _("The workshop is called off."),
        "success",
    )
    return redirect(url_for("facilitator.workshop", workshop_id=workshop_id), SEE_OTHER)


def _change_page(found: Workshop, form: MeetingForm) -> str:
    with reading() as session:
        cycle = cycles.load(session, found.cycle_id)
    return render_template("facilitator/plan.html", cycle=cycle, workshop=found, form=form)


def _way_back(cycle_id: str) -> str:
    """The review's own page, of whichever role is signed in."""
    endpoint = "steward.cycle" if leader().role is AccountRole.STEWARD else "organiser.cycle"
    return url_for(endpoint, cycle_id=cycle_id)


def _agenda_step(view: Overview) -> Step:
    found = view.workshop
    address = url_for("facilitator.agenda", workshop_id=found.id)
    used, room = sum(topic.minutes for topic in found.topics), minutes_for_topics(found.minutes)
    title = _("Look through the agenda")
    if not found.topics:
        return steps.now(title, address, _("There is nothing on it yet."))
    topics = ngettext("%(count)s topic", "%(count)s topics", len(found.topics), count=len(found.topics))
    if used == room:
        return steps.look(title, address, _("%(topics)s, which take all the time there is.", topics=topics))
    words = _("%(topics)s, which take %(used)s of %(room)s minutes.", topics=topics, used=used, room=room)
    return steps.now(title, address, words) if used > room else steps.look(title, address, words)


def _people_step(view: Overview) -> Step:
    address = url_for("facilitator.people", workshop_id=view.workshop.id)
    title = _("Choose who is invited")
    if view.workshop.state is not WorkshopState.PLANNED:
        return steps.done(_("Who is invited"), address, _invited(view))
    if not view.people:
        return steps.now(title, address, _("Nobody is chosen yet."))
    return steps.look(title, address, _invited(view))


def _invite_step(view: Overview) -> Step:
    found, title = view.workshop, _("Invite them")
    if found.state is WorkshopState.CANCELLED:
        return steps.later(title, _("It is called off."))
    if found.state is not WorkshopState.PLANNED:
        return steps.done(title, "", _("Everybody has a link of their own by mail."))
    hint = _("Each person gets a mail with a link of their own, and the entry for the calendar.")
    if not view.people or not found.topics:
        return steps.later(title, hint)
    return steps.now(title, url_for("facilitator.invite", workshop_id=found.id), hint)


def _invited(view: Overview) -> str:
    organisations = sum(bool(organisation.seated) for organisation in view.organisations)
    people = ngettext("%(count)s person", "%(count)s people", view.people, count=view.people)
    return ngettext(
        "%(people)s of %(count)s organisation.",
        "%(people)s of %(count)s organisations.",
        organisations,
        people=people,
        count=organisations,
    )


# What is to be done to plan a workshop, in its order.
STEPS: tuple[Callable[[Overview], Step], ...] = (_agenda_step, _people_step, _invite_step)
