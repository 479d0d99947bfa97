"""The approval: the key file is made and proved, the list is settled, and exactly what is launched is approved."""

from __future__ import annotations

import hashlib
import json

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from review_app.models.cycles import CycleRecord
from review_app.models.rosters import RosterChallengeRecord, RosterRequestRecord
from review_app.services import chains
from review_app.services.cycles import guarded_draft
from review_app.services.errors import NotAllowedError, NotYetError
from surveys import sealing
from surveys.chain import Chain, Contact
from surveys.cycle import KeyMode
from surveys.language import Language


def make_key(session: Session, cycle_id: str, steward_id: str) -> bytes:
    """A fresh opening key for a draft in two-key mode: the caller seals it for the steward and forgets it.

    The cycle keeps the sealing key. Making a key again replaces the earlier one, before the launch only.
    """
    record = guarded_draft(session, cycle_id, steward_id)
    if record.key_mode != KeyMode.TWO_KEY:
        raise NotAllowedError("In one-host mode the key is made by the launch.")
    pair = sealing.new_key_pair()
    record.sealing_key = pair.sealing
    record.approval = None
    return pair.opening


def approve(session: Session, cycle_id: str, steward_id: str, *, opening_key: bytes | None) -> None:
    """The steward approves who is asked and how; in two-key mode only with the key that the steward really holds.

    Raises NotYetError without a key or with an open point of the roster, NotAllowedError with another key.
    """
    record = guarded_draft(session, cycle_id, steward_id)
    if left := open_points(session, cycle_id):
        points = "1 point of the list waits" if left == 1 else f"{left} points of the list wait"
        raise NotYetError(f"{points} to be settled. Settle them on the page of the list first.")
    if record.key_mode == KeyMode.TWO_KEY:
        if record.sealing_key is None:
            raise NotYetError("There is no key yet. Make the key file first.")
        if opening_key is None or sealing.sealing_key_of(opening_key) != record.sealing_key:
            raise NotAllowedError(
                "This is the key file of another review, or an older one. Use the newest file."
            )
    record.approval = approval_digest(record, chains.load(session, record.chain_id))


def open_points(session: Session, cycle_id: str) -> int:
    """How many challenges and requests about the roster the steward has not settled."""
    return sum(
        session.scalar(
            select(func.count()).select_from(model).where(model.cycle_id == cycle_id, flag.is_(False))
        )
        or 0
        for model, flag in (
            (RosterChallengeRecord, RosterChallengeRecord.is_settled),
            (RosterRequestRecord, RosterRequestRecord.is_done),
        )
    )


def approval_digest(record: CycleRecord, chain: Chain) -> str:
    """What an approval covers: the design, and everybody in the chain. SHA-256 in hex."""
    covered: list[object] = [
        record.title,
        record.instrument,
        record.plan,
        record.k,
        record.key_mode,
        record.too_soon_reason,
        record.long_reason,
        record.closes_at.isoformat(),
        (record.sealing_key or b"").hex(),
        [
            [
                party.name,
                party.role,
                party.sector,
                party.standing,
                sorted(party.buyers),
                [_covered(contact) for contact in party.contacts],
            ]
            for party in chain.parties
        ],
    ]
    # Only for a review in both languages, so that what was approved before there were any stays approved.
    if record.languages != Language.ENGLISH:
        covered += [record.languages, record.long_reason_welsh]
    # Likewise: what was approved before there was a day for the reports had none of these.
    if record.publish_after_days is not None:
        covered += [record.publish_after_days, record.publication, record.counted_by]
    return hashlib.sha256(json.dumps(covered).encode()).hexdigest()


def _covered(contact: Contact) -> list[str]:
    covered = [contact.name, contact.email]
    # Only where there is one, so that what was approved before there were any stays approved.
    return [*covered, contact.postal_address] if contact.postal_address else covered
