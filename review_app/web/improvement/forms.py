"""The forms of these pages. What an action may be is the domain's to say; here is only what cannot be read at all."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext as _
from flask_babel import lazy_gettext as later
from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectField, StringField, TextAreaField

from review_app.services.proposals import Candidate
from review_app.web.fields import DayField


class DeclineForm(FlaskForm):
    """Why an action will not be done."""

    reason = TextAreaField(later("Why it will not be done"))


class AnswerForm(FlaskForm):
    """What is said to the owners of an action. ``shown``, ``seen``: its state, and the last entry, on the page."""

    text = TextAreaField(later("What you say to them"))
    shown = HiddenField()
    seen = HiddenField()


class ActionForm(FlaskForm):
    """An action as it is proposed or changed."""

    title = StringField(later("What will be different"))
    for_whom = StringField(later("For whom"))
    owner = SelectField(later("Who does it"), validate_choice=False)
    second = SelectField(later("Who does it together with them"), validate_choice=False)
    verifier_id = SelectField(later("Who says whether it is done"), validate_choice=False)
    due = DayField(later("By when"))
    measure = StringField(later("By what it will be known"))
    baseline = StringField(later("What that is today"))
    steps = TextAreaField(later("Steps on the way"))
    finding = HiddenField()
    cycle = HiddenField()
    seen = HiddenField()

    def offer(self, people: Iterable[Candidate]) -> None:
        """Lets people of the chain be chosen."""
        choices = [(person.contact_id, str(person)) for person in people]
        self.owner.choices = [("", _("Choose somebody")), *choices]
        self.second.choices = [("", _("Nobody else")), *choices]
        self.verifier_id.choices = [("", _("Choose somebody")), *choices]

    @property
    def owner_ids(self) -> tuple[str, ...]:
        """The ids of those who own it."""
        return tuple(id_ for id_ in (self.owner.data, self.second.data) if id_)
