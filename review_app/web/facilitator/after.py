"""What is to be done for a workshop besides its plan: the pack before it, the record and the minutes after it."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from review_app.services import recording
from review_app.services.workshops import Workshop
from review_app.web import steps
from review_app.web.steps import Step
from surveys.workshop import Outcome, WorkshopState


def pack_step(found: Workshop) -> Step:
    """The files to print and to show."""
    title = _("Print the pack")
    hint = _("Slides, handouts, cards for a room without network, and a script for you.")
    if not found.topics or found.state is WorkshopState.CANCELLED:
        return steps.later(title, hint)
    return steps.look(title, url_for("facilitator.pack", workshop_id=found.id), hint)


def record_step(found: Workshop) -> Step:
    """What was settled, written down."""
    title = _("Record what was settled")
    hint = _(
        "A decision on each topic, actions, what is for another time, and which organisations were there."
    )
    address = url_for("facilitator.record", workshop_id=found.id)
    if found.state is WorkshopState.RECORDED:
        return steps.done(title, "", hint)
    if found.state not in recording.OPEN:
        return steps.later(title, hint)
    left = sum(topic.outcome is Outcome.OPEN for topic in found.topics)
    if found.state is WorkshopState.ENDED and left:
        words = ngettext(
            "On %(num)s topic nothing is settled yet.", "On %(num)s topics nothing is settled yet.", left
        )
        return steps.now(title, address, words)
    return steps.look(title, address, hint)


def minutes_step(found: Workshop) -> Step:
    """The minutes, checked and sent."""
    title, address = (
        _("Check and send the minutes"),
        url_for("facilitator.workshop_minutes", workshop_id=found.id),
    )
    if found.state is WorkshopState.RECORDED:
        return steps.done(_("Minutes"), address, _("They went out, and cannot be changed any more."))
    hint = _("Everybody who was invited gets them by mail.")
    if found.state is not WorkshopState.ENDED:
        return steps.later(title, hint)
    return steps.now(title, address, hint)
