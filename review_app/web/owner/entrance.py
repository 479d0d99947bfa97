"""The way in and out: the inert page that takes the code of a link to actions, and the button that forgets it."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from review_app.clock import now
from review_app.database import reading
from review_app.security import OWNER, csrf
from review_app.services import actions
from review_app.web.doors import knock
from review_app.web.faults import SEE_OTHER
from review_app.web.owner.audience import LANGUAGES, blueprint


@blueprint.get("/a")
def enter() -> str:
    """The page that every link to actions leads to: the same for everybody, from no database, with no cookie."""
    return _page()


@blueprint.post("/a")
@csrf.exempt  # There is no session yet whose right a foreign page could borrow; where the post comes from is checked.
def open_link() -> ResponseReturnValue:
    """Opens a link for this browser. Every failure gets one answer, after the same time."""
    with reading() as session:
        secret = knock(lambda posted: actions.find_link(session, now(), posted))
    if secret is None:
        return _page(has_failed=True)
    response = redirect(url_for("owner.shelf"), SEE_OTHER)
    OWNER.remember(response, secret)  # type: ignore[arg-type]  # Werkzeug's base class of the same response
    return response


@blueprint.post("/a/leave")
def leave() -> ResponseReturnValue:
    """Forgets the link on this browser."""
    response = redirect(url_for("owner.enter"), SEE_OTHER)
    OWNER.forget(response)  # type: ignore[arg-type]  # Werkzeug's base class of the same response
    return response


def _page(*, has_failed: bool = False) -> str:
    return render_template("owner/enter.html", has_failed=has_failed, languages=LANGUAGES)
