"""The part of a form that asks for a closing time: a day in three boxes and a time, in local time."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, datetime, time
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as later
from flask_wtf import FlaskForm
from wtforms import Field, ValidationError

from review_app.languages import N_, ZONE
from review_app.web.fields import DayField

_TIME = re.compile(r"(?P<hour>\d{1,2})[:.](?P<minute>\d{2})", re.ASCII)
TIME_MEND = N_("Enter a time as hours and minutes, for example 17:00")


class TimeField(Field):
    """A time of the day that is typed as hours and minutes. ``data`` is a time or None."""

    data: time | None

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return f"{self.data:%H:%M}" if self.data else ""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Takes the text over. Raises ValueError, with the mend, when it is no time."""
        self.data = None
        found = _TIME.fullmatch(str(valuelist[0]).strip() if valuelist else "")
        with suppress(ValueError):
            self.data = time(int(found["hour"]), int(found["minute"])) if found else None
        if self.data is None:
            raise ValueError(_(TIME_MEND))


class ClosingTimeForm(FlaskForm):
    """A form with a closing time. Named as the domain's faults name it."""

    closes_at = DayField(later("Closing day"))
    closes_time = TimeField(later("Closing time"))

    def validate_closes_at(self, field: DayField) -> None:
        """Refuses a day that was not typed at all."""
        if field.data is None and not field.errors:
            raise ValidationError(_("Enter the day on which the review closes"))

    @property
    def closing_time(self) -> datetime | None:
        """The closing time as aware UTC; None while one of its parts cannot be read."""
        if self.closes_at.data is None or self.closes_time.data is None:
            return None
        return datetime.combine(self.closes_at.data, self.closes_time.data, ZONE).astimezone(UTC)
