"""What the mails about a workshop say when they leave, and whose link each brings."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from review_app.keys import KeyFolder
from review_app.models.outbox import MailRecord, MailState
from review_app.models.workshops import SeatRecord
from review_app.services import workshops
from review_app.services.errors import NotFoundError
from review_app.services.leasing import Leased
from review_app.services.occasions import Errand, WorkshopCall
from review_app.services.outbox import MailKind
from review_app.services.workshops import Workshop
from surveys import sealing
from surveys.workshop import WorkshopState

PAGE = "/w"
REPORTS = "/report"
# Once it is over nobody need be asked to come.
_TO_COME = frozenset({WorkshopState.INVITED, WorkshopState.RUNNING})


def call(session: Session, keys: KeyFolder, mail: Leased) -> Errand:
    """The invitation as it is now, with the link of whoever it goes to.

    Raises KeyMissingError, and NotFoundError where the seat is taken away or nobody is to come any more.
    """
    workshop = workshops.load(session, mail.about_id)
    seat = session.scalar(
        select(SeatRecord).where(
            SeatRecord.workshop_id == workshop.id,
            SeatRecord.contact_id == mail.contact_id,
            SeatRecord.is_taken_away.is_(False),
        )
    )
    if seat is None or workshop.state not in _TO_COME:
        raise NotFoundError("There is nothing to invite to any more.")
    key = workshops.workshop_key(session, workshop.id, keys)
    secret = sealing.seat_secret(key, seat.id, seat.link_number)
    return Errand(_said(workshop, mail, is_changed=_tells_of_a_change(session, workshop, mail)), PAGE, secret)


def _tells_of_a_change(session: Session, workshop: Workshop, mail: Leased) -> bool:
    """Whether a mail is one of those that everybody got because a workshop changed, and its reader knew it before.

    A new link goes to one person alone, and says nothing of a change that is known already.
    """
    if not workshop.revision or mail.number < 2:
        return False
    about = (MailRecord.kind == MailKind.WORKSHOP.value, MailRecord.about_id == workshop.id)
    round_ = select(func.count()).where(*about, MailRecord.number == mail.number)
    seats = select(func.count()).where(
        SeatRecord.workshop_id == workshop.id, SeatRecord.is_taken_away.is_(False)
    )
    known = select(MailRecord.id).where(
        *about,
        MailRecord.contact_id == mail.contact_id,
        MailRecord.number < mail.number,
        MailRecord.state == MailState.SENT.value,
    )
    is_for_all = session.scalars(round_).one() > 1 or session.scalars(seats).one() == 1
    return is_for_all and session.scalar(known.limit(1)) is not None


def off(session: Session, _keys: KeyFolder, mail: Leased) -> Errand:
    """The word that a workshop is called off. Raises NotFoundError where it is not."""
    workshop = workshops.load(session, mail.about_id)
    if workshop.state is not WorkshopState.CANCELLED:
        raise NotFoundError("This workshop is not called off.")
    return Errand(_said(workshop, mail), REPORTS, None)


def _said(workshop: Workshop, mail: Leased, *, is_changed: bool = False) -> WorkshopCall:
    return WorkshopCall(
        id=workshop.id,
        revision=workshop.revision,
        chain_name=workshop.chain_name,
        title=workshop.title,
        begins_at=workshop.begins_at,
        ends_at=workshop.ends_at,
        minutes=workshop.minutes,
        place=workshop.place,
        call_link=workshop.call_link,
        leader=workshop.facilitator_name,
        is_again=mail.number > 1,
        is_changed=is_changed,
        is_off=workshop.state is WorkshopState.CANCELLED,
    )
