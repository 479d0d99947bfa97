"""What a text of an instrument may be: its length, its signs, and the names that may stand in braces."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from surveys.errors import Fault
from surveys.instrument import NAMES

LONGEST_TEXT = 300
_NAMED = re.compile("|".join(re.escape("{" + name + "}") for name in NAMES))


def names_in(text: str) -> frozenset[str]:
    """The names in braces that a text holds, braces and all."""
    return frozenset(_NAMED.findall(text))


def text_faults(text: str, place: str, *, takes_names: bool) -> Iterator[Fault]:
    """Everything that is wrong with a text on one line."""
    if len(text) > LONGEST_TEXT:
        yield Fault(place, f"The text has more than {LONGEST_TEXT} characters.", "Shorten it.")
    if not text.isprintable():
        yield Fault(place, "The text holds an invisible character.", "Type it again.")
    without_names = _NAMED.sub("", text) if takes_names else text
    if "{" in without_names or "}" in without_names:
        mend = "Only {prime}, {chain} and {partner} may stand in braces." if takes_names else "Take it out."
        yield Fault(place, "The text has a brace that no name will replace.", mend)


def listed(names: Collection[str]) -> str:
    """Names in braces as a sentence has them; "no name" for none."""
    return ", ".join(sorted(names)) or "no name"
