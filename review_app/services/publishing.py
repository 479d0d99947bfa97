"""The reports: made once from the release and the released comments, published with the replies, then only read.

Between the two lies the time in which those whom a report is about can read it and reply. Both steps are taken under
the lock of their cycle and look first whether they were taken already: they may be tried again at any instant, by
several workers at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from reports.action_words import state_words
from reports.agreed import Agreed, beside
from reports.concluding import conclude
from reports.conclusions import AgreedAction, Promise, Reply
from reports.model import SCHEMA_VERSION, CycleFacts, Report
from reports.release import assemble_all
from reports.serial import digest, release_from_bytes, report_from_bytes, report_to_bytes
from review_app.models.cycles import CycleRecord
from review_app.models.releases import ReleaseRecord, ReplyRecord, ReportRecord
from review_app.services import actions, comments, cycles, outbox, readers, released_actions
from review_app.services.cycles import Cycle
from review_app.services.errors import NotAllowedError, NotFoundError, NotYetError
from review_app.services.outbox import MailKind
from review_app.services.report_translations import translated
from surveys.cycle import CycleState, move
from surveys.improvement import SETTLED, ActionState
from surveys.publication import HoldReason, make_by
from surveys.subjects import Subject


@dataclass(frozen=True, slots=True)
class Published:
    """A report and its digest. ``subject``: the one partner that it is about; "" for the main report.

    ``published_at`` None: it waits for replies, and they will be put into it.
    """

    cycle_id: str
    subject: str
    report: Report
    content: bytes
    digest: str
    published_at: datetime | None


@dataclass(frozen=True, slots=True)
class Printed:
    """An action that a report of a cycle names. ``report``: the title of what that report is on; ``subject``: its own.

    ``id``: the action's; ``state``: in words; ``may_change``: whether it is settled by nobody yet.
    """

    id: str
    subject: str
    report: str
    action: AgreedAction
    state: str
    may_change: bool


@dataclass(frozen=True, slots=True)
class PartnerReport:
    """A report on one partner: the id and the name of the party."""

    party_id: str
    name: str


def publish(session: Session, now: datetime, cycle_id: str, steward_id: str) -> None:
    """The steward lets the reports be made, with the comments as they are released: from now on those are fixed.

    They wait for replies, or are published at once where the cycle has no time for any. Raises NotYetError while a
    comment waits for a decision.
    """
    record = cycles.locked(session, cycle_id)
    if record.steward_id != steward_id:
        raise NotFoundError("There is no such review.")
    if record.state != CycleState.CLOSED or _records(session, cycle_id):
        raise NotAllowedError("Only a review that is closed and counted can be published, and only once.")
    left = sum(pool.waiting for pool in comments.pools(session, cycle_id, steward_id))
    if left:
        waiting = "1 comment waits" if left == 1 else f"{left} comments wait"
        raise NotYetError(f"{waiting} for your decision. Quote each one or keep it back.")
    _make(session, now, record)
    if not record.publish_after_days:
        _publish(session, now, record)


def due(session: Session, now: datetime) -> tuple[str, ...]:
    """The cycles whose reports are to be made or published now, whatever anybody does."""
    closed = select(CycleRecord.id).where(
        CycleRecord.state == CycleState.CLOSED.value, CycleRecord.publish_after_days > 0
    )
    found = (cycles.load(session, cycle_id) for cycle_id in session.scalars(closed.order_by(CycleRecord.id)))
    return tuple(cycle.id for cycle in found if _is_due(cycle, now))


def advance(session: Session, now: datetime, cycle_id: str) -> None:
    """Makes or publishes the reports of a cycle if that is due. Comments without a decision are kept back for ever."""
    record = cycles.locked(session, cycle_id)
    cycle = cycles.load(session, cycle_id)
    if cycle.state is not CycleState.CLOSED or not _is_due(cycle, now):
        return
    if cycle.made_at is None:
        _make(session, now, record)
    else:
        _publish(session, now, record)


def load(session: Session, cycle_id: str, subject: str = "") -> Published:
    """A report: the main one, or that on one partner. Raises NotFoundError."""
    record = session.get(ReportRecord, (cycle_id, subject))
    if record is None:
        raise NotFoundError("There is no report of this review yet.")
    report = report_from_bytes(record.content)
    return Published(cycle_id, subject, report, record.content, record.digest, record.published_at)


def partner_reports(session: Session, cycle_id: str) -> tuple[PartnerReport, ...]:
    """The reports on single partners, by name."""
    query = select(ReportRecord.subject, ReportRecord.content).where(
        ReportRecord.cycle_id == cycle_id, ReportRecord.subject != ""
    )
    found = (
        PartnerReport(Subject(subject).party_id, report_from_bytes(content).parts[0].title)
        for subject, content in session.execute(query)
    )
    return tuple(sorted(found, key=lambda partner: partner.name.casefold()))


def digests(session: Session) -> tuple[tuple[str, str, str], ...]:
    """The cycle id, subject and digest of every published report, the main report of a cycle first."""
    rows = session.execute(
        select(ReportRecord.cycle_id, ReportRecord.subject, ReportRecord.digest)
        .where(ReportRecord.published_at.is_not(None))
        .order_by(ReportRecord.published_at, ReportRecord.cycle_id, ReportRecord.subject)
    )
    return tuple((cycle_id, subject, digest_) for cycle_id, subject, digest_ in rows)


def replies_by(report: Report, subject: str) -> str:
    """Whose replies a report holds: the organisation that it is about."""
    return report.parts[0].title if subject else report.facts.prime_name


def _is_due(cycle: Cycle, now: datetime) -> bool:
    if not cycle.publish_after_days or cycle.closed_at is None:
        return False
    if cycle.waiting is not None:
        return cycle.waiting.publishes_at <= now
    return make_by(cycle.closes_at, cycle.publish_after_days, cycle.closed_at) <= now


def _records(session: Session, cycle_id: str) -> list[ReportRecord]:
    query = select(ReportRecord).where(ReportRecord.cycle_id == cycle_id).order_by(ReportRecord.subject)
    return list(session.scalars(query))


def _make(session: Session, now: datetime, record: CycleRecord) -> None:
    release = session.get(ReleaseRecord, record.id)
    if release is None:
        raise NotFoundError("There is no release of this review.")
    cycle = cycles.load(session, record.id)
    reports = _assembled(session, cycle, release)
    session.add_all(
        ReportRecord(
            cycle_id=record.id,
            subject=subject,
            content=report_to_bytes(report),
            digest=digest(report),
            made_at=now,
            published_at=None,
        )
        for subject, untranslated in reports.items()
        for report in (translated(untranslated, cycle.instrument, cycle.plan, cycle.languages),)
    )
    readers.enlist_asked(session, record)
    session.flush()
    if record.publish_after_days:
        _tell_those_whom_they_are_about(session, now, record.id, reports)


def _assembled(session: Session, cycle: Cycle, release: ReleaseRecord) -> dict[str, Report]:
    """The reports of a cycle by their subjects, with all that they say, in English."""
    said = comments.blocks(session, cycle.id, cycle.instrument)
    last, agreed = _last(session, cycle), _agreed(session, cycle)
    reports = assemble_all(_facts(session, cycle), release_from_bytes(release.content), said)
    return {
        subject: replace(report, actions=beside(report, agreed))
        for subject, report in _concluded(reports, last).items()
    }


def _publish(session: Session, now: datetime, record: CycleRecord) -> None:
    """Puts the replies into the reports, and sends everybody theirs. What the reports hold then never changes again."""
    for made in _records(session, record.id):
        replies = _replies(session, made)
        if replies:
            # A report that was made before replies could be held back becomes one that can say so.
            report = replace(report_from_bytes(made.content), schema_version=SCHEMA_VERSION, replies=replies)
            made.content, made.digest = report_to_bytes(report), digest(report)
        made.published_at = now
    _forget_held(session, record.id)
    record.state = move(CycleState(record.state), CycleState.PUBLISHED).value
    session.flush()
    outbox.queue_to_contacts(
        session, now, record.id, readers.contacts(session, record.id), MailKind.PUBLISHED
    )


def _tell_those_whom_they_are_about(
    session: Session, now: datetime, cycle_id: str, reports: Mapping[str, Report]
) -> None:
    prime_id = cycles.roster(session, cycle_id).prime_id
    about = {Subject(subject).party_id if subject else prime_id for subject in reports}
    people = readers.contacts_of(session, cycle_id, about)
    outbox.queue_to_contacts(session, now, cycle_id, people, MailKind.REPORT_READY)


def _replies(session: Session, made: ReportRecord) -> tuple[Reply, ...]:
    """The replies to a report, in the order of its findings."""
    kept = {
        record.finding_id: record
        for record in session.scalars(
            select(ReplyRecord).where(
                ReplyRecord.cycle_id == made.cycle_id, ReplyRecord.subject == made.subject
            )
        )
    }
    report = report_from_bytes(made.content)
    by = replies_by(report, made.subject)
    found = (kept.get(finding.id) for part in report.parts for finding in part.findings)
    return tuple(_reply(record, by) for record in found if record is not None and record.text)


def _reply(record: ReplyRecord, by: str) -> Reply:
    on = record.replied_at.date().isoformat()
    if record.held_for is None:
        return Reply(record.finding_id, by, record.text, record.promise, on)
    return Reply(record.finding_id, by, "", "", on, HoldReason(record.held_for))


def _forget_held(session: Session, cycle_id: str) -> None:
    """Empties what was held back, and forgets what was before: nobody may read it any more."""
    of_cycle = ReplyRecord.cycle_id == cycle_id
    session.execute(delete(ReplyRecord).where(of_cycle, ReplyRecord.text == ""))
    session.execute(
        update(ReplyRecord).where(of_cycle, ReplyRecord.held_for.is_not(None)).values(text="", promise="")
    )
    session.execute(update(ReplyRecord).where(of_cycle).values(last_held=None, last_held_for=None))


def promises_to_repeat(session: Session, cycle_id: str) -> tuple[Promise, ...]:
    """What was promised in replies to the chain's last reports: the reports of a closed cycle will say it again."""
    last = _last(session, cycles.load(session, cycle_id))
    return tuple(promise for made in last.values() for promise in _promises(made.report))


def actions_to_print(session: Session, cycle_id: str) -> tuple[Printed, ...]:
    """The actions that the reports of a counted cycle name, or will once they are made; the main report's first."""
    cycle = cycles.load(session, cycle_id)
    release = session.get(ReleaseRecord, cycle_id)
    made = {record.subject: report_from_bytes(record.content) for record in _records(session, cycle_id)}
    if not made and release is not None and _agreed(session, cycle):
        made = _assembled(session, cycle, release)
    known = {action.number: action for action in actions.of_chain(session, cycle.chain_id)}
    return tuple(
        Printed(
            id=known[action.number].id,
            subject=subject,
            report=report.parts[0].title if subject else "",
            action=action,
            state=state_words(action.state),
            may_change=known[action.number].state not in SETTLED,
        )
        for subject, report in sorted(made.items())
        for action in report.actions
    )


def _last(session: Session, cycle: Cycle) -> dict[str, Published]:
    """The reports of the chain's last published cycle, by their subjects; nothing for its first."""
    query = (
        select(CycleRecord.id)
        .where(
            CycleRecord.chain_id == cycle.chain_id,
            CycleRecord.state == CycleState.PUBLISHED.value,
            CycleRecord.closed_at < cycle.closed_at,
        )
        .order_by(CycleRecord.closed_at.desc(), CycleRecord.id)
        .limit(1)
    )
    last_id = session.scalar(query)
    if last_id is None:
        return {}
    return {made.subject: load(session, last_id, made.subject) for made in _records(session, last_id)}


def _agreed(session: Session, cycle: Cycle) -> tuple[Agreed, ...]:
    """The actions of the chain's earlier cycles that are out, by their number.

    What nobody has accepted is not agreed; and what was made once people were being asked cannot have moved what
    they answered.
    """
    earlier = set(
        session.scalars(
            select(CycleRecord.id).where(
                CycleRecord.chain_id == cycle.chain_id, CycleRecord.closed_at < cycle.closed_at
            )
        )
    )
    rooms = released_actions.rooms(session, earlier)
    begun = cycle.opened_at or cycle.closed_at
    return tuple(
        Agreed(
            number=action.number,
            title=action.title,
            state=action.state,
            owners=tuple(dict.fromkeys(owner.party_name for owner in action.owners)),
            subject=action.subject,
            question_id=action.question_id,
            practices=action.practices,
        )
        for action in actions.of_chain(session, cycle.chain_id)
        if action.cycle_id in earlier
        and action.state is not ActionState.PROPOSED
        and rooms.has_let_out(action)
        and begun is not None
        and action.created_at < begun
    )


def _concluded(reports: Mapping[str, Report], last: Mapping[str, Published]) -> dict[str, Report]:
    """The reports with what they conclude and follow on: the last report on the same subject, and its promises."""
    before = {subject: last[subject].report if subject in last else None for subject in reports}
    return {
        subject: replace(conclude(report, earlier), promises=_promises(earlier) if earlier else ())
        for (subject, report), earlier in zip(reports.items(), before.values(), strict=True)
    }


def _promises(report: Report) -> tuple[Promise, ...]:
    wordings = {
        finding.id: item.wording
        for part in report.parts
        for finding in part.findings
        for section in part.sections
        for item in section.items
        if item.question_id == finding.question_id
    }
    return tuple(
        Promise(wordings[reply.finding_id], reply.by, reply.promise, reply.replied_on)
        for reply in report.replies
        if reply.promise and reply.finding_id in wordings
    )


def _facts(session: Session, cycle: Cycle) -> CycleFacts:
    if cycle.opened_at is None or cycle.closed_at is None:
        raise NotFoundError("There is no such review.")
    roster = cycles.roster(session, cycle.id)
    timetable = cycle.timetable
    return CycleFacts(
        reference=cycle.id,
        title=cycle.title,
        chain_name=roster.chain_name,
        prime_name=roster.prime_name,
        instrument_id=cycle.instrument.id,
        instrument_version=cycle.instrument.version,
        instrument_title=cycle.instrument.title,
        scale_labels=tuple(point.label for point in cycle.instrument.scale.points),
        opened_on=cycle.opened_at.date().isoformat(),
        closed_on=cycle.closed_at.date().isoformat(),
        steward_name=cycle.steward_name,
        mode=cycle.key_mode.value,
        k=cycle.k,
        min_organisations=cycle.policy.min_organisations,
        comment_answers=cycle.policy.comment_answers,
        comment_group=cycle.policy.comment_group,
        counted_by=cycle.counted_by,
        publication=cycle.publication,
        published_on=timetable.publishes_at.date().isoformat() if timetable else "",
        languages=tuple(language.value for language in cycle.languages),
    )
