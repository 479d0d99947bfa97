"""Who takes part: the person of this request's cookie, in the language of this page."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from review_app import languages
from review_app.database import reading
from review_app.security import PARTICIPANT
from review_app.services import taking_part
from review_app.services.taking_part import Participant
from review_app.web.faults import SEE_OTHER
from surveys.language import Language

blueprint = Blueprint("participant", __name__)

# Those of the entrance; once a link is known it is those of its review.
LANGUAGES = tuple(Language)


@blueprint.before_request
def _speak() -> None:
    languages.use_one_of(LANGUAGES)


class NoSeatError(Exception):
    """The browser sent no link that this server sealed, or one that opens nothing."""


@blueprint.errorhandler(NoSeatError)
def _to_the_entrance(_error: NoSeatError) -> ResponseReturnValue:
    response = redirect(url_for("participant.enter"), SEE_OTHER)
    PARTICIPANT.forget(response)  # type: ignore[arg-type]  # Werkzeug's base class of the same response
    return response


def current_participant() -> Participant:
    """The person of the cookie. Raises NoSeatError."""
    with reading() as session:
        found = taking_part.find(session, current_secret())
    if found is None:
        raise NoSeatError
    languages.use_one_of(found.languages)
    return found


def current_secret() -> bytes:
    """The secret of the link that is open in this browser. Raises NoSeatError without one."""
    secret = PARTICIPANT.secret(request)
    if secret is None:
        raise NoSeatError
    return secret
