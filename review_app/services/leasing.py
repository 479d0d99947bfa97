"""What is due is leased to a worker, sent and recorded. A lease that runs out without a record is due again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, case, func, literal, or_, select, update
from sqlalchemy.orm import Session

from review_app.models.base import Moment
from review_app.models.outbox import MailRecord, MailState
from review_app.services import leased
from review_app.services.leased import Leased as Leased
from review_app.services.leased import LinkOf as LinkOf
from review_app.services.mail_hours import AT_ONCE, may_leave

WAITS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1))
GIVE_UP_AFTER = timedelta(hours=72)
MINUTE = timedelta(minutes=1)
# Any number that other programs on the same PostgreSQL database do not use for a lock of theirs.
_TURN = 7402117


@dataclass(frozen=True, slots=True)
class Terms:
    """How mail may leave here. ``per_minute``: the most in any minute, 0 for no limit; ``keeps_hours``: the chains'.

    ``one_mail``: longer than handing one mail over can take. A lease lasts for two, and is renewed with one left.
    """

    per_minute: int
    keeps_hours: bool
    one_mail: timedelta


def lease(session: Session, now: datetime, most: int, terms: Terms) -> tuple[Leased, ...]:
    """Up to ``most`` mails that are due, now held for this worker; a lease that ran out is due again.

    What a person waits for goes first.
    """
    if terms.per_minute:
        most = min(most, terms.per_minute - _taken_up(session, now))
    if most < 1:
        return ()
    due = _due(session, now, terms)
    ids = _ids(session, most, due, MailRecord.kind.in_(AT_ONCE))
    ids += _ids(session, most - len(ids), due, MailRecord.kind.not_in(AT_ONCE))
    until = now + 2 * terms.one_mail
    session.execute(
        update(MailRecord)
        .where(MailRecord.id.in_(ids))
        .values(
            state=MailState.SENDING.value,
            leased_until=until,
            attempts=MailRecord.attempts + 1,
            first_tried_at=func.coalesce(MailRecord.first_tried_at, now),
            tried_at=now,
        )
    )
    return leased.read(session, ids, until)


def renew(session: Session, now: datetime, mails: Iterable[Leased], terms: Terms) -> dict[str, datetime]:
    """Until when these mails are held now, by their ids; those that another worker has taken over are left out."""
    until = now + 2 * terms.one_mail
    return {mail.id: until for mail in mails if _change(session, mail, leased_until=until, tried_at=now)}


def record_sent(session: Session, mail_id: str) -> None:
    """Marks a mail as taken by the mail server."""
    session.execute(
        update(MailRecord)
        .where(MailRecord.id == mail_id)
        .values(state=MailState.SENT.value, leased_until=None, problem="")
    )


def record_gone(session: Session, mail: Leased) -> None:
    """Withdraws a mail of this lease, because what it is about is gone."""
    _change(session, mail, state=MailState.CANCELLED.value, leased_until=None)


def record_end(session: Session, now: datetime, mails: Iterable[Leased]) -> None:
    """Marks all mails of a batch with one moment, the last at which any of them can have left.

    Were each marked with its own, the shortest gap would tell whose mail was only said to be sent.
    """
    ids = [mail.id for mail in mails]
    session.execute(update(MailRecord).where(MailRecord.id.in_(ids)).values(tried_at=now))


def record_failed(session: Session, now: datetime, mail: Leased, problem: str, *, is_final: bool) -> None:
    """Puts a mail back with a longer wait, or gives it up: when the server refuses for good, or after 72 hours.

    The 72 hours begin with the first try: what the hours of a chain hold back, or a worker that is off, is no failure.
    """
    record = session.get(MailRecord, mail.id, with_for_update=True, populate_existing=True)
    if record is None or record.state != MailState.SENDING or record.attempts != mail.attempt:
        return
    record.leased_until = None
    record.problem = problem
    if is_final or now - (record.first_tried_at or now) >= GIVE_UP_AFTER:
        record.state = MailState.FAILED.value
        return
    record.state = MailState.QUEUED.value
    record.due_at = now + WAITS[min(record.attempts, len(WAITS)) - 1]


def put_off_due(session: Session, now: datetime, problem: str, terms: Terms) -> None:
    """Puts everything that is due back at once, as a failed try of each would: the mail server is away.

    Otherwise a long queue would knock at a closed door twenty mails at a time.
    """
    attempts = MailRecord.attempts + 1
    waits = {number: now + wait for number, wait in enumerate(WAITS[:-1], start=1)}
    first = func.coalesce(MailRecord.first_tried_at, now, type_=Moment())
    session.execute(
        update(MailRecord)
        .where(MailRecord.state == MailState.QUEUED.value, _due(session, now, terms))
        .values(
            attempts=attempts,
            problem=problem,
            first_tried_at=first,
            due_at=case(
                {number: literal(moment, Moment()) for number, moment in waits.items()},
                value=attempts,
                else_=literal(now + WAITS[-1], Moment()),
            ),
            state=case((first <= now - GIVE_UP_AFTER, MailState.FAILED.value), else_=MailState.QUEUED.value),
        )
        .execution_options(synchronize_session=False)
    )


def _taken_up(session: Session, now: datetime) -> int:
    """How many of this minute's mails are used up: those that left or may be leaving. Workers take turns to ask."""
    if session.get_bind().dialect.name == "postgresql":
        # SQLite has one writer at a time anyway.
        session.execute(select(func.pg_advisory_xact_lock(_TURN)))
    is_leaving = (MailRecord.state == MailState.SENDING.value) & (MailRecord.leased_until > now)
    query = select(func.count()).where(or_(MailRecord.tried_at > now - MINUTE, is_leaving))
    return session.scalar(query) or 0


def _due(session: Session, now: datetime, terms: Terms) -> ColumnElement[bool]:
    due = or_(
        (MailRecord.state == MailState.QUEUED.value) & (MailRecord.due_at <= now),
        (MailRecord.state == MailState.SENDING.value) & (MailRecord.leased_until <= now),
    )
    return due & may_leave(session, now) if terms.keeps_hours else due


def _ids(session: Session, most: int, *where: ColumnElement[bool]) -> list[str]:
    query = select(MailRecord.id).where(*where).order_by(MailRecord.due_at).limit(most)
    return list(session.scalars(query.with_for_update(skip_locked=True)))


def _change(session: Session, mail: Leased, **values: object) -> bool:
    """Whether this lease of the mail still holds; only then it is changed."""
    query = update(MailRecord).where(
        MailRecord.id == mail.id,
        MailRecord.state == MailState.SENDING.value,
        # Each lease is an attempt: another worker's would be a later one.
        MailRecord.attempts == mail.attempt,
    )
    return session.execute(query.values(values).returning(MailRecord.id)).first() is not None
