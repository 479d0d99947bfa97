"""Who holds a link to actions of a chain, and stopping or replacing one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from review_app.models.actions import ActionOwnerRecord, ActionPersonRecord, ActionRecord
from review_app.models.chains import ContactRecord, PartyRecord
from review_app.services import actions, outbox
from review_app.services.errors import NotAllowedError, NotFoundError
from review_app.services.outbox import MailKind, Round
from surveys.improvement import has_expired

KINDS = (MailKind.ACTION, MailKind.ACTION_DUE, MailKind.ACTION_DONE, MailKind.ACTION_DIGEST)


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who owns or verifies actions. ``owns``, ``verifies``: how many. ``opens``: whether the link does.

    ``is_gone``: they are not in the chain any more; ``is_over``: all of their actions have been settled for long.
    """

    id: str
    name: str
    party_name: str
    owns: int
    verifies: int
    revoked_at: datetime | None
    is_gone: bool
    is_over: bool

    @property
    def opens(self) -> bool:
        """Whether the link opens anything."""
        return not (self.revoked_at or self.is_gone or self.is_over)


def holders(session: Session, now: datetime, chain_id: str) -> tuple[Holder, ...]:
    """Everybody who owns or verifies actions of a chain, by their organisation and name."""
    query = (
        select(ActionPersonRecord, ContactRecord, PartyRecord)
        .join(ContactRecord, ContactRecord.id == ActionPersonRecord.contact_id)
        .join(PartyRecord, PartyRecord.id == ActionPersonRecord.party_id)
        .where(ActionPersonRecord.chain_id == chain_id)
        .order_by(PartyRecord.position, ContactRecord.name, ActionPersonRecord.id)
    )
    return tuple(
        _holder(session, now, person, contact, party) for person, contact, party in session.execute(query)
    )


def revoke(session: Session, now: datetime, chain_id: str, person_id: str) -> None:
    """Lets somebody's link open nothing from now on, and withdraws the mails that would bring it again."""
    record = _locked(session, chain_id, person_id)
    record.revoked_at = record.revoked_at or now
    outbox.cancel_to(session, record.contact_id, KINDS)


def replace(session: Session, now: datetime, chain_id: str, person_id: str) -> None:
    """Gives somebody another link in the place of the one that they had, which opens nothing from now on.

    Raises NotFoundError, NotAllowedError where they have no mailbox in the chain or no action that is open.
    """
    record = _locked(session, chain_id, person_id)
    contact = session.get_one(ContactRecord, record.contact_id)
    actions_of = _actions_of(session, record.id)
    if contact.gone_at is not None or not contact.email:
        raise NotAllowedError("This person is not in the chain any more, or has no email address.")
    if has_expired(actions.settled(session, actions_of), now):
        raise NotAllowedError("All actions of this person have been settled for long.")
    record.link_number += 1
    record.verifier = None
    record.revoked_at = None
    newest = select(ActionRecord.cycle_id).where(ActionRecord.id.in_(actions_of))
    cycle_id = session.scalars(newest.order_by(ActionRecord.number.desc())).first()
    session.flush()
    round_ = Round(str(cycle_id), MailKind.ACTION_DIGEST, record.link_number, record.id)
    outbox.queue_errands(session, now, round_, [record.contact_id])


def _locked(session: Session, chain_id: str, person_id: str) -> ActionPersonRecord:
    record = session.scalar(
        select(ActionPersonRecord)
        .where(ActionPersonRecord.id == person_id, ActionPersonRecord.chain_id == chain_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if record is None:
        raise NotFoundError("There is no such person.")
    return record


def _holder(
    session: Session, now: datetime, person: ActionPersonRecord, contact: ContactRecord, party: PartyRecord
) -> Holder:
    owns = _owned(session, person.id)
    verifies = _verified(session, person.id)
    return Holder(
        id=person.id,
        name=contact.name,
        party_name=party.name,
        owns=len(owns),
        verifies=len(verifies),
        revoked_at=person.revoked_at,
        is_gone=contact.gone_at is not None or party.gone_at is not None,
        is_over=has_expired(actions.settled(session, owns | verifies), now),
    )


def _actions_of(session: Session, person_id: str) -> set[str]:
    return _owned(session, person_id) | _verified(session, person_id)


def _owned(session: Session, person_id: str) -> set[str]:
    query = select(ActionOwnerRecord.action_id).where(ActionOwnerRecord.person_id == person_id)
    return set(session.scalars(query))


def _verified(session: Session, person_id: str) -> set[str]:
    return set(session.scalars(select(ActionRecord.id).where(ActionRecord.verifier_id == person_id)))
