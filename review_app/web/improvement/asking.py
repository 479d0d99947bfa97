"""What a list of actions was asked for by its address, and the addresses of the same list asked otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from flask import request, url_for
from flask_login import current_user

from review_app.clock import now
from review_app.database import reading
from review_app.languages import ZONE
from review_app.services import overseeing
from review_app.services.accounts import Account
from review_app.services.overseeing import Order, Overview, Wanted
from surveys.improvement import ActionState

PAGE = 25
_Kind = TypeVar("_Kind", ActionState, Order)
_YES = "yes"


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked: which actions, in which order, which page of them."""

    wanted: Wanted
    order: Order
    page: int

    @property
    def is_narrowed(self) -> bool:
        """Whether not every action is wanted."""
        return self.wanted != Wanted()

    def arguments(self, **changes: str) -> dict[str, str]:
        """What stands in the address of the same list, but for the changes; nothing that is as usual."""
        wanted = self.wanted
        found = {
            "chain": wanted.chain_id,
            "practice": wanted.practice,
            "owner": wanted.party_id,
            "state": wanted.state.value if wanted.state else "",
            "workshop": wanted.workshop_id,
            "overdue": _YES if wanted.is_overdue else "",
            "help": _YES if wanted.wants_help else "",
            "order": self.order.value if self.order is not Order.DUE else "",
            **changes,
        }
        return {name: value for name, value in found.items() if value}


def account() -> Account:
    """Who is signed in."""
    found: Account = current_user.account
    return found


def asked() -> Asked:
    """What this request asks for; what it cannot mean is left out."""
    given = request.args
    wanted = Wanted(
        chain_id=given.get("chain", ""),
        practice=given.get("practice", ""),
        party_id=given.get("owner", ""),
        state=_one_of(ActionState, given.get("state", "")),
        workshop_id=given.get("workshop", ""),
        is_overdue=given.get("overdue") == _YES,
        wants_help=given.get("help") == _YES,
    )
    page = given.get("page", "1")
    number = int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1
    return Asked(wanted, _one_of(Order, given.get("order", "")) or Order.DUE, max(number, 1))


def overview(chain_id: str | None, of: Asked | None = None) -> Overview:
    """The actions of a chain, or of every chain, as they were asked for. Raises NotFoundError."""
    today = now().astimezone(ZONE).date()
    of = of or Asked(Wanted(), Order.DUE, 1)
    with reading() as session:
        if chain_id is None:
            return overseeing.of_all(session, today, account(), wanted=of.wanted, order=of.order)
        return overseeing.of_chain(session, today, account(), chain_id, wanted=of.wanted, order=of.order)


def home() -> str:
    """The first page of whoever is signed in."""
    return url_for(f"{account().role.value}.home")


def _one_of(kind: type[_Kind], text: str) -> _Kind | None:
    return next((one for one in kind if one.value == text), None)
