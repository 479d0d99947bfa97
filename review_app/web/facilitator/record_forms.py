"""The forms of the record: what was settled on a topic, and what goes into the parking lot. Nothing typed is lost."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as later
from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField

from review_app.errors import log_unavailable
from review_app.services.errors import NotAllowedError
from review_app.services.recording import Settled
from review_app.web.faults import REFUSED
from surveys.texts import visible_text
from surveys.workshop import Outcome

UNAVAILABLE_STATUS = 503
OUTCOMES = {
    Outcome.OPEN: later("Nothing is settled yet"),
    Outcome.DECIDED: later("Decided"),
    Outcome.WONT: later("We will not do it"),
    Outcome.PARKED: later("For another time"),
}
_COLOURS = {Outcome.OPEN: "grey", Outcome.DECIDED: "green", Outcome.WONT: "red", Outcome.PARKED: "yellow"}


class KeptForm(FlaskForm):
    """A form whose token may run out: then it says so, and keeps what was typed."""

    def holds(self) -> bool:
        """Whether it can be saved; a token that has run out is said in words of the page."""
        is_valid = bool(self.validate())
        if self.csrf_token.errors:
            self.csrf_token.errors = []
            self.form_errors.append(
                _(
                    "Not saved yet: this page was open for a long time. Your text is still here. Save it once more."
                )
            )
        return is_valid


class TopicForm(KeptForm):
    """What was settled on a topic. ``seen``: the token of what the page showed."""

    outcome = RadioField(
        later("What was settled?"),
        choices=[(outcome.value, words) for outcome, words in OUTCOMES.items()],
        validate_choice=False,
    )
    decision = TextAreaField(later("What was decided"), filters=[lambda text: visible_text(text or "")])
    because = TextAreaField(later("Why it will not be done"), filters=[lambda text: visible_text(text or "")])
    rank = SelectField(later("Place among the priorities"), validate_choice=False)
    seen = HiddenField()

    def offer_places(self, count: int) -> None:
        """Offers as many places as there are topics."""
        self.rank.choices = [
            ("", _("No place")),
            *((str(place), str(place)) for place in range(1, count + 1)),
        ]

    @property
    def settled(self) -> Settled:
        """What was typed; an outcome that nobody offered is none."""
        chosen = self.outcome.data if self.outcome.data in set(Outcome) else Outcome.OPEN
        rank = self.rank.data or ""
        return Settled(
            Outcome(chosen),
            self.decision.data or "",
            self.because.data or "",
            int(rank) if rank.isascii() and rank.isdigit() and len(rank) < 4 else None,
        )


class ParkForm(KeptForm):
    """One thing for another time."""

    text = StringField(later("Something for another time"), filters=[lambda text: visible_text(text or "")])


def topic_form(settled: Settled) -> TopicForm:
    """The form as it is kept."""
    values: dict[str, Any] = {
        "outcome": settled.outcome.value,
        "decision": settled.decision,
        "because": settled.because,
        "rank": str(settled.rank or ""),
        "seen": settled.token,
    }
    return TopicForm(formdata=None, data=values)


def colour_of(outcome: Outcome) -> str:
    """The colour of the tag of an outcome."""
    return _COLOURS[outcome]


def not_kept(form: FlaskForm, error: Exception) -> int:
    """Says on the form why it was not kept, and gives the status of its page."""
    if isinstance(error, NotAllowedError):
        form.form_errors.append(_(str(error)))
        return REFUSED
    log_unavailable(error)
    form.form_errors.append(
        _("Not saved yet: the server cannot save just now. Your text is still here. Try again in a minute.")
    )
    return UNAVAILABLE_STATUS
