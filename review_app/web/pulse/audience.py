"""Who is asked: whom the link of this request's cookie belongs to, in the language of this page."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from review_app import languages
from review_app.clock import now
from review_app.database import reading
from review_app.security import PULSE
from review_app.services import pulse_answering
from review_app.services.errors import PulseNotOpenError
from review_app.services.pulse_answering import Asked
from review_app.web.faults import SEE_OTHER
from surveys.language import Language

blueprint = Blueprint("pulse", __name__)

# Those of the entrance; once a link is known it is those of its review.
LANGUAGES = tuple(Language)
# The field by which a form says whose link it was drawn for.
LINK_FIELD = "link"
CONFLICT = 409


@blueprint.before_request
def _speak() -> None:
    languages.use_one_of(LANGUAGES)


class LinkLostError(Exception):
    """The browser sent no link that this server sealed, or posts a page that was drawn for another one."""


def current_asked() -> Asked:
    """Whom the cookie's link belongs to. Raises LinkLostError, and PulseNotOpenError once the pulse has closed."""
    secret = PULSE.secret(request)
    if secret is None:
        raise LinkLostError
    with reading() as session:
        asked = pulse_answering.find(session, now(), secret)
    if asked is None:
        # Only a link that once was found is put into a cookie, so its pulse has closed since.
        raise PulseNotOpenError
    languages.use_one_of(asked.languages)
    if request.form.get(LINK_FIELD, asked.reference) != asked.reference:
        raise LinkLostError
    return asked


@blueprint.errorhandler(LinkLostError)
def _link_lost(_error: LinkLostError) -> ResponseReturnValue:
    if request.method == "POST":
        return render_template("pulse/not_sent.html", languages=LANGUAGES), CONFLICT
    response = redirect(url_for("pulse.enter"), SEE_OTHER)
    PULSE.forget(response)  # type: ignore[arg-type]  # Werkzeug's base class of the same response
    return response


@blueprint.errorhandler(PulseNotOpenError)
def _closed(_error: PulseNotOpenError) -> ResponseReturnValue:
    was_posted = request.method == "POST"
    return render_template("pulse/closed.html", languages=LANGUAGES, was_posted=was_posted), CONFLICT
