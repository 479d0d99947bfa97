"""The other pulses of the same people, which a new one may be held beside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from review_app.models.actions import ActionRecord
from review_app.models.chains import ChainRecord, ContactRecord, PartyRecord
from review_app.models.pulses import PulseInvitationRecord, PulseRecord
from review_app.services import chains
from review_app.services.actions import Action
from review_app.services.invited import listed_key
from surveys.cycle import BETWEEN_CLOSES
from surveys.identity import organisation_key
from surveys.pulse import EarlierPulse, Likeness, Matter, likeness


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another pulse of a chain, or of one of the same people. ``title``, ``for_whom``: what it asks about."""

    id: str
    title: str
    for_whom: str
    chain_name: str
    asked: int
    closes_at: datetime
    likeness: Likeness

    def is_near(self, now: datetime) -> bool:
        """Whether a pulse that is opened now can close within ninety days of this one."""
        return self.closes_at > now - BETWEEN_CLOSES


def neighbours(session: Session, action: Action) -> tuple[Neighbour, ...]:
    """Every other pulse of an action's chain and of whatever chain of these people, the one that closes last first.

    What the action said when it was asked about counts, and not what it says now.
    """
    query = (
        select(PulseRecord, ActionRecord, ChainRecord.name)
        .join(ActionRecord, ActionRecord.id == PulseRecord.action_id)
        .join(ChainRecord, ChainRecord.id == ActionRecord.chain_id)
        .where(ActionRecord.chain_id.in_(chains.kin(session, action.chain_id)))
        .order_by(PulseRecord.closes_at.desc(), PulseRecord.id)
    )
    matter = Matter(action.title, action.subject, action.question_id)
    return tuple(
        Neighbour(
            id=pulse.id,
            title=pulse.title,
            for_whom=pulse.for_whom,
            chain_name=chain_name,
            asked=pulse.asked,
            closes_at=pulse.closes_at,
            likeness=Likeness.SAME
            if other.id == action.id
            else likeness(matter, Matter(pulse.title, other.subject, other.question_id)),
        )
        for pulse, other, chain_name in session.execute(query)
    )


def earlier(session: Session, action: Action) -> tuple[EarlierPulse, ...]:
    """Those of them that ask about the same thing or the same statement, with whom they asked."""
    return tuple(
        EarlierPulse(one.closes_at, one.likeness, _asked_in(session, one.id))
        for one in neighbours(session, action)
        if one.likeness is not Likeness.OTHER
    )


def _asked_in(session: Session, pulse_id: str) -> dict[str, str]:
    query = (
        select(PartyRecord.name, ContactRecord.name, ContactRecord.email)
        .select_from(PulseInvitationRecord)
        .join(ContactRecord, ContactRecord.id == PulseInvitationRecord.contact_id)
        .join(PartyRecord, PartyRecord.id == PulseInvitationRecord.party_id)
        .where(PulseInvitationRecord.pulse_id == pulse_id)
    )
    return {listed_key(*row): organisation_key(row[0]) for row in session.execute(query)}
