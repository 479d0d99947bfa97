"""The words of these pages: how a workshop stands, when it is, and when a mail about it leaves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as later
from flask_babel import ngettext
from flask_babel.speaklater import LazyString

from review_app.clock import now
from review_app.database import reading
from review_app.languages import current, moment
from review_app.services import mail_hours
from review_app.services.workshops import Workshop
from review_app.state import state
from review_app.web.words import figure, soon
from surveys.workshop import WorkshopState

STATES: dict[WorkshopState, tuple[LazyString, str]] = {
    WorkshopState.PLANNED: (later("Planned"), "grey"),
    WorkshopState.INVITED: (later("Invited"), "blue"),
    WorkshopState.RUNNING: (later("Going on"), ""),
    WorkshopState.ENDED: (later("Over"), "yellow"),
    WorkshopState.RECORDED: (later("Minutes sent"), "green"),
    WorkshopState.CANCELLED: (later("Called off"), "red"),
}


@dataclass(frozen=True, slots=True)
class WorkshopLine:
    """A workshop as a list and its own page head it. ``colour``: of its tag."""

    workshop: Workshop
    state: LazyString
    colour: str
    begins: str
    ends: str


def title_with_state(found: Workshop) -> WorkshopLine:
    """A workshop with the words for how it stands and when it is."""
    words, colour = STATES[found.state]
    return WorkshopLine(found, words, colour, moment(found.begins_at, current()), hour(found.ends_at))


def hour(value: datetime) -> str:
    """A time of the day, in UK time: "10:15am"."""
    return moment(value, current()).rpartition(", ")[2]


def by_mail(cycle_id: str, count: int) -> str:
    """Who gets a mail that was queued just now, and when."""
    with reading() as session:
        holding = mail_hours.held(session, now(), cycle_id)
    if state().settings.is_demo or holding.until is None:
        return ngettext(
            "%(count)s person gets a mail within minutes.",
            "%(count)s people get a mail within minutes.",
            count,
            count=figure(count),
        )
    return ngettext(
        "%(count)s person gets a mail from %(moment)s on.",
        "%(count)s people get a mail from %(moment)s on.",
        count,
        count=figure(count),
        moment=soon(holding.until, now()),
    )
