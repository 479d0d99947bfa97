"""The life of a cycle: its states and legal transitions as a table, and the checks of its dates."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from surveys.errors import Fault, IllegalTransitionError

SHORTEST_IN_PRODUCTION = timedelta(days=5)
LONGEST = timedelta(days=180)
BETWEEN_CLOSES = timedelta(days=90)


class CycleState(StrEnum):
    """Where a cycle is. ``CLOSING``: nobody can answer any more and the answers are not yet counted."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSING = "closing"
    CLOSED = "closed"
    PUBLISHED = "published"


TRANSITIONS: dict[CycleState, frozenset[CycleState]] = {
    CycleState.DRAFT: frozenset({CycleState.OPEN}),
    CycleState.OPEN: frozenset({CycleState.CLOSING}),
    CycleState.CLOSING: frozenset({CycleState.CLOSED}),
    CycleState.CLOSED: frozenset({CycleState.PUBLISHED}),
    CycleState.PUBLISHED: frozenset(),
}


class KeyMode(StrEnum):
    """Who holds the opening key while a cycle is open: the steward (two keys), or the host as well (one host)."""

    TWO_KEY = "two_key"
    ONE_HOST = "one_host"


def move(state: CycleState, target: CycleState) -> CycleState:
    """The target, when the table allows it. Raises IllegalTransitionError."""
    if target not in TRANSITIONS[state]:
        raise IllegalTransitionError(state.value, target.value)
    return target


def date_faults(closes_at: datetime, now: datetime, *, shortest: timedelta) -> tuple[Fault, ...]:
    """What is wrong with a closing time (aware UTC), seen from the moment of launch."""
    if closes_at - now < shortest:
        least = _in_words(shortest)
        return (
            Fault(
                "closes_at",
                f"A review must be open for {least} at least.",
                "Choose a later closing date.",
            ),
        )
    if closes_at - now > LONGEST:
        return (
            Fault(
                "closes_at",
                f"A review may be open for {LONGEST.days} days at most.",
                "Choose an earlier closing date.",
            ),
        )
    return ()


def may_extend(closes_at: datetime, later: datetime, now: datetime) -> bool:
    """Whether a new closing time is allowed: later than the fixed one, which has not passed yet. Nobody may shorten."""
    return now < closes_at < later <= now + LONGEST


def is_too_soon(closes_at: datetime, earlier_close: datetime) -> bool:
    """Whether two closes of one chain are less than ninety days apart."""
    return abs(closes_at - earlier_close) < BETWEEN_CLOSES


def _in_words(span: timedelta) -> str:
    if span >= timedelta(days=1):
        return f"{span.days} days"
    seconds = int(span.total_seconds())
    return "1 second" if seconds == 1 else f"{seconds} seconds"
