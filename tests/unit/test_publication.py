"""The days after a close: fixed at the launch, moved by a later close alone, and never too short for replies."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from surveys.publication import (
    DAYS_AFTER_COUNT,
    LEAST_STEWARD_DAYS,
    MOST_DAYS,
    REPLY_DAYS,
    least_days,
    make_by,
    publish_at,
    publishes_at,
    timetable,
    usual_days,
)

CLOSES = datetime(2026, 12, 12, 17, tzinfo=UTC)
DAYS = st.integers(REPLY_DAYS + LEAST_STEWARD_DAYS, MOST_DAYS)
SPANS = st.timedeltas(timedelta(0), timedelta(days=200))


@given(DAYS, SPANS)
def test_replies_have_fourteen_days_and_nothing_goes_out_before_its_day(days: int, late: timedelta) -> None:
    made_at = CLOSES + late
    out = publish_at(CLOSES, days, made_at)
    assert out >= timetable(CLOSES, days).publishes_at == CLOSES + timedelta(days=days)
    assert out - made_at >= timedelta(days=REPLY_DAYS)
    if made_at <= timetable(CLOSES, days).reports_by:
        assert out == CLOSES + timedelta(days=days)


@given(DAYS, SPANS)
def test_a_count_within_a_day_leaves_the_timetable_and_a_late_one_six_days(
    days: int, late: timedelta
) -> None:
    by = make_by(CLOSES, days, CLOSES + late)
    assert by >= timetable(CLOSES, days).reports_by
    assert by - (CLOSES + late) >= timedelta(days=DAYS_AFTER_COUNT)
    if late <= timedelta(days=1):
        assert by == timetable(CLOSES, days).reports_by


@given(DAYS, SPANS)
def test_a_later_close_moves_the_day_by_as_much(days: int, later: timedelta) -> None:
    moved = timetable(CLOSES + later, days).publishes_at - timetable(CLOSES, days).publishes_at
    assert moved == later


def test_a_demo_may_publish_at_once_and_a_real_review_may_not() -> None:
    assert (least_days(timedelta(seconds=1)), usual_days(timedelta(seconds=1))) == (0, 0)
    assert (least_days(timedelta(days=5)), usual_days(timedelta(days=5))) == (21, 28)
    assert publishes_at(CLOSES, 0) is publishes_at(CLOSES, None) is None
