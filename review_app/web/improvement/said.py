"""“You said, we did” for whoever oversees a chain: what everybody in it reads too, as a page and as a PDF."""

from __future__ import annotations

from flask import redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from review_app import papers
from review_app.clock import now
from review_app.database import reading
from review_app.languages import ZONE, tongue
from review_app.services import improvement_said, overseeing
from review_app.state import state
from review_app.web.faults import SEE_OTHER
from review_app.web.improvement.asking import account, home
from review_app.web.improvement.audience import blueprint
from review_app.web.words import file_stem
from surveys.language import Language


@blueprint.get("/chains/<string:chain_id>/actions/you-said")
def said(chain_id: str) -> str:
    """What was said in the chain, and what came of it."""
    today = now().astimezone(ZONE).date()
    with reading() as session:
        overseeing.check_oversees(session, chain_id, account())
        found = improvement_said.of_chain(session, today, chain_id, tongue(Language.ENGLISH))
    return render_template("improvement/you_said.html", said=found, chain_id=chain_id, home=home())


@blueprint.get("/chains/<string:chain_id>/actions/you-said.pdf")
def said_as_pdf(chain_id: str) -> ResponseReturnValue:
    """The same as a PDF; while it is being made, a page that looks again by itself."""
    today = now().astimezone(ZONE).date()
    speech = tongue(Language.ENGLISH)
    with reading() as session:
        overseeing.check_oversees(session, chain_id, account())
        found = improvement_said.of_chain(session, today, chain_id, speech)
    if found.is_empty:
        return redirect(url_for("improvement.said", chain_id=chain_id), SEE_OTHER)
    html = improvement_said.source(found, speech)
    path = papers.made(state().settings.paper_dir, html, improvement_said.STYLES)
    if path is None:
        page = render_template(
            "improvement/being_made.html", back=url_for("improvement.said", chain_id=chain_id)
        )
        return page, papers.LOOK_AGAIN
    name = _("%(chain)s-you-said-we-did", chain=file_stem(found.chain))
    return send_file(path, mimetype="application/pdf", as_attachment=True, download_name=f"{name}.pdf")
