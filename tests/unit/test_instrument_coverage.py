"""The shipped instrument asks every practice in every voice that it concerns, in words a person reads once."""

from __future__ import annotations

import csv
import re
from importlib import resources

import pytest

from surveys import library
from surveys.instrument import STATEMENTS_PER_PAGE, Instrument, OptOut, Question, Voice
from surveys.practices import practices

REVIEWED = ("P2a.", "P2b.", "P2c.", "P4a.")
MOST_WORDS = 20
NAMES = {"prime": "Northern Bridge Employment Ltd", "chain": "Pathways North"}

ALL_ON_PRIME = (
    Voice.PRIME_ON_ITSELF,
    Voice.PARTNER_ON_PRIME,
    Voice.COMMISSIONER_ON_PRIME,
    Voice.SPOT_PROVIDER_ON_PRIME,
)
BEGINNINGS = {
    Voice.PRIME_ON_ITSELF: "We ",
    Voice.PARTNER_ON_PRIME: "{prime} ",
    Voice.COMMISSIONER_ON_PRIME: "{prime} ",
    Voice.SPOT_PROVIDER_ON_PRIME: "{prime} ",
    Voice.ANYONE_ON_CHAIN: "Organisations in {chain} ",
}

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
    "stakeholder",
    "stakeholders",
    "leverage",
    "synergy",
    "kpi",
    "kpis",
    "360",
    "proactively",
    "facilitate",
}


@pytest.fixture(scope="module")
def instrument() -> Instrument:
    return library.shipped()["review-and-commitment", 1]


def _wordings() -> list[tuple[Question, Voice, str]]:
    return [
        (question, voice, text)
        for shipped in library.shipped().values()
        for question in shipped.questions()
        for voice, text in question.wording.items()
    ]


each_wording = pytest.mark.parametrize(
    ("question", "voice", "text"), [pytest.param(*row, id=f"{row[0].id}-{row[1]}") for row in _wordings()]
)


def test_every_reviewed_practice_has_its_voices_decided():
    assert list(library.concerns()) == [key for key in practices() if key.startswith(REVIEWED)]


def test_every_voice_left_out_has_a_reason_and_every_cell_is_yes_or_no():
    text = resources.files("surveys").joinpath("concerns.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        answers = {row[voice.value] for voice in Voice}
        assert answers <= {"yes", "no"}, row
        assert bool(row["reason"]) == ("no" in answers), row
        for voice, name in (
            (Voice.COMMISSIONER_ON_PRIME, "Commissioner: "),
            (Voice.SPOT_PROVIDER_ON_PRIME, "Spot provider: "),
            (Voice.ANYONE_ON_CHAIN, "Chain: "),
        ):
            assert (name in row["reason"]) == (row[voice.value] == "no"), row


def test_the_prime_and_its_partners_are_concerned_by_every_practice():
    for voices in library.concerns().values():
        assert {Voice.PRIME_ON_ITSELF, Voice.PARTNER_ON_PRIME} <= voices


def test_the_chain_is_concerned_by_review_and_by_collaboration():
    concerned = {key for key, voices in library.concerns().items() if Voice.ANYONE_ON_CHAIN in voices}
    assert concerned == {key for key in practices() if key.startswith(("P2a.", "P4a."))}


def test_every_practice_is_asked_in_exactly_the_voices_that_it_concerns(instrument):
    assert dict(library.coverage(instrument)) == dict(library.concerns())


def test_no_statement_asks_a_voice_about_a_practice_that_does_not_concern_it(instrument):
    for question in instrument.questions():
        for practice_id in question.practices:
            assert frozenset(question.wording) <= library.concerns()[practice_id], question.id


def test_no_statement_exists_without_a_practice(instrument):
    for question in instrument.questions():
        assert question.practices, question.id
        assert set(question.practices) <= set(practices()), question.id


def test_each_practice_has_one_statement_so_that_a_partner_answers_twenty_three(instrument):
    named = [practice_id for question in instrument.questions() for practice_id in question.practices]
    assert len(named) == len(set(named))
    assert len([q for q in instrument.questions() if Voice.PARTNER_ON_PRIME in q.wording]) == 23


def test_whatever_others_are_asked_of_the_prime_the_prime_is_asked_of_itself(instrument):
    for question in instrument.questions():
        if set(ALL_ON_PRIME) & set(question.wording):
            assert Voice.PRIME_ON_ITSELF in question.wording, question.id


def test_the_sections_are_the_four_elements_in_their_order(instrument):
    assert [section.id for section in instrument.sections] == ["2a", "2b", "2c", "4a"]
    for section in instrument.sections:
        for question in section.questions:
            assert all(key.startswith(f"P{section.id}.") for key in question.practices), question.id


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


def test_every_voice_has_a_title(instrument):
    assert set(instrument.voices) == set(Voice)


@pytest.mark.parametrize("voice", Voice)
def test_a_page_has_five_statements_of_one_element_at_most(instrument, voice):
    pages = instrument.pages(voice)
    assert sum(len(page.questions) for page in pages) == sum(
        voice in question.wording for question in instrument.questions()
    )
    for page in pages:
        assert 1 <= len(page.questions) <= STATEMENTS_PER_PAGE
        assert all(question in page.section.questions for question in page.questions)
    asked = [page.section.id for page in pages if page.asks_comment]
    assert asked == [section.id for section in instrument.sections_for(voice)]


@pytest.mark.parametrize("voice", Voice)
def test_no_two_statements_of_a_voice_read_the_same(instrument, voice):
    texts = [q.wording[voice].casefold() for q in instrument.questions() if voice in q.wording]
    assert len(texts) == len(set(texts))


@each_wording
def test_a_statement_has_twenty_words_at_most_once_the_names_are_in(question, voice, text):
    assert len(question.worded(voice, NAMES).split()) <= MOST_WORDS


@each_wording
def test_a_statement_is_one_sentence_that_ends_with_a_full_stop(question, voice, text):
    assert text.endswith(".")
    assert not re.search(r"[.!?;:()/]", text[:-1])


@each_wording
def test_a_statement_speaks_in_its_voice(question, voice, text):
    assert text.startswith(BEGINNINGS[voice])
    first_person = _words(text) & {"we", "us", "our", "ours"}
    if voice in (Voice.COMMISSIONER_ON_PRIME, Voice.ANYONE_ON_CHAIN):
        assert not first_person
    if voice is Voice.PRIME_ON_ITSELF:
        assert not {"us"} & first_person
        assert "{prime}" not in text


@each_wording
@pytest.mark.parametrize(
    "forbidden", [FREQUENCY, NEGATIVE, JOINING, JARGON], ids=["frequency", "negative", "joining", "jargon"]
)
def test_a_statement_is_positive_and_plain_and_asks_one_thing(question, voice, text, forbidden):
    padded = f" {' '.join(re.findall(r'[a-z0-9/-]+', text.casefold()))} "
    assert not [word for word in forbidden if f" {word} " in padded]
    assert not re.search(r"n[’']t\b", text)


@each_wording
def test_a_statement_can_be_answered_with_how_often(question, voice, text):
    verb = text.removeprefix(BEGINNINGS[voice]).split()[0]
    assert verb not in {
        "is",
        "are",
        "has",
        "have",
        "can",
        "could",
        "may",
        "must",
        "should",
        "will",
        "does",
        "do",
    }
    assert verb.endswith("s") == text.startswith("{prime}")


@each_wording
def test_a_statement_is_not_a_sentence_of_the_code(question, voice, text):
    for practice_id in question.practices:
        of_code, own = _content(practices()[practice_id].text), _content(text)
        runs = {tuple(of_code[at : at + 5]) for at in range(len(of_code) - 4)}
        assert not runs & {tuple(own[at : at + 5]) for at in range(len(own) - 4)}


def test_introductions_and_prompts_are_short_sentences(instrument):
    for section in instrument.sections:
        assert section.introduction.startswith("This part is about ")
        assert section.introduction.count(".") == 1
        assert section.introduction.endswith(".")
        assert len(section.introduction.split()) <= MOST_WORDS
        assert section.comment_prompt.endswith("?")
        assert len(section.comment_prompt.split()) <= 12


def _words(text: str) -> set[str]:
    return set(_content(text))


def _content(text: str) -> list[str]:
    return re.findall(r"[a-z]+", text.casefold())
