"""What in a text could tell who wrote it or whom it is about: names, addresses, numbers, sums and dates.

These are hints for a person who reads on, so a false alarm is cheap and a missed name is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

_SHORTEST_NAME = 3
_MONTHS = "January|February|March|April|June|July|August|September|October|November|December"
_DAYS = "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday"
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


class ClueKind(StrEnum):
    """What a clue is."""

    PERSON = "person"
    ORGANISATION = "organisation"
    EMAIL = "email"
    PHONE = "phone"
    SUM = "sum"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Clue:
    """One clue: what it is, and the words of the text that are one."""

    kind: ClueKind
    words: str


_PATTERNS = (
    (ClueKind.EMAIL, re.compile(r"[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+")),
    (
        ClueKind.SUM,
        re.compile(
            r"[£€$]\s?\d[\d,.]*(?:\s?(?:k|m|bn|thousand|million)\b)?"
            r"|\b\d[\d,.]*\s?(?:k\b|thousand|million|pounds?\b|euros?\b|GBP\b|EUR\b)",
            re.IGNORECASE,
        ),
    ),
    (
        ClueKind.DATE,
        re.compile(
            r"\b\d{1,2}[./-]\d{1,2}(?:[./-]\d{2,4})?\b"
            rf"|\b(?:\d{{1,2}}(?:st|nd|rd|th)?\s+)?(?:{_MONTHS})(?:\s+\d{{1,4}})?\b"
            r"|\b\d{1,2}(?:st|nd|rd|th)?\s+May(?:\s+\d{4})?\b|\bMay\s+\d{1,4}\b"
            rf"|\b(?:{_DAYS})s?\b|\b(?:19|20)\d\d\b"
        ),
    ),
    (ClueKind.PHONE, re.compile(r"\+?\b\d[\d ()-]{6,}\d\b")),
)


def clues(text: str, *, people: Iterable[str], organisations: Iterable[str]) -> tuple[Clue, ...]:
    """Every clue in a text, each once: the named first, then addresses, sums, dates and numbers.

    ``people`` are full names: each part of one counts where it is written with a capital, because many
    first names are also words. ``organisations``: whole names, or their first two words.
    """
    found = [*_named(text, people), *_organisations(text, organisations), *_patterns(text)]
    return tuple(dict.fromkeys(found))


def _named(text: str, people: Iterable[str]) -> Iterator[Clue]:
    parts = {
        part.casefold()
        for name in people
        for part in _WORD.findall(name)
        if len(part) >= _SHORTEST_NAME and part[0].isupper()
    }
    for word in _WORD.findall(text):
        bare = word.removesuffix("'s").removesuffix("’s")
        if bare[0].isupper() and bare.casefold() in parts:
            yield Clue(ClueKind.PERSON, bare)


def _organisations(text: str, organisations: Iterable[str]) -> Iterator[Clue]:
    for name in organisations:
        for wanted in _forms(name):
            match = re.search(rf"(?<!\w){re.escape(wanted)}(?!\w)", text, re.IGNORECASE)
            if match:
                yield Clue(ClueKind.ORGANISATION, match[0])
                break


def _forms(name: str) -> Iterator[str]:
    yield name
    words = name.split()
    # "Calder Valley" for "Calder Valley Training CIC", but never "Department for".
    if len(words) > 2 and all(word[0].isupper() for word in words[:2]):
        yield " ".join(words[:2])


def _patterns(text: str) -> Iterator[Clue]:
    left = text
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(left):
            yield Clue(kind, match[0].strip(" .,"))
        # What was told as one thing is not told again as another.
        left = pattern.sub(" | ", left)
