"""A questionnaire while it is written: the steps that change it, and what they never leave behind."""

from __future__ import annotations

from dataclasses import replace

import pytest

from surveys import library
from surveys.instrument import Instrument, Question, Section, Voice
from surveys.instrument_draft import (
    LONGEST_SLUG,
    TITLES,
    asked_voices,
    faults_of,
    from_text,
    question_of,
    selected,
    slug,
    to_text,
    with_question,
    with_question_moved,
    with_section,
    with_section_moved,
    without_question,
    without_section,
)

SOURCE = library.latest(library.FIRST_CHOICE)


def ids(found: Instrument, section_id: str) -> list[str]:
    """The ids of a part's statements, in order."""
    return [
        question.id
        for section in found.sections
        if section.id == section_id
        for question in section.questions
    ]


def own(**changes: object) -> Question:
    """A statement of one's own on a practice of 2c."""
    question = question_of(SOURCE, "cash-flow")
    assert question is not None
    return replace(question[1], **{"id": "own", **changes})  # type: ignore[arg-type]


def test_a_draft_is_read_back_as_it_was_kept_whatever_its_faults() -> None:
    for draft in (SOURCE, replace(SOURCE, title="", sections=(), voices={}, translations={})):
        assert from_text(to_text(draft)) == draft


def test_a_shipped_instrument_has_no_faults_and_an_empty_draft_has_several() -> None:
    assert faults_of(SOURCE) == ()
    places = {fault.place for fault in faults_of(replace(SOURCE, title="", sections=()))}
    assert {"title", "sections"} <= places


def test_what_is_selected_has_no_empty_part_and_no_voice_without_a_statement() -> None:
    kept = selected(SOURCE, {"shared-services", "cash-flow"})
    assert [section.id for section in kept.sections] == ["2b", "2c"]
    assert set(kept.voices) == {
        Voice.PRIME_ON_ITSELF,
        Voice.PARTNER_ON_PRIME,
        Voice.SPOT_PROVIDER_ON_PRIME,
        Voice.SUBCONTRACTOR_ON_TIER_ONE,
    }
    assert faults_of(kept) == ()
    assert kept.voices[Voice.PARTNER_ON_PRIME] == SOURCE.voices[Voice.PARTNER_ON_PRIME]


def test_selecting_everything_changes_nothing() -> None:
    assert selected(SOURCE, {question.id for question in SOURCE.questions()}) == SOURCE


def test_a_voice_that_comes_to_be_asked_gets_a_title_and_loses_it_with_its_last_statement() -> None:
    draft = with_question(SOURCE, "2c", own(wording={Voice.PRIME_ON_PARTNER: "{partner} bills us on time."}))
    assert draft.voices[Voice.PRIME_ON_PARTNER] == TITLES[Voice.PRIME_ON_PARTNER]
    assert list(draft.voices) == [voice for voice in Voice if voice in draft.voices]
    assert faults_of(draft) == ()
    assert without_question(draft, "own") == SOURCE


def test_a_statement_is_replaced_where_it_stands_and_a_new_one_comes_last() -> None:
    before = ids(SOURCE, "2c")
    reworded = own(id=before[1], wording={Voice.PARTNER_ON_PRIME: "{prime} explains."})
    assert ids(with_question(SOURCE, "2c", reworded), "2c") == before
    assert ids(with_question(SOURCE, "2c", own()), "2c") == [*before, "own"]


def test_a_part_that_gets_a_statement_of_another_element_belongs_to_none() -> None:
    mixed = with_question(SOURCE, "2a", own())
    assert mixed.sections[0].element == ""
    assert faults_of(mixed) == ()
    assert with_question(SOURCE, "2c", own()).sections[2].element == SOURCE.sections[2].element


def test_removing_the_last_statement_leaves_the_part_to_be_filled_and_says_so_as_a_fault() -> None:
    draft = SOURCE
    for id_ in ids(SOURCE, "2c"):
        draft = without_question(draft, id_)
    assert [section.id for section in draft.sections] == ["2a", "2b", "2c", "4a"]
    assert [fault.place for fault in faults_of(draft)] == ["sections.2c.questions"]
    assert faults_of(without_section(draft, "2c")) == ()


@pytest.mark.parametrize(
    ("places", "order"),
    [(1, [1, 0, 2, 3]), (-1, [0, 1, 2, 3]), (99, [1, 2, 3, 0]), (0, [0, 1, 2, 3])],
)
def test_things_move_within_their_list_and_not_beyond_its_ends(places: int, order: list[int]) -> None:
    sections = [section.id for section in SOURCE.sections]
    moved = with_section_moved(SOURCE, sections[0], places)
    assert [section.id for section in moved.sections] == [sections[index] for index in order]
    questions = ids(SOURCE, "2c")
    moved = with_question_moved(SOURCE, questions[0], places)
    assert ids(moved, "2c") == [questions[index] for index in order]


def test_what_is_not_there_is_neither_moved_nor_removed() -> None:
    assert with_section_moved(SOURCE, "no-such", 1) == SOURCE
    assert with_question_moved(SOURCE, "no-such", 1) == SOURCE
    assert without_question(SOURCE, "no-such") == SOURCE
    assert without_section(SOURCE, "no-such") == SOURCE


def test_a_new_part_comes_last() -> None:
    part = Section("own", "", "Our own", "About us.", "", ())
    assert [section.id for section in with_section(SOURCE, part).sections][-1] == "own"


@pytest.mark.parametrize(
    ("text", "taken", "expected"),
    [
        ("{prime} pays us on time, always and ever.", set(), "pays-us-on-time-always"),
        ("Gwobr Caffi Tŷ Coffi", set(), "gwobr-caffi-ty-coffi"),
        ("Our copy", {"our-copy", "our-copy-2"}, "our-copy-3"),
        ("مراجعة", set(), "fallback"),
        ("  --  ", {"fallback"}, "fallback-2"),
        ("x" * 300, set(), "x" * LONGEST_SLUG),
        ("Partners' views", set(), "partners-views"),
    ],
)
def test_an_id_is_made_of_the_first_words_and_of_nobody_else(
    text: str, taken: set[str], expected: str
) -> None:
    assert slug(text, taken, "fallback") == expected


def test_the_titles_that_voices_begin_with_are_fit_for_an_instrument() -> None:
    assert set(TITLES) == set(Voice)
    wording = dict.fromkeys(Voice, "{prime} asks us.")
    draft = with_question(SOURCE, "2c", own(wording=wording))
    assert asked_voices(draft) == frozenset(Voice) and faults_of(draft) == ()
