"""Working days: weekends are skipped, and the time of day is that of the place."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from review_app.languages import ZONE
from surveys.working_days import working_days_before


@pytest.mark.parametrize(
    ("closes", "days", "found"),
    [
        # Friday, Monday, Tuesday, Sunday; and over the night on which the clocks go forward.
        ("2026-12-11T17:00", 2, "2026-12-09T17:00"),
        ("2026-12-14T17:00", 2, "2026-12-10T17:00"),
        ("2026-12-15T17:00", 2, "2026-12-11T17:00"),
        ("2026-12-13T17:00", 2, "2026-12-10T17:00"),
        ("2026-12-11T17:00", 0, "2026-12-11T17:00"),
        ("2027-03-29T08:00", 2, "2027-03-25T09:00"),
    ],
)
def test_the_same_time_of_day_so_many_working_days_earlier(closes: str, days: int, found: str) -> None:
    closes_at = datetime.fromisoformat(closes).replace(tzinfo=UTC)
    assert working_days_before(closes_at, days, ZONE) == datetime.fromisoformat(found).replace(tzinfo=UTC)
