"""A PDF that the worker makes, or a small page that looks for it again until it is there."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response, make_response, render_template
from flask.typing import ResponseReturnValue

from review_app import papers
from review_app.state import state

SECONDS_TO_LOOK_AGAIN = 3


def handed_out(
    html: str, styles: Sequence[str], *, filename: str, title: str, back: str, waiting: str
) -> ResponseReturnValue:
    """The PDF of a page of HTML as something to keep; while it is made, a page that leads ``back``.

    ``waiting``: the template of that page. Nothing is written into the database.
    """
    paper = papers.asked(state().settings.paper_dir, html, styles)
    if paper is None:
        page = make_response(render_template(waiting, title=title, back=back), 202)
        page.headers["Refresh"] = str(SECONDS_TO_LOOK_AGAIN)
        page.headers["Cache-Control"] = "no-store"
        return page
    response = Response(paper.read_bytes(), content_type="application/pdf")
    response.headers.set("Content-Disposition", "attachment", filename=filename)
    return response
