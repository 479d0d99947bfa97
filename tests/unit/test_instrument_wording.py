"""Every statement of every shipped instrument, in every voice, is one a person reads once."""

from __future__ import annotations

import re

import pytest

from surveys import library
from surveys.instrument import Instrument, Question, Voice
from surveys.practices import practices

MOST_WORDS = 20
NAMES = {"prime": "Northern Bridge Employment Ltd", "chain": "Pathways North", "partner": "Tyne Skills Trust"}

ON_PRIME = (Voice.PARTNER_ON_PRIME, Voice.COMMISSIONER_ON_PRIME, Voice.SPOT_PROVIDER_ON_PRIME)
BEGINNINGS = {
    Voice.PRIME_ON_ITSELF: "We ",
    Voice.PARTNER_ON_PRIME: "{prime} ",
    Voice.COMMISSIONER_ON_PRIME: "{prime} ",
    Voice.SPOT_PROVIDER_ON_PRIME: "{prime} ",
    Voice.ANYONE_ON_CHAIN: "Organisations in {chain} ",
    Voice.PARTNER_ON_ITSELF: "We ",
    Voice.PRIME_ON_PARTNER: "{partner} ",
    Voice.TIER_ONE_ON_SUBCONTRACTOR: "{partner} ",
    Voice.SUBCONTRACTOR_ON_TIER_ONE: "{partner} ",
}
# Who may be named in the rest of a sentence, besides the one it begins with.
ALSO_NAMED = {
    Voice.PARTNER_ON_ITSELF: {"chain"},
    # A tier-1 stands between the speaker and the prime, as the prime stands before the commissioner.
    Voice.SUBCONTRACTOR_ON_TIER_ONE: {"prime"},
}
SAYS_US = {
    Voice.PARTNER_ON_PRIME,
    Voice.SPOT_PROVIDER_ON_PRIME,
    Voice.PRIME_ON_PARTNER,
    Voice.TIER_ONE_ON_SUBCONTRACTOR,
    Voice.SUBCONTRACTOR_ON_TIER_ONE,
}
SAYS_WE = SAYS_US | {Voice.PRIME_ON_ITSELF, Voice.PARTNER_ON_ITSELF}

# What a tier-1 does to those below it is asked in the words for the prime, but for what only a prime has.
DIFFERENT_DOWN_THE_CHAIN = {"open-contracts", "views-put-forward", "shared-records", "roles-explained"}

# A whole chain has no one set of accounts: what the work costs is the same thing for it.
SAME_IN_OTHER_WORDS = {("open-accounts", Voice.ANYONE_ON_CHAIN)}

# The scale says how often; a statement that says it too cannot be answered.
FREQUENCY = {
    *("always", "never", "often", "usually", "sometimes", "rarely", "seldom", "mostly", "generally"),
    *("regular", "regularly", "frequent", "frequently", "occasionally", "consistently", "constantly"),
    *("routinely", "normally", "typically", "every", "each time", "whenever", "once", "daily", "weekly"),
    *("monthly", "yearly", "annually", "ongoing", "continuously", "continually"),
}
NEGATIVE = {
    *("not", "no", "nor", "none", "nobody", "nothing", "without", "cannot", "neither", "except", "unless"),
    *("avoid", "avoids", "fail", "fails", "lack", "lacks", "refuse", "refuses", "stop", "stops", "hardly"),
}
JOINING = {"and", "or", "but", "as well as", "while", "also", "plus", "both", "and/or"}
JARGON = {
    *("stakeholder", "stakeholders", "leverage", "synergy", "kpi", "kpis", "metrics", "360", "proactively"),
    *("facilitate", "transparent", "transparency", "mechanism", "mechanisms", "governance", "maturity"),
    *("compliance", "assurance", "csr", "pipeline", "pipelines", "workshare", "deliverables", "engage"),
    *("candy", "tier", "flow-down", "supply chain", "best practice"),
}
NO_ACTS = {
    *("is", "are", "has", "have", "can", "could", "may", "must", "should", "will", "does", "do"),
    *("wants", "want", "tries", "try", "knows", "know", "feels", "feel", "believes", "believe"),
}


def _wordings() -> dict[tuple[str, Voice, str], Question]:
    """Each wording once, however many instruments share it."""
    return {
        (question.id, voice, text): question
        for shipped in library.shipped().values()
        for question in shipped.questions()
        for voice, text in question.wording.items()
    }


each_wording = pytest.mark.parametrize(
    ("question", "voice", "text"),
    [
        pytest.param(question, voice, text, id=f"{id_}-{voice}")
        for (id_, voice, text), question in _wordings().items()
    ],
)
each_instrument = pytest.mark.parametrize(
    "instrument", library.shipped().values(), ids=lambda found: found.id
)


def test_every_voice_is_worded():
    assert {voice for _, voice, _ in _wordings()} == set(Voice) == set(BEGINNINGS)


@each_wording
def test_a_statement_has_twenty_words_at_most_when_the_names_are_in(question, voice, text):
    assert len(question.worded(voice, NAMES).split()) <= MOST_WORDS


@each_wording
def test_a_statement_is_one_sentence_that_ends_with_a_full_stop(question, voice, text):
    assert text.endswith(".")
    assert not re.search(r"[.!?;:()/]", text[:-1])


@each_wording
def test_a_statement_begins_as_its_voice_does_and_names_nobody_else(question, voice, text):
    beginning = BEGINNINGS[voice]
    assert text.startswith(beginning)
    named = set(re.findall(r"{(\w+)}", text.removeprefix(beginning)))
    assert named <= ALSO_NAMED.get(voice, set())


@each_wording
def test_a_statement_speaks_of_us_only_where_the_speaker_is_a_side(question, voice, text):
    words = set(_content(text))
    if voice not in SAYS_US:
        assert "us" not in words
    if voice not in SAYS_WE:
        assert not {"we", "our", "ours"} & words


@each_wording
@pytest.mark.parametrize(
    "forbidden", [FREQUENCY, NEGATIVE, JOINING, JARGON], ids=["frequency", "negative", "joining", "jargon"]
)
def test_a_statement_is_positive_and_plain_and_asks_one_thing(question, voice, text, forbidden):
    padded = f" {' '.join(re.findall(r'[a-z0-9/-]+', text.casefold()))} "
    assert not [word for word in forbidden if f" {word} " in padded]
    assert not re.search(r"n[’']t\b", text)


@each_wording
def test_a_statement_tells_what_somebody_does_so_that_how_often_answers_it(question, voice, text):
    verb = text.removeprefix(BEGINNINGS[voice]).split()[0]
    assert verb not in NO_ACTS
    assert verb.endswith("s") == BEGINNINGS[voice].startswith(("{prime}", "{partner}"))


@each_wording
def test_a_statement_is_not_a_sentence_of_the_code(question, voice, text):
    for practice_id in question.practices:
        of_code, own = _content(practices()[practice_id].text), _content(text)
        runs = {tuple(of_code[at : at + 5]) for at in range(len(of_code) - 4)}
        assert not runs & {tuple(own[at : at + 5]) for at in range(len(own) - 4)}


@each_wording
def test_a_statement_speaks_of_the_same_thing_in_every_voice(question, voice, text):
    if (question.id, voice) in SAME_IN_OTHER_WORDS:
        return
    assert len(_stems(text) & _stems(question.wording[Voice.PRIME_ON_ITSELF])) >= 2


@each_instrument
@pytest.mark.parametrize("voice", Voice)
def test_no_two_statements_of_a_voice_read_the_same(instrument, voice):
    texts = [q.wording[voice].casefold() for q in instrument.questions() if voice in q.wording]
    assert len(texts) == len(set(texts))


@each_instrument
def test_the_flow_down_mirror_asks_about_a_tier_one_in_the_words_for_the_prime(instrument):
    mirrored = [q for q in instrument.questions() if Voice.SUBCONTRACTOR_ON_TIER_ONE in q.wording]
    different = {
        question.id
        for question in mirrored
        if question.wording[Voice.SUBCONTRACTOR_ON_TIER_ONE].replace("{partner}", "{prime}")
        != question.wording[Voice.PARTNER_ON_PRIME]
    }
    assert different == DIFFERENT_DOWN_THE_CHAIN & {question.id for question in mirrored}


@each_instrument
def test_a_tier_one_speaks_of_its_subcontractor_in_the_words_of_the_prime_on_a_partner(instrument):
    for question in instrument.questions():
        if Voice.TIER_ONE_ON_SUBCONTRACTOR in question.wording:
            assert (
                question.wording[Voice.TIER_ONE_ON_SUBCONTRACTOR] == question.wording[Voice.PRIME_ON_PARTNER]
            )


@each_instrument
def test_introductions_and_prompts_are_short_sentences(instrument: Instrument):
    for section in instrument.sections:
        assert section.introduction.startswith("This part is about ")
        assert section.introduction.count(".") == 1
        assert section.introduction.endswith(".")
        assert len(section.introduction.split()) <= MOST_WORDS
        assert section.comment_prompt == "" or section.comment_prompt.endswith("?")
        assert len(section.comment_prompt.split()) <= 12


def _content(text: str) -> list[str]:
    return re.findall(r"[a-z]+", text.casefold())


def _stems(text: str) -> set[str]:
    """The first four letters of the words that carry meaning."""
    common = {
        "prim",
        "part",
        "chai",
        "orga",
        "thei",
        "that",
        "what",
        "with",
        "this",
        "them",
        "they",
        "each",
        "when",
    }
    return {word[:4] for word in _content(text) if len(word) >= 4} - common
