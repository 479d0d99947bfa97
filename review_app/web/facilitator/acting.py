"""An action made on the spot, from a topic and what was decided on it: who owns it, who checks it, and by when."""

from __future__ import annotations

from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as later
from wtforms import SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.widgets import CheckboxInput, ListWidget

from review_app.clock import now
from review_app.database import UNAVAILABLE, reading, transaction
from review_app.security import csrf
from review_app.services import minutes, origins, proposing, workshops
from review_app.services.errors import NotAllowedError
from review_app.services.origins import Origin
from review_app.services.proposing import Candidate, Proposal, Proposer
from review_app.services.workshops import Topic, Workshop
from review_app.web.facilitator.audience import blueprint, leader, led
from review_app.web.facilitator.record_forms import KeptForm, not_kept
from review_app.web.facilitator.recording import topic_of
from review_app.web.faults import REFUSED, SEE_OTHER, place_faults
from review_app.web.fields import DayField, tidy
from surveys.errors import ActionFaultsError
from surveys.texts import visible_text
from surveys.workshop import WorkshopState

_LONGEST_TITLE = 300


class ActionForm(KeptForm):
    """An action. Its texts are measured, and its people looked at, by the service."""

    title = StringField(later("What will be different"), filters=[tidy])
    for_whom = StringField(later("For whom"), filters=[tidy])
    practices = SelectMultipleField(
        later("Practices of the Code"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        choices=(),
        validate_choice=False,
    )
    owner_ids = SelectField(later("Owner"), choices=(), validate_choice=False)
    other_owner_id = SelectField(
        later("Second owner, from another organisation (optional)"), choices=(), validate_choice=False
    )
    verifier_id = SelectField(later("Who checks that it is done"), choices=(), validate_choice=False)
    due = DayField(later("By when"))
    measure = StringField(later("How we will know (optional)"), filters=[tidy])
    baseline = StringField(later("What that is today (optional)"), filters=[tidy])
    steps = TextAreaField(later("Steps (optional)"), filters=[lambda text: visible_text(text or "")])

    def offer(self, people: dict[str, Candidate], origin: Origin) -> None:
        """Offers whoever can get a link, and the practices of the topic."""
        reachable = [
            SelectChoice(one.contact_id, str(one))
            for one in people.values()
            if one.email and not one.is_revoked
        ]
        self.owner_ids.choices = [SelectChoice("", _("Choose somebody")), *reachable]
        self.verifier_id.choices = [SelectChoice("", _("Choose somebody")), *reachable]
        self.other_owner_id.choices = [SelectChoice("", _("Nobody")), *reachable]
        self.practices.choices = [SelectChoice(id_, f"{id_} {text}") for id_, text in origin.practices]

    def proposal(self, found: Workshop, topic: Topic, origin: Origin) -> Proposal:
        """What was typed, with where it comes from."""
        known = {id_ for id_, _text in origin.practices}
        return Proposal(
            cycle_id=found.cycle_id,
            title=self.title.data or "",
            for_whom=self.for_whom.data or "",
            owner_ids=(self.owner_ids.data or "", self.other_owner_id.data or ""),
            verifier_id=self.verifier_id.data or "",
            due=self.due.data,
            workshop_id=found.id,
            topic_id=topic.id,
            practices=tuple(id_ for id_ in self.practices.data or () if id_ in known),
            finding_id=topic.finding_id,
            subject=topic.subject,
            question_id=topic.question_id,
            vote=origin.vote,
            measure=self.measure.data or "",
            baseline=self.baseline.data or "",
            steps=tuple((self.steps.data or "").split("\n")),
        )


@dataclass(frozen=True, slots=True)
class _From:
    """Where an action comes from, and who may own or check it."""

    found: Workshop
    topic: Topic
    origin: Origin
    people: dict[str, Candidate]


@blueprint.get("/workshops/<string:workshop_id>/actions/new")
def new_action(workshop_id: str) -> str:
    """The form of an action from a topic."""
    of = _from(workshop_id)
    decision = " ".join(of.topic.decision.split())
    measure = _("How often people say this is true: “%(statement)s”", statement=of.origin.statement)
    form = ActionForm(
        formdata=None,
        data={
            "title": decision if len(decision) <= _LONGEST_TITLE else "",
            "practices": [id_ for id_, _text in of.origin.practices],
            "measure": measure if of.origin.statement and len(measure) <= _LONGEST_TITLE else "",
            "baseline": of.origin.baseline,
        },
    )
    return _page(of, form)


@blueprint.post("/workshops/<string:workshop_id>/actions/new")
@csrf.exempt  # The form checks its token itself, so that a page that was open for long loses nothing that is typed.
def make_action(workshop_id: str) -> ResponseReturnValue:
    """Proposes the action; its owners get a mail."""
    of, form = _from(workshop_id), ActionForm()
    is_valid = form.holds()
    proposal = form.proposal(of.found, of.topic, of.origin)
    if not is_valid:
        return _page(of, form), REFUSED
    try:
        with transaction() as session:
            # Whoever presses twice makes one action: the presses come here one after the other.
            workshops.locked(session, workshop_id)
            is_there = minutes.is_agreed(session, workshop_id, proposal)
            if not is_there:
                proposing.propose(session, now(), proposal, by=_proposer(of.found))
    except ActionFaultsError as error:
        place_faults(form, error.faults)
        return _page(of, form), REFUSED
    except (NotAllowedError, *UNAVAILABLE) as error:
        status = not_kept(form, error)
        return _page(of, form), status
    title = proposal.tidy().title
    flash(
        _("This action was there already: “%(title)s”.", title=title)
        if is_there
        else _(
            "The action is made: “%(title)s”. Its owners are asked by mail whether they accept it.",
            title=title,
        ),
        "success",
    )
    return redirect(url_for("facilitator.record", workshop_id=workshop_id), SEE_OTHER)


def _from(workshop_id: str) -> _From:
    found = led(workshop_id)
    if found.state is WorkshopState.RECORDED:
        raise NotAllowedError(
            _("The minutes went out. Make further actions on the page of the chain’s actions.")
        )
    topic = topic_of(found, request.args.get("topic", ""))
    with reading() as session:
        people = proposing.candidates(session, found.cycle_id, by_steward=leader().is_steward)
        return _From(found, topic, origins.origin(session, found, topic), people)


def _proposer(found: Workshop) -> Proposer:
    words = _("%(name)s, at the workshop “%(title)s”", name=leader().name, title=found.title)
    return Proposer(words, is_steward=leader().is_steward)


def _page(of: _From, form: ActionForm) -> str:
    form.offer(of.people, of.origin)
    return render_template(
        "facilitator/new_action.html",
        workshop=of.found,
        topic=of.topic,
        origin=of.origin,
        form=form,
        is_steward=leader().is_steward,
    )
