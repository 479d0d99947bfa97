"""Whom a pulse can ask: the pooled groups of the review, without whoever answers for the action or speaks for it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from review_app.models.chains import ContactRecord
from review_app.models.cycles import InvitationRecord
from review_app.models.readers import ReaderRecord
from review_app.services.actions import Action
from review_app.services.cycles import Cycle
from review_app.services.invited import listed_key
from surveys.chain import Chain, Contact, Party, Standing
from surveys.identity import email_key
from surveys.workshop import PAYING_ROLES


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody whom a pulse can ask. ``key``: the same in every chain that this person is in."""

    contact_id: str
    name: str
    email: str
    party_id: str
    party_name: str
    key: str


@dataclass(frozen=True, slots=True)
class Audience:
    """One group of the review, and who in it can be asked."""

    group_id: str
    title: str
    people: tuple[Candidate, ...]

    @property
    def organisations(self) -> int:
        """From how many organisations they are."""
        return len({person.party_id for person in self.people})


@dataclass(frozen=True, slots=True)
class _Concerned:
    """Who may not be asked. ``parties``: the owners' organisations; ``addresses``: keys, of people."""

    parties: frozenset[str]
    addresses: frozenset[str]


def audiences(session: Session, action: Action, cycle: Cycle, chain: Chain) -> tuple[Audience, ...]:
    """The pooled groups of the review without those who own the action and those who pay.

    Nor is the verifier asked, who speaks under their own name; nor anybody without an email address.
    """
    concerned = _concerned(session, action, cycle, chain)
    found = []
    for group in cycle.plan.groups:
        parties = [party for party in chain.parties if cycle.plan.group_of(party) is group]
        people = tuple(
            _candidate(party, contact)
            for party in parties
            if party.role not in PAYING_ROLES
            and party.standing is Standing.PRESENT
            and party.id not in concerned.parties
            for contact in party.contacts
            if contact.email and email_key(contact.email) not in concerned.addresses
        )
        if people and not group.is_attributed:
            found.append(Audience(group.id, group.title, people))
    return tuple(found)


def _candidate(party: Party, contact: Contact) -> Candidate:
    key = listed_key(party.name, contact.name, contact.email)
    return Candidate(contact.id, contact.name, contact.email, party.id, party.name, key)


def _concerned(session: Session, action: Action, cycle: Cycle, chain: Chain) -> _Concerned:
    """The owners' organisations, as they became owners and as they are now, and everybody who was of these.

    Organisations are merged and people move: who was an owner's colleague at the launch stays one, under whatever name.
    People are known by their addresses, because the same person can be another contact.
    """
    owner_ids = {one.contact_id for one in action.owners}
    owners = _addresses(session, owner_ids)
    named = owners | _addresses(session, {action.verifier.contact_id})
    today = {
        party.id
        for party in chain.parties
        for contact in party.contacts
        if contact.id in owner_ids or email_key(contact.email) in owners
    }
    parties = frozenset({one.party_id for one in action.owners} | today)
    return _Concerned(parties, named | _colleagues(session, cycle, parties))


def _addresses(session: Session, contact_ids: Collection[str]) -> frozenset[str]:
    emails = session.scalars(select(ContactRecord.email).where(ContactRecord.id.in_(contact_ids)))
    return frozenset(email_key(email) for email in emails if email)


def _colleagues(session: Session, cycle: Cycle, parties: Collection[str]) -> frozenset[str]:
    """The keys of the addresses of those who were of these organisations on the list that the review began with."""
    listed = [
        select(record.contact_id).where(record.cycle_id == cycle.id, record.party_id.in_(parties))
        for record in (InvitationRecord, ReaderRecord)
    ]
    query = select(ContactRecord.email).where(or_(*(ContactRecord.id.in_(ids) for ids in listed)))
    return frozenset(email_key(email) for email in session.scalars(query) if email)
