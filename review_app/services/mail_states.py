"""What the organiser may know of a review's mail: its state, and nothing about who opened or answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.orm import Session

from review_app.mail.statuses import ABOUT_ONE_MAILBOX
from review_app.models.chains import ContactRecord, PartyRecord
from review_app.models.cycles import InvitationRecord
from review_app.models.outbox import MailKind, MailRecord, MailState
from review_app.services import mail_hours
from review_app.services.mail_hours import AT_ONCE
from review_app.services.outbox import LINK_BRINGERS

# Whoever asks for their link again does so between themselves and their mailbox.
_SHOWN = frozenset(MailKind) - {MailKind.LINK_AGAIN}
WITH_LINK = frozenset(kind for kind in _SHOWN if kind.carries_link)
WITHOUT_LINK = frozenset(MailKind) - WITH_LINK - {MailKind.LINK_AGAIN}
# What the steward can have stopped for somebody: its failures may not show by a gap whose (decision 10).
_TO_EVERYONE = WITH_LINK - LINK_BRINGERS
MOST_LISTED = 50
_MOST_PROBLEMS = 5


@dataclass(frozen=True, slots=True)
class KindCount:
    """How many mails of a kind are in each state; what was called off counts nowhere."""

    kind: MailKind
    waiting: int
    sending: int
    sent: int
    failed: int


@dataclass(frozen=True, slots=True)
class PutOff:
    """Mails that wait because they could not be sent. ``next_at``: when the last of them is tried again."""

    problem: str
    count: int
    next_at: datetime


@dataclass(frozen=True, slots=True)
class FailedMail:
    """One mail that was given up."""

    id: str
    contact_name: str
    party_name: str
    kind: MailKind
    problem: str


@dataclass(frozen=True, slots=True)
class MailProgress:
    """A review's mail. ``held``: how many wait for ``held_until``, when the chain's hours begin; None for no wait.

    ``failed``: the first of those that failed, by organisation and name. Of the mails that go to everybody only those
    that failed at one mailbox: what a whole server refuses strikes all but those who are left out, and has no names.
    The same number of statements for any size.
    """

    kinds: tuple[KindCount, ...]
    put_off: tuple[PutOff, ...]
    failed: tuple[FailedMail, ...]
    held: int
    held_until: datetime | None


def progress(
    session: Session, now: datetime, cycle_id: str, kinds: frozenset[MailKind], *, keeps_hours: bool
) -> MailProgress:
    """The state of a review's mail of some kinds. Raises NotFoundError."""
    ours = (MailRecord.cycle_id == cycle_id) & MailRecord.kind.in_([kind.value for kind in kinds])
    counts = _counts(session, ours)
    held, until = 0, None
    if keeps_hours:
        holding = mail_hours.held(session, now, cycle_id)
        until = holding.until
        held = sum(
            one.waiting
            for one in counts
            if until and one.kind not in AT_ONCE and (holding.holds_links or not one.kind.carries_link)
        )
    return MailProgress(
        counts, _put_off(session, ours), _failed(session, ours), held, until if held else None
    )


def _counts(session: Session, ours: ColumnElement[bool]) -> tuple[KindCount, ...]:
    query = select(MailRecord.kind, MailRecord.state, func.count()).where(ours)
    found: dict[str, dict[str, int]] = {}
    for kind, state, count in session.execute(query.group_by(MailRecord.kind, MailRecord.state)):
        found.setdefault(kind, {})[state] = count
    return tuple(
        KindCount(
            kind,
            waiting=states.get(MailState.QUEUED, 0),
            sending=states.get(MailState.SENDING, 0),
            sent=states.get(MailState.SENT, 0),
            failed=states.get(MailState.FAILED, 0),
        )
        for kind in MailKind
        if (states := found.get(kind, {})) and states.keys() != {MailState.CANCELLED}
    )


def _put_off(session: Session, ours: ColumnElement[bool]) -> tuple[PutOff, ...]:
    count = func.count()
    query = (
        select(MailRecord.problem, count, func.max(MailRecord.due_at, type_=MailRecord.due_at.type))
        .where(ours, MailRecord.state == MailState.QUEUED.value, MailRecord.problem != "")
        .group_by(MailRecord.problem)
        .order_by(count.desc(), MailRecord.problem)
        .limit(_MOST_PROBLEMS)
    )
    return tuple(PutOff(problem, number, next_at) for problem, number, next_at in session.execute(query))


def _failed(session: Session, ours: ColumnElement[bool]) -> tuple[FailedMail, ...]:
    brings = case({kind.value: number for number, kind in enumerate(MailKind)}, value=MailRecord.kind)
    query = (
        select(MailRecord.id, ContactRecord.name, PartyRecord.name, MailRecord.kind, MailRecord.problem)
        .join(ContactRecord, ContactRecord.id == MailRecord.contact_id)
        .outerjoin(InvitationRecord, InvitationRecord.id == MailRecord.invitation_id)
        .join(PartyRecord, PartyRecord.id == func.coalesce(InvitationRecord.party_id, ContactRecord.party_id))
        .where(ours, MailRecord.state == MailState.FAILED.value, _may_be_named())
        .order_by(PartyRecord.name, ContactRecord.name, brings, MailRecord.number)
        .limit(MOST_LISTED)
    )
    return tuple(
        FailedMail(id_, contact, party, MailKind(kind), problem)
        for id_, contact, party, kind, problem in session.execute(query)
    )


def _may_be_named() -> ColumnElement[bool]:
    at_one_mailbox = (MailRecord.problem.contains(f": {reason} (") for reason in sorted(ABOUT_ONE_MAILBOX))
    return or_(MailRecord.kind.not_in([kind.value for kind in _TO_EVERYONE]), *at_one_mailbox)
