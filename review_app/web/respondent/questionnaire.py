"""One page of statements: shown with what the draft holds, and posted into it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from flask import make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from review_app import languages
from review_app.clock import now
from review_app.database import reading, transaction
from review_app.services import answering, naming
from review_app.services.answering import Respondent, Review
from review_app.services.errors import NotFoundError
from review_app.web.respondent.audience import SEE_OTHER, blueprint, current_review, show
from review_app.web.respondent.saving import is_by_script, led_on, told
from review_app.web.respondent.unsaved import ALREADY_SENT, not_saved, shows_again
from review_app.web.respondent.wording import (
    fault_text,
    left_words,
    noted,
    noted_words,
    over_words,
    review_title,
    unsaved_answers,
)
from surveys.answers import (
    LONGEST_COMMENT,
    Answers,
    CommentChoice,
    choice_field,
    comment_field,
    parse_page,
    question_field,
)
from surveys.errors import AnswersFaultsError
from surveys.instrument import Page, Question
from surveys.language import Language

REFUSED = 422
# The button that saves, which the list of faults leads to when the page as a whole was not saved.
SAVE_BUTTON = "save"
# Of a comment that is far too long only the beginning is looked through.
_LONGEST_READ = 4 * LONGEST_COMMENT


@dataclass(frozen=True, slots=True)
class Card:
    """One statement. ``field``: the form field's name, also the id of its first answer."""

    field: str
    statement: str
    chosen: str | None
    fault: str


@dataclass(frozen=True, slots=True)
class CommentBox:
    """The comment on an element, and what may become of it.

    ``left_words`` and ``over_words``: how many characters are left, or too many, for each form that numbers take.
    ``telling``: the passages that might tell who wrote it, in a sentence in ``noted``; ``noted_words``: that sentence
    with {} for the passages.
    """

    field: str
    choice_field: str
    prompt: str
    text: str
    choice: str
    longest: int
    left_words: Mapping[str, str]
    over_words: Mapping[str, str]
    fault: str
    choice_fault: str
    telling: tuple[str, ...]
    noted: str
    noted_words: str


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """What a page of statements shows.

    ``points`` and ``opt_outs``: (value, label). ``faults``: (text, id of the field); with one, nothing of what the page
    shows is saved.
    """

    title: str
    review_title: str
    introduction: str
    number: int
    count: int
    points: tuple[tuple[str, str], ...]
    opt_outs: tuple[tuple[str, str], ...]
    cards: tuple[Card, ...]
    comment: CommentBox | None
    faults: tuple[tuple[str, str], ...]
    back: str
    is_change: bool


@blueprint.get("/r/reviews/<string:review_id>/<int:number>")
def page(review_id: str, number: int) -> ResponseReturnValue:
    """One page of statements with what was drafted."""
    respondent, review = current_review(review_id)
    asked = _page(respondent, review, number)
    if review.is_received and not review.has_draft:
        return redirect(url_for("respondent.received", review_id=review_id), SEE_OTHER)
    with reading() as session:
        draft = answering.draft(session, respondent, review)
    return show("page.html", respondent, _view(respondent, review, asked, _typed(draft, asked)), review)


@blueprint.post("/r/reviews/<string:review_id>/<int:number>")
def save_page(review_id: str, number: int) -> ResponseReturnValue:
    """Keeps a page in the draft and goes on; a page with faults is shown again and nothing is kept."""
    respondent, review = current_review(review_id)
    asked = _page(respondent, review, number)
    if review.is_received and not review.has_draft:
        # An old page of the browser's history: alone it would make a new version that lacks all the others.
        return not_saved(ALREADY_SENT, go_on=url_for("respondent.received", review_id=review_id))
    try:
        posted = parse_page(request.form, asked, respondent.instrument)
    except AnswersFaultsError as error:
        faults = {fault.place: fault_text(request.form.get(fault.place, "")) for fault in error.faults}
        return _refused(respondent, review, asked, faults)
    with transaction() as session:
        answering.save_page(session, now(), respondent, review, page=asked, posted=posted)
    return _go_on(respondent, review, asked, _telling(respondent, review, asked, request.form))


@shows_again("save_page")
def _as_posted(reason: str, *, review_id: str, number: int) -> str | None:
    """The page with everything that was posted, to be saved once more."""
    respondent, review = current_review(review_id)
    if review.is_received and not review.has_draft:
        return None
    asked = _page(respondent, review, number)
    view = _view(respondent, review, asked, request.form)
    faults = ((unsaved_answers(reason), SAVE_BUTTON),)
    return show("page.html", respondent, replace(view, faults=faults), review)


def start_address(review: Review) -> str:
    """The first page of a review."""
    return url_for("respondent.page", review_id=review.reference, number=1)


def resume_address(respondent: Respondent, review: Review, draft: Answers) -> str:
    """Where a draft goes on: its first page with a statement that has no answer, else the check."""
    for page in respondent.instrument.pages(review.voice):
        if any(question.id not in draft.ratings for question in page.questions):
            return url_for("respondent.page", review_id=review.reference, number=page.number)
    return url_for("respondent.check", review_id=review.reference)


def _page(respondent: Respondent, review: Review, number: int) -> Page:
    pages = respondent.instrument.pages(review.voice)
    if not 1 <= number <= len(pages):
        raise NotFoundError(_("There is no such page."))
    return pages[number - 1]


def _refused(
    respondent: Respondent, review: Review, asked: Page, faults: Mapping[str, str]
) -> ResponseReturnValue:
    if is_by_script():
        words = _("Not saved yet. %(fault)s", fault=next(iter(faults.values())))
        return told("faults", words=words), REFUSED
    return show(
        "page.html", respondent, _view(respondent, review, asked, request.form, faults), review
    ), REFUSED


def _go_on(
    respondent: Respondent, review: Review, asked: Page, telling: tuple[str, ...]
) -> ResponseReturnValue:
    language = request.form.get("language", "")
    if language not in respondent.languages:
        return led_on(_next_address(respondent, review, asked), telling=telling)
    # The switch was pressed: the same page once more, in the other language.
    response = make_response(led_on(request.full_path))
    languages.remember(response, Language(language))
    return response


def _next_address(respondent: Respondent, review: Review, asked: Page) -> str:
    if request.form.get("action") == "later":
        return url_for("respondent.reviews", notice="kept")
    is_last = asked.number == len(respondent.instrument.pages(review.voice))
    if is_last or _is_change():
        return url_for("respondent.check", review_id=review.reference)
    return url_for("respondent.page", review_id=review.reference, number=asked.number + 1)


def _is_change() -> bool:
    return "change" in request.args


def _typed(draft: Answers, asked: Page) -> dict[str, str]:
    """The form of a page as the draft would fill it in."""
    form = {
        question_field(question.id): str(draft.ratings[question.id])
        for question in asked.questions
        if question.id in draft.ratings
    }
    comment = draft.comments.get(asked.section.id)
    if comment is not None:
        form[comment_field(asked.section.id)] = comment.text
        form[choice_field(asked.section.id)] = comment.choice.value
    return form


def _view(
    respondent: Respondent,
    review: Review,
    asked: Page,
    form: Mapping[str, str],
    faults: Mapping[str, str] = MappingProxyType({}),
) -> Questionnaire:
    scale = respondent.instrument.scale
    return Questionnaire(
        title=asked.section.title,
        review_title=review_title(respondent, review),
        introduction=asked.section.introduction,
        number=asked.number,
        count=len(respondent.instrument.pages(review.voice)),
        points=tuple((str(point.value), point.label) for point in scale.points),
        opt_outs=tuple((opt_out.value, label) for opt_out, label in scale.opt_outs.items()),
        cards=tuple(_card(respondent, review, question, form, faults) for question in asked.questions),
        comment=_comment_box(respondent, review, asked, form, faults) if asked.asks_comment else None,
        faults=tuple((text, place) for place, text in faults.items()),
        back=_back_address(review, asked),
        is_change=_is_change(),
    )


def _card(
    respondent: Respondent,
    review: Review,
    question: Question,
    form: Mapping[str, str],
    faults: Mapping[str, str],
) -> Card:
    field = question_field(question.id)
    return Card(
        field=field,
        statement=question.worded(review.voice, review.names),
        chosen=form.get(field),
        fault=faults.get(field, ""),
    )


def _comment_box(
    respondent: Respondent, review: Review, asked: Page, form: Mapping[str, str], faults: Mapping[str, str]
) -> CommentBox:
    field, choice = comment_field(asked.section.id), choice_field(asked.section.id)
    telling = _telling(respondent, review, asked, form)
    return CommentBox(
        field=field,
        choice_field=choice,
        prompt=asked.section.comment_prompt,
        text=form.get(field, ""),
        choice=form.get(choice, CommentChoice.SUMMARISE.value),
        longest=LONGEST_COMMENT,
        left_words=left_words(),
        over_words=over_words(),
        fault=faults.get(field, ""),
        choice_fault=faults.get(choice, ""),
        telling=telling,
        noted=noted(telling),
        noted_words=noted_words("{}"),
    )


def _telling(respondent: Respondent, review: Review, asked: Page, form: Mapping[str, str]) -> tuple[str, ...]:
    """The passages of the page's comment that might tell who wrote it."""
    text = form.get(comment_field(asked.section.id), "")[:_LONGEST_READ] if asked.asks_comment else ""
    if not text:
        return ()
    with reading() as session:
        return naming.telling_passages(session, respondent, review, text)


def _back_address(review: Review, asked: Page) -> str:
    if _is_change():
        return url_for("respondent.check", review_id=review.reference)
    if asked.number == 1:
        return url_for("respondent.reviews")
    return url_for("respondent.page", review_id=review.reference, number=asked.number - 1)
