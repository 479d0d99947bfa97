"""When two names are one organisation, and two entries one person."""

from __future__ import annotations

import unicodedata
from itertools import groupby

from surveys.texts import without_invisible

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


def person_key(party: str, name: str, email: str) -> str:
    """Who somebody is: their email address; without one, their name within their organisation.

    ``party``: the organisation by whatever tells it apart where people are compared, its id or its key.
    """
    return email_key(email) or f"{party}\n{organisation_key(name)}"


def destination_key(party: str, name: str, email: str, postal_address: str) -> str:
    """Who somebody is and where their link goes: a letter to another address is a letter to another reader."""
    return f"{person_key(party, name, email)}\n\n{organisation_key(postal_address)}"


def _folded(text: str, space: str) -> str:
    # Each of these steps can undo another, so they are done until none of them changes anything.
    while True:
        plain = unicodedata.normalize("NFKC", without_invisible(text)).casefold()
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
