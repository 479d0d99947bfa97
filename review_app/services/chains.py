"""Chains in the database, read back as the pure values; what is gone stays in its tables and is left out here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from review_app.models.base import new_id
from review_app.models.chains import ChainRecord, ContactRecord, ContractRecord, PartyRecord
from review_app.services import actions, chains_history, chains_writing
from review_app.services.chains_history import BY_COMMAND, Author
from review_app.services.errors import NotFoundError
from surveys.chain import Chain, Contact, Party, Role, Sector, Standing
from surveys.chain_words import size_words
from surveys.errors import ChainFaultsError, Fault
from surveys.identity import organisation_key, person_key

SHARED_BY_KIN = 3


@dataclass(frozen=True, slots=True)
class ChainSummary:
    """One line of the list of chains. ``asking``: how many of its actions wait for help."""

    id: str
    name: str
    parties: int
    contacts: int
    asking: int = 0


def keep(session: Session, now: datetime, chain: Chain, by: Author = BY_COMMAND) -> str:
    """The id of a chain that is now in the database, all of it. Raises ChainFaultsError when its name is taken."""
    refuse_taken_name(session, chain.name, but="")
    record = ChainRecord(id=new_id(), name=chain.name, created_at=now)
    session.add(record)
    flush_name(session, chain.name)
    chains_writing.write(session, now, record.id, chain)
    sentence = f"{by.words} imported {chain.name}: {size_words(chain.parties)}."
    chains_history.record(session, now, record.id, by, kind="import", sentences=[sentence])
    return record.id


def load(session: Session, chain_id: str) -> Chain:
    """A chain as it is now, with the database's ids. Raises NotFoundError."""
    return _load(session, chain_id, PartyRecord.gone_at.is_(None), ContactRecord.gone_at.is_(None))


def load_with_gone(session: Session, chain_id: str) -> Chain:
    """A chain with all organisations and people that it ever had, to know their names by. Raises NotFoundError."""
    return _load(session, chain_id, true(), true())


def _load(
    session: Session, chain_id: str, of_parties: ColumnElement[bool], of_contacts: ColumnElement[bool]
) -> Chain:
    name = session.scalar(select(ChainRecord.name).where(ChainRecord.id == chain_id))
    if name is None:
        raise NotFoundError("There is no such chain.")
    records = session.execute(
        select(
            PartyRecord.id,
            PartyRecord.name,
            PartyRecord.role,
            PartyRecord.sector,
            PartyRecord.tier,
            PartyRecord.services,
            PartyRecord.standing,
        )
        .where(PartyRecord.chain_id == chain_id, of_parties)
        # The one that is there comes before one that is gone.
        .order_by(PartyRecord.gone_at.is_not(None), PartyRecord.position)
    ).all()
    buyers = _buyers(session, chain_id, {row.id for row in records})
    contacts = _contacts(session, chain_id, of_contacts)
    parties = tuple(
        Party(
            id=row.id,
            name=row.name,
            role=Role(row.role),
            sector=Sector(row.sector),
            tier=row.tier,
            services=row.services,
            buyers=tuple(buyers.get(row.id, ())),
            contacts=tuple(contacts.get(row.id, ())),
            standing=Standing(row.standing),
        )
        for row in records
    )
    return Chain(chain_id, name, parties)


def by_name(session: Session, name: str) -> str:
    """The id of the chain of a name. Raises NotFoundError."""
    found = session.scalar(select(ChainRecord.id).where(ChainRecord.name == name))
    if found is None:
        raise NotFoundError(f"There is no chain called {name}. Import it with: roundtable chain import")
    return found


def refuse_taken_name(session: Session, name: str, *, but: str) -> None:
    """Raises ChainFaultsError when a chain other than ``but`` has this name."""
    if session.scalar(select(ChainRecord.id).where(ChainRecord.name == name, ChainRecord.id != but)):
        raise _taken(name)


def flush_name(session: Session, name: str) -> None:
    """Writes a chain's new name. Raises ChainFaultsError when somebody else has just taken it."""
    try:
        session.flush()
    except IntegrityError:
        raise _taken(name) from None


def summaries(session: Session) -> tuple[ChainSummary, ...]:
    """Every chain, by name, with its counts."""
    query = (
        select(
            ChainRecord.id,
            ChainRecord.name,
            func.count(func.distinct(PartyRecord.id)),
            func.count(ContactRecord.id),
            actions.how_many_want_help(ChainRecord.id),
        )
        .join(PartyRecord, PartyRecord.chain_id == ChainRecord.id)
        .join(ContactRecord, ContactRecord.party_id == PartyRecord.id)
        .where(PartyRecord.gone_at.is_(None), ContactRecord.gone_at.is_(None))
        .group_by(ChainRecord.id, ChainRecord.name)
        .order_by(ChainRecord.name)
    )
    return tuple(ChainSummary(*row) for row in session.execute(query))


def kin(session: Session, chain_id: str) -> frozenset[str]:
    """The ids of a chain and of every chain with three or more of the same people in it, now or once.

    The rules about two reviews of one chain hold for all of these: importing a chain again under another name, or
    taking the people out of the old one, must not undo them. Two groups of five people or more that differ by four
    at most share at least three.
    """
    people: dict[str, set[str]] = {}
    query = select(PartyRecord.chain_id, PartyRecord.name, ContactRecord.name, ContactRecord.email).join(
        ContactRecord, ContactRecord.party_id == PartyRecord.id
    )
    for found_id, party, name, email in session.execute(query):
        people.setdefault(found_id, set()).add(person_key(organisation_key(party), name, email))
    own = people.get(chain_id, set())
    return frozenset(
        found_id
        for found_id, others in people.items()
        if found_id == chain_id or len(own & others) >= SHARED_BY_KIN
    )


def _contacts(session: Session, chain_id: str, of_contacts: ColumnElement[bool]) -> dict[str, list[Contact]]:
    """The people of a chain, by the id of their organisation."""
    query = (
        select(
            ContactRecord.party_id,
            ContactRecord.id,
            ContactRecord.name,
            ContactRecord.job_title,
            ContactRecord.email,
            ContactRecord.postal_address,
        )
        .join(PartyRecord, PartyRecord.id == ContactRecord.party_id)
        .where(PartyRecord.chain_id == chain_id, of_contacts)
        .order_by(ContactRecord.position)
    )
    found: dict[str, list[Contact]] = {}
    for party_id, *values in session.execute(query):
        found.setdefault(party_id, []).append(Contact(*values))
    return found


def _buyers(session: Session, chain_id: str, known: set[str]) -> dict[str, list[str]]:
    """Whom each organisation works for. One that left since its chain was read is nobody's buyer."""
    query = (
        select(ContractRecord.supplier_id, ContractRecord.buyer_id)
        .join(PartyRecord, PartyRecord.id == ContractRecord.supplier_id)
        .where(PartyRecord.chain_id == chain_id)
        .order_by(ContractRecord.buyer_id)
    )
    found: dict[str, list[str]] = {}
    for supplier_id, buyer_id in session.execute(query):
        if buyer_id in known:
            found.setdefault(supplier_id, []).append(buyer_id)
    return found


def _taken(name: str) -> ChainFaultsError:
    return ChainFaultsError(
        [Fault("name", f"There is a chain called {name} already.", "Give this one another name.")]
    )
