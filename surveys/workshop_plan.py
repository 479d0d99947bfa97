"""The plan of a workshop: what is wrong with it, how its time is shared out, and who has to be there for a vote.

What is on the agenda takes the whole length, but for a welcome and a close of a fixed length.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from surveys.errors import Fault
from surveys.mail_hours import ZONE

WELCOME_MINUTES = 10
CLOSE_MINUTES = 10
# Less is not enough to write, to read what the others wrote, and to settle anything.
LEAST_TOPIC_MINUTES = 15
MOST_TOPICS = 6
LEAST_MINUTES = WELCOME_MINUTES + LEAST_TOPIC_MINUTES + CLOSE_MINUTES
MOST_MINUTES = 8 * 60
LATEST = timedelta(days=400)
EARLIEST = timedelta(hours=2)
# Of fewer organisations that are paid nothing of a vote is shown.
LEAST_PAID_ORGANISATIONS = 5

LONGEST_TITLE = 120
LONGEST_PLACE = 300
LONGEST_CALL_LINK = 500
LONGEST_TOPIC = 300
LONGEST_REASON = 1000
_WHOLE = 5
_BLANK = re.compile(r"\s")


@dataclass(frozen=True, slots=True)
class Meeting:
    """When and where people meet. ``begins_at``: aware UTC; ``place`` or ``call_link`` may be ""."""

    title: str
    begins_at: datetime
    minutes: int
    place: str
    call_link: str


def meeting_faults(meeting: Meeting, now: datetime, *, before: datetime | None = None) -> tuple[Fault, ...]:
    """Everything that is wrong with a plan; the places are the fields of ``Meeting``.

    ``before``: when it began by the plan so far, which may stay as it is.
    """
    return tuple(_faults(meeting, now, before))


def minutes_for_topics(minutes: int) -> int:
    """What a workshop of this length has for its topics, between the welcome and the close."""
    return max(0, minutes - WELCOME_MINUTES - CLOSE_MINUTES)


def topics_that_fit(minutes: int) -> int:
    """How many topics a workshop of this length has time for."""
    return min(MOST_TOPICS, minutes_for_topics(minutes) // LEAST_TOPIC_MINUTES)


def shared_out(minutes: int, topics: int) -> tuple[int, ...]:
    """The minutes of each topic, which add up to ``minutes``: multiples of five as far as they go, the first longer.

    Raises ValueError where there are more topics than minutes.
    """
    if not topics:
        return ()
    if minutes < topics:
        raise ValueError("There are more topics than minutes.")
    unit = _WHOLE if minutes >= topics * _WHOLE else 1
    each, left = divmod(minutes // unit, topics)
    found = [unit * (each + (place < left)) for place in range(topics)]
    found[0] += minutes % unit
    return tuple(found)


def may_begin(begins_at: datetime, now: datetime) -> bool:
    """Whether a workshop can begin: on its day in the UK, or two hours before its time where that is earlier."""
    day = begins_at.astimezone(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    return now >= min(day, begins_at - EARLIEST)


def _faults(meeting: Meeting, now: datetime, before: datetime | None) -> Iterator[Fault]:
    if not meeting.title:
        yield Fault("title", "The workshop has no title.", "Enter what it is about in a few words.")
    yield from _too_long("title", meeting.title, LONGEST_TITLE)
    if meeting.begins_at != before:
        yield from _moment_faults(meeting.begins_at, now)
    if not LEAST_MINUTES <= meeting.minutes <= MOST_MINUTES:
        yield Fault(
            "minutes",
            f"A workshop lasts from {LEAST_MINUTES} minutes to {MOST_MINUTES // 60} hours.",
            "Enter its length in minutes, for example 150.",
        )
    if not meeting.place and not meeting.call_link:
        yield Fault("place", "Nobody could find it.", "Enter a place, or the link of a video call.")
    yield from _too_long("place", meeting.place, LONGEST_PLACE)
    yield from _call_faults(meeting.call_link)


def _moment_faults(begins_at: datetime, now: datetime) -> Iterator[Fault]:
    if begins_at <= now:
        yield Fault("begins_on", "This moment is past.", "Choose a later day or time.")
    elif begins_at - now > LATEST:
        yield Fault("begins_on", "This is more than a year away.", "Choose a day within the next 13 months.")


def _call_faults(link: str) -> Iterator[Fault]:
    if link and not is_call_link(link):
        yield Fault(
            "call_link",
            "This is no link of a video call.",
            "Copy the whole link, which begins with https://. What people dial belongs in the place.",
        )
    yield from _too_long("call_link", link, LONGEST_CALL_LINK)


def is_call_link(text: str) -> bool:
    """Whether a text is an address that a browser can open safely."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.hostname) and not _BLANK.search(text)


def _too_long(place: str, text: str, most: int) -> Iterator[Fault]:
    if len(text) > most:
        yield Fault(place, f"It has more than {most} characters.", "Shorten it.")
