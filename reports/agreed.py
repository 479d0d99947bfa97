"""Actions of earlier reviews beside the change of the statements that they were to move.

Nothing here is a new figure: each is one that the report shows for that statement anyway, so that anybody with the
report can put the two side by side again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from reports.conclusions import ActionVerdict, AgreedAction
from reports.model import Part, Report, Shown
from reports.sides import Statement, parts_told, statements_of
from reports.trends import Trend, is_too_few, trend
from surveys.improvement import ActionState

_VERDICTS = {
    Trend.BETTER: ActionVerdict.BETTER,
    Trend.WORSE: ActionVerdict.WORSE,
    Trend.ABOUT_THE_SAME: ActionVerdict.ABOUT_THE_SAME,
    Trend.CANNOT_TELL: ActionVerdict.CANNOT_TELL,
}


@dataclass(frozen=True, slots=True)
class Agreed:
    """An action as its chain keeps it; the fields are those of an ``AgreedAction``."""

    number: int
    title: str
    state: ActionState
    owners: tuple[str, ...]
    subject: str
    question_id: str
    practices: tuple[str, ...]


def beside(report: Report, agreed: Iterable[Agreed | AgreedAction]) -> tuple[AgreedAction, ...]:
    """The actions whose statement this report draws conclusions from, each with its figures and what became of it.

    Putting what comes out in again changes nothing.
    """
    return tuple(_beside(report, agreed))


def _beside(report: Report, agreed: Iterable[Agreed | AgreedAction]) -> Iterator[AgreedAction]:
    told = {
        (part.subject, statement.item.question_id): (part, statement)
        for part in parts_told(report)
        for statement in statements_of(part)
    }
    for one in agreed:
        found = told.get((one.subject, one.question_id))
        if found is None:
            continue
        part, statement = found
        yield AgreedAction(
            number=one.number,
            title=one.title,
            state=one.state,
            owners=one.owners,
            subject=one.subject,
            question_id=one.question_id,
            practices=one.practices,
            before=statement.before,
            now=statement.others,
            verdict=_verdict(report, part, statement),
        )


def _verdict(report: Report, part: Part, statement: Statement) -> ActionVerdict:
    if report.previous is None:
        return ActionVerdict.NOT_COMPARABLE
    if is_too_few(part) or part.subject in report.previous.too_few:
        return ActionVerdict.TOO_FEW
    if not isinstance(statement.before, Shown) or not isinstance(statement.others, Shown):
        return ActionVerdict.NOT_COMPARABLE
    return _VERDICTS[trend(statement.others, statement.before)]
