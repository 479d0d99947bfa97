"""The pack of a workshop as the source of its PDFs: from the main report as everybody reads it, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from reports import pack
from reports.pack import PackPart as PackPart
from reports.pack_meeting import Meeting, Topic
from reports.render import pdf_environment
from review_app.languages import ZONE, moment
from review_app.layout import template_folder
from review_app.services import publishing
from review_app.services.errors import NotYetError
from review_app.services.workshops import Workshop
from surveys.language import Language
from surveys.workshop import PAYING_ROLES


@dataclass(frozen=True, slots=True)
class Source:
    """What a PDF is made of: its HTML, and the names of its style sheets."""

    html: str
    styles: tuple[str, ...]


def source(session: Session, workshop: Workshop, parts: Sequence[PackPart]) -> Source:
    """The source of some parts of a workshop's pack. Raises NotFoundError without a report, NotYetError without topics.

    Reports on single partners stay with those who may read them: their figures are in no pack.
    """
    if not workshop.topics:
        raise NotYetError("There is nothing on the agenda yet. Put a topic on it first.")
    report = publishing.load(session, workshop.cycle_id).report
    view = pack.pack_view(_meeting(workshop), report)
    html = pack.render_pack_html(view, parts, pdf_environment(template_folder()))
    return Source(html, pack.STYLES)


def when(workshop: Workshop) -> str:
    """When a workshop is, in words: "12 June 2027, 10:00am to 12:30pm"."""
    begins, ends = (moment(value, Language.ENGLISH) for value in (workshop.begins_at, workshop.ends_at))
    day, _comma, hour = ends.rpartition(", ")
    return f"{begins} to {hour if begins.startswith(day) else ends}"


def _meeting(workshop: Workshop) -> Meeting:
    return Meeting(
        title=workshop.title,
        chain=workshop.chain_name,
        prime=workshop.prime_name,
        when=when(workshop),
        begins_at=workshop.begins_at.astimezone(ZONE),
        minutes=workshop.minutes,
        place=workshop.place,
        dots=workshop.dots,
        topics=tuple(
            Topic(
                title=topic.title,
                reason=topic.reason,
                minutes=topic.minutes,
                kind=topic.kind,
                finding_id=topic.finding_id,
                subject=topic.subject,
                question_id=topic.question_id,
                practices=topic.practices,
            )
            for topic in workshop.topics
        ),
        paid=tuple(party.name for party in workshop.invited if party.role not in PAYING_ROLES),
        paying=tuple(party.name for party in workshop.invited if party.role in PAYING_ROLES),
    )
