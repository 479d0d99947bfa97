"""Statements that a draft takes over from the instruments that come with Roundtable."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from wtforms.fields import SelectChoice

from review_app.web.faults import REFUSED, SEE_OTHER, refuse
from review_app.web.organiser.audience import blueprint
from review_app.web.organiser.editing.drafts import address, changed, desk, opened, part_of, shown
from review_app.web.organiser.editing.forms import BorrowForm
from review_app.web.organiser.library import newest
from review_app.web.words import figure
from surveys.drafted_translations import with_translation_of
from surveys.instrument import Instrument, Question, Voice
from surveys.instrument_draft import asked_voices, with_question


@dataclass(frozen=True, slots=True)
class Shelf:
    """The statements of one part of a shipped instrument that the draft lacks: (id, text, what it stands for)."""

    instrument: str
    part: str
    is_of_element: bool
    statements: tuple[tuple[str, str, str], ...]


@blueprint.get(
    "/organiser/instruments/<string:instrument_id>/versions/<int:version>/parts/<string:section_id>/library"
)
def shelves(instrument_id: str, version: int, section_id: str) -> str:
    """The statements that may be taken over."""
    draft = opened(instrument_id, version)
    return _page(draft, section_id, _form(draft))


@blueprint.post(
    "/organiser/instruments/<string:instrument_id>/versions/<int:version>/parts/<string:section_id>/library"
)
def borrow(instrument_id: str, version: int, section_id: str) -> ResponseReturnValue:
    """Adds the chosen statements at the end of a part, in the voices that the draft asks."""
    draft = opened(instrument_id, version)
    form = _form(draft)
    if form.validate() and not form.chosen.data:
        refuse(form, "chosen", _("Choose one statement at least"))
    if form.errors:
        return _page(draft, section_id, form), REFUSED
    chosen = form.chosen.data or []

    def step(current: Instrument) -> Instrument:
        part_of(current, section_id)
        asked = asked_voices(current)
        for question in _lacking(current):
            if question.id in chosen:
                taken = _in_voices(question, asked)
                current = with_question(current, section_id, taken)
                current = with_translation_of(current, section_id, taken, _source_of(question))
        return current

    draft = changed(instrument_id, version, step)
    added = ngettext(
        "%(count)s statement added.", "%(count)s statements added.", len(chosen), count=figure(len(chosen))
    )
    flash(added, "success")
    return redirect(address("part", draft, section_id=section_id), SEE_OTHER)


def _lacking(draft: Instrument) -> list[Question]:
    """The statements of the shipped instruments whose ids the draft does not have, each once."""
    own = {question.id for question in draft.questions()}
    found: dict[str, Question] = {}
    for shipped in newest():
        for question in shipped.questions():
            if question.id not in own:
                found.setdefault(question.id, question)
    return list(found.values())


def _source_of(question: Question) -> Instrument:
    return next(shipped for shipped in newest() if question in shipped.questions())


def _in_voices(question: Question, asked: Collection[Voice]) -> Question:
    kept = {voice: text for voice, text in question.wording.items() if voice in asked}
    return replace(question, wording=kept or question.wording)


def _form(draft: Instrument) -> BorrowForm:
    form = BorrowForm()
    form.chosen.choices = [SelectChoice(question.id, shown(question)) for question in _lacking(draft)]
    return form


def _page(draft: Instrument, section_id: str, form: BorrowForm) -> str:
    section = part_of(draft, section_id)
    return render_template(
        "organiser/instrument_library.html",
        desk=desk(draft),
        form=form,
        section=section,
        shelves=_shelves(draft, section.element),
        chosen=frozenset(form.chosen.data or []),
    )


def _shelves(draft: Instrument, element: str) -> tuple[Shelf, ...]:
    lacking = {question.id for question in _lacking(draft)}
    found = []
    for shipped in newest():
        for section in shipped.sections:
            statements = [question for question in section.questions if question.id in lacking]
            # A statement that two instruments share is offered once.
            lacking -= {question.id for question in statements}
            if statements:
                lines = tuple(
                    (question.id, shown(question), ", ".join(question.practices) or question.reason)
                    for question in statements
                )
                is_of_element = bool(element) and section.element == element
                found.append(Shelf(shipped.title, section.title, is_of_element, lines))
    return tuple(sorted(found, key=lambda shelf: not shelf.is_of_element))
