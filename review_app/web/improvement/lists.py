"""The actions of a chain as a board, a list and a timeline, and as files; and the list of all chains."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import Response, render_template, url_for
from flask_babel import gettext as _

from review_app.clock import now
from review_app.languages import ZONE
from review_app.services import action_files, timelines
from review_app.services.action_files import FileKind
from review_app.services.errors import NotFoundError
from review_app.services.overseeing import Order, Overseen, Overview
from review_app.web.improvement.asking import PAGE, Asked, asked, home, overview
from review_app.web.improvement.audience import blueprint
from review_app.web.improvement.words import STATES
from review_app.web.report_downloads import handed_out
from review_app.web.words import file_stem
from surveys.improvement import ActionState
from surveys.practices import practices


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that can be chosen in a filter."""

    value: str
    text: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list can be narrowed to, and where its form leads."""

    address: str
    reset: str
    chains: tuple[Choice, ...]
    practices: tuple[Choice, ...]
    owners: tuple[Choice, ...]
    states: tuple[Choice, ...]
    workshops: tuple[Choice, ...]
    is_overdue: bool
    wants_help: bool
    order: str
    is_narrowed: bool


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the board."""

    state: ActionState
    lines: tuple[Overseen, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """A page of actions. ``chain_id`` None: of all chains. ``previous``, ``following``: addresses, "" for none."""

    chain_id: str | None
    chain_name: str
    home: str
    here: str
    filters: Filters
    total: int
    shown: int
    lines: tuple[Overseen, ...]
    orders: tuple[tuple[str, str, bool], ...] = ()
    number: int = 1
    pages: int = 1
    previous: str = ""
    following: str = ""


@blueprint.get("/chains/<string:chain_id>/actions")
def board(chain_id: str) -> str:
    """The board: a column for each state."""
    of = asked()
    found = overview(chain_id, of)
    columns = tuple(
        Column(state, tuple(line for line in found.lines if line.action.state is state))
        for state in ActionState
        if of.wanted.state in {None, state}
    )
    page = _page("improvement.board", chain_id, found, of, found.lines)
    return render_template("improvement/board.html", view=page, columns=columns, states=STATES)


@blueprint.get("/chains/<string:chain_id>/actions/list")
def listed(chain_id: str) -> str:
    """The same as a table, sorted and in pages."""
    return _list("improvement.listed", chain_id)


@blueprint.get("/actions")
def everything() -> str:
    """The actions of every chain that whoever is signed in oversees."""
    return _list("improvement.everything", None)


@blueprint.get("/chains/<string:chain_id>/actions/timeline")
def timeline(chain_id: str) -> str:
    """The same by their due dates, as a picture and a table."""
    of = asked()
    found = overview(chain_id, of)
    today = now().astimezone(ZONE).date()
    return render_template(
        "improvement/timeline.html",
        view=_page("improvement.timeline", chain_id, found, of, found.lines),
        drawn=timelines.drawn(found.lines, today),
        today=now(),
        late=sum(line.is_overdue for line in found.lines),
        states=STATES,
    )


@blueprint.get("/chains/<string:chain_id>/actions.<string:kind>")
def taken_along(chain_id: str, kind: str) -> Response:
    """All actions of a chain as a file. Raises NotFoundError for a kind that there is not."""
    if kind not in set(FileKind):
        raise NotFoundError(_("There is no such file."))
    found = overview(chain_id)
    name = _("%(chain)s-actions", chain=file_stem(found.chain_name))
    return handed_out(action_files.file_of(found, FileKind(kind), name, now()))


def _list(endpoint: str, chain_id: str | None) -> str:
    of = asked()
    found = overview(chain_id, of)
    of = replace(of, page=min(of.page, _pages(found)))
    start = PAGE * (of.page - 1)
    page = _page(endpoint, chain_id, found, of, found.lines[start : start + PAGE])
    return render_template("improvement/list.html", view=page, states=STATES)


def _pages(found: Overview) -> int:
    return max(1, -(-len(found.lines) // PAGE))


def _page(endpoint: str, chain_id: str | None, found: Overview, of: Asked, lines: Sequence[Overseen]) -> Page:
    def address(**changes: str) -> str:
        # None leaves it out.
        values: dict[str, Any] = {"chain_id": chain_id, **of.arguments(**changes)}
        return url_for(endpoint, **values)

    orders = {
        Order.DUE: _("due date"),
        Order.STATE: _("state"),
        Order.OWNER: _("owner"),
        Order.NUMBER: _("number"),
    }
    pages = _pages(found)
    return Page(
        chain_id=chain_id,
        chain_name=found.chain_name,
        home=home(),
        here=endpoint,
        filters=_filters(address(), found, of, url_for(endpoint, chain_id=chain_id)),
        total=found.total,
        shown=len(found.lines),
        lines=tuple(lines),
        orders=tuple(
            (
                text,
                address(order="" if order is Order.DUE else order.value),
                order is of.order,
            )
            for order, text in orders.items()
        ),
        number=of.page,
        pages=pages,
        previous=address(page=str(of.page - 1)) if of.page > 1 else "",
        following=address(page=str(of.page + 1)) if of.page < pages else "",
    )


def _filters(address: str, found: Overview, of: Asked, reset: str) -> Filters:
    wanted, known = of.wanted, practices()
    return Filters(
        address=address.partition("?")[0],
        reset=reset,
        chains=tuple(Choice(id_, name, id_ == wanted.chain_id) for id_, name in found.chains),
        practices=tuple(
            Choice(
                id_,
                _("%(id)s, %(element)s", id=id_, element=known[id_].element) if id_ in known else id_,
                id_ == wanted.practice,
            )
            for id_ in found.practices
        ),
        owners=tuple(Choice(id_, name, id_ == wanted.party_id) for id_, name in found.parties),
        states=tuple(
            Choice(state.value, str(words), state is wanted.state) for state, (words, _tag) in STATES.items()
        ),
        workshops=tuple(Choice(id_, title, id_ == wanted.workshop_id) for id_, title in found.workshops),
        is_overdue=wanted.is_overdue,
        wants_help=wanted.wants_help,
        order=of.order.value,
        is_narrowed=of.is_narrowed,
    )
