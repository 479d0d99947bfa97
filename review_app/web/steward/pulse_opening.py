"""The steward opens a pulse: reads who would be asked, makes a key file in two-key mode, and starts it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time, timedelta

from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as later
from wtforms import HiddenField, SelectMultipleField, ValidationError
from wtforms.validators import InputRequired

from review_app.clock import now
from review_app.database import reading, transaction
from review_app.languages import ZONE
from review_app.services import pulse_opening
from review_app.services.errors import ChangedMeanwhileError, NotAllowedError
from review_app.services.pulse_opening import Audience, Neighbour, Opening, Outlook
from review_app.state import state
from review_app.web.closing_time import ClosingTimeForm
from review_app.web.faults import REFUSED, SEE_OTHER, place_faults, refuse
from review_app.web.fields import DayField
from review_app.web.steward.audience import blueprint, steward_id
from review_app.web.steward.forms import KeyFileForm, OpeningForm
from review_app.web.words import file_stem, organisations, people
from surveys import sealing
from surveys.cycle import KeyMode
from surveys.errors import PulseFaultsError
from surveys.pulse import LONGEST, shortest_of

# What is offered first; the steward may choose another day.
USUAL_DAYS = 14
USUAL_TIME = time(17)


class PulseForm(ClosingTimeForm):
    """Whom to ask, and until when. ``seen``: of the list of people that the steward has looked at."""

    groups = SelectMultipleField(
        later("Who is asked"), validators=[InputRequired(later("Choose at least one group"))]
    )
    seen = HiddenField()

    def validate_closes_at(self, field: DayField) -> None:
        """Refuses a day that was not typed at all."""
        if field.data is None and not field.errors:
            raise ValidationError(_("Enter the day on which the pulse closes"))


class SealedPulseForm(PulseForm, OpeningForm):
    """The same with the key file that alone will open the answers."""


@dataclass(frozen=True, slots=True)
class OpeningPage:
    """What the page shows beside its form. ``hints``: how many people a group has, by its id; ``owners`` by name.

    ``near``: the other pulses of these people that can close within ninety days of this one. ``example``: a day on
    which it may close; ``least_days``: how many whole days it must be open, 0 in a demo.
    """

    outlook: Outlook
    hints: dict[str, str]
    owners: str
    near: tuple[Neighbour, ...]
    example: str
    least_days: int
    most_days: int
    is_two_key: bool
    k: int
    organisations: int
    from_others: int


@blueprint.get("/steward/actions/<string:action_id>/pulse")
def open_pulse(action_id: str) -> ResponseReturnValue:
    """Who would be asked; nothing is sent yet."""
    view = _outlook(action_id)
    if fault := _obstacle(view):
        flash(fault, "info")
        return _to_list(view)
    form = _form(view)
    if form.groups.data is None:
        form.groups.data = [audience.group_id for audience in view.audiences]
    if form.closes_at.data is None:
        form.closes_at.data = _usual_day()
        form.closes_time.data = USUAL_TIME
    form.seen.data = view.seen
    return _page(view, form)


@blueprint.post("/steward/actions/<string:action_id>/pulse")
def start_pulse(action_id: str) -> ResponseReturnValue:
    """Asks everybody in the chosen groups by mail."""
    view = _outlook(action_id)
    if fault := _obstacle(view):
        flash(fault, "info")
        return _to_list(view)
    form = _form(view)
    opening_key = form.opening_key() if isinstance(form, SealedPulseForm) else None
    if not form.errors and form.validate() and form.closing_time is not None:
        pulse_id = _started(form, action_id, opening_key)
        if pulse_id:
            flash(
                _("The pulse is open. Everybody in these groups gets a mail with a link of their own."),
                "success",
            )
            return redirect(url_for("steward.pulse", pulse_id=pulse_id), SEE_OTHER)
        view = _outlook(action_id)
    form.seen.data = view.seen
    return _page(view, form), REFUSED


@blueprint.get("/steward/actions/<string:action_id>/pulse/key")
def pulse_key(action_id: str) -> ResponseReturnValue:
    """The page to make the key file of a pulse on."""
    view = _outlook(action_id)
    if view.cycle.key_mode is not KeyMode.TWO_KEY or _obstacle(view):
        return _to_list(view)
    return render_template("steward/pulse_key.html", view=view, form=KeyFileForm())


@blueprint.post("/steward/actions/<string:action_id>/pulse/key")
def make_pulse_key(action_id: str) -> ResponseReturnValue:
    """A new key file, sealed with the passphrase, as a download. Nothing of it stays here."""
    view = _outlook(action_id)
    if view.cycle.key_mode is not KeyMode.TWO_KEY or _obstacle(view):
        return _to_list(view)
    form = KeyFileForm()
    if not form.validate():
        return render_template("steward/pulse_key.html", view=view, form=form), REFUSED
    sealed = sealing.seal_key_file(sealing.new_key_pair().opening, form.passphrase.data)
    response = Response(sealed, mimetype="application/octet-stream")
    name = f"roundtable-{file_stem(view.cycle.chain_name)}-pulse-{view.action.number}.key"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers["Cache-Control"] = "no-store"
    return response


def _outlook(action_id: str) -> Outlook:
    with reading() as session:
        return pulse_opening.outlook(session, action_id, steward_id())


def _obstacle(view: Outlook) -> str:
    """Why no pulse can be opened on the action now; "" when one can."""
    try:
        with reading() as session:
            pulse_opening.check_moment(session, view.action)
    except NotAllowedError as error:
        return str(error)
    return ""


def _form(view: Outlook) -> PulseForm:
    form = SealedPulseForm() if view.cycle.key_mode is KeyMode.TWO_KEY else PulseForm()
    form.groups.choices = [(audience.group_id, audience.title) for audience in view.audiences]
    return form


def _started(form: PulseForm, action_id: str, opening_key: bytes | None) -> str:
    """The id of the pulse; "" where it was refused, with the faults in the form."""
    if form.closing_time is None:
        return ""
    opening = Opening(
        action_id=action_id,
        steward_id=steward_id(),
        group_ids=tuple(form.groups.data or ()),
        closes_at=form.closing_time,
        seen=form.seen.data or "",
    )
    try:
        with transaction() as session:
            return pulse_opening.open_one(
                session,
                now(),
                opening,
                keys=state().keys,
                opening_key=opening_key,
                shortest=_shortest(),
            )
    except PulseFaultsError as error:
        place_faults(form, error.faults)
    except ChangedMeanwhileError as error:
        refuse(form, "", str(error))
    except NotAllowedError as error:
        refuse(form, "key_file", str(error))
    return ""


def _page(view: Outlook, form: PulseForm) -> str:
    policy, example = view.cycle.policy, _usual_day()
    page = OpeningPage(
        outlook=view,
        hints={audience.group_id: _size(audience) for audience in view.audiences},
        owners=", ".join(dict.fromkeys(owner.party_name for owner in view.action.owners)),
        near=tuple(one for one in view.others if one.is_near(now())),
        example=f"{example.day} {example.month} {example.year}",
        least_days=_shortest().days,
        most_days=LONGEST.days,
        is_two_key=view.cycle.key_mode is KeyMode.TWO_KEY,
        k=policy.k,
        organisations=policy.min_organisations,
        from_others=policy.min_without_any_organisation,
    )
    return render_template("steward/pulse_open.html", view=page, form=form)


def _shortest() -> timedelta:
    return shortest_of(state().settings.shortest_cycle)


def _usual_day() -> date:
    return (now().astimezone(ZONE) + timedelta(days=USUAL_DAYS)).date()


def _size(audience: Audience) -> str:
    return _(
        "%(people)s from %(organisations)s.",
        people=people(len(audience.people)),
        organisations=organisations(audience.organisations),
    )


def _to_list(view: Outlook) -> ResponseReturnValue:
    return redirect(url_for("steward.cycle_pulses", cycle_id=view.cycle.id), SEE_OTHER)
