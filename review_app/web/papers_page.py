"""A PDF that the worker makes, or a small page that looks for it again until it is there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from flask import Response, make_response, render_template
from flask.typing import ResponseReturnValue

from review_app import papers
from review_app.state import state
from surveys.language import Language

SECONDS_TO_LOOK_AGAIN = 3


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a reader asked for. ``back``: the page that it was asked on; ``waiting``: the template of the page between.

    ``languages``: those that the reader can choose from, for whoever came by a link.
    """

    filename: str
    title: str
    back: str
    waiting: str
    languages: tuple[Language, ...] = ()


def handed_out(html: str, styles: Sequence[str], wanted: Wanted) -> ResponseReturnValue:
    """The PDF of a page of HTML as something to keep; while it is made, a page that asks again. No row is written."""
    return answer(papers.asked(state().settings.paper_dir, html, styles), wanted)


def answer(paper: Path | None, wanted: Wanted) -> ResponseReturnValue:
    """A PDF as something to keep; where there is none yet, a page that asks for it again."""
    if paper is None:
        page = make_response(render_template(wanted.waiting, wanted=wanted, languages=wanted.languages), 202)
        page.headers["refresh"] = str(SECONDS_TO_LOOK_AGAIN)
        page.headers["cache-control"] = "no-store"
        return page
    response = Response(paper.read_bytes(), content_type="application/pdf")
    response.headers.set("Content-Disposition", "attachment", filename=wanted.filename)
    return response
