"""The way in and out: the inert page that takes a link's code, and the button that forgets it."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from review_app.clock import now
from review_app.database import reading
from review_app.security import PULSE, csrf
from review_app.services import pulse_answering
from review_app.web.doors import knock
from review_app.web.faults import SEE_OTHER
from review_app.web.pulse.audience import LANGUAGES, blueprint


@blueprint.get("/p")
def enter() -> str:
    """The page that every link leads to: the same for everybody, from no database, with no cookie."""
    return _page()


@blueprint.post("/p")
@csrf.exempt  # There is no session yet whose right a foreign page could borrow; where the post comes from is checked.
def open_link() -> ResponseReturnValue:
    """Opens a link for this browser. Every failure gets one answer, after the same time."""
    with reading() as session:
        secret = knock(lambda posted: pulse_answering.find(session, now(), posted))
    if secret is None:
        return _page(has_failed=True)
    response = redirect(url_for("pulse.answer"), SEE_OTHER)
    PULSE.remember(response, secret)  # type: ignore[arg-type]  # Werkzeug's base class of the same response
    return response


@blueprint.post("/p/leave")
def leave() -> ResponseReturnValue:
    """Forgets the link on this browser."""
    response = redirect(url_for("pulse.enter"), SEE_OTHER)
    PULSE.forget(response)  # type: ignore[arg-type]  # Werkzeug's base class of the same response
    return response


def _page(*, has_failed: bool = False) -> str:
    return render_template("pulse/enter.html", has_failed=has_failed, languages=LANGUAGES)
