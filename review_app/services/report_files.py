"""A published report as a page, a PDF and exports. All of them come from the one snapshot."""

from __future__ import annotations

import os
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from sqlalchemy.orm import Session

from reports import export as exports
from reports.render import Assets, pdf_environment, render_pdf_html, render_standalone_html, view_model
from review_app.layout import report_font_folder, static_folder, template_folder
from review_app.services import publishing


class Format(StrEnum):
    """The forms in which a report leaves the application."""

    HTML = "html"
    PDF = "pdf"
    CSV = "csv"
    JSON = "json"


_TYPES = {
    Format.HTML: "text/html; charset=utf-8",
    Format.PDF: "application/pdf",
    Format.CSV: "text/csv; charset=utf-8",
    Format.JSON: "application/json",
}


@dataclass(frozen=True, slots=True)
class ReportPage:
    """What the report's page needs."""

    title: str
    view: object
    digest: str
    has_pdf: bool


@dataclass(frozen=True, slots=True)
class ReportFile:
    """One file to hand out."""

    filename: str
    mimetype: str
    content: bytes


def page(session: Session, cycle_id: str, folder: Path, *, subject: str = "") -> ReportPage:
    """A report of a cycle for its page: the main one, or that on one partner. Raises NotFoundError."""
    published = publishing.load(session, cycle_id, subject)
    view = view_model(published.report, published.digest)
    return ReportPage(
        title=view.title,
        view=view,
        digest=published.digest,
        has_pdf=pdf_path(folder, published.digest).exists(),
    )


def export(
    session: Session, cycle_id: str, format_: Format, folder: Path, *, subject: str = ""
) -> ReportFile | None:
    """A report in one form; None while the worker has not made the PDF yet. Raises NotFoundError."""
    published = publishing.load(session, cycle_id, subject)
    if format_ is Format.PDF:
        path = pdf_path(folder, published.digest)
        if not path.exists():
            return None
        content = path.read_bytes()
    else:
        content = _render(published, format_)
    name = f"roundtable-{published.report.facts.closed_on}-{published.digest[:8]}.{format_.value}"
    return ReportFile(name, _TYPES[format_], content)


def make_pdf(published: publishing.Published, folder: Path) -> Path:
    """The PDF of a report, made now unless it is there. It appears under its name only when it is whole."""
    from reports.pdf import write_pdf  # here, because WeasyPrint cannot be imported where Pango is missing

    path = pdf_path(folder, published.digest)
    if path.exists():
        return path
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    content = write_pdf(
        render_pdf_html(published.report, published.digest, pdf_environment(template_folder())), _assets()
    )
    part = path.with_suffix(f".{os.getpid()}.part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    # What an earlier process left behind when it died.
    for stale in folder.glob(f"{published.digest}.*.part"):
        stale.unlink(missing_ok=True)
    return path


def pdf_path(folder: Path, digest: str) -> Path:
    """Where a report's PDF is kept."""
    return folder / f"{digest}.pdf"


def _render(published: publishing.Published, format_: Format) -> bytes:
    if format_ is Format.CSV:
        return exports.to_csv(published.report)
    if format_ is Format.JSON:
        return published.content
    html = render_standalone_html(
        published.report, published.digest, pdf_environment(template_folder()), _assets()
    )
    return html.encode()


def _assets() -> Assets:
    return Assets(static=static_folder(), fonts=report_font_folder())
