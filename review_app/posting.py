"""Sends what the outbox owes: leases a batch, derives each link, hands the mails over, records what happened."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from review_app import clock
from review_app.database import reading, transaction
from review_app.keys import KeyMissingError
from review_app.mail.messages import Occasion, compose
from review_app.mail.transports import MailError, Transport, WayBack, transport_for
from review_app.services import chains, cycles, outbox, silencing
from review_app.services.outbox import Leased, MailKind
from review_app.state import State
from surveys.cycle import KeyMode
from surveys.instrument import Voice
from surveys.timing import MOST_MINUTES, minutes

BATCH = 20
# Their answers are shown under the name of the speaker's organisation, whatever group the speaker is in otherwise.
NAMED_VOICES = frozenset({Voice.PARTNER_ON_ITSELF, Voice.PRIME_ON_PARTNER, Voice.TIER_ONE_ON_SUBCONTRACTOR})

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Asking:
    """Who asks: the same for every mail of a review."""

    cycle: cycles.Cycle
    prime_name: str
    silences: frozenset[str]


def send_due(state: State) -> int:
    """How many mails left. A mail whose sending is not recorded, because the process died, is sent again."""
    sent = 0
    try:
        while batch := _lease():
            sent += _send_batch(state, batch)
    except MailError:
        # The server is away: what is owed is put back, and the next look tries again when it is due.
        return sent
    return sent


def _lease() -> tuple[Leased, ...]:
    with transaction() as session:
        return outbox.lease(session, clock.now(), BATCH)


def _send_batch(state: State, batch: tuple[Leased, ...]) -> int:
    sent = 0
    asking = {cycle_id: _asking(cycle_id) for cycle_id in {mail.cycle_id for mail in batch}}
    try:
        with transport_for(state.settings, state.keys) as transport:
            for mail in batch:
                sent += _send(state, transport, mail, asking[mail.cycle_id])
    except MailError as error:
        # Only mails that are still leased are put back: those that left, or were refused, have their record.
        _put_back([mail.id for mail in batch], error)
        raise
    return sent


def _send(state: State, transport: Transport, mail: Leased, asking: _Asking) -> int:
    try:
        link_key = state.keys.link_key(mail.cycle_id)
        if _is_unwanted(mail, asking, link_key):
            # Recorded like every other: a gap would tell the organiser who asked the steward to be left out.
            with transaction() as session:
                outbox.record_sent(session, mail.id)
            return 0
        message = compose(
            mail,
            _occasion(mail, asking),
            link_key=link_key,
            base_url=state.settings.base_url,
            sender=state.settings.mail_from,
            now=clock.now(),
        )
        transport.send(message, mail.cycle_id, _way_back(mail))
    except KeyMissingError:
        _put_back([mail.id], MailError("the link key is missing"))
        return 0
    except MailError as error:
        if error.is_server:
            raise
        _put_back([mail.id], error)
        return 0
    with transaction() as session:
        outbox.record_sent(session, mail.id)
    return 1


def _is_unwanted(mail: Leased, asking: _Asking, link_key: bytes) -> bool:
    # Whoever asks for the link again wants that mail.
    return mail.kind is not MailKind.LINK_AGAIN and silencing.is_silenced(
        asking.silences, link_key, mail.invitation_id, mail.link_number
    )


def _way_back(mail: Leased) -> WayBack:
    # Nobody can have asked to be left out before the link was there: only then may a report of success be wanted.
    return WayBack(mail.return_token, asks_success=mail.kind in outbox.LINK_BRINGERS)


def _put_back(mail_ids: list[str], error: MailError) -> None:
    logger.warning(
        "%d mail(s) did not leave: %s.%s", len(mail_ids), error.problem, error.mend and f" {error.mend}"
    )
    with transaction() as session:
        for mail_id in mail_ids:
            outbox.record_failed(session, clock.now(), mail_id, error.problem, is_final=error.is_final)


def _asking(cycle_id: str) -> _Asking:
    with reading() as session:
        cycle = cycles.load(session, cycle_id)
        prime = chains.load(session, cycle.chain_id).prime
        return _Asking(cycle, prime.name, silencing.silenced(session, cycle_id))


def _occasion(mail: Leased, asking: _Asking) -> Occasion:
    cycle = asking.cycle
    with reading() as session:
        group_id, voices = outbox.asked_of(session, mail.invitation_id)
    group = next(group for group in cycle.plan.groups if group.id == group_id)
    takes = minutes(cycle.instrument, voices)
    return Occasion(
        prime_name=asking.prime_name,
        steward_name=cycle.steward_name,
        minutes=takes,
        long_reason=cycle.long_reason if takes > MOST_MINUTES else "",
        is_two_key=cycle.key_mode is KeyMode.TWO_KEY,
        shown_as=mail.party_name if group.is_attributed else "",
        has_named_reviews=not NAMED_VOICES.isdisjoint(voices),
        k=cycle.k,
    )
