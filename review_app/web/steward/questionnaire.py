"""The steward reads the questionnaire word for word before approving it."""

from __future__ import annotations

from flask import render_template, request

from review_app.database import reading
from review_app.services import chains
from review_app.web.statements import statements_view
from review_app.web.steward.audience import blueprint, own_cycle
from surveys import library
from surveys.instrument import Instrument
from surveys.language import BILINGUAL, ENGLISH_ONLY, Language
from surveys.voices import STAND_INS


@blueprint.get("/steward/reviews/<string:cycle_id>/questionnaire")
def questionnaire(cycle_id: str) -> str:
    """Every statement that would be asked, in every voice or in one, with the names of this chain."""
    found = own_cycle(cycle_id)
    with reading() as session:
        prime = chains.load(session, found.chain_id).prime.name
    names = {**STAND_INS, "prime": prime, "chain": found.chain_name}
    instrument = found.instrument
    view = statements_view(instrument, request.args.get("voice", ""), names, with_welsh=found.is_bilingual)
    return render_template(
        "steward/questionnaire.html",
        cycle=found,
        view=view,
        is_shipped=_is_as_shipped(instrument, ENGLISH_ONLY),
        is_welsh_shipped=_is_as_shipped(instrument, BILINGUAL),
    )


def _is_as_shipped(instrument: Instrument, languages: tuple[Language, ...]) -> bool:
    """Whether it comes with Roundtable word for word, in these languages."""
    shipped = library.shipped().get((instrument.id, instrument.version))
    return shipped is not None and shipped.only_in(languages) == instrument.only_in(languages)
