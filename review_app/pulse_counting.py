"""Reminds, closes and counts pulses, from the opening key to the verified purge: the worker's step for them."""

from __future__ import annotations

import logging

from review_app import clock
from review_app.counting import wipe_residue
from review_app.database import reading, transaction
from review_app.keys import KeyFolder
from review_app.services import pulse_closing, pulse_mail

logger = logging.getLogger(__name__)


def look(keys: KeyFolder) -> None:
    """Everything that is owed to pulses now."""
    remind_due()
    begin_due()
    count_waiting(keys)
    purge_closed(keys)


def remind_due() -> None:
    """Queues the one reminder of every pulse that closes soon: to everybody, as nobody can see who has answered."""
    with reading() as session:
        due = pulse_mail.due(session, clock.now())
    for pulse_id in due:
        with transaction() as session:
            pulse_mail.remind(session, clock.now(), pulse_id)


def begin_due() -> int:
    """How many pulses stopped taking answers because their closing time has come."""
    with reading() as session:
        is_due = pulse_closing.has_due(session, clock.now())
    if not is_due:
        return 0
    with transaction() as session:
        return len(pulse_closing.begin(session, clock.now()))


def count_waiting(keys: KeyFolder) -> int:
    """How many pulses were counted: those whose opening key lies on this host (one-host mode)."""
    with reading() as session:
        waiting = pulse_closing.waiting(session)
    ours = [pulse_id for pulse_id in waiting if keys.has_opening_key(pulse_id)]
    for pulse_id in ours:
        count_pulse(pulse_id, keys.opening_key(pulse_id), keys)
    return len(ours)


def count_pulse(pulse_id: str, opening_key: bytes, keys: KeyFolder) -> None:
    """Opens, counts, shows and destroys.

    Raises NotAllowedError for another pulse's key, KeyMissingError without K.
    """
    with reading() as session:
        pulse_closing.check_key(session, pulse_id, opening_key)
        counted = pulse_closing.read(
            session, pulse_id, opening_key=opening_key, link_key=keys.link_key(pulse_id)
        )
    if counted.unreadable:
        logger.warning("%d rows were sent by nobody who was asked and were left out", counted.unreadable)
    with transaction() as session:
        pulse_closing.settle(session, clock.now(), pulse_id, counted)
    purge_closed(keys)


def purge_closed(keys: KeyFolder) -> int:
    """How many closed pulses are now verified to have left nothing secret behind; the others are tried again."""
    with reading() as session:
        unpurged = pulse_closing.unpurged(session)
    if not unpurged or not wipe_residue():
        return 0
    purged = 0
    for pulse_id in unpurged:
        with transaction() as session:
            purged += pulse_closing.purge(session, clock.now(), pulse_id, keys)
    return purged
