"""Everybody on the list of a draft is asked by mail whether the list is right. The steward sends it, twice at most."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from review_app.models.chains import ContactRecord, PartyRecord
from review_app.models.outbox import MailKind, MailRecord, MailState
from review_app.services import chains, cycles, occasions, outbox
from review_app.services.occasions import RosterCheck
from surveys.chain import Contact, Party
from surveys.matrix import assign

MOST_ROUNDS = 2


@dataclass(frozen=True, slots=True)
class RosterMail:
    """What the steward sees before sending. ``unmailed``: how many have no email address; ``sent_at``: of each round.

    ``sample``: what one of the mails says, to ``sample_name``; None while nobody would be asked.
    """

    mailed: int
    unmailed: int
    sent_at: tuple[datetime, ...]
    sample: RosterCheck | None
    sample_name: str

    @property
    def may_send(self) -> bool:
        """Whether another round may be sent."""
        return self.mailed > 0 and len(self.sent_at) < MOST_ROUNDS


def look(session: Session, cycle_id: str, steward_id: str) -> RosterMail:
    """What would be sent to whom. Raises NotFoundError for anybody else, NotAllowedError after the launch."""
    cycles.guarded_draft(session, cycle_id, steward_id)
    people = _people(session, cycle_id)
    mailed = [(contact, party) for contact, party in people if contact.email]
    contact, party = mailed[0] if mailed else (None, None)
    return RosterMail(
        mailed=len(mailed),
        unmailed=len(people) - len(mailed),
        sent_at=_sent_at(session, cycle_id),
        sample=_sample(session, cycle_id, party) if party else None,
        sample_name=contact.name if contact else "",
    )


def send(session: Session, now: datetime, cycle_id: str, steward_id: str, *, number: int) -> int:
    """How many mails were queued: the round of this number, 0 when it is not the next one (a button pressed twice).

    Raises NotFoundError for anybody but the steward, NotAllowedError after the launch.
    """
    cycles.guarded_draft(session, cycle_id, steward_id)
    if number != outbox.rounds(session, cycle_id, MailKind.ROSTER_CHECK) + 1 or number > MOST_ROUNDS:
        return 0
    contact_ids = [contact.id for contact, _ in _people(session, cycle_id)]
    return outbox.queue_to_contacts(
        session, now, cycle_id, contact_ids, MailKind.ROSTER_CHECK, most=MOST_ROUNDS
    )


def call_off(session: Session, chain_id: str) -> None:
    """Withdraws what is still owed to people who are not on the list of a chain any more."""
    gone = (
        select(ContactRecord.id)
        .join(PartyRecord, PartyRecord.id == ContactRecord.party_id)
        .where(PartyRecord.chain_id == chain_id, ContactRecord.gone_at.is_not(None))
    )
    owed = (MailState.QUEUED.value, MailState.SENDING.value)
    session.execute(
        update(MailRecord)
        .where(
            MailRecord.kind == MailKind.ROSTER_CHECK.value,
            MailRecord.state.in_(owed),
            MailRecord.contact_id.in_(gone),
        )
        .values(state=MailState.CANCELLED.value, leased_until=None)
    )


def _sample(session: Session, cycle_id: str, party: Party) -> RosterCheck:
    of = occasions.setting(session, cycle_id)
    chain = chains.load(session, of.cycle.chain_id)
    return RosterCheck(chain.name, chain.prime.name, party.name, of.cycle.steward_name, of.roster_code)


def _people(session: Session, cycle_id: str) -> tuple[tuple[Contact, Party], ...]:
    """Whoever would be asked, in the order of the chain."""
    cycle = cycles.load(session, cycle_id)
    chain = chains.load(session, cycle.chain_id)
    asked = {one.contact_id for one in assign(chain, cycle.plan, cycle.instrument.voices).assignments}
    return tuple(
        (contact, party) for party in chain.parties for contact in party.contacts if contact.id in asked
    )


def _sent_at(session: Session, cycle_id: str) -> tuple[datetime, ...]:
    # The earliest of a round: a failed mail that was tried again counts from then.
    query = (
        select(func.min(MailRecord.queued_at))
        .where(MailRecord.cycle_id == cycle_id, MailRecord.kind == MailKind.ROSTER_CHECK.value)
        .group_by(MailRecord.number)
        .order_by(MailRecord.number)
    )
    return tuple(session.scalars(query))
