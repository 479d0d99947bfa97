"""One action with everything that happened to it; letting it be, and answering those who own it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from review_app.clock import now
from review_app.database import reading, transaction
from review_app.languages import ZONE, tongue
from review_app.services import acting, improvement_said, overseeing, pulses
from review_app.services.errors import ChangedMeanwhileError, NotAllowedError
from review_app.services.overseeing import LONGEST_REASON, Overseen
from review_app.web.faults import REFUSED, SEE_OTHER, place_faults, refuse
from review_app.web.improvement.asking import account
from review_app.web.improvement.audience import blueprint
from review_app.web.improvement.forms import AnswerForm, DeclineForm
from review_app.web.improvement.words import ACTORS, ENTRIES, STATES
from review_app.web.pulse_lines import pulse_line
from surveys.errors import ActionFaultsError
from surveys.improvement import SETTLED, ActionState, Actor, may_move
from surveys.language import Language
from surveys.practices import Practice, practices


@dataclass(frozen=True, slots=True)
class ActionPage:
    """What the page of one action shows. ``statement`` and ``sentence``: what it came from, "" for nothing.

    ``pulses``: what those whom it was for say, in a sentence each, the newest first.
    """

    line: Overseen
    statement: str
    sentence: str
    practices: tuple[Practice, ...]
    pulses: tuple[str, ...]
    may_change: bool
    may_decline: bool
    may_propose_anew: bool


@blueprint.get("/actions/<string:action_id>")
def action(action_id: str) -> str:
    """Everything about an action."""
    return _page(action_id)


@blueprint.get("/actions/<string:action_id>/decline")
def ask_to_decline(action_id: str) -> ResponseReturnValue:
    """The form of the reason."""
    line = overseen(action_id)
    if not may_move(line.action.state, ActionState.DECLINED, Actor.ORGANISER):
        return redirect(url_for("improvement.action", action_id=action_id), SEE_OTHER)
    return render_template("improvement/decline.html", line=line, form=DeclineForm(), most=LONGEST_REASON)


@blueprint.post("/actions/<string:action_id>/decline")
def decline(action_id: str) -> ResponseReturnValue:
    """Lets an action be, with the reason that everybody in the chain reads."""
    line, form = overseen(action_id), DeclineForm()
    reason = " ".join((form.reason.data or "").split())
    if not form.validate() or not reason:
        refuse(form, "reason", _("Write why it will not be done. Everybody in the chain reads it."))
    elif len(reason) > LONGEST_REASON:
        refuse(form, "reason", _("Shorten the reason to %(most)s characters.", most=LONGEST_REASON))
    else:
        try:
            with transaction() as session:
                overseeing.decline(session, now(), account(), action_id, reason)
        except NotAllowedError as error:
            refuse(form, "reason", str(error))
    if form.errors:
        page = render_template("improvement/decline.html", line=line, form=form, most=LONGEST_REASON)
        return page, REFUSED
    flash(
        _("Action %(number)s will not be done. Its owners see it by their link.", number=line.action.number),
        "info",
    )
    return redirect(url_for("improvement.action", action_id=action_id), SEE_OTHER)


@blueprint.get("/actions/<string:action_id>/answer")
def ask_for_answer(action_id: str) -> ResponseReturnValue:
    """The form of what is said to the owners."""
    line, form = overseen(action_id), AnswerForm()
    if line.action.state in SETTLED:
        return redirect(url_for("improvement.action", action_id=action_id), SEE_OTHER)
    form.shown.data, form.seen.data = line.action.state.value, line.action.entries[-1].id
    return _answer_page(line, form)


@blueprint.post("/actions/<string:action_id>/answer")
def answer(action_id: str) -> ResponseReturnValue:
    """Says something to the owners, who get a mail. Pressing twice says it once."""
    line, form = overseen(action_id), AnswerForm()
    if form.validate():
        state = next((one for one in ActionState if one.value == form.shown.data), line.action.state)
        turn = acting.organisers_turn(action_id, overseeing.said_of(account()), state, form.seen.data or "")
        try:
            with transaction() as session:
                acting.answer(session, now(), turn, form.text.data or "")
        except ActionFaultsError as error:
            place_faults(form, error.faults)
        except ChangedMeanwhileError:
            # What was written stays; it is said of the action as it is now.
            form.shown.data, form.seen.data = line.action.state.value, line.action.entries[-1].id
            refuse(
                form,
                "text",
                _("The action has moved on since this page was opened. Check it, and send again."),
            )
        except NotAllowedError as error:
            refuse(form, "text", str(error))
    if form.errors:
        return _answer_page(line, form), REFUSED
    flash(_("It stands in the history, and its owners get a mail."), "success")
    return redirect(url_for("improvement.action", action_id=action_id), SEE_OTHER)


def _answer_page(line: Overseen, form: AnswerForm) -> str:
    return render_template("improvement/answer.html", line=line, form=form, most=acting.LONGEST_TEXT)


def overseen(action_id: str) -> Overseen:
    """An action that whoever is signed in oversees. Raises NotFoundError for every other one."""
    today = now().astimezone(ZONE).date()
    with reading() as session:
        return overseeing.load(session, today, account(), action_id)


def _page(action_id: str) -> str:
    today = now().astimezone(ZONE).date()
    with reading() as session:
        line = overseeing.load(session, today, account(), action_id)
        asked = pulses.of_action(session, action_id)
        statement, sentence = improvement_said.said_on(session, line.action, tongue(Language.ENGLISH))
    known = practices()
    state = line.action.state
    view = ActionPage(
        line=line,
        statement=statement,
        sentence=sentence,
        practices=tuple(known[id_] for id_ in line.action.practices if id_ in known),
        pulses=tuple(pulse_line(one, line.action.title) for one in asked),
        may_change=state not in {ActionState.VERIFIED, ActionState.DECLINED},
        may_decline=may_move(state, ActionState.DECLINED, Actor.ORGANISER),
        may_propose_anew=may_move(state, ActionState.PROPOSED, Actor.ORGANISER),
    )
    return render_template(
        "improvement/action.html", view=view, states=STATES, actors=ACTORS, entries=ENTRIES
    )
