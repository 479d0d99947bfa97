"""A respondent's answers on one subject: from raw form values, and to and from the bytes that are sealed.

A statement without an answer is *missing* from ``ratings``, which is not the same as an opt-out.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from surveys.errors import AnswersFaultsError, Fault
from surveys.instrument import Instrument, OptOut, Page, Question, Voice
from surveys.texts import clean_text

LONGEST_COMMENT = 500


class CommentChoice(StrEnum):
    """What may become of a comment: summed up by the steward, quoted, or for the steward alone."""

    SUMMARISE = "summarise"
    VERBATIM = "verbatim"
    STEWARD_ONLY = "steward_only"


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment on one element, cleaned and never empty, and what its writer allows."""

    text: str
    choice: CommentChoice

    def __repr__(self) -> str:
        return "Comment(…)"


@dataclass(frozen=True, slots=True)
class Answers:
    """A person's answers on one subject.

    Shape: a rating (1-5) or an opt-out per question id, and a comment per section id.
    """

    ratings: Mapping[str, int | OptOut]
    comments: Mapping[str, Comment]

    def __repr__(self) -> str:
        # Whatever prints an object, a log or a traceback, must not print what a person answered.
        return "Answers(…)"

    @classmethod
    def empty(cls) -> Answers:
        """Answers with everything missing."""
        return cls({}, {})

    @property
    def answered_count(self) -> int:
        """How many statements have a rating or an opt-out."""
        return len(self.ratings)

    def merged_with(self, page_answers: Answers, page: Page) -> Answers:
        """These answers, with the page's own statements and comment replaced by what was posted."""
        of_page = {question.id for question in page.questions}
        ratings = {key: value for key, value in self.ratings.items() if key not in of_page}
        comments = dict(self.comments)
        if page.asks_comment:
            comments.pop(page.section.id, None)
        return Answers({**ratings, **page_answers.ratings}, {**comments, **page_answers.comments})

    def unanswered(self, instrument: Instrument, voice: Voice) -> tuple[Question, ...]:
        """The statements that a voice is asked and that have neither a rating nor an opt-out, in order."""
        return tuple(
            question
            for question in instrument.questions()
            if voice in question.wording and question.id not in self.ratings
        )


def question_field(question_id: str) -> str:
    """The form field of a statement."""
    return f"q-{question_id}"


def comment_field(section_id: str) -> str:
    """The form field of a section's comment."""
    return f"c-{section_id}"


def choice_field(section_id: str) -> str:
    """The form field of what may become of a section's comment."""
    return f"v-{section_id}"


def excess(text: str) -> int:
    """How many characters a comment has beyond the most that are allowed; 0 for one that is short enough."""
    return max(0, len(clean_text(text)) - LONGEST_COMMENT)


def parse_page(form: Mapping[str, str], page: Page, instrument: Instrument) -> Answers:
    """The answers of one posted page; other fields are left alone, and nothing is compulsory.

    A comment without a choice is to be summarised. Raises AnswersFaultsError with all the faults of the
    page; ``place`` is the form field's name.
    """
    allowed = _allowed_ratings(instrument)
    faults: list[Fault] = []
    ratings: dict[str, int | OptOut] = {}
    for question in page.questions:
        raw = form.get(question_field(question.id), "")
        if raw in allowed:
            ratings[question.id] = allowed[raw]
        elif raw:
            faults.append(_not_an_answer(question_field(question.id)))
    comment = _posted_comment(form, page.section.id, faults) if page.asks_comment else None
    if faults:
        raise AnswersFaultsError(faults)
    return Answers(ratings, {} if comment is None else {page.section.id: comment})


def to_bytes(answers: Answers) -> bytes:
    """The answers as compact JSON in UTF-8; equal answers give equal bytes."""
    value = {
        "ratings": dict(answers.ratings),
        "comments": {key: [comment.choice, comment.text] for key, comment in answers.comments.items()},
    }
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def from_bytes(data: bytes, instrument: Instrument, voice: Voice) -> Answers:
    """The answers that ``to_bytes`` wrote, checked again in full against what the voice is asked.

    Raises AnswersFaultsError; ``place`` is the name of the form field that the value would come from.
    """
    ratings, comments = _stored_parts(data)
    faults: list[Fault] = []
    allowed = _allowed_ratings(instrument)
    answers = Answers(
        {key: _stored_rating(raw, question_field(key), allowed, faults) for key, raw in ratings.items()},
        {key: _stored_comment(raw, comment_field(key), faults) for key, raw in comments.items()},
    )
    faults += _unasked(map(question_field, ratings), map(question_field, _asked(instrument, voice)))
    sections = (comment_field(section.id) for section in instrument.sections_for(voice))
    faults += _unasked(map(comment_field, comments), sections)
    if faults:
        raise AnswersFaultsError(faults)
    return answers


def largest_size(instrument: Instrument) -> int:
    """The most bytes that ``to_bytes`` can give for valid answers in any voice.

    Unit: bytes. It holds also where that JSON is once more written as a string within JSON, as ballots do.
    """
    # No character costs more than four bytes in either writing: an emoji does in UTF-8, a quotation mark
    # once it is escaped twice.
    comment = Comment("\U0001f600" * LONGEST_COMMENT, max(CommentChoice, key=len))
    longest = max(OptOut, key=len)
    sizes = []
    for voice in instrument.voices:
        sections = [section.id for section in instrument.sections_for(voice)]
        worst = Answers(dict.fromkeys(_asked(instrument, voice), longest), dict.fromkeys(sections, comment))
        sizes.append(len(json.dumps(to_bytes(worst).decode(), ensure_ascii=False).encode()))
    return max(sizes)


def _allowed_ratings(instrument: Instrument) -> dict[str, int | OptOut]:
    return {
        **{str(point.value): point.value for point in instrument.scale.points},
        **{opt_out.value: opt_out for opt_out in instrument.scale.opt_outs},
    }


def _posted_comment(form: Mapping[str, str], section_id: str, faults: list[Fault]) -> Comment | None:
    text = clean_text(form.get(comment_field(section_id), ""))
    choice = form.get(choice_field(section_id)) or CommentChoice.SUMMARISE
    over = excess(text)
    if over:
        characters = "1 character" if over == 1 else f"{over:,} characters"
        faults.append(
            Fault(
                comment_field(section_id),
                f"Your comment is {characters} too long.",
                f"Shorten it to {LONGEST_COMMENT} characters.",
            )
        )
    if choice not in set(CommentChoice):
        faults.append(_not_an_answer(choice_field(section_id)))
        return None
    return Comment(text, CommentChoice(choice)) if text else None


def _stored_parts(data: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        value = None
    match value:
        case {"ratings": dict(ratings), "comments": dict(comments)} if len(value) == 2:
            return ratings, comments
    raise AnswersFaultsError([Fault("answers", "These are no answers.", "Answer again.")])


def _stored_rating(
    raw: object, field: str, allowed: Mapping[str, int | OptOut], faults: list[Fault]
) -> int | OptOut:
    # A point is kept as a number, an opt-out as a word; true and 1.0 equal 1 and are neither.
    value = allowed.get(str(raw)) if type(raw) in (int, str) else None
    if value is None or raw != value:
        faults.append(_not_an_answer(field))
        return OptOut.RATHER_NOT
    return value


def _stored_comment(raw: object, field: str, faults: list[Fault]) -> Comment:
    match raw:
        case [str(choice), str(text)] if choice in set(CommentChoice):
            if text and text == clean_text(text) and len(text) <= LONGEST_COMMENT:
                return Comment(text, CommentChoice(choice))
    faults.append(_not_an_answer(field))
    return Comment("", CommentChoice.STEWARD_ONLY)


def _asked(instrument: Instrument, voice: Voice) -> list[str]:
    return [question.id for question in instrument.questions() if voice in question.wording]


def _unasked(fields: Iterable[str], asked: Iterable[str]) -> list[Fault]:
    return [
        Fault(field, "This is not asked in this review.", "Answer again.")
        for field in sorted(set(fields) - set(asked))
    ]


def _not_an_answer(field: str) -> Fault:
    return Fault(field, "This is not one of the answers.", "Choose one of those offered.")
