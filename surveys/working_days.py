"""Working days: Monday to Friday. Public holidays are not known here; a day too early does no harm."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

_SATURDAY = 5


def working_days_before(moment: datetime, days: int, zone: ZoneInfo) -> datetime:
    """The same time of day, so many working days before; aware, in UTC's place of ``moment``'s own zone."""
    local = moment.astimezone(zone)
    left = days
    while left:
        local -= timedelta(days=1)
        left -= local.weekday() < _SATURDAY
    return local.astimezone(moment.tzinfo)
