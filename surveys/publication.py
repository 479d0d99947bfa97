"""To whom and when the reports of a cycle go, and whose voice counts as one: all of it is fixed at the launch."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

# The organisation that a report is about has at least so long to reply.
REPLY_DAYS = 14
# Then no reply changes any more, and the steward has so long to look at the last ones before everybody reads them.
CHECK_DAYS = 2
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


class HoldReason(StrEnum):
    """Why the steward holds back a reply; there is no other reason.

    ``POINTS``: it points at people who may have answered. ``PRESSES``: it puts pressure on people for answering.
    """

    POINTS = "points"
    PRESSES = "presses"


@dataclass(frozen=True, slots=True)
class Timetable:
    """The moments of a cycle after its close (aware UTC).

    ``reports_by``: the latest moment at which the reports are made, and shown to those whom they are about, with
    the comments that the steward has released by then. ``replies_until``: when replies can no longer be written; from
    then on the steward alone may decide anything, about holding one back. ``publishes_at``: when the reports go to
    everybody, reply or not.
    """

    reports_by: datetime
    replies_until: datetime
    publishes_at: datetime

    def takes_replies(self, now: datetime) -> bool:
        """Whether replies to made reports can be written and changed at this moment."""
        return now < self.replies_until


def timetable(closes_at: datetime, days: int) -> Timetable:
    """The timetable of a cycle that publishes so many days after its close, as the launch fixes it."""
    return _until(closes_at + timedelta(days=days), days)


def timetable_of_made(closes_at: datetime, days: int, made_at: datetime) -> Timetable:
    """The same once the reports are made: later where they were made late, so that nobody has less time to reply."""
    return _until(max(closes_at + timedelta(days=days), made_at + _wait(days)), days)


def publishes_at(closes_at: datetime, days: int | None) -> datetime | None:
    """When everybody gets the reports, as it is promised; None where that is as soon as the steward releases them."""
    return timetable(closes_at, days).publishes_at if days else None


def make_by(closes_at: datetime, days: int, counted_at: datetime) -> datetime:
    """When the reports are made without the steward: by the timetable, or six days after a count that came late."""
    for_comments = min(timedelta(days=days) - _wait(days), timedelta(days=DAYS_AFTER_COUNT))
    return max(timetable(closes_at, days).reports_by, counted_at + for_comments)


def _until(publishes_at: datetime, days: int) -> Timetable:
    checking = _wait(days) * CHECK_DAYS / (REPLY_DAYS + CHECK_DAYS)
    return Timetable(publishes_at - _wait(days), publishes_at - checking, publishes_at)


def _wait(days: int) -> timedelta:
    """From the making of the reports to their publication; a demo with fewer days shares them out alike."""
    return timedelta(days=min(days, REPLY_DAYS + CHECK_DAYS))


def least_days(shortest_cycle: timedelta) -> int:
    """The fewest days between close and publication; none where a cycle may be open for less than a day (a demo)."""
    if shortest_cycle < timedelta(days=1):
        return 0
    return LEAST_STEWARD_DAYS + REPLY_DAYS + CHECK_DAYS


def usual_days(shortest_cycle: timedelta) -> int:
    """The days between close and publication that a form suggests; none in a demo, which nobody waits for."""
    return USUAL_DAYS if least_days(shortest_cycle) else 0
