"""The hours of a chain's mail, by UK clocks, also on the days that they change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.mail_hours import USUAL, ZONE, MailHours, hour_words, hours_faults

HOURS = st.builds(
    lambda days, start, length: MailHours(days, start, min(start + length, 24)),
    st.frozensets(st.integers(1, 7), min_size=1),
    st.integers(0, 23),
    st.integers(1, 24),
)
MOMENTS = st.integers(0, 3 * 365 * 24 * 3600).map(
    lambda seconds: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "begins"),
    [
        # Friday 27 March 2026 in the evening; the clocks go forward on Sunday, so Monday's 8am is an hour earlier.
        ("2026-03-27 18:00", "2026-03-30 07:00"),
        ("2026-03-27 17:59", "2026-03-27 17:59"),
        # Friday 23 October 2026, 5:30pm in London is 16:30; they go back on Sunday.
        ("2026-10-23 16:30", "2026-10-23 16:30"),
        ("2026-10-23 17:00", "2026-10-26 08:00"),
        # A winter's night, and just before it ends.
        ("2026-12-01 23:30", "2026-12-02 08:00"),
        ("2026-12-02 07:59", "2026-12-02 08:00"),
        # A summer's morning: 7:30am in London.
        ("2026-07-01 06:30", "2026-07-01 07:00"),
        ("2026-12-05 12:00", "2026-12-07 08:00"),
    ],
)
def test_mail_waits_for_the_next_working_hour(moment: str, begins: str) -> None:
    assert USUAL.next(utc(moment)) == utc(begins)


def test_an_hour_that_the_clocks_leave_out_or_repeat_is_handled() -> None:
    sundays = MailHours(frozenset({7}), 1, 2)
    # On 29 March 2026 there is no hour from one to two, so it is a week later.
    assert sundays.next(utc("2026-03-28 12:00")) == utc("2026-04-05 00:00")
    # On 25 October 2026 it comes twice, and both count.
    assert sundays.next(utc("2026-10-24 12:00")) == utc("2026-10-25 00:00")
    assert sundays.allow(utc("2026-10-25 00:30")) and sundays.allow(utc("2026-10-25 01:30"))


@given(HOURS, MOMENTS)
def test_the_next_moment_is_the_first_that_is_allowed(hours: MailHours, moment: datetime) -> None:
    begins = hours.next(moment)
    assert begins >= moment and hours.allow(begins)
    if begins > moment:
        assert not hours.allow(moment) and not hours.allow(begins - timedelta(microseconds=1))
        steps = int((begins - moment) / timedelta(minutes=30))
        assert not any(hours.allow(moment + timedelta(minutes=30) * step) for step in range(min(steps, 700)))
        local = begins.astimezone(ZONE)
        assert (local.hour, local.minute) == (hours.start, 0)


def test_hours_are_said_as_people_say_them() -> None:
    assert str(USUAL) == "Monday to Friday, 8am to 6pm"
    assert str(MailHours(frozenset({1, 2}), 0, 12)) == "Monday and Tuesday, midnight to noon"
    assert str(MailHours(frozenset({1, 3, 6}), 12, 24)) == "Monday, Wednesday and Saturday, noon to midnight"
    assert str(MailHours(frozenset({7}), 9, 17)) == "Sunday, 9am to 5pm"
    assert [hour_words(hour) for hour in (1, 11, 13, 23)] == ["1am", "11am", "1pm", "11pm"]


def test_what_cannot_be_used_is_named_with_its_mend() -> None:
    assert hours_faults(USUAL.days, 8, 18) == ()
    assert [fault.place for fault in hours_faults(frozenset(), 18, 8)] == ["days", "end"]
    assert [fault.place for fault in hours_faults(frozenset({0, 8}), 0, 25)] == ["days", "end"]
