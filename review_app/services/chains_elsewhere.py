"""Where else the organisations and the people of a chain stand: one organisation may be in many chains."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from review_app.models.chains import ChainRecord, ContactRecord, PartyRecord
from surveys.identity import email_key


@dataclass(frozen=True, slots=True)
class OtherChain:
    """Another chain that an organisation is in too."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class OtherPlace:
    """Another place where an address stands."""

    chain_id: str
    chain_name: str
    party_id: str
    party_name: str
    contact_name: str


def also_in(session: Session, chain_id: str) -> Mapping[str, tuple[OtherChain, ...]]:
    """By the ids of a chain's organisations: the other chains, by name, that have one of the same name."""
    own, other = aliased(PartyRecord), aliased(PartyRecord)
    query = (
        select(own.id, ChainRecord.id, ChainRecord.name)
        .join(other, (other.name_key == own.name_key) & (other.chain_id != own.chain_id))
        .join(ChainRecord, ChainRecord.id == other.chain_id)
        .where(own.chain_id == chain_id, own.gone_at.is_(None), other.gone_at.is_(None))
        .order_by(ChainRecord.name)
    )
    found: dict[str, list[OtherChain]] = {}
    for party_id, other_id, name in session.execute(query):
        found.setdefault(party_id, []).append(OtherChain(other_id, name))
    return {party_id: tuple(others) for party_id, others in found.items()}


def address_elsewhere(session: Session, chain_id: str, email: str) -> tuple[OtherPlace, ...]:
    """Where an address stands in other chains, by their names; nowhere for people who have none."""
    key = email_key(email)
    if not key:
        return ()
    query = (
        select(
            ContactRecord.email,
            ChainRecord.id,
            ChainRecord.name,
            PartyRecord.id,
            PartyRecord.name,
            ContactRecord.name,
        )
        .join(PartyRecord, PartyRecord.id == ContactRecord.party_id)
        .join(ChainRecord, ChainRecord.id == PartyRecord.chain_id)
        .where(PartyRecord.chain_id != chain_id, ContactRecord.gone_at.is_(None))
        .order_by(ChainRecord.name)
    )
    return tuple(
        OtherPlace(*place) for address, *place in session.execute(query) if email_key(address) == key
    )
