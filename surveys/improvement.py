"""The life of an improvement action: its states, and who may move it where, as a table.

An action is done when its owners say so, and verified when the other side says so: never by the same organisation.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum

from surveys.errors import IllegalTransitionError

# When owners are reminded, in days from the due date.
REMINDER_DAYS = (-14, -3, 1, 14)


class ActionState(StrEnum):
    """Where an action is. ``NOT_FELT``: it was done, and those whom it was for do not notice it."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    VERIFIED = "verified"
    NOT_FELT = "not_felt"
    DECLINED = "declined"


class Actor(StrEnum):
    """Who moves an action. ``GROUP``: a pulse of those whom it was for."""

    OWNER = "owner"
    VERIFIER = "verifier"
    ORGANISER = "organiser"
    GROUP = "group"


MOVES: dict[tuple[ActionState, ActionState], frozenset[Actor]] = {
    (ActionState.PROPOSED, ActionState.ACCEPTED): frozenset({Actor.OWNER}),
    (ActionState.PROPOSED, ActionState.DECLINED): frozenset({Actor.OWNER, Actor.ORGANISER}),
    (ActionState.ACCEPTED, ActionState.IN_PROGRESS): frozenset({Actor.OWNER}),
    (ActionState.ACCEPTED, ActionState.DONE): frozenset({Actor.OWNER}),
    (ActionState.ACCEPTED, ActionState.DECLINED): frozenset({Actor.OWNER, Actor.ORGANISER}),
    (ActionState.IN_PROGRESS, ActionState.DONE): frozenset({Actor.OWNER}),
    (ActionState.IN_PROGRESS, ActionState.DECLINED): frozenset({Actor.OWNER, Actor.ORGANISER}),
    (ActionState.DONE, ActionState.VERIFIED): frozenset({Actor.VERIFIER}),
    # The verifier asks for more, or an owner spoke too soon.
    (ActionState.DONE, ActionState.IN_PROGRESS): frozenset({Actor.VERIFIER, Actor.OWNER}),
    (ActionState.DONE, ActionState.NOT_FELT): frozenset({Actor.GROUP}),
    (ActionState.VERIFIED, ActionState.NOT_FELT): frozenset({Actor.GROUP}),
    (ActionState.NOT_FELT, ActionState.IN_PROGRESS): frozenset({Actor.OWNER}),
    (ActionState.NOT_FELT, ActionState.DECLINED): frozenset({Actor.OWNER, Actor.ORGANISER}),
    # What was declined can be proposed anew.
    (ActionState.DECLINED, ActionState.PROPOSED): frozenset({Actor.ORGANISER}),
}
# Those that somebody still works on, or should.
UNDER_WAY = frozenset(
    {ActionState.PROPOSED, ActionState.ACCEPTED, ActionState.IN_PROGRESS, ActionState.NOT_FELT}
)
# Those that nobody works on any more, until somebody says otherwise.
SETTLED = frozenset({ActionState.VERIFIED, ActionState.DECLINED})
# How long the link of somebody goes on opening their actions once the last of them is settled.
LINK_LASTS = timedelta(days=180)
# Moves that need a reason, which everybody reads.
NEEDS_REASON = frozenset({ActionState.DECLINED})


class EntryKind(StrEnum):
    """What one entry of an action's history tells of."""

    CREATED = "created"
    MOVED = "moved"
    NOTE = "note"
    HELP = "help"
    STEP = "step"
    EVIDENCE = "evidence"
    CHANGED = "changed"


# What shows that somebody has heard: an answer, a change of what is agreed, a step from one state to the next.
HEARD = frozenset({EntryKind.MOVED, EntryKind.NOTE, EntryKind.CHANGED})


def waits_for_help(state: ActionState, kinds: Sequence[EntryKind]) -> bool:
    """Whether an owner has asked for help and nobody has answered or changed anything since.

    ``kinds``: of all entries, the oldest first.
    """
    last = next((kind for kind in reversed(kinds) if kind in HEARD | {EntryKind.HELP}), None)
    return state in UNDER_WAY and last is EntryKind.HELP


def may_move(state: ActionState, target: ActionState, actor: Actor) -> bool:
    """Whether this actor can bring an action from one state to the other."""
    return actor in MOVES.get((state, target), frozenset())


def move(state: ActionState, target: ActionState, actor: Actor) -> ActionState:
    """The target, when the table lets this actor move there. Raises IllegalTransitionError."""
    if not may_move(state, target, actor):
        raise IllegalTransitionError(state.value, target.value)
    return target


def targets(state: ActionState, actor: Actor) -> tuple[ActionState, ...]:
    """The states where this actor can bring an action from here, in the order of their declaration."""
    return tuple(target for target in ActionState if may_move(state, target, actor))


def is_overdue(state: ActionState, due: date, today: date) -> bool:
    """Whether the day is past and somebody still works on it, or should."""
    return state in UNDER_WAY and due < today


def reminders_due(state: ActionState, due: date, today: date) -> tuple[int, ...]:
    """Which reminders, as days from the due date, have their moment behind them; none once nobody works on it."""
    if state not in UNDER_WAY:
        return ()
    return tuple(days for days in REMINDER_DAYS if due + timedelta(days=days) <= today)


def has_expired(settled: Collection[datetime | None], now: datetime) -> bool:
    """Whether the link of somebody opens nothing any more: half a year after the last of their actions was settled.

    ``settled``: of each action that they own or verify, since when it is; None while it is not. Without any action
    there is nothing that a link could open.
    """
    ends = [moment for moment in settled if moment is not None]
    if len(ends) < len(settled):
        return False
    return not ends or max(ends) + LINK_LASTS <= now
