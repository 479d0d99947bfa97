"""What a new version changed, and what a trend may compare."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys import library
from surveys.instrument import Instrument, Point, Question, Voice
from surveys.lineage import Change, comparable, compare

FIRST = Voice.PARTNER_ON_PRIME


@pytest.fixture
def earlier() -> Instrument:
    return library.latest(library.FIRST_CHOICE)


def edited(instrument: Instrument, *questions: Question) -> Instrument:
    """The instrument with its first section's statements replaced."""
    first, *others = instrument.sections
    return replace(
        instrument, version=instrument.version + 1, sections=(replace(first, questions=questions), *others)
    )


def test_a_version_that_only_raises_its_number_is_the_same(earlier: Instrument) -> None:
    lineage = compare(earlier, replace(earlier, version=2, title="Another title"))
    assert lineage.is_same
    assert lineage.unchanged == len(earlier.questions())
    assert comparable(earlier, replace(earlier, version=2), FIRST) == {
        question.id for question in earlier.questions() if FIRST in question.wording
    }


def test_statements_are_told_apart_as_unchanged_reworded_added_and_dropped(earlier: Instrument) -> None:
    kept, reworded, dropped, *others = earlier.sections[0].questions
    new_words = replace(reworded, wording={**reworded.wording, FIRST: "{prime} lets us see its books."})
    added = replace(kept, id="own-statement")
    lineage = compare(earlier, edited(earlier, added, new_words, kept, *others))
    assert lineage.changes[kept.id] is Change.UNCHANGED
    assert lineage.changes[reworded.id] is Change.REWORDED
    assert lineage.changes[added.id] is Change.ADDED
    assert lineage.changes[dropped.id] is Change.DROPPED
    assert (lineage.added, lineage.reworded, lineage.dropped) == (1, 1, 1)
    assert lineage.unchanged == len(earlier.questions()) - 2
    assert lineage.reworded_voices == {reworded.id: {FIRST}}
    assert next(iter(lineage.changes)) == added.id
    assert list(lineage.changes)[-1] == dropped.id
    assert not lineage.is_same


def test_a_voice_that_comes_or_goes_is_a_rewording_for_that_voice_alone(earlier: Instrument) -> None:
    question, *others = earlier.sections[0].questions
    wording = {voice: text for voice, text in question.wording.items() if voice is not FIRST}
    later = edited(earlier, replace(question, wording=wording), *others)
    assert compare(earlier, later).reworded_voices == {question.id: {FIRST}}
    assert compare(later, earlier).reworded_voices == {question.id: {FIRST}}
    assert question.id not in comparable(earlier, later, FIRST)
    assert question.id in comparable(earlier, later, Voice.PRIME_ON_ITSELF)


def test_nothing_compares_once_a_label_of_the_scale_is_another(earlier: Instrument) -> None:
    points = (*earlier.scale.points[:4], Point(5, "Every time"))
    later = replace(earlier, scale=replace(earlier.scale, points=points))
    lineage = compare(earlier, later)
    assert not lineage.is_scale_unchanged and not lineage.is_same
    assert lineage.unchanged == len(earlier.questions())
    assert comparable(earlier, later, FIRST) == frozenset()


def test_nothing_compares_once_an_opt_out_is_gone(earlier: Instrument) -> None:
    fewer = dict(list(earlier.scale.opt_outs.items())[1:])
    assert comparable(earlier, replace(earlier, scale=replace(earlier.scale, opt_outs=fewer)), FIRST) == set()


@st.composite
def versions(draw: st.DrawFn) -> Instrument:
    """The shipped instrument with some statements dropped and some reworded."""
    instrument = library.latest(library.FIRST_CHOICE)
    questions = []
    for question in instrument.sections[0].questions:
        fate = draw(st.sampled_from(["keep", "drop", "reword", "rename"]))
        if fate == "keep":
            questions.append(question)
        elif fate == "reword":
            voice = draw(st.sampled_from(list(question.wording)))
            questions.append(
                replace(question, wording={**question.wording, voice: draw(st.text("ab", min_size=1))})
            )
        elif fate == "rename":
            questions.append(replace(question, id=question.id + "-2"))
    return edited(instrument, *questions)


@given(versions(), versions(), st.sampled_from(Voice))
def test_what_compares_is_neither_added_nor_dropped_nor_reworded_in_that_voice(
    one: Instrument, other: Instrument, voice: Voice
) -> None:
    lineage = compare(one, other)
    assert set(lineage.changes) == {q.id for q in one.questions()} | {q.id for q in other.questions()}
    found = comparable(one, other, voice)
    assert found == comparable(other, one, voice)
    for question in other.questions():
        is_like = lineage.changes[question.id] is Change.UNCHANGED or (
            lineage.changes[question.id] is Change.REWORDED
            and voice not in lineage.reworded_voices[question.id]
        )
        assert (question.id in found) == (is_like and voice in question.wording)


@given(versions(), versions())
def test_what_was_added_one_way_was_dropped_the_other_way(one: Instrument, other: Instrument) -> None:
    there, back = compare(one, other), compare(other, one)
    assert (there.added, there.dropped) == (back.dropped, back.added)
    assert (there.unchanged, there.reworded_voices) == (back.unchanged, back.reworded_voices)
