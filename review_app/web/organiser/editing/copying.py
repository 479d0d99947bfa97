"""A copy of an instrument: its title, and the parts and statements that it is to keep."""

from __future__ import annotations

from dataclasses import dataclass

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from wtforms.fields import SelectChoice

from review_app.clock import now
from review_app.database import transaction
from review_app.services import instruments
from review_app.web.faults import REFUSED, SEE_OTHER, refuse
from review_app.web.organiser.audience import blueprint, current_organiser
from review_app.web.organiser.editing.drafts import desk, reached, shown
from review_app.web.organiser.editing.forms import CopyForm
from review_app.web.words import figure
from surveys.instrument import Instrument, Section
from surveys.instrument_draft import selected


@dataclass(frozen=True, slots=True)
class Choice:
    """One box to tick."""

    id: str
    text: str
    hint: str
    is_ticked: bool


@dataclass(frozen=True, slots=True)
class PartChoice:
    """A part with the statements that may be kept of it."""

    part: Choice
    statements: tuple[Choice, ...]


@blueprint.get("/organiser/instruments/<string:instrument_id>/versions/<int:version>/copy")
def copy_instrument(instrument_id: str, version: int) -> str:
    """The form of a copy, with everything ticked."""
    edition = reached(instrument_id, version)
    source = edition.instrument
    form = _form(
        source,
        {
            "title": _("%(title)s, our copy", title=source.title),
            "parts": [section.id for section in source.sections],
            "kept": [question.id for question in source.questions()],
        },
    )
    return _page(source, form, is_draft=edition.is_draft)


@blueprint.post("/organiser/instruments/<string:instrument_id>/versions/<int:version>/copy")
def keep_copy(instrument_id: str, version: int) -> ResponseReturnValue:
    """Keeps a copy as a draft. A statement is kept when it and its part are ticked."""
    edition = reached(instrument_id, version)
    source = edition.instrument
    form = _form(source)
    is_readable = form.validate()
    kept = {
        question.id
        for section in source.sections
        if section.id in (form.parts.data or [])
        for question in section.questions
        if question.id in (form.kept.data or [])
    }
    if not kept and not form.kept.errors:
        refuse(form, "kept", _("Keep one statement at least. A statement needs its part ticked too."))
    if not is_readable or not kept:
        return _page(source, form, is_draft=edition.is_draft), REFUSED
    with transaction() as session:
        row_id = instruments.copy(
            session, now(), selected(source, kept), form.title.data or "", current_organiser().id
        )
        new_id, number = instruments.place_of(session, row_id)
    flash(_what_was_kept(len(kept), len(source.questions()) - len(kept)), "success")
    return redirect(url_for("organiser.instrument", instrument_id=new_id, version=number), SEE_OTHER)


def _what_was_kept(kept: int, left_out: int) -> str:
    sentences = [
        ngettext(
            "The copy is a draft with %(count)s statement.",
            "The copy is a draft with %(count)s statements.",
            kept,
            count=figure(kept),
        )
    ]
    if left_out:
        sentences.append(
            ngettext(
                "%(count)s statement of the original left out.",
                "%(count)s statements of the original left out.",
                left_out,
                count=figure(left_out),
            )
        )
    return " ".join(sentences)


def _form(source: Instrument, data: dict[str, object] | None = None) -> CopyForm:
    form = CopyForm(data=data)
    form.parts.choices = [SelectChoice(section.id, section.title) for section in source.sections]
    form.kept.choices = [SelectChoice(question.id, shown(question)) for question in source.questions()]
    return form


def _page(source: Instrument, form: CopyForm, *, is_draft: bool) -> str:
    return render_template(
        "organiser/instrument_copy.html",
        desk=desk(source, is_draft=is_draft),
        form=form,
        choices=tuple(_choice(section, form) for section in source.sections),
    )


def _choice(section: Section, form: CopyForm) -> PartChoice:
    return PartChoice(
        Choice(section.id, section.title, section.element, section.id in (form.parts.data or [])),
        tuple(
            Choice(
                question.id,
                shown(question),
                ", ".join(question.practices) or question.reason,
                question.id in (form.kept.data or []),
            )
            for question in section.questions
        ),
    )
