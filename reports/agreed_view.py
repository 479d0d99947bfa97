"""What was agreed on earlier reports, each action beside the change of its statement, as a table to read."""

from __future__ import annotations

from dataclasses import dataclass

from reports.action_words import COMPARED, state_words, verdict_words
from reports.conclusions import AgreedAction
from reports.language import _, ngettext
from reports.model import Report
from reports.numbering import statement_numbers
from reports.opacity import StatementLink
from reports.sides import items_of
from reports.tables import Cell, cell, statement_anchor
from reports.wording import listed


@dataclass(frozen=True, slots=True)
class AgreedRow:
    """One action. ``link``: to its statement, None where that has no place.

    ``before``, ``now``: None where the two may not be put side by side; then ``change`` says why.
    """

    number: int
    title: str
    state: str
    owners: str
    link: StatementLink | None
    statement: str
    before: Cell | None
    now: Cell | None
    change: str


@dataclass(frozen=True, slots=True)
class AgreedView:
    """The actions, ``caption`` says how many. ``before_title``: the review that is compared with, "" for none."""

    title: str
    caption: str
    before_title: str
    now_title: str
    rows: tuple[AgreedRow, ...]


def agreed_view(report: Report) -> AgreedView | None:
    """The view; None where the report names no action."""
    if not report.actions:
        return None
    count = len(report.actions)
    return AgreedView(
        title=_("What was agreed, and what changed"),
        caption=ngettext(
            "%(count)s action of an earlier review, beside the statement that it was to move",
            "%(count)s actions of earlier reviews, each beside the statement that it was to move",
            count,
        ),
        before_title=report.previous.title if report.previous else "",
        now_title=report.facts.title,
        rows=tuple(_row(action, report) for action in report.actions),
    )


def _row(action: AgreedAction, report: Report) -> AgreedRow:
    number = statement_numbers(report).get((action.subject, action.question_id))
    wording = next(
        item.wording
        for part in report.parts
        if part.subject == action.subject
        for item in items_of(part)
        if item.question_id == action.question_id
    )
    is_compared = action.verdict in COMPARED
    labels = report.facts.scale_labels
    return AgreedRow(
        number=action.number,
        title=action.title,
        state=state_words(action.state),
        owners=listed(action.owners),
        link=StatementLink(number, statement_anchor(number)) if number is not None else None,
        statement=wording,
        before=cell(action.before, labels) if is_compared else None,
        now=cell(action.now, labels) if is_compared else None,
        change=verdict_words(action.verdict),
    )
