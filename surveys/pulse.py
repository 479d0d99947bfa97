"""A pulse on an action: two questions to those whom it was for, what is sealed of an answer, and what follows.

Not to be confused with the questionnaire of that name: a pulse here is about one action that is said to be done.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from surveys.cycle import is_too_soon
from surveys.errors import BrokenSealError, Fault
from surveys.groups import DisclosurePolicy, is_safe
from surveys.improvement import ActionState

# What can be felt, or asked about again.
MAY_BE_ASKED = frozenset({ActionState.DONE, ActionState.VERIFIED, ActionState.NOT_FELT})
LONGEST = timedelta(days=60)
WHOLE = 100


class PulseState(StrEnum):
    """Where a pulse is. ``CLOSING``: nobody can answer any more and the answers are not yet counted."""

    OPEN = "open"
    CLOSING = "closing"
    CLOSED = "closed"


class Aspect(StrEnum):
    """What is asked about an action."""

    NOTICED = "noticed"
    AGREED = "agreed"


# In the order in which they are asked and shown.
QUESTIONS: Final[Mapping[Aspect, str]] = MappingProxyType(
    {
        Aspect.NOTICED: "Have you noticed that this has changed?",
        Aspect.AGREED: "Is it what was agreed?",
    }
)


class Reply(StrEnum):
    """What can be answered. ``CANNOT_TELL`` counts for nothing, as if the question had been left out."""

    YES = "yes"
    NO = "no"
    CANNOT_TELL = "cannot_tell"


class Outcome(StrEnum):
    """What a pulse says about an action."""

    FELT = "felt"
    NOT_FELT = "not_felt"
    BETWEEN = "between"
    NOT_SHOWN = "not_shown"


@dataclass(frozen=True, slots=True)
class Answered:
    """One person's replies by aspect; a question that was left out is missing."""

    replies: Mapping[Aspect, Reply]

    def __repr__(self) -> str:
        # A traceback or a log that prints it must not print what somebody said.
        return "Answered(…)"


@dataclass(frozen=True, slots=True)
class EarlierPulse:
    """A pulse on the same thing that is open or was closed. ``people``: the keys of those who were asked."""

    closes_at: datetime
    groups: frozenset[str]
    people: frozenset[str]


def envelope(answered: Answered, pulse_id: str, organisation_id: str) -> bytes:
    """What is sealed: the replies, with the pulse and the organisation that they are counted for."""
    replies = {
        aspect.value: answered.replies[aspect].value for aspect in Aspect if aspect in answered.replies
    }
    value = {"pulse": pulse_id, "organisation": organisation_id, "replies": replies}
    return json.dumps(value, separators=(",", ":")).encode()


def from_envelope(content: bytes, pulse_id: str, organisation_id: str) -> Answered:
    """The replies in an envelope of this pulse and organisation. Raises BrokenSealError for anything else."""
    try:
        value = json.loads(content)
        stated = (value["pulse"], value["organisation"])
        replies = {Aspect(name): Reply(reply) for name, reply in value["replies"].items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        # Without the cause: its message may quote an answer.
        raise BrokenSealError("This is no answer to a pulse.") from None
    if stated != (pulse_id, organisation_id):
        raise BrokenSealError("This is not the answer of this person.")
    return Answered(replies)


def outcome_of(band: tuple[int, int] | None) -> Outcome:
    """What follows from the displayed share of those who noticed a change: per cent from and to, None if not shown.

    From nothing else: whoever sees the action move learns no more than whoever reads the share.
    """
    if band is None:
        return Outcome.NOT_SHOWN
    low, high = band
    if low == 0:
        return Outcome.NOT_FELT
    return Outcome.FELT if high == WHOLE else Outcome.BETWEEN


def date_faults(closes_at: datetime, now: datetime, *, shortest: timedelta) -> tuple[Fault, ...]:
    """What is wrong with the closing time (aware UTC) of a pulse that is opened now."""
    if closes_at - now < shortest:
        message = "People need more time than that to answer."
        days = max(1, shortest.days)
        return (Fault("closes_at", message, f"Choose a day that is {days} days or more from today."),)
    if closes_at - now > LONGEST:
        return (
            Fault("closes_at", f"It may be open for {LONGEST.days} days at most.", "Choose an earlier day."),
        )
    return ()


def size_faults(by_organisation: Mapping[str, int], policy: DisclosurePolicy) -> tuple[Fault, ...]:
    """Why nothing could be shown even if everybody answered; empty when it could. Asking would be a false promise."""
    if is_safe(by_organisation, policy):
        return ()
    message = (
        f"With these groups nothing could be shown even if everybody answered: it takes {policy.k} people from"
        f" {policy.min_organisations} organisations, with {policy.min_without_any_organisation} left when any one"
        " organisation is taken out."
    )
    mend = "Choose more groups. If there are no more, ask at a meeting instead, and say that it is not anonymous."
    return (Fault("groups", message, mend),)


def repeat_faults(
    closes_at: datetime, groups: frozenset[str], people: Collection[str], earlier: Collection[EarlierPulse]
) -> tuple[Fault, ...]:
    """Why a pulse would tell too much beside an earlier one on the same thing; empty when it would not.

    Ninety days lie between two closes, as between two reviews; and whoever chooses other groups may not choose them so
    that one to four people make the difference. Who came or left meanwhile is nobody's choice.
    """
    if any(is_too_soon(closes_at, one.closes_at) for one in earlier):
        message = (
            "Another pulse on this closes within 90 days of this one. Two close together can be compared to single"
            " people out."
        )
        return (Fault("closes_at", message, "Wait until 90 days lie between them."),)
    now = frozenset(people)
    if any(groups != one.groups and 1 <= len(now ^ one.people) <= 4 for one in earlier):
        message = (
            "An earlier pulse on this asked nearly the same people. Side by side the two could single out the few who"
            " make the difference."
        )
        return (Fault("groups", message, "Choose the groups of the earlier pulse again."),)
    return ()
