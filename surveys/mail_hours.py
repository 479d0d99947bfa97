"""The days and hours in which the mail of a chain is sent. They are those of the clocks in the United Kingdom."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from surveys.errors import Fault

ZONE = ZoneInfo("Europe/London")
DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
DAYS = range(1, 8)
NOON, MIDNIGHT = 12, 24
# A day of the week comes round within a week; one of its hours may be missing on the day that the clocks go forward.
_DAYS_AHEAD = 15


@dataclass(frozen=True, slots=True)
class MailHours:
    """Days of the week (1 is Monday) and whole hours: from ``start`` until just before ``end``, 24 being midnight."""

    days: frozenset[int]
    start: int
    end: int

    def allow(self, moment: datetime) -> bool:
        """Whether mail may leave at an aware moment."""
        local = moment.astimezone(ZONE)
        return local.isoweekday() in self.days and self.start <= local.hour < self.end

    def next(self, moment: datetime) -> datetime:
        """The first moment from this one on at which mail may leave, in UTC."""
        if self.allow(moment):
            return moment
        return next(begin for begin in self._begins(moment) if begin > moment and self.allow(begin))

    def __str__(self) -> str:
        """Such as "Monday to Friday, 8am to 6pm"."""
        days = sorted(self.days)
        names = [DAY_NAMES[day - 1] for day in days]
        is_run = len(days) > 2 and days[-1] - days[0] == len(days) - 1
        told = (
            f"{names[0]} to {names[-1]}"
            if is_run
            else " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
        )
        return f"{told}, {hour_words(self.start)} to {hour_words(self.end)}"

    def _begins(self, moment: datetime) -> Iterator[datetime]:
        today = moment.astimezone(ZONE).date()
        for ahead in range(_DAYS_AHEAD):
            local = datetime.combine(today + timedelta(days=ahead), time(self.start), ZONE)
            yield local.astimezone(UTC)


# Monday to Friday, 8am to 6pm.
USUAL = MailHours(frozenset(range(1, 6)), 8, 18)


def hour_words(hour: int) -> str:
    """A whole hour as people say it: "8am", "noon", "6pm"; 0 and 24 are midnight."""
    if hour % MIDNIGHT == 0:
        return "midnight"
    return "noon" if hour == NOON else f"{hour % NOON}{'am' if hour < NOON else 'pm'}"


def hours_faults(days: frozenset[int], start: int, end: int) -> tuple[Fault, ...]:
    """What keeps days and hours from being used, with the mends. Places: days, end."""
    faults = []
    if not days or not days <= set(DAYS):
        faults.append(Fault("days", "Choose at least one day.", "Mail would never leave otherwise."))
    if not 0 <= start < end <= MIDNIGHT:
        faults.append(Fault("end", "The last hour is before the first.", "Choose a later hour for the end."))
    return tuple(faults)
