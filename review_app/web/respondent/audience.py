"""Who is answering: the respondent of this request's cookie, and the pages for when there is none (any more)."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from review_app import languages
from review_app.clock import now
from review_app.database import reading
from review_app.security import forget_respondent, respondent_secret
from review_app.services import answering
from review_app.services.answering import Respondent, Review
from review_app.services.errors import CycleNotOpenError
from review_app.web.respondent.promise import promise_to
from surveys.language import Language

blueprint = Blueprint("respondent", __name__)

SEE_OTHER = 303
NOT_SAVED = 409
_COMMENT = "c-"
# Those that the pages can be read in.
LANGUAGES = tuple(Language)


@blueprint.before_request
def _speak() -> None:
    # Before it is known who answers, the browser's own wish is all there is.
    languages.use_one_of(LANGUAGES)


class LinkLostError(Exception):
    """The browser sent no link that this server sealed."""


def current_respondent() -> Respondent:
    """The respondent of the cookie. Raises LinkLostError without one, CycleNotOpenError once the cycle has closed."""
    secret = respondent_secret(request)
    if secret is None:
        raise LinkLostError
    with reading() as session:
        respondent = answering.find(session, now(), secret)
    if respondent is None:
        # Only a link that once was found is put into a cookie, so its cycle has closed since.
        raise CycleNotOpenError(_("This review has closed."))
    languages.use_one_of(LANGUAGES)
    return respondent


def current_review(review_id: str) -> tuple[Respondent, Review]:
    """The respondent of the cookie and one of the reviews asked of them. Raises NotFoundError for any other id."""
    respondent = current_respondent()
    return respondent, respondent.review(review_id)


def show(template: str, respondent: Respondent, view: object, review: Review | None = None) -> str:
    """A page of the respondent; it says what was promised to this person, about one review where it is of one."""
    return render_template(
        f"respondent/{template}", view=view, promise=promise_to(respondent, review), languages=LANGUAGES
    )


def not_saved(reason: str, *, go_on: str | None = None) -> ResponseReturnValue:
    """The page that says kindly why nothing was saved, and gives back what the person had written.

    ``reason``: "closed", "link_lost" or "already_sent". ``go_on``: the address to go on from.
    """
    texts = [text for name, text in request.form.items() if name.startswith(_COMMENT) and text.strip()]
    return render_template("respondent/not_saved.html", reason=reason, texts=texts, go_on=go_on), NOT_SAVED


@blueprint.errorhandler(LinkLostError)
def _link_lost(_error: LinkLostError) -> ResponseReturnValue:
    return not_saved("link_lost") if request.method == "POST" else _back_to_the_entrance()


@blueprint.errorhandler(CycleNotOpenError)
def _closed(_error: CycleNotOpenError) -> ResponseReturnValue:
    return not_saved("closed") if request.method == "POST" else _back_to_the_entrance()


def _back_to_the_entrance() -> ResponseReturnValue:
    response = redirect(url_for("respondent.enter"), SEE_OTHER)
    forget_respondent(response)  # type: ignore[arg-type]  # Werkzeug's base class of the same response
    return response
