"""The calendar file of a mail. It holds no link of anybody's: calendars are shared at work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from icalendar import Alarm, Calendar, Event

from review_app.languages import ZONE
from surveys.texts import clean_line

PRODUCT = "-//Roundtable//Reviews//EN"
BEFORE = timedelta(days=1)
# How long the entry of a closing time is, and it ends with it.
LENGTH_OF_A_CLOSE = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry. ``uid`` is the same in every mail about it, and the highest ``revision`` holds.

    ``is_off``: what it stood for does not take place.
    """

    uid: str
    revision: int
    title: str
    words: str
    begins_at: datetime
    ends_at: datetime
    place: str = ""
    is_off: bool = False


def revision_of(closes_at: datetime) -> int:
    """The number of a closing time: closing times only ever move to later, and so does this."""
    return int(closes_at.timestamp()) // 60


def calendar_file(entry: Entry, now: datetime) -> bytes:
    """The entry as an iCalendar file with an alarm the day before; it invites nobody and asks for no reply."""
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.revision)
    event.add("dtstamp", now)
    event.add("dtstart", entry.begins_at.astimezone(ZONE))
    event.add("dtend", entry.ends_at.astimezone(ZONE))
    event.add("summary", clean_line(entry.title))
    event.add("description", entry.words)
    if entry.place:
        event.add("location", clean_line(entry.place))
    # Whoever shares a calendar shows that the time is taken, at most.
    event.add("class", "PRIVATE")
    event.add("transp", "OPAQUE" if entry.place and not entry.is_off else "TRANSPARENT")
    event.add("status", "CANCELLED" if entry.is_off else "CONFIRMED")
    if not entry.is_off:
        event.add_component(_alarm(entry))
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    calendar.add_missing_timezones(first_date=entry.begins_at.date(), last_date=entry.ends_at.date())
    return bytes(calendar.to_ical())


def _alarm(entry: Entry) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", clean_line(entry.title))
    alarm.add("trigger", -BEFORE)
    return alarm
