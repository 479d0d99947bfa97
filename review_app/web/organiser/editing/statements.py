"""One statement: what it stands for, and its wording in each voice with remarks and a preview beside it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from review_app.languages import N_
from review_app.web.faults import REFUSED, SEE_OTHER, place_faults, refuse
from review_app.web.organiser.audience import blueprint
from review_app.web.organiser.editing.drafts import (
    EXAMPLES,
    address,
    changed,
    checked,
    desk,
    opened,
    part_of,
    statement_of,
)
from review_app.web.organiser.editing.forms import StatementForm, statement_form, wording_field
from surveys.errors import InstrumentFaultsError
from surveys.instrument import Instrument, MerlinElement, Question, Section, Voice, named
from surveys.instrument_draft import TITLES, asked_voices, slug, with_question
from surveys.lint import Remark, lint
from surveys.practices import Practice, merlin_elements, practices
from surveys.voices import SPEAKERS

_NO_MERLIN = N_("Choose the element that it is closest to. Only a practice would bring its own.")


@dataclass(frozen=True, slots=True)
class WordingBox:
    """The wording for one voice. ``shown``: as that voice reads it, "" when it is not asked."""

    field: str
    speaker: str
    review_title: str
    shown: str
    remarks: tuple[Remark, ...]


@dataclass(frozen=True, slots=True)
class ElementBoxes:
    """The practices of one element of the Code. ``is_open``: whether they are shown without a click."""

    element: str
    practices: tuple[Practice, ...]
    is_open: bool


@dataclass(frozen=True, slots=True)
class StatementView:
    """The page of one statement. ``others``: the voices that nothing of this instrument asks."""

    section: Section
    question_id: str
    heading: str
    elements: tuple[ElementBoxes, ...]
    chosen: frozenset[str]
    voices: tuple[WordingBox, ...]
    others: tuple[WordingBox, ...]


@blueprint.get(
    "/organiser/instruments/<string:instrument_id>/versions/<int:version>/parts/<string:section_id>/statements/new"
)
def new_statement(instrument_id: str, version: int, section_id: str) -> str:
    """The form of an own statement."""
    draft = opened(instrument_id, version)
    return _page(draft, part_of(draft, section_id), "", statement_form()())


@blueprint.post(
    "/organiser/instruments/<string:instrument_id>/versions/<int:version>/parts/<string:section_id>/statements/new"
)
def add_statement(instrument_id: str, version: int, section_id: str) -> ResponseReturnValue:
    """Adds an own statement at the end of a part."""
    form = statement_form()()
    added = ""

    def step(draft: Instrument) -> Instrument:
        nonlocal added
        part_of(draft, section_id)
        first = next(iter(_wording(form).values()), "")
        added = slug(first, {question.id for question in draft.questions()}, "statement")
        return _with(draft, section_id, added, form)

    try:
        draft = changed(instrument_id, version, step)
    except InstrumentFaultsError as error:
        place_faults(form, error.faults)
        draft = opened(instrument_id, version)
        return _page(draft, part_of(draft, section_id), "", form), REFUSED
    flash(_("The statement is added."), "success")
    return redirect(address("statement", draft, question_id=added), SEE_OTHER)


@blueprint.get(
    "/organiser/instruments/<string:instrument_id>/versions/<int:version>/statements/<string:question_id>"
)
def statement(instrument_id: str, version: int, question_id: str) -> str:
    """A statement as it is kept, with remarks on its wordings."""
    draft = opened(instrument_id, version)
    section, question = statement_of(draft, question_id)
    return _page(draft, section, question_id, statement_form()(data=_data(question)))


@blueprint.post(
    "/organiser/instruments/<string:instrument_id>/versions/<int:version>/statements/<string:question_id>"
)
def save_statement(instrument_id: str, version: int, question_id: str) -> ResponseReturnValue:
    """Keeps a statement, and shows it again with remarks on its wordings."""
    form = statement_form()()

    def step(draft: Instrument) -> Instrument:
        section, _question = statement_of(draft, question_id)
        return _with(draft, section.id, question_id, form)

    try:
        draft = changed(instrument_id, version, step)
    except InstrumentFaultsError as error:
        place_faults(form, error.faults)
        draft = opened(instrument_id, version)
        return _page(draft, statement_of(draft, question_id)[0], question_id, form), REFUSED
    flash(_("The statement is saved."), "success")
    section, _question = statement_of(draft, question_id)
    if request.form.get("action") == "back":
        anchor = f"statement-{question_id}"
        return redirect(address("part", draft, section_id=section.id, _anchor=anchor), SEE_OTHER)
    return redirect(address("statement", draft, question_id=question_id), SEE_OTHER)


def _with(draft: Instrument, section_id: str, question_id: str, form: StatementForm) -> Instrument:
    """The draft with the statement that was typed. Raises InstrumentFaultsError."""
    chosen = tuple(id_ for id_ in practices() if id_ in (form.practices.data or []))
    reason = form.reason.data or ""
    merlin = _merlin(form, chosen)
    question = Question(
        id=question_id,
        practices=chosen,
        merlin=merlin or MerlinElement.DESIGN,
        reason=reason,
        wording=_wording(form),
    )
    candidate = with_question(draft, section_id, question)
    if reason and merlin is None:
        refuse(form, "merlin", _(_NO_MERLIN))
    place = f"sections.{section_id}.questions.{question_id}."
    if not _wording(form):
        first = min(asked_voices(draft), key=list(Voice).index, default=Voice.PARTNER_ON_PRIME)
        refuse(form, wording_field(first), _("Word it for one voice at least."))
    checked(candidate, place, form)
    if form.errors:
        raise InstrumentFaultsError([])
    return candidate


def _merlin(form: StatementForm, chosen: tuple[str, ...]) -> MerlinElement | None:
    """The element that was chosen, else that of the first practice; None when there is neither."""
    if form.merlin.data in set(MerlinElement):
        return MerlinElement(form.merlin.data)
    return next((merlin_elements()[id_] for id_ in chosen if id_ in merlin_elements()), None)


def _wording(form: StatementForm) -> dict[Voice, str]:
    return {voice: text for voice in SPEAKERS if (text := form[wording_field(voice)].data)}


def _data(question: Question) -> dict[str, object]:
    own = next((merlin_elements()[id_] for id_ in question.practices if id_ in merlin_elements()), None)
    return {
        "practices": list(question.practices),
        "reason": question.reason,
        "merlin": "" if question.merlin is own else question.merlin.value,
        **{wording_field(voice): text for voice, text in question.wording.items()},
    }


def _page(draft: Instrument, section: Section, question_id: str, form: StatementForm) -> str:
    asked = asked_voices(draft)
    boxes = {voice: _box(draft, voice, form) for voice in SPEAKERS}
    chosen = frozenset(form.practices.data or [])
    return render_template(
        "organiser/instrument_statement.html",
        desk=desk(draft),
        form=form,
        names=EXAMPLES,
        view=StatementView(
            section=section,
            question_id=question_id,
            heading=_("Change a statement") if question_id else _("Add a statement"),
            elements=_elements(section, chosen),
            chosen=chosen,
            voices=tuple(box for voice, box in boxes.items() if voice in asked or not asked),
            others=tuple(box for voice, box in boxes.items() if asked and voice not in asked),
        ),
    )


def _box(draft: Instrument, voice: Voice, form: StatementForm) -> WordingBox:
    text = form[wording_field(voice)].data or ""
    return WordingBox(
        field=wording_field(voice),
        speaker=SPEAKERS[voice],
        review_title=named(draft.voices.get(voice, TITLES[voice]), EXAMPLES),
        shown=named(text, EXAMPLES),
        remarks=lint(text) if text else (),
    )


def _elements(section: Section, chosen: frozenset[str]) -> tuple[ElementBoxes, ...]:
    groups = groupby(practices().values(), key=lambda practice: practice.element)
    found = []
    for element, members in groups:
        of_element = tuple(members)
        is_open = element == section.element or any(practice.id in chosen for practice in of_element)
        found.append(ElementBoxes(element, of_element, is_open))
    return tuple(found)
