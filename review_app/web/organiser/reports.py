"""All the reports of a review at once: how far their PDFs are, and the archive of them."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from review_app.database import reading
from review_app.services import report_batches
from review_app.state import state
from review_app.web.faults import SEE_OTHER
from review_app.web.organiser.audience import blueprint
from review_app.web.report_downloads import handed_out

# A browser without script asks again after so many seconds.
_LOOK_AGAIN = 10


@blueprint.get("/organiser/reviews/<string:cycle_id>/reports")
def reports(cycle_id: str) -> ResponseReturnValue:
    """How far the PDFs of a review's reports are. While some are missing the page loads itself again."""
    with reading() as session:
        batch = report_batches.batch(session, cycle_id, state().settings.report_dir)
    page = render_template("organiser/reports.html", batch=batch)
    return page if batch.is_packed else (page, {"refresh": str(_LOOK_AGAIN)})


@blueprint.get("/organiser/reviews/<string:cycle_id>/reports.zip")
def reports_archive(cycle_id: str) -> ResponseReturnValue:
    """The archive; while it is being made, the page that says how far it is."""
    with reading() as session:
        archive = report_batches.archive(session, cycle_id, state().settings.report_dir)
    if archive is None:
        flash(_("The archive is still being made."), "info")
        return redirect(url_for("organiser.reports", cycle_id=cycle_id), SEE_OTHER)
    return handed_out(archive)
