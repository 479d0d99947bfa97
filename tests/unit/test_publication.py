"""The days after a close: fixed at the launch, moved by a later close alone, and never too short for replies."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from surveys.publication import (
    CHECK_DAYS,
    DAYS_AFTER_COUNT,
    LEAST_STEWARD_DAYS,
    MOST_DAYS,
    REPLY_DAYS,
    least_days,
    make_by,
    publishes_at,
    timetable,
    timetable_of_made,
    usual_days,
)

CLOSES = datetime(2026, 12, 12, 17, tzinfo=UTC)
DAYS = st.integers(LEAST_STEWARD_DAYS + REPLY_DAYS + CHECK_DAYS, MOST_DAYS)
SPANS = st.timedeltas(timedelta(0), timedelta(days=200))


@given(DAYS, SPANS)
def test_replies_have_fourteen_days_the_steward_two_and_nothing_goes_out_before_its_day(
    days: int, late: timedelta
) -> None:
    made_at = CLOSES + late
    made = timetable_of_made(CLOSES, days, made_at)
    assert made.publishes_at >= timetable(CLOSES, days).publishes_at == CLOSES + timedelta(days=days)
    assert made.replies_until - made_at >= timedelta(days=REPLY_DAYS)
    assert made.publishes_at - made.replies_until == timedelta(days=CHECK_DAYS)
    if made_at <= timetable(CLOSES, days).reports_by:
        assert made == timetable(CLOSES, days)


@given(st.integers(1, REPLY_DAYS + CHECK_DAYS))
def test_fewer_days_of_a_demo_are_shared_out_alike(days: int) -> None:
    fixed = timetable(CLOSES, days)
    assert fixed.reports_by == CLOSES < fixed.replies_until < fixed.publishes_at
    replies, check = fixed.replies_until - fixed.reports_by, fixed.publishes_at - fixed.replies_until
    assert replies == check * REPLY_DAYS / CHECK_DAYS


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
    assert (least_days(timedelta(days=5)), usual_days(timedelta(days=5))) == (23, 28)
    assert publishes_at(CLOSES, 0) is publishes_at(CLOSES, None) is None
