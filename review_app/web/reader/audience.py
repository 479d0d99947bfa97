"""Who is reading: the reader of this request's cookie, in the language of this page."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from review_app import languages
from review_app.database import reading
from review_app.security import forget_reader, reader_secret
from review_app.services import readers
from review_app.services.readers import Reader
from review_app.web.faults import SEE_OTHER
from surveys.language import Language

blueprint = Blueprint("reader", __name__)

# Those of the entrance; once a link is known it is those of its review.
LANGUAGES = tuple(Language)


@blueprint.before_request
def _speak() -> None:
    languages.use_one_of(LANGUAGES)


class NoReaderError(Exception):
    """The browser sent no link that this server sealed, or one that opens nothing."""


@blueprint.errorhandler(NoReaderError)
def _to_the_entrance(_error: NoReaderError) -> ResponseReturnValue:
    response = redirect(url_for("reader.enter"), SEE_OTHER)
    forget_reader(response)  # type: ignore[arg-type]  # Werkzeug's base class of the same response
    return response


def current_reader() -> Reader:
    """The reader of the cookie. Raises NoReaderError."""
    secret = reader_secret(request)
    if secret is None:
        raise NoReaderError
    with reading() as session:
        reader = readers.find(session, secret)
    if reader is None:
        raise NoReaderError
    languages.use_one_of(reader.cycle.languages)
    return reader
