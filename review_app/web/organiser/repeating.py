"""The last review again: what is different this time, and the draft of the next one."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from review_app.clock import now
from review_app.database import reading, transaction
from review_app.services import cycles, repeating
from review_app.state import state
from review_app.web.faults import REFUSED, SEE_OTHER
from review_app.web.organiser.audience import blueprint, current_organiser
from surveys.errors import CycleFaultsError, Fault


@blueprint.get("/organiser/reviews/<string:cycle_id>/repeat")
def repeat(cycle_id: str) -> str:
    """What a review like this one would do differently now."""
    return _page(cycle_id, ())


@blueprint.post("/organiser/reviews/<string:cycle_id>/repeat")
def repeat_cycle(cycle_id: str) -> ResponseReturnValue:
    """Drafts the next review with the design of this one."""
    try:
        with transaction() as session:
            new = repeating.repeat(
                session,
                now(),
                cycle_id,
                organiser_id=current_organiser().id,
                shortest=state().settings.shortest_cycle,
            )
    except CycleFaultsError as error:
        return _page(cycle_id, error.faults), REFUSED
    flash(_("The draft is kept. Nobody has been asked yet."), "success")
    return redirect(url_for("organiser.cycle", cycle_id=new), SEE_OTHER)


def _page(cycle_id: str, faults: tuple[Fault, ...]) -> str:
    with reading() as session:
        cycle = cycles.load(session, cycle_id)
        view = repeating.differences(session, now(), cycle_id)
    return render_template("organiser/repeat.html", cycle=cycle, view=view, faults=faults)
