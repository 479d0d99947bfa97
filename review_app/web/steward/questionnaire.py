"""The steward reads the questionnaire word for word before approving it."""

from __future__ import annotations

from flask import render_template, request

from review_app.database import reading
from review_app.services import chains
from review_app.web.statements import statements_view
from review_app.web.steward.audience import blueprint, own_cycle
from surveys import library
from surveys.voices import STAND_INS


@blueprint.get("/steward/reviews/<string:cycle_id>/questionnaire")
def questionnaire(cycle_id: str) -> str:
    """Every statement that would be asked, in every voice or in one, with the names of this chain."""
    found = own_cycle(cycle_id)
    with reading() as session:
        prime = chains.load(session, found.chain_id).prime.name
    names = {**STAND_INS, "prime": prime, "chain": found.chain_name}
    instrument = found.instrument
    is_shipped = library.shipped().get((instrument.id, instrument.version)) == instrument
    view = statements_view(instrument, request.args.get("voice", ""), names)
    return render_template("steward/questionnaire.html", cycle=found, view=view, is_shipped=is_shipped)
