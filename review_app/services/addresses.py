"""The people of an open review as its steward may mend them: a corrected address, another person, no more mail.

A correction replaces the link, so that the old one is dead at once. Nothing here looks at what was drafted or sent, so
nothing that it does or says can show whether somebody has answered.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from review_app.models.accounts import AccountRecord
from review_app.models.base import new_id
from review_app.models.chains import ContactRecord, PartyRecord
from review_app.models.cycles import CycleRecord, InvitationRecord
from review_app.services import chains_editing, cycles, outbox, readers, silencing
from review_app.services.chains_editing import Edit
from review_app.services.chains_history import Author
from review_app.services.errors import NotAllowedError, NotFoundError
from review_app.services.outbox import MailKind
from review_app.services.rosters import roster_from_text
from review_app.spreadsheet import check_address
from surveys import sealing
from surveys.chain import Contact
from surveys.cycle import CycleState
from surveys.errors import ChainFaultsError, Fault
from surveys.identity import destination_key, person_key
from surveys.postal import postal_problem

# The history of the chain keeps the day alone: the hour could say who asked for it.
THE_STEWARD = Author("The steward", None)
_EMAIL = "email"


@dataclass(frozen=True, slots=True)
class Invited:
    """One person who is asked. ``is_silenced``: nothing more is sent to them."""

    id: str
    name: str
    job_title: str
    email: str
    postal_address: str
    party_id: str
    party_name: str
    is_silenced: bool


def invited(session: Session, cycle_id: str, steward_id: str, link_key: bytes) -> tuple[Invited, ...]:
    """Everybody who is asked, by organisation and name. Raises NotFoundError for anybody but the steward."""
    record = session.get(CycleRecord, cycle_id)
    if record is None or record.steward_id != steward_id:
        raise NotFoundError("There is no such review.")
    parties = roster_from_text(record.roster).parties if record.opened_at else {}
    silences = silencing.silenced(session, cycle_id)
    query = (
        select(InvitationRecord, ContactRecord)
        .join(ContactRecord, ContactRecord.id == InvitationRecord.contact_id)
        .where(InvitationRecord.cycle_id == cycle_id)
    )
    found = [
        Invited(
            id=invitation.id,
            name=contact.name,
            job_title=contact.job_title,
            email=contact.email,
            postal_address=contact.postal_address,
            party_id=invitation.party_id,
            party_name=parties[invitation.party_id],
            is_silenced=silencing.is_silenced(silences, link_key, invitation.id, invitation.link_number),
        )
        for invitation, contact in session.execute(query)
    ]
    return tuple(sorted(found, key=lambda one: (one.party_name.casefold(), one.name.casefold(), one.id)))


def correct(
    session: Session, now: datetime, cycle_id: str, steward_id: str, *, person: Contact, link_key: bytes
) -> None:
    """Gives an invitation to another address or another person of the organisation, with a new link.

    ``person``: what is right; its id is that of the invitation. With nothing changed the link alone is replaced. Group
    and reviews stay. The new link is mailed; without an email address it waits for a letter that the steward prints.
    Raises NotFoundError, NotAllowedError unless the review is open, ChainFaultsError.
    """
    record = _open_cycle(session, now, cycle_id, steward_id)
    invitation = _invitation(session, cycle_id, person.id)
    _refuse_taken(session, record, invitation, person)
    before = invitation.contact_id
    invitation.contact_id = _contact_id(session, Edit(record.chain_id, now, THE_STEWARD), invitation, person)
    readers.follow(session, cycle_id, before, invitation.contact_id)
    invitation.link_number += 1
    secret = sealing.link_secret(link_key, invitation.id, invitation.link_number)
    invitation.verifier = sealing.verifier(secret)
    session.flush()
    outbox.readdress(session, invitation.id, invitation.contact_id)
    if person.email:
        outbox.queue(session, now, cycle_id, invitation.id, MailKind.NEW_LINK)
    else:
        outbox.cancel_for(session, invitation.id)


def silence(
    session: Session, now: datetime, cycle_id: str, steward_id: str, *, invitation_id: str, link_key: bytes
) -> None:
    """Stops the mails to one person; the link goes on working and nothing else changes. Raises as ``correct``."""
    _open_cycle(session, now, cycle_id, steward_id)
    silencing.silence(session, link_key, [_invitation(session, cycle_id, invitation_id)])


def silence_organisation(
    session: Session, now: datetime, cycle_id: str, steward_id: str, *, invitation_id: str, link_key: bytes
) -> None:
    """Stops the mails to everybody of one person's organisation. Raises as ``correct``."""
    _open_cycle(session, now, cycle_id, steward_id)
    party_id = _invitation(session, cycle_id, invitation_id).party_id
    query = select(InvitationRecord).where(
        InvitationRecord.cycle_id == cycle_id, InvitationRecord.party_id == party_id
    )
    silencing.silence(session, link_key, session.scalars(query).all())


def resume(
    session: Session, now: datetime, cycle_id: str, steward_id: str, *, invitation_id: str, link_key: bytes
) -> None:
    """Mails one person again. Raises as ``correct``."""
    _open_cycle(session, now, cycle_id, steward_id)
    silencing.resume(session, link_key, _invitation(session, cycle_id, invitation_id))


def _open_cycle(session: Session, now: datetime, cycle_id: str, steward_id: str) -> CycleRecord:
    record = cycles.locked(session, cycle_id)
    if record.steward_id != steward_id:
        raise NotFoundError("There is no such review.")
    if record.state != CycleState.OPEN or now >= record.closes_at:
        raise NotAllowedError("This is possible only while the review is open.")
    return record


def _invitation(session: Session, cycle_id: str, invitation_id: str) -> InvitationRecord:
    record = session.get(InvitationRecord, invitation_id)
    if record is None or record.cycle_id != cycle_id:
        raise NotFoundError("There is no such person in this review.")
    return record


def _refuse_taken(
    session: Session, record: CycleRecord, invitation: InvitationRecord, person: Contact
) -> None:
    """Refuses an address that somebody else answers from, or that the steward reads. Raises ChainFaultsError."""
    key = person_key(invitation.party_id, person.name, person.email)
    query = (
        select(InvitationRecord.party_id, ContactRecord.name, ContactRecord.email)
        .join(InvitationRecord, InvitationRecord.contact_id == ContactRecord.id)
        .where(InvitationRecord.cycle_id == record.id, InvitationRecord.id != invitation.id)
    )
    for party_id, name, email in session.execute(query):
        if person_key(party_id, name, email) == key:
            place = "at this address already" if email else "already, by a letter"
            raise _fault(f"{name} is asked {place}.", "Nobody can answer for two people.")
    if session.get_one(AccountRecord, record.steward_id).email_key == key:
        raise _fault("This is your own address.", "A steward is independent and does not answer.")


def _contact_id(session: Session, edit: Edit, invitation: InvitationRecord, person: Contact) -> str:
    """The row of the right person, who takes the place of the old one in the chain.

    An address is a person (decision 7): another address of either kind is another row, and the old one is gone.
    """
    old = session.get_one(ContactRecord, invitation.contact_id)
    party_id = old.party_id if old.gone_at is None else invitation.party_id
    is_same = _destination(party_id, old) == _destination(party_id, person)
    if session.get_one(PartyRecord, party_id).gone_at is not None:
        return _beside_the_chain(session, edit, invitation, old, person)
    key = person_key(party_id, person.name, person.email)
    there = _present(session, edit.chain_id, key)
    if there is not None and there.id != old.id:
        if there.party_id != party_id:
            raise _fault(
                f"{there.name} has this address in another organisation.",
                "Choose somebody of the same organisation.",
            )
        if old.gone_at is None:
            chains_editing.remove_contact(session, edit, old.id)
        replaced = there.id
    else:
        replaced = old.id if old.gone_at is None else ""
    chains_editing.save_contact(session, edit, party_id, replace(person, id=replaced))
    if is_same and old.gone_at is None:
        return old.id
    return _required(_present(session, edit.chain_id, key)).id


def _beside_the_chain(
    session: Session, edit: Edit, invitation: InvitationRecord, old: ContactRecord, person: Contact
) -> str:
    """The row of somebody whose organisation has left the chain, but is still asked in this review."""
    problem = check_address(person.email) if person.email else ""
    if problem := problem or postal_problem(person.postal_address):
        raise _fault(problem, "Check the address.")
    if _destination(invitation.party_id, old) == _destination(invitation.party_id, person):
        old.name, old.job_title, old.email = person.name, person.job_title, person.email
        old.postal_address = person.postal_address
        return old.id
    row = ContactRecord(
        id=new_id(),
        party_id=invitation.party_id,
        position=old.position,
        name=person.name,
        job_title=person.job_title,
        email=person.email,
        postal_address=person.postal_address,
        gone_at=edit.by.moment(edit.now),
    )
    session.add(row)
    session.flush()
    return row.id


def _destination(party_id: str, person: Contact | ContactRecord) -> str:
    return destination_key(party_id, person.name, person.email, person.postal_address)


def _present(session: Session, chain_id: str, key: str) -> ContactRecord | None:
    query = (
        select(ContactRecord)
        .join(PartyRecord, PartyRecord.id == ContactRecord.party_id)
        .where(
            PartyRecord.chain_id == chain_id, PartyRecord.gone_at.is_(None), ContactRecord.gone_at.is_(None)
        )
    )
    rows = session.scalars(query)
    return next((row for row in rows if person_key(row.party_id, row.name, row.email) == key), None)


def _required(row: ContactRecord | None) -> ContactRecord:
    if row is None:
        raise NotFoundError("There is no such person in this chain.")
    return row


def _fault(message: str, mend: str) -> ChainFaultsError:
    return ChainFaultsError([Fault(_EMAIL, message, mend)])
