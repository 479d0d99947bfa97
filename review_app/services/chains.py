"""Chains in the database: kept whole from an import, and read back as the pure values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, selectinload

from review_app.models.base import new_id
from review_app.models.chains import ChainRecord, ContactRecord, ContractRecord, PartyRecord
from review_app.services.errors import NotFoundError
from surveys.chain import Chain, Contact, Party, Role, Sector
from surveys.errors import ChainFaultsError, Fault
from surveys.roster import email_key

SHARED_BY_KIN = 3


@dataclass(frozen=True, slots=True)
class ChainSummary:
    """One line of the list of chains."""

    id: str
    name: str
    parties: int
    contacts: int


def keep(session: Session, now: datetime, chain: Chain) -> str:
    """The id of a chain that is now in the database, all of it. Raises ChainFaultsError when its name is taken."""
    if session.scalar(select(ChainRecord.id).where(ChainRecord.name == chain.name)):
        raise _taken(chain.name)
    ids = {party.id: new_id() for party in chain.parties}
    record = ChainRecord(
        name=chain.name,
        created_at=now,
        parties=[_party_record(position, party, ids) for position, party in enumerate(chain.parties)],
    )
    session.add(record)
    try:
        session.flush()
    except IntegrityError:
        # Somebody else has just saved one of this name.
        raise _taken(chain.name) from None
    session.add_all(
        ContractRecord(supplier_id=ids[party.id], buyer_id=ids[buyer])
        for party in chain.parties
        for buyer in party.buyers
    )
    session.flush()
    return record.id


def load(session: Session, chain_id: str) -> Chain:
    """A chain, with the database's ids. Raises NotFoundError."""
    query = (
        select(ChainRecord)
        .where(ChainRecord.id == chain_id)
        .options(
            selectinload(ChainRecord.parties).selectinload(PartyRecord.contacts),
            selectinload(ChainRecord.parties).selectinload(PartyRecord.buyers),
        )
    )
    record = session.scalar(query)
    if record is None:
        raise NotFoundError("There is no such chain.")
    return Chain(record.id, record.name, tuple(_party(party) for party in record.parties))


def by_name(session: Session, name: str) -> str:
    """The id of the chain of a name. Raises NotFoundError."""
    found = session.scalar(select(ChainRecord.id).where(ChainRecord.name == name))
    if found is None:
        raise NotFoundError(f"There is no chain called {name}. Import it with: roundtable chain import")
    return found


def summaries(session: Session) -> tuple[ChainSummary, ...]:
    """Every chain, by name, with its counts."""
    query = (
        select(
            ChainRecord.id,
            ChainRecord.name,
            func.count(func.distinct(PartyRecord.id)),
            func.count(ContactRecord.id),
        )
        .join(PartyRecord, PartyRecord.chain_id == ChainRecord.id)
        .join(ContactRecord, ContactRecord.party_id == PartyRecord.id)
        .group_by(ChainRecord.id, ChainRecord.name)
        .order_by(ChainRecord.name)
    )
    return tuple(ChainSummary(*row) for row in session.execute(query))


def kin(session: Session, chain_id: str) -> frozenset[str]:
    """The ids of a chain and of every chain with three or more of the same people in it.

    The rules about two reviews of one chain hold for all of these: importing a chain again under another name
    must not undo them. Two groups of five people or more that differ by four at most share at least three.
    """
    addresses: dict[str, set[str]] = {}
    query = select(PartyRecord.chain_id, ContactRecord.email).join(
        ContactRecord, ContactRecord.party_id == PartyRecord.id
    )
    for found_id, email in session.execute(query):
        addresses.setdefault(found_id, set()).add(email_key(email))
    own = addresses.get(chain_id, set())
    return frozenset(
        found_id
        for found_id, others in addresses.items()
        if found_id == chain_id or len(own & others) >= SHARED_BY_KIN
    )


def _party_record(position: int, party: Party, ids: Mapping[str, str]) -> PartyRecord:
    return PartyRecord(
        id=ids[party.id],
        position=position,
        name=party.name,
        name_key=party.id,
        role=party.role.value,
        sector=party.sector.value,
        tier=party.tier,
        services=party.services,
        contacts=[
            ContactRecord(position=index, name=contact.name, job_title=contact.job_title, email=contact.email)
            for index, contact in enumerate(party.contacts)
        ],
    )


def _party(record: PartyRecord) -> Party:
    return Party(
        id=record.id,
        name=record.name,
        role=Role(record.role),
        sector=Sector(record.sector),
        tier=record.tier,
        services=record.services,
        buyers=tuple(contract.buyer_id for contract in record.buyers),
        contacts=tuple(
            Contact(contact.id, contact.name, contact.job_title, contact.email) for contact in record.contacts
        ),
    )


def _taken(name: str) -> ChainFaultsError:
    return ChainFaultsError(
        [Fault("name", f"There is a chain called {name} already.", "Give this one another name.")]
    )
