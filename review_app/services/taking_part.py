"""What a link to a workshop opens: the workshop as the room sees it, and what is one's own before it is revealed."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from review_app.models.chains import ContactRecord
from review_app.models.cycles import CycleRecord
from review_app.models.workshops import SeatRecord, WorkshopRecord
from review_app.services import workshops
from review_app.services.designs import languages_from_text
from review_app.services.workshops import Seat, Workshop
from surveys import sealing
from surveys.language import Language
from surveys.workshop import WorkshopState

# Links open nothing while nobody has been invited, and once the workshop is called off.
_CLOSED = (WorkshopState.PLANNED.value, WorkshopState.CANCELLED.value)


@dataclass(frozen=True, slots=True)
class Participant:
    """Somebody who came by a link. ``languages``: those of the review, to choose from."""

    seat: Seat
    workshop: Workshop
    languages: tuple[Language, ...]

    def __repr__(self) -> str:
        return "Participant(…)"

    @property
    def was_there(self) -> bool:
        """Whether somebody said that their organisation is there."""
        return any(one.was_there for one in self.workshop.invited if one.party_id == self.seat.party_id)


def find(session: Session, secret: bytes) -> Participant | None:
    """Whose link it is; None for every link that opens nothing. Nothing is written."""
    seat = workshops.find_seat(session, secret)
    if seat is None:
        return None
    workshop = workshops.load(session, seat.workshop_id)
    languages = session.scalars(
        select(CycleRecord.languages).where(CycleRecord.id == workshop.cycle_id)
    ).one()
    return Participant(seat, workshop, languages_from_text(languages))


def poll(session: Session, secret: bytes) -> tuple[str, int] | None:
    """The workshop of a link and its version, in one small statement: every phone asks for it again and again."""
    query = (
        select(WorkshopRecord.id, WorkshopRecord.version)
        .join(SeatRecord, SeatRecord.workshop_id == WorkshopRecord.id)
        .join(ContactRecord, ContactRecord.id == SeatRecord.contact_id)
        .where(
            SeatRecord.verifier == sealing.verifier(secret),
            ContactRecord.party_id == SeatRecord.party_id,
            SeatRecord.is_taken_away.is_(False),
            WorkshopRecord.state.not_in(_CLOSED),
        )
    )
    found = session.execute(query).first()
    return (found.id, found.version) if found else None
