"""What owners, verifiers and organisers do to an action: each an entry for ever, and nothing twice.

A form carries the state that it showed and the last entry that it knew. Where the action has moved on since, it changes
nothing; where its own words are kept already, it was sent twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from review_app.models.actions import ActionOwnerRecord, ActionPersonRecord, ActionRecord, ActionStepRecord
from review_app.models.base import new_id
from review_app.services import actions, outbox
from review_app.services.actions import ActionLink, Happening
from review_app.services.errors import ChangedMeanwhileError, NotAllowedError, NotFoundError
from review_app.services.outbox import MailKind, Round
from review_app.services.proposals import LONGEST_LINE, MOST_STEPS
from surveys.errors import ActionFaultsError, Fault
from surveys.improvement import SETTLED, UNDER_WAY, ActionState, Actor, EntryKind, move
from surveys.texts import clean_line, clean_text, visible_text

LONGEST_TEXT = 1000
# What stands in the history when one of two owners accepts, or one who was made an owner later. Pages say it in the
# language of their reader.
ACCEPTED_TOO = "Accepted. It begins once both owners have accepted."
ACCEPTED_LATER = "Accepted as an owner too."
# What a step's entry begins with.
ADDED, TICKED, UNTICKED = "+ ", "✓ ", "○ "
_MOVED_ON = "This action has moved on since you opened its page. Nothing was changed."


@dataclass(frozen=True, slots=True)
class Turn:
    """Somebody's form on one action. ``shown``: the state that it showed; ``seen``: the id of its last entry then.

    ``by``: who it is, in words; ``person_id``: of an owner or a verifier, "" of an organiser.
    """

    action_id: str
    actor: Actor
    by: str
    person_id: str
    shown: ActionState
    seen: str


def owners_turn(link: ActionLink, action_id: str, shown: ActionState, seen: str) -> Turn:
    """The form of an owner. Raises NotFoundError for an action that the link does not let its person own."""
    if action_id not in link.owned:
        raise NotFoundError("There is no such action.")
    return Turn(action_id, Actor.OWNER, link.person.signature, link.person.id, shown, seen)


def verifiers_turn(link: ActionLink, action_id: str, shown: ActionState, seen: str) -> Turn:
    """The form of a verifier. Raises NotFoundError for an action that is not theirs to verify."""
    if action_id not in link.verified:
        raise NotFoundError("There is no such action.")
    return Turn(action_id, Actor.VERIFIER, link.person.signature, link.person.id, shown, seen)


def organisers_turn(action_id: str, by: str, shown: ActionState, seen: str) -> Turn:
    """The form of somebody who leads the review's workshops. Whoever calls this has checked that they may."""
    return Turn(action_id, Actor.ORGANISER, by, "", shown, seen)


def accept(session: Session, now: datetime, turn: Turn) -> None:
    """An owner accepts; the action is accepted once every owner has. Whoever became an owner later accepts alone.

    This and all others here raise ChangedMeanwhileError where the action has moved on, NotFoundError,
    IllegalTransitionError, and those with words ActionFaultsError (place: text).
    """
    record = actions.locked(session, turn.action_id)
    mine = session.get(ActionOwnerRecord, (record.id, turn.person_id), populate_existing=True)
    if mine is None:
        raise NotFoundError("There is no such action.")
    if mine.accepted_at is not None:
        # Sent twice, or from another of this person's windows.
        return
    _check_shown(record, turn)
    _check_unchanged(session, turn)
    if record.state in SETTLED or record.state == ActionState.DONE:
        raise NotAllowedError("Nobody needs to accept this action any more.")
    mine.accepted_at = now
    session.flush()
    waiting = select(ActionOwnerRecord).where(
        ActionOwnerRecord.action_id == record.id, ActionOwnerRecord.accepted_at.is_(None)
    )
    if record.state == ActionState.PROPOSED and session.scalars(waiting).first() is None:
        _move(session, now, record, turn, ActionState.ACCEPTED)
    else:
        words = ACCEPTED_TOO if record.state == ActionState.PROPOSED else ACCEPTED_LATER
        actions.enter(session, now, record, Happening(turn.actor, turn.by, EntryKind.NOTE, words))


def decline(session: Session, now: datetime, turn: Turn, reason: str) -> None:
    """An owner, or an organiser, says why it will not be done. One owner's word is enough."""
    words = _words(reason, "Say why it will not be done. Everybody in the chain can read this.")
    record = _ready(session, turn, EntryKind.MOVED, words, ActionState.DECLINED)
    if record is not None:
        # Together with the state: the database wants a reason for it.
        record.reason = words
        _move(session, now, record, turn, ActionState.DECLINED, words=words)


def start(session: Session, now: datetime, turn: Turn, text: str = "") -> None:
    """An owner begins, or goes on with what was said to be done too soon or is not felt."""
    words = _words(text)
    record = _ready(session, turn, EntryKind.MOVED, words, ActionState.IN_PROGRESS)
    if record is not None:
        _move(session, now, record, turn, ActionState.IN_PROGRESS, words=words)


def progress(session: Session, now: datetime, turn: Turn, text: str) -> None:
    """Somebody says how it goes. What an owner says of an accepted action means that it has begun."""
    words = _words(text, "Say how it goes.")
    begins = turn.actor is Actor.OWNER and turn.shown in {ActionState.ACCEPTED, ActionState.NOT_FELT}
    if begins:
        start(session, now, turn, words)
    else:
        _say(session, now, turn, EntryKind.NOTE, words)


def ask_for_help(session: Session, now: datetime, turn: Turn, text: str) -> None:
    """An owner says what they need; whoever leads the review's workshops sees it."""
    _check_owner(turn)
    _say(session, now, turn, EntryKind.HELP, _words(text, "Say what you need, and from whom if you know."))


def answer(session: Session, now: datetime, turn: Turn, text: str) -> None:
    """Whoever leads the review's workshops says something to the owners, who learn of it by mail."""
    words = _words(text, "Say something to its owners.")
    if _say(session, now, turn, EntryKind.NOTE, words):
        tell_owners(session, now, actions.locked(session, turn.action_id))


def keep_steps(session: Session, now: datetime, turn: Turn, ticks: Mapping[str, bool], new: str = "") -> None:
    """Sets an owner's ticks, by the ids of their steps, and adds a step where ``new`` names one."""
    _check_owner(turn)
    record = actions.locked(session, turn.action_id)
    _check_shown(record, turn)
    _check_open(record)
    query = select(ActionStepRecord).where(ActionStepRecord.action_id == record.id)
    steps = session.scalars(query.order_by(ActionStepRecord.position)).all()
    text = clean_line(new)
    # A form that was sent twice brings its step once.
    is_new = bool(text) and text not in {step.text for step in steps}
    _check_step(text, len(steps) + is_new)
    for step in steps:
        if step.is_done != ticks.get(step.id, step.is_done):
            step.is_done = not step.is_done
            _step(session, now, record, turn, (TICKED if step.is_done else UNTICKED) + step.text)
    if is_new:
        last = max((step.position for step in steps), default=0)
        session.add(ActionStepRecord(id=new_id(), action_id=record.id, position=last + 1, text=text))
        _step(session, now, record, turn, ADDED + text)


def say_done(session: Session, now: datetime, turn: Turn, text: str = "") -> None:
    """An owner says that it is done; the verifier is asked by mail."""
    words = _words(text)
    record = _ready(session, turn, EntryKind.MOVED, words, ActionState.DONE)
    if record is not None:
        _move(session, now, record, turn, ActionState.DONE, words=words)
        _tell(session, now, record, MailKind.ACTION_DONE, [record.verifier_id])


def verify(session: Session, now: datetime, turn: Turn, text: str = "") -> None:
    """The verifier says that it is done."""
    words = _words(text)
    record = _ready(session, turn, EntryKind.MOVED, words, ActionState.VERIFIED)
    if record is not None:
        _move(session, now, record, turn, ActionState.VERIFIED, words=words)


def ask_for_more(session: Session, now: datetime, turn: Turn, text: str) -> None:
    """The verifier says what is missing; the owners go on, and learn of it by mail."""
    words = _words(text, "Say what is missing.")
    record = _ready(session, turn, EntryKind.MOVED, words, ActionState.IN_PROGRESS)
    if record is not None:
        _move(session, now, record, turn, ActionState.IN_PROGRESS, words=words)
        tell_owners(session, now, record)


def tell_owners(session: Session, now: datetime, record: ActionRecord) -> None:
    """Mails the owners of an action that is locked: something is asked of them, which the mail says by its state."""
    owners = select(ActionOwnerRecord.person_id).where(ActionOwnerRecord.action_id == record.id)
    _tell(session, now, record, MailKind.ACTION, session.scalars(owners))


def _words(text: str, mend_blank: str = "") -> str:
    """A text as it is kept. ``mend_blank``: what to do where there is none; "" where it may be empty."""
    words = clean_text(text)
    if not visible_text(words):
        if mend_blank:
            raise ActionFaultsError([Fault("text", "This is empty.", mend_blank)])
        return ""
    if len(words) > LONGEST_TEXT:
        raise ActionFaultsError(
            [Fault("text", f"This is longer than {LONGEST_TEXT} characters.", "Shorten it.")]
        )
    return words


def _check_step(text: str, count: int) -> None:
    if len(text) > LONGEST_LINE:
        raise ActionFaultsError(
            [Fault("new_step", f"This is longer than {LONGEST_LINE} characters.", "Shorten it.")]
        )
    if text and count > MOST_STEPS:
        raise ActionFaultsError(
            [Fault("new_step", f"There are {MOST_STEPS} steps already.", "Put two of them together.")]
        )


def _ready(
    session: Session, turn: Turn, kind: EntryKind, words: str, target: ActionState
) -> ActionRecord | None:
    """The locked record of an action that may move to a state; None where this very form was sent before."""
    record = actions.locked(session, turn.action_id)
    if _is_repeated(session, turn, kind, words, target):
        return None
    _check_shown(record, turn)
    _check_unchanged(session, turn)
    move(ActionState(record.state), target, turn.actor)
    return record


def _say(session: Session, now: datetime, turn: Turn, kind: EntryKind, words: str) -> bool:
    """Whether it was said now; not where this very form was sent before."""
    record = actions.locked(session, turn.action_id)
    if _is_repeated(session, turn, kind, words, None):
        return False
    _check_shown(record, turn)
    _check_open(record)
    actions.enter(session, now, record, Happening(turn.actor, turn.by, kind, words))
    return True


def _is_repeated(
    session: Session, turn: Turn, kind: EntryKind, words: str, after: ActionState | None
) -> bool:
    """Whether somebody's very words, or their move, are among what happened since their form was drawn."""
    entries = actions.load(session, turn.action_id).entries
    known = next((place for place, entry in enumerate(entries) if entry.id == turn.seen), None)
    if known is None:
        return False
    return any(
        (entry.actor, entry.by, entry.kind, entry.text, entry.after)
        == (turn.actor, turn.by, kind, words, after)
        for entry in entries[known + 1 :]
    )


def _check_owner(turn: Turn) -> None:
    if turn.actor is not Actor.OWNER:
        raise NotAllowedError("Only those who own this action can do that.")


def _check_shown(record: ActionRecord, turn: Turn) -> None:
    if record.state != turn.shown:
        raise ChangedMeanwhileError(_MOVED_ON)


def _check_unchanged(session: Session, turn: Turn) -> None:
    """Whether what the form was agreed to say is what the action says now. Raises ChangedMeanwhileError."""
    entries = actions.load(session, turn.action_id).entries
    known = next((place for place, entry in enumerate(entries) if entry.id == turn.seen), -1)
    if any(entry.kind is EntryKind.CHANGED for entry in entries[known + 1 :]):
        raise ChangedMeanwhileError(_MOVED_ON)


def _check_open(record: ActionRecord) -> None:
    if record.state in SETTLED:
        raise NotAllowedError("This action is settled. Nothing can be added to it.")


def _move(
    session: Session, now: datetime, record: ActionRecord, turn: Turn, target: ActionState, *, words: str = ""
) -> None:
    before = ActionState(record.state)
    record.state = move(before, target, turn.actor).value
    session.flush()
    happening = Happening(turn.actor, turn.by, EntryKind.MOVED, words, moved_from=before)
    actions.enter(session, now, record, happening)
    if target not in UNDER_WAY:
        for kind in (MailKind.ACTION, MailKind.ACTION_DUE):
            outbox.cancel_about(session, kind, record.id)
    if before is ActionState.DONE:
        outbox.cancel_about(session, MailKind.ACTION_DONE, record.id)


def _step(session: Session, now: datetime, record: ActionRecord, turn: Turn, words: str) -> None:
    actions.enter(session, now, record, Happening(turn.actor, turn.by, EntryKind.STEP, words))


def _tell(
    session: Session, now: datetime, record: ActionRecord, kind: MailKind, person_ids: Iterable[str]
) -> None:
    number = outbox.rounds(session, record.cycle_id, kind, record.id) + 1
    contacts = session.scalars(
        select(ActionPersonRecord.contact_id).where(ActionPersonRecord.id.in_(list(person_ids)))
    ).all()
    outbox.queue_errands(session, now, Round(record.cycle_id, kind, number, record.id), contacts)
