"""Where a long word may break at the head of a narrow column: no hyphenation pattern of Welsh is installed anywhere.

By its syllables: before the consonants that begin one, where Welsh counts "ch", "dd", "ll" and their like as one.
"""

from __future__ import annotations

import re

SOFT_HYPHEN = "\u00ad"
_LONG = 9
_VOWELS = "aeiouwyâêîôûŵŷáéíóúẃýàèìòùäëïöü"
_WORD = re.compile(r"[^\W\d_]+")
# What a syllable begins with, ahead of its vowel; in "-wyr", who somebody is, it is the w.
_SYLLABLE = re.compile(
    rf"(?:ch|dd|ff|ng|ll|ph|rh|th|[bcgp][lr]|[dt]r|[^{_VOWELS}\W\d_])(?=[{_VOWELS}])(?!wyr\b)|w(?=yr\b)",
    re.IGNORECASE,
)
_LEAST = 3


def with_soft_hyphens(text: str) -> str:
    """The text with a soft hyphen (U+00AD) wherever a word of nine letters or more may break."""
    return _WORD.sub(lambda word: _parted(word[0]), text)


def _parted(word: str) -> str:
    if len(word) < _LONG:
        return word
    places = [
        found.start() for found in _SYLLABLE.finditer(word) if _LEAST <= found.start() <= len(word) - _LEAST
    ]
    ends = [*places, len(word)]
    return SOFT_HYPHEN.join(word[start:end] for start, end in zip([0, *places], ends, strict=True))
