"""The history of a chain, by pages."""

from __future__ import annotations

from flask import render_template, request

from review_app.database import reading
from review_app.services import chains, chains_history
from review_app.web.organiser.audience import blueprint


@blueprint.get("/organiser/chains/<string:chain_id>/history")
def chain_history(chain_id: str) -> str:
    """Who changed what and when, the newest first."""
    page = request.args.get("page", 1, type=int)
    with reading() as session:
        chain = chains.load(session, chain_id)
        view = chains_history.history(session, chain_id, page)
    return render_template("organiser/chain_history.html", chain_id=chain_id, name=chain.name, view=view)
