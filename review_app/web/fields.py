"""Fields of forms that WTForms does not have."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel.speaklater import LazyString
from wtforms import Field, IntegerField

from surveys.entries import LONGEST_CELL
from surveys.postal import clean_postal
from surveys.texts import clean_line

_PARTS = 3
_LONGEST_PART = 4


def tidy(text: str | None) -> str:
    """A typed name as it is kept: without what draws nothing. What is too long in any case is cut first."""
    return clean_line((text or "")[:LONGEST_CELL])


def tidy_postal(text: str | None) -> str:
    """A typed postal address as it is kept. What is too long in any case is cut first."""
    return clean_postal((text or "")[:LONGEST_CELL])


class DayField(Field):
    """A day that is typed as day, month and year in three boxes of one name. ``data`` is a date or None."""

    data: date | None

    @property
    def parts(self) -> tuple[str, str, str]:
        """Day, month and year as they were typed, or of the day that the form began with."""
        if self.raw_data:
            typed = [*map(str, self.raw_data), "", "", ""]
            return (typed[0], typed[1], typed[2])
        if self.data:
            return (str(self.data.day), str(self.data.month), str(self.data.year))
        return ("", "", "")

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Takes the three boxes over. Raises ValueError, with the mend, when they are not a day."""
        typed = [str(value).strip() for value in valuelist]
        self.data = None
        if not any(typed):
            return
        if len(typed) != _PARTS or not all(map(_is_short_number, typed)):
            raise ValueError(_("Enter a day, a month and a year as figures, for example 27 3 2027"))
        day, month, year = map(int, typed)
        try:
            self.data = date(year, month, day)
        except ValueError:
            raise ValueError(_("Enter a day that exists, for example 27 3 2027")) from None


class WholeNumberField(IntegerField):
    """A whole number, refused in plain words."""

    def __init__(self, label: str | LazyString, *, least: int, most: int, **options: Any) -> None:
        super().__init__(label, **options)
        self.least, self.most = least, most

    def process_formdata(self, valuelist: list[str]) -> None:
        """Takes the number over. Raises ValueError, with the mend."""
        try:
            super().process_formdata([value.strip() for value in valuelist])
        except ValueError:
            words = _("Enter a whole number from %(least)s to %(most)s", least=self.least, most=self.most)
            raise ValueError(words) from None


def _is_short_number(part: str) -> bool:
    return part.isascii() and part.isdigit() and len(part) <= _LONGEST_PART
