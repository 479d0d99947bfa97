"""Names and numbers as the respondent reads them, in the language of the page."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import ngettext

from review_app.services.answering import Respondent, Review
from surveys.answers import LONGEST_COMMENT, Answers, CommentChoice, excess
from surveys.instrument import OptOut, Question
from surveys.matrix import is_suppliers_id

# The forms that a number can ask of its noun, by their names in the Unicode plural rules (a browser knows which number
# takes which), each with a number that takes it in Welsh. English has two of them.
_FORMS = {"zero": 0, "one": 1, "two": 2, "few": 3, "many": 6, "other": 4}


def people(count: int) -> str:
    """A number of people: "1 person", "3 people"."""
    return ngettext("%(num)s person", "%(num)s people", count)


def organisations(count: int) -> str:
    """A number of organisations."""
    return ngettext("%(num)s organisation", "%(num)s organisations", count)


def people_from(count: int, of_organisations: int) -> str:
    """The size of a group: "12 people from 5 organisations"."""
    return _(
        "%(people)s from %(organisations)s",
        people=people(count),
        organisations=organisations(of_organisations),
    )


def statements(count: int) -> str:
    """A number of statements."""
    return ngettext("%(num)s short statement.", "%(num)s short statements.", count)


def it_takes(minutes: int) -> str:
    """How long something takes that was not begun."""
    return ngettext("It takes about %(num)s minute.", "It takes about %(num)s minutes.", minutes)


def minutes_left(minutes: int) -> str:
    """How long the rest takes."""
    return ngettext("About %(num)s minute is left.", "About %(num)s minutes are left.", minutes)


def choice_label(choice: CommentChoice) -> str:
    """What may become of a comment, on the page that shows all answers once more."""
    return {
        CommentChoice.SUMMARISE: _("To be summed up"),
        CommentChoice.VERBATIM: _("May be quoted after checking"),
        CommentChoice.STEWARD_ONLY: _("For the steward only"),
    }[choice]


def fault_text(posted: str) -> str:
    """What is wrong with a posted answer or comment, and how to mend it."""
    over = excess(posted)
    if over:
        return ngettext(
            "Your comment is %(num)s character too long. Shorten it to %(most)s characters.",
            "Your comment is %(num)s characters too long. Shorten it to %(most)s characters.",
            over,
            most=LONGEST_COMMENT,
        )
    return _("This is not one of the answers. Choose one of those offered.")


def left_words() -> dict[str, str]:
    """How many characters of a comment are left, for the page's script: a sentence with {} for each form of numbers."""
    return {
        form: ngettext("%(count)s character left.", "%(count)s characters left.", number, count="{}")
        for form, number in _FORMS.items()
    }


def over_words() -> dict[str, str]:
    """How many characters of a comment are too many, in the same way."""
    return {
        form: ngettext("%(count)s character too many.", "%(count)s characters too many.", number, count="{}")
        for form, number in _FORMS.items()
    }


def unsaved_answers(reason: str) -> str:
    """Why a page of statements that holds what was posted is not saved. ``reason``: "expired" or "unavailable"."""
    return {
        "expired": _(
            "Not saved yet: this page was open for a long time. Your text is still here. Save it once more."
        ),
        "unavailable": _(
            "Not saved yet: the server cannot save just now. Your text is still here. Try again in a minute."
        ),
    }[reason]


def unsent(reason: str) -> str:
    """Why a review is not sent. ``reason``: "expired" or "unavailable"."""
    return {
        "expired": _(
            "Not sent yet: this page was open for a long time. Your answers are kept. Send them once more."
        ),
        "unavailable": _(
            "Not sent yet: the server cannot save just now. Your answers are kept. Try again in a minute."
        ),
    }[reason]


def noted(passages: Sequence[str]) -> str:
    """What a notice says about passages of a comment by which its writer might be known; "" where there are none."""
    return noted_words(", ".join(f"“{passage}”" for passage in passages)) if passages else ""


def noted_words(passages: str) -> str:
    """The words of that notice around the passages."""
    return _(
        "From this, readers might guess who wrote it: %(passages)s. You can leave it, or put it another way.",
        passages=passages,
    )


def group_title(review: Review) -> str:
    """What the group is called in which a review is counted; that of a contract is named after its buyer."""
    if is_suppliers_id(review.group.id):
        return _("Subcontractors of %(party)s", party=review.names["partner"])
    return review.group.title


def review_title(respondent: Respondent, review: Review) -> str:
    """What a review is about, as a line: "How Northern Bridge works with you"."""
    return respondent.instrument.title_for(review.voice, review.names)


def answer_label(respondent: Respondent, question: Question, answers: Answers) -> str:
    """The answer to a statement in the words of the scale; "No answer" where there is none."""
    scale = respondent.instrument.scale
    answer = answers.ratings.get(question.id)
    if answer is None:
        return _("No answer")
    if isinstance(answer, OptOut):
        return scale.opt_outs[answer]
    return next(point.label for point in scale.points if point.value == answer)
