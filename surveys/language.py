"""The languages in which people are asked."""

from __future__ import annotations

from enum import StrEnum


class Language(StrEnum):
    """A language of the pages, mails and questionnaires, by its ISO 639-1 code."""

    ENGLISH = "en"
    WELSH = "cy"


def N_(text: str) -> str:  # noqa: N802  (gettext's customary name for this mark)
    """The text itself, marked for translation where it stands; it is translated where it is shown."""
    return text
