"""Reports, for everybody who is signed in: the page, and its files. Until the publication, only for some."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from review_app import languages
from review_app.database import reading
from review_app.services import cycles, publishing, report_files
from review_app.services.accounts import AccountRole
from review_app.services.errors import NotFoundError
from review_app.services.report_files import Format
from review_app.state import state
from review_app.web.faults import SEE_OTHER
from review_app.web.report_downloads import downloads, handed_out
from surveys.language import Language
from surveys.publication import Timetable
from surveys.subjects import Subject

blueprint = Blueprint("reading", __name__)


@dataclass(frozen=True, slots=True)
class PartnerLink:
    """The report on one partner, as the main report's page links it."""

    href: str
    text: str


@blueprint.get("/reports/<string:cycle_id>")
def report(cycle_id: str) -> str:
    """The report as a page."""
    waits = _waiting(cycle_id, "") is not None
    with reading() as session:
        is_close = _is_close_to(cycles.load(session, cycle_id))
        on_partners = publishing.partner_reports(session, cycle_id) if is_close else ()
    partners = tuple(
        PartnerLink(url_for("reading.partner_report", cycle_id=cycle_id, party_id=found.party_id), found.name)
        for found in on_partners
    )
    may_gather = is_close and not waits
    return _page(
        cycle_id,
        "",
        lambda key: url_for("reading.named_file", cycle_id=cycle_id, key=key),
        partners,
        url_for("facilitator.cycle_workshops", cycle_id=cycle_id) if may_gather else "",
    )


@blueprint.get("/reports/<string:cycle_id>.<any(pdf,csv,json):kind>")
def file(cycle_id: str, kind: str) -> ResponseReturnValue:
    """The report in one form, in English. A PDF that the worker has not made yet leads back to the page."""
    return _file(cycle_id, _key(kind), "", url_for("reading.report", cycle_id=cycle_id))


@blueprint.get("/reports/<string:cycle_id>/files/<string:key>")
def named_file(cycle_id: str, key: str) -> ResponseReturnValue:
    """One of the files that the report's page lists."""
    return _file(cycle_id, key, "", url_for("reading.report", cycle_id=cycle_id))


@blueprint.get("/reports/<string:cycle_id>/partners/<string:party_id>")
def partner_report(cycle_id: str, party_id: str) -> str:
    """The report on one partner as a page."""
    return _page(
        cycle_id,
        Subject.partner(party_id),
        lambda key: url_for("reading.named_partner_file", cycle_id=cycle_id, party_id=party_id, key=key),
        (),
    )


@blueprint.get("/reports/<string:cycle_id>/partners/<string:party_id>.<any(pdf,csv,json):kind>")
def partner_file(cycle_id: str, party_id: str, kind: str) -> ResponseReturnValue:
    """The report on one partner in one form, in English."""
    page = url_for("reading.partner_report", cycle_id=cycle_id, party_id=party_id)
    return _file(cycle_id, _key(kind), Subject.partner(party_id), page)


@blueprint.get("/reports/<string:cycle_id>/partners/<string:party_id>/files/<string:key>")
def named_partner_file(cycle_id: str, party_id: str, key: str) -> ResponseReturnValue:
    """One of the files that the page of the report on a partner lists."""
    page = url_for("reading.partner_report", cycle_id=cycle_id, party_id=party_id)
    return _file(cycle_id, key, Subject.partner(party_id), page)


def _page(
    cycle_id: str,
    subject: str,
    address: Callable[[str], str],
    partners: tuple[PartnerLink, ...],
    workshops: str = "",
) -> str:
    """``workshops``: the address of the workshops on the report, for those who may lead them; "" for all others."""
    waiting = _waiting(cycle_id, subject)
    with reading() as session:
        page = report_files.page(
            session, cycle_id, state().settings.report_dir, subject=subject, choose=_chosen
        )
    return render_template(
        "reports/page.html",
        view=page.view,
        downloads=downloads(page.files, address) if waiting is None else (),
        partners=partners,
        workshops=workshops,
        waiting=waiting,
        languages=page.languages if len(page.languages) > 1 else (),
    )


def _chosen(offered: Sequence[Language]) -> Language:
    """The language that the reader's browser wants, if the report has it; the page around it is drawn in it too."""
    languages.use_one_of(offered)
    return languages.current()


def _key(kind: str) -> str:
    return report_files.FileKind(Format(kind)).key


def _waiting(cycle_id: str, subject: str) -> Timetable | None:
    """Until when a made report takes replies and waits; None once it is published.

    Raises NotFoundError for those who may not read it: before the publication, and ever after of a report on one
    partner, all but organisers and the review's steward.
    """
    with reading() as session:
        cycle = cycles.load(session, cycle_id)
    if (cycle.is_awaiting_replies or subject) and not _is_close_to(cycle):
        raise NotFoundError(_("There is no report of this review yet."))
    return cycle.waiting


def _is_close_to(cycle: cycles.Cycle) -> bool:
    """Whether whoever is signed in may read all reports of a review: an organiser, or its own steward."""
    account = current_user.account
    return account.role is AccountRole.ORGANISER or account.id == cycle.steward_id


def _file(cycle_id: str, key: str, subject: str, page: str) -> ResponseReturnValue:
    if _waiting(cycle_id, subject) is not None:
        flash(_("There are files of the report once it is published."), "info")
        return redirect(page, SEE_OTHER)
    with reading() as session:
        made = report_files.export_of_key(
            session, cycle_id, key, state().settings.report_dir, subject=subject
        )
    if made is None:
        flash(_("The PDF is being made. Try again in a minute."), "info")
        return redirect(page, SEE_OTHER)
    return handed_out(made)
