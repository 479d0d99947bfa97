"""A pulse on an action: two questions to those whom it was for, what is sealed of an answer, and what follows.

Not to be confused with the questionnaire of that name: a pulse here is about one action that is said to be done.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import SequenceMatcher
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from surveys.cycle import is_too_soon
from surveys.errors import BrokenSealError, Fault
from surveys.groups import DisclosurePolicy, is_safe
from surveys.identity import LONGEST_COMPARED, organisation_key
from surveys.improvement import ActionState

# What can be felt, or asked about again.
MAY_BE_ASKED = frozenset({ActionState.DONE, ActionState.VERIFIED, ActionState.NOT_FELT})
LONGEST = timedelta(days=60)
# Whole days: people are on leave, and two questions are not worth a hurry.
SHORTEST_IN_PRODUCTION = timedelta(days=7)
WHOLE = 100
# A share is shown in three bands, in per cent: up to this, its mirror, and between. They are the same for every number
# of answers, because narrower ones for larger numbers would tell how many answered.
LIMIT = 40
# From here on two titles say the same thing, as far as a program can tell.
SIMILAR = 0.8


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


class Likeness(StrEnum):
    """How near two pulses are in what they ask about: the same thing, the same statement of the review, or neither."""

    SAME = "same"
    KINDRED = "kindred"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Matter:
    """What a pulse asks about. ``subject``, ``question_id``: the statement of the review that the action is to move."""

    title: str
    subject: str
    question_id: str


@dataclass(frozen=True, slots=True)
class EarlierPulse:
    """Another pulse, open or closed, of these people. ``people``: who was asked, each with their organisation.

    Both are keys that are the same in every chain.
    """

    closes_at: datetime
    likeness: Likeness
    people: Mapping[str, str]


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


def shortest_of(shortest_cycle: timedelta) -> timedelta:
    """How long a pulse must be open at least; where reviews may be open for less than a day (a demo), as they are."""
    return shortest_cycle if shortest_cycle < timedelta(days=1) else SHORTEST_IN_PRODUCTION


def date_faults(closes_at: datetime, now: datetime, *, shortest: timedelta) -> tuple[Fault, ...]:
    """What is wrong with the closing time (aware UTC) of a pulse that is opened now."""
    if closes_at - now < shortest:
        message = "People need more time than that to answer."
        mend = f"Choose a time that is {shortest.days} whole days or more from now."
        return (Fault("closes_at", message, mend if shortest.days else "Choose a later day."),)
    if closes_at - now > LONGEST:
        return (
            Fault("closes_at", f"It may be open for {LONGEST.days} days at most.", "Choose an earlier day."),
        )
    return ()


def size_faults(by_organisation: Mapping[str, int], policy: DisclosurePolicy) -> tuple[Fault, ...]:
    """Why so few cannot be asked, per organisation; empty when they can.

    Nothing could be shown even if everybody answered, so that asking would be a false promise; or whatever is shown
    would prove of somebody that they have answered, because without them it could not be.
    """
    mend = "Choose more groups. If there are no more, ask at a meeting instead, and say that it is not anonymous."
    if not is_safe(by_organisation, policy):
        message = (
            f"With these groups nothing could be shown even if everybody answered: it takes {policy.k} people from"
            f" {policy.min_organisations} organisations, with {policy.min_without_any_organisation} left when any one"
            " organisation is taken out."
        )
        return (Fault("groups", message, mend),)
    if not all(_may_be_shown_whole(fewer, policy) for fewer in _without_any_one(by_organisation)):
        message = "With these groups a result would show that somebody has answered: without them there could be none."
        return (Fault("groups", message, mend),)
    return ()


def _without_any_one(by_organisation: Mapping[str, int]) -> Iterable[Mapping[str, int]]:
    for organisation, people in by_organisation.items():
        yield {**by_organisation, organisation: people - 1}


def _may_be_shown_whole(by_organisation: Mapping[str, int], policy: DisclosurePolicy) -> bool:
    """Whether every band can come of these. Five people cannot be between: 2 of 5 are 4 in 10, 3 of 5 are 6 in 10."""
    people = sum(by_organisation.values())
    has_middle = any(LIMIT * people < WHOLE * yes < (WHOLE - LIMIT) * people for yes in range(people))
    return has_middle and is_safe(by_organisation, policy)


def likeness(one: Matter, other: Matter) -> Likeness:
    """How near two pulses are in what they ask about. Signs, case, the order of words and a word more hide nothing."""
    if _closeness(_words(one.title), _words(other.title)) >= SIMILAR:
        return Likeness.SAME
    statements = {(matter.subject, matter.question_id) for matter in (one, other)}
    return Likeness.KINDRED if len(statements) == 1 and one.question_id else Likeness.OTHER


def _words(title: str) -> list[str]:
    folded = organisation_key(title[:LONGEST_COMPARED])
    return "".join(letter if letter.isalnum() else " " for letter in folded).split()


def _closeness(one: list[str], other: list[str]) -> float:
    """0 to 1, as they stand or with their words in one order, whichever is nearer."""
    spellings = ((" ".join(one), " ".join(other)), (" ".join(sorted(one)), " ".join(sorted(other))))
    return max(SequenceMatcher(None, *pair, autojunk=False).ratio() for pair in spellings)


def repeat_faults(
    closes_at: datetime,
    people: Mapping[str, str],
    earlier: Collection[EarlierPulse],
    policy: DisclosurePolicy,
) -> tuple[Fault, ...]:
    """Why a pulse would tell too much beside an earlier one; empty when it would not.

    ``people``: who is asked now, each with their organisation. Ninety days lie between two closes on the same thing, as
    between two reviews. And those whom one of them asks and the other does not must be enough for a figure of their
    own, whatever made the difference: groups, verifiers, owners and lists of people can all be chosen to that end.
    """
    same = [one for one in earlier if one.likeness is Likeness.SAME]
    if any(is_too_soon(closes_at, one.closes_at) for one in same):
        message = (
            "Another pulse on this closes within 90 days of this one. Two close together can be compared to single"
            " people out."
        )
        return (Fault("closes_at", message, "Wait until 90 days lie between them."),)
    kindred = [
        one for one in earlier if one.likeness is Likeness.KINDRED and is_too_soon(closes_at, one.closes_at)
    ]
    if any(not _may_differ(people, one.people, policy) for one in (*same, *kindred)):
        message = (
            "An earlier pulse on this asked nearly the same people. Side by side the two could single out the few who"
            " make the difference."
        )
        mend = (
            "Choose groups so that the same people are asked again, or others who are enough for a figure of their own:"
            f" {policy.k} people from {policy.min_organisations} organisations. Where that cannot be, ask in the next"
            " review."
        )
        return (Fault("groups", message, mend),)
    return ()


def _may_differ(now: Mapping[str, str], then: Mapping[str, str], policy: DisclosurePolicy) -> bool:
    """Whether those who are asked in one of two pulses alone are nobody, or enough, on either side.

    On either side, because whoever takes one person out can put in others whose answers they know.
    """
    only_now = Counter(organisation for person, organisation in now.items() if person not in then)
    only_then = Counter(organisation for person, organisation in then.items() if person not in now)
    return all(not side or is_safe(side, policy) for side in (only_now, only_then))
