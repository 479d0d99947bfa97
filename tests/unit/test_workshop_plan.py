"""The plan of a workshop: minutes that always add up, and faults that name their mends."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.workshop_plan import (
    CLOSE_MINUTES,
    LEAST_MINUTES,
    LEAST_TOPIC_MINUTES,
    LONGEST_CALL_LINK,
    LONGEST_PLACE,
    LONGEST_TITLE,
    MOST_MINUTES,
    MOST_TOPICS,
    WELCOME_MINUTES,
    Meeting,
    is_call_link,
    meeting_faults,
    minutes_for_topics,
    shared_out,
    topics_that_fit,
)

NOW = datetime(2026, 11, 28, 9, 0, tzinfo=UTC)
MEETING = Meeting("Reading the report", NOW + timedelta(days=14), 150, "Town Hall", "")


@given(st.integers(LEAST_MINUTES, MOST_MINUTES))
def test_what_fits_fills_a_workshop_of_any_length_to_the_minute(minutes: int) -> None:
    topics = topics_that_fit(minutes)
    times = shared_out(minutes_for_topics(minutes), topics)
    assert 1 <= len(times) == topics <= MOST_TOPICS
    assert WELCOME_MINUTES + sum(times) + CLOSE_MINUTES == minutes
    assert min(times) >= LEAST_TOPIC_MINUTES
    assert list(times) == sorted(times, reverse=True)
    # One topic more would leave too little for each, or be more than anybody can bear.
    assert topics == MOST_TOPICS or sum(times) < (topics + 1) * LEAST_TOPIC_MINUTES
    # In fives, but for what the length itself has over.
    assert all(not time % 5 for time in times[1:]) and times[0] % 5 == minutes % 5


@given(st.integers(1, 600), st.integers(0, 30))
def test_any_time_is_shared_out_whole_and_evenly(minutes: int, topics: int) -> None:
    if minutes < topics:
        with pytest.raises(ValueError, match="more topics than minutes"):
            shared_out(minutes, topics)
        return
    times = shared_out(minutes, topics)
    assert len(times) == topics and sum(times) == (minutes if topics else 0)
    if topics:
        assert min(times) > 0 and max(times[1:] or times) - min(times) <= 5


def test_a_good_plan_has_no_faults_and_may_keep_a_day_that_is_past() -> None:
    assert meeting_faults(MEETING, NOW) == ()
    assert meeting_faults(replace(MEETING, place="", call_link="https://call.example/a"), NOW) == ()
    past = replace(MEETING, begins_at=NOW - timedelta(days=1))
    assert meeting_faults(past, NOW, before=past.begins_at) == ()
    assert [fault.place for fault in meeting_faults(past, NOW, before=NOW)] == ["begins_on"]


@pytest.mark.parametrize(
    ("changes", "place", "mend"),
    [
        ({"title": ""}, "title", "in a few words"),
        ({"title": "x" * (LONGEST_TITLE + 1)}, "title", "Shorten"),
        ({"begins_at": NOW}, "begins_on", "a later day"),
        ({"begins_at": NOW + timedelta(days=401)}, "begins_on", "13 months"),
        ({"minutes": LEAST_MINUTES - 1}, "minutes", "for example 150"),
        ({"minutes": MOST_MINUTES + 1}, "minutes", "for example 150"),
        ({"place": ""}, "place", "video call"),
        ({"place": "x" * (LONGEST_PLACE + 1)}, "place", "Shorten"),
        ({"call_link": "call.example"}, "call_link", "https://"),
        ({"call_link": "https://call.example/" + "x" * LONGEST_CALL_LINK}, "call_link", "Shorten"),
    ],
)
def test_each_fault_names_its_field_and_its_mend(changes: dict[str, object], place: str, mend: str) -> None:
    (fault,) = meeting_faults(replace(MEETING, **changes), NOW)  # type: ignore[arg-type]  # named as the fields are
    assert fault.place == place and mend in fault.mend


def test_all_faults_come_at_once() -> None:
    wrong = Meeting("", NOW, 1, "", "ftp://x")
    assert [fault.place for fault in meeting_faults(wrong, NOW)] == [
        "title",
        "begins_on",
        "minutes",
        "call_link",
    ]


@pytest.mark.parametrize(
    ("text", "is_link"),
    [
        ("https://call.example/j/1?pwd=2", True),
        ("http://call.example", False),
        ("javascript:alert(1)", False),
        ("https://", False),
        ("https://call.example/a b", False),
        ("https://[::1", False),
        ("020 7946 0000", False),
    ],
)
def test_only_a_safe_address_is_the_link_of_a_call(text: str, *, is_link: bool) -> None:
    assert is_call_link(text) is is_link
