"""An instrument's own page, and the steps that a whole version takes: finish, next version, discard."""

from __future__ import annotations

from dataclasses import dataclass

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as later

from review_app.clock import now
from review_app.database import reading, transaction
from review_app.services import instruments
from review_app.services.errors import NotAllowedError
from review_app.services.instruments import Edition, InstrumentState
from review_app.web import words
from review_app.web.faults import REFUSED, SEE_OTHER
from review_app.web.organiser.audience import blueprint, current_organiser
from review_app.web.organiser.editing.drafts import (
    Desk,
    address,
    desk,
    opened,
    reached,
    shown,
)
from review_app.web.organiser.editing.lineage import lineage_words
from review_app.web.organiser.editing.places import MendLink, mend_links
from review_app.web.organiser.editing.welsh import gaps_in_words
from surveys import library
from surveys.errors import InstrumentFaultsError
from surveys.instrument import Instrument, Question, Section
from surveys.instrument_draft import faults_of
from surveys.lineage import Change, Lineage, compare
from surveys.practices import practices
from surveys.voices import SPEAKERS

_STATES = {
    InstrumentState.SHIPPED: later("Comes with Roundtable"),
    InstrumentState.DRAFT: later("Draft"),
    InstrumentState.FINISHED: later("Finished"),
}
_CHANGES = {Change.UNCHANGED: "", Change.REWORDED: later("Reworded"), Change.ADDED: later("New")}


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One statement in the list. ``change``: what became of it since the version before, "" for nothing."""

    id: str
    text: str
    practices: str
    reason: str
    merlin: str
    voices: tuple[str, ...]
    change: str


@dataclass(frozen=True, slots=True)
class PartLines:
    """One part with its statements."""

    id: str
    title: str
    introduction: str
    element: str
    comment_prompt: str
    statements: tuple[StatementLine, ...]


@dataclass(frozen=True, slots=True)
class Overview:
    """An instrument's page.

    ``is_finished``: an own one, whose next version may begin; ``welsh``: how far its Welsh is, as a sentence;
    ``lineage``: sentences on the version before; ``practices``: (id, text); ``mends``: what a draft still needs.
    """

    desk: Desk
    purpose: str
    state: str
    is_finished: bool
    origin: str
    is_used: bool
    welsh: str
    lineage: tuple[str, ...]
    parts: tuple[PartLines, ...]
    practices: tuple[tuple[str, str], ...]
    mends: tuple[MendLink, ...]


@blueprint.get("/organiser/instruments/<string:instrument_id>/versions/<int:version>")
def instrument(instrument_id: str, version: int) -> str:
    """An instrument: its statements, how long they take, and what may be done with it."""
    return render_template("organiser/instrument.html", view=_overview(reached(instrument_id, version)))


@blueprint.get("/organiser/instruments/<string:instrument_id>/versions/<int:version>/finish")
def finish_instrument(instrument_id: str, version: int) -> str:
    """Asks once more before a version is fixed, or lists what has to be mended first."""
    return _finishing(opened(instrument_id, version), is_refused=False)


@blueprint.post("/organiser/instruments/<string:instrument_id>/versions/<int:version>/finish")
def fix_instrument(instrument_id: str, version: int) -> ResponseReturnValue:
    """Finishes a version: it can be used from now on and never changes."""
    try:
        with transaction() as session:
            row_id, found = instruments.draft(session, instrument_id, version)
            instruments.finish(session, now(), row_id, current_organiser().id)
    except InstrumentFaultsError:
        return _finishing(opened(instrument_id, version), is_refused=True), REFUSED
    flash(_("Version %(version)s is finished. It can be used in a review.", version=version), "success")
    return redirect(address("instrument", found), SEE_OTHER)


@blueprint.post("/organiser/instruments/<string:instrument_id>/versions/<int:version>/next")
def next_instrument(instrument_id: str, version: int) -> ResponseReturnValue:
    """Begins the next version; a second click finds it begun."""
    found = reached(instrument_id, version)
    if found.state is InstrumentState.SHIPPED:
        raise NotAllowedError(_("This one comes with Roundtable. Make a copy to change it."))
    with transaction() as session:
        row_id = instruments.next_version(session, now(), found.id, current_organiser().id)
        next_id, number = instruments.place_of(session, row_id)
    told = _("Version %(new)s is a draft. Version %(old)s stays as it is.", new=number, old=version)
    flash(told, "success")
    return redirect(url_for("organiser.instrument", instrument_id=next_id, version=number), SEE_OTHER)


@blueprint.get("/organiser/instruments/<string:instrument_id>/versions/<int:version>/discard")
def discard_instrument(instrument_id: str, version: int) -> str:
    """Asks once more before a draft is deleted."""
    found = opened(instrument_id, version)
    warning = _(
        "Version %(version)s of %(title)s and its %(statements)s will be deleted. This cannot be undone.",
        version=version,
        title=found.title,
        statements=words.statements(len(found.questions())),
    )
    return render_template(
        "organiser/instrument_ask.html",
        desk=desk(found),
        heading=_("Discard this draft"),
        text=warning,
        button=_("Discard this draft"),
        back=address("instrument", found),
    )


@blueprint.post("/organiser/instruments/<string:instrument_id>/versions/<int:version>/discard")
def delete_instrument(instrument_id: str, version: int) -> ResponseReturnValue:
    """Deletes a draft."""
    with transaction() as session:
        row_id, found = instruments.draft(session, instrument_id, version)
        instruments.discard(session, row_id)
    told = _(
        "The draft of version %(version)s of %(title)s is discarded.", version=version, title=found.title
    )
    flash(told, "success")
    return redirect(url_for("organiser.instruments"), SEE_OTHER)


def _finishing(found: Instrument, *, is_refused: bool) -> str:
    with reading() as session:
        before = instruments.edition(session, found.id, found.version).before
    return render_template(
        "organiser/instrument_finish.html",
        desk=desk(found),
        mends=mend_links(found, faults_of(found)),
        is_refused=is_refused,
        lineage=lineage_words(compare(before, found), before) if before else (),
    )


def _overview(edition: Edition) -> Overview:
    found = edition.instrument
    lineage = compare(edition.before, found) if edition.before else None
    covered = {id_ for question in found.questions() for id_ in question.practices}
    return Overview(
        desk=desk(found, is_draft=edition.is_draft),
        purpose=found.purpose,
        state=str(_STATES[edition.state]),
        is_finished=edition.state is InstrumentState.FINISHED,
        origin=_origin(edition),
        is_used=edition.is_used,
        welsh=_welsh(found),
        lineage=lineage_words(lineage, edition.before) if lineage and edition.before else (),
        parts=tuple(_part(section, lineage) for section in found.sections),
        practices=tuple((id_, practices()[id_].text) for id_ in practices() if id_ in covered),
        mends=mend_links(found, faults_of(found)) if edition.is_draft else (),
    )


def _origin(edition: Edition) -> str:
    """What a version began as, as a sentence; "" when it is nobody's copy."""
    id_, _space, version = edition.copied_from.rpartition(" ")
    if not id_:
        return ""
    if id_ == edition.instrument.id:
        return _("Begun from version %(version)s.", version=version)
    source = library.shipped().get((id_, int(version)))
    return _(
        "Copied from %(title)s, version %(version)s.", title=source.title if source else id_, version=version
    )


def _welsh(found: Instrument) -> str:
    if not found.translations:
        return _("It has no Welsh.")
    left = gaps_in_words(found)
    return _("In Welsh: %(left)s.", left=left) if left else _("Everything in it has its Welsh.")


def _part(section: Section, lineage: Lineage | None) -> PartLines:
    return PartLines(
        id=section.id,
        title=section.title,
        introduction=section.introduction,
        element=section.element,
        comment_prompt=section.comment_prompt,
        statements=tuple(_line(question, lineage) for question in section.questions),
    )


def _line(question: Question, lineage: Lineage | None) -> StatementLine:
    return StatementLine(
        id=question.id,
        text=shown(question),
        practices=", ".join(question.practices),
        reason=question.reason,
        merlin=question.merlin.value,
        voices=tuple(SPEAKERS[voice] for voice in question.wording),
        change=str(_CHANGES[lineage.changes[question.id]]) if lineage else "",
    )
