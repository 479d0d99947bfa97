"""One action with everything that happened to it, and letting it be."""

from __future__ import annotations

from dataclasses import dataclass

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from review_app.clock import now
from review_app.database import reading, transaction
from review_app.languages import ZONE, tongue
from review_app.services import improvement_said, overseeing
from review_app.services.errors import NotAllowedError
from review_app.services.overseeing import LONGEST_REASON, Overseen
from review_app.web.faults import REFUSED, SEE_OTHER, refuse
from review_app.web.improvement.asking import account
from review_app.web.improvement.audience import blueprint
from review_app.web.improvement.forms import DeclineForm
from review_app.web.improvement.words import ACTORS, ENTRIES, STATES
from surveys.improvement import ActionState, Actor, may_move
from surveys.language import Language
from surveys.practices import Practice, practices


@dataclass(frozen=True, slots=True)
class ActionPage:
    """What the page of one action shows. ``statement`` and ``sentence``: what it came from, "" for nothing."""

    line: Overseen
    statement: str
    sentence: str
    practices: tuple[Practice, ...]
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


def overseen(action_id: str) -> Overseen:
    """An action that whoever is signed in oversees. Raises NotFoundError for every other one."""
    today = now().astimezone(ZONE).date()
    with reading() as session:
        return overseeing.load(session, today, account(), action_id)


def _page(action_id: str) -> str:
    today = now().astimezone(ZONE).date()
    with reading() as session:
        line = overseeing.load(session, today, account(), action_id)
        statement, sentence = improvement_said.said_on(session, line.action, tongue(Language.ENGLISH))
    known = practices()
    state = line.action.state
    view = ActionPage(
        line=line,
        statement=statement,
        sentence=sentence,
        practices=tuple(known[id_] for id_ in line.action.practices if id_ in known),
        may_change=state not in {ActionState.VERIFIED, ActionState.DECLINED},
        may_decline=may_move(state, ActionState.DECLINED, Actor.ORGANISER),
        may_propose_anew=may_move(state, ActionState.PROPOSED, Actor.ORGANISER),
    )
    return render_template(
        "improvement/action.html", view=view, states=STATES, actors=ACTORS, entries=ENTRIES
    )
