"""How many minutes people are asked for."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys import library
from surveys.instrument import Instrument, Voice
from surveys.timing import MOST_MINUTES, budget, minutes, minutes_left, seconds_for, seconds_left

VOICES = st.lists(st.sampled_from(Voice), max_size=30)


@pytest.fixture(scope="module")
def instrument() -> Instrument:
    return library.latest(library.FIRST_CHOICE)


def test_a_partner_answers_twenty_three_statements_and_four_comments_in_eight_minutes(
    instrument: Instrument,
) -> None:
    # 60 + 23 * 14 + 4 * 20 = 462 seconds.
    assert minutes(instrument, [Voice.PARTNER_ON_PRIME]) == 8


def test_a_review_without_statements_takes_the_minute_to_start(instrument: Instrument) -> None:
    assert minutes(instrument, []) == 1


def test_what_is_answered_takes_no_more_time_and_a_comment_goes_with_its_last_statement(
    instrument: Instrument,
) -> None:
    voice = Voice.PARTNER_ON_PRIME
    asked = [
        question.id for section in instrument.sections_for(voice) for question in section.questions_for(voice)
    ]
    first = [question.id for question in instrument.sections_for(voice)[0].questions_for(voice)]
    whole = seconds_for(instrument, voice)
    assert seconds_left(instrument, voice, ()) == whole
    assert seconds_left(instrument, voice, first[1:]) == whole - 14 * (len(first) - 1)
    assert seconds_left(instrument, voice, first) == whole - 14 * len(first) - 20
    assert seconds_left(instrument, voice, asked) == 0
    assert minutes_left(instrument, [(voice, asked)]) == minutes_left(instrument, []) == 1
    assert minutes_left(instrument, [(voice, ())]) == minutes(instrument, [voice])


def test_a_section_without_a_prompt_costs_no_time_for_a_comment(instrument: Instrument) -> None:
    quiet = replace(
        instrument, sections=tuple(replace(section, comment_prompt="") for section in instrument.sections)
    )
    assert seconds_for(quiet, Voice.PARTNER_ON_PRIME) == seconds_for(instrument, Voice.PARTNER_ON_PRIME) - 80


def test_somebody_with_three_partners_in_one_voice_answers_three_times(instrument: Instrument) -> None:
    once, thrice = (minutes(instrument, [Voice.PRIME_ON_ITSELF] * times) for times in (1, 3))
    assert thrice == -(-(30 + 3 * seconds_for(instrument, Voice.PRIME_ON_ITSELF)) // 60) > once


@given(st.dictionaries(st.text("abc", min_size=1), VOICES))
def test_a_budget_says_of_everybody_what_they_are_asked_for(reviews: dict[str, list[Voice]]) -> None:
    instrument = library.latest(library.FIRST_CHOICE)
    found = budget(instrument, reviews)
    assert dict(found.minutes) == {person: minutes(instrument, voices) for person, voices in reviews.items()}
    assert set(found.over) == {person for person, took in found.minutes.items() if took > MOST_MINUTES}
    assert [found.minutes[person] for person in found.over] == sorted(
        (found.minutes[person] for person in found.over), reverse=True
    )
    assert found.is_kept == (not found.over)
    assert found.longest == max(found.minutes.values(), default=0)


@given(VOICES, st.sampled_from(Voice))
def test_one_more_review_never_takes_less_time_and_order_takes_none(voices: list[Voice], more: Voice) -> None:
    instrument = library.latest(library.FIRST_CHOICE)
    assert minutes(instrument, [*voices, more]) >= minutes(instrument, voices)
    assert minutes(instrument, voices) == minutes(instrument, list(Counter(voices).elements()))
