"""The organiser's page about the mails with the links: which arrived, which came back, and what to do."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from review_app.database import reading
from review_app.services import bounces, cycles
from review_app.web.arriving import arrivals_view
from review_app.web.faults import SEE_OTHER
from review_app.web.organiser.audience import blueprint
from surveys.cycle import CycleState


@blueprint.get("/organiser/reviews/<string:cycle_id>/links")
def arrivals(cycle_id: str) -> ResponseReturnValue:
    """What became of the mail with each person's link, while the links lead somewhere."""
    with reading() as session:
        found = cycles.load(session, cycle_id)
        arrived = bounces.arrivals(session, cycle_id)
    if found.state is not CycleState.OPEN:
        return redirect(url_for("organiser.cycle", cycle_id=cycle_id), SEE_OTHER)
    return render_template("organiser/arrivals.html", cycle=found, view=arrivals_view(arrived))
