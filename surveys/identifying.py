"""Passages of a comment that could tell who wrote it, or about whom: addresses, numbers, sums and dates.

Nothing here refuses a text: it is for a friendly notice. ``review_app/static/identifying.js`` has the same rules for
the page, and tests/identifying.json is what both are held to. Names are in ``surveys.known_names``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a passage is."""

    NAME = "name"
    EMAIL = "email"
    PHONE = "phone"
    MONEY = "money"
    DATE = "date"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Passage:
    """One passage. ``start`` and ``end``: its place in the text. ``label``: how a notice quotes it."""

    start: int
    end: int
    kind: Kind
    label: str

    def __repr__(self) -> str:
        # It quotes what a person wrote.
        return "Passage(…)"


# Before and after a passage there is no letter and no digit. JavaScript's \b does not know the letter ŵ.
_FREE, _DONE = r"(?<![^\W_])", r"(?![^\W_])"
_TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
_WORD = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen"
    f"|eighteen|nineteen|{_TENS}|a hundred|hundred|a thousand|thousand|a million|million"
)
_CURRENCY = "pounds?|pence|quid|gbp|euros?|punt|bunnoedd|bunnau|ceiniog"
_MANY = "k|m|bn|thousand|million|billion|mil|miliwn|biliwn"
_MONTH = (
    "january|february|march|april|may|june|july|august|september|october|november|december"
    "|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec"
    # Welsh months as they stand and as they soften after "o".
    "|ionawr|chwefror|[mf]awrth|ebrill|mai|fai|[mf]ehefin|g?orffennaf|awst|[mf]edi|hydref|[td]achwedd|rh?agfyr"
)
_ORDINAL = "st|nd|rd|th|af|ail|ydd|fed|eg|ain"
_DAY = f"(?:0?[1-9]|[12][0-9]|3[01])(?:{_ORDINAL})?"
_YEAR = "(?:19|20)[0-9]{2}"
_WEEKDAY = "monday|tuesday|wednesday|thursday|friday|saturday|sunday"
_WELSH_WEEKDAY = "llun|mawrth|mercher|iau|gwener|sadwrn|sul"
_NUMBER = r"[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?"

# In this order: what an earlier one has taken is no longer there for a later one.
_PATTERNS = {
    Kind.EMAIL: (rf"{_FREE}[a-z0-9][a-z0-9._%+'-]*@[a-z0-9-]+(?:\.[a-z0-9-]+)+{_DONE}",),
    Kind.MONEY: (
        rf"[£€$] ?{_NUMBER}(?: ?(?:{_MANY}){_DONE})?",
        rf"{_FREE}{_NUMBER}(?: ?(?:{_MANY}))?(?: o)? (?:{_CURRENCY}){_DONE}",
        rf"{_FREE}{_NUMBER}k{_DONE}",
        rf"{_FREE}(?:{_WORD})(?:[ -](?:and )?(?:{_WORD}))* (?:pounds|quid|euros){_DONE}",
    ),
    Kind.DATE: (
        rf"{_FREE}{_DAY}[/.-](?:0?[1-9]|1[0-2])[/.-](?:{_YEAR}|[0-9]{{2}}){_DONE}",
        rf"{_FREE}{_YEAR}-[01][0-9]-[0-3][0-9]{_DONE}",
        rf"{_FREE}{_DAY}(?: of| o)? (?:{_MONTH})(?:,? {_YEAR})?{_DONE}",
        rf"{_FREE}(?:{_MONTH}) {_DAY}(?:,? {_YEAR})?{_DONE}",
        rf"{_FREE}(?:{_MONTH}) {_YEAR}{_DONE}",
        rf"{_FREE}(?:last|next) (?:{_WEEKDAY}){_DONE}",
        rf"{_FREE}(?:dydd|nos) (?:{_WELSH_WEEKDAY}) (?:diwethaf|nesaf){_DONE}",
    ),
    Kind.PHONE: (r"(?<![^\W_])(?:\+44|0044|\(?0(?=[12357-9]))[0-9() .-]{7,16}[0-9](?![0-9])",),
    # A National Insurance number, and what invoices and contracts are filed under.
    Kind.NUMBER: (
        rf"{_FREE}[a-ceghj-pr-tw-z]{{2}} ?[0-9]{{2}} ?[0-9]{{2}} ?[0-9]{{2}} ?[a-d]{_DONE}",
        rf"{_FREE}[a-z]{{2,6}}[-/]?[0-9]{{4,}}{_DONE}",
    ),
}
_COMPILED = [
    (kind, re.compile(pattern, re.IGNORECASE)) for kind, patterns in _PATTERNS.items() for pattern in patterns
]
_TRUNK = re.compile(r"^(?:0044|44)0?")


def find(text: str) -> tuple[Passage, ...]:
    """The addresses, numbers, sums and dates of a text, in its order; no two of them overlap."""
    found: list[Passage] = []
    for kind, pattern in _COMPILED:
        found += [
            Passage(match.start(), match.end(), kind, match.group())
            for match in pattern.finditer(text)
            if kind is not Kind.PHONE or _is_phone_number(match.group())
            if _is_free(found, match.start(), match.end())
        ]
    return in_order(found)


def in_order(passages: Iterable[Passage]) -> tuple[Passage, ...]:
    """The passages in the order of their text."""
    return tuple(sorted(passages, key=lambda passage: (passage.start, passage.end)))


def _is_free(found: list[Passage], start: int, end: int) -> bool:
    return all(end <= passage.start or start >= passage.end for passage in found)


def _is_phone_number(text: str) -> bool:
    digits = _TRUNK.sub("0", "".join(letter for letter in text if letter in "0123456789"))
    return len(digits) in {10, 11}
