"""Names and numbers as the respondent reads them."""

from __future__ import annotations

from review_app.services.answering import Respondent, Review
from surveys.answers import Answers, CommentChoice
from surveys.instrument import OptOut, Question

NO_ANSWER = "No answer"
CHOICES = {
    CommentChoice.SUMMARISE: "To be summed up",
    CommentChoice.VERBATIM: "May be quoted after checking",
    CommentChoice.STEWARD_ONLY: "For the steward only",
}


def counted(count: int, one: str, many: str = "") -> str:
    """A number with its noun: "1 person", "3 people"."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def review_title(respondent: Respondent, review: Review) -> str:
    """What a review is about, as a line: "How Northern Bridge works with you"."""
    return respondent.instrument.title_for(review.voice, review.names)


def answer_label(respondent: Respondent, question: Question, answers: Answers) -> str:
    """The answer to a statement in the words of the scale; ``NO_ANSWER`` where there is none."""
    scale = respondent.instrument.scale
    answer = answers.ratings.get(question.id)
    if answer is None:
        return NO_ANSWER
    if isinstance(answer, OptOut):
        return scale.opt_outs[answer]
    return next(point.label for point in scale.points if point.value == answer)
