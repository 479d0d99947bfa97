"""Remarks on wordings: each rule, what it leaves alone, and that the shipped wordings get none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys import library
from surveys.instrument import NAMES
from surveys.lint import MOST_WORDS, Remark, RemarkKind, lint, reading_age
from surveys.readability import HIGHEST_READING_AGE, YOUNGEST

EASY = st.sampled_from(["we", "pay", "on", "time", "the", "work", "help", "partners", "show", "each", "plan"])
NAME = st.sampled_from([f"{{{name}}}" for name in NAMES])

ONE_REMARK = [
    (RemarkKind.TWO_IDEAS, "We make roles and responsibilities clear."),
    (RemarkKind.TWO_IDEAS, "{prime} and its partners meet."),
    (RemarkKind.TWO_IDEAS, "{prime} pays us in full or says why."),
    (RemarkKind.TWO_IDEAS, "{prime} pays us as well as its staff."),
    (RemarkKind.TWO_IDEAS, "We give our partners advice/support."),
    (RemarkKind.TWO_IDEAS, "We give our partners time & help."),
    (RemarkKind.TWO_IDEAS, "{prime} pays us; it calls us."),
    (RemarkKind.TWO_IDEAS, "{prime} pays us. It calls us."),
    (RemarkKind.TWO_IDEAS, "{prime} tells us about health and safety and pay."),
    (RemarkKind.NEGATIVE, "{prime} does not pay us late."),
    (RemarkKind.NEGATIVE, "{prime} doesn’t pay us late."),
    (RemarkKind.NEGATIVE, "{prime} pays us without delay."),
    (RemarkKind.NEGATIVE, "{prime} asks us for unpaid work."),
    (RemarkKind.NEGATIVE, "{prime} treats us unfairly."),
    (RemarkKind.VAGUE_FREQUENCY, "{prime} regularly meets us."),
    (RemarkKind.VAGUE_FREQUENCY, "{prime} meets us from time to time."),
    (RemarkKind.VAGUE_FREQUENCY, "{prime} meets us every month."),
    (RemarkKind.TOO_LONG, "{prime} " + "pays us what it owes us " * 5 + "in May."),
    (RemarkKind.HARD_TO_READ, "{prime} demonstrates comprehensive commercial transparency internally."),
    (RemarkKind.JARGON, "{prime} asks all its stakeholders how it is seen."),
    (RemarkKind.JARGON, "{prime} tells us what the DWP asks for."),
    (RemarkKind.QUESTION, "Does {prime} pay us on time?"),
    (RemarkKind.DUTY, "{prime} should pay us on time."),
]
NO_REMARK = [
    "{prime} explains the terms and conditions to us.",
    "{prime} looks after health and safety on our sites.",
    "We tell the Department for Work and Pensions what our partners need.",
    "{prime} explains the gap between the bid and the contract.",
    "{prime} tells us whether it accepts our price or wants another.",
    "{prime} shares what it learns up and down the chain.",
    "{prime} lets us order from Marks & Spencer.",
    "{prime} answers our calls 24/7 from St. Helens, e.g. on pay.",
    "{prime} helps us to order what we need.",
    "{prime} works with not-for-profit partners from the start.",
    "{prime} gives each partner the IT that it needs.",
    "{prime} tells us what it should do better.",
    "{prime} asks a sandwich shop to feed the band.",
    "",
]


@pytest.mark.parametrize(("kind", "text"), ONE_REMARK)
def test_a_wording_with_one_weakness_gets_its_one_remark(kind: RemarkKind, text: str) -> None:
    assert [remark.kind for remark in lint(text)] == [kind]


@pytest.mark.parametrize("text", NO_REMARK)
def test_a_harmless_wording_gets_none(text: str) -> None:
    assert lint(text) == ()


def test_a_wording_with_several_weaknesses_gets_one_remark_of_each_kind() -> None:
    found = lint("{prime} never and not ever shares and sends and shows KPIs or proactively always helps.")
    kinds = [remark.kind for remark in found]
    assert len(kinds) == len(set(kinds))
    assert set(kinds) >= {
        RemarkKind.TWO_IDEAS,
        RemarkKind.NEGATIVE,
        RemarkKind.VAGUE_FREQUENCY,
        RemarkKind.JARGON,
    }


def test_a_remark_names_the_words_that_it_is_about() -> None:
    [remark] = lint("{prime} pays us and trains us or asks us.")
    assert "“and”, “or”" in remark.message


@pytest.mark.parametrize(("kind", "text"), ONE_REMARK)
def test_a_remark_says_what_may_go_wrong_and_names_the_mend(kind: RemarkKind, text: str) -> None:
    for remark in lint(text):
        assert isinstance(remark, Remark)
        for sentence in (remark.message, remark.mend):
            assert sentence[0].isupper() or sentence[0] == "“"
            assert sentence.endswith((".", "”"))


def test_a_very_hard_wording_is_said_to_be_for_specialists() -> None:
    [remark] = lint("{prime} institutionalises comprehensive intergovernmental accountability.")
    assert remark.kind is RemarkKind.HARD_TO_READ
    assert "specialists" in remark.message


def test_twenty_five_words_are_not_too_long_and_one_more_is() -> None:
    assert lint(" ".join(["pay"] * (MOST_WORDS - 1)) + " {chain}.") == ()
    assert [remark.kind for remark in lint(" ".join(["pay"] * MOST_WORDS) + " {chain}.")] == [
        RemarkKind.TOO_LONG
    ]


def test_no_shipped_wording_gets_a_remark() -> None:
    found = [
        (instrument.id, question.id, voice.value, remark.message)
        for instrument in library.shipped().values()
        for question in instrument.questions()
        for voice, text in question.wording.items()
        for remark in lint(text)
    ]
    assert found == []


@given(st.text(max_size=400))
def test_any_text_can_be_checked(text: str) -> None:
    kinds = [remark.kind for remark in lint(text)]
    assert len(kinds) == len(set(kinds))
    assert reading_age(text) >= YOUNGEST


@given(st.lists(EASY | NAME, min_size=1, max_size=12), NAME)
def test_which_name_stands_in_braces_makes_no_difference(words: list[str], other: str) -> None:
    text = " ".join(words)
    changed = " ".join(other if word.startswith("{") else word for word in words)
    assert lint(text) == lint(changed)
    assert reading_age(text) == reading_age(changed)


@given(st.lists(EASY, min_size=2, max_size=10), st.integers(1, 9), st.sampled_from(["and", "or", "but"]))
def test_two_halves_joined_are_two_ideas_wherever_they_are_joined(
    words: list[str], place: int, join: str
) -> None:
    at = min(place, len(words) - 1)
    text = " ".join([*words[:at], join, *words[at:]])
    assert RemarkKind.TWO_IDEAS in {remark.kind for remark in lint(text)}
    assert RemarkKind.TWO_IDEAS not in {remark.kind for remark in lint(" ".join(words))}


@given(st.lists(EASY, min_size=1, max_size=20))
def test_a_longer_word_never_lowers_the_reading_age(words: list[str]) -> None:
    longer = [word + "y" if word == "work" else word + word for word in words]
    assert reading_age(" ".join(longer)) >= reading_age(" ".join(words))


@given(st.lists(EASY, min_size=1, max_size=10))
def test_two_sentences_are_read_as_easily_as_one_of_them(words: list[str]) -> None:
    sentence = " ".join(words) + "."
    assert reading_age(f"{sentence} {sentence}") == reading_age(sentence)


def test_the_reading_age_is_the_published_formula_plus_five_rounded_up() -> None:
    # Four words and 28 letters: 4.71 * 7 + 0.5 * 4 - 21.43 = 13.54.
    assert reading_age("Letters counted without mistake.") == 19
    assert reading_age("") == YOUNGEST


def test_names_and_the_words_of_the_subject_count_as_easy_words() -> None:
    assert reading_age("{prime} pays its organisations.") == reading_age("Paul pays its crew.")
    assert reading_age("Subcontractors' work.") == reading_age("Crew work.")
    assert reading_age("voluntary-sector partners") == reading_age("good best crew")


def test_the_highest_reading_age_gets_no_remark() -> None:
    at_most = "We check complete accounts."
    assert reading_age(at_most) <= HIGHEST_READING_AGE
    assert lint(at_most) == ()
