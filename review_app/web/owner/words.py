"""The words of the owners' pages: states, what happened, and the steps that somebody can take."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time

from flask_babel import gettext as _
from flask_babel import lazy_gettext as later
from flask_babel.speaklater import LazyString

from review_app.services import acting
from review_app.services.actions import Action, Entry
from surveys.improvement import ActionState, Actor, EntryKind
from surveys.mail_hours import ZONE

STATES = {
    ActionState.PROPOSED: (later("Proposed"), "govuk-tag--grey"),
    ActionState.ACCEPTED: (later("Accepted"), "govuk-tag--light-blue"),
    ActionState.IN_PROGRESS: (later("In progress"), ""),
    ActionState.DONE: (later("Done, not verified yet"), "govuk-tag--yellow"),
    ActionState.VERIFIED: (later("Verified"), "govuk-tag--green"),
    ActionState.NOT_FELT: (later("Done, but not felt"), "govuk-tag--orange"),
    ActionState.DECLINED: (later("Will not be done"), "govuk-tag--grey"),
}
_MOVES = {
    ActionState.PROPOSED: later("Proposed again"),
    ActionState.ACCEPTED: later("Accepted"),
    ActionState.IN_PROGRESS: later("In progress"),
    ActionState.DONE: later("Said to be done"),
    ActionState.VERIFIED: later("Verified"),
    ActionState.NOT_FELT: later("Not felt by those whom it was for"),
    ActionState.DECLINED: later("Will not be done"),
}
_KINDS = {
    EntryKind.CREATED: later("Proposed"),
    EntryKind.NOTE: later("Note"),
    EntryKind.HELP: later("Help is needed"),
    EntryKind.STEP: later("Step"),
    EntryKind.EVIDENCE: later("Evidence"),
    EntryKind.CHANGED: later("Changed"),
}
_STEPS = {
    acting.ADDED: later("Step added"),
    acting.TICKED: later("Step done"),
    acting.UNTICKED: later("Step not done after all"),
}
# What the history says by itself, in the language of whoever reads it.
_OURS = {
    acting.ACCEPTED_TOO: later("Accepted. It begins once both owners have accepted."),
    acting.ACCEPTED_LATER: later("Accepted as an owner too."),
}


@dataclass(frozen=True, slots=True)
class Form:
    """A step that takes words. ``blank``: what its page says where they are missing; None where they may be.

    ``notice``: what is said once it is kept.
    """

    actor: Actor
    title: LazyString
    lead: LazyString
    label: LazyString
    button: LazyString
    blank: LazyString | None
    notice: LazyString
    take: Callable[..., None]


FORMS = {
    "progress": Form(
        Actor.OWNER,
        later("Say how it goes"),
        later(
            "What has been done, and what comes next? The other owners, the verifier and the organisers read it."
        ),
        later("How it goes"),
        later("Keep this"),
        later("Write how it goes."),
        later("Your words are kept."),
        acting.progress,
    ),
    "help": Form(
        Actor.OWNER,
        later("I need help"),
        later(
            "Asking early is the best thing that you can do for an action. The organisers of the review see it."
        ),
        later("What you need, and from whom if you know"),
        later("Ask for help"),
        later("Write what you need."),
        later("The organisers see that you need help."),
        acting.ask_for_help,
    ),
    "done": Form(
        Actor.OWNER,
        later("Say that it is done"),
        later("The verifier gets a mail and looks at it. It counts as verified only once they have said so."),
        later("What has been done (optional)"),
        later("It is done"),
        None,
        later("The verifier is asked by mail whether it is done."),
        acting.say_done,
    ),
    "decline": Form(
        Actor.OWNER,
        later("Decline this action"),
        later("It then stands among what will not be done, and everybody in the chain can read why."),
        later("Why it will not be done"),
        later("Decline it"),
        later("Write why it will not be done."),
        later("The action is declined. The reason is kept."),
        acting.decline,
    ),
    "reopen": Form(
        Actor.OWNER,
        later("It is not done yet"),
        later("The action goes back to being in progress. You can say that it is done again later."),
        later("What is still missing (optional)"),
        later("Go on with it"),
        None,
        later("The action is in progress again."),
        acting.start,
    ),
    "verify": Form(
        Actor.VERIFIER,
        later("Say that it is done"),
        later("You confirm from the other side that this is different now."),
        later("What you see (optional)"),
        later("It is done"),
        None,
        later("Thank you. The action is verified."),
        acting.verify,
    ),
    "more": Form(
        Actor.VERIFIER,
        later("Ask for more"),
        later("The action goes back to its owners, who get a mail and read what you write."),
        later("What is still missing"),
        later("Ask for more"),
        later("Write what is still missing."),
        later("The owners are told what is missing."),
        acting.ask_for_more,
    ),
    "note": Form(
        Actor.VERIFIER,
        later("Write a note"),
        later("Say what you notice of it. The owners and the organisers read it."),
        later("Your note"),
        later("Keep this"),
        later("Write a note."),
        later("Your words are kept."),
        acting.progress,
    ),
}
_OWNERS: dict[ActionState, tuple[str, ...]] = {
    ActionState.PROPOSED: ("decline",),
    ActionState.ACCEPTED: ("progress", "done", "help", "decline"),
    ActionState.IN_PROGRESS: ("progress", "done", "help", "decline"),
    ActionState.DONE: ("reopen",),
    ActionState.NOT_FELT: ("progress", "help", "decline"),
}
_VERIFIERS: dict[ActionState, tuple[str, ...]] = {
    ActionState.DONE: ("verify", "more"),
    ActionState.PROPOSED: (),
    ActionState.ACCEPTED: ("note",),
    ActionState.IN_PROGRESS: ("note",),
    ActionState.NOT_FELT: ("note",),
}


@dataclass(frozen=True, slots=True)
class Told:
    """One entry of the history as a page says it. ``text``: "" where the title says all."""

    title: str
    by: str
    at: datetime
    text: str


def steps_for(state: ActionState, *, is_owner: bool) -> tuple[str, ...]:
    """The steps with words that somebody can take with an action, what is most likely first."""
    return (_OWNERS if is_owner else _VERIFIERS).get(state, ())


def told(entry: Entry) -> Told:
    """An entry of the history in the language of the page."""
    title, text = str(_KINDS.get(entry.kind, "")), entry.text
    if entry.kind is EntryKind.MOVED and entry.after is not None:
        title = str(_MOVES[entry.after])
        if (
            entry.before is ActionState.DONE
            and entry.actor is Actor.VERIFIER
            and entry.after is not ActionState.VERIFIED
        ):
            title = _("The verifier asks for more")
    for sign, words in _STEPS.items():
        if entry.kind is EntryKind.STEP and text.startswith(sign):
            title, text = str(words), text.removeprefix(sign)
    return Told(title, entry.by, entry.at, str(_OURS.get(text, text)))


def due_day(action: Action) -> datetime:
    """The due date as the pages' filters take it."""
    return at_noon(action.due)


def at_noon(day: date) -> datetime:
    """A moment of a day in the United Kingdom."""
    return datetime.combine(day, time(12), ZONE)
