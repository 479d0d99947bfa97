"""The way of somebody who is asked in a pulse: found by the secret in the link, answering, taking back.

No identity is ever written: every write goes to the sealed table of the pulse, under an id that only the link gives.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, distinct, func, select
from sqlalchemy.orm import Session, aliased

from review_app.models.accounts import AccountRecord
from review_app.models.actions import ActionOwnerRecord, ActionPersonRecord, ActionRecord
from review_app.models.ballots import pulse_answers_table
from review_app.models.chains import ContactRecord, PartyRecord
from review_app.models.cycles import CycleRecord
from review_app.models.pulses import PulseInvitationRecord, PulseRecord
from review_app.services import cycles
from review_app.services.designs import languages_from_text
from review_app.services.errors import PulseNotOpenError
from review_app.services.pulses import SEALED_SIZE
from review_app.services.sealed_rows import upsert
from surveys import sealing
from surveys.cycle import KeyMode
from surveys.groups import DisclosurePolicy
from surveys.language import N_, Language
from surveys.pulse import Answered, PulseState, envelope


@dataclass(frozen=True, slots=True)
class Asked:
    """What a valid link opens. It holds the secret, so it never leaves the request that made it.

    ``reference`` names the link in forms. ``title``, ``for_whom``, ``owners``: of the action. ``people``,
    ``organisations``: how many are asked.
    """

    secret: bytes
    reference: str
    pulse_id: str
    party_id: str
    contact_name: str
    chain_name: str
    prime_name: str
    steward_name: str
    title: str
    for_whom: str
    owners: tuple[str, ...]
    people: int
    organisations: int
    policy: DisclosurePolicy
    key_mode: KeyMode
    closes_at: datetime
    languages: tuple[Language, ...]
    storage: str
    sealing_key: bytes

    def __repr__(self) -> str:
        return "Asked(…)"


def find(session: Session, now: datetime, secret: bytes) -> Asked | None:
    """Whom a link's secret belongs to; None for every unknown link and every pulse that is not open."""
    all_asked = aliased(PulseInvitationRecord)
    organisations = select(func.count(distinct(all_asked.party_id))).where(
        all_asked.pulse_id == PulseRecord.id
    )
    found = session.execute(
        select(
            PulseRecord,
            PulseInvitationRecord.party_id,
            ContactRecord.name.label("contact_name"),
            AccountRecord.name.label("steward_name"),
            ActionRecord.title,
            ActionRecord.for_whom,
            CycleRecord.languages,
            organisations.scalar_subquery().label("organisations"),
        )
        .select_from(PulseInvitationRecord)
        .join(PulseRecord, PulseRecord.id == PulseInvitationRecord.pulse_id)
        .join(ContactRecord, ContactRecord.id == PulseInvitationRecord.contact_id)
        .join(ActionRecord, ActionRecord.id == PulseRecord.action_id)
        .join(CycleRecord, CycleRecord.id == PulseRecord.cycle_id)
        .join(AccountRecord, AccountRecord.id == CycleRecord.steward_id)
        .where(
            PulseInvitationRecord.verifier == sealing.verifier(secret),
            # Held against here, so that a link of a closed pulse costs what an unknown one does.
            PulseRecord.state == PulseState.OPEN.value,
            PulseRecord.closes_at > now,
        )
    ).one_or_none()
    if found is None:
        return None
    record: PulseRecord = found[0]
    roster = cycles.roster(session, record.cycle_id)
    return Asked(
        secret=secret,
        reference=sealing.review_reference(secret, record.id),
        pulse_id=record.id,
        party_id=found.party_id,
        contact_name=found.contact_name,
        chain_name=roster.chain_name,
        prime_name=roster.prime_name,
        steward_name=found.steward_name,
        title=found.title,
        for_whom=found.for_whom,
        owners=owners_of(session, record.action_id, roster.parties),
        people=record.asked,
        organisations=found.organisations,
        policy=DisclosurePolicy(k=record.k),
        key_mode=KeyMode(record.key_mode),
        closes_at=record.closes_at,
        languages=languages_from_text(found.languages),
        storage=record.storage,
        sealing_key=record.sealing_key,
    )


def is_received(session: Session, asked: Asked) -> bool:
    """Whether something lies under this link; what it says can be opened at the close alone."""
    table = pulse_answers_table(asked.storage)
    return session.scalar(select(table.c.id).where(table.c.id == _id(asked))) is not None


def send(session: Session, now: datetime, asked: Asked, answered: Answered) -> None:
    """Seals what this person says in the place of what they said before. Raises PulseNotOpenError."""
    _hold_open(session, now, asked.pulse_id)
    value = envelope(answered, asked.pulse_id, asked.party_id)
    blob = sealing.seal_ballot(asked.sealing_key, value, SEALED_SIZE)
    upsert(session, pulse_answers_table(asked.storage), _id(asked), blob)


def take_back(session: Session, now: datetime, asked: Asked) -> None:
    """Takes it back; nothing happens where nothing was sent. Raises PulseNotOpenError."""
    _hold_open(session, now, asked.pulse_id)
    table = pulse_answers_table(asked.storage)
    session.execute(delete(table).where(table.c.id == _id(asked)))


def _id(asked: Asked) -> bytes:
    return sealing.ballot_id(asked.secret, asked.pulse_id)


def _hold_open(session: Session, now: datetime, pulse_id: str) -> None:
    """Holds the close off until this transaction ends: a close waits for the answers that are being written."""
    state, closes_at = session.execute(
        select(PulseRecord.state, PulseRecord.closes_at)
        .where(PulseRecord.id == pulse_id)
        .with_for_update(read=True)
    ).one()
    if state != PulseState.OPEN or now >= closes_at:
        raise PulseNotOpenError(N_("This has closed. Nothing is taken any more."))


def owners_of(session: Session, action_id: str, names: Mapping[str, str]) -> tuple[str, ...]:
    """The organisations that own an action, by their names at the launch or, for new ones, as people know them now."""
    query = (
        select(PartyRecord.id, PartyRecord.name)
        .join(ActionPersonRecord, ActionPersonRecord.party_id == PartyRecord.id)
        .join(ActionOwnerRecord, ActionOwnerRecord.person_id == ActionPersonRecord.id)
        .where(ActionOwnerRecord.action_id == action_id)
        .distinct()
    )
    return tuple(sorted(names.get(id_, name) for id_, name in session.execute(query)))
