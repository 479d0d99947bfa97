"""What respondents asked of the steward while the review is open. Nobody else sees that anything was asked."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from review_app.database import reading, transaction
from review_app.services import steward_requests
from review_app.state import state
from review_app.web.faults import SEE_OTHER
from review_app.web.steward.audience import blueprint, own_cycle, steward_id
from review_app.web.steward.home import takes_answers
from surveys.cycle import CycleState


@blueprint.get("/steward/reviews/<string:cycle_id>/requests")
def requests(cycle_id: str) -> ResponseReturnValue:
    """Every request that waits. They are opened for this page alone."""
    found = own_cycle(cycle_id)
    # Before the launch and after the count there is no key to open any with, and none are there.
    if found.state not in {CycleState.OPEN, CycleState.CLOSING}:
        return redirect(url_for("steward.cycle", cycle_id=cycle_id), SEE_OTHER)
    key = state().keys.link_key(cycle_id)
    with reading() as session:
        waiting = steward_requests.requests(session, cycle_id, steward_id(), key)
    return render_template(
        "steward/requests.html", cycle=found, waiting=waiting, may_act=takes_answers(found)
    )


@blueprint.post("/steward/reviews/<string:cycle_id>/requests/<string:request_id>")
def finish_steward_request(cycle_id: str, request_id: str) -> ResponseReturnValue:
    """Deletes a request that is dealt with."""
    own_cycle(cycle_id)
    with transaction() as session:
        steward_requests.finish(session, cycle_id, steward_id(), request_id)
    flash(_("The request is dealt with and deleted."), "success")
    return redirect(url_for("steward.requests", cycle_id=cycle_id), SEE_OTHER)
