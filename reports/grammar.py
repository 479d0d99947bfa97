"""What a sentence needs besides its words, as each language does it: numbers, lists, days and small letters.

English holds for a language that has no way of its own here. The rules of the Welsh are those of docs/welsh.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from reports.language import N_, _, language
from surveys.language import Language

_MONTHS = [
    N_("January"),
    N_("February"),
    N_("March"),
    N_("April"),
    N_("May"),
    N_("June"),
    N_("July"),
    N_("August"),
    N_("September"),
    N_("October"),
    N_("November"),
    N_("December"),
]
_SMALL_NUMBERS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
_WELSH_VOWELS = tuple("aeiouwyâêîôûŵŷ")


def number(count: int) -> str:
    """A count as people write it: words up to ten, digits above; in Welsh digits alone."""
    return _NUMBERS.get(language(), _english_number)(count)


def listed(names: Sequence[str]) -> str:
    """Names as a sentence lists them: "a", "a and b", "a, b and c"."""
    return _joined(names, _ANDS.get(language(), _english_and))


def either(names: Sequence[str]) -> str:
    """Names of which one is meant: "a", "a or b", "a, b or c"."""
    return _joined(names, _ORS.get(language(), _english_or))


def lowered(text: str) -> str:
    """The text with a small letter at its start, as it stands within a sentence."""
    # An abbreviation ("IT ...") keeps its capitals.
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def sentence(text: str) -> str:
    """The text with a capital letter at its start."""
    return text[:1].upper() + text[1:]


def day(iso: str) -> str:
    """A day as people write it: "23 October 2026"."""
    value = date.fromisoformat(iso)
    month = _(_MONTHS[value.month - 1])
    return _("%(day)s %(month)s %(year)s", day=value.day, month=month, year=value.year)


def period(first: str, last: str) -> str:
    """Two ISO days as people write them: "1 May 2026 to 22 May 2026"; one day alone, where they are the same."""
    if first == last:
        return day(first)
    return _("%(first)s to %(last)s", first=day(first), last=day(last))


def _joined(names: Sequence[str], last_word: Callable[[str], str]) -> str:
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {last_word(names[-1])} {names[-1]}"


def _english_number(count: int) -> str:
    return _SMALL_NUMBERS[count] if count < len(_SMALL_NUMBERS) else f"{count:,}"


def _english_and(_following: str) -> str:
    return "and"


def _english_or(_following: str) -> str:
    return "or"


def _welsh_and(following: str) -> str:
    return "ac" if following.lower().startswith(_WELSH_VOWELS) else "a"


_NUMBERS: Mapping[Language, Callable[[int], str]] = {Language.WELSH: "{:,}".format}
_ANDS: Mapping[Language, Callable[[str], str]] = {Language.WELSH: _welsh_and}
_ORS: Mapping[Language, Callable[[str], str]] = {Language.WELSH: lambda _following: "neu"}
