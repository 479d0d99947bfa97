"""A review's own page, from the draft to the report: its steps, the launch and reminders."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from review_app.clock import now
from review_app.database import reading, transaction
from review_app.services import (
    bounces,
    confirming,
    cycles,
    launching,
    mail_hours,
    mail_states,
    outbox,
    previews,
)
from review_app.services.confirming import LONGEST_TEXT, Challenge
from review_app.services.cycles import Cycle
from review_app.services.errors import NotFoundError, NotYetError
from review_app.services.outbox import MailKind
from review_app.state import state
from review_app.web.arriving import ArrivalsView, brief_view
from review_app.web.faults import REFUSED, SEE_OTHER
from review_app.web.organiser.audience import blueprint
from review_app.web.organiser.journey import steps_of
from review_app.web.organiser.mailing import MailView, held_until, is_answerable, kinds_of, mail_view
from review_app.web.previewing import PreviewView, preview_view
from review_app.web.steps import Step
from review_app.web.words import figure
from surveys.cycle import CycleState, KeyMode
from surveys.errors import CycleFaultsError
from surveys.texts import clean_text

MOST_REMINDERS = 2


@dataclass(frozen=True, slots=True)
class Question:
    """A question of the steward. ``reply``: as it is kept, or as it was typed; ``fault``: why that was refused."""

    asked: Challenge
    reply: str
    fault: str


@dataclass(frozen=True, slots=True)
class Running:
    """A review's page. ``reminders``: rounds that were sent. ``takes_replies``: to its made reports, now."""

    cycle: Cycle
    steps: tuple[Step, ...]
    is_two_key: bool
    received: str
    mail: MailView
    arrivals: ArrivalsView
    reminders: int
    may_remind: bool
    questions: tuple[Question, ...]
    takes_replies: bool


@blueprint.get("/organiser/reviews/<string:cycle_id>")
def cycle(cycle_id: str) -> str:
    """How a review stands, and what happens next."""
    return _page(cycle_id, {})


def _page(cycle_id: str, refused: Mapping[str, tuple[str, str]]) -> str:
    """The page of a review. ``refused``: the replies that were refused, and why, by the question's id."""
    with reading() as session:
        found = cycles.load(session, cycle_id)
        moment, settings = now(), state().settings
        mail = mail_states.progress(
            session, moment, cycle_id, kinds_of(found), keeps_hours=not settings.is_demo
        )
        arrived = brief_view(
            bounces.counts(session, cycle_id),
            bounces.came_back(session, cycle_id, mail_states.MOST_LISTED),
        )
        rounds = outbox.rounds(session, cycle_id, MailKind.REMINDER)
        challenges = confirming.challenges(session, cycle_id) if found.state is CycleState.DRAFT else ()
    if not refused.keys() <= {asked.id for asked in challenges if not asked.is_settled}:
        raise NotFoundError(_("There is no such question."))
    view = Running(
        cycle=found,
        steps=steps_of(found),
        is_two_key=found.key_mode is KeyMode.TWO_KEY,
        received=received(found),
        mail=mail_view(mail, moment, per_minute=settings.delivery.mail_per_minute),
        arrivals=arrived,
        reminders=rounds,
        may_remind=is_answerable(found) and rounds < MOST_REMINDERS,
        questions=tuple(Question(asked, *refused.get(asked.id, (asked.reply, ""))) for asked in challenges),
        takes_replies=found.waiting is not None and found.waiting.takes_replies(moment),
    )
    return render_template("organiser/cycle.html", view=view)


@blueprint.post("/organiser/reviews/<string:cycle_id>/questions/<string:challenge_id>")
def reply(cycle_id: str, challenge_id: str) -> ResponseReturnValue:
    """Replies to a question of the steward; the steward settles it."""
    text = clean_text(request.form.get("reply", ""))
    if not text or len(text) > LONGEST_TEXT:
        too_long = _("Use %(most)s characters or fewer", most=LONGEST_TEXT)
        fault = too_long if text else _("Write your reply")
        return _page(cycle_id, {challenge_id: (text, fault)}), REFUSED
    with transaction() as session:
        confirming.reply(session, cycle_id, challenge_id, text)
    flash(_("The steward sees your reply."), "success")
    return redirect(url_for("organiser.cycle", cycle_id=cycle_id, _anchor="questions"), SEE_OTHER)


@blueprint.get("/organiser/reviews/<string:cycle_id>/preview")
def preview(cycle_id: str) -> str:
    """Who is asked what, and how long it takes."""
    found, view = _preview(cycle_id)
    return render_template("organiser/preview.html", cycle=found, view=view)


@blueprint.get("/organiser/reviews/<string:cycle_id>/preflight")
def preflight(cycle_id: str) -> str:
    """What a report could show at which response, and what to do about it."""
    found, view = _preview(cycle_id)
    return render_template("organiser/preflight.html", cycle=found, view=view)


@blueprint.get("/organiser/reviews/<string:cycle_id>/launch")
def launch(cycle_id: str) -> ResponseReturnValue:
    """Asks once more before the mails go out. Without the approval there is nothing to ask yet."""
    found, view = _preview(cycle_id)
    if found.state is not CycleState.DRAFT or not found.is_approved:
        return redirect(url_for("organiser.cycle", cycle_id=cycle_id), SEE_OTHER)
    return render_template("organiser/launch.html", cycle=found, view=view, faults=())


@blueprint.post("/organiser/reviews/<string:cycle_id>/launch")
def launch_cycle(cycle_id: str) -> ResponseReturnValue:
    """Launches: the design is fixed and everybody is mailed. A second click finds it launched."""
    found, view = _preview(cycle_id)
    if found.state is not CycleState.DRAFT:
        return redirect(url_for("organiser.cycle", cycle_id=cycle_id), SEE_OTHER)
    try:
        with transaction() as session:
            launched = launching.launch(
                session, now(), cycle_id, keys=state().keys, shortest=state().settings.shortest_cycle
            )
            holding = mail_hours.held(session, now(), cycle_id)
    except NotYetError as error:
        faults: tuple[str, ...] = (str(error),)
    except CycleFaultsError as error:
        faults = tuple(f"{fault.message} {fault.mend}" for fault in error.faults)
    else:
        flash(_launched(launched.invitations - view.letters, held_until(holding)), "success")
        if view.letters:
            steward = found.steward_name
            flash(_("%(steward)s can print the letters for the others now.", steward=steward), "info")
        return redirect(url_for("organiser.cycle", cycle_id=cycle_id), SEE_OTHER)
    return render_template("organiser/launch.html", cycle=found, view=view, faults=faults), REFUSED


@blueprint.get("/organiser/reviews/<string:cycle_id>/remind")
def remind(cycle_id: str) -> ResponseReturnValue:
    """Asks once more before everybody is reminded."""
    with reading() as session:
        found = cycles.load(session, cycle_id)
        rounds = outbox.rounds(session, cycle_id, MailKind.REMINDER)
    if not is_answerable(found) or rounds >= MOST_REMINDERS:
        return redirect(url_for("organiser.cycle", cycle_id=cycle_id), SEE_OTHER)
    return render_template("organiser/remind.html", cycle=found, round=rounds + 1)


@blueprint.post("/organiser/reviews/<string:cycle_id>/remind")
def send_reminder(cycle_id: str) -> ResponseReturnValue:
    """Queues a reminder to everybody. A second click asks for a round that was sent already, and sends nothing."""
    wanted = request.form.get("round", "")
    with transaction() as session:
        cycles.locked(session, cycle_id)
        is_next = wanted == str(outbox.rounds(session, cycle_id, MailKind.REMINDER) + 1)
        queued = cycles.remind(session, now(), cycle_id) if is_next else 0
        holding = mail_hours.held(session, now(), cycle_id)
    if queued:
        flash(_reminded(queued, held_until(holding)), "success")
    return redirect(url_for("organiser.cycle", cycle_id=cycle_id), SEE_OTHER)


def received(found: Cycle) -> str:
    """The one figure of an open review, in words."""
    of_all = figure(found.asked)
    if found.opened_at is not None and found.received_on == found.opened_at.date().isoformat():
        return ngettext(
            "The first count of %(count)s review is made tomorrow.",
            "The first count of %(count)s reviews is made tomorrow.",
            found.asked,
            count=of_all,
        )
    if not found.received_shown:
        return ngettext(
            "Fewer than 5 of %(count)s review.",
            "Fewer than 5 of %(count)s reviews.",
            found.asked,
            count=of_all,
        )
    return ngettext(
        "At least %(received)s of %(count)s review.",
        "At least %(received)s of %(count)s reviews.",
        found.asked,
        received=found.received_shown,
        count=of_all,
    )


def _launched(count: int, held: str) -> str:
    if held:
        return ngettext(
            "Launched. %(count)s person will get a mail from %(moment)s on.",
            "Launched. %(count)s people will get a mail from %(moment)s on.",
            count,
            count=figure(count),
            moment=held,
        )
    return ngettext(
        "Launched. %(count)s person will get a mail within minutes.",
        "Launched. %(count)s people will get a mail within minutes.",
        count,
        count=figure(count),
    )


def _reminded(count: int, held: str) -> str:
    if held:
        return ngettext(
            "%(count)s reminder will be sent from %(moment)s on.",
            "%(count)s reminders will be sent from %(moment)s on.",
            count,
            count=figure(count),
            moment=held,
        )
    return ngettext(
        "%(count)s reminder will be sent within minutes.",
        "%(count)s reminders will be sent within minutes.",
        count,
        count=figure(count),
    )


def _preview(cycle_id: str) -> tuple[Cycle, PreviewView]:
    with reading() as session:
        found = cycles.load(session, cycle_id)
        preview = previews.preview(session, cycle_id)
    return found, preview_view(found, preview)
