"""How easily a statement is read, by a formula that counts letters and words and needs no dictionary."""

from __future__ import annotations

import re
from math import ceil

# The age at which people leave school in England and Wales.
HIGHEST_READING_AGE = 16
YOUNGEST = 5

# A name in braces, which becomes the name of an organisation or of a chain.
NAME = re.compile(r"\{\w*\}")
EASY_WORD_LETTERS = 4
# What every statement here is about. Whoever works in a supply chain has read these words a thousand times.
SUBJECT_WORDS = frozenset(
    {
        *("partner", "partners", "organisation", "organisations", "voluntary", "sector"),
        *("sectors", "chain", "contract", "contracts", "contractor", "subcontractor"),
        *("subcontractors", "specialist", "specialists", "commissioner", "commissioners", "provider"),
        *("providers", "supplier", "suppliers", "customer", "customers", "service"),
        *("services", "performance", "feedback"),
    }
)
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_PART = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_SENTENCE_END = re.compile(r"[.!?]+(?:\s|$)")
# The coefficients of the Automated Readability Index, and the age at which its first grade is taught.
_PER_LETTER, _PER_WORD, _OFFSET, _FIRST_GRADE = 4.71, 0.5, -21.43, 5


def words_of(text: str) -> list[str]:
    """The words of a wording in small letters, a name in braces as one word; "well-run" is one word."""
    return _WORD.findall(NAME.sub(_easy_word, text).casefold())


def reading_age(text: str) -> int:
    """The age at which most people read a wording with ease, 5 at least.

    A name in braces, and a word that every statement needs ("partners"), count as one easy word of four
    letters; "voluntary-sector" counts as two words.
    Source: the Automated Readability Index, Senter and Smith 1967, AMRL-TR-66-220; age = grade + 5, rounded up.
    """
    bare = NAME.sub(_easy_word, text)
    words = _PART.findall(bare)
    if not words:
        return YOUNGEST
    sentences = max(1, len(_SENTENCE_END.findall(bare.strip())))
    letters = sum(map(_letters, words))
    grade = _PER_LETTER * letters / len(words) + _PER_WORD * len(words) / sentences + _OFFSET
    return max(YOUNGEST, ceil(grade + _FIRST_GRADE))


def _letters(word: str) -> int:
    bare = re.sub("['’]s?$", "", word.casefold())
    return EASY_WORD_LETTERS if bare in SUBJECT_WORDS else sum(letter.isalnum() for letter in word)


def _easy_word(_name: re.Match[str]) -> str:
    return "x" * EASY_WORD_LETTERS
