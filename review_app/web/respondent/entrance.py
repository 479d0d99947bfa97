"""The way in and out: the inert page that takes a link's code, and the button that forgets it.

The code is in the fragment of the link, which no browser sends; a script of the page posts it, or a person types it.
"""

from __future__ import annotations

import time

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from review_app.clock import now
from review_app.database import reading
from review_app.security import csrf, forget_respondent, remember_respondent
from review_app.services import answering
from review_app.web.origins import is_from_our_page
from review_app.web.respondent.audience import LANGUAGES, SEE_OTHER, blueprint
from surveys import sealing

# A code has 39 characters, and a pasted link a few more.
LONGEST_CODE = 200
# Longer than the work ever takes on an idle server, and nothing to a person who mistyped.
SECONDS_TO_REFUSE = 0.03
_NO_SECRET = bytes(sealing.SECRET_BYTES)
# What somebody opens their link for.
_OPEN = "open"
_LEAVE_OUT = "leave_out"


@blueprint.get("/r")
def enter() -> str:
    """The page that every link leads to: the same for everybody, from no database, with no cookie."""
    return _page(_OPEN)


@blueprint.post("/r")
@csrf.exempt  # There is no session yet whose right a foreign page could borrow; where the post comes from is checked.
def open_link() -> ResponseReturnValue:
    """Opens a link for this browser. Every failure gets one answer, after the same work."""
    return _opened(_OPEN)


@blueprint.get("/r/leave-out")
def enter_to_leave_out() -> str:
    """The page that a mail program's "unsubscribe" leads to: as inert as the other one, and it leaves nobody out."""
    return _page(_LEAVE_OUT)


@blueprint.post("/r/leave-out")
@csrf.exempt  # As for the other entrance; leaving out takes the form that comes after, with its token.
def open_to_leave_out() -> ResponseReturnValue:
    """Opens a link for this browser and goes on to the form for being left out."""
    return _opened(_LEAVE_OUT)


@blueprint.post("/r/leave")
def leave() -> ResponseReturnValue:
    """Forgets the link on this browser."""
    response = redirect(url_for("respondent.enter"), SEE_OTHER)
    forget_respondent(response)  # type: ignore[arg-type]  # Werkzeug's base class of the same response
    return response


def _page(purpose: str, *, has_failed: bool = False) -> str:
    return render_template(
        "respondent/enter.html", purpose=purpose, has_failed=has_failed, languages=LANGUAGES
    )


def _opened(purpose: str) -> ResponseReturnValue:
    began = time.monotonic()
    # Some people paste the whole link.
    code = request.form.get("code", "")[:LONGEST_CODE].rpartition("#")[2]
    secret = sealing.secret_of(code) if is_from_our_page() else None
    with reading() as session:
        found = answering.find(session, now(), secret or _NO_SECRET)
    if secret is None or found is None:
        page = _page(purpose, has_failed=True)
        # A row that is found and refused costs some microseconds more than none; thousands of tries would show it.
        time.sleep(max(0.0, began + SECONDS_TO_REFUSE - time.monotonic()))
        return page
    target = url_for("respondent.reviews")
    if purpose == _LEAVE_OUT:
        target = url_for("respondent.way_out", way="leave-out")
    response = redirect(target, SEE_OTHER)
    remember_respondent(response, secret)  # type: ignore[arg-type]  # Werkzeug's base class of the same response
    return response
