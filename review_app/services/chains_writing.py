"""The rows of a chain made what its values say: rows that stay keep their ids, what is gone is marked and kept.

The rows are moved in the order that the constraints want: names are freed before they are given away.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from review_app.models.base import new_id
from review_app.models.chains import ContactRecord, ContractRecord, PartyRecord
from surveys.chain import Chain, Contact, Party
from surveys.identity import destination_key, organisation_key


def write(session: Session, moment: datetime, chain_id: str, chain: Chain) -> None:
    """Writes a chain whose ids are the database's where it knows them; everything with another id is new.

    An organisation or a person that was gone and comes back gets its old row. ``moment``: when the others are gone.
    """
    rows = session.scalars(select(PartyRecord).where(PartyRecord.chain_id == chain_id)).all()
    parties = _matched(rows, chain, chain_id)
    _free_names(session, moment, rows, {row.id: party for party, row in parties})
    for position, (party, row) in enumerate(parties):
        _fill_party(row, position, party)
        session.add(row)
    session.flush()
    ids = {party.id: row.id for party, row in parties}
    _write_contacts(session, moment, chain_id, chain, ids)
    _write_contracts(session, chain_id, chain, ids)
    session.flush()


def _matched(rows: Sequence[PartyRecord], chain: Chain, chain_id: str) -> list[tuple[Party, PartyRecord]]:
    """Each organisation with its row: the one of its id, else the one that was gone, else a new one."""
    present = {row.id: row for row in rows if row.gone_at is None}
    gone = {organisation_key(row.name): row for row in sorted(filter(_is_gone, rows), key=_when_gone)}
    return [
        (
            party,
            present.get(party.id)
            or gone.pop(organisation_key(party.name), None)
            or PartyRecord(id=new_id(), chain_id=chain_id),
        )
        for party in chain.parties
    ]


def _free_names(
    session: Session, moment: datetime, rows: Sequence[PartyRecord], kept: Mapping[str, Party]
) -> None:
    """Marks what is gone, and takes away every key that changes: two organisations may exchange their names."""
    for row in rows:
        party = kept.get(row.id)
        if party is None and row.gone_at is None:
            row.gone_at = moment
        if party is None or row.name_key != organisation_key(party.name):
            row.name_key = f"gone {row.id}"
    session.flush()


def _fill_party(row: PartyRecord, position: int, party: Party) -> None:
    row.position = position
    row.name = party.name
    row.name_key = organisation_key(party.name)
    row.role = party.role.value
    row.sector = party.sector.value
    row.tier = party.tier
    row.services = party.services
    row.standing = party.standing.value
    row.gone_at = None


def _write_contacts(
    session: Session, moment: datetime, chain_id: str, chain: Chain, ids: Mapping[str, str]
) -> None:
    of_chain = select(PartyRecord.id).where(PartyRecord.chain_id == chain_id)
    rows = session.scalars(select(ContactRecord).where(ContactRecord.party_id.in_(of_chain))).all()
    present = {row.id: row for row in rows if row.gone_at is None}
    gone = {_destination(row.party_id, row): row for row in sorted(filter(_is_gone, rows), key=_when_gone)}
    kept: set[str] = set()
    for party in chain.parties:
        for position, contact in enumerate(party.contacts):
            row = (
                present.get(contact.id)
                or gone.pop(_destination(ids[party.id], contact), None)
                or ContactRecord(id=new_id())
            )
            row.party_id, row.position = ids[party.id], position
            row.name, row.job_title = contact.name, contact.job_title
            row.email, row.postal_address = contact.email, contact.postal_address
            row.gone_at = None
            kept.add(row.id)
            session.add(row)
    for id_, row in present.items():
        if id_ not in kept:
            row.gone_at = moment


def _write_contracts(session: Session, chain_id: str, chain: Chain, ids: Mapping[str, str]) -> None:
    of_chain = select(PartyRecord.id).where(PartyRecord.chain_id == chain_id)
    rows = session.scalars(select(ContractRecord).where(ContractRecord.supplier_id.in_(of_chain))).all()
    wanted = {(ids[party.id], ids[buyer]) for party in chain.parties for buyer in party.buyers}
    for row in rows:
        if (row.supplier_id, row.buyer_id) not in wanted:
            session.delete(row)
    known = {(row.supplier_id, row.buyer_id) for row in rows}
    session.add_all(
        ContractRecord(supplier_id=supplier, buyer_id=buyer) for supplier, buyer in sorted(wanted - known)
    )


def _destination(party_id: str, contact: Contact | ContactRecord) -> str:
    return destination_key(party_id, contact.name, contact.email, contact.postal_address)


def _is_gone(row: PartyRecord | ContactRecord) -> bool:
    return row.gone_at is not None


def _when_gone(row: PartyRecord | ContactRecord) -> float:
    return row.gone_at.timestamp() if row.gone_at else 0.0
