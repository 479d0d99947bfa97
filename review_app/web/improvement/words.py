"""The words of these pages for where an action is, who did something and what it was."""

from __future__ import annotations

from datetime import date

from babel.dates import format_date, format_skeleton
from flask_babel import lazy_gettext as later

from review_app.languages import LOCALES, current
from review_app.web.improvement.audience import blueprint
from surveys.improvement import ActionState, Actor, EntryKind

# The word and the colour of its tag: the colour never says anything alone.
STATES = {
    ActionState.PROPOSED: (later("Proposed"), "govuk-tag--grey"),
    ActionState.ACCEPTED: (later("Accepted"), ""),
    ActionState.IN_PROGRESS: (later("In progress"), ""),
    ActionState.DONE: (later("Done, not verified yet"), "govuk-tag--yellow"),
    ActionState.VERIFIED: (later("Done and verified"), "govuk-tag--green"),
    ActionState.NOT_FELT: (later("Done, but not felt"), "govuk-tag--red"),
    ActionState.DECLINED: (later("Declined"), "govuk-tag--grey"),
}
ACTORS = {
    Actor.OWNER: later("owner"),
    Actor.VERIFIER: later("verifier"),
    Actor.ORGANISER: later("who oversees it"),
    Actor.GROUP: later("those whom it is for"),
}
ENTRIES = {
    EntryKind.CREATED: later("Proposed"),
    EntryKind.MOVED: later("Moved"),
    EntryKind.NOTE: later("Note"),
    EntryKind.HELP: later("Asked for help"),
    EntryKind.STEP: later("Step"),
    EntryKind.EVIDENCE: later("Evidence"),
    EntryKind.CHANGED: later("Changed"),
}


@blueprint.app_template_filter("due_day")
def due_day(value: date) -> str:
    """A day as people write it: "12 December 2026"."""
    return str(format_date(value, format="long", locale=LOCALES[current()]))


@blueprint.app_template_filter("short_month")
def short_month(iso: str) -> str:
    """The month of an ISO day, as it stands on an axis: "Dec 2026"."""
    return str(format_skeleton("yMMM", date.fromisoformat(iso), locale=LOCALES[current()]))
