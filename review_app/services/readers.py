"""Who gets which reports by a link: everybody on the list of the launch, by the rule that was fixed then.

Nothing is written when somebody opens a link or reads. The secret of a link is derived, never stored.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, insert, or_, select
from sqlalchemy.orm import Session

from review_app.keys import KeyFolder
from review_app.models.base import new_id
from review_app.models.chains import ContactRecord, PartyRecord
from review_app.models.cycles import CycleRecord, InvitationRecord
from review_app.models.readers import ReaderRecord
from review_app.models.releases import ReportRecord
from review_app.services import cycles
from review_app.services.cycles import Cycle
from surveys import sealing
from surveys.chain import Chain, Role
from surveys.cycle import CycleState
from surveys.publication import PublicationRule
from surveys.subjects import Subject

MAIN = ""


@dataclass(frozen=True, slots=True)
class Reader:
    """What a valid link opens. ``own``: the subject of the report on the reader's own organisation, "" for the prime's.

    ``subjects``: of the reports that are theirs now, the main one first. ``may_reply``: while its replies are awaited.
    """

    secret: bytes
    cycle: Cycle
    party_id: str
    party_name: str
    chain_name: str
    prime_name: str
    own: str
    subjects: tuple[str, ...]

    def __repr__(self) -> str:
        return "Reader(…)"

    @property
    def may_reply(self) -> bool:
        """Whether the report on their own organisation is there and not published yet."""
        return self.cycle.is_awaiting_replies and self.own in self.subjects


def enlist(session: Session, record: CycleRecord, chain: Chain) -> None:
    """Puts everybody of a chain on the list of those who get the reports, asked or not."""
    rows = [
        _row(record.id, contact.id, party.id, reads_partners=_reads_partners(record, party.role))
        for party in chain.parties
        for contact in party.contacts
    ]
    if rows:
        session.execute(insert(ReaderRecord), rows)


def enlist_asked(session: Session, record: CycleRecord) -> None:
    """The same of a cycle that was launched before there were such lists: everybody who was asked."""
    if session.scalars(select(ReaderRecord.id).where(ReaderRecord.cycle_id == record.id).limit(1)).first():
        return
    query = (
        select(InvitationRecord.contact_id, InvitationRecord.party_id, PartyRecord.role)
        .join(PartyRecord, PartyRecord.id == InvitationRecord.party_id)
        .where(InvitationRecord.cycle_id == record.id)
    )
    rows = [
        _row(record.id, contact_id, party_id, reads_partners=_reads_partners(record, Role(role)))
        for contact_id, party_id, role in session.execute(query)
    ]
    if rows:
        session.execute(insert(ReaderRecord), rows)


def follow(session: Session, cycle_id: str, before: str, after: str) -> None:
    """Lets the reports go to another contact, because the steward has corrected who is asked or where."""
    if before == after:
        return
    # Whoever takes the place may be on the list already.
    is_listed = (ReaderRecord.cycle_id == cycle_id) & (ReaderRecord.contact_id == after)
    record = session.scalar(
        select(ReaderRecord).where(ReaderRecord.cycle_id == cycle_id, ReaderRecord.contact_id == before)
    )
    if record is None:
        return
    if session.scalars(select(ReaderRecord.id).where(is_listed)).first():
        session.execute(delete(ReaderRecord).where(ReaderRecord.id == record.id))
    else:
        record.contact_id = after


def is_vouched_for(session: Session, cycle_id: str) -> ColumnElement[bool]:
    """Of a row of contacts: whether the steward of a cycle has approved this person as one of where they are now.

    Anybody else may have been put into somebody else's organisation by an organiser: nobody has confirmed that they
    speak for it. The people of whoever was the prime at the launch speak for the prime.
    """
    listed = select(ReaderRecord.id).where(
        ReaderRecord.cycle_id == cycle_id,
        ReaderRecord.contact_id == ContactRecord.id,
        ReaderRecord.party_id == ContactRecord.party_id,
    )
    return or_(listed.exists(), ContactRecord.party_id == cycles.roster(session, cycle_id).prime_id)


def contacts(session: Session, cycle_id: str) -> tuple[str, ...]:
    """The ids of all contacts who get the reports of a cycle."""
    query = select(ReaderRecord.contact_id).where(ReaderRecord.cycle_id == cycle_id)
    return tuple(session.scalars(query.order_by(ReaderRecord.id)))


def contacts_of(session: Session, cycle_id: str, party_ids: Collection[str]) -> tuple[str, ...]:
    """The ids of those of some parties."""
    query = select(ReaderRecord.contact_id).where(
        ReaderRecord.cycle_id == cycle_id, ReaderRecord.party_id.in_(party_ids)
    )
    return tuple(session.scalars(query.order_by(ReaderRecord.id)))


def reading_key(session: Session, cycle_id: str, keys: KeyFolder) -> bytes:
    """The key of a cycle's links to reports; made when the first of them is needed, once for all workers.

    Raises KeyMissingError where it is lost: links that were sent still work, but none can be derived.
    """
    cycles.locked(session, cycle_id)
    unready = list(
        session.scalars(
            select(ReaderRecord).where(ReaderRecord.cycle_id == cycle_id, ReaderRecord.verifier.is_(None))
        )
    )
    if not unready:
        return keys.reading_key(cycle_id)
    # None of its links can have left: their verifiers come with this transaction.
    key = sealing.new_reading_key()
    keys.keep_reading_key(cycle_id, key)
    for record in unready:
        record.verifier = sealing.verifier(sealing.reader_secret(key, record.id))
    return key


def find(session: Session, secret: bytes) -> Reader | None:
    """The reader of a link's secret; None for every unknown link, and while there is nothing for its owner to read."""
    record = session.scalar(select(ReaderRecord).where(ReaderRecord.verifier == sealing.verifier(secret)))
    if record is None:
        return None
    cycle = cycles.load(session, record.cycle_id)
    roster = cycles.roster(session, record.cycle_id)
    own = MAIN if record.party_id == roster.prime_id else str(Subject.partner(record.party_id))
    subjects = _subjects(session, cycle, own, reads_partners=record.reads_partners)
    if not subjects:
        return None
    return Reader(
        secret=secret,
        cycle=cycle,
        party_id=record.party_id,
        party_name=roster.parties[record.party_id],
        chain_name=roster.chain_name,
        prime_name=roster.prime_name,
        own=own,
        subjects=subjects,
    )


def _subjects(session: Session, cycle: Cycle, own: str, *, reads_partners: bool) -> tuple[str, ...]:
    made = session.scalars(
        select(ReportRecord.subject).where(ReportRecord.cycle_id == cycle.id).order_by(ReportRecord.subject)
    ).all()
    if cycle.state is CycleState.PUBLISHED:
        return tuple(subject for subject in made if subject in {MAIN, own} or reads_partners)
    return tuple(subject for subject in made if subject == own)


def _reads_partners(record: CycleRecord, role: Role) -> bool:
    is_open = record.publication == PublicationRule.OPEN
    return role is Role.PRIME or (is_open and role is Role.COMMISSIONER)


def _row(cycle_id: str, contact_id: str, party_id: str, *, reads_partners: bool) -> dict[str, object]:
    return {
        "id": new_id(),
        "cycle_id": cycle_id,
        "contact_id": contact_id,
        "party_id": party_id,
        "reads_partners": reads_partners,
    }
