"""One action: what it is, what can be done with it now, its steps, its evidence and its history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from review_app import languages
from review_app.clock import now
from review_app.database import reading, transaction
from review_app.languages import tongue
from review_app.services import acting, improvement_said, owning
from review_app.services.acting import Turn
from review_app.services.actions import Action, ActionLink
from review_app.services.errors import ChangedMeanwhileError, NotAllowedError
from review_app.services.proposals import LONGEST_LINE, MOST_STEPS
from review_app.web.evidence import Piece, pieces
from review_app.web.faults import REFUSED, SEE_OTHER
from review_app.web.owner.audience import blueprint, current_link
from review_app.web.owner.words import FORMS, STATES, Told, due_day, steps_for, told
from surveys.errors import IllegalTransitionError
from surveys.improvement import SETTLED, ActionState, is_overdue
from surveys.mail_hours import ZONE
from surveys.practices import Practice, practices
from surveys.texts import clean_line

ACCEPTED, STEPS, EVIDENCE = "accepted", "steps", "evidence"
NEW_STEP = "new_step"


@dataclass(frozen=True, slots=True)
class ActionPage:
    """What the page shows. ``steps``: those that take words, the likeliest first. ``seen``: the last entry's id.

    ``waits_for``: the other owner who has to accept, "" for nobody. ``statement``, ``sentence``: what it came from,
    "" for nothing that everybody in the chain can read.
    """

    action: Action
    due: datetime
    is_overdue: bool
    is_owner: bool
    has_accepted: bool
    waits_for: str
    is_settled: bool
    steps: tuple[str, ...]
    practices: tuple[Practice, ...]
    statement: str
    sentence: str
    history: tuple[Told, ...]
    pieces: tuple[Piece, ...]
    seen: str
    notice: str
    faults: tuple[tuple[str, str | None], ...] = ()
    new_step: str = ""

    @property
    def step_fault(self) -> str:
        """What is wrong with the new step, "" for nothing."""
        return next((words for words, place in self.faults if place == NEW_STEP), "")


@blueprint.get("/a/<int:number>")
def action(number: int) -> str:
    """Everything about one action."""
    link = current_link()
    return _page(link, find(link, number), notice=_notice(request.args.get("notice", "")))


@blueprint.post("/a/<int:number>/accept")
def accept(number: int) -> ResponseReturnValue:
    """Accepts the action that the page showed."""
    link = current_link()
    found = find(link, number)
    try:
        with transaction() as session:
            acting.accept(session, now(), turn_of(link, found))
    except (ChangedMeanwhileError, NotAllowedError, IllegalTransitionError):
        return _page(link, find(link, number), faults=((_moved_on(), None),)), REFUSED
    return redirect(url_for("owner.action", number=number, notice=ACCEPTED), SEE_OTHER)


@blueprint.post("/a/<int:number>/steps")
def keep_steps(number: int) -> ResponseReturnValue:
    """Keeps the ticks, and adds a step."""
    link = current_link()
    found = find(link, number)
    was, wanted = set(request.form.getlist("was")), set(request.form.getlist("tick"))
    ticks = {id_: id_ in wanted for id_ in was ^ wanted}
    text = clean_line(request.form.get(NEW_STEP, ""))
    if fault := _step_fault(found, text):
        return _page(link, found, faults=((fault, NEW_STEP),), new_step=text), REFUSED
    try:
        with transaction() as session:
            acting.keep_steps(session, now(), turn_of(link, found), ticks, text)
    except (ChangedMeanwhileError, NotAllowedError):
        return _page(link, find(link, number), faults=((_moved_on(), None),), new_step=text), REFUSED
    return redirect(url_for("owner.action", number=number, notice=STEPS, _anchor="steps"), SEE_OTHER)


def find(link: ActionLink, number: int) -> Action:
    """The action of a link with a number. Raises NotFoundError."""
    with reading() as session:
        return owning.by_number(session, link, number)


def turn_of(link: ActionLink, found: Action) -> Turn:
    """The turn of the posted form: with the state that it showed, whatever the action's is now.

    Raises ChangedMeanwhileError where the form is another action's, because another link was opened since.
    """
    if request.form.get("action", "") != found.id:
        raise ChangedMeanwhileError("")
    try:
        shown = ActionState(request.form.get("shown", ""))
    except ValueError:
        raise ChangedMeanwhileError("") from None
    make = acting.verifiers_turn if found.id in link.verified else acting.owners_turn
    return make(link, found.id, shown, request.form.get("seen", ""))


def _page(
    link: ActionLink,
    found: Action,
    *,
    notice: str = "",
    faults: tuple[tuple[str, str | None], ...] = (),
    new_step: str = "",
) -> str:
    is_owner = found.id in link.owned
    mine = next((owner for owner in found.owners if owner.id == link.person.id), None)
    known = practices()
    with reading() as session:
        speech = tongue(languages.current())
        statement, sentence = improvement_said.said_on(session, found, speech, main_report_only=True)
    view = ActionPage(
        action=found,
        due=due_day(found),
        is_overdue=is_overdue(found.state, found.due, now().astimezone(ZONE).date()),
        is_owner=is_owner,
        has_accepted=mine is not None and mine.accepted_at is not None,
        waits_for=", ".join(
            owner.party_name
            for owner in found.owners
            if owner.accepted_at is None and owner.id != link.person.id
        ),
        is_settled=found.state in SETTLED,
        steps=steps_for(found.state, is_owner=is_owner),
        practices=tuple(known[id_] for id_ in found.practices if id_ in known),
        statement=statement,
        sentence=sentence,
        history=tuple(told(entry) for entry in reversed(found.entries)),
        pieces=pieces(found),
        seen=found.entries[-1].id,
        notice=notice,
        faults=faults,
        new_step=new_step,
    )
    return render_template(
        "owner/action.html",
        view=view,
        forms=FORMS,
        state=STATES[found.state],
        link=link,
        longest_step=LONGEST_LINE,
        languages=link.languages,
    )


def _step_fault(found: Action, text: str) -> str:
    if len(text) > LONGEST_LINE:
        return _("Shorten the step to %(most)s characters.", most=LONGEST_LINE)
    if text and len(found.steps) >= MOST_STEPS:
        return _("There are %(most)s steps already. Tick some of them instead.", most=MOST_STEPS)
    return ""


def _notice(name: str) -> str:
    """The words of a notice are the page's own: an address can only choose among them."""
    if name == ACCEPTED:
        return _("You have accepted this action.")
    if name == EVIDENCE:
        return _("The evidence is kept.")
    if name == STEPS:
        return _("The steps are kept.")
    return str(FORMS[name].notice) if name in FORMS else ""


def _moved_on() -> str:
    return _(
        "Nothing was changed: this action has moved on since you opened its page. This is how it stands now."
    )
