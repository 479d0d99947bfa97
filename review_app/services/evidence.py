"""The evidence bundle of a report, from what is kept: the reports of its cycle, its questionnaire and its PDFs."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from reports.bundle import Evidence, bundle
from reports.certificate import certify
from reports.kinds import filename, pdf_kinds
from reports.serial import report_from_bytes
from review_app.models.releases import ReportRecord
from review_app.services import cycles
from review_app.services.publishing import Published
from review_app.services.report_printing import pdf_path


def evidence(session: Session, published: Published, folder: Path) -> bytes:
    """The bundle of one report, with the PDFs that are made. Raises SolverError."""
    cycle = cycles.load(session, published.cycle_id)
    rows = session.execute(
        select(ReportRecord.subject, ReportRecord.content).where(
            ReportRecord.cycle_id == published.cycle_id,
            ReportRecord.published_at.is_(None)
            if published.published_at is None
            else ReportRecord.published_at.is_not(None),
        )
    )
    reports = {subject: report_from_bytes(content) for subject, content in rows}
    return bundle(
        Evidence(
            report=published.content,
            previous=_previous(session, published),
            instrument=cycle.instrument.only_in(cycle.languages),
            certificate=certify(reports, software=f"Roundtable {version('roundtable-review')}"),
            pdfs=dict(_pdfs(published, folder)),
        )
    )


def _previous(session: Session, published: Published) -> bytes | None:
    previous = published.report.previous
    if previous is None:
        return None
    return session.scalar(select(ReportRecord.content).where(ReportRecord.digest == previous.digest))


def _pdfs(published: Published, folder: Path) -> Iterator[tuple[str, bytes]]:
    for kind in pdf_kinds(published.report):
        path = pdf_path(folder, published.digest, kind)
        if path.exists():
            yield filename(published.report, published.digest, kind), path.read_bytes()
