"""Faults of the domain, put beside the fields of a form that they are about."""

from __future__ import annotations

from collections.abc import Sequence

from flask_wtf import FlaskForm

from surveys.errors import Fault

# A form that was refused, as against a page that was not found or a step that is not allowed.
REFUSED = 422
SEE_OTHER = 303


def place_faults(form: FlaskForm, faults: Sequence[Fault]) -> None:
    """Adds each fault, with its mend, to the field that it names, or to the form as a whole."""
    for fault in faults:
        refuse(form, fault.place, f"{fault.message} {fault.mend}".strip())


def refuse(form: FlaskForm, place: str, text: str) -> None:
    """Adds one fault to the field called ``place``, or to the form when it has none of that name."""
    if place in form:
        field = form[place]
        field.errors = [*field.errors, text]
    else:
        form.form_errors.append(text)
