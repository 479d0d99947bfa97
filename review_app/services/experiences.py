"""What people say about the review itself: sealed one per person, taken back, and opened at the close.

Like an answer, it lies under an id that the link alone gives, sealed to the cycle's key in the size of a ballot. It has
a table of its own, so that the number of reviews received stays the number of ballots.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from reports.experience import OpenedExperience
from review_app.models.ballots import experiences_table
from review_app.models.cycles import InvitationRecord
from review_app.services.answering import Respondent
from review_app.services.cycles import Cycle
from review_app.services.sealed_rows import hold_open, upsert
from surveys import sealing
from surveys.errors import SealError
from surveys.experience import Experience, envelope, from_envelope


@dataclass(frozen=True, slots=True)
class Said:
    """What the close finds. ``asked``: how many people could say something; ``unreadable``: rows of none of them."""

    opened: tuple[OpenedExperience, ...]
    asked: int
    unreadable: int


def is_asked(respondent: Respondent) -> bool:
    """Whether this person is asked about the review: one voice alone could not be pooled with anybody's."""
    return not respondent.group.is_attributed


def has_sent_a_review(respondent: Respondent) -> bool:
    """Whether there is a review that this person can speak about, as far as their present link shows."""
    return any(review.is_received for review in respondent.reviews)


def is_received(session: Session, respondent: Respondent) -> bool:
    """Whether something lies under this link; what it says can be opened at the close alone."""
    table = experiences_table(respondent.storage)
    query = select(table.c.id).where(table.c.id == sealing.experience_id(respondent.secret))
    return session.scalar(query) is not None


def send(session: Session, now: datetime, respondent: Respondent, experience: Experience) -> None:
    """Seals what this person says in the place of what they said before. Raises CycleNotOpenError."""
    hold_open(session, now, respondent.cycle_id)
    value = envelope(experience, respondent.group.id, respondent.party_id)
    blob = sealing.seal_ballot(respondent.sealing_key, value, respondent.sealed_size)
    table = experiences_table(respondent.storage)
    upsert(session, table, sealing.experience_id(respondent.secret), blob)


def take_back(session: Session, now: datetime, respondent: Respondent) -> None:
    """Takes it back. Raises CycleNotOpenError.

    Whoever has a later link leaves an empty one, which counts for nothing and in the place of the earlier links' too.
    """
    if respondent.has_earlier_link:
        send(session, now, respondent, Experience.empty())
        return
    hold_open(session, now, respondent.cycle_id)
    table = experiences_table(respondent.storage)
    session.execute(delete(table).where(table.c.id == sealing.experience_id(respondent.secret)))


def read(session: Session, cycle: Cycle, storage: str, *, opening_key: bytes, link_key: bytes) -> Said:
    """Opens and checks what the people of protected groups said; nothing is written."""
    protected = [group.id for group in cycle.plan.groups if not group.is_attributed]
    invitations = session.scalars(
        select(InvitationRecord).where(
            InvitationRecord.cycle_id == cycle.id, InvitationRecord.group_id.in_(protected)
        )
    ).all()
    table = experiences_table(storage)
    blobs = {bytes(row.id): row.blob for row in session.execute(select(table.c.id, table.c.blob))}
    opened, known = [], 0
    for invitation in invitations:
        present = [id_ for id_ in _ids(link_key, invitation) if id_ in blobs]
        if not present:
            continue
        said = _open(blobs[present[0]], invitation, opening_key)
        known += len(present) - (said is None)
        if said is not None and said.answers:
            opened.append(OpenedExperience(invitation.party_id, said.answers))
    return Said(tuple(opened), len(invitations), len(blobs) - known)


def _ids(link_key: bytes, invitation: InvitationRecord) -> Iterable[bytes]:
    """The ids under every link that this person was given, the newest first: the newest counts."""
    for number in range(invitation.link_number, -1, -1):
        yield sealing.experience_id(sealing.link_secret(link_key, invitation.id, number))


def _open(blob: bytes, invitation: InvitationRecord, opening_key: bytes) -> Experience | None:
    try:
        content = sealing.open_ballot(opening_key, blob)
        return from_envelope(content, invitation.group_id, invitation.party_id)
    except SealError:
        return None
