"""What the mails about a workshop say when they leave, and whose link each brings."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from review_app.keys import KeyFolder
from review_app.models.workshops import SeatRecord
from review_app.services import workshops
from review_app.services.errors import NotFoundError
from review_app.services.leasing import Leased
from review_app.services.occasions import Errand, WorkshopCall
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
    return Errand(_said(workshop, mail), PAGE, secret)


def off(session: Session, _keys: KeyFolder, mail: Leased) -> Errand:
    """The word that a workshop is called off. Raises NotFoundError where it is not."""
    workshop = workshops.load(session, mail.about_id)
    if workshop.state is not WorkshopState.CANCELLED:
        raise NotFoundError("This workshop is not called off.")
    return Errand(_said(workshop, mail), REPORTS, None)


def _said(workshop: Workshop, mail: Leased) -> WorkshopCall:
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
        is_off=workshop.state is WorkshopState.CANCELLED,
    )
