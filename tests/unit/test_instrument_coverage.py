"""Each shipped instrument asks the practices that it claims, in every voice that they concern and in no other."""

from __future__ import annotations

import re

import pytest

from surveys import library, timing
from surveys.instrument import (
    STATEMENTS_PER_PAGE,
    VOICES_ON_ONE_PARTNER,
    Instrument,
    MerlinElement,
    OptOut,
    Voice,
)
from surveys.practices import merlin_elements, practices

REVIEWED = ("P2a.", "P2b.", "P2c.", "P4a.")
PULSE = {"P2a.3", "P2b.3", "P2b.8", "P2c.3", "P3c.4", "P4a.5"}
OF_THE_PULSE = {
    Voice.PRIME_ON_ITSELF,
    Voice.PARTNER_ON_PRIME,
    Voice.COMMISSIONER_ON_PRIME,
    Voice.SPOT_PROVIDER_ON_PRIME,
    Voice.ANYONE_ON_CHAIN,
}
CLAIMED = {
    "review-and-commitment": {key for key in practices() if key.startswith(REVIEWED)},
    "whole-code": {key for key in practices() if key.startswith("P")},
    "partnership": {key for key in practices() if key.startswith("B")},
    "pulse": PULSE,
}
SECTIONS = {
    "review-and-commitment": ["2a", "2b", "2c", "4a"],
    "whole-code": ["1", "2a", "2b", "2c", "3a", "3b", "3c", "3d", "3e", "4a"],
    "partnership": ["b1", "b2", "b3"],
    "pulse": ["pulse"],
}
# One person answers these once for each partner.
PER_PARTNER = (Voice.PRIME_ON_PARTNER, Voice.TIER_ONE_ON_SUBCONTRACTOR)
MOST_PER_PARTNER = 10
ON_PRIME = (Voice.PARTNER_ON_PRIME, Voice.COMMISSIONER_ON_PRIME, Voice.SPOT_PROVIDER_ON_PRIME)
PRACTICES_OF_SPOT_PROVIDERS = {"P3a.2", "P3a.3"}
TOLD = {
    "partner on prime": Voice.PARTNER_ON_PRIME,
    "commissioner": Voice.COMMISSIONER_ON_PRIME,
    "spot provider": Voice.SPOT_PROVIDER_ON_PRIME,
    "chain": Voice.ANYONE_ON_CHAIN,
    "partner on itself": Voice.PARTNER_ON_ITSELF,
    "prime on partner": Voice.PRIME_ON_PARTNER,
    "tier-1 on subcontractor": Voice.TIER_ONE_ON_SUBCONTRACTOR,
    "subcontractor on tier-1": Voice.SUBCONTRACTOR_ON_TIER_ONE,
}

each_instrument = pytest.mark.parametrize(
    "instrument", [pytest.param(library.latest(id_), id=id_) for id_ in CLAIMED]
)


def asked(instrument: Instrument, voice: Voice) -> int:
    """How many statements a voice is asked."""
    return sum(voice in question.wording for question in instrument.questions())


def told_voices(reason: str) -> list[Voice]:
    """The voices that a reason speaks of, each part of it being "Voice, voice: why."."""
    parts = re.split(r"(?<=\.) (?=[A-Z])", reason) if reason else []
    for part in parts:
        assert re.fullmatch(r"[^:]+: [^:]+[.]", part), part
    return [TOLD[name.casefold()] for part in parts for name in part.split(": ")[0].split(", ")]


def test_every_practice_has_its_voices_decided():
    assert list(library.concerns()) == list(library.reasons()) == list(practices())


def test_every_cell_of_the_decisions_is_yes_or_no():
    for row in library._decisions():
        assert {row[voice.value] for voice in Voice} <= {"yes", "no"}, row
        assert set(row) == {"practice_id", "reason", *Voice}


@pytest.mark.parametrize("practice_id", practices())
def test_every_voice_left_out_has_its_reason_and_no_other_voice_has(practice_id):
    left_out = set(Voice) - library.concerns()[practice_id]
    told = told_voices(library.reasons()[practice_id])
    assert len(told) == len(set(told))
    assert set(told) == left_out


@pytest.mark.parametrize(
    "reason", [pytest.param(text, id=key) for key, text in library.reasons().items() if text]
)
def test_a_reason_names_practices_that_exist(reason):
    assert set(re.findall(r"\b[PB]\d[a-e]?\.\d\b", reason)) <= set(practices())


def test_whoever_leads_is_concerned_by_every_practice():
    assert all(Voice.PRIME_ON_ITSELF in voices for voices in library.concerns().values())


def test_partners_are_concerned_by_all_but_what_spot_providers_are_told():
    left_out = {key for key, voices in library.concerns().items() if Voice.PARTNER_ON_PRIME not in voices}
    assert left_out == PRACTICES_OF_SPOT_PROVIDERS
    assert all(Voice.SPOT_PROVIDER_ON_PRIME in library.concerns()[key] for key in left_out)


def test_the_chain_is_concerned_by_what_its_organisations_do_to_each_other():
    concerned = {key for key, voices in library.concerns().items() if Voice.ANYONE_ON_CHAIN in voices}
    of_conduct = {"P3b.3", "P3b.4", "P3c.1", "P3c.4", "P3d.2", "P3e.1", "P3e.2"}
    assert concerned == of_conduct | {key for key in practices() if key.startswith(("P2a.", "P4a.", "B"))}


def test_what_a_partner_is_asked_about_is_asked_at_every_link_and_of_itself():
    for key, voices in library.concerns().items():
        if key.startswith("P"):
            assert (Voice.PRIME_ON_PARTNER in voices) == (Voice.TIER_ONE_ON_SUBCONTRACTOR in voices), key
        if Voice.PRIME_ON_PARTNER in voices:
            assert Voice.PARTNER_ON_ITSELF in voices, key


def test_a_tier_one_is_asked_about_as_a_buyer_only_where_the_prime_is():
    for key, voices in library.concerns().items():
        if Voice.SUBCONTRACTOR_ON_TIER_ONE in voices:
            assert Voice.PARTNER_ON_PRIME in voices, key


def test_every_practice_falls_under_an_element_of_the_merlin_standard_and_every_element_has_one():
    assert list(merlin_elements()) == list(practices())
    assert set(merlin_elements().values()) == set(MerlinElement)


def test_every_shipped_instrument_is_claimed_here():
    assert {id_ for id_, _ in library.shipped()} == set(CLAIMED)


@each_instrument
def test_an_instrument_asks_its_practices_in_exactly_the_voices_that_they_concern(instrument):
    offered = OF_THE_PULSE if instrument.id == "pulse" else set(Voice)
    claimed = CLAIMED[instrument.id]
    expected = {key: voices & offered for key, voices in library.concerns().items() if key in claimed}
    assert dict(library.coverage(instrument)) == expected


@each_instrument
def test_a_statement_asks_no_voice_about_a_practice_that_does_not_concern_it(instrument):
    for question in instrument.questions():
        assert question.practices, question.id
        for practice_id in question.practices:
            assert frozenset(question.wording) <= library.concerns()[practice_id], question.id


@each_instrument
def test_a_statement_carries_the_merlin_element_of_its_practice(instrument):
    for question in instrument.questions():
        assert question.merlin is merlin_elements()[question.practices[0]]


@each_instrument
def test_whatever_others_are_asked_of_a_party_the_party_is_asked_of_itself(instrument):
    for question in instrument.questions():
        if set(ON_PRIME) & set(question.wording):
            assert Voice.PRIME_ON_ITSELF in question.wording, question.id
        if set(PER_PARTNER) & set(question.wording):
            assert Voice.PARTNER_ON_ITSELF in question.wording, question.id


@each_instrument
def test_the_sections_are_elements_of_the_code_in_its_order(instrument):
    assert [section.id for section in instrument.sections] == SECTIONS[instrument.id]
    order = list(practices())
    places = [order.index(question.practices[0]) for question in instrument.questions()]
    assert places == sorted(places)
    for section in instrument.sections:
        if section.element:
            assert {practices()[q.practices[0]].element for q in section.questions} == {section.element}


@each_instrument
def test_the_scale_has_five_labelled_points_and_three_opt_outs(instrument):
    assert [(point.value, point.label) for point in instrument.scale.points] == [
        (1, "Never"),
        (2, "Rarely"),
        (3, "Sometimes"),
        (4, "Usually"),
        (5, "Always"),
    ]
    assert instrument.scale.opt_outs == {
        OptOut.NOT_APPLICABLE: "Does not apply to us",
        OptOut.NOT_SEEN: "We could not see it",
        OptOut.RATHER_NOT: "Rather not say",
    }


@each_instrument
def test_a_voice_on_one_partner_names_the_partner_in_its_title(instrument):
    for voice, title in instrument.voices.items():
        assert ("{partner}" in title) == (voice in VOICES_ON_ONE_PARTNER)


@each_instrument
@pytest.mark.parametrize("voice", Voice)
def test_a_page_has_five_statements_of_one_section_at_most(instrument, voice):
    pages = instrument.pages(voice)
    assert sum(len(page.questions) for page in pages) == asked(instrument, voice)
    for page in pages:
        assert 1 <= len(page.questions) <= STATEMENTS_PER_PAGE
        assert all(question in page.section.questions for question in page.questions)
    commented = [page.section.id for page in pages if page.asks_comment]
    assert commented == [s.id for s in instrument.sections_for(voice) if s.comment_prompt]


@each_instrument
@pytest.mark.parametrize("voice", PER_PARTNER)
def test_a_review_that_is_given_once_for_each_partner_is_short(instrument, voice):
    assert asked(instrument, voice) <= MOST_PER_PARTNER


def test_statements_that_instruments_share_are_word_for_word_the_same():
    first: dict[str, tuple[object, dict[Voice, str]]] = {}
    shared = set()
    for instrument in library.shipped().values():
        for question in instrument.questions():
            facts = (question.practices, question.merlin, instrument.scale)
            seen, wording = first.setdefault(question.id, (facts, {}))
            assert seen == facts, question.id
            for voice, text in question.wording.items():
                if wording.setdefault(voice, text) != text:
                    raise AssertionError(f"{instrument.id} words {question.id} differently for {voice}")
            shared |= {question.id} if instrument.id == "pulse" else set()
    of_others = {
        q.id for id_ in ("review-and-commitment", "whole-code") for q in library.latest(id_).questions()
    }
    assert shared <= of_others


def test_the_whole_code_holds_all_of_review_and_commitment():
    whole = library.latest("whole-code")
    sections = {section.id: section for section in whole.sections}
    for section in library.latest("review-and-commitment").sections:
        assert sections[section.id] == section


@pytest.mark.parametrize("instrument_id", ["review-and-commitment", "whole-code", "pulse"])
def test_each_practice_of_a_chain_has_one_statement(instrument_id):
    statements = [q.practices for q in library.latest(instrument_id).questions()]
    assert all(len(named) == 1 for named in statements)
    assert len(statements) == len(set(statements)) == len(CLAIMED[instrument_id])


def test_a_partner_answers_twenty_three_statements_of_review_and_commitment():
    assert asked(library.latest("review-and-commitment"), Voice.PARTNER_ON_PRIME) == 23


def test_each_practice_of_a_partnership_has_two_or_three_statements():
    named = [key for q in library.latest("partnership").questions() for key in q.practices]
    assert {named.count(key) for key in CLAIMED["partnership"]} <= {2, 3}


def test_the_pulse_asks_six_statements_of_a_partner_in_under_two_minutes():
    pulse = library.latest("pulse")
    assert asked(pulse, Voice.PARTNER_ON_PRIME) == len(PULSE) == 6
    assert not any(section.comment_prompt for section in pulse.sections)
    assert timing.SECONDS_TO_START + 6 * timing.SECONDS_PER_STATEMENT < 120
    for voice in pulse.voices:
        assert timing.minutes(pulse, [voice]) <= 2


def test_a_partner_answers_the_whole_code_on_prime_with_chain_within_twenty_minutes():
    voices = [Voice.PARTNER_ON_PRIME, Voice.ANYONE_ON_CHAIN]
    assert timing.minutes(library.latest("whole-code"), voices) <= 20
