"""Reminders of actions before and after their due dates, and what is open once a week: each mail once, whatever dies.

A reminder is known by its action and its day, a digest by its person and its Monday. So the worker may ask again at any
instant, and a day that the worker was away for is made up for.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from review_app.models.actions import ActionEntryRecord, ActionOwnerRecord, ActionPersonRecord, ActionRecord
from review_app.models.chains import ContactRecord
from review_app.models.outbox import MailRecord
from review_app.services import outbox
from review_app.services.outbox import MailKind, Round
from surveys.improvement import REMINDER_DAYS, UNDER_WAY, ActionState, EntryKind, reminders_due
from surveys.mail_hours import ZONE

# When on Monday the digests are written; the hours of a chain may hold them back for longer.
DIGEST_AT = time(7)
# After that a digest of the week would say little that the next one does not.
DIGEST_FOR = timedelta(days=2)
_UNDER_WAY = tuple(state.value for state in UNDER_WAY)
# Those people only who have a mailbox, are in the chain, and have a link that is not revoked.
_REACHABLE = (
    ContactRecord.email != "",
    ContactRecord.gone_at.is_(None),
    ActionPersonRecord.revoked_at.is_(None),
)
Owed = tuple[Round, str]


def is_due(session: Session, now: datetime) -> bool:
    """Whether there is anything that ``chase`` would queue."""
    return next(_owed(session, now), None) is not None


def chase(session: Session, now: datetime) -> int:
    """How many reminders and digests were queued."""
    return sum(
        outbox.queue_errands(session, now, round_, [contact_id])
        for round_, contact_id in tuple(_owed(session, now))
    )


def _owed(session: Session, now: datetime) -> Iterator[Owed]:
    """Every mail that is owed now and is not in the outbox: its round, and the contact."""
    for kind, owed in (
        (MailKind.ACTION_DUE, _reminders(session, now)),
        (MailKind.ACTION_DIGEST, _digests(session, now)),
    ):
        wanted = tuple(owed)
        cycle_ids = {round_.cycle_id for round_, _ in wanted}
        query = select(MailRecord.about_id, MailRecord.number, MailRecord.contact_id).where(
            MailRecord.cycle_id.in_(cycle_ids), MailRecord.kind == kind.value
        )
        there = {tuple(row) for row in session.execute(query)} if wanted else set()
        for round_, contact_id in wanted:
            if (round_.about_id, round_.number, contact_id) not in there:
                yield round_, contact_id


def _reminders(session: Session, now: datetime) -> Iterator[Owed]:
    """The latest reminder of each action whose day has come since its owners last heard of it."""
    today = now.astimezone(ZONE).date()
    told = (
        select(ActionEntryRecord.action_id, func.max(ActionEntryRecord.at).label("at"))
        .where(ActionEntryRecord.kind.in_([EntryKind.CREATED.value, EntryKind.CHANGED.value]))
        .group_by(ActionEntryRecord.action_id)
        .subquery()
    )
    query = (
        select(ActionRecord, told.c.at, ActionPersonRecord.contact_id)
        .join(told, told.c.action_id == ActionRecord.id)
        .join(ActionOwnerRecord, ActionOwnerRecord.action_id == ActionRecord.id)
        .join(ActionPersonRecord, ActionPersonRecord.id == ActionOwnerRecord.person_id)
        .join(ContactRecord, ContactRecord.id == ActionPersonRecord.contact_id)
        .where(
            *_REACHABLE,
            ActionRecord.state.in_(_UNDER_WAY),
            ActionRecord.due <= today - timedelta(days=min(REMINDER_DAYS)),
        )
    )
    for action, told_at, contact_id in session.execute(query):
        last = max(reminders_due(ActionState(action.state), action.due, today), default=None)
        if last is None or action.due + timedelta(days=last) <= told_at.astimezone(ZONE).date():
            continue
        number = action.due.toordinal() + last
        yield Round(action.cycle_id, MailKind.ACTION_DUE, number, action.id), contact_id


def _digests(session: Session, now: datetime) -> Iterator[Owed]:
    """One for everybody with something open since before Monday morning."""
    local = now.astimezone(ZONE)
    monday = local.date() - timedelta(days=local.weekday())
    begins = datetime.combine(monday, DIGEST_AT, ZONE)
    if not begins <= now < begins + DIGEST_FOR:
        return
    owned = select(ActionOwnerRecord.action_id).where(ActionOwnerRecord.person_id == ActionPersonRecord.id)
    query = (
        select(ActionPersonRecord.id, ActionPersonRecord.contact_id, ActionRecord.cycle_id)
        .join(ActionRecord, _asks_something(owned))
        .join(ContactRecord, ContactRecord.id == ActionPersonRecord.contact_id)
        .where(*_REACHABLE, ActionRecord.created_at < begins)
        # The newest of somebody's actions decides which review its mail belongs to.
        .order_by(ActionPersonRecord.id, ActionRecord.number.desc())
    )
    done: set[str] = set()
    for person_id, contact_id, cycle_id in session.execute(query):
        if person_id not in done:
            done.add(person_id)
            yield Round(cycle_id, MailKind.ACTION_DIGEST, monday.toordinal(), person_id), contact_id


def _asks_something(owned: Select[str]) -> ColumnElement[bool]:
    """Whether an action is open for a person: still to do for its owner, or to be looked at for its verifier."""
    return or_(
        ActionRecord.state.in_(_UNDER_WAY) & ActionRecord.id.in_(owned),
        (ActionRecord.state == ActionState.DONE.value) & (ActionRecord.verifier_id == ActionPersonRecord.id),
    )
