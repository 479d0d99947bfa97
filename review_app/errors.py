"""From an exception to a page: status, words and what is logged (never a request's content)."""

from __future__ import annotations

import logging

from flask import Flask, render_template, request
from flask.globals import request_ctx
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from review_app.database import UNAVAILABLE
from review_app.languages import N_
from review_app.logs import place_of
from review_app.services import errors as refusals

TOO_LARGE = 413
TOO_MANY = 429
SECONDS_TO_WAIT = 30
logger = logging.getLogger(__name__)

_STATUS: dict[type[refusals.ServiceError], int] = {
    refusals.NotFoundError: 404,
    refusals.NotAllowedError: 409,
    refusals.NotYetError: 409,
    refusals.CycleNotOpenError: 409,
}
_WORDS: dict[int, tuple[str, str]] = {
    400: (N_("We could not read that"), N_("Go back and try again. If you typed something, copy it first.")),
    403: (
        N_("This page is not for your account"),
        N_("Sign in with an account that may see it, or go to your home page."),
    ),
    404: (N_("Page not found"), N_("Check the address, or start from the home page.")),
    405: (N_("Page not found"), N_("Check the address, or start from the home page.")),
    409: (N_("That is not possible now"), N_("Go back to see how things stand.")),
    413: (
        N_("That file is too large"),
        N_(
            "A file may have up to 5 MB, and nothing of this one was kept. Go back, and make it smaller or choose"
            " another."
        ),
    ),
    429: (N_("Too many tries"), N_("Wait a minute, then try again.")),
    500: (
        N_("Something went wrong"),
        N_("Nothing that was confirmed to you is lost. Try again in a moment."),
    ),
    503: (
        N_("Not saved yet"),
        N_("The server cannot save just now. Go back: your text is still there. Try again in a minute."),
    ),
}


def init_errors(app: Flask) -> None:
    """Registers the pages of errors."""
    app.register_error_handler(refusals.ServiceError, refused)
    app.register_error_handler(CSRFError, expired)
    app.register_error_handler(HTTPException, _http)
    for kind in UNAVAILABLE:
        app.register_error_handler(kind, unavailable)
    app.register_error_handler(Exception, _unexpected)


def _page(status: int, detail: str = "") -> tuple[str, int]:
    title, mend = _WORDS.get(status, _WORDS[500])
    back = _form() if status == TOO_LARGE else ""
    page = render_template("errors/error.html", title=_(title), detail=detail, mend=_(mend), back=back)
    return page, status


def _form() -> str:
    """The address of the form that was posted; "" where its page is elsewhere."""
    adapter = request_ctx.url_adapter
    is_a_page = adapter is not None and adapter.test(request.path, method="GET")
    return request.path if is_a_page else ""


def refused(error: refusals.ServiceError) -> ResponseReturnValue:
    """The page for what a service refused."""
    words = str(error)
    # What a respondent or a partner can come to is marked where it is raised. No words would be the catalogue's head.
    return _page(_STATUS.get(type(error), 409), _(words) if words else "")


def expired(_error: CSRFError) -> ResponseReturnValue:
    """The page for a post without a token that holds."""
    return _page(400, _("This page was open for a long time, or your browser does not keep cookies."))


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None or (error.code or 500) < 400:
        return error.get_response()
    page = _page(error.code or 500)
    return (*page, {"Retry-After": "60"}) if error.code == TOO_MANY else page


def unavailable(error: Exception) -> ResponseReturnValue:
    """The page for a database that cannot be reached or cannot write."""
    log_unavailable(error)
    return (*_page(503), {"Retry-After": str(SECONDS_TO_WAIT)})


def log_unavailable(error: Exception) -> None:
    """Tells the operator what kind of fault it was, and nothing of what should have been written."""
    logger.error("The database did not answer: %s", type(getattr(error, "orig", None) or error).__name__)


def _unexpected(error: Exception) -> ResponseReturnValue:
    logger.error("Unexpected %s", place_of(error))
    return _page(500)
