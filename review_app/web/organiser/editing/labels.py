"""What stands around the statements of the whole instrument: title, purpose, the answers, and what each voice reads."""

from __future__ import annotations

from dataclasses import replace

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from review_app.languages import N_
from review_app.web.faults import REFUSED, SEE_OTHER, place_faults, refuse
from review_app.web.organiser.audience import blueprint
from review_app.web.organiser.editing.drafts import address, changed, checked, desk, opened
from review_app.web.organiser.editing.forms import (
    OPT_OUTS,
    LabelsForm,
    labels_form,
    labels_of,
    opt_out_field,
    point_field,
    voice_field,
)
from surveys.errors import InstrumentFaultsError
from surveys.instrument import Instrument, OptOut, Point, Scale, Voice
from surveys.instrument_draft import asked_voices
from surveys.voices import SPEAKERS

_SAME = N_("Two answers are called the same. Give each of them a label of its own.")
_RATHER_NOT = N_("This answer is always offered: nobody may be made to answer. Type its label.")


@blueprint.get("/organiser/instruments/<string:instrument_id>/versions/<int:version>/labels")
def labels(instrument_id: str, version: int) -> str:
    """The form of an instrument's labels."""
    draft = opened(instrument_id, version)
    return _page(draft, labels_form(_asked(draft))(data=labels_of(draft)))


@blueprint.post("/organiser/instruments/<string:instrument_id>/versions/<int:version>/labels")
def save_labels(instrument_id: str, version: int) -> ResponseReturnValue:
    """Keeps the labels; a blank one of the first two ways not to answer switches it off."""
    draft = opened(instrument_id, version)
    form = labels_form(_asked(draft))()
    try:
        draft = changed(instrument_id, version, lambda current: _labelled(current, form))
    except InstrumentFaultsError as error:
        place_faults(form, error.faults)
        return _page(draft, form), REFUSED
    flash(_("Titles and answers are saved."), "success")
    return redirect(address("labels", draft), SEE_OTHER)


def _labelled(draft: Instrument, form: LabelsForm) -> Instrument:
    """The draft with the labels that were typed. Raises InstrumentFaultsError."""
    opt_outs = {opt_out: form[opt_out_field(opt_out)].data for opt_out in OPT_OUTS}
    candidate = replace(
        draft,
        title=form.title.data or "",
        purpose=form.purpose.data or "",
        scale=Scale(
            tuple(
                Point(point.value, form[point_field(point.value)].data or "") for point in draft.scale.points
            ),
            {opt_out: label for opt_out, label in opt_outs.items() if label},
        ),
        # A voice that came to be asked since the page was opened keeps its title.
        voices={
            voice: (form[voice_field(voice)].data or "") if voice_field(voice) in form else title
            for voice, title in draft.voices.items()
        },
    )
    if not opt_outs[OptOut.RATHER_NOT]:
        refuse(form, opt_out_field(OptOut.RATHER_NOT), _(_RATHER_NOT))
    answers = [*(point.label for point in candidate.scale.points), *candidate.scale.opt_outs.values()]
    typed = [answer for answer in answers if answer]
    if len(set(typed)) < len(typed):
        refuse(form, point_field(draft.scale.points[0].value), _(_SAME))
    try:
        checked(candidate, "", form)
    except InstrumentFaultsError as error:
        raise InstrumentFaultsError(
            [fault for fault in error.faults if fault.place not in form or not form[fault.place].errors]
        ) from None
    if form.errors:
        raise InstrumentFaultsError([])
    return candidate


def _asked(draft: Instrument) -> list[Voice]:
    return [voice for voice in SPEAKERS if voice in asked_voices(draft)]


def _page(draft: Instrument, form: LabelsForm) -> str:
    return render_template(
        "organiser/instrument_labels.html",
        desk=desk(draft),
        form=form,
        points=[form[point_field(point.value)] for point in draft.scale.points],
        opt_outs=[form[opt_out_field(opt_out)] for opt_out in OPT_OUTS],
        voices=[form[voice_field(voice)] for voice in _asked(draft)],
    )
