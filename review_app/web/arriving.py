"""Whether the mails with people's links arrived, in words with the mend: for the organiser and the steward.

About each person there is one line, from the mail that brought the link; decision 10 says why no later mail has one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from review_app.mail import statuses
from review_app.services.bounces import Arrival, MailDelivery
from review_app.services.outbox import MailState

# What happened, and what to do before or instead of correcting the address.
_MENDS = {
    statuses.NO_MAILBOX: "The address does not exist.",
    statuses.CLOSED: "The mailbox is closed; the person may have left.",
    statuses.NO_SERVER: "There is no mail server for the part after the @.",
    statuses.NO_MAIL: "The mailbox takes no mail.",
    statuses.FULL: "The mailbox is full. Ask the person to make room.",
    statuses.TOO_BIG: "The mailbox takes only very small mails. Ask for another address.",
    statuses.NO_ANSWER: "Their mail server did not answer for days. Ask the organisation whether its mail works.",
    statuses.AS_SPAM: "Their mail server took it for spam. Ask the organisation to allow mail from our sender.",
    statuses.FULL_OR_SPAM: "The mailbox is full, or their mail server took it for spam. Ask the person to look.",
    statuses.UNPROVEN: "Their mail server does not trust our sender. Whoever runs this server sets up SPF and DKIM.",
    statuses.NOT_SENT: "GOV.UK Notify could not send it.",
}
_REFUSED = "Their mail server refused it. Ask the person for another address."
_LEFT = {
    MailState.QUEUED: "Waits to be sent",
    MailState.SENDING: "Waits to be sent",
    MailState.FAILED: "Could not be sent",
    MailState.CANCELLED: "Not sent",
}
_ARRIVED = {
    MailDelivery.UNKNOWN: "Sent, no report",
    MailDelivery.DELAYED: "Sent, held up on the way",
    MailDelivery.DELIVERED: "Delivered",
    MailDelivery.BOUNCED: "Came back",
}

_SUMS = {
    MailDelivery.DELIVERED: "delivered",
    MailDelivery.BOUNCED: "came back",
    MailDelivery.DELAYED: "held up on the way",
    MailDelivery.UNKNOWN: "sent, no report",
}


@dataclass(frozen=True, slots=True)
class ArrivalLine:
    """What became of the mail with one person's link. ``mend``: what happened and what to do; "" where all is well."""

    invitation_id: str
    contact: str
    party: str
    words: str
    mend: str


@dataclass(frozen=True, slots=True)
class ArrivalsView:
    """All of a review's links. ``summary``: how many of each; ``back``: those that came back; ``lines``: all."""

    summary: str
    back: tuple[ArrivalLine, ...]
    lines: tuple[ArrivalLine, ...]


def arrivals_view(arrivals: Sequence[Arrival]) -> ArrivalsView:
    """The page's words for what is known."""
    lines = tuple(_line(arrival) for arrival in arrivals)
    return ArrivalsView(_summary(arrivals), tuple(line for line in lines if line.mend), lines)


def brief_view(counts: Mapping[MailDelivery, int], back: Sequence[Arrival]) -> ArrivalsView:
    """The view for a page that lists none of those that arrived."""
    return ArrivalsView(_told(counts), tuple(map(_line, back)), ())


def mend_of(problem: str) -> str:
    """What happened, in a sentence, and what to do about it. ``problem``: as the outbox keeps it."""
    return _MENDS.get(statuses.problem_in(problem), _REFUSED)


def mend_of_failed(problem: str) -> str:
    """What to do about a mail that was given up before it left. ``problem``: as the outbox keeps it."""
    reason = statuses.problem_in(problem).rpartition(": ")[2]
    if reason in _MENDS:
        is_of_address = reason in statuses.ABOUT_ONE_MAILBOX or reason == statuses.NO_SERVER
        return f"{_MENDS[reason]}{' The steward can correct the address.' if is_of_address else ''}"
    if "refused" in reason or "address" in reason:
        return "Check the address. Whoever installed Roundtable can ask the mail server why it was refused."
    return "Whoever installed Roundtable can see to the mail server (roundtable mail check); then try again."


def _line(arrival: Arrival) -> ArrivalLine:
    came_back = arrival.state is MailState.SENT and arrival.delivery is MailDelivery.BOUNCED
    return ArrivalLine(
        arrival.invitation_id,
        arrival.contact_name,
        arrival.party_name,
        _words(arrival),
        mend_of(arrival.problem) if came_back else "",
    )


def _words(arrival: Arrival) -> str:
    words = _LEFT.get(arrival.state) or _ARRIVED[arrival.delivery]
    return f"{words}: {arrival.problem}" if arrival.problem else words


def _summary(arrivals: Sequence[Arrival]) -> str:
    """How many are in each state, such as "36 delivered; 2 came back."; "" while none has left."""
    return _told(Counter(arrival.delivery for arrival in arrivals if arrival.state is MailState.SENT))


def _told(counts: Mapping[MailDelivery, int]) -> str:
    found = [f"{counts[delivery]:,} {words}" for delivery, words in _SUMS.items() if counts.get(delivery)]
    return "; ".join(found) + ("." if found else "")
