"""Chains as they are changed after their first import: by hand, by merging two organisations, by another import.

Every change is made in the same way: the chain is read under a lock, becomes another value, is held against the
rules, and is written onto its rows together with its history.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from review_app.models.base import new_id
from review_app.models.chains import ChainRecord
from review_app.models.cycles import CycleRecord
from review_app.services import chains, chains_history, chains_writing, roster_checks
from review_app.services.chains_history import Author, Kind
from review_app.services.errors import ChainChangedError, NotFoundError
from review_app.spreadsheet import check_address
from surveys import chain_edits
from surveys.chain import Chain, Contact, Party
from surveys.chain_changes import Changes, align, compare
from surveys.chain_rules import chain_digest, chain_faults
from surveys.chain_words import change_lines, summary_words
from surveys.cycle import CycleState
from surveys.errors import ChainFaultsError, Fault
from surveys.identity import destination_key

UNDER_WAY = (CycleState.OPEN.value, CycleState.CLOSING.value, CycleState.CLOSED.value)


@dataclass(frozen=True, slots=True)
class Edit:
    """Which chain is changed, when, and by whom."""

    chain_id: str
    now: datetime
    by: Author


@dataclass(frozen=True, slots=True)
class Merged:
    """What merging two organisations would do. ``digest``: the chain that it was worked out from."""

    stays: Party
    goes: Party
    changes: Changes
    faults: tuple[Fault, ...]
    digest: str


def save_party(session: Session, edit: Edit, party: Party) -> Changes:
    """Saves an organisation as a form gives it: name, role, sector, standing, services and buyers.

    Its id "" makes a new one, with the people given; those of one that is there stay as they are. Raises
    ChainFaultsError (places: names of columns, "" for the form as a whole), NotFoundError.
    """

    def alter(chain: Chain) -> Chain:
        if not party.id:
            contacts = tuple(replace(contact, id=new_id()) for contact in party.contacts)
            return chain_edits.put_party(chain, replace(party, id=new_id(), contacts=contacts))
        old = party_of(chain, party.id)
        return chain_edits.put_party(chain, replace(party, tier=old.tier, contacts=old.contacts))

    return _change(session, edit, alter)


def remove_party(session: Session, edit: Edit, party_id: str) -> Changes:
    """Takes an organisation and its people out of a chain; reviews that are under way keep them.

    Raises ChainFaultsError, NotFoundError.
    """

    def alter(chain: Chain) -> Chain:
        return chain_edits.remove_party(chain, party_of(chain, party_id).id)

    return _change(session, edit, alter)


def save_contact(session: Session, edit: Edit, party_id: str, contact: Contact) -> Changes:
    """Saves a person as one of an organisation's; the id "" makes a new one. Raises ChainFaultsError, NotFoundError.

    Another address makes another contact, and so does another name where there is no email address. Whoever was
    invited keeps what the steward approved: a mail or a letter of a review that is open never goes anywhere else,
    because its link opens that person's answers.
    """

    def alter(chain: Chain) -> Chain:
        target = party_of(chain, party_id)
        if not contact.id:
            return chain_edits.put_contact(chain, target.id, replace(contact, id=new_id()))
        source, old = contact_of(chain, contact.id)
        was, now = (
            destination_key(place.id, person.name, person.email, person.postal_address)
            for place, person in ((source, old), (target, contact))
        )
        new = contact if was == now else replace(contact, id=new_id())
        if source.id != target.id:
            chain = chain_edits.remove_contact(chain, old.id)
        return chain_edits.put_contact(chain, target.id, new, replaces=old.id)

    return _change(session, edit, alter)


def remove_contact(session: Session, edit: Edit, contact_id: str) -> Changes:
    """Takes a person out of a chain; reviews that are under way keep them. Raises ChainFaultsError, NotFoundError."""

    def alter(chain: Chain) -> Chain:
        return chain_edits.remove_contact(chain, contact_of(chain, contact_id)[1].id)

    return _change(session, edit, alter)


def rename(session: Session, edit: Edit, name: str) -> Changes:
    """Gives a chain another name. Raises ChainFaultsError (place: name), NotFoundError."""
    return _change(session, edit, lambda chain: replace(chain, name=name))


def preview_merge(session: Session, chain_id: str, stays: str, goes: str) -> Merged:
    """What merging would do, and what would be wrong with the chain then. Raises NotFoundError."""
    before = chains.load(session, chain_id)
    kept, other = party_of(before, stays), party_of(before, goes)
    if kept.id == other.id:
        raise NotFoundError("Choose two different organisations.")
    after = chain_edits.merge_parties(before, kept.id, other.id)
    faults = tuple(fault.seen_from(frozenset()) for fault in chain_faults(after, check_address))
    return Merged(kept, other, compare(before, after), faults, chain_digest(before))


def merge(session: Session, edit: Edit, *, stays: str, goes: str, digest: str) -> Changes:
    """Makes two organisations one, as the preview showed it.

    Raises ChainChangedError when the chain is another than in the preview, ChainFaultsError, NotFoundError.
    """

    def alter(chain: Chain) -> Chain:
        _refuse_changed(chain, digest)
        return chain_edits.merge_parties(chain, party_of(chain, stays).id, party_of(chain, goes).id)

    def lead(before: Chain, _changes: Changes) -> str:
        return f"merged {party_of(before, goes).name} into {party_of(before, stays).name}"

    return _change(session, edit, alter, "merge", lead)


def import_again(
    session: Session, edit: Edit, sheet: Chain, *, same: Mapping[str, str], digest: str
) -> Changes:
    """Makes a chain what a spreadsheet says, as the preview showed it: all of it or nothing. It keeps its name.

    ``same``: organisations that only have a new name, from their id in the sheet to their id in the chain. Raises
    ChainChangedError when the chain is another than in the preview, ChainFaultsError, NotFoundError.
    """

    def alter(chain: Chain) -> Chain:
        _refuse_changed(chain, digest)
        return align(chain, replace(sheet, name=chain.name), same)

    def lead(before: Chain, changes: Changes) -> str:
        return f"imported {before.name} again: {summary_words(changes)}"

    return _change(session, edit, alter, "import", lead)


def party_of(chain: Chain, party_id: str) -> Party:
    """An organisation of a chain. Raises NotFoundError."""
    found = next((party for party in chain.parties if party.id == party_id), None)
    if found is None:
        raise NotFoundError("There is no such organisation in this chain.")
    return found


def contact_of(chain: Chain, contact_id: str) -> tuple[Party, Contact]:
    """A person of a chain, with the organisation. Raises NotFoundError."""
    for party in chain.parties:
        for contact in party.contacts:
            if contact.id == contact_id:
                return party, contact
    raise NotFoundError("There is no such person in this chain.")


def _no_lead(_before: Chain, _changes: Changes) -> str:
    return ""


def _change(
    session: Session,
    edit: Edit,
    alter: Callable[[Chain], Chain],
    kind: Kind = "edit",
    lead: Callable[[Chain, Changes], str] = _no_lead,
) -> Changes:
    """What was changed; nothing is written when nothing is. ``lead``: what the history says above the details."""
    query = select(ChainRecord).where(ChainRecord.id == edit.chain_id).with_for_update()
    record = session.scalar(query)
    if record is None:
        raise NotFoundError("There is no such chain.")
    before = chains.load(session, edit.chain_id)
    after = alter(before)
    changes = compare(before, after)
    if not changes:
        return changes
    _refuse_faults(session, before, after, changes)
    record.name = after.name
    chains.flush_name(session, after.name)
    chains_writing.write(session, edit.by.moment(edit.now), edit.chain_id, after)
    if changes.alters_who_is_asked:
        _void_approvals(session, edit.chain_id)
        roster_checks.call_off(session, edit.chain_id)
    done = [f"{line.verb} {line.what}" for line in change_lines(changes)]
    sentences = [f"{edit.by.words} {words}." for words in (lead(before, changes), *done) if words]
    chains_history.record(session, edit.now, edit.chain_id, edit.by, kind=kind, sentences=sentences)
    return changes


def _refuse_changed(chain: Chain, digest: str) -> None:
    if chain_digest(chain) != digest:
        raise ChainChangedError("Somebody has changed this chain meanwhile. Look at the changes again.")


def _refuse_faults(session: Session, before: Chain, after: Chain, changes: Changes) -> None:
    if changes.name:
        chains.refuse_taken_name(session, after.name, but=before.id)
    edited = frozenset(
        (
            *(party.id for party in changes.parties_added),
            *(change.after.id for change in changes.parties_changed),
            *(placed.contact.id for placed in changes.contacts_added),
            *(change.after.id for change in changes.contacts_changed),
        )
    )
    faults = [fault.seen_from(edited) for fault in chain_faults(after, check_address)]
    if not faults and before.prime.id != after.prime.id and _is_under_way(session, before.id):
        faults = [
            Fault(
                "role",
                f"A review of this chain is under way, and {before.prime.name} is its prime.",
                "Change the prime after its report is published.",
            )
        ]
    if faults:
        raise ChainFaultsError(faults)


def _is_under_way(session: Session, chain_id: str) -> bool:
    query = select(CycleRecord.id).where(CycleRecord.chain_id == chain_id, CycleRecord.state.in_(UNDER_WAY))
    return session.scalar(query.limit(1)) is not None


def _void_approvals(session: Session, chain_id: str) -> None:
    # The steward approved who is asked; a launch would be refused in any case, and the pages say so at once.
    session.execute(
        update(CycleRecord)
        .where(CycleRecord.chain_id == chain_id, CycleRecord.state == CycleState.DRAFT.value)
        .values(approval=None)
    )
