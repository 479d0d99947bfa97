"""All actions that a link opens, what to do next first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from flask import render_template, request
from flask_babel import gettext as _
from flask_babel.speaklater import LazyString

from review_app.clock import now
from review_app.database import reading
from review_app.services import owning
from review_app.services.actions import Action, ActionLink
from review_app.services.owning import Shelf
from review_app.web.owner.audience import blueprint, current_link
from review_app.web.owner.words import STATES, due_day
from surveys.improvement import ActionState
from surveys.mail_hours import ZONE


@dataclass(frozen=True, slots=True)
class Line:
    """One action in a list. ``asks``: what is asked of whoever reads it, "" for nothing."""

    number: int
    title: str
    state: LazyString
    look: str
    due: datetime
    owners: str
    asks: str


@dataclass(frozen=True, slots=True)
class Part:
    """Some actions under a heading."""

    title: str
    lines: tuple[Line, ...]


@blueprint.get("/a/yours")
def shelf() -> str:
    """What waits for an answer, what is overdue, and everything else."""
    link = current_link()
    with reading() as session:
        found = owning.shelf(session, link, now().astimezone(ZONE).date())
    return render_template(
        "owner/shelf.html",
        link=link,
        parts=tuple(part for part in _parts(found, link) if part.lines),
        has_open=bool(found.open),
        notice=request.args.get("notice", ""),
        languages=link.languages,
    )


def _parts(found: Shelf, link: ActionLink) -> tuple[Part, ...]:
    return (
        Part(_("These wait for your answer"), _lines(found.open.waiting, link, asks=True)),
        Part(_("These are overdue"), _lines(found.open.overdue, link)),
        Part(_("These are yours, and still have time"), _lines(found.open.others, link)),
        Part(_("Others are at these now"), _lines(found.elsewhere, link)),
        Part(_("These are settled"), _lines(found.settled, link)),
    )


def _lines(some: Iterable[Action], link: ActionLink, *, asks: bool = False) -> tuple[Line, ...]:
    return tuple(
        Line(
            number=action.number,
            title=action.title,
            state=STATES[action.state][0],
            look=STATES[action.state][1],
            due=due_day(action),
            owners=", ".join(owner.party_name for owner in action.owners),
            asks=_asks(action, link) if asks else "",
        )
        for action in some
    )


def _asks(action: Action, link: ActionLink) -> str:
    if action.id in link.verified:
        return _("Its owners say that it is done. Is it?")
    if action.state is ActionState.NOT_FELT:
        return _("Those whom it was for do not notice it yet. Say what you will do.")
    return _("Say whether you accept it.")
