"""Check your answers, and the sending."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from review_app.clock import now
from review_app.database import reading, transaction
from review_app.services import answering, naming
from review_app.services.answering import Respondent, Review
from review_app.web.respondent.audience import blueprint, current_review, show
from review_app.web.respondent.questionnaire import REFUSED, start_address
from review_app.web.respondent.saving import is_by_script, led_on, told
from review_app.web.respondent.unsaved import shows_again
from review_app.web.respondent.wording import answer_label, choice_label, noted, review_title, unsent
from surveys.answers import Answers, comment_field, question_field
from surveys.instrument import Page, Question, Section

# The button, which the list of faults leads to when nothing was sent.
SEND_BUTTON = "send"


@dataclass(frozen=True, slots=True)
class CheckedAnswer:
    """One line of the check: a statement and its answer. ``address`` leads to where it can be changed."""

    field: str
    statement: str
    answer: str
    is_missing: bool
    address: str


@dataclass(frozen=True, slots=True)
class CheckedComment:
    """The comment on an element; ``text`` is "" where there is none. ``noted``: what in it might tell who wrote it."""

    field: str
    prompt: str
    text: str
    noted: str
    choice: str
    address: str


@dataclass(frozen=True, slots=True)
class CheckedSection:
    """One section of the check. ``comment`` None: the section asks for none."""

    title: str
    answers: tuple[CheckedAnswer, ...]
    comment: CheckedComment | None


@dataclass(frozen=True, slots=True)
class Check:
    """What the page before the sending shows. ``unanswered``: in words, "" when every statement has an answer."""

    review_title: str
    sections: tuple[CheckedSection, ...]
    unanswered: str
    faults: tuple[tuple[str, str], ...]
    back: str
    is_replacing: bool


@blueprint.get("/r/reviews/<string:review_id>/check")
def check(review_id: str) -> ResponseReturnValue:
    """Every answer of the draft once more, before it is sent."""
    respondent, review = current_review(review_id)
    if not review.has_draft:
        return _without_draft(review)
    return _check_page(respondent, review)


@blueprint.post("/r/reviews/<string:review_id>/check")
def send(review_id: str) -> ResponseReturnValue:
    """Sends the draft. Sending again is harmless: once the draft is gone there is nothing left to send."""
    respondent, review = current_review(review_id)
    with transaction() as session:
        draft = answering.submit_draft(session, now(), respondent, review)
    if draft.ratings or draft.comments:
        return led_on(url_for("respondent.received", review_id=review_id))
    # A second click that came while the first was being kept: the draft was there when this request began.
    respondent, review = current_review(review_id)
    if not review.has_draft:
        return _without_draft(review)
    nothing = _("Answer at least one statement, or write a comment, before you send.")
    if is_by_script():
        return told("faults", words=nothing), REFUSED
    faults = ((nothing, _first_field(respondent, review)),)
    return _check_page(respondent, review, faults), REFUSED


@shows_again("send")
def _unsent(reason: str, *, review_id: str) -> str | None:
    """The check once more, with why nothing is sent."""
    respondent, review = current_review(review_id)
    return _check_page(respondent, review, ((unsent(reason), SEND_BUTTON),)) if review.has_draft else None


def _without_draft(review: Review) -> ResponseReturnValue:
    if review.is_received:
        return led_on(url_for("respondent.received", review_id=review.reference))
    return led_on(start_address(review))


def _check_page(respondent: Respondent, review: Review, faults: tuple[tuple[str, str], ...] = ()) -> str:
    with reading() as session:
        draft = answering.draft(session, respondent, review)
        telling = {
            section_id: noted(naming.telling_passages(session, respondent, review, comment.text))
            for section_id, comment in draft.comments.items()
        }
    return show("check.html", respondent, _check_view(respondent, review, draft, telling, faults), review)


def _first_field(respondent: Respondent, review: Review) -> str:
    return question_field(respondent.instrument.pages(review.voice)[0].questions[0].id)


def _check_view(
    respondent: Respondent,
    review: Review,
    draft: Answers,
    telling: Mapping[str, str],
    faults: tuple[tuple[str, str], ...] = (),
) -> Check:
    pages = respondent.instrument.pages(review.voice)
    missing = len(draft.unanswered(respondent.instrument, review.voice))
    return Check(
        review_title=review_title(respondent, review),
        sections=tuple(
            CheckedSection(
                title=section.title,
                answers=tuple(
                    _checked_answer(respondent, review, page, question, draft)
                    for page in pages
                    if page.section.id == section.id
                    for question in page.questions
                ),
                comment=_checked_comment(review, pages, section, draft, telling),
            )
            for section in respondent.instrument.sections_for(review.voice)
        ),
        unanswered=_unanswered(missing),
        faults=faults,
        back=url_for("respondent.page", review_id=review.reference, number=len(pages)),
        is_replacing=review.is_received,
    )


def _checked_answer(
    respondent: Respondent, review: Review, page: Page, question: Question, draft: Answers
) -> CheckedAnswer:
    field = question_field(question.id)
    return CheckedAnswer(
        field=field,
        statement=question.worded(review.voice, review.names),
        answer=answer_label(respondent, question, draft),
        is_missing=question.id not in draft.ratings,
        address=_change_address(review, page, field),
    )


def _checked_comment(
    review: Review,
    pages: tuple[Page, ...],
    section: Section,
    draft: Answers,
    telling: Mapping[str, str],
) -> CheckedComment | None:
    page = next((page for page in pages if page.section.id == section.id and page.asks_comment), None)
    if page is None:
        return None
    field = comment_field(section.id)
    comment = draft.comments.get(section.id)
    return CheckedComment(
        field=field,
        prompt=section.comment_prompt,
        text=comment.text if comment else "",
        noted=telling.get(section.id, ""),
        choice=choice_label(comment.choice) if comment else "",
        address=_change_address(review, page, field),
    )


def _change_address(review: Review, page: Page, field: str) -> str:
    return url_for("respondent.page", review_id=review.reference, number=page.number, change=1, _anchor=field)


def _unanswered(missing: int) -> str:
    if not missing:
        return ""
    return ngettext(
        "%(num)s statement has no answer. You can leave it, or go back and choose one.",
        "%(num)s statements have no answer. You can leave them, or go back and choose one.",
        missing,
    )
