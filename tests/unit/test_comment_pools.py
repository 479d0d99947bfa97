from __future__ import annotations

import pytest

from review_app.services.comments import Comment, CommentPool, CommentVerdict
from surveys.answers import CommentChoice
from surveys.subjects import Subject

QUOTABLE = "The forms change every week, and nobody says why."
GUARDED = "The manager shouts in meetings."


def pool(*texts: tuple[CommentChoice, str]) -> CommentPool:
    comments = tuple(
        Comment(str(number), choice, text, CommentVerdict.WAITING, "")
        for number, (choice, text) in enumerate(texts)
    )
    return CommentPool(Subject.PRIME, "The prime", "2a", "Openness", "all", "All", True, "", comments)


@pytest.mark.parametrize("choice", [CommentChoice.SUMMARISE, CommentChoice.STEWARD_ONLY])
@pytest.mark.parametrize("text", [GUARDED, f"One said: {GUARDED}", GUARDED.upper().replace(" ", "\n ")])
def test_a_text_that_holds_a_guarded_comment_repeats_it(choice: CommentChoice, text: str) -> None:
    assert pool((CommentChoice.VERBATIM, QUOTABLE), (choice, GUARDED)).repeats(text)


def test_own_words_repeat_nothing() -> None:
    found = pool((CommentChoice.VERBATIM, QUOTABLE), (CommentChoice.SUMMARISE, GUARDED))
    assert not found.repeats("Some find the meetings loud.")
    assert not found.repeats(QUOTABLE)


def test_what_a_second_person_agreed_to_have_quoted_may_be_quoted() -> None:
    found = pool((CommentChoice.VERBATIM, QUOTABLE), (CommentChoice.SUMMARISE, QUOTABLE))
    assert not found.repeats(QUOTABLE)


def test_a_few_words_are_nobodys() -> None:
    assert not pool((CommentChoice.SUMMARISE, "All good.")).repeats("All good. Nothing to add.")
