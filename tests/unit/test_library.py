"""Instrument files: what is refused, with every fault at once, and what is read."""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import replace

import pytest
import yaml

from surveys import library
from surveys.errors import InstrumentFaultsError
from surveys.instrument import OptOut, Point, Voice

SMALL = """\
id: small
version: 2
title: Small
purpose: To be read.
scale:
  points: {1: Never, 2: Rarely, 3: Sometimes, 4: Usually, 5: Always}
  opt_outs:
    not_applicable: Does not apply to us
    not_seen: We could not see it
    rather_not_say: No
voices:
  partner_on_prime: How {prime} works with you
sections:
  - id: 4a
    element: Supply chain review
    title: Reviewing
    introduction: This is about reviewing.
    comment_prompt: What would you add?
    questions:
      - id: asks-first
        practices: [P4a.1, P4a.4]
        wording:
          partner_on_prime: "{prime} asks people in {chain}
            what they think."
"""

NOT_NAMED = "It is missing, or does not consist of named values."


def faults_of(text: str) -> dict[str, str]:
    """The message per place, the file's name taken off."""
    with pytest.raises(InstrumentFaultsError) as caught:
        library.load(text, "small.yaml")
    for fault in caught.value.faults:
        assert fault.place.startswith("small.yaml, ")
        assert fault.mend
    return {fault.place.removeprefix("small.yaml, "): fault.message for fault in caught.value.faults}


def faults_with(*path: str | int, value: object) -> dict[str, str]:
    """The faults of the small instrument with one value changed, or taken out when it is None."""
    mapping = yaml.safe_load(SMALL)
    target = mapping
    for step in path[:-1]:
        target = target[step]
    if value is None:
        del target[path[-1]]
    else:
        target[path[-1]] = value
    return faults_of(yaml.safe_dump(mapping, sort_keys=False))


def test_a_good_file_becomes_an_instrument():
    small = library.load(SMALL, "small.yaml")
    assert (small.id, small.version, small.title) == ("small", 2, "Small")
    assert small.scale.points[0] == Point(1, "Never")
    assert small.scale.opt_outs[OptOut.RATHER_NOT] == "No"
    question = small.sections[0].questions[0]
    names = {"prime": "Acme", "chain": "North"}
    assert question.worded(Voice.PARTNER_ON_PRIME, names) == "Acme asks people in North what they think."
    assert library.coverage(small) == {
        "P4a.1": frozenset({Voice.PARTNER_ON_PRIME}),
        "P4a.4": frozenset({Voice.PARTNER_ON_PRIME}),
    }


def test_all_the_faults_of_a_file_are_reported_at_once():
    mapping = yaml.safe_load(SMALL)
    mapping["version"] = 0
    mapping["colour"] = "teal"
    mapping["scale"]["points"] = {1: "Never", 2: "", 3: "Sometimes", 4: "Usually"}
    del mapping["scale"]["opt_outs"]["rather_not_say"]
    mapping["voices"]["the_public"] = "How it looks"
    section = mapping["sections"][0]
    del section["introduction"]
    section["questions"][0]["practices"] = ["P4a.99"]
    section["questions"] += [
        {"id": "asks-first", "practices": [], "wording": {"partner_on_prime": ""}},
        {"id": "Third one", "practices": ["P4a.2"], "wording": {"a_cousin": "{prime} waves."}},
    ]
    mapping["sections"].append(deepcopy(section) | {"comment_prompt": "More?", "element": "Weather"})

    faults = faults_of(yaml.safe_dump(mapping))

    assert set(faults) >= {
        "version",
        "the file",
        "scale.points.2",
        "scale.points.5",
        "scale.opt_outs.rather_not_say",
        "voices",
        "sections",
        "sections, questions",
        "sections.4a.introduction",
        "sections.4a.element",
        "sections.4a.questions.asks-first.practices",
        "sections.4a.questions.asks-first.wording.partner_on_prime",
        "sections.4a.questions.Third one.id",
        "sections.4a.questions.Third one.wording",
    }


@pytest.mark.parametrize(
    ("path", "value", "place", "message"),
    [
        (("colour",), "teal", "the file", "The key colour is unknown."),
        (("id",), "Small One", "id", "The id is missing or malformed."),
        (("id",), "x" * 41, "id", "The id is missing or malformed."),
        (("version",), None, "version", "It is not a whole number from 1 to 9999."),
        (("version",), "1.5", "version", "It is not a whole number from 1 to 9999."),
        (("version",), 10000, "version", "It is not a whole number from 1 to 9999."),
        (("version",), True, "version", "It is not a whole number from 1 to 9999."),
        (("version",), [1], "version", "It is not a whole number from 1 to 9999."),
        (("title",), None, "title", "The text is missing."),
        (("title",), "x" * 301, "title", "The text has more than 300 characters."),
        (("title",), "a\u202eb", "title", "The text holds an invisible character."),
        (("title",), "How {prime} works", "title", "The text has a brace that no name will replace."),
        (("scale",), None, "scale", NOT_NAMED),
        (("scale", "points", 6), "Beyond", "scale.points", "The key 6 is unknown."),
        (("scale", "points", 5), None, "scale.points.5", "The text is missing."),
        (("scale", "points", 5), "Never", "scale", "“Never” is used 2 times."),
        (("scale", "opt_outs"), None, "scale.opt_outs", NOT_NAMED),
        (("voices",), None, "voices", NOT_NAMED),
        (("voices",), {}, "voices", "It has no entry."),
        (("voices",), "all", "voices", NOT_NAMED),
        (("voices", "the_public"), "Hm", "voices", "The key the_public is unknown."),
        (
            ("voices", "anyone_on_chain"),
            "How all work",
            "voices.anyone_on_chain",
            "No statement is worded for this voice.",
        ),
        (("sections",), [], "sections", "A list with one entry at least is expected here."),
        (("sections",), ["2a"], "sections.1", NOT_NAMED),
        (("sections", 0, "element"), "Weather", "sections.4a.element", "The Code has no such element."),
        (("sections", 0, "comment_prompt"), ["x"], "sections.4a.comment_prompt", "The text is missing."),
        (
            ("sections", 0, "questions"),
            None,
            "sections.4a.questions",
            "A list with one entry at least is expected here.",
        ),
        (
            ("sections", 0, "questions", 0, "practices"),
            ["P9z.1"],
            "sections.4a.questions.asks-first.practices",
            "There is no practice P9z.1.",
        ),
        (
            ("sections", 0, "questions", 0, "practices"),
            ["P2a.1"],
            "sections.4a.questions.asks-first.practices",
            "P2a.1 belongs to another element.",
        ),
        (
            ("sections", 0, "questions", 0, "practices"),
            [],
            "sections.4a.questions.asks-first.practices",
            "The statement stands for no practice of the Code.",
        ),
        (
            ("sections", 0, "questions", 0, "wording"),
            None,
            "sections.4a.questions.asks-first.wording",
            NOT_NAMED,
        ),
        (
            ("sections", 0, "questions", 0, "wording", "partner_on_prime"),
            "{primes} asks.",
            "sections.4a.questions.asks-first.wording.partner_on_prime",
            "The text has a brace that no name will replace.",
        ),
        (
            ("sections", 0, "questions", 0, "wording", "anyone_on_chain"),
            "Organisations in {chain} ask.",
            "voices.anyone_on_chain",
            "The title is missing.",
        ),
    ],
)
def test_a_fault_is_named_by_its_place(path, value, place, message):
    assert faults_with(*path, value=value)[place] == message


def test_an_id_that_is_used_twice_is_refused():
    questions = yaml.safe_load(SMALL)["sections"][0]["questions"]
    faults = faults_with("sections", 0, "questions", value=[*questions, deepcopy(questions[0])])
    assert faults == {"sections, questions": "“asks-first” is used 2 times."}


def test_a_key_that_stands_twice_is_refused_with_its_line():
    text = SMALL.replace("title: Small\n", "title: Small\ntitle: Large\n")
    assert faults_of(text) == {"line 4": "The key title stands here twice."}


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("id: small\ntitle: 'never closed\n", "line 3"),
        ("id: small\n\tversion: 1\n", "line 2"),
        ("id: small\nversion: 1\n  title: x\n", "line 3"),
        ("id: a\n---\nid: b\n", "line 2"),
        ("id: small\ntitle: \x07\n", "line 2"),
        ("? [a, b]\n: c\n", "line 1"),
        ("id: {prime} wins\n", "line 1"),
    ],
)
def test_broken_yaml_is_refused_with_its_line(text, place):
    assert list(faults_of(text)) == [place]


@pytest.mark.parametrize("text", ["", "# nothing but a remark\n", "[]", "hello", "- a\n- b\n"])
def test_a_file_that_holds_something_else_is_refused(text):
    assert "the file" in faults_of(text)


def test_aliases_are_refused_before_they_are_followed():
    bomb = "a: &a [x, x]\n" + "".join(
        f"{name}: &{name} [{', '.join(['*' + before] * 9)}]\n"
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    faults = faults_of(bomb)
    assert faults["line 2"] == "The alias *a is not allowed."
    assert set(faults) == {f"line {number}" for number in range(2, 10)}


@pytest.mark.parametrize("text", ["[" * 50_000, "- " * 40_000, "{a: " * 20_000])
def test_a_deeply_nested_file_is_refused(text):
    assert list(faults_of(text).values()) == ["Lists are nested too deeply."]


def test_a_huge_file_is_refused_unread():
    faults = faults_of("[" * (library.LARGEST_FILE + 1))
    assert faults == {"the file": "It has 100,001 characters; 100,000 are the most."}


def test_no_tag_is_obeyed():
    text = SMALL.replace("title: Small", "title: !!python/object/apply:os.getcwd []")
    assert faults_of(text) == {"title": "The text is missing."}


def test_the_mapping_of_an_instrument_gives_the_same_instrument_back():
    for instrument in [*library.shipped().values(), library.load(SMALL, "small.yaml")]:
        text = json.dumps(library.to_mapping(instrument))
        assert library.from_mapping(json.loads(text)) == instrument
        assert library.from_text(text) == instrument
        assert json.dumps(library.to_mapping(library.from_text(text))) == text


def test_a_damaged_mapping_is_refused():
    mapping = library.to_mapping(library.load(SMALL, "small.yaml"))
    mapping["sections"][0]["questions"][0]["practices"] = [7]
    with pytest.raises(InstrumentFaultsError) as caught:
        library.from_mapping(mapping)
    assert [fault.place for fault in caught.value.faults] == ["sections.4a.questions.asks-first.practices"]


def test_the_shipped_instruments_are_found_by_id_and_version():
    shipped = library.shipped()
    assert shipped
    for key, instrument in shipped.items():
        assert key == (instrument.id, instrument.version)
    with pytest.raises(TypeError):
        shipped["mine", 1] = instrument  # type: ignore[index]


def test_the_latest_version_of_an_instrument_is_the_one_with_the_highest_number(monkeypatch):
    small = library.load(SMALL, "small.yaml")
    versions = {("small", number): replace(small, version=number) for number in (2, 10, 9)}
    monkeypatch.setattr(library, "shipped", lambda: {**versions, ("smaller", 99): small})
    assert library.latest("small").version == 10


def test_an_instrument_that_does_not_ship_has_no_latest_version():
    with pytest.raises(KeyError):
        library.latest("made-up")


def test_a_review_starts_from_an_instrument_that_ships():
    assert library.latest(library.FIRST_CHOICE).id == library.FIRST_CHOICE
