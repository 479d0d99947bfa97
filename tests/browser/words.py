"""The words of a respondent's pages in either language, and what English has no business on a Welsh page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from babel.messages.pofile import read_po
from playwright.sync_api import Page

from review_app.languages import translations
from review_app.spreadsheet import read_chain
from surveys import library
from surveys.instrument import Instrument
from surveys.language import Language
from tests.conftest import SAMPLE
from tools.catalogues import WELSH

MONTHS = {
    Language.ENGLISH: "January February March April May June July August September October November December",
    Language.WELSH: "Ionawr Chwefror Mawrth Ebrill Mai Mehefin Gorffennaf Awst Medi Hydref Tachwedd Rhagfyr",
}
HALVES = {Language.ENGLISH: "am|pm", Language.WELSH: "yb|yh"}
_GAP = re.compile(r"%\(\w+\)s|\{\w+\}|<[^>]+>")
_TELLING = re.compile(
    r"\b(the|your|you|and|of|with|what|how|this|that|not|are|from|answers?|save|send|page)\b", re.IGNORECASE
)
# Shorter pieces of a sentence may be anything.
_FEWEST_WORDS = 3
# What is read on a page, and what is read out, piece by piece, and whole; what is marked as being in another language
# is in that one.
_READ = """() => {
    const root = document.documentElement;
    const isOurs = element => element.closest("[lang]") === root && element.checkVisibility();
    const pieces = [document.title], names = ["aria-label", "title", "alt", "placeholder"];
    for (const element of document.body.querySelectorAll("*:not(script, textarea)")) {
        if (isOurs(element)) {
            const texts = [...element.childNodes].filter(node => node.nodeType === Node.TEXT_NODE);
            pieces.push(...texts.map(node => node.data), ...names.map(name => element.getAttribute(name) ?? ""));
        }
    }
    return [pieces, document.body.innerText];
}"""


def said(english: str, language: Language) -> str:
    """A text of the pages in a language."""
    return translations(language).gettext(english)


def instrument(language: Language) -> Instrument:
    """The questionnaire in a language."""
    return library.latest(library.FIRST_CHOICE).in_language(language)


def labels(language: Language) -> list[str]:
    """The answers to a statement, in the order of the page."""
    scale = instrument(language).scale
    return [point.label for point in scale.points] + list(scale.opt_outs.values())


def moment(language: Language) -> re.Pattern[str]:
    """A moment as the language writes it."""
    months = "|".join(MONTHS[language].split())
    return re.compile(rf"\b\d{{1,2}} (?:{months}) \d{{4}}, \d{{1,2}}:\d\d(?:{HALVES[language]})\b")


def assert_in_welsh(page: Page) -> None:
    """Nothing on the page is in English but what somebody typed: names, and the titles of the chain and the review."""
    assert page.locator("html").get_attribute("lang") == Language.WELSH.value
    pieces, whole = page.evaluate(_READ)
    read = [" ".join(piece.split()) for piece in pieces]
    text = "\n".join([*read, " ".join(whole.split())])
    for name in _names():
        text = text.replace(name, "…")
    short, long = english()
    found = [piece for piece in read if piece in short] + [piece for piece in long if piece in text]
    assert found + _TELLING.findall(text) == [], f"{page.url} is not all in Welsh"


@cache
def english() -> tuple[frozenset[str], tuple[str, ...]]:
    """The texts of one or two words, and the pieces of sentences, that read differently in Welsh."""
    pieces = {piece for pair in _pairs() for piece in _pieces(*pair)}
    short = {piece for piece in pieces if len(piece.split()) < _FEWEST_WORDS}
    return frozenset(short), tuple(sorted(pieces - short))


def _pairs() -> Iterator[tuple[str, str]]:
    """Every text of the respondents' catalogue and of the questionnaire, with its Welsh."""
    with WELSH.open("rb") as file:
        for message in read_po(file):
            for text in _forms(message.id):
                yield text, " ".join(_forms(message.string))
    welsh = instrument(Language.WELSH).texts()
    yield from ((text, welsh[place]) for place, text in instrument(Language.ENGLISH).texts().items())


def _forms(text: object) -> list[str]:
    """A text, or all of its forms if it has a plural."""
    forms = text if isinstance(text, list | tuple) else (text,)
    return [str(form) for form in forms if form]


def _pieces(text: str, welsh: str) -> Iterator[str]:
    for piece in _GAP.split(text):
        words = " ".join(piece.split())
        is_whole = piece == text
        if words and words not in welsh and (is_whole or len(words.split()) >= _FEWEST_WORDS):
            yield words


@cache
def _names() -> tuple[str, ...]:
    chain = read_chain(SAMPLE.read_bytes(), SAMPLE.name, "Pathways North")
    people = (contact.name for party in chain.parties for contact in party.contacts)
    names = {*(party.name for party in chain.parties), *people, chain.name, "Spring review"}
    return tuple(sorted(names, key=len, reverse=True))
