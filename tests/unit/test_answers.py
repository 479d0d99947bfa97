"""Answers: what a posted page becomes, what is refused, and the bytes that are sealed."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys import library
from surveys.answers import (
    LONGEST_COMMENT,
    Answers,
    Comment,
    CommentChoice,
    choice_field,
    comment_field,
    from_bytes,
    largest_size,
    parse_page,
    question_field,
    to_bytes,
)
from surveys.errors import AnswersFaultsError
from surveys.instrument import OptOut, Voice

INSTRUMENT = library.latest(library.FIRST_CHOICE)
PARTNER = Voice.PARTNER_ON_PRIME
PAGES = INSTRUMENT.pages(PARTNER)
FIRST = PAGES[0]
SUMMARISE = CommentChoice.SUMMARISE

# The characters that cost most in one writing or the other, and some that cleaning touches.
DEAR = st.sampled_from('"\\\n\U0001f600\u0958\U0001d160é/\u0301 \t\x00\x7f\u2028')


def faults_of(call, *arguments) -> dict[str, str]:
    with pytest.raises(AnswersFaultsError) as caught:
        call(*arguments)
    return {fault.place: f"{fault.message} {fault.mend}" for fault in caught.value.faults}


def posted(**fields: str) -> Answers:
    """The first page's answers; ``q1`` is its first statement, ``comment`` and ``choice`` its comment."""
    names = {f"q{number}": question_field(q.id) for number, q in enumerate(FIRST.questions, start=1)}
    names |= {"comment": comment_field("2a"), "choice": choice_field("2a")}
    return parse_page({names[key]: value for key, value in fields.items()}, FIRST, INSTRUMENT)


def comment_of(text: str) -> str | None:
    comment = posted(comment=text).comments.get("2a")
    return comment.text if comment else None


@st.composite
def forms(draw, voice):
    """A filled form over all the pages of a voice, from empty to the largest."""
    form = {}
    choices = ["", "1", "2", "3", "4", "5", *OptOut]
    for page in INSTRUMENT.pages(voice):
        for question in page.questions:
            form[question_field(question.id)] = draw(st.sampled_from(choices))
        section_id = page.section.id
        text = draw(
            st.one_of(
                st.text(max_size=40),
                st.text(DEAR, max_size=150),
                DEAR.map(lambda character: character * LONGEST_COMMENT),
            )
        )
        form[comment_field(section_id)] = unicodedata.normalize("NFC", text)[:LONGEST_COMMENT]
        form[choice_field(section_id)] = draw(st.sampled_from(["", *CommentChoice]))
    return form


@st.composite
def voices_and_answers(draw):
    voice = draw(st.sampled_from(list(Voice)))
    form = draw(forms(voice))
    answers = Answers.empty()
    for page in INSTRUMENT.pages(voice):
        answers = answers.merged_with(parse_page(form, page, INSTRUMENT), page)
    return voice, answers


def test_fields_are_named_by_kind_and_id():
    assert question_field("open-accounts") == "q-open-accounts"
    assert comment_field("2a") == "c-2a"
    assert choice_field("2a") == "v-2a"


def test_points_become_numbers_and_opt_outs_stay_apart():
    answers = posted(q1="1", q2="5", q3="not_applicable", q4="not_seen", q5="rather_not_say")
    assert list(answers.ratings.values()) == [
        1,
        5,
        OptOut.NOT_APPLICABLE,
        OptOut.NOT_SEEN,
        OptOut.RATHER_NOT,
    ]


def test_nothing_is_compulsory():
    assert posted() == Answers.empty()
    answers = posted(q2="4", q3="")
    assert answers.ratings == {FIRST.questions[1].id: 4}
    assert answers.answered_count == 1


@pytest.mark.parametrize("value", ["0", "6", "-1", "1.0", " 1", "٣", "yes", "NOT_SEEN", "1\n"])
def test_anything_else_is_no_rating(value):
    field = question_field(FIRST.questions[0].id)
    faults = faults_of(parse_page, {field: value}, FIRST, INSTRUMENT)
    assert faults == {field: "This is not one of the answers. Choose one of those offered."}


def test_all_the_faults_of_a_page_come_at_once_and_quote_nothing():
    form = {question_field(question.id): "secret" for question in FIRST.questions}
    form |= {comment_field("2a"): "secret " * 100, choice_field("2a"): "secret"}
    faults = faults_of(parse_page, form, FIRST, INSTRUMENT)
    assert set(faults) == set(form)
    assert "secret" not in str(faults)


def test_fields_of_other_pages_are_left_alone():
    other = PAGES[1].questions[0]
    form = {question_field(other.id): "5", comment_field("2b"): "Hello", "csrf_token": "x"}
    assert parse_page(form, FIRST, INSTRUMENT) == Answers.empty()


def test_a_comment_is_asked_on_the_last_page_of_its_element_only():
    of_2b = [page for page in PAGES if page.section.id == "2b"]
    form = {comment_field("2b"): "Hello"}
    found = [parse_page(form, page, INSTRUMENT).comments for page in of_2b]
    assert found == [{}, {"2b": Comment("Hello", SUMMARISE)}]


def test_a_comment_keeps_what_its_writer_chose():
    for choice in CommentChoice:
        assert posted(comment="Hello", choice=choice.value).comments == {"2a": Comment("Hello", choice)}


def test_a_comment_without_a_choice_is_to_be_summarised():
    assert posted(comment="Hello").comments["2a"].choice is SUMMARISE
    assert posted(comment="Hello", choice="").comments["2a"].choice is SUMMARISE


@pytest.mark.parametrize("text", ["", "   ", "\r\n\t\n", "\x00\x07", "\u200b\ufeff", "\u2003"])
def test_an_empty_comment_is_no_comment(text):
    assert posted(comment=text, choice="verbatim").comments == {}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Hello \n", "Hello"),
        ("one\r\ntwo\rthree\u2028four", "one\ntwo\nthree\nfour"),
        ("e\u0301", "é"),
        ("a\tb", "a b"),
        ("a\x00\x1b[31mb\x9f", "a[31mb"),
        ("pay\u202egnp", "paygnp"),
        ("half \ud83d one", "half  one"),
        ("\ufffe\U0010ffff\ufdd0x", "x"),
        ("👩\u200d🚒 thanks", "👩\u200d🚒 thanks"),
        ("Diolch yn fawr, tŷ gwyn", "Diolch yn fawr, tŷ gwyn"),
        ("=1+1 <b>", "=1+1 <b>"),
    ],
)
def test_a_comment_is_cleaned(typed, kept):
    assert comment_of(typed) == kept


def test_a_comment_may_have_five_hundred_characters_whatever_they_are_made_of():
    assert comment_of("😀" * 500) == "😀" * 500
    assert comment_of("e\u0301" * 500) == "é" * 500
    assert comment_of(" " * 100 + "x" * 500 + "\r\n" * 100) == "x" * 500


@pytest.mark.parametrize(
    ("over", "words"), [(1, "1 character"), (2, "2 characters"), (1500, "1,500 characters")]
)
def test_a_long_comment_is_refused_and_told_by_how_much(over, words):
    faults = faults_of(parse_page, {comment_field("2a"): "x" * (500 + over)}, FIRST, INSTRUMENT)
    assert faults == {"c-2a": f"Your comment is {words} too long. Shorten it to 500 characters."}


def test_a_page_replaces_its_own_answers_and_keeps_the_rest():
    own, other = FIRST.questions, PAGES[1].questions[0]
    before = Answers(
        {own[0].id: 1, own[1].id: 2, other.id: 3},
        {"2a": Comment("Old", SUMMARISE), "2b": Comment("Kept", SUMMARISE)},
    )
    after = before.merged_with(posted(q1="5"), FIRST)
    assert after == Answers({own[0].id: 5, other.id: 3}, {"2b": Comment("Kept", SUMMARISE)})
    assert before.answered_count == 3


def test_a_page_that_asks_no_comment_keeps_the_comment():
    page = next(page for page in PAGES if not page.asks_comment)
    before = Answers({}, {page.section.id: Comment("Kept", SUMMARISE)})
    assert before.merged_with(Answers.empty(), page) == before


@pytest.mark.parametrize("voice", Voice)
def test_what_is_unanswered_is_what_the_voice_is_asked_and_has_not_touched(voice):
    asked = [question for question in INSTRUMENT.questions() if voice in question.wording]
    assert Answers.empty().unanswered(INSTRUMENT, voice) == tuple(asked)
    some = Answers({asked[0].id: OptOut.NOT_SEEN, asked[-1].id: 3}, {})
    assert some.unanswered(INSTRUMENT, voice) == tuple(asked[1:-1])


def test_printing_answers_tells_nothing():
    answers = posted(q1="1", q2="not_seen", comment="Secret")
    assert repr(answers) == str(answers) == "Answers(…)"
    assert "Secret" not in repr(answers.comments["2a"])


@given(voices_and_answers())
def test_bytes_give_the_same_answers_back(voice_and_answers):
    voice, answers = voice_and_answers
    data = to_bytes(answers)
    assert from_bytes(data, INSTRUMENT, voice) == answers
    assert to_bytes(from_bytes(data, INSTRUMENT, voice)) == data


@given(voices_and_answers())
def test_equal_answers_give_equal_bytes_in_any_order(voice_and_answers):
    _, answers = voice_and_answers
    turned = Answers(dict(reversed(answers.ratings.items())), dict(reversed(answers.comments.items())))
    assert to_bytes(turned) == to_bytes(answers)


@given(voices_and_answers())
def test_no_answers_are_larger_than_the_bound_also_as_a_string_in_json(voice_and_answers):
    _, answers = voice_and_answers
    data = to_bytes(answers)
    assert len(data) <= largest_size(INSTRUMENT)
    assert len(json.dumps(data.decode(), ensure_ascii=False).encode()) <= largest_size(INSTRUMENT)


@pytest.mark.parametrize("character", ['"', "\\", "\n", "😀", "\u0800", "é", "x"])
def test_the_bound_holds_for_full_comments_of_any_one_character(character):
    text = "x" + character * (LONGEST_COMMENT - 2) + "x"
    for voice in Voice:
        asked = [question for question in INSTRUMENT.questions() if voice in question.wording]
        full = Answers(
            {question.id: OptOut.RATHER_NOT for question in asked},
            {s.id: Comment(text, CommentChoice.STEWARD_ONLY) for s in INSTRUMENT.sections_for(voice)},
        )
        assert from_bytes(to_bytes(full), INSTRUMENT, voice) == full
        nested = json.dumps(to_bytes(full).decode(), ensure_ascii=False).encode()
        assert len(to_bytes(full)) < len(nested) <= largest_size(INSTRUMENT)


@given(st.text() | st.text(DEAR))
def test_cleaning_a_clean_comment_changes_nothing(text):
    kept = comment_of(text[:160])
    if kept is not None:
        assert comment_of(kept) == kept
        assert unicodedata.is_normalized("NFC", kept)


@pytest.mark.parametrize(
    ("stored", "places"),
    [
        ({"ratings": {"no-such": 3}, "comments": {}}, {"q-no-such"}),
        ({"ratings": {"open-contracts": 6}, "comments": {}}, {"q-open-contracts"}),
        ({"ratings": {"open-contracts": 0}, "comments": {}}, {"q-open-contracts"}),
        ({"ratings": {"open-contracts": True}, "comments": {}}, {"q-open-contracts"}),
        ({"ratings": {"open-contracts": 3.0}, "comments": {}}, {"q-open-contracts"}),
        ({"ratings": {"open-contracts": "3"}, "comments": {}}, {"q-open-contracts"}),
        ({"ratings": {"open-contracts": None}, "comments": {}}, {"q-open-contracts"}),
        ({"ratings": {"open-contracts": "maybe"}, "comments": {}}, {"q-open-contracts"}),
        ({"ratings": {"open-contracts": [3]}, "comments": {}}, {"q-open-contracts"}),
        ({"ratings": {}, "comments": {"9z": ["summarise", "Hello"]}}, {"c-9z"}),
        ({"ratings": {}, "comments": {"2a": ["shout", "Hello"]}}, {"c-2a"}),
        ({"ratings": {}, "comments": {"2a": ["summarise", ""]}}, {"c-2a"}),
        ({"ratings": {}, "comments": {"2a": ["summarise", " x"]}}, {"c-2a"}),
        ({"ratings": {}, "comments": {"2a": ["summarise", "x" * 501]}}, {"c-2a"}),
        ({"ratings": {}, "comments": {"2a": "Hello"}}, {"c-2a"}),
        ({"ratings": {}, "comments": {"2a": ["summarise", "a", "b"]}}, {"c-2a"}),
        ({"ratings": {"no-such": 9}, "comments": {"2a": []}}, {"q-no-such", "c-2a"}),
        ({"ratings": []}, {"answers"}),
        ({"ratings": {}, "comments": {}, "more": 1}, {"answers"}),
        ([], {"answers"}),
        (7, {"answers"}),
    ],
)
def test_stored_answers_that_were_never_given_are_refused(stored, places):
    assert set(faults_of(from_bytes, json.dumps(stored).encode(), INSTRUMENT, PARTNER)) == places


def test_stored_answers_to_what_the_voice_is_not_asked_are_refused():
    answers = Answers({"open-accounts": 3}, {"2c": Comment("Hello", SUMMARISE)})
    assert set(faults_of(from_bytes, to_bytes(answers), INSTRUMENT, Voice.SPOT_PROVIDER_ON_PRIME)) == {
        "q-open-accounts"
    }
    assert set(faults_of(from_bytes, to_bytes(answers), INSTRUMENT, Voice.ANYONE_ON_CHAIN)) == {"c-2c"}


@pytest.mark.parametrize("data", [b"", b"{", b"\xff\xfe\xfd", b"[" * 100_000, b"1" * 10_000, b"null"])
def test_bytes_that_are_no_answers_are_refused(data):
    assert set(faults_of(from_bytes, data, INSTRUMENT, PARTNER)) == {"answers"}
