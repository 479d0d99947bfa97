"""Whose link is open: the owner or verifier of this request's cookie, in the language of this page."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from review_app import languages
from review_app.clock import now
from review_app.database import reading
from review_app.security import OWNER
from review_app.services import actions
from review_app.services.actions import ActionLink
from review_app.web.faults import SEE_OTHER
from surveys.language import Language

blueprint = Blueprint("owner", __name__)

# Those of the entrance; once a link is known it is those of its review.
LANGUAGES = tuple(Language)


@blueprint.before_request
def _speak() -> None:
    languages.use_one_of(LANGUAGES)


class NoLinkError(Exception):
    """The browser sent no link that this server sealed, or one that opens nothing."""


@blueprint.errorhandler(NoLinkError)
def _to_the_entrance(_error: NoLinkError) -> ResponseReturnValue:
    response = redirect(url_for("owner.enter"), SEE_OTHER)
    OWNER.forget(response)  # type: ignore[arg-type]  # Werkzeug's base class of the same response
    return response


def current_link() -> ActionLink:
    """The link of the cookie. Raises NoLinkError."""
    secret = OWNER.secret(request)
    if secret is None:
        raise NoLinkError
    with reading() as session:
        link = actions.find_link(session, now(), secret)
    if link is None:
        raise NoLinkError
    languages.use_one_of(link.languages)
    return link
