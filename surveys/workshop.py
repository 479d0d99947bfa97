"""The life of a workshop and of each of its topics: states and legal moves, as tables.

A topic goes from stage to stage on the day: everybody writes in private, everything is revealed together, what belongs
together is put into groups, and the organisations vote with dots, those who are paid before those who pay.
"""

from __future__ import annotations

from enum import StrEnum

from surveys.chain import Role
from surveys.errors import IllegalTransitionError

# How many dots each organisation has for one topic, however many of its people are there.
DOTS = 5
# How many notes one person may write on one topic, and how long each may be.
MOST_NOTES = 5
LONGEST_NOTE = 500


class WorkshopState(StrEnum):
    """Where a workshop is. ``PLANNED``: nobody knows of it yet. ``RECORDED``: its minutes went out."""

    PLANNED = "planned"
    INVITED = "invited"
    RUNNING = "running"
    ENDED = "ended"
    RECORDED = "recorded"
    CANCELLED = "cancelled"


WORKSHOP_MOVES: dict[WorkshopState, frozenset[WorkshopState]] = {
    WorkshopState.PLANNED: frozenset({WorkshopState.INVITED, WorkshopState.CANCELLED}),
    WorkshopState.INVITED: frozenset({WorkshopState.RUNNING, WorkshopState.CANCELLED}),
    # Whoever ended it by mistake goes on.
    WorkshopState.RUNNING: frozenset({WorkshopState.ENDED}),
    WorkshopState.ENDED: frozenset({WorkshopState.RUNNING, WorkshopState.RECORDED}),
    WorkshopState.RECORDED: frozenset(),
    WorkshopState.CANCELLED: frozenset(),
}


class Stage(StrEnum):
    """Where one topic is. ``WAITING``: thoughts can be sent before the day, and nobody sees them."""

    WAITING = "waiting"
    WRITING = "writing"
    REVEALED = "revealed"
    VOTING_FIRST = "voting_first"
    VOTING_ALL = "voting_all"
    VOTED = "voted"


STAGE_MOVES: dict[Stage, frozenset[Stage]] = {
    Stage.WAITING: frozenset({Stage.WRITING, Stage.REVEALED}),
    Stage.WRITING: frozenset({Stage.REVEALED}),
    Stage.REVEALED: frozenset({Stage.VOTING_FIRST}),
    Stage.VOTING_FIRST: frozenset({Stage.VOTING_ALL}),
    Stage.VOTING_ALL: frozenset({Stage.VOTED}),
    # What is counted stays counted: a second vote would show the difference.
    Stage.VOTED: frozenset(),
}
TAKES_NOTES = frozenset({Stage.WAITING, Stage.WRITING})
VOTING = frozenset({Stage.VOTING_FIRST, Stage.VOTING_ALL})
# Those who pay, directly or in the end. They vote when the others have had their turn.
PAYING_ROLES = frozenset({Role.COMMISSIONER, Role.PRIME})


class TopicKind(StrEnum):
    """Why something is on the agenda: the last cycle's promise, a finding, a wide gap, or somebody's own wish."""

    PROMISE = "promise"
    FINDING = "finding"
    GAP = "gap"
    OWN = "own"


class Outcome(StrEnum):
    """What was settled on a topic. ``WONT``: it will not be done, because of what is said beside it."""

    OPEN = "open"
    DECIDED = "decided"
    WONT = "wont"
    PARKED = "parked"


def move_workshop(state: WorkshopState, target: WorkshopState) -> WorkshopState:
    """The target, when the table allows it. Raises IllegalTransitionError."""
    if target not in WORKSHOP_MOVES[state]:
        raise IllegalTransitionError(state.value, target.value)
    return target


def move_stage(stage: Stage, target: Stage) -> Stage:
    """The target, when the table allows it. Raises IllegalTransitionError."""
    if target not in STAGE_MOVES[stage]:
        raise IllegalTransitionError(stage.value, target.value)
    return target


def may_vote(role: Role, stage: Stage) -> bool:
    """Whether an organisation of this role can place dots now: those who are paid first, and then all of them."""
    return stage is Stage.VOTING_ALL or (stage is Stage.VOTING_FIRST and role not in PAYING_ROLES)
