"""Sends what the outbox owes: leases a batch, derives each link, hands the mails over, records what happened."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from review_app import clock
from review_app.database import reading, transaction
from review_app.keys import KeyMissingError
from review_app.mail.messages import Desk, compose
from review_app.mail.transports import MailError, Transport, WayBack, transport_for
from review_app.services import leasing, occasions, outbox, silencing
from review_app.services.leasing import Leased
from review_app.services.occasions import Setting
from review_app.services.outbox import MailKind
from review_app.state import State
from surveys.language import Language

BATCH = 20

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Asking:
    """What is the same for every mail of a review. ``link_key``: None where it is gone, or not there yet."""

    setting: Setting
    silences: frozenset[str]
    link_key: bytes | None


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
        return leasing.lease(session, clock.now(), BATCH)


def _send_batch(state: State, batch: tuple[Leased, ...]) -> int:
    sent = 0
    asking = {cycle_id: _asking(state, cycle_id) for cycle_id in {mail.cycle_id for mail in batch}}
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
    if mail.link is not None and asking.link_key is None:
        _put_back([mail.id], MailError("the link key is missing"))
        return 0
    if _is_unwanted(mail, asking):
        # Recorded like every other: a gap would tell the organiser who asked the steward to be left out.
        with transaction() as session:
            leasing.record_sent(session, mail.id)
        return 0
    try:
        message = compose(
            mail,
            occasions.occasion(asking.setting, mail),
            Desk(state.settings.base_url, state.settings.mail_from, clock.now()),
            languages=(Language.ENGLISH,),
            link_key=asking.link_key,
        )
        transport.send(message, mail.cycle_id, _way_back(mail))
    except MailError as error:
        if error.is_server:
            raise
        _put_back([mail.id], error)
        return 0
    with transaction() as session:
        leasing.record_sent(session, mail.id)
    return 1


def _is_unwanted(mail: Leased, asking: _Asking) -> bool:
    # Whoever asks for the link again wants that mail; whose silence it was is not known without the key.
    if mail.kind is MailKind.LINK_AGAIN or mail.link is None or asking.link_key is None:
        return False
    return silencing.is_silenced(asking.silences, asking.link_key, mail.link.invitation_id, mail.link.number)


def _way_back(mail: Leased) -> WayBack:
    # Nobody can have asked to be left out before the link was there: only then may a report of success be wanted.
    return WayBack(mail.return_token, asks_success=mail.kind in outbox.LINK_BRINGERS)


def _put_back(mail_ids: list[str], error: MailError) -> None:
    logger.warning(
        "%d mail(s) did not leave: %s.%s", len(mail_ids), error.problem, error.mend and f" {error.mend}"
    )
    with transaction() as session:
        for mail_id in mail_ids:
            leasing.record_failed(session, clock.now(), mail_id, error.problem, is_final=error.is_final)


def _asking(state: State, cycle_id: str) -> _Asking:
    with reading() as session:
        setting, silences = occasions.setting(session, cycle_id), silencing.silenced(session, cycle_id)
    try:
        link_key: bytes | None = state.keys.link_key(cycle_id)
    except KeyMissingError:
        link_key = None
    return _Asking(setting, silences, link_key)
