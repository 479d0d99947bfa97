"""The reports that are a reader's: the list of them, each as a page, and its files once it is published."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from review_app import languages
from review_app.clock import now
from review_app.database import reading
from review_app.languages import N_
from review_app.services import publishing, report_files
from review_app.services.errors import NotFoundError
from review_app.services.readers import MAIN, Reader
from review_app.state import state
from review_app.web import replying
from review_app.web.faults import SEE_OTHER
from review_app.web.reader.audience import blueprint, current_reader
from review_app.web.reader.improvement import has_something
from review_app.web.replying import RepliesView
from review_app.web.report_downloads import downloads, handed_out
from surveys.publication import Timetable
from surveys.subjects import Subject


@dataclass(frozen=True, slots=True)
class Line:
    """One report of the list."""

    href: str
    title: str
    about: str


@dataclass(frozen=True, slots=True)
class Shelf:
    """What a link opens. ``waiting`` and ``reply``: while the own report waits to be published, None otherwise."""

    chain_name: str
    party_name: str
    title: str
    waiting: Timetable | None
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
        waiting=reader.cycle.waiting if reader.may_reply else None,
        reply=replying.overview(replying.right_of(reader.cycle.id, reader.own)) if reader.may_reply else None,
        lines=_lines(reader),
    )
    return render_template("reader/reports.html", view=view, languages=reader.cycle.languages)


@blueprint.get("/report/main")
def main_report() -> str:
    """The report on the prime and the whole chain."""
    return _report(MAIN)


@blueprint.get("/report/main/files/<string:key>")
def main_file(key: str) -> ResponseReturnValue:
    """The same as a file."""
    return _file(MAIN, key)


@blueprint.get("/report/partners/<string:party_id>")
def partner_report(party_id: str) -> str:
    """The report on one partner, where it is this reader's."""
    return _report(str(Subject.partner(party_id)))


@blueprint.get("/report/partners/<string:party_id>/files/<string:key>")
def partner_file(party_id: str, key: str) -> ResponseReturnValue:
    """The same as a file."""
    return _file(str(Subject.partner(party_id)), key)


def address_of(subject: str) -> str:
    """The page of a report."""
    if subject == MAIN:
        return url_for("reader.main_report")
    return url_for("reader.partner_report", party_id=Subject(subject).party_id)


def _file_address(subject: str, key: str) -> str:
    if subject == MAIN:
        return url_for("reader.main_file", key=key)
    return url_for("reader.partner_file", party_id=Subject(subject).party_id, key=key)


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
    improvement = (
        Line(
            url_for("reader.improvement"),
            _("You said, we did"),
            _("What was decided on the reports, what was done, and what will not be done and why."),
        ),
    )
    return (
        *(main if MAIN in reader.subjects else ()),
        *(improvement if has_something(reader) else ()),
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
        page = report_files.page(
            session,
            reader.cycle.id,
            state().settings.report_dir,
            subject=subject,
            choose=lambda _offered: languages.current(),
        )
    waiting = reader.cycle.waiting
    return render_template(
        "reader/report.html",
        view=page.view,
        downloads=downloads(page.files, partial(_file_address, subject)) if waiting is None else (),
        waiting=waiting,
        takes_replies=waiting is not None and waiting.takes_replies(now()),
        languages=reader.cycle.languages,
    )


def _file(subject: str, key: str) -> ResponseReturnValue:
    reader = _theirs(subject)
    if reader.cycle.is_awaiting_replies:
        raise NotFoundError(N_("There are no files of a report before it is published."))
    with reading() as session:
        made = report_files.export_of_key(
            session, reader.cycle.id, key, state().settings.report_dir, subject=subject
        )
    # The worker makes it within a minute; the page offers it as soon as it is there.
    return handed_out(made) if made else redirect(address_of(subject), SEE_OTHER)
