"""To whom and when the reports of a cycle go, and whose voice counts as one: all of it is fixed at the launch."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

# The organisation that a report is about has so long to reply before everybody reads it.
REPLY_DAYS = 14
# The steward has at least so long for the comments.
LEAST_STEWARD_DAYS = 7
# However late the answers are counted: a day less than that, because the counting may take one.
DAYS_AFTER_COUNT = LEAST_STEWARD_DAYS - 1
USUAL_DAYS = 28
MOST_DAYS = 90


class PublicationRule(StrEnum):
    """Who gets which report. The prime's and the chain's go to every party's contacts by either rule.

    ``USUAL``: a partner's goes to that partner and to the prime. ``OPEN``: to the commissioners besides.
    """

    USUAL = "usual"
    OPEN = "open"


class CountedBy(StrEnum):
    """Whose voice counts as one in the figures of protected groups: each person's, or each organisation's."""

    PERSON = "person"
    ORGANISATION = "organisation"


@dataclass(frozen=True, slots=True)
class Timetable:
    """The moments of a cycle after its close (aware UTC).

    ``reports_by``: the latest moment at which the reports are made, and shown to those whom they are about, with
    the comments that the steward has released by then. ``publishes_at``: when they go to everybody, reply or not.
    """

    reports_by: datetime
    publishes_at: datetime


def timetable(closes_at: datetime, days: int) -> Timetable:
    """The timetable of a cycle that publishes so many days after its close."""
    publishes_at = closes_at + timedelta(days=days)
    return Timetable(publishes_at - _reply_time(days), publishes_at)


def publishes_at(closes_at: datetime, days: int | None) -> datetime | None:
    """When everybody gets the reports, as it is promised; None where that is as soon as the steward releases them."""
    return timetable(closes_at, days).publishes_at if days else None


def make_by(closes_at: datetime, days: int, counted_at: datetime) -> datetime:
    """When the reports are made without the steward: by the timetable, or six days after a count that came late."""
    for_comments = min(timedelta(days=days) - _reply_time(days), timedelta(days=DAYS_AFTER_COUNT))
    return max(timetable(closes_at, days).reports_by, counted_at + for_comments)


def publish_at(closes_at: datetime, days: int, made_at: datetime) -> datetime:
    """When made reports go to everybody: on the day fixed, or later where the time for replies began late."""
    return max(timetable(closes_at, days).publishes_at, made_at + _reply_time(days))


def _reply_time(days: int) -> timedelta:
    return timedelta(days=min(days, REPLY_DAYS))


def least_days(shortest_cycle: timedelta) -> int:
    """The fewest days between close and publication; none where a cycle may be open for less than a day (a demo)."""
    return 0 if shortest_cycle < timedelta(days=1) else REPLY_DAYS + LEAST_STEWARD_DAYS


def usual_days(shortest_cycle: timedelta) -> int:
    """The days between close and publication that a form suggests; none in a demo, which nobody waits for."""
    return USUAL_DAYS if least_days(shortest_cycle) else 0
