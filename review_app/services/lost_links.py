"""Somebody whose link does not work asks for it again by their address: taken in alike for all, answered later.

Whoever asks learns nothing: the page does the same work whatever the address, and the worker looks it up later. Who
asked is kept nowhere: the address is sealed under a key that is not in the database, and goes with the look.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime

from sqlalchemy import func, insert, literal, select
from sqlalchemy.orm import Session

from review_app.models.base import new_id
from review_app.models.chains import ContactRecord
from review_app.models.cycles import CycleRecord, InvitationRecord
from review_app.models.requests import LinkRequestRecord
from review_app.services import outbox
from review_app.services.outbox import MailKind
from surveys import sealing
from surveys.cycle import CycleState
from surveys.errors import BrokenSealError
from surveys.identity import email_key

# What a flood could fill: some two megabytes, until the worker's next look.
MOST_WAITING = 1000
MOST_AT_ONCE = 200
MOST_A_DAY = 3
_LONGEST_ADDRESS = 1000
SEALED_SIZE = sealing.padded_size(_LONGEST_ADDRESS)
_PURPOSE = "lost-links"


class Tally:
    """How often each address was answered today, in memory alone: at most three times."""

    def __init__(self) -> None:
        self._day: date | None = None
        self._counts: Counter[str] = Counter()

    def allows(self, day: date, address_key: str) -> bool:
        """Whether one more mail may go to this address today; it is counted then."""
        if day != self._day:
            self._day, self._counts = day, Counter()
        self._counts[address_key] += 1
        return self._counts[address_key] <= MOST_A_DAY


def key_of(application_secret: str) -> bytes:
    """The key that the addresses are sealed under; it is not in the database."""
    return sealing.box_key(application_secret, _PURPOSE)


def ask(session: Session, key: bytes, typed: str) -> None:
    """Takes one address in, with one statement whatever it is. Nothing is kept while very many wait."""
    blob = sealing.seal_box(key, typed.encode(errors="replace")[:_LONGEST_ADDRESS], SEALED_SIZE)
    waiting = select(func.count()).select_from(LinkRequestRecord).scalar_subquery()
    row = select(literal(new_id()), literal(blob)).where(waiting < MOST_WAITING)
    session.execute(insert(LinkRequestRecord).from_select(["id", "blob"], row))


def is_asked(session: Session) -> bool:
    """Whether an address waits."""
    return session.scalars(select(LinkRequestRecord.id).limit(1)).first() is not None


def answer(session: Session, now: datetime, key: bytes, may_send: Callable[[str], bool]) -> None:
    """Queues the links of those who are asked now and whose address waits; then forgets who asked.

    ``may_send``: whether one more mail may go to an address, by its key; asked of addresses that are invited alone.
    """
    query = select(LinkRequestRecord).limit(MOST_AT_ONCE).with_for_update(skip_locked=True)
    rows = session.scalars(query).all()
    wanted = {address for row in rows if (address := _address_key(key, row.blob))}
    invited: dict[str, list[tuple[str, str]]] = {}
    for cycle_id, invitation_id, email in _invited(session, now) if wanted else ():
        if (address := email_key(email)) in wanted:
            invited.setdefault(address, []).append((cycle_id, invitation_id))
    for address, invitations in invited.items():
        if may_send(address):
            for cycle_id, invitation_id in invitations:
                outbox.queue(session, now, cycle_id, invitation_id, MailKind.LINK_AGAIN)
    for row in rows:
        session.delete(row)


def _invited(session: Session, now: datetime) -> list[tuple[str, str, str]]:
    query = (
        select(CycleRecord.id, InvitationRecord.id, ContactRecord.email)
        .join(InvitationRecord, InvitationRecord.cycle_id == CycleRecord.id)
        .join(ContactRecord, ContactRecord.id == InvitationRecord.contact_id)
        .where(CycleRecord.state == CycleState.OPEN.value, CycleRecord.closes_at > now)
    )
    return [(cycle_id, invitation_id, email) for cycle_id, invitation_id, email in session.execute(query)]


def _address_key(key: bytes, blob: bytes) -> str:
    try:
        return email_key(sealing.open_box(key, blob).decode(errors="ignore"))
    except BrokenSealError:
        # Another secret sealed it, before a restart with new settings.
        return ""
