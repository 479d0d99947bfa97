"""The Welsh of every shipped instrument is whole, says the same thing the same way, and takes any name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

ROOT = Path(__file__).parents[2]
ENGLISH = ROOT / "surveys" / "instruments"
WELSH = ENGLISH / "cy"
IDS = ("partnership", "pulse", "review-and-commitment", "whole-code")
MOST_CHARACTERS = 300
SECTION_TEXTS = ("title", "introduction", "comment_prompt")

# A regular present in every voice, so that a statement can be true never, at times or always.
BEGINNINGS = {
    "prime_on_itself": "Rydyn ni’n ",
    "partner_on_prime": "Mae {prime} yn ",
    "commissioner_on_prime": "Mae {prime} yn ",
    "spot_provider_on_prime": "Mae {prime} yn ",
    "anyone_on_chain": "Mae sefydliadau yng nghadwyn {chain} yn ",
    "partner_on_itself": "Rydyn ni’n ",
    "prime_on_partner": "Mae {partner} yn ",
    "tier1_on_subcontractor": "Mae {partner} yn ",
    "subcontractor_on_tier1": "Mae {partner} yn ",
}
# What a word may not begin with after these. A "b" may be a "p" that has mutated, so b, d and g prove nothing.
SOFTENING = ("am", "ar", "at", "dan", "dros", "drwy", "gan", "heb", "i", "o", "wrth", "unrhyw", "pa")
NOT_SOFTENED = r"(?:p(?!h)|t(?!h)|c(?!h)|m|ll|rh)\w*"
NEVER_MUTATES = r"(?:mewn|mor)\b"
ASPIRATING = ("â", "gyda", "a", "na", "tua")
NOT_ASPIRATED = r"(?:p|t|c)(?!h)\w*"


class Pair(NamedTuple):
    """One text in both languages. Both are as YAML read them, so that a text may turn out to be none."""

    place: str
    english: Any
    welsh: Any

    def __str__(self) -> str:
        return f"{self.place}: {self.welsh}"


@cache
def files() -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
    """Each instrument's file and the file of its Welsh, by the instrument's id."""
    return {id_: (_read(ENGLISH / f"{id_}.yaml"), _read(WELSH / f"{id_}.yaml")) for id_ in IDS}


def _read(path: Path) -> dict[str, Any]:
    found = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


def texts_of(english: dict[str, Any]) -> dict[str, Any]:
    """The texts of an English file that people read, in the shape that its Welsh has."""
    return {
        "title": english["title"],
        "purpose": english["purpose"],
        "scale": english["scale"],
        "voices": english["voices"],
        "sections": {
            section["id"]: {
                **{key: section[key] for key in SECTION_TEXTS if key in section},
                "questions": {question["id"]: question["wording"] for question in section["questions"]},
            }
            for section in english["sections"]
        },
    }


def shape(tree: object) -> object:
    """The keys of a tree in their order, without its texts."""
    return [(key, shape(value)) for key, value in tree.items()] if isinstance(tree, dict) else "text"


def pairs() -> Iterator[Pair]:
    for id_, (english, welsh) in files().items():
        yield from _pairs(id_, texts_of(english), welsh)


def _pairs(place: str, english: Any, welsh: Any) -> Iterator[Pair]:
    if isinstance(english, dict):
        for key, value in english.items():
            yield from _pairs(f"{place}.{key}", value, welsh[key])
    else:
        yield Pair(place, english, welsh)


def statements() -> Iterator[tuple[str, Pair]]:
    """Every statement with the voice that it is asked in."""
    for pair in pairs():
        if ".questions." in pair.place:
            yield pair.place.rpartition(".")[2], pair


def mutating_prepositions() -> list[str]:
    """The prepositions that no name may follow, as the rules for the Welsh list them."""
    rules = (ROOT / "docs" / "welsh.md").read_text(encoding="utf-8")
    found = re.search(r"A name must not stand after \*([^*]+)\*", rules)
    assert found
    return re.findall(r"\w+", found[1])


def test_every_shipped_instrument_has_its_welsh_and_nothing_else_has() -> None:
    assert sorted(path.stem for path in ENGLISH.glob("*.yaml")) == sorted(IDS)
    assert sorted(path.stem for path in WELSH.iterdir()) == sorted(IDS)


@pytest.mark.parametrize("id_", IDS)
def test_the_welsh_has_the_texts_of_its_instrument_and_no_others(id_: str) -> None:
    english, welsh = files()[id_]

    heads = {"language": "cy", "of": english["id"], "version": english["version"]}
    assert {key: welsh[key] for key in heads} == heads
    assert shape({key: value for key, value in welsh.items() if key not in heads}) == shape(texts_of(english))


def test_every_text_is_read_as_text() -> None:
    # YAML reads an unquoted "no" or "1.5" as something else.
    assert [str(pair) for pair in pairs() if not isinstance(pair.welsh, str)] == []


def test_no_text_is_left_in_english() -> None:
    assert [str(pair) for pair in pairs() if pair.welsh.strip().casefold() == pair.english.casefold()] == []


def test_every_text_names_whom_its_english_names() -> None:
    def names(text: str) -> list[str]:
        return sorted(re.findall(r"\{[^}]*\}", text))

    assert [str(pair) for pair in pairs() if names(pair.welsh) != names(pair.english)] == []


def test_what_is_the_same_in_english_is_the_same_in_welsh() -> None:
    # Trends compare an answer with the one before, whichever instrument and language asked for it.
    welsh: dict[str, set[str]] = {}
    for pair in pairs():
        welsh.setdefault(pair.english, set()).add(pair.welsh)
    assert {english: found for english, found in welsh.items() if len(found) > 1} == {}


def test_statements_that_differ_in_english_differ_in_welsh() -> None:
    english: dict[str, set[str]] = {}
    for _, pair in statements():
        english.setdefault(pair.welsh, set()).add(pair.english)
    assert {welsh: found for welsh, found in english.items() if len(found) > 1} == {}


def test_every_statement_begins_with_a_regular_present() -> None:
    assert [str(pair) for voice, pair in statements() if not pair.welsh.startswith(BEGINNINGS[voice])] == []


def test_no_statement_says_how_often() -> None:
    often = re.compile(r"\b(?:byth|anaml|weithiau|fel arfer|bob amser|pob amser)\b", re.IGNORECASE)
    assert [str(pair) for _, pair in statements() if often.search(pair.welsh)] == []


def test_no_name_stands_where_it_would_have_to_mutate() -> None:
    before = "|".join(mutating_prepositions())
    after_preposition = re.compile(rf"(?<![\w’])(?:{before})\s+\{{", re.IGNORECASE)
    assert after_preposition.search("gwaith i {prime}")
    assert [str(pair) for pair in pairs() if after_preposition.search(pair.welsh)] == []


def test_nothing_is_joined_to_a_name() -> None:
    assert [str(pair) for pair in pairs() if re.search(r"[\w’'-]\{|\}[\w’'-]", pair.welsh)] == []


def test_common_words_mutate_after_what_makes_them() -> None:
    unsoftened = rf"(?:{'|'.join(SOFTENING)}) (?!{NEVER_MUTATES}){NOT_SOFTENED}"
    unaspirated = rf"(?:{'|'.join(ASPIRATING)}) {NOT_ASPIRATED}"
    unmutated = re.compile(rf"(?<![\w’])(?:{unsoftened}|{unaspirated})", re.IGNORECASE)
    assert unmutated.search("o partneriaid")
    assert unmutated.search("contractau a taliadau")
    assert [str(pair) for pair in pairs() if unmutated.search(pair.welsh)] == []


@pytest.mark.parametrize(
    ("what", "pattern"),
    [
        ("a straight apostrophe or quotation mark", r"['\"`´‘]"),
        ("white space that is no single space", r"\s\s|[^\S ]|^\s|\s$"),
        ("a space before a mark", r"\s[.,;:?!]"),
        ("a mark of the wrong way to write an accent", r"[\u0300-\u036f]"),
    ],
)
def test_no_text_has(what: str, pattern: str) -> None:
    assert [str(pair) for pair in pairs() if re.search(pattern, pair.welsh)] == [], what


def test_every_text_ends_as_its_english_does() -> None:
    def end(text: str) -> str:
        return text[-1] if text[-1] in ".?!:" else ""

    assert [str(pair) for pair in pairs() if end(pair.welsh) != end(pair.english)] == []


def test_no_text_is_longer_than_a_card_holds() -> None:
    assert [str(pair) for pair in pairs() if len(pair.welsh) > MOST_CHARACTERS] == []
