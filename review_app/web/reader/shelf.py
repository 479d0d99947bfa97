"""The reports that are a reader's: the list of them, each as a page, and its files once it is published."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as later

from review_app.database import reading
from review_app.languages import N_
from review_app.services import publishing, report_files
from review_app.services.errors import NotFoundError
from review_app.services.readers import MAIN, Reader
from review_app.services.report_files import Format
from review_app.state import state
from review_app.web import replying
from review_app.web.faults import SEE_OTHER
from review_app.web.reader.audience import blueprint, current_reader
from review_app.web.replying import RepliesView
from surveys.subjects import Subject

_FILES = {
    Format.PDF: later("PDF"),
    Format.CSV: later("Figures as CSV"),
    Format.JSON: later("Figures as JSON"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One report of the list."""

    href: str
    title: str
    about: str


@dataclass(frozen=True, slots=True)
class Download:
    """A file of a report."""

    href: str
    text: str


@dataclass(frozen=True, slots=True)
class Shelf:
    """What a link opens. ``until`` and ``reply``: while the own report waits for replies, None otherwise."""

    chain_name: str
    party_name: str
    title: str
    until: datetime | None
    reply: RepliesView | None
    lines: tuple[Line, ...]


@blueprint.get("/report/yours")
def reports() -> str:
    """What is this reader's now."""
    reader = current_reader()
    view = Shelf(
        chain_name=reader.chain_name,
        party_name=reader.party_name,
        title=reader.cycle.title,
        until=reader.cycle.publishes_at if reader.may_reply else None,
        reply=replying.overview(replying.right_of(reader.cycle.id, reader.own)) if reader.may_reply else None,
        lines=_lines(reader),
    )
    return render_template("reader/reports.html", view=view, languages=reader.cycle.languages)


@blueprint.get("/report/main")
def main_report() -> str:
    """The report on the prime and the whole chain."""
    return _report(MAIN)


@blueprint.get("/report/main.<any(pdf,csv,json):kind>")
def main_file(kind: str) -> ResponseReturnValue:
    """The same as a file."""
    return _file(MAIN, kind)


@blueprint.get("/report/partners/<string:party_id>")
def partner_report(party_id: str) -> str:
    """The report on one partner, where it is this reader's."""
    return _report(str(Subject.partner(party_id)))


@blueprint.get("/report/partners/<string:party_id>.<any(pdf,csv,json):kind>")
def partner_file(party_id: str, kind: str) -> ResponseReturnValue:
    """The same as a file."""
    return _file(str(Subject.partner(party_id)), kind)


def address_of(subject: str) -> str:
    """The page of a report."""
    if subject == MAIN:
        return url_for("reader.main_report")
    return url_for("reader.partner_report", party_id=Subject(subject).party_id)


def _file_address(subject: str, kind: Format) -> str:
    if subject == MAIN:
        return url_for("reader.main_file", kind=kind.value)
    return url_for("reader.partner_file", party_id=Subject(subject).party_id, kind=kind.value)


def _lines(reader: Reader) -> tuple[Line, ...]:
    with reading() as session:
        partners = {
            str(Subject.partner(found.party_id)): found.name
            for found in publishing.partner_reports(session, reader.cycle.id)
        }
    main = (
        Line(
            address_of(MAIN),
            _("%(prime)s and the whole of %(chain)s", prime=reader.prime_name, chain=reader.chain_name),
            _("For everybody in the chain."),
        ),
    )
    return (
        *(main if MAIN in reader.subjects else ()),
        *(
            Line(address_of(subject), name, _("A report on this organisation alone."))
            for subject, name in partners.items()
            if subject in reader.subjects
        ),
    )


def _theirs(subject: str) -> Reader:
    """The reader, where this report is theirs. Raises NotFoundError for every other one, there or not."""
    reader = current_reader()
    if subject not in reader.subjects:
        raise NotFoundError(N_("There is no such report among yours."))
    return reader


def _report(subject: str) -> str:
    reader = _theirs(subject)
    with reading() as session:
        page = report_files.page(session, reader.cycle.id, state().settings.report_dir, subject=subject)
    is_published = not reader.cycle.is_awaiting_replies
    downloads = tuple(
        Download(_file_address(subject, kind), str(text))
        for kind, text in _FILES.items()
        if is_published and (kind is not Format.PDF or page.has_pdf)
    )
    return render_template(
        "reader/report.html",
        view=page.view,
        downloads=downloads,
        until=None if is_published else reader.cycle.publishes_at,
        languages=reader.cycle.languages,
    )


def _file(subject: str, kind: str) -> ResponseReturnValue:
    reader = _theirs(subject)
    if reader.cycle.is_awaiting_replies:
        raise NotFoundError(N_("There are no files of a report before it is published."))
    with reading() as session:
        made = report_files.export(
            session, reader.cycle.id, Format(kind), state().settings.report_dir, subject=subject
        )
    if made is None:
        # The worker makes it within a minute; the page offers it as soon as it is there.
        return redirect(address_of(subject), SEE_OTHER)
    response = Response(made.content, content_type=made.mimetype)
    response.headers.set("Content-Disposition", "attachment", filename=made.filename)
    return response
