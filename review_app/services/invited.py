"""Who was invited in a cycle, by keys that are the same in every cycle of the same people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from review_app.models.chains import ContactRecord, PartyRecord
from review_app.models.cycles import AssignmentRecord, InvitationRecord
from surveys.identity import organisation_key, person_key
from surveys.subjects import Subject


@dataclass(frozen=True, slots=True)
class Asked:
    """One review that was asked of one person: on what, counted in which group. ``key``: the person's."""

    subject: Subject
    group_id: str
    party_name: str
    key: str


def asked_in(session: Session, cycle_id: str) -> tuple[Asked, ...]:
    """Every review asked in a launched cycle."""
    query = (
        select(
            AssignmentRecord.subject,
            AssignmentRecord.group_id,
            PartyRecord.name,
            ContactRecord.name,
            ContactRecord.email,
        )
        .join(InvitationRecord, InvitationRecord.id == AssignmentRecord.invitation_id)
        .join(ContactRecord, ContactRecord.id == InvitationRecord.contact_id)
        # Its name of today, on both sides of a comparison: a renamed organisation has the same people.
        .join(PartyRecord, PartyRecord.id == InvitationRecord.party_id)
        .where(InvitationRecord.cycle_id == cycle_id)
    )
    return tuple(
        Asked(Subject(subject), group_id, party_name, listed_key(party_name, name, email))
        for subject, group_id, party_name, name, email in session.execute(query)
    )


def invited_of_cycle(session: Session, cycle_id: str) -> dict[tuple[Subject, str], frozenset[str]]:
    """The people (by their keys) invited in a launched cycle, by subject and group id."""
    return by_cell((asked.subject, asked.group_id, asked.key) for asked in asked_in(session, cycle_id))


def listed_key(party_name: str, name: str, email: str) -> str:
    """Who somebody is, to compare reviews of all chains by. ``party_name``: what their organisation is called now."""
    return person_key(organisation_key(party_name), name, email)


def by_cell(asked: Iterable[tuple[Subject, str, str]]) -> dict[tuple[Subject, str], frozenset[str]]:
    """The people by subject and group id. ``asked``: a subject, a group id and the key of a person each."""
    found: dict[tuple[Subject, str], set[str]] = {}
    for subject, group_id, person in asked:
        found.setdefault((subject, group_id), set()).add(person)
    return {cell: frozenset(people) for cell, people in found.items()}
