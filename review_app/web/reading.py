"""Reports, for everybody who is signed in: the page, and its files. Until the publication, only for some."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as later
from flask_login import current_user

from review_app.database import reading
from review_app.services import cycles, publishing, report_files
from review_app.services.accounts import AccountRole
from review_app.services.errors import NotFoundError
from review_app.services.report_files import Format
from review_app.state import state
from review_app.web.faults import SEE_OTHER
from surveys.subjects import Subject

blueprint = Blueprint("reading", __name__)

_FILES = {
    Format.PDF: later("PDF"),
    Format.CSV: later("Figures as CSV"),
    Format.JSON: later("Figures as JSON"),
}


@dataclass(frozen=True, slots=True)
class Download:
    """A file of a report, as the report's page links it."""

    href: str
    text: str


@blueprint.get("/reports/<string:cycle_id>")
def report(cycle_id: str) -> str:
    """The report as a page."""
    until = _waits_until(cycle_id)
    with reading() as session:
        page = report_files.page(session, cycle_id, state().settings.report_dir)
        on_partners = publishing.partner_reports(session, cycle_id)
    downloads = tuple(
        Download(url_for("reading.file", cycle_id=cycle_id, kind=kind.value), text)
        for kind, text in _FILES.items()
        if until is None and (kind is not Format.PDF or page.has_pdf)
    )
    partners = tuple(
        Download(url_for("reading.partner_report", cycle_id=cycle_id, party_id=found.party_id), found.name)
        for found in on_partners
    )
    return render_template(
        "reports/page.html", view=page.view, downloads=downloads, partners=partners, until=until
    )


@blueprint.get("/reports/<string:cycle_id>.<any(pdf,csv,json):kind>")
def file(cycle_id: str, kind: str) -> ResponseReturnValue:
    """The report as a file. A PDF that the worker has not made yet leads back to the page."""
    return _file(cycle_id, kind, "", url_for("reading.report", cycle_id=cycle_id))


@blueprint.get("/reports/<string:cycle_id>/partners/<string:party_id>")
def partner_report(cycle_id: str, party_id: str) -> str:
    """The report on one partner as a page."""
    until = _waits_until(cycle_id)
    with reading() as session:
        page = report_files.page(
            session, cycle_id, state().settings.report_dir, subject=Subject.partner(party_id)
        )
    downloads = tuple(
        Download(url_for("reading.partner_file", cycle_id=cycle_id, party_id=party_id, kind=kind.value), text)
        for kind, text in _FILES.items()
        if until is None and (kind is not Format.PDF or page.has_pdf)
    )
    return render_template("reports/page.html", view=page.view, downloads=downloads, partners=(), until=until)


@blueprint.get("/reports/<string:cycle_id>/partners/<string:party_id>.<any(pdf,csv,json):kind>")
def partner_file(cycle_id: str, party_id: str, kind: str) -> ResponseReturnValue:
    """The report on one partner as a file."""
    page = url_for("reading.partner_report", cycle_id=cycle_id, party_id=party_id)
    return _file(cycle_id, kind, Subject.partner(party_id), page)


def _waits_until(cycle_id: str) -> datetime | None:
    """Until when a made report waits for replies; None once it is published.

    Raises NotFoundError for those who may not read it yet: all but organisers and the review's steward.
    """
    with reading() as session:
        cycle = cycles.load(session, cycle_id)
    account = current_user.account
    if not cycle.is_awaiting_replies:
        return None
    if account.role is not AccountRole.ORGANISER and account.id != cycle.steward_id:
        raise NotFoundError(_("There is no report of this review yet."))
    return cycle.publishes_at


def _file(cycle_id: str, kind: str, subject: str, page: str) -> ResponseReturnValue:
    if _waits_until(cycle_id) is not None:
        flash(_("There are files of the report once it is published."), "info")
        return redirect(page, SEE_OTHER)
    with reading() as session:
        made = report_files.export(
            session, cycle_id, Format(kind), state().settings.report_dir, subject=subject
        )
    if made is None:
        flash(_("The PDF is being made. Try again in a minute."), "info")
        return redirect(page, SEE_OTHER)
    response = Response(made.content, content_type=made.mimetype)
    response.headers.set("Content-Disposition", "attachment", filename=made.filename)
    return response
