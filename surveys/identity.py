"""When two names are one organisation and two addresses are one person; and names without invisible letters."""

from __future__ import annotations

import re
import unicodedata
from itertools import groupby

# Code points that draw nothing would make two texts that look the same differ. Those of _WANTED stay in what is
# shown, because some scripts and emoji need them inside a name; for comparing they go as well.
_STRAY = (
    "\u0000-\u0008\u000e-\u001b\u007f-\u0084\u0086-\u009f\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\ufeff\ufff0-\ufffb\ud800-\udfff"
)
_WANTED = (
    "\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200c\u200d\u3164\ufe00-\ufe0f\uffa0\U000e0000-\U000e0fff"
)
_NEVER_SHOWN = re.compile(f"[{_STRAY}]")
_INVISIBLE = re.compile(f"[{_STRAY}{_WANTED}]")
_DOTS = str.maketrans(dict.fromkeys("\u3002\uff0e\uff61", "."))


MOST_ACCENTS = 30
# About four times what mail allows, so that no two usable addresses are taken for one.
LONGEST_COMPARED = 1_000


def is_overloaded(text: str) -> bool:
    """Whether a letter carries more than thirty accents: no language needs them, and normalising them is slow.

    Source: Unicode Standard Annex 15, stream-safe text format.
    """
    if text.isascii():
        return False
    runs = groupby(unicodedata.combining(letter) != 0 for letter in text)
    return any(is_accent and len(list(run)) > MOST_ACCENTS for is_accent, run in runs)


def clean(text: str) -> str:
    """A cell's text to keep and show: NFC, one space for every run of white space, no control characters.

    A text that draws nothing is blank.
    """
    tidy = " ".join(unicodedata.normalize("NFC", _NEVER_SHOWN.sub("", text)).split())
    return tidy if _INVISIBLE.sub("", tidy).strip() else ""


def organisation_key(name: str) -> str:
    """The identity of an organisation: its name without case, extra spaces, invisible letters or Unicode variants."""
    return _folded(name, " ")


def email_key(address: str) -> str:
    """The identity of an address: case, spaces, invisible letters and Unicode twins make no difference.

    Full-width letters, composed and decomposed accents, and a domain in its "xn--" form or in its
    letters are one address. For comparing only: mail goes to the address as typed.
    """
    # Sign-in pages hand over whatever was posted, and folding a long run of accents is slow.
    local, at, domain = _folded(address[:LONGEST_COMPARED].translate(_DOTS), "").rpartition("@")
    return local + at + ".".join(_label_in_letters(label) for label in domain.split("."))


def _folded(text: str, space: str) -> str:
    # Each of these steps can undo another, so they are done until none of them changes anything.
    while True:
        plain = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).casefold()
        folded = space.join(unicodedata.normalize("NFKC", plain).split())
        if folded == text:
            return text
        text = folded


def _label_in_letters(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return _folded(label.encode("ascii").decode("idna"), "")
    except UnicodeError:
        return label
