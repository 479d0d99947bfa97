"""The way in and out: the inert page that takes the code of a link to reports, and the button that forgets it."""

from __future__ import annotations

import time

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from review_app.database import reading
from review_app.security import csrf, forget_reader, remember_reader
from review_app.services import readers
from review_app.web.faults import SEE_OTHER
from review_app.web.origins import is_from_our_page
from review_app.web.reader.audience import LANGUAGES, blueprint
from surveys import sealing

# A code has 39 characters, and a pasted link a few more.
LONGEST_CODE = 200
# As at the respondents' entrance: longer than the work ever takes on an idle server.
SECONDS_TO_REFUSE = 0.03
_NO_SECRET = bytes(sealing.SECRET_BYTES)


@blueprint.get("/report")
def enter() -> str:
    """The page that every link to reports leads to: the same for everybody, from no database, with no cookie."""
    return _page()


@blueprint.post("/report")
@csrf.exempt  # There is no session yet whose right a foreign page could borrow; where the post comes from is checked.
def open_link() -> ResponseReturnValue:
    """Opens a link for this browser. Every failure gets one answer, after the same time."""
    began = time.monotonic()
    code = request.form.get("code", "")[:LONGEST_CODE].rpartition("#")[2]
    secret = sealing.secret_of(code) if is_from_our_page() else None
    with reading() as session:
        found = readers.find(session, secret or _NO_SECRET)
    if secret is None or found is None:
        page = _page(has_failed=True)
        time.sleep(max(0.0, began + SECONDS_TO_REFUSE - time.monotonic()))
        return page
    response = redirect(url_for("reader.reports"), SEE_OTHER)
    remember_reader(response, secret)  # type: ignore[arg-type]  # Werkzeug's base class of the same response
    return response


@blueprint.post("/report/leave")
def leave() -> ResponseReturnValue:
    """Forgets the link on this browser."""
    response = redirect(url_for("reader.enter"), SEE_OTHER)
    forget_reader(response)  # type: ignore[arg-type]  # Werkzeug's base class of the same response
    return response


def _page(*, has_failed: bool = False) -> str:
    return render_template("reader/enter.html", has_failed=has_failed, languages=LANGUAGES)
