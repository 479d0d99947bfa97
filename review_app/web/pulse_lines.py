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


def pulse_line(pulse: Pulse, title: str) -> str:
    """How a pulse stands, and once it is closed what it says. Never how many have answered.

    ``title``: of the action now. What was asked about stays beside the answer when the action says something else.
    """
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
    lines = [_("A pulse asked %(people)s from %(organisations)s.", **asked), result_line(pulse)]
    if pulse.title != title:
        lines.append(_("It asked about “%(title)s”.", title=pulse.title))
    return " ".join(lines)


def result_line(pulse: Pulse) -> str:
    """What a closed pulse says, by its displayed shares alone."""
    if pulse.outcome is Outcome.NOT_SHOWN:
        return _("The result is not shown, to protect the people who answered.")
    tongue = languages.tongue(current())
    noticed, agreed = (pulses.in_words(share, tongue) for share in (pulse.noticed, pulse.agreed))
    if not pulse.agreed:
        return {
            Outcome.FELT: _("The change is felt: %(noticed)s have noticed it.", noticed=noticed),
            Outcome.NOT_FELT: _("The change is not felt: %(noticed)s have noticed it.", noticed=noticed),
        }.get(
            pulse.outcome or Outcome.BETWEEN,
            _("Some feel the change: %(noticed)s have noticed it.", noticed=noticed),
        )
    both = {"noticed": noticed, "agreed": agreed}
    return {
        Outcome.FELT: _(
            "The change is felt: %(noticed)s have noticed it, and %(agreed)s say that it is what was agreed.",
            **both,
        ),
        Outcome.NOT_FELT: _(
            "The change is not felt: %(noticed)s have noticed it, and %(agreed)s say that it is what was agreed.",
            **both,
        ),
    }.get(
        pulse.outcome or Outcome.BETWEEN,
        _(
            "Some feel the change: %(noticed)s have noticed it, and %(agreed)s say that it is what was agreed.",
            **both,
        ),
    )
