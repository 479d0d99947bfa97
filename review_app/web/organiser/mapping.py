"""The map of a chain as a file."""

from __future__ import annotations

from flask import Response

from review_app.database import reading
from review_app.services import chain_maps, chains
from review_app.web.organiser.audience import blueprint
from review_app.web.words import file_stem


@blueprint.get("/organiser/chains/<string:chain_id>/map.pdf")
def chain_map_pdf(chain_id: str) -> Response:
    """The map of a chain as a PDF, made as it is asked for: it belongs to the chain as it is now."""
    with reading() as session:
        chain = chains.load(session, chain_id)
    made = chain_maps.pdf(chain)
    response = Response(made.content, content_type="application/pdf")
    response.headers.set("Content-Disposition", "attachment", filename=f"map-{file_stem(made.title)}.pdf")
    return response
