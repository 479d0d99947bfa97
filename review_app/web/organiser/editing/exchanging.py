"""Instruments as files: one that is imported with all its faults at once, and one that is handed out."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from review_app.clock import now
from review_app.database import reading, transaction
from review_app.services import instruments, questionnaires
from review_app.services.errors import NotFoundError
from review_app.web import words
from review_app.web.faults import REFUSED, SEE_OTHER, refuse
from review_app.web.organiser.audience import blueprint, current_organiser
from review_app.web.organiser.editing.forms import InstrumentFileForm
from surveys.errors import Fault, InstrumentFaultsError
from surveys.instrument_draft import asked_voices
from surveys.library import LARGEST_FILE
from surveys.texts import clean_line
from surveys.voices import STAND_INS

MOST_FAULTS = 200


@dataclass(frozen=True, slots=True)
class FileFaults:
    """What a refused file shows. ``left_out``: how many further faults there are."""

    filename: str
    count: str
    faults: tuple[Fault, ...]
    left_out: int


@blueprint.get("/organiser/instruments/import")
def import_instrument() -> str:
    """The page to choose an instrument file on."""
    return _page(InstrumentFileForm(), None)


@blueprint.post("/organiser/instruments/import")
def keep_instrument() -> ResponseReturnValue:
    """Keeps the instrument of a file as a draft; a file with faults is refused with all of them."""
    form = InstrumentFileForm()
    if form.file.data is None:
        refuse(form, "file", _("Choose a questionnaire file"))
        return _page(form, None), REFUSED
    # No letter takes more than four bytes: beyond this the reader would refuse it in any case.
    content = form.file.data.stream.read(4 * LARGEST_FILE + 1)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        refuse(
            form,
            "file",
            _("The file is no text in UTF-8. Save it as plain text in UTF-8, then choose it again."),
        )
        return _page(form, None), REFUSED
    try:
        with transaction() as session:
            row_id = instruments.import_yaml(session, now(), text, current_organiser().id)
            instrument_id, version = instruments.place_of(session, row_id)
    except InstrumentFaultsError as error:
        return _page(form, _faults(clean_line(form.file.data.filename or ""), error.faults)), REFUSED
    flash(_("The file has no faults. Look at the questionnaire, then finish this version."), "success")
    return redirect(url_for("organiser.instrument", instrument_id=instrument_id, version=version), SEE_OTHER)


@blueprint.get("/organiser/instruments/<string:instrument_id>/versions/<int:version>/export.yaml")
def export_instrument(instrument_id: str, version: int) -> Response:
    """An instrument as a file, in the form in which the shipped ones are written."""
    with reading() as session:
        found = instruments.get(session, instrument_id, version)
    response = Response(instruments.export_yaml(found), mimetype="application/yaml")
    filename = f"{found.id}-{found.version}.yaml"
    response.headers.set("Content-Disposition", "attachment", filename=filename)
    return response


@blueprint.get("/organiser/instruments/<string:instrument_id>/versions/<int:version>/<string:voice>.pdf")
def print_instrument(instrument_id: str, version: int, voice: str) -> Response:
    """What one voice is asked, on paper."""
    with reading() as session:
        found = instruments.get(session, instrument_id, version)
    wanted = next((asked for asked in asked_voices(found) if asked.value == voice), None)
    if wanted is None:
        raise NotFoundError(_("This questionnaire asks that voice nothing."))
    made = questionnaires.printed(found, wanted, STAND_INS)
    response = Response(made.content, content_type=made.mimetype)
    response.headers.set("Content-Disposition", "attachment", filename=made.filename)
    return response


def _page(form: InstrumentFileForm, faults: FileFaults | None) -> str:
    return render_template("organiser/instrument_import.html", form=form, faults=faults)


def _faults(filename: str, faults: tuple[Fault, ...]) -> FileFaults:
    shown = tuple(
        Fault(fault.place.removeprefix(f"{instruments.FILE}, "), fault.message, fault.mend)
        for fault in faults[:MOST_FAULTS]
    )
    return FileFaults(filename, words.faults(len(faults)), shown, len(faults[MOST_FAULTS:]))
