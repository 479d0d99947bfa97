"""What a pulse on an action says, in sentences, for whoever may see the action: organiser, steward, facilitator."""

from __future__ import annotations

from flask_babel import gettext as _

from review_app import languages
from review_app.languages import current, moment
from review_app.services import pulses
from review_app.services.pulses import Pulse
from review_app.web.words import organisations, people
from surveys.cycle import KeyMode
from surveys.pulse import Outcome, PulseState


def pulse_line(pulse: Pulse) -> str:
    """How a pulse stands, and once it is closed what it says. Never how many have answered."""
    asked = {"people": people(pulse.asked), "organisations": organisations(pulse.organisations)}
    if pulse.state is PulseState.OPEN:
        closing = moment(pulse.closes_at, current())
        return _(
            "A pulse asks %(people)s from %(organisations)s until %(closing)s.", closing=closing, **asked
        )
    if pulse.state is PulseState.CLOSING and pulse.key_mode is KeyMode.TWO_KEY:
        return _("A pulse has closed. It waits for the steward’s key file.")
    if pulse.state is PulseState.CLOSING:
        return _("A pulse has closed and is being counted.")
    return " ".join((_("A pulse asked %(people)s from %(organisations)s.", **asked), result_line(pulse)))


def result_line(pulse: Pulse) -> str:
    """What a closed pulse says, by its displayed shares alone."""
    if pulse.outcome is Outcome.NOT_SHOWN:
        return _("The result is not shown, to protect the people who answered.")
    tongue = languages.tongue(current())
    noticed, agreed = (pulses.in_words(share, tongue) for share in (pulse.noticed, pulse.agreed))
    words = {
        Outcome.FELT: _("The change is felt: %(share)s have noticed it.", share=noticed),
        Outcome.NOT_FELT: _("The change is not felt: %(share)s have noticed it.", share=noticed),
        Outcome.BETWEEN: _("Some feel the change: %(share)s have noticed it.", share=noticed),
    }[pulse.outcome or Outcome.BETWEEN]
    if not pulse.agreed:
        return words
    return " ".join((words, _("That it is what was agreed is said by %(share)s.", share=agreed)))
