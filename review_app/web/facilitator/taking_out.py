"""Taking a note out that names a person: which notes there are, and the question before it is done."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from review_app.database import reading, transaction
from review_app.services import taking_out
from review_app.services.errors import NotFoundError
from review_app.services.taking_out import RevealedNote
from review_app.services.workshops import Workshop
from review_app.web.facilitator.audience import blueprint, led
from review_app.web.faults import SEE_OTHER
from surveys.note_groups import LONGEST_TITLE
from surveys.notes import TAKEN_OUT_WORDS

# The pages that lead here, and back to which it goes.
_BACK = {
    "lead": "facilitator.lead",
    "record": "facilitator.record",
    "minutes": "facilitator.workshop_minutes",
}


@blueprint.get("/workshops/<string:workshop_id>/notes")
def revealed_notes(workshop_id: str) -> str:
    """Every revealed note with the way to take it out."""
    found = led(workshop_id)
    return render_template(
        "facilitator/revealed_notes.html",
        workshop=found,
        topics=tuple((notes[0].topic_title, notes) for notes in _by_topic(found)),
        may=found.state in taking_out.OPEN,
        back=_back_name(),
        back_to=_back(workshop_id),
    )


@blueprint.get("/workshops/<string:workshop_id>/notes/<string:note_id>/take-out")
def ask_take_out(workshop_id: str, note_id: str) -> str:
    """Asks once more, and says what everybody sees afterwards."""
    found = led(workshop_id)
    note = next((one for one in _notes(found) if one.id == note_id), None)
    if note is None:
        raise NotFoundError(_("There is no such note in this workshop."))
    return render_template(
        "facilitator/take_out.html",
        workshop=found,
        note=note,
        words=TAKEN_OUT_WORDS,
        longest=LONGEST_TITLE,
        may=found.state in taking_out.OPEN and not note.is_taken_out,
        back=_back_name(),
        back_to=_back(workshop_id),
    )


@blueprint.post("/workshops/<string:workshop_id>/notes/<string:note_id>/take-out")
def take_out(workshop_id: str, note_id: str) -> ResponseReturnValue:
    """Takes the words out. A second click finds it done."""
    led(workshop_id)
    with transaction() as session:
        taking_out.take_out(session, workshop_id, note_id, title=request.form.get("title", ""))
    flash(_("The note is taken out. Everybody sees that it is, and why."), "success")
    return redirect(_back(workshop_id), SEE_OTHER)


def _notes(found: Workshop) -> tuple[RevealedNote, ...]:
    with reading() as session:
        return taking_out.revealed(session, found.id)


def _by_topic(found: Workshop) -> Iterator[tuple[RevealedNote, ...]]:
    for _topic_id, notes in groupby(_notes(found), lambda note: note.topic_id):
        yield tuple(notes)


def _back_name() -> str:
    name = request.values.get("back", "")
    return name if name in _BACK else "record"


def _back(workshop_id: str) -> str:
    return url_for(_BACK[_back_name()], workshop_id=workshop_id)
