"""The Welsh of an instrument: the same questions in the same order, and every fault of a translation at once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from surveys import instrument_draft, library
from surveys.drafted_translations import carried, with_texts, with_translation_of
from surveys.errors import InstrumentFaultsError
from surveys.instrument import Instrument, OptOut, Voice
from surveys.instrument_draft import question_of, selected, with_question, without_question
from surveys.instrument_reader import read
from surveys.language import Language
from surveys.lineage import compare
from surveys.translation import Translation
from tests.bilingual import IN_BOTH, WELSH_FILE, without

CY = Language.WELSH
PARTNER = "sections.talking.questions.shares-figures.partner_on_prime"
EVERY = [*library.shipped().values(), IN_BOTH]


def welsh_of(instrument: Instrument) -> Mapping[str, str]:
    return instrument.translations[CY].texts


def faults_with(*path: str, value: object) -> dict[str, str]:
    """The faults of the questionnaire with one value of its Welsh changed."""
    mapping = yaml.safe_load(WELSH_FILE)
    target = mapping["translations"]["cy"]
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = value
    return {fault.place: fault.message for fault in read(_as_text(mapping))[1]}


def _as_text(mapping: dict[Any, Any]) -> Any:
    # Points have numbers for keys in YAML's own reading, and texts in ours.
    return json.loads(json.dumps(mapping))


def outline(instrument: Instrument) -> list[object]:
    """Everything but the texts: ids, pages and order."""
    return [
        instrument.id,
        instrument.version,
        [point.value for point in instrument.scale.points],
        list(instrument.scale.opt_outs),
        list(instrument.voices),
        [
            (
                voice,
                page.number,
                page.section.id,
                page.section.element,
                page.asks_comment,
                [(question.id, question.practices, question.merlin) for question in page.questions],
            )
            for voice in Voice
            for page in instrument.pages(voice)
        ],
    ]


@given(st.sampled_from(EVERY), st.sampled_from(list(Language)), st.data())
def test_in_every_language_the_ids_the_pages_and_the_order_are_the_same(
    instrument: Instrument, language: Language, data: st.DataObject
) -> None:
    places = list(instrument.texts())
    some = data.draw(st.dictionaries(st.sampled_from(places), st.just("Rhywbeth arall"), max_size=20))
    translated = with_texts(instrument, CY, some)
    found = translated.in_language(language)
    assert outline(found) == outline(instrument)
    if language is CY:
        known = found.texts()
        assert list(known) == places
        assert all(known[place] == text for place, text in some.items())
        lacking = set(translated.untranslated(CY))
        assert lacking.isdisjoint(some) and lacking <= set(places)
    else:
        assert found == translated


def test_the_welsh_is_used_where_there_is_some_and_the_english_elsewhere() -> None:
    found = without(PARTNER).in_language(CY)
    assert found.scale.points[0].label == "Byth"
    assert found.scale.opt_outs[OptOut.NOT_SEEN] == "Doedden ni ddim yn gallu gweld"
    assert found.title_for(Voice.PARTNER_ON_PRIME, {"prime": "Acme"}) == "Sut mae Acme yn gweithio gyda chi"
    assert found.sections[0].comment_prompt == "Beth fyddai’n helpu?"
    wording = found.questions()[0].wording
    assert wording[Voice.PARTNER_ON_PRIME] == "{prime} shares performance figures with us."
    assert wording[Voice.PRIME_ON_ITSELF].startswith("Rydyn ni’n rhannu")
    assert IN_BOTH.in_language(Language.ENGLISH) is IN_BOTH


def test_what_is_missing_is_told_for_the_voices_that_meet_it() -> None:
    assert IN_BOTH.untranslated(CY) == ()
    lacking = without("voices.spot_provider_on_prime", PARTNER, "sections.talking.title")
    assert lacking.untranslated(CY) == ("voices.spot_provider_on_prime", "sections.talking.title", PARTNER)
    assert lacking.untranslated(CY, {Voice.PRIME_ON_ITSELF}) == ("sections.talking.title",)
    assert lacking.untranslated(Language.ENGLISH) == ()
    bare = replace(IN_BOTH, translations={})
    assert bare.untranslated(CY) == tuple(IN_BOTH.texts())


def test_a_questionnaire_with_its_welsh_survives_both_ways_of_keeping_it() -> None:
    flagged = replace(
        IN_BOTH, translations={CY: replace(IN_BOTH.translations[CY], to_check=frozenset({PARTNER, "title"}))}
    )
    for one in (IN_BOTH, without(PARTNER), flagged):
        assert library.load(library.to_yaml(one), "copy") == one
        assert library.from_text(json.dumps(library.to_mapping(one))) == one
        assert instrument_draft.from_text(instrument_draft.to_text(one)) == one
    # Word for word: what was kept or approved before there was any Welsh is the same text as before.
    assert "translations" not in library.to_mapping(replace(IN_BOTH, translations={}))
    assert library.to_yaml(IN_BOTH).startswith(library.to_yaml(replace(IN_BOTH, translations={})))


def test_every_fault_of_a_translation_is_told_at_once() -> None:
    mapping = _as_text(yaml.safe_load(WELSH_FILE))
    welsh = mapping["translations"]["cy"]
    welsh["purpose"] = "i" * 301
    welsh["scale"]["points"]["2"] = "byth"
    welsh["voices"]["partner_on_itself"] = "Chi"
    welsh["voices"]["partner_on_prime"] = "Sut mae eich cadwyn yn gweithio"
    talking = welsh["sections"]["talking"]
    talking["questions"]["shares-figures"]["partner_on_prime"] = "Mae {prime} yn {chain} yn rhannu."
    talking["questions"]["shares-figures"]["partner_on_itself"] = "Rydyn ni’n rhannu."
    talking["questions"]["shares-figure"] = {"partner_on_prime": "Mae {prime} yn rhannu."}
    talking["introduction"] = ["Mae’r rhan hon"]
    welsh["sections"]["listening"] = {"title": "Gwrando"}
    found = {fault.place.removeprefix("translations.cy."): fault for fault in read(mapping)[1]}
    questions = "sections.talking.questions"
    assert set(found) == {
        "purpose",
        "scale.points.1",
        "scale.points.2",
        "voices.partner_on_itself",
        "voices.partner_on_prime",
        f"{questions}.shares-figures.partner_on_prime",
        f"{questions}.shares-figures.partner_on_itself",
        f"{questions}.shares-figure.partner_on_prime",
        "sections.talking.introduction",
        "sections.listening.title",
    }
    assert all(fault.mend for fault in found.values())
    named = found[f"{questions}.shares-figures.partner_on_prime"].message
    assert named == "The English has {prime} in it, and this has {chain}, {prime}."
    assert found["voices.partner_on_prime"].message == "The English has {prime} in it, and this has no name."
    assert "voice" in found["voices.partner_on_itself"].message
    assert "no such text" in found["sections.listening.title"].message


def test_a_brace_that_is_no_name_an_unknown_language_and_a_stray_list_are_refused() -> None:
    assert (
        "brace"
        in faults_with("voices", "partner_on_prime", value="{prime} a {neb}")[
            "translations.cy.voices.partner_on_prime"
        ]
    )
    assert set(faults_with("to_check", value=["sections.talking.subtitle"])) == {"translations.cy.to_check"}
    assert set(faults_with("to_check", value="title")) == {"translations.cy.to_check"}
    mapping = _as_text(yaml.safe_load(WELSH_FILE))
    mapping["translations"] = {"fr": {}, "cy": "Cymraeg"}
    assert {fault.place for fault in read(mapping)[1]} == {"translations", "translations.cy"}


def test_a_text_left_blank_is_missing_and_no_fault() -> None:
    assert faults_with("title", value="") == {}
    mapping = _as_text(yaml.safe_load(WELSH_FILE))
    mapping["translations"]["cy"] = {"title": "", "sections": {}}
    found = library.from_mapping(mapping)
    assert found.translations == {}


def test_english_that_changes_leaves_its_welsh_to_be_checked_and_what_goes_takes_it_along() -> None:
    section, question = question_of(IN_BOTH, "shares-figures") or pytest.fail("it is there")
    wording = {**question.wording, Voice.PARTNER_ON_PRIME: "{prime} tells us its figures."}
    del wording[Voice.ANYONE_ON_CHAIN]
    after = carried(IN_BOTH, with_question(IN_BOTH, section.id, replace(question, wording=wording)))
    assert after.translations[CY].to_check == {PARTNER}
    assert welsh_of(after)[PARTNER] == welsh_of(IN_BOTH)[PARTNER]
    assert PARTNER.replace("partner_on_prime", "anyone_on_chain") not in welsh_of(after)
    assert after.untranslated(CY) == (PARTNER,)
    # Until somebody has looked, it is not shown: it may ask something else.
    shown = after.in_language(CY).questions()[0].wording[Voice.PARTNER_ON_PRIME]
    assert shown == "{prime} tells us its figures."
    # The English of before does not make it good again by itself, and a further step forgets nothing.
    assert carried(after, after).translations[CY].to_check == {PARTNER}
    gone = carried(after, without_question(after, "shares-figures"))
    assert gone.translations[CY].to_check == frozenset() and gone.untranslated(CY) == ()


def test_a_welsh_text_counts_as_looked_at_when_it_is_ticked_or_changed() -> None:
    flagged = replace(
        IN_BOTH, translations={CY: Translation(welsh_of(IN_BOTH), frozenset({PARTNER, "title"}))}
    )
    same = with_texts(flagged, CY, {PARTNER: welsh_of(IN_BOTH)[PARTNER], "title": "Teitl arall"})
    assert same.translations[CY].to_check == {PARTNER}
    assert with_texts(same, CY, {}, checked=[PARTNER]).untranslated(CY) == ()
    emptied = with_texts(same, CY, {PARTNER: ""})
    assert emptied.translations[CY].to_check == frozenset()
    assert emptied.untranslated(CY) == (PARTNER,)
    assert with_texts(IN_BOTH, CY, dict.fromkeys(welsh_of(IN_BOTH), "")).translations == {}


def test_a_copy_keeps_the_welsh_of_what_it_keeps() -> None:
    copy = selected(IN_BOTH, {"acts-on-concerns"})
    assert copy.untranslated(CY) == ()
    assert not any("shares-figures" in place for place in welsh_of(copy))
    # Nobody else is asked any more, so their titles go as well.
    assert "voices.spot_provider_on_prime" not in welsh_of(copy)


def test_a_statement_that_is_taken_over_brings_its_welsh() -> None:
    bare = replace(selected(IN_BOTH, {"acts-on-concerns"}), translations={})
    found = question_of(IN_BOTH, "shares-figures")
    assert found is not None
    kept = replace(found[1], wording={Voice.PARTNER_ON_PRIME: found[1].wording[Voice.PARTNER_ON_PRIME]})
    after = with_translation_of(with_question(bare, "talking", kept), "talking", kept, IN_BOTH)
    assert welsh_of(after) == {PARTNER: welsh_of(IN_BOTH)[PARTNER]}


def test_the_welsh_changes_nothing_that_a_trend_compares() -> None:
    assert compare(replace(IN_BOTH, translations={}), IN_BOTH).is_same


def test_a_file_of_its_own_joins_the_instrument_that_it_names() -> None:
    bare = replace(IN_BOTH, translations={})
    tree = _as_text(yaml.safe_load(WELSH_FILE))["translations"]["cy"]
    head = {"language": "cy", "of": "in-both", "version": "1"}

    def joined(**changes: object) -> Instrument:
        found = {("in-both", 1): bare}
        text = yaml.safe_dump({**head, **tree, **changes}, allow_unicode=True)
        library.join_translation(found, text, "cy/in-both.yaml", CY)
        return found["in-both", 1]

    assert joined() == IN_BOTH
    for changes, place in (
        ({"language": "en"}, "language"),
        ({"of": "pulse"}, "of"),
        ({"version": "two"}, "of"),
        ({"title": "T{prime}"}, "cy.title"),
    ):
        with pytest.raises(InstrumentFaultsError) as caught:
            joined(**changes)
        assert [fault.place for fault in caught.value.faults] == [f"cy/in-both.yaml, {place}"]
    found = {("in-both", 1): IN_BOTH}
    with pytest.raises(InstrumentFaultsError, match="another file"):
        library.join_translation(found, yaml.safe_dump({**head, **tree}), "again.yaml", CY)


def test_english_with_faults_is_not_told_again_by_its_welsh() -> None:
    mapping = _as_text(yaml.safe_load(WELSH_FILE))
    mapping["title"] = ""
    mapping["sections"][0]["questions"][0]["wording"]["partner_on_prime"] = "They share."
    mapping["translations"]["cy"]["purpose"] = "i" * 301
    assert {fault.place for fault in read(mapping)[1]} == {"title", "translations.cy.purpose"}
