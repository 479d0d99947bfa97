"""The language in which a report is worded: marked texts, and the catalogue that translates them.

Wording is deep in the code that counts and places, so the language of one rendering is set around it
(``speaking``) and not handed through every function. Without it everything is in English.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from gettext import NullTranslations

from surveys.language import N_ as N_
from surveys.language import Language


@dataclass(frozen=True, slots=True)
class Tongue:
    """A language and the catalogue of its texts (gettext's: English texts are their own keys)."""

    language: Language
    catalogue: NullTranslations


ENGLISH = Tongue(Language.ENGLISH, NullTranslations())
_current: ContextVar[Tongue] = ContextVar("tongue", default=ENGLISH)


@contextmanager
def speaking(tongue: Tongue) -> Iterator[None]:
    """Words everything in this language until the end of the block."""
    token = _current.set(tongue)
    try:
        yield
    finally:
        _current.reset(token)


def language() -> Language:
    """The language that things are being worded in."""
    return _current.get().language


def _(text: str, **values: object) -> str:
    """The text in the language of this rendering, with named values put in ("%(count)s people")."""
    said = _current.get().catalogue.gettext(text)
    return said % values if values else said


def ngettext(one: str, many: str, count: int, **values: object) -> str:
    """The same for a text with a number in it, which may read ``%(count)s``."""
    return _current.get().catalogue.ngettext(one, many, count) % {"count": f"{count:,}", **values}
