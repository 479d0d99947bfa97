"""A published report as a page and as files. All of them come from the one snapshot."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from reports import export as exports
from reports import schema as schemas
from reports.kinds import FileKind as FileKind
from reports.kinds import Format as Format
from reports.kinds import filename, kind_of, kinds_of
from reports.language import speaking
from reports.render import pdf_environment, render_standalone_html, view_model
from reports.translated import languages_of, report_in
from reports.variants import Variant as Variant
from reports.xlsx import to_xlsx
from review_app.languages import tongue
from review_app.layout import template_folder
from review_app.services import publishing
from review_app.services.errors import NotFoundError
from review_app.services.evidence import evidence
from review_app.services.report_printing import assets
from review_app.services.report_printing import pdf_path as pdf_path
from surveys.language import Language


@dataclass(frozen=True, slots=True)
class ReportPage:
    """What the report's page needs. ``languages``: those that it can be read in, English first."""

    title: str
    view: object
    digest: str
    languages: tuple[Language, ...]
    files: tuple[ListedFile, ...]


@dataclass(frozen=True, slots=True)
class ListedFile:
    """A file of a report. ``title`` is in the page's language. ``is_ready`` false: the worker has not made it yet.

    ``native_name``: what the file's language calls itself, where the report has several; "" otherwise.
    """

    key: str
    title: str
    language: Language
    native_name: str
    is_ready: bool


@dataclass(frozen=True, slots=True)
class ReportFile:
    """One file to hand out."""

    filename: str
    mimetype: str
    content: bytes


def page(
    session: Session,
    cycle_id: str,
    folder: Path,
    *,
    subject: str = "",
    choose: Callable[[Sequence[Language]], Language],
) -> ReportPage:
    """A report of a cycle for its page: the main one, or that on one partner. Raises NotFoundError.

    ``choose``: which of the report's languages, English first, it is read in; in English where it has not that one.
    """
    published = publishing.load(session, cycle_id, subject)
    offered = languages_of(published.report)
    wanted = choose(offered)
    speech = tongue(wanted if wanted in offered else Language.ENGLISH)
    with speaking(speech):
        view = view_model(report_in(published.report, speech), published.digest)
        files = listed(published, folder)
    return ReportPage(
        title=view.title,
        view=view,
        digest=published.digest,
        languages=offered,
        files=files,
    )


def listed(published: publishing.Published, folder: Path) -> tuple[ListedFile, ...]:
    """The files of a report, in the order in which they are offered."""
    has_several = len(languages_of(published.report)) > 1
    return tuple(
        ListedFile(
            key=kind.key,
            title=kind.title,
            language=kind.language,
            native_name=kind.native_name if has_several else "",
            is_ready=kind.format is not Format.PDF or pdf_path(folder, published.digest, kind).exists(),
        )
        for kind in kinds_of(published.report)
    )


def export_of_key(
    session: Session, cycle_id: str, key: str, folder: Path, *, subject: str = ""
) -> ReportFile | None:
    """The file that an address names by its key; None while the worker has not made it. Raises NotFoundError."""
    kind = kind_of(key)
    if kind is None:
        raise NotFoundError("There is no such file of a report.")
    return export(session, cycle_id, kind, folder, subject=subject)


def export(
    session: Session, cycle_id: str, kind: FileKind | Format, folder: Path, *, subject: str = ""
) -> ReportFile | None:
    """A report as a file; None while the worker has not made that PDF yet. Raises NotFoundError.

    A format alone stands for the full report in English.
    """
    kind = FileKind(kind) if isinstance(kind, Format) else kind
    published = publishing.load(session, cycle_id, subject)
    check(published, kind)
    if kind.format is Format.PDF:
        path = pdf_path(folder, published.digest, kind)
        if not path.exists():
            return None
        content = path.read_bytes()
    else:
        content = _content(session, published, kind, folder)
    return ReportFile(filename(published.report, published.digest, kind), kind.mimetype, content)


def check(published: publishing.Published, kind: FileKind) -> None:
    """Raises NotFoundError where the report does not come as that kind of file."""
    if kind not in kinds_of(published.report):
        raise NotFoundError("The report is not there in that form or that language.")


def _content(session: Session, published: publishing.Published, kind: FileKind, folder: Path) -> bytes:
    if kind.format is Format.CSV:
        return exports.to_csv(published.report)
    if kind.format is Format.JSON:
        return published.content
    if kind.format is Format.EVIDENCE:
        return evidence(session, published, folder)
    speech = tongue(kind.language)
    with speaking(speech):
        worded = report_in(published.report, speech)
        if kind.format is Format.XLSX:
            return to_xlsx(worded, published.digest)
        html = render_standalone_html(
            worded, published.digest, pdf_environment(template_folder(), speech), assets()
        )
    return html.encode()


def schema(version: int) -> ReportFile:
    """The published schema of a report's JSON. Raises NotFoundError for a version that has none."""
    if version not in schemas.PUBLISHED_VERSIONS:
        raise NotFoundError("There is no schema of this version.")
    name = schemas.name_of(version)
    return ReportFile(name, "application/schema+json", schemas.published_schema(version))
