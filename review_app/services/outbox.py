"""The outbox: mail owed is written with the change that owes it; ``services.leasing`` hands it to the worker."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from sqlalchemy import ColumnElement, delete, func, insert, select, update
from sqlalchemy.orm import Session

from review_app.models.base import new_id
from review_app.models.chains import ContactRecord
from review_app.models.cycles import InvitationRecord
from review_app.models.outbox import MailKind as MailKind
from review_app.models.outbox import MailRecord, new_return_token
from review_app.models.outbox import MailState as MailState
from review_app.services.errors import NotAllowedError, NotFoundError

# The mails that a person has their link from: the only ones that say something about the address alone.
LINK_BRINGERS = frozenset({MailKind.INVITATION, MailKind.NEW_LINK})
_OWED = (MailState.QUEUED.value, MailState.SENDING.value)
# Databases take so many values in one statement, and not many more.
_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Round:
    """Mails of one kind that belong together. ``about_id``: what they are about, "" for the review itself."""

    cycle_id: str
    kind: MailKind
    number: int
    about_id: str = ""


def queue_for_all(
    session: Session,
    now: datetime,
    cycle_id: str,
    kind: MailKind,
    *,
    most: int | None = None,
    number: int | None = None,
) -> int:
    """How many mails were queued: one of a kind that carries a link, to everyone invited who has an email address.

    ``number``: of the round, where it is not the next one. Raises NotAllowedError beyond ``most`` rounds.
    """
    number = number or _next_round(session, cycle_id, kind, most)
    invited = session.execute(
        select(InvitationRecord.contact_id, InvitationRecord.id)
        .join(ContactRecord, ContactRecord.id == InvitationRecord.contact_id)
        .where(InvitationRecord.cycle_id == cycle_id, ContactRecord.email != "")
    ).all()
    recipients = [(contact, invitation) for contact, invitation in invited]
    _insert(session, now, Round(cycle_id, kind, number), recipients)
    return len(invited)


def queue_to_contacts(
    session: Session,
    now: datetime,
    cycle_id: str,
    contact_ids: Iterable[str],
    kind: MailKind,
    *,
    most: int | None = None,
) -> int:
    """How many mails were queued: one of a kind without a link, to each of these contacts who has an email address.

    Before the launch and after the close there is no link that could be sent. Raises NotAllowedError beyond ``most``
    rounds of the kind.
    """
    recipients = _with_address(session, contact_ids)
    number = _next_round(session, cycle_id, kind, most)
    _insert(session, now, Round(cycle_id, kind, number), recipients)
    return len(recipients)


def queue_errands(session: Session, now: datetime, round_: Round, contact_ids: Iterable[str]) -> int:
    """How many mails about a workshop, an action or a pulse were queued, one to each contact with an email address.

    Whoever has a mail of this round already gets no other: it may be asked for again at any instant.
    """
    query = select(MailRecord.contact_id).where(
        MailRecord.cycle_id == round_.cycle_id,
        MailRecord.kind == round_.kind.value,
        MailRecord.number == round_.number,
        MailRecord.about_id == round_.about_id,
    )
    served = set(session.scalars(query))
    recipients = _with_address(session, (id_ for id_ in contact_ids if id_ not in served))
    _insert(session, now, round_, recipients)
    return len(recipients)


def queue(session: Session, now: datetime, cycle_id: str, invitation_id: str, kind: MailKind) -> None:
    """Queues one mail with a link to one person."""
    query = select(func.max(MailRecord.number)).where(
        MailRecord.invitation_id == invitation_id, MailRecord.kind == kind.value
    )
    number = (session.scalar(query) or 0) + 1
    contact_id = session.get_one(InvitationRecord, invitation_id).contact_id
    _insert(session, now, Round(cycle_id, kind, number), [(contact_id, invitation_id)])


def readdress(session: Session, invitation_id: str, contact_id: str) -> None:
    """Lets an invitation's mails follow it to another contact, so that nothing more goes to the old address."""
    session.execute(
        update(MailRecord).where(MailRecord.invitation_id == invitation_id).values(contact_id=contact_id)
    )


def requeue(
    session: Session, now: datetime, cycle_id: str, mail_id: str, kinds: Collection[MailKind]
) -> None:
    """Tries a failed mail of one of these kinds again, as if it were new. Raises NotFoundError."""
    if not _requeue(session, now, cycle_id, kinds, MailRecord.id == mail_id):
        raise NotFoundError("There is no such failed mail.")


def requeue_all(session: Session, now: datetime, cycle_id: str, kinds: Collection[MailKind]) -> int:
    """How many failed mails of these kinds are tried again."""
    return _requeue(session, now, cycle_id, kinds)


def cancel(session: Session, cycle_id: str) -> None:
    """Withdraws the mails with links that are still owed: the links of a closing cycle lead nowhere."""
    _cancel(session, MailRecord.cycle_id == cycle_id, MailRecord.invitation_id.is_not(None), states=_OWED)


def cancel_kind(session: Session, cycle_id: str, kind: MailKind) -> None:
    """Withdraws what is still owed of a kind, because it has lost its point."""
    _cancel(session, MailRecord.cycle_id == cycle_id, MailRecord.kind == kind.value, states=_OWED)


def cancel_errands(
    session: Session,
    cycle_id: str,
    kind: MailKind,
    about_id: str,
    contact_ids: Collection[str] | None = None,
) -> None:
    """Withdraws what is still owed, or has failed, of a kind about one thing: to these contacts, or to everybody."""
    where = [MailRecord.cycle_id == cycle_id, MailRecord.kind == kind.value, MailRecord.about_id == about_id]
    if contact_ids is not None:
        where.append(MailRecord.contact_id.in_(contact_ids))
    _cancel(session, *where, states=(*_OWED, MailState.FAILED.value))


def forget_links_again(session: Session, cycle_id: str) -> None:
    """Removes whose link was sent again: that somebody asked for it is nobody's affair once the links are dead."""
    session.execute(
        delete(MailRecord).where(
            MailRecord.cycle_id == cycle_id, MailRecord.kind == MailKind.LINK_AGAIN.value
        )
    )


def cancel_about(session: Session, kind: MailKind, about_id: str) -> None:
    """Withdraws the mails of a kind that are still owed about one thing: their links lead nowhere any more."""
    _cancel(session, MailRecord.kind == kind.value, MailRecord.about_id == about_id, states=_OWED)


def cancel_for(session: Session, invitation_id: str) -> None:
    """Withdraws what is owed or has failed to one person, who has no email address any more."""
    unsent = (*_OWED, MailState.FAILED.value)
    _cancel(session, MailRecord.invitation_id == invitation_id, states=unsent)


def cancel_to(session: Session, contact_id: str, kinds: Collection[MailKind]) -> None:
    """Withdraws what is still owed of these kinds to one contact, whose link opens nothing any more."""
    wanted = MailRecord.kind.in_([kind.value for kind in kinds])
    _cancel(session, MailRecord.contact_id == contact_id, wanted, states=_OWED)


def counts(session: Session, cycle_id: str) -> dict[MailState, int]:
    """How many mails of a cycle are in each state."""
    query = (
        select(MailRecord.state, func.count())
        .where(MailRecord.cycle_id == cycle_id)
        .group_by(MailRecord.state)
    )
    found = {MailState(state): count for state, count in session.execute(query)}
    return {state: found.get(state, 0) for state in MailState}


def rounds(session: Session, cycle_id: str, kind: MailKind, about_id: str = "") -> int:
    """How many rounds of a kind were queued so far, about one thing."""
    query = select(func.max(MailRecord.number)).where(
        MailRecord.cycle_id == cycle_id, MailRecord.kind == kind.value, MailRecord.about_id == about_id
    )
    return session.scalar(query) or 0


def _requeue(
    session: Session, now: datetime, cycle_id: str, kinds: Collection[MailKind], *where: ColumnElement[bool]
) -> int:
    query = (
        update(MailRecord)
        .where(
            MailRecord.cycle_id == cycle_id,
            MailRecord.state == MailState.FAILED.value,
            MailRecord.kind.in_([kind.value for kind in kinds]),
            *where,
        )
        .values(
            state=MailState.QUEUED.value,
            attempts=0,
            problem="",
            first_tried_at=None,
            queued_at=now,
            due_at=now,
        )
        .returning(MailRecord.id)
    )
    return len(session.execute(query).all())


def _with_address(session: Session, contact_ids: Iterable[str]) -> list[tuple[str, str | None]]:
    """Those of the contacts who have an email address, as recipients without an invitation."""
    wanted = iter(dict.fromkeys(contact_ids))
    reached: list[tuple[str, str | None]] = []
    while some := list(islice(wanted, _AT_ONCE)):
        query = select(ContactRecord.id).where(ContactRecord.id.in_(some), ContactRecord.email != "")
        with_address = set(session.scalars(query))
        reached += [(contact_id, None) for contact_id in some if contact_id in with_address]
    return reached


def _next_round(session: Session, cycle_id: str, kind: MailKind, most: int | None) -> int:
    number = rounds(session, cycle_id, kind) + 1
    if most is not None and number > most:
        raise NotAllowedError(f"{most} rounds of this mail were sent, and that is the most.")
    return number


def _insert(
    session: Session, now: datetime, round_: Round, recipients: Sequence[tuple[str, str | None]]
) -> None:
    """One statement for all of them. ``recipients``: contact and invitation; None for a mail without a link."""
    rows = [
        {
            "id": new_id(),
            "cycle_id": round_.cycle_id,
            "contact_id": contact_id,
            "invitation_id": invitation_id,
            "kind": round_.kind.value,
            "about_id": round_.about_id,
            "number": round_.number,
            "state": MailState.QUEUED.value,
            "attempts": 0,
            "queued_at": now,
            "due_at": now,
            "problem": "",
            "return_token": new_return_token(),
        }
        for contact_id, invitation_id in recipients
    ]
    if rows:
        # Its invitations may be new in this session.
        session.flush()
        session.execute(insert(MailRecord), rows)


def _cancel(session: Session, *where: ColumnElement[bool], states: tuple[str, ...]) -> None:
    session.execute(
        update(MailRecord)
        .where(MailRecord.state.in_(states), *where)
        .values(state=MailState.CANCELLED.value, leased_until=None)
    )
