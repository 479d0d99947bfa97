"""Every mail of a review, for tests that look at each of them: the pages never list them all."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from review_app.models.chains import ContactRecord, PartyRecord
from review_app.models.cycles import InvitationRecord
from review_app.models.outbox import MailKind, MailRecord, MailState


@dataclass(frozen=True, slots=True)
class MailStatus:
    """One line of the mail's state: about mail only, never about answers."""

    id: str
    contact_name: str
    party_name: str
    kind: MailKind
    number: int
    state: MailState
    attempts: int
    problem: str


def statuses(session: Session, cycle_id: str) -> tuple[MailStatus, ...]:
    """The state of every mail of a cycle, failed ones first, then by organisation and contact."""
    query = (
        select(MailRecord, ContactRecord.name, PartyRecord.name)
        .join(ContactRecord, ContactRecord.id == MailRecord.contact_id)
        .outerjoin(InvitationRecord, InvitationRecord.id == MailRecord.invitation_id)
        .join(PartyRecord, PartyRecord.id == func.coalesce(InvitationRecord.party_id, ContactRecord.party_id))
        .where(MailRecord.cycle_id == cycle_id)
        .order_by(
            MailRecord.state != MailState.FAILED.value, PartyRecord.name, ContactRecord.name, MailRecord.kind
        )
    )
    return tuple(
        MailStatus(
            id=record.id,
            contact_name=contact,
            party_name=party,
            kind=MailKind(record.kind),
            number=record.number,
            state=MailState(record.state),
            attempts=record.attempts,
            problem=record.problem,
        )
        for record, contact, party in session.execute(query)
    )
