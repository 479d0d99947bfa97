"""“You said, we did” for a whole chain, from its main reports, what its workshops settled, and its actions.

Only what the whole chain may read: nothing from the report on one partner, no workshop before its minutes went out,
and no person's name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reports.language import Tongue, speaking
from reports.model import Report
from reports.render import pdf_environment, render_you_said_html
from reports.said import Found as Found
from reports.said import Origin, found_in, what_was_said
from reports.serial import report_from_bytes
from reports.translated import report_in
from reports.you_said import Done, Settled, Told, you_said
from reports.you_said import YouSaid as YouSaid
from review_app.languages import tongue as tongue_of
from review_app.layout import template_folder
from review_app.models.actions import ActionEntryRecord
from review_app.models.chains import ChainRecord
from review_app.models.cycles import CycleRecord
from review_app.models.releases import ReportRecord
from review_app.models.workshops import TopicRecord, WorkshopRecord
from review_app.services import actions, released_actions
from review_app.services.actions import Action
from review_app.services.designs import languages_from_text
from review_app.services.errors import NotFoundError
from surveys.cycle import CycleState
from surveys.improvement import ActionState, is_overdue
from surveys.mail_hours import ZONE
from surveys.workshop import Outcome, WorkshopState

STYLES = ("report.css", "report-pdf.css", "said.css", "said-pdf.css")
_MAIN = ""


@dataclass(frozen=True, slots=True)
class _Made:
    """A published main report, the recorded workshops on it, and their topics."""

    cycle_id: str
    content: bytes
    workshops: frozenset[str]
    topics: tuple[tuple[TopicRecord, WorkshopRecord], ...]


def of_chain(
    session: Session, today: date, chain_id: str, tongue: Tongue, until: datetime | None = None
) -> YouSaid:
    """What was said in a chain, and what came of it, in a language. Raises NotFoundError.

    ``until``: of reviews that closed then or earlier, because whoever reads was on the list of that one; None for all.
    """
    name = session.scalar(select(ChainRecord.name).where(ChainRecord.id == chain_id))
    if name is None:
        raise NotFoundError("There is no such chain.")
    made = _made(session, chain_id, until)
    found = _of_everybody(session, actions.of_chain(session, chain_id), made)
    with speaking(tongue):
        told = tuple(
            Told(
                report_in(report_from_bytes(one.content), tongue),
                tuple(
                    settled
                    for topic, workshop in one.topics
                    if (settled := _settled(topic, workshop)) is not None
                ),
                tuple(_done(action, today) for action in found if action.cycle_id == one.cycle_id),
            )
            for one in made
        )
        return you_said(name, told, today)


def has_begun(session: Session, chain_id: str, until: datetime | None = None) -> bool:
    """Whether there is anything to tell: a workshop whose minutes went out, or an action beyond its proposal."""
    made = _made(session, chain_id, until)
    if any(one.workshops for one in made):
        return True
    found = _of_everybody(session, actions.of_chain(session, chain_id), made)
    return any(action.state is not ActionState.PROPOSED for action in found)


def signs(session: Session) -> tuple[int, ...]:
    """Numbers of which one changes whenever a page may have changed, but for the day."""
    recorded = WorkshopRecord.state == WorkshopState.RECORDED.value
    counts = (
        select(func.count()).select_from(ActionEntryRecord),
        select(func.count()).select_from(WorkshopRecord).where(recorded),
        select(func.count()).select_from(ReportRecord).where(ReportRecord.published_at.is_not(None)),
    )
    return tuple(session.scalars(count).one() for count in counts)


def editions(session: Session, today: date) -> Iterator[str]:
    """The source of every PDF that somebody may want: for each published review with what came of it, each language."""
    query = select(CycleRecord).where(CycleRecord.state == CycleState.PUBLISHED.value)
    for record in session.scalars(query.order_by(CycleRecord.id)).all():
        if not has_begun(session, record.chain_id, record.closed_at):
            continue
        for language in languages_from_text(record.languages):
            speech = tongue_of(language)
            yield source(of_chain(session, today, record.chain_id, speech, record.closed_at), speech)


def source(said: YouSaid, tongue: Tongue) -> str:
    """The HTML that the PDF is made of."""
    with speaking(tongue):
        return render_you_said_html(said, pdf_environment(template_folder(), tongue))


def said_on(
    session: Session, action: Action, tongue: Tongue, *, main_report_only: bool = False
) -> tuple[str, str]:
    """The statement that an action came from and what its report says on it; ("", "") where it came from none.

    ``main_report_only``: for somebody who may not read every report of the chain.
    """
    origin = Origin(action.finding_id, action.subject, action.question_id)
    if main_report_only and origin.is_on_partner:
        return "", ""
    subject = action.subject if origin.is_on_partner else _MAIN
    report = _published(session, action.cycle_id, subject)
    if report is None or not action.question_id:
        return "", ""
    with speaking(tongue):
        return what_was_said(report_in(report, tongue), origin)


@dataclass(frozen=True, slots=True)
class FoundIn:
    """The findings of one published review's main report, in its order."""

    cycle_id: str
    title: str
    findings: tuple[Found, ...]


def findings(session: Session, chain_id: str, tongue: Tongue) -> FoundIn | None:
    """What the chain's newest published report found; None while there is none."""
    made = _made(session, chain_id, None)
    if not made:
        return None
    with speaking(tongue):
        report = report_in(report_from_bytes(made[0].content), tongue)
        return FoundIn(made[0].cycle_id, report.facts.title, tuple(found_in(report)))


def _published(session: Session, cycle_id: str, subject: str) -> Report | None:
    record = session.get(ReportRecord, (cycle_id, subject))
    return report_from_bytes(record.content) if record and record.published_at else None


def _made(session: Session, chain_id: str, until: datetime | None) -> tuple[_Made, ...]:
    """The chain's published reviews, the newest first."""
    query = (
        select(CycleRecord.id, ReportRecord.content)
        .join(ReportRecord, (ReportRecord.cycle_id == CycleRecord.id) & (ReportRecord.subject == _MAIN))
        .where(CycleRecord.chain_id == chain_id, ReportRecord.published_at.is_not(None))
        .order_by(CycleRecord.closed_at.desc(), CycleRecord.id)
    )
    if until is not None:
        query = query.where(CycleRecord.closed_at <= until)
    contents = session.execute(query).all()
    recorded = session.execute(
        select(WorkshopRecord, TopicRecord)
        .outerjoin(TopicRecord, TopicRecord.workshop_id == WorkshopRecord.id)
        .where(
            WorkshopRecord.cycle_id.in_([cycle_id for cycle_id, _content in contents]),
            WorkshopRecord.state == WorkshopState.RECORDED.value,
        )
        .order_by(WorkshopRecord.begins_at, WorkshopRecord.id, TopicRecord.position, TopicRecord.id)
    ).all()
    return tuple(
        _Made(
            cycle_id,
            content,
            frozenset(workshop.id for workshop, _topic in recorded if workshop.cycle_id == cycle_id),
            tuple(
                (topic, workshop)
                for workshop, topic in recorded
                if workshop.cycle_id == cycle_id and topic is not None
            ),
        )
        for cycle_id, content in contents
    )


def _of_everybody(session: Session, found: Iterable[Action], made: Iterable[_Made]) -> tuple[Action, ...]:
    """Of some actions, those that the whole chain may read about."""
    published = {one.cycle_id for one in made}
    rooms = released_actions.rooms(session, published)
    return tuple(
        action
        for action in found
        if action.cycle_id in published and not _origin(action).is_on_partner and rooms.has_let_out(action)
    )


def _origin(of: Action | TopicRecord) -> Origin:
    return Origin(of.finding_id, of.subject, of.question_id)


def _settled(record: TopicRecord, workshop: WorkshopRecord) -> Settled | None:
    origin = _origin(record)
    if origin.is_on_partner:
        return None
    return Settled(
        id=record.id,
        title=record.title,
        origin=origin,
        outcome=Outcome(record.outcome),
        decision=record.decision,
        because=record.because,
        workshop=workshop.title,
        settled_at=workshop.begins_at.astimezone(ZONE),
    )


def _done(action: Action, today: date) -> Done:
    evidence = list(_evidence(action))
    is_verified = action.state is ActionState.VERIFIED
    return Done(
        number=action.number,
        title=action.title,
        for_whom=action.for_whom,
        state=action.state,
        owners=tuple(dict.fromkeys(owner.party_name for owner in action.owners)),
        due=action.due,
        is_overdue=is_overdue(action.state, action.due, today),
        origin=_origin(action),
        topic_id=action.topic_id or "",
        files=evidence.count("file"),
        links=evidence.count("link"),
        verified_by=action.verifier.party_name if is_verified else "",
        reason=action.reason if action.state is ActionState.DECLINED else "",
    )


def _evidence(action: Action) -> Iterator[str]:
    """What there is to see, without names of files, which may be people's."""
    for piece in action.evidence:
        if piece.address:
            yield "link"
        elif piece.scan == "passed":
            yield "file"
