"""After the close, in two-key mode: the steward brings the key file, and the answers are counted and destroyed."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from review_app.counting import count_cycle
from review_app.keys import KeyMissingError
from review_app.languages import N_
from review_app.services.cycles import Cycle
from review_app.services.errors import NotAllowedError
from review_app.state import state
from review_app.web.faults import REFUSED, SEE_OTHER, refuse
from review_app.web.steward.audience import blueprint, own_cycle
from review_app.web.steward.forms import OpeningForm
from surveys.cycle import CycleState, KeyMode

LINK_KEY_MISSING = N_(
    "This server no longer has the key to its own links, so nobody can tell whose answers belong to this review."
    " Ask whoever runs the server to bring its key folder back, then try again."
)


@blueprint.get("/steward/reviews/<string:cycle_id>/count")
def count(cycle_id: str) -> ResponseReturnValue:
    """The page to bring the key file to."""
    found = own_cycle(cycle_id)
    if not _waits_for_key(found):
        return _back(cycle_id)
    return render_template("steward/count.html", cycle=found, form=OpeningForm())


@blueprint.post("/steward/reviews/<string:cycle_id>/count")
def count_now(cycle_id: str) -> ResponseReturnValue:
    """Counts with the steward's key. A second click finds it counted."""
    found = own_cycle(cycle_id)
    if not _waits_for_key(found):
        return _back(cycle_id)
    form = OpeningForm()
    opening_key = form.opening_key()
    if opening_key is not None:
        try:
            count_cycle(cycle_id, opening_key, state().keys)
        except NotAllowedError as error:
            if not _waits_for_key(own_cycle(cycle_id)):
                return _back(cycle_id)
            refuse(form, "key_file", str(error))
        except KeyMissingError:
            refuse(form, "key_file", _(LINK_KEY_MISSING))
        else:
            flash(_("The answers are counted, and the answers themselves are destroyed."), "success")
            return _back(cycle_id)
    return render_template("steward/count.html", cycle=found, form=form), REFUSED


def _waits_for_key(found: Cycle) -> bool:
    return found.state is CycleState.CLOSING and found.key_mode is KeyMode.TWO_KEY


def _back(cycle_id: str) -> ResponseReturnValue:
    return redirect(url_for("steward.cycle", cycle_id=cycle_id), SEE_OTHER)
