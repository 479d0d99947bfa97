"""A review that was sent: that it has arrived, and until the close how to replace it or take it back."""

from __future__ import annotations

from dataclasses import dataclass

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from review_app.clock import now
from review_app.database import reading, transaction
from review_app.services import answering
from review_app.web.respondent.audience import SEE_OTHER, blueprint, current_review, show
from review_app.web.respondent.experience import ExperienceForm, form_for
from review_app.web.respondent.questionnaire import resume_address, start_address
from review_app.web.respondent.wording import review_title
from surveys.answers import Answers


@dataclass(frozen=True, slots=True)
class Received:
    """What the page after the sending shows. ``next_title``: the review that is left, "" when there is none.

    ``experience``: the questions about the review itself, None where they are not asked.
    """

    review_title: str
    next_title: str
    next_address: str
    has_new_version: bool
    resume_address: str
    replace_address: str
    withdraw_address: str
    experience: ExperienceForm | None


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """What the page that asks once more shows. ``has_earlier_link``: it takes back what was sent with that one too."""

    review_title: str
    back: str
    has_earlier_link: bool


@blueprint.get("/r/reviews/<string:review_id>/received")
def received(review_id: str) -> ResponseReturnValue:
    """That a review has arrived, and never what is in it."""
    respondent, review = current_review(review_id)
    if not review.is_received:
        return redirect(url_for("respondent.reviews"), SEE_OTHER)
    with reading() as session:
        draft = answering.draft(session, respondent, review)
        left = next((other for other in respondent.reviews if not other.is_received), None)
        begun = answering.draft(session, respondent, left) if left and left.has_draft else Answers.empty()
    view = Received(
        review_title=review_title(respondent, review),
        next_title=review_title(respondent, left) if left else "",
        next_address=resume_address(respondent, left, begun) if left else "",
        has_new_version=review.has_draft,
        resume_address=resume_address(respondent, review, draft),
        replace_address=url_for("respondent.replace", review_id=review_id),
        withdraw_address=url_for("respondent.withdraw", review_id=review_id),
        experience=form_for(respondent),
    )
    return show("received.html", respondent, view, review)


@blueprint.post("/r/reviews/<string:review_id>/replace")
def replace(review_id: str) -> ResponseReturnValue:
    """Starts a new version, empty; the one that was sent counts until the new one is sent."""
    respondent, review = current_review(review_id)
    if review.is_received and not review.has_draft:
        with transaction() as session:
            answering.save_draft(session, now(), respondent, review, Answers.empty())
    return redirect(start_address(review), SEE_OTHER)


@blueprint.get("/r/reviews/<string:review_id>/withdraw")
def withdraw(review_id: str) -> ResponseReturnValue:
    """Asks once more before a review is taken back."""
    respondent, review = current_review(review_id)
    if not (review.is_received or respondent.has_earlier_link):
        return redirect(url_for("respondent.reviews"), SEE_OTHER)
    view = Withdrawal(
        review_title(respondent, review),
        url_for("respondent.received", review_id=review_id)
        if review.is_received
        else url_for("respondent.ways_out"),
        respondent.has_earlier_link,
    )
    return show("withdraw.html", respondent, view, review)


@blueprint.post("/r/reviews/<string:review_id>/withdraw")
def take_back(review_id: str) -> ResponseReturnValue:
    """Takes a sent review back, with the new version if one was begun."""
    respondent, review = current_review(review_id)
    if not (review.is_received or respondent.has_earlier_link):
        return redirect(url_for("respondent.reviews"), SEE_OTHER)
    with transaction() as session:
        answering.withdraw(session, now(), respondent, review)
    return redirect(url_for("respondent.reviews", notice="withdrawn"), SEE_OTHER)
