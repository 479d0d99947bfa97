"""Somebody's actions as they meet them: what waits for their answer, what is overdue, theirs, and the rest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from review_app.models.actions import ActionOwnerRecord, ActionRecord
from review_app.services import actions
from review_app.services.actions import Action, ActionLink
from review_app.services.errors import NotFoundError
from surveys.improvement import SETTLED, UNDER_WAY, ActionState, is_overdue


@dataclass(frozen=True, slots=True)
class Open:
    """What is open of somebody's actions. ``waiting``: for their answer; ``others``: theirs, and in time."""

    overdue: tuple[Action, ...]
    waiting: tuple[Action, ...]
    others: tuple[Action, ...]

    def __bool__(self) -> bool:
        return bool(self.overdue or self.waiting or self.others)


@dataclass(frozen=True, slots=True)
class Shelf:
    """All actions that a link opens. ``elsewhere``: others are at them now; ``settled``: verified or declined."""

    open: Open
    elsewhere: tuple[Action, ...]
    settled: tuple[Action, ...]


def shelf(session: Session, link: ActionLink, today: date) -> Shelf:
    """All actions of a link, each once."""
    found = actions.load_all(session, list(link.owned | link.verified))
    mine = _open(found, link.person.id, today)
    shown = {action.id for part in (mine.overdue, mine.waiting, mine.others) for action in part}
    rest = [action for action in found if action.id not in shown]
    return Shelf(
        open=mine,
        elsewhere=tuple(action for action in rest if action.state not in SETTLED),
        settled=tuple(action for action in rest if action.state in SETTLED),
    )


def by_number(session: Session, link: ActionLink, number: int) -> Action:
    """The action of a link with a number. Raises NotFoundError for one that it does not open."""
    query = select(ActionRecord.id).where(
        ActionRecord.chain_id == link.chain_id,
        ActionRecord.number == number,
        ActionRecord.id.in_(link.owned | link.verified),
    )
    action_id = session.scalar(query)
    if action_id is None:
        raise NotFoundError("")
    return actions.load(session, action_id)


def open_of(session: Session, person_id: str, today: date) -> Open:
    """What is open of the actions that somebody owns or verifies, each once, by what it asks of them."""
    owned = select(ActionOwnerRecord.action_id).where(ActionOwnerRecord.person_id == person_id)
    ids = session.scalars(
        select(ActionRecord.id).where(or_(ActionRecord.id.in_(owned), ActionRecord.verifier_id == person_id))
    )
    return _open(actions.load_all(session, list(ids)), person_id, today)


def waits_for(action: Action, person_id: str) -> bool:
    """Whether somebody has to answer before an action can go on: to accept it, to verify it, to take it up again."""
    if action.verifier.id == person_id:
        return action.state is ActionState.DONE
    mine = next((owner for owner in action.owners if owner.id == person_id), None)
    if mine is None or action.state not in UNDER_WAY:
        return False
    return mine.accepted_at is None or action.state is ActionState.NOT_FELT


def _open(found: Iterable[Action], person_id: str, today: date) -> Open:
    waiting: list[Action] = []
    overdue: list[Action] = []
    others: list[Action] = []
    for action in found:
        if waits_for(action, person_id):
            waiting.append(action)
        elif action.state in UNDER_WAY and person_id in {owner.id for owner in action.owners}:
            (overdue if is_overdue(action.state, action.due, today) else others).append(action)
    return Open(tuple(overdue), tuple(waiting), tuple(others))
