"""What those whom the reports are about reply, for the steward to read: nobody edits it but its writers."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from review_app.database import reading
from review_app.services import publishing
from review_app.web import replying
from review_app.web.faults import SEE_OTHER
from review_app.web.steward.audience import blueprint, own_cycle
from surveys.subjects import Subject


@blueprint.get("/steward/reviews/<string:cycle_id>/replies")
def replies(cycle_id: str) -> ResponseReturnValue:
    """All replies so far, report by report."""
    found = own_cycle(cycle_id)
    if not found.is_awaiting_replies:
        return redirect(url_for("steward.cycle", cycle_id=cycle_id), SEE_OTHER)
    with reading() as session:
        partners = publishing.partner_reports(session, cycle_id)
    subjects = ("", *(str(Subject.partner(partner.party_id)) for partner in partners))
    views = [replying.overview(replying.right_of(cycle_id, subject)) for subject in subjects]
    reports = [(view.by, view) for view in views]
    return render_template("steward/replies.html", cycle=found, reports=reports)
