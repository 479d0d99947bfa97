"""Cycles: drafted by an organiser, approved by the steward, and the one figure of an open one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from review_app.models.accounts import AccountRecord
from review_app.models.ballots import ballots_table
from review_app.models.base import new_id
from review_app.models.chains import ChainRecord, PartyRecord
from review_app.models.cycles import CycleRecord
from review_app.models.outbox import MailKind
from review_app.models.releases import ReportRecord
from review_app.services import chains, outbox
from review_app.services.cycle_values import Cycle as Cycle
from review_app.services.designs import (
    Design,
    design_faults,
    languages_from_text,
    languages_to_text,
    plan_from_text,
    plan_to_text,
)
from review_app.services.errors import NotAllowedError, NotFoundError
from review_app.services.rosters import Roster, roster_from_text
from surveys import library
from surveys.chain import Chain, Role
from surveys.cycle import CycleState, KeyMode, is_too_soon, may_extend
from surveys.errors import CycleFaultsError, Fault
from surveys.publication import CountedBy, PublicationRule
from surveys.roster import email_key

ROUNDED_TO = 5
TOO_SOON = (
    "Another review of this chain closes within 90 days of this one. Two reports close together can be compared to"
    " single people out."
)


def draft(
    session: Session, now: datetime, *, chain_id: str, organiser_id: str, design: Design, shortest: timedelta
) -> str:
    """The id of a new draft. Raises CycleFaultsError with everything that is wrong with the design."""
    chain = chains.load(session, chain_id)
    _check(session, now, chain, design, shortest=shortest)
    record = CycleRecord(id=new_id(), chain_id=chain_id, organiser_id=organiser_id, created_at=now, asked=0)
    record.state = CycleState.DRAFT.value
    record.roster_code = new_id()
    _apply(record, design)
    session.add(record)
    session.flush()
    return record.id


def redesign(session: Session, now: datetime, cycle_id: str, *, design: Design, shortest: timedelta) -> None:
    """Changes a draft and voids its approval. Raises CycleFaultsError, NotAllowedError after the launch."""
    record = editable(session, cycle_id)
    _check(session, now, chains.load(session, record.chain_id), design, shortest=shortest)
    _apply(record, design)
    record.approval = None


def editable(session: Session, cycle_id: str) -> CycleRecord:
    """The record of a draft, locked for this transaction. Raises NotAllowedError once it was launched."""
    record = locked(session, cycle_id)
    if record.state != CycleState.DRAFT:
        raise NotAllowedError("This review was launched. Its design is fixed.")
    return record


def locked(session: Session, cycle_id: str) -> CycleRecord:
    """A cycle's record, locked for this transaction. Raises NotFoundError."""
    record = session.scalar(select(CycleRecord).where(CycleRecord.id == cycle_id).with_for_update())
    if record is None:
        raise NotFoundError("There is no such review.")
    return record


def load(session: Session, cycle_id: str) -> Cycle:
    """A cycle. Raises NotFoundError."""
    found = next(iter(_load(session, CycleRecord.id == cycle_id)), None)
    if found is None:
        raise NotFoundError("There is no such review.")
    return found


def roster(session: Session, cycle_id: str) -> Roster:
    """What the chain and its parties were called when a cycle was launched. Raises NotFoundError before that."""
    text = session.scalar(select(CycleRecord.roster).where(CycleRecord.id == cycle_id))
    if not text or text == "{}":
        raise NotFoundError("This review is not launched yet.")
    return roster_from_text(text)


def roles(session: Session, cycle_id: str) -> Mapping[str, Role]:
    """What each party was in the chain when a cycle was launched, by its id. Raises NotFoundError before that.

    Of a cycle that was launched before this was kept, what it is now.
    """
    found = roster(session, cycle_id)
    if found.roles:
        return found.roles
    query = select(PartyRecord.id, PartyRecord.role).where(PartyRecord.id.in_(found.parties))
    return {id_: Role(role) for id_, role in session.execute(query)}


def of_chain(session: Session, chain_id: str) -> tuple[Cycle, ...]:
    """The cycles of a chain, the newest first."""
    return _load(session, CycleRecord.chain_id == chain_id)


def for_organiser(session: Session) -> tuple[Cycle, ...]:
    """Every cycle of the installation, the newest first."""
    return _load(session, CycleRecord.id.is_not(None))


def for_steward(session: Session, steward_id: str) -> tuple[Cycle, ...]:
    """The cycles that a steward guards, the newest first."""
    return _load(session, CycleRecord.steward_id == steward_id)


def extend(session: Session, now: datetime, cycle_id: str, steward_id: str, closes_at: datetime) -> None:
    """A later closing time, told to everyone by mail. Nobody may shorten. Raises NotAllowedError, CycleFaultsError.

    Like the launch, it keeps two reviews of one chain ninety days apart, unless a reason is agreed.
    """
    record = locked(session, cycle_id)
    _check_steward(record, steward_id)
    if record.state != CycleState.OPEN or not may_extend(record.closes_at, closes_at, now):
        raise NotAllowedError("An open review can be extended to a later day, up to 180 days from today.")
    near, was_near = (
        closes_near(session, record.chain_id, moment, other_than=cycle_id)
        for moment in (closes_at, record.closes_at)
    )
    if near and not was_near and not record.too_soon_reason:
        raise CycleFaultsError([Fault("closes_at", TOO_SOON, "Choose an earlier day.")])
    record.closes_at = closes_at
    outbox.cancel_kind(session, cycle_id, MailKind.CLOSING_SOON)
    outbox.queue_for_all(session, now, cycle_id, MailKind.EXTENDED)


def remind(session: Session, now: datetime, cycle_id: str) -> int:
    """How many reminders were queued: one to everyone, because nobody can see who has answered. Two rounds at most."""
    record = locked(session, cycle_id)
    if record.state != CycleState.OPEN or now >= record.closes_at:
        raise NotAllowedError("Only an open review can send reminders.")
    return outbox.queue_for_all(session, now, cycle_id, MailKind.REMINDER, most=2)


def has_stale_figure(session: Session, now: datetime) -> bool:
    """Whether the figure of an open cycle is of an earlier day."""
    query = select(CycleRecord.id).where(
        CycleRecord.state == CycleState.OPEN.value, CycleRecord.received_on < now.date()
    )
    return session.scalars(query.limit(1)).first() is not None


def refresh_received(session: Session, now: datetime) -> None:
    """Counts the ballots of every open cycle, once a day, rounded down to fives."""
    for record in session.scalars(select(CycleRecord).where(CycleRecord.state == CycleState.OPEN.value)):
        if record.storage is None or record.received_on == now.date():
            continue
        # The day of the launch shows nothing: the first answers would be told apart by the hour.
        is_first_day = record.opened_at is not None and record.opened_at.date() == now.date()
        count = (
            0
            if is_first_day
            else session.scalar(select(func.count()).select_from(ballots_table(record.storage)))
        )
        # A link that the steward replaced may have been used before and after: more rows than reviews.
        record.received_shown = min(count or 0, record.asked) // ROUNDED_TO * ROUNDED_TO
        record.received_on = now.date()


def closes_near(session: Session, chain_id: str, closes_at: datetime, *, other_than: str | None) -> bool:
    """Whether another launched cycle of the chain, or of one with the same people, closes within ninety days."""
    query = select(CycleRecord.closes_at).where(
        CycleRecord.chain_id.in_(chains.kin(session, chain_id)),
        CycleRecord.state != CycleState.DRAFT.value,
        CycleRecord.id != (other_than or ""),
    )
    return any(is_too_soon(closes_at, other) for other in session.scalars(query))


def check_design(session: Session, now: datetime, cycle_id: str, design: Design, shortest: timedelta) -> None:
    """Checks a design again at the moment of launch. Raises CycleFaultsError."""
    record = locked(session, cycle_id)
    _check(session, now, chains.load(session, record.chain_id), design, shortest=shortest, cycle_id=cycle_id)


def design_of(record: CycleRecord) -> Design:
    """The design that a record holds."""
    return Design(
        title=record.title,
        instrument=library.from_text(record.instrument),
        plan=plan_from_text(record.plan),
        k=record.k,
        closes_at=record.closes_at,
        key_mode=KeyMode(record.key_mode),
        steward_id=record.steward_id,
        too_soon_reason=record.too_soon_reason,
        long_reason=record.long_reason,
        languages=languages_from_text(record.languages),
        long_reason_welsh=record.long_reason_welsh,
        publish_after_days=record.publish_after_days,
        publication=PublicationRule(record.publication),
        counted_by=CountedBy(record.counted_by),
    )


def _check(
    session: Session,
    now: datetime,
    chain: Chain,
    design: Design,
    *,
    shortest: timedelta,
    cycle_id: str | None = None,
) -> None:
    faults = list(design_faults(design, chain, now, shortest=shortest))
    steward = session.get(AccountRecord, design.steward_id)
    if steward is None or steward.role != "steward":
        faults.append(
            Fault("steward_id", "A review needs a steward.", "Choose one, or have an account made.")
        )
    elif any(email_key(c.email) == steward.email_key for party in chain.parties for c in party.contacts):
        faults.append(
            Fault(
                "steward_id",
                f"{steward.name} is a contact of this chain.",
                "Choose a steward who is independent.",
            )
        )
    if not design.too_soon_reason and closes_near(session, chain.id, design.closes_at, other_than=cycle_id):
        faults.append(
            Fault(
                "too_soon_reason",
                TOO_SOON,
                "Choose a later day, or agree a reason with the steward and write it here.",
            )
        )
    if faults:
        raise CycleFaultsError(faults)


def _apply(record: CycleRecord, design: Design) -> None:
    record.title = design.title.strip()
    record.instrument_id = design.instrument.id
    record.instrument_version = design.instrument.version
    # What nobody is asked in is no part of what is approved.
    asked = design.instrument.only_in(design.languages)
    record.instrument = json.dumps(library.to_mapping(asked), ensure_ascii=False)
    record.plan = plan_to_text(design.plan)
    record.k = design.k
    record.closes_at = design.closes_at
    record.key_mode = design.key_mode.value
    record.steward_id = design.steward_id
    record.too_soon_reason = design.too_soon_reason.strip()
    record.long_reason = " ".join(design.long_reason.split())
    record.languages = languages_to_text(design.languages)
    record.long_reason_welsh = " ".join(design.long_reason_welsh.split())
    record.publish_after_days = design.publish_after_days
    record.publication = design.publication.value
    record.counted_by = design.counted_by.value
    record.sealing_key = None


def guarded_draft(session: Session, cycle_id: str, steward_id: str) -> CycleRecord:
    """The record of a draft for its steward, locked.

    Raises NotFoundError for anybody else, NotAllowedError once it was launched.
    """
    record = editable(session, cycle_id)
    _check_steward(record, steward_id)
    return record


def _check_steward(record: CycleRecord, steward_id: str) -> None:
    if record.steward_id != steward_id:
        raise NotFoundError("There is no such review.")


def _load(session: Session, condition: object) -> tuple[Cycle, ...]:
    made_at = (
        select(func.min(ReportRecord.made_at))
        .where(ReportRecord.cycle_id == CycleRecord.id)
        .scalar_subquery()
    )
    query = (
        select(CycleRecord, ChainRecord.name, AccountRecord.name, made_at)
        .join(ChainRecord, ChainRecord.id == CycleRecord.chain_id)
        .join(AccountRecord, AccountRecord.id == CycleRecord.steward_id)
        .where(condition)  # type: ignore[arg-type]  # a column expression, whose class SQLAlchemy does not name
        .order_by(CycleRecord.created_at.desc(), CycleRecord.id)
    )
    return tuple(
        _cycle(record, chain_name, steward, made)
        for record, chain_name, steward, made in session.execute(query)
    )


def _cycle(record: CycleRecord, chain_name: str, steward_name: str, made_at: datetime | None) -> Cycle:
    return Cycle(
        id=record.id,
        chain_id=record.chain_id,
        chain_name=chain_name,
        title=record.title,
        state=CycleState(record.state),
        instrument=library.from_text(record.instrument),
        plan=plan_from_text(record.plan),
        k=record.k,
        closes_at=record.closes_at,
        key_mode=KeyMode(record.key_mode),
        organiser_id=record.organiser_id,
        steward_id=record.steward_id,
        steward_name=steward_name,
        too_soon_reason=record.too_soon_reason,
        long_reason=record.long_reason,
        languages=languages_from_text(record.languages),
        long_reason_welsh=record.long_reason_welsh,
        cloned_from=record.cloned_from,
        is_approved=record.approval is not None,
        has_key=record.sealing_key is not None,
        opened_at=record.opened_at,
        closed_at=record.closed_at,
        purged_at=record.purged_at,
        asked=record.asked,
        received_shown=record.received_shown,
        received_on=record.received_on.isoformat() if record.received_on else "",
        publish_after_days=record.publish_after_days,
        publication=PublicationRule(record.publication),
        counted_by=CountedBy(record.counted_by),
        made_at=made_at,
    )
