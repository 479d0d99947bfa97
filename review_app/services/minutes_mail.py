"""What the mail with the minutes of a workshop says, and whose link it brings."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from review_app.keys import KeyFolder
from review_app.models.workshops import SeatRecord
from review_app.services import minutes, workshops
from review_app.services.errors import NotFoundError
from review_app.services.leasing import Leased
from review_app.services.occasions import Errand, MinutesOut
from review_app.services.workshop_mail import PAGE
from surveys import sealing
from surveys.workshop import Outcome


def out(session: Session, keys: KeyFolder, mail: Leased) -> Errand:
    """The word that the minutes are out, with the link of whoever it goes to.

    Raises KeyMissingError, and NotFoundError where the seat is taken away or no minutes went out.
    """
    found = minutes.sent(session, mail.about_id)
    seat = session.scalar(
        select(SeatRecord).where(
            SeatRecord.workshop_id == mail.about_id,
            SeatRecord.contact_id == mail.contact_id,
            SeatRecord.is_taken_away.is_(False),
        )
    )
    if seat is None:
        raise NotFoundError("Nobody is to get these minutes any more.")
    key = workshops.workshop_key(session, mail.about_id, keys)
    said = MinutesOut(
        chain_name=found.chain_name,
        title=found.title,
        begins_at=found.begins_at,
        leader=found.led_by,
        decisions=sum(topic.outcome is Outcome.DECIDED for topic in found.topics),
        actions=len(found.others) + sum(len(topic.actions) for topic in found.topics),
    )
    return Errand(said, PAGE, sealing.seat_secret(key, seat.id, seat.link_number))
