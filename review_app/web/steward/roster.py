"""The steward confirms who will be asked: questions to the organiser, and corrections that partners asked for."""

from __future__ import annotations

from dataclasses import dataclass

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as later
from flask_wtf import FlaskForm
from wtforms import SelectField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, Length

from review_app.clock import now
from review_app.database import reading, transaction
from review_app.languages import N_
from review_app.services import chains, confirming, previews, roster_checks
from review_app.services.confirming import LONGEST_TEXT, Challenge, Request
from review_app.services.errors import NotAllowedError
from review_app.state import state
from review_app.web.faults import REFUSED, SEE_OTHER, refuse
from review_app.web.previewing import PreviewView, preview_view
from review_app.web.steward.asking_all import sent_sentence
from review_app.web.steward.audience import blueprint, own_cycle, steward_id
from surveys.chain import Chain
from surveys.cycle import CycleState
from surveys.texts import clean_text

# They are kept with the question in English, among the names of organisations.
WHOLE_LIST = N_("The whole list")
MISSING = N_("Somebody who is missing")


class ChallengeForm(FlaskForm):
    """A question to the organiser about an entry of the list."""

    about = SelectField(
        later("What is it about?"), validators=[DataRequired(later("Choose what it is about"))]
    )
    text = TextAreaField(
        later("Your question"),
        filters=[lambda text: clean_text(text or "")],
        validators=[
            DataRequired(later("Write your question, for example “Is this their own address?”")),
            Length(max=LONGEST_TEXT, message=later("Use %(most)s characters or fewer", most=LONGEST_TEXT)),
        ],
    )


@dataclass(frozen=True, slots=True)
class RosterView:
    """The page of the list. ``address``: the page where partners ask for corrections.

    ``asked``: when everybody was asked by mail, "" before; ``may_ask``: whether they may be, once more.
    """

    preview: PreviewView
    challenges: tuple[Challenge, ...]
    requests: tuple[Request, ...]
    address: str
    asked: str
    may_ask: bool


@blueprint.get("/steward/reviews/<string:cycle_id>/list")
def roster(cycle_id: str) -> ResponseReturnValue:
    """Who would be asked, what looks odd, and what was asked about it."""
    found = own_cycle(cycle_id)
    if found.state is not CycleState.DRAFT:
        return redirect(url_for("steward.cycle", cycle_id=cycle_id), SEE_OTHER)
    return _page(cycle_id)


@blueprint.post("/steward/reviews/<string:cycle_id>/list")
def challenge(cycle_id: str) -> ResponseReturnValue:
    """Asks the organiser a question."""
    found = own_cycle(cycle_id)
    with reading() as session:
        chain = chains.load(session, found.chain_id)
    form = _form(chain)
    if found.state is CycleState.DRAFT and not form.validate():
        return _page(cycle_id, form), REFUSED
    try:
        with transaction() as session:
            confirming.challenge(
                session, now(), cycle_id, steward_id(), about=form.about.data, text=form.text.data
            )
    except NotAllowedError as error:
        if found.state is not CycleState.DRAFT:
            raise
        refuse(form, "text", str(error))
        return _page(cycle_id, form), REFUSED
    flash(_("The organiser sees your question on the page of this review."), "success")
    return _back(cycle_id)


@blueprint.post("/steward/reviews/<string:cycle_id>/list/questions/<string:challenge_id>")
def settle_challenge(cycle_id: str, challenge_id: str) -> ResponseReturnValue:
    """Settles a question."""
    own_cycle(cycle_id)
    with transaction() as session:
        confirming.settle(session, cycle_id, steward_id(), challenge_id)
    flash(_("The question is settled."), "success")
    return _back(cycle_id)


@blueprint.post("/steward/reviews/<string:cycle_id>/list/corrections/<string:request_id>")
def finish_request(cycle_id: str, request_id: str) -> ResponseReturnValue:
    """Says that a correction is dealt with."""
    own_cycle(cycle_id)
    with transaction() as session:
        confirming.finish(session, cycle_id, steward_id(), request_id)
    flash(_("The correction is dealt with."), "success")
    return _back(cycle_id)


def _page(cycle_id: str, form: ChallengeForm | None = None) -> str:
    found = own_cycle(cycle_id)
    with reading() as session:
        code = confirming.page_code(session, cycle_id, steward_id())
        chain = chains.load(session, found.chain_id)
        mail = roster_checks.look(session, cycle_id, steward_id())
        view = RosterView(
            preview=preview_view(found, previews.preview(session, cycle_id)),
            challenges=confirming.challenges(session, cycle_id),
            requests=confirming.requests(session, cycle_id, steward_id()),
            address=state().settings.base_url + url_for("public.correct_list", code=code),
            asked=sent_sentence(mail),
            may_ask=mail.may_send,
        )
    return render_template("steward/roster.html", cycle=found, view=view, form=form or _form(chain))


def _form(chain: Chain) -> ChallengeForm:
    form = ChallengeForm()
    names = [party.name for party in chain.parties]
    form.about.choices = [
        SelectChoice("", _("Choose")),
        *(SelectChoice(about, _(about)) for about in (WHOLE_LIST, MISSING)),
        *(SelectChoice(name, name) for name in names),
    ]
    return form


def _back(cycle_id: str) -> ResponseReturnValue:
    return redirect(url_for("steward.roster", cycle_id=cycle_id), SEE_OTHER)
