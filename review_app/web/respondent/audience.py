"""Who is answering: the respondent of this request's cookie, and the pages that know one."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask_babel import gettext as _

from review_app import languages
from review_app.clock import now
from review_app.database import reading
from review_app.security import respondent_secret
from review_app.services import answering
from review_app.services.answering import Respondent, Review
from review_app.services.errors import CycleNotOpenError
from review_app.web.respondent.promise import promise_to
from surveys.language import Language

blueprint = Blueprint("respondent", __name__)

SEE_OTHER = 303
# The field by which a form that is about no single review says whose link it was drawn for.
LINK_FIELD = "link"
# Those that the pages can be read in. Once a link is known it is those of its review: a page in another language than
# its statements would help nobody.
LANGUAGES = tuple(Language)


@blueprint.before_request
def _speak() -> None:
    # Before it is known who answers, the browser's own wish is all there is.
    languages.use_one_of(LANGUAGES)


class LinkLostError(Exception):
    """The browser sent no link that this server sealed."""


class OtherLinkError(Exception):
    """A page posts that was drawn for another link than the one that is open in this browser now."""


def current_respondent() -> Respondent:
    """The respondent of the cookie, in the language of this page.

    Raises LinkLostError without one, OtherLinkError where the page was another person's, CycleNotOpenError once the
    cycle has closed.
    """
    secret = respondent_secret(request)
    if secret is None:
        raise LinkLostError
    with reading() as session:
        respondent = answering.find(session, now(), secret)
    if respondent is None:
        # Only a link that once was found is put into a cookie, so its cycle has closed since.
        raise CycleNotOpenError(_("This review has closed."))
    languages.use_one_of(respondent.languages)
    if request.form.get(LINK_FIELD, respondent.reference) != respondent.reference:
        raise OtherLinkError
    return respondent.in_language(languages.current())


def current_review(review_id: str) -> tuple[Respondent, Review]:
    """The respondent of the cookie and one of the reviews asked of them. Raises NotFoundError for any other id."""
    respondent = current_respondent()
    return respondent, respondent.review(review_id)


def show(template: str, respondent: Respondent, view: object, review: Review | None = None) -> str:
    """A page of the respondent; it says what was promised to this person, about one review where it is of one."""
    return render_template(
        f"respondent/{template}",
        view=view,
        promise=promise_to(respondent, review),
        languages=respondent.languages,
    )
