"""The library of instruments: those that come with Roundtable, and the installation's own."""

from __future__ import annotations

from flask import render_template

from review_app.database import reading
from review_app.services import instruments as instrument_service
from review_app.web.organiser.audience import blueprint
from surveys import library


@blueprint.get("/organiser/instruments")
def instruments() -> str:
    """Every instrument."""
    with reading() as session:
        own = instrument_service.summaries(session)
    return render_template("organiser/instruments.html", own=own, shipped=tuple(library.shipped().values()))


@blueprint.get("/organiser/instruments/<string:instrument_id>/versions/<int:version>/<string:voice>.pdf")
def questionnaire_pdf(instrument_id: str, version: int, voice: str) -> str:
    """The printed questionnaire."""
    return f"{instrument_id} {version} {voice}"
