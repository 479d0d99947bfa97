"""A chain after one edit. Nothing is checked here: what comes out may break a rule of ``chain_rules``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from surveys.chain import Chain, Contact, Party
from surveys.identity import person_key


def put_party(chain: Chain, party: Party) -> Chain:
    """The chain with an organisation in the place of the one with its id, or at the end."""
    if any(other.id == party.id for other in chain.parties):
        parties = tuple(party if other.id == party.id else other for other in chain.parties)
    else:
        parties = (*chain.parties, party)
    return replace(chain, parties=parties)


def remove_party(chain: Chain, party_id: str) -> Chain:
    """The chain without an organisation, its people, and its contracts."""
    return replace(
        chain,
        parties=tuple(
            replace(party, buyers=tuple(buyer for buyer in party.buyers if buyer != party_id))
            for party in chain.parties
            if party.id != party_id
        ),
    )


def put_contact(chain: Chain, party_id: str, contact: Contact, *, replaces: str | None = None) -> Chain:
    """The chain with a person in an organisation: in the place of ``replaces`` (a contact's id), or at the end."""
    party = next(party for party in chain.parties if party.id == party_id)
    if replaces in {other.id for other in party.contacts}:
        contacts = tuple(contact if other.id == replaces else other for other in party.contacts)
    else:
        contacts = (*party.contacts, contact)
    return put_party(chain, replace(party, contacts=contacts))


def remove_contact(chain: Chain, contact_id: str) -> Chain:
    """The chain without a person."""
    return replace(
        chain,
        parties=tuple(
            replace(party, contacts=tuple(contact for contact in party.contacts if contact.id != contact_id))
            for party in chain.parties
        ),
    )


def merge_parties(chain: Chain, stays: str, goes: str) -> Chain:
    """The chain with two organisations as one: the one that stays keeps its own name, role, sector and services.

    It takes over the other's people (somebody whom both have, once), whom the other works for, and who works
    for the other.
    """
    kept = next(party for party in chain.parties if party.id == stays)
    other = next(party for party in chain.parties if party.id == goes)
    known = {person_key("", contact.name, contact.email) for contact in kept.contacts}
    merged = replace(
        kept,
        buyers=_once(buyer for buyer in (*kept.buyers, *other.buyers) if buyer not in (stays, goes)),
        contacts=(
            *kept.contacts,
            *(
                contact
                for contact in other.contacts
                if person_key("", contact.name, contact.email) not in known
            ),
        ),
    )
    parties = (merged if party.id == stays else party for party in chain.parties if party.id != goes)
    return replace(
        chain,
        parties=tuple(
            replace(party, buyers=_once(stays if buyer == goes else buyer for buyer in party.buyers))
            for party in parties
        ),
    )


def _once(ids: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(ids))
