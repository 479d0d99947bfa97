"""The parts of a draft: what stands around their statements, their order, and new ones."""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from review_app.web.faults import REFUSED, SEE_OTHER, place_faults
from review_app.web.organiser.audience import blueprint
from review_app.web.organiser.editing.drafts import (
    address,
    changed,
    checked,
    desk,
    opened,
    part_of,
    shown,
    statement_of,
)
from review_app.web.organiser.editing.forms import PartForm
from review_app.web.words import figure
from review_app.web.words import statements as counted_statements
from surveys.errors import InstrumentFaultsError
from surveys.instrument import Instrument, Question, Section
from surveys.instrument_draft import (
    slug,
    with_question_moved,
    with_section,
    with_section_moved,
    without_question,
    without_section,
)
from surveys.lint import lint

# What may be posted as a number of places to move by.
_STEPS = {"-1": -1, "1": 1}


@dataclass(frozen=True, slots=True)
class OrderedStatement:
    """One statement of a part. ``remarks``: how many remarks its wordings have, in words; "" for none."""

    id: str
    text: str
    stands_for: str
    remarks: str


@blueprint.get("/organiser/instruments/<string:instrument_id>/versions/<int:version>/new-part")
def new_part(instrument_id: str, version: int) -> str:
    """The form of a new part."""
    return _page(opened(instrument_id, version), PartForm(), None)


@blueprint.post("/organiser/instruments/<string:instrument_id>/versions/<int:version>/new-part")
def add_part(instrument_id: str, version: int) -> ResponseReturnValue:
    """Adds a part at the end."""
    form = PartForm()
    added = ""

    def step(draft: Instrument) -> Instrument:
        nonlocal added
        added = slug(form.title.data or "", {section.id for section in draft.sections}, "part")
        blank = Section(id=added, element="", title="", introduction="", comment_prompt="", questions=())
        return checked(with_section(draft, _typed(blank, form)), f"sections.{added}.", form)

    try:
        draft = changed(instrument_id, version, step)
    except InstrumentFaultsError as error:
        place_faults(form, error.faults)
        return _page(opened(instrument_id, version), form, None), REFUSED
    flash(_("The part is added. Now add its statements."), "success")
    return redirect(address("part", draft, section_id=added), SEE_OTHER)


@blueprint.get(
    "/organiser/instruments/<string:instrument_id>/versions/<int:version>/parts/<string:section_id>"
)
def part(instrument_id: str, version: int, section_id: str) -> str:
    """A part: its texts and its statements in their order."""
    draft = opened(instrument_id, version)
    section = part_of(draft, section_id)
    form = PartForm(
        data={
            "title": section.title,
            "introduction": section.introduction,
            "comment_prompt": section.comment_prompt,
        }
    )
    return _page(draft, form, section)


@blueprint.post(
    "/organiser/instruments/<string:instrument_id>/versions/<int:version>/parts/<string:section_id>"
)
def save_part(instrument_id: str, version: int, section_id: str) -> ResponseReturnValue:
    """Keeps the texts of a part."""
    form = PartForm()

    def step(draft: Instrument) -> Instrument:
        section = part_of(draft, section_id)
        return checked(with_section(draft, _typed(section, form)), f"sections.{section_id}.", form)

    try:
        draft = changed(instrument_id, version, step)
    except InstrumentFaultsError as error:
        place_faults(form, error.faults)
        draft = opened(instrument_id, version)
        return _page(draft, form, part_of(draft, section_id)), REFUSED
    flash(_("This part is saved."), "success")
    return redirect(address("part", draft, section_id=section_id), SEE_OTHER)


@blueprint.post(
    "/organiser/instruments/<string:instrument_id>/versions/<int:version>/parts/<string:section_id>/move"
)
def move_part(instrument_id: str, version: int, section_id: str) -> ResponseReturnValue:
    """Moves a part up or down."""

    def step(draft: Instrument) -> Instrument:
        part_of(draft, section_id)
        return with_section_moved(draft, section_id, _places())

    draft = changed(instrument_id, version, step)
    return redirect(address("instrument", draft, _anchor=f"part-{section_id}"), SEE_OTHER)


@blueprint.get(
    "/organiser/instruments/<string:instrument_id>/versions/<int:version>/parts/<string:section_id>/remove"
)
def ask_remove_part(instrument_id: str, version: int, section_id: str) -> str:
    """Asks once more before a part goes with its statements."""
    draft = opened(instrument_id, version)
    section = part_of(draft, section_id)
    warning = _(
        "“%(title)s” and its %(statements)s will leave this draft. Earlier versions keep them.",
        title=section.title,
        statements=counted_statements(len(section.questions)),
    )
    return render_template(
        "organiser/instrument_ask.html",
        desk=desk(draft),
        heading=_("Remove this part"),
        text=warning,
        button=_("Remove this part"),
        back=address("part", draft, section_id=section_id),
    )


@blueprint.post(
    "/organiser/instruments/<string:instrument_id>/versions/<int:version>/parts/<string:section_id>/remove"
)
def remove_part(instrument_id: str, version: int, section_id: str) -> ResponseReturnValue:
    """Takes a part out of the draft."""
    title = ""

    def step(draft: Instrument) -> Instrument:
        nonlocal title
        title = part_of(draft, section_id).title
        return without_section(draft, section_id)

    draft = changed(instrument_id, version, step)
    flash(_("The part “%(title)s” is removed from this draft.", title=title), "success")
    return redirect(address("instrument", draft), SEE_OTHER)


@blueprint.post(
    "/organiser/instruments/<string:instrument_id>/versions/<int:version>/statements/<string:question_id>/move"
)
def move_statement(instrument_id: str, version: int, question_id: str) -> ResponseReturnValue:
    """Moves a statement up or down within its part."""

    def step(draft: Instrument) -> Instrument:
        statement_of(draft, question_id)
        return with_question_moved(draft, question_id, _places())

    draft = changed(instrument_id, version, step)
    section, _question = statement_of(draft, question_id)
    return redirect(
        address("part", draft, section_id=section.id, _anchor=f"statement-{question_id}"), SEE_OTHER
    )


@blueprint.get(
    "/organiser/instruments/<string:instrument_id>/versions/<int:version>/statements/<string:question_id>/remove"
)
def ask_remove_statement(instrument_id: str, version: int, question_id: str) -> str:
    """Asks once more before a statement goes."""
    draft = opened(instrument_id, version)
    section, question = statement_of(draft, question_id)
    warning = _(
        "“%(statement)s” will leave this draft, in every voice. Earlier versions keep it.",
        statement=shown(question),
    )
    return render_template(
        "organiser/instrument_ask.html",
        desk=desk(draft),
        heading=_("Remove this statement"),
        text=warning,
        button=_("Remove this statement"),
        back=address("part", draft, section_id=section.id),
    )


@blueprint.post(
    "/organiser/instruments/<string:instrument_id>/versions/<int:version>/statements/<string:question_id>/remove"
)
def remove_statement(instrument_id: str, version: int, question_id: str) -> ResponseReturnValue:
    """Takes a statement out of the draft."""
    removed: list[tuple[Section, Question]] = []

    def step(draft: Instrument) -> Instrument:
        removed.append(statement_of(draft, question_id))
        return without_question(draft, question_id)

    draft = changed(instrument_id, version, step)
    section, question = removed[0]
    told = _("The statement “%(statement)s” is removed from this draft.", statement=shown(question))
    flash(told, "success")
    return redirect(address("part", draft, section_id=section.id), SEE_OTHER)


def _typed(section: Section, form: PartForm) -> Section:
    return replace(
        section,
        title=form.title.data or "",
        introduction=form.introduction.data or "",
        comment_prompt=form.comment_prompt.data or "",
    )


def _places() -> int:
    return _STEPS.get(request.form.get("places", ""), 0)


def _page(draft: Instrument, form: PartForm, section: Section | None) -> str:
    return render_template(
        "organiser/instrument_part.html",
        desk=desk(draft),
        form=form,
        section=section,
        statements=tuple(_ordered(question) for question in section.questions) if section else (),
    )


def _ordered(question: Question) -> OrderedStatement:
    remarks = sum(len(lint(text)) for text in question.wording.values())
    return OrderedStatement(
        id=question.id,
        text=shown(question),
        stands_for=", ".join(question.practices) or _("No practice"),
        remarks=_remarks(remarks) if remarks else "",
    )


def _remarks(count: int) -> str:
    return ngettext(
        "%(count)s remark on its wording", "%(count)s remarks on its wording", count, count=figure(count)
    )
