"""The steward's pages of pulses: the actions of a review, how a pulse stands, and in two-key mode its count."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from review_app.clock import now
from review_app.database import reading, transaction
from review_app.keys import KeyMissingError
from review_app.pulse_counting import count_pulse, purge_closed
from review_app.services import actions, pulse_closing, pulses
from review_app.services.actions import Action
from review_app.services.errors import NotAllowedError
from review_app.services.pulses import Pulse
from review_app.state import state
from review_app.web.faults import REFUSED, SEE_OTHER, refuse
from review_app.web.pulse_lines import pulse_line
from review_app.web.steward.audience import blueprint, own_cycle, steward_id
from review_app.web.steward.counting import LINK_KEY_MISSING
from review_app.web.steward.forms import OpeningForm
from surveys.cycle import BETWEEN_CLOSES, KeyMode
from surveys.pulse import LONGEST, MAY_BE_ASKED, PulseState


@dataclass(frozen=True, slots=True)
class PulseRow:
    """One pulse in a list: where its page is and what it says."""

    href: str
    line: str


@dataclass(frozen=True, slots=True)
class ActionRow:
    """One action in the list. ``ask_href``: where a pulse is opened; "" while there is nothing to ask about.

    ``again_on``: when the next one can close, None where that is no hindrance.
    """

    action: Action
    owners: str
    pulses: tuple[PulseRow, ...]
    ask_href: str
    again_on: datetime | None


@dataclass(frozen=True, slots=True)
class PulseView:
    """The page of one pulse. ``waits``: it needs the key file; ``people``: the name and organisation of each."""

    pulse: Pulse
    action: Action
    line: str
    waits: bool
    people: tuple[tuple[str, str], ...]


@blueprint.get("/steward/reviews/<string:cycle_id>/pulses")
def cycle_pulses(cycle_id: str) -> str:
    """The actions of a review, and what the pulses on them say."""
    found = own_cycle(cycle_id)
    with reading() as session:
        listed = tuple(
            action for action in actions.of_chain(session, found.chain_id) if action.cycle_id == cycle_id
        )
        asked = pulses.of_actions(session, [action.id for action in listed])
    rows = tuple(_row(action, asked[action.id]) for action in listed)
    return render_template("steward/pulses.html", cycle=found, rows=rows)


@blueprint.get("/steward/pulses/<string:pulse_id>")
def pulse(pulse_id: str) -> str:
    """How a pulse stands, whom it asks, and what came of it."""
    view = _view(pulse_id)
    return render_template("steward/pulse.html", view=view)


@blueprint.get("/steward/pulses/<string:pulse_id>/count")
def pulse_count(pulse_id: str) -> ResponseReturnValue:
    """The page to bring the key file to."""
    view = _view(pulse_id)
    if not view.waits:
        return _back(pulse_id)
    return render_template("steward/pulse_count.html", view=view, form=OpeningForm())


@blueprint.post("/steward/pulses/<string:pulse_id>/count")
def pulse_count_now(pulse_id: str) -> ResponseReturnValue:
    """Counts with the steward's key. A second click finds it counted."""
    view = _view(pulse_id)
    if not view.waits:
        return _back(pulse_id)
    form = OpeningForm()
    opening_key = form.opening_key()
    if opening_key is not None:
        try:
            count_pulse(pulse_id, opening_key, state().keys)
        except NotAllowedError as error:
            if not _view(pulse_id).waits:
                return _back(pulse_id)
            refuse(form, "key_file", str(error))
        except KeyMissingError:
            refuse(form, "key_file", _(LINK_KEY_MISSING))
        else:
            flash(_("The answers are counted, and the answers themselves are destroyed."), "success")
            return _back(pulse_id)
    return render_template("steward/pulse_count.html", view=view, form=form), REFUSED


@blueprint.get("/steward/pulses/<string:pulse_id>/give-up")
def pulse_give_up(pulse_id: str) -> ResponseReturnValue:
    """Asks once more before the answers are destroyed unread."""
    view = _view(pulse_id)
    return render_template("steward/pulse_give_up.html", view=view) if view.waits else _back(pulse_id)


@blueprint.post("/steward/pulses/<string:pulse_id>/give-up")
def pulse_give_up_now(pulse_id: str) -> ResponseReturnValue:
    """Destroys the answers unread, because the key is lost."""
    view = _view(pulse_id)
    if view.waits:
        with transaction() as session:
            pulse_closing.give_up(session, now(), pulse_id)
        purge_closed(state().keys)
        flash(_("The answers are destroyed, and nobody has read them."), "success")
    return _back(pulse_id)


def _view(pulse_id: str) -> PulseView:
    with reading() as session:
        found = pulses.guarded(session, pulse_id, steward_id())
        action = actions.load(session, found.action_id)
        people = pulses.people_of(session, pulse_id)
    waits = found.state is PulseState.CLOSING and found.key_mode is KeyMode.TWO_KEY
    return PulseView(found, action, pulse_line(found, action.title), waits, people)


def _row(action: Action, found: tuple[Pulse, ...]) -> ActionRow:
    is_free = action.state in MAY_BE_ASKED and all(one.state is PulseState.CLOSED for one in found)
    again_on = max((one.closes_at + BETWEEN_CLOSES for one in found), default=None)
    is_too_soon = is_free and again_on is not None and again_on > now() + LONGEST
    return ActionRow(
        action=action,
        owners=", ".join(dict.fromkeys(owner.party_name for owner in action.owners)),
        pulses=tuple(
            PulseRow(url_for("steward.pulse", pulse_id=one.id), pulse_line(one, action.title))
            for one in found
        ),
        ask_href=url_for("steward.open_pulse", action_id=action.id) if is_free and not is_too_soon else "",
        again_on=again_on if is_free else None,
    )


def _back(pulse_id: str) -> ResponseReturnValue:
    return redirect(url_for("steward.pulse", pulse_id=pulse_id), SEE_OTHER)
