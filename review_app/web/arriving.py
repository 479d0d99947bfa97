"""Whether the mails with people's links arrived, in words with the mend: for the organiser and the steward.

About each person there is one line, from the mail that brought the link; decision 10 says why no later mail has one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext

from review_app.languages import N_
from review_app.mail import statuses
from review_app.services.bounces import Arrival, MailDelivery
from review_app.services.outbox import MailState
from review_app.web.words import figure

# What happened, and what to do before or instead of correcting the address.
_MENDS = {
    statuses.NO_MAILBOX: N_("The address does not exist."),
    statuses.CLOSED: N_("The mailbox is closed; the person may have left."),
    statuses.NO_SERVER: N_("There is no mail server for the part after the @."),
    statuses.NO_MAIL: N_("The mailbox takes no mail."),
    statuses.FULL: N_("The mailbox is full. Ask the person to make room."),
    statuses.TOO_BIG: N_("The mailbox takes only very small mails. Ask for another address."),
    statuses.NO_ANSWER: N_(
        "Their mail server did not answer for days. Ask the organisation whether its mail works."
    ),
    statuses.AS_SPAM: N_(
        "Their mail server took it for spam. Ask the organisation to allow mail from our sender."
    ),
    statuses.FULL_OR_SPAM: N_(
        "The mailbox is full, or their mail server took it for spam. Ask the person to look."
    ),
    statuses.UNPROVEN: N_(
        "Their mail server does not trust our sender. Whoever runs this server sets up SPF and DKIM."
    ),
    statuses.NOT_SENT: N_("GOV.UK Notify could not send it."),
}
_REFUSED = N_("Their mail server refused it. Ask the person for another address.")
_LEFT = {
    MailState.QUEUED: N_("Waits to be sent"),
    MailState.SENDING: N_("Waits to be sent"),
    MailState.FAILED: N_("Could not be sent"),
    MailState.CANCELLED: N_("Not sent"),
}
_ARRIVED = {
    MailDelivery.UNKNOWN: N_("Sent, no report"),
    MailDelivery.DELAYED: N_("Sent, held up on the way"),
    MailDelivery.DELIVERED: N_("Delivered"),
    MailDelivery.BOUNCED: N_("Came back"),
}
_IN_ORDER = (MailDelivery.DELIVERED, MailDelivery.BOUNCED, MailDelivery.DELAYED, MailDelivery.UNKNOWN)


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
    return _(_MENDS.get(statuses.problem_in(problem), _REFUSED))


def mend_of_failed(problem: str) -> str:
    """What to do about a mail that was given up before it left. ``problem``: as the outbox keeps it."""
    reason = statuses.problem_in(problem).rpartition(": ")[2]
    if reason in _MENDS:
        is_of_address = reason in statuses.ABOUT_ONE_MAILBOX or reason == statuses.NO_SERVER
        mend = _(_MENDS[reason])
        return f"{mend} {_('The steward can correct the address.')}" if is_of_address else mend
    if "refused" in reason or "address" in reason:
        return _(
            "Check the address. Whoever installed Roundtable can ask the mail server why it was refused."
        )
    return _(
        "Whoever installed Roundtable can see to the mail server (roundtable mail check); then try again."
    )


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
    words = _(_LEFT.get(arrival.state) or _ARRIVED[arrival.delivery])
    return _("%(words)s: %(problem)s", words=words, problem=arrival.problem) if arrival.problem else words


def _summary(arrivals: Sequence[Arrival]) -> str:
    """How many are in each state, such as "36 delivered; 2 came back."; "" while none has left."""
    return _told(Counter(arrival.delivery for arrival in arrivals if arrival.state is MailState.SENT))


def _told(counts: Mapping[MailDelivery, int]) -> str:
    found = [_part(delivery, counts[delivery]) for delivery in _IN_ORDER if counts.get(delivery)]
    return "; ".join(found) + ("." if found else "")


def _part(delivery: MailDelivery, count: int) -> str:
    shown = figure(count)
    return {
        MailDelivery.DELIVERED: ngettext("%(count)s delivered", "%(count)s delivered", count, count=shown),
        MailDelivery.BOUNCED: ngettext("%(count)s came back", "%(count)s came back", count, count=shown),
        MailDelivery.DELAYED: ngettext(
            "%(count)s held up on the way", "%(count)s held up on the way", count, count=shown
        ),
        MailDelivery.UNKNOWN: ngettext(
            "%(count)s sent, no report", "%(count)s sent, no report", count, count=shown
        ),
    }[delivery]
