"""The actions of a chain for somebody who is signed in: who may see them, which are wanted, and in which order.

Organisers oversee every chain; a steward oversees the chains of the reviews that they guard. Everything is read in a
fixed number of queries, however many actions there are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from review_app.models.actions import ActionRecord
from review_app.models.chains import ChainRecord
from review_app.models.cycles import CycleRecord
from review_app.models.workshops import WorkshopRecord
from review_app.services import actions
from review_app.services.accounts import Account, AccountRole
from review_app.services.actions import Action, Happening
from review_app.services.errors import NotAllowedError, NotFoundError
from surveys.cycle import CycleState
from surveys.errors import IllegalTransitionError
from surveys.improvement import ActionState, Actor, EntryKind, is_overdue, move

LONGEST_REASON = 1000


class Order(StrEnum):
    """By what a list of actions is sorted."""

    DUE = "due"
    NUMBER = "number"
    STATE = "state"
    OWNER = "owner"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which actions are wanted: "", None and False stand for any."""

    chain_id: str = ""
    practice: str = ""
    party_id: str = ""
    state: ActionState | None = None
    workshop_id: str = ""
    is_overdue: bool = False
    wants_help: bool = False

    def takes(self, line: Overseen) -> bool:
        """Whether an action is wanted."""
        action = line.action
        return (
            (not self.chain_id or action.chain_id == self.chain_id)
            and (not self.practice or self.practice in action.practices)
            and (not self.party_id or self.party_id in {owner.party_id for owner in action.owners})
            and (self.state is None or action.state is self.state)
            and (not self.workshop_id or action.workshop_id == self.workshop_id)
            and (not self.is_overdue or line.is_overdue)
            and (not self.wants_help or bool(line.action.help_wanted))
        )


@dataclass(frozen=True, slots=True)
class Overseen:
    """One action with what its lists say beside it. ``workshop``: its title, "" for one without."""

    action: Action
    chain_name: str
    workshop: str
    is_overdue: bool

    @property
    def owners(self) -> tuple[str, ...]:
        """The organisations that own it."""
        return tuple(dict.fromkeys(owner.party_name for owner in self.action.owners))


@dataclass(frozen=True, slots=True)
class Overview:
    """The wanted actions in their order, of how many, and what there is to choose from: ids with what to call them.

    ``chain_name``: "" of all chains together.
    """

    chain_name: str
    lines: tuple[Overseen, ...]
    total: int
    chains: tuple[tuple[str, str], ...] = ()
    practices: tuple[str, ...] = ()
    parties: tuple[tuple[str, str], ...] = ()
    workshops: tuple[tuple[str, str], ...] = ()


def of_chain(
    session: Session,
    today: date,
    account: Account,
    chain_id: str,
    *,
    wanted: Wanted = Wanted(),
    order: Order = Order.DUE,
) -> Overview:
    """The actions of a chain. Raises NotFoundError for whoever does not oversee it."""
    check_oversees(session, chain_id, account)
    name = session.scalars(select(ChainRecord.name).where(ChainRecord.id == chain_id)).one()
    return _overview(session, today, ActionRecord.chain_id == chain_id, name, (wanted, order))


def of_all(
    session: Session,
    today: date,
    account: Account,
    *,
    wanted: Wanted = Wanted(),
    order: Order = Order.DUE,
) -> Overview:
    """The actions of every chain that an account oversees."""
    return _overview(session, today, _is_overseen(account), "", (wanted, order))


def load(session: Session, today: date, account: Account, action_id: str) -> Overseen:
    """One action with everything about it. Raises NotFoundError for whoever does not oversee its chain."""
    found = _lines(session, today, ActionRecord.id == action_id)
    if not found:
        raise NotFoundError("There is no such action.")
    check_oversees(session, found[0].action.chain_id, account)
    return found[0]


def check_oversees(session: Session, chain_id: str, account: Account) -> str:
    """The name of a chain whose actions an account oversees: an organiser's, or the steward's of one of its reviews.

    Raises NotFoundError.
    """
    query = select(ChainRecord.name).where(ChainRecord.id == chain_id)
    if account.role is not AccountRole.ORGANISER:
        guards = (CycleRecord.chain_id == chain_id) & _is_guarded(account)
        query = query.where(select(CycleRecord.id).where(guards).exists())
    name = session.scalars(query).first()
    if name is None:
        raise NotFoundError("There is no such chain.")
    return name


def decline(session: Session, now: datetime, account: Account, action_id: str, reason: str) -> None:
    """Lets an action be, for a reason that everybody reads. Raises NotFoundError, NotAllowedError."""
    said = " ".join(reason.split())
    if not said or len(said) > LONGEST_REASON:
        raise NotAllowedError(f"An action is declined with a reason of {LONGEST_REASON} characters at most.")
    record = actions.locked(session, action_id)
    check_oversees(session, record.chain_id, account)
    before = ActionState(record.state)
    try:
        record.state = move(before, ActionState.DECLINED, Actor.ORGANISER).value
    except IllegalTransitionError as error:
        raise NotAllowedError("This action has moved on. Look at it again.") from error
    record.reason = said
    session.flush()
    by = said_of(account)
    actions.enter(
        session, now, record, Happening(Actor.ORGANISER, by, EntryKind.MOVED, said, moved_from=before)
    )


def guards(session: Session, cycle_id: str, account: Account) -> bool:
    """Whether an account is the steward of a cycle that was launched."""
    query = select(CycleRecord.id).where(CycleRecord.id == cycle_id, _is_guarded(account))
    return session.scalar(query) is not None


def said_of(account: Account) -> str:
    """Whom the history of an action names, where somebody who oversees it did something."""
    return f"{account.name}, {account.role.value}"


def _overview(
    session: Session, today: date, condition: ColumnElement[bool], name: str, how: tuple[Wanted, Order]
) -> Overview:
    wanted, order = how
    lines = _lines(session, today, condition)
    owners = {owner.party_id: owner.party_name for line in lines for owner in line.action.owners}
    workshops = {
        line.action.workshop_id: line.workshop for line in lines if line.action.workshop_id is not None
    }
    return Overview(
        chain_name=name,
        lines=tuple(sorted((line for line in lines if wanted.takes(line)), key=_ORDERS[order])),
        total=len(lines),
        chains=_by_name({line.action.chain_id: line.chain_name for line in lines}.items()),
        practices=tuple(sorted({practice for line in lines for practice in line.action.practices})),
        parties=_by_name(owners.items()),
        workshops=_by_name(workshops.items()),
    )


def _lines(session: Session, today: date, condition: ColumnElement[bool]) -> tuple[Overseen, ...]:
    query = (
        select(ActionRecord.id, ChainRecord.name, WorkshopRecord.title)
        .join(ChainRecord, ChainRecord.id == ActionRecord.chain_id)
        .outerjoin(WorkshopRecord, WorkshopRecord.id == ActionRecord.workshop_id)
        .where(condition)
    )
    beside = {id_: (chain, workshop or "") for id_, chain, workshop in session.execute(query)}
    return tuple(
        Overseen(action, *beside[action.id], is_overdue=is_overdue(action.state, action.due, today))
        for action in actions.load_all(session, list(beside))
    )


def _is_overseen(account: Account) -> ColumnElement[bool]:
    if account.role is AccountRole.ORGANISER:
        return ActionRecord.chain_id.is_not(None)
    return ActionRecord.chain_id.in_(select(CycleRecord.chain_id).where(_is_guarded(account)))


def _is_guarded(account: Account) -> ColumnElement[bool]:
    # An organiser names whom they like in a draft: that alone opens nothing.
    return (CycleRecord.steward_id == account.id) & (CycleRecord.state != CycleState.DRAFT.value)


def _by_name(named: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(named, key=lambda pair: (pair[1].casefold(), pair[0])))


_STATES = list(ActionState)
_ORDERS: dict[Order, Callable[[Overseen], tuple[object, ...]]] = {
    Order.DUE: lambda line: (line.action.due, line.chain_name, line.action.number),
    Order.NUMBER: lambda line: (line.chain_name, line.action.number),
    Order.STATE: lambda line: (_STATES.index(line.action.state), line.action.due, line.action.number),
    Order.OWNER: lambda line: (", ".join(line.owners).casefold(), line.action.due, line.action.number),
}
