"""When the mail of each chain may leave: as its organiser set it, and what is held back by it now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.orm import Session

from review_app.models.chains import ChainRecord
from review_app.models.cycles import CycleRecord
from review_app.models.outbox import MailKind, MailRecord
from review_app.services import chains_history
from review_app.services.chains_history import Author
from review_app.services.errors import NotFoundError
from surveys.errors import ChainFaultsError
from surveys.mail_hours import MailHours, hours_faults

# A person waits for these: they asked for them, or their link was replaced.
AT_ONCE = frozenset({MailKind.LINK_AGAIN, MailKind.NEW_LINK})


@dataclass(frozen=True, slots=True)
class Holding:
    """What the hours hold back of one review. ``until``: None when all may leave."""

    until: datetime | None
    holds_links: bool


def of_chain(session: Session, chain_id: str) -> MailHours:
    """The hours of a chain. Raises NotFoundError."""
    return _hours(_record(session, chain_id))


def change(session: Session, now: datetime, chain_id: str, hours: MailHours, *, by: Author) -> None:
    """Sets the hours of a chain, also for what waits already. Raises ChainFaultsError, NotFoundError."""
    if faults := hours_faults(hours.days, hours.start, hours.end):
        raise ChainFaultsError(faults)
    record = _record(session, chain_id)
    if _hours(record) == hours:
        return
    record.mail_days = "".join(str(day) for day in sorted(hours.days))
    record.mail_from, record.mail_until = hours.start, hours.end
    sentence = f"{by.words} set the hours of the mail: {hours}."
    chains_history.record(session, now, chain_id, by, kind="edit", sentences=[sentence])


def held(session: Session, now: datetime, cycle_id: str) -> Holding:
    """What is held back of a review's mail now, and until when. Raises NotFoundError."""
    cycle = session.get(CycleRecord, cycle_id)
    if cycle is None:
        raise NotFoundError("There is no such review.")
    begins = of_chain(session, cycle.chain_id).next(now)
    if begins <= now:
        return Holding(None, holds_links=False)
    return Holding(begins, holds_links=not _is_too_late(begins, cycle.closes_at))


def may_leave(session: Session, now: datetime) -> ColumnElement[bool]:
    """The condition that a mail of the outbox may leave now, by the hours of its chain."""
    chains = session.execute(
        select(ChainRecord.id, ChainRecord.mail_days, ChainRecord.mail_from, ChainRecord.mail_until)
    ).all()
    begins = {id_: _read(days, start, end).next(now) for id_, days, start, end in chains}
    quiet = [id_ for id_, moment in begins.items() if moment > now]
    if not quiet:
        return true()
    cycles = session.execute(
        select(CycleRecord.id, CycleRecord.chain_id, CycleRecord.closes_at).where(
            CycleRecord.chain_id.in_(quiet)
        )
    ).all()
    late = [id_ for id_, chain_id, closes_at in cycles if _is_too_late(begins[chain_id], closes_at)]
    return or_(
        MailRecord.kind.in_(AT_ONCE),
        MailRecord.cycle_id.not_in([id_ for id_, *_ in cycles]),
        MailRecord.cycle_id.in_(late) & MailRecord.invitation_id.is_not(None),
    )


def _is_too_late(begins: datetime, closes_at: datetime) -> bool:
    # A link that would come after the close is of no use: better in the night than never.
    return begins >= closes_at


def _record(session: Session, chain_id: str) -> ChainRecord:
    record = session.get(ChainRecord, chain_id)
    if record is None:
        raise NotFoundError("There is no such chain.")
    return record


def _hours(record: ChainRecord) -> MailHours:
    return _read(record.mail_days, record.mail_from, record.mail_until)


def _read(days: str, start: int, end: int) -> MailHours:
    return MailHours(frozenset(map(int, days)), start, end)
