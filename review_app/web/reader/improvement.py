"""“You said, we did” for those who came by a link to their reports: the reviews up to their own, and no others."""

from __future__ import annotations

from datetime import datetime

from flask import render_template, send_file, url_for
from flask.typing import ResponseReturnValue

from review_app import languages, papers
from review_app.clock import now
from review_app.database import reading
from review_app.languages import N_, ZONE, tongue
from review_app.services import improvement_said
from review_app.services.errors import NotFoundError
from review_app.services.improvement_said import YouSaid
from review_app.services.readers import MAIN, Reader
from review_app.state import state
from review_app.web.reader.audience import blueprint, current_reader

_FILE_NAME = "you-said-we-did.pdf"


@blueprint.get("/report/improvement")
def improvement() -> str:
    """What was said in this reader's chain, and what came of it."""
    reader = current_reader()
    return render_template("reader/improvement.html", said=_said(reader), languages=reader.cycle.languages)


@blueprint.get("/report/improvement.pdf")
def improvement_as_pdf() -> ResponseReturnValue:
    """The same as a PDF; while it is being made, a page that looks again by itself."""
    reader = current_reader()
    html = improvement_said.source(_said(reader), tongue(languages.current()))
    path = papers.made(state().settings.paper_dir, html, improvement_said.STYLES)
    if path is not None:
        return send_file(path, mimetype="application/pdf", as_attachment=True, download_name=_FILE_NAME)
    page = render_template(
        "reader/being_made.html", back=url_for("reader.improvement"), languages=reader.cycle.languages
    )
    return page, papers.LOOK_AGAIN


def has_something(reader: Reader) -> bool:
    """Whether the page is there for a reader: once the main report is theirs and something came of a review."""
    if MAIN not in reader.subjects or reader.cycle.closed_at is None:
        return False
    with reading() as session:
        return improvement_said.has_begun(session, reader.cycle.chain_id, reader.cycle.closed_at)


def _said(reader: Reader) -> YouSaid:
    closed_at = reader.cycle.closed_at
    if closed_at is None or not has_something(reader):
        raise NotFoundError(N_("Nothing has come of the reports yet that could be told here."))
    return _of(reader, closed_at)


def _of(reader: Reader, closed_at: datetime) -> YouSaid:
    today = now().astimezone(ZONE).date()
    with reading() as session:
        return improvement_said.of_chain(
            session, today, reader.cycle.chain_id, tongue(languages.current()), closed_at
        )
