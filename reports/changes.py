"""What changed since the last cycle, element by element, as slope lines; or why it cannot be told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reports.conclusions import Previous
from reports.display import mean_of
from reports.language import _, ngettext
from reports.model import Part, ReportSection, Shown
from reports.sides import Statement, statements_of
from reports.slopes import Change, SlopeChart, slope_chart
from reports.statement_notes import change_words
from reports.tables import Cell, Place, cell
from reports.trends import Trend, is_too_few, trend
from reports.wording import day, number

LEAST_STATEMENTS = 2


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One element then and now, over the statements that can be compared."""

    element: str
    before: Cell
    now: Cell
    change: str
    compared: str


@dataclass(frozen=True, slots=True)
class ChangeFigure:
    """Slope lines, with the same figures as a table."""

    number: int
    anchor: str
    title: str
    caption: str
    chart: SlopeChart
    before_title: str
    now_title: str
    rows: tuple[ChangeRow, ...]


@dataclass(frozen=True, slots=True)
class _Compared:
    section: ReportSection
    change: Change
    statements: int


def is_change_told(part: Part, previous: Previous | None) -> bool:
    """Whether enough people answered, now and the last time, to say what changed."""
    return previous is not None and not is_too_few(part) and part.subject not in previous.too_few


def why_no_change(part: Part, previous: Previous | None) -> str:
    """Why nothing can be said of a change; "" where there is no earlier report or where something can be said."""
    if previous is None or comparable(part, previous):
        return ""
    if not is_change_told(part, previous):
        return _(
            "What has changed since “%(title)s” cannot be told: too few answered, then or now, so that a difference "
            "may be chance.",
            title=previous.title,
        )
    return _(
        "What has changed since “%(title)s” cannot be told: no element has two statements that have the same words, "
        "the same groups behind them and a figure both times.",
        title=previous.title,
    )


def comparable(part: Part, previous: Previous | None) -> tuple[_Compared, ...]:
    """The elements with at least two statements that have a figure both times."""
    if not is_change_told(part, previous):
        return ()
    statements = statements_of(part)
    return tuple(
        compared for section in part.sections if (compared := _compared(section, statements)) is not None
    )


def change_figure(
    part: Part,
    previous: Previous,
    labels: Sequence[str],
    *,
    place: Place,
    answered: str,
    now_title: str,
) -> ChangeFigure:
    """The figure of a part that has something to compare. ``now_title``: what this cycle is called."""
    elements = comparable(part, previous)
    title = _title([element.change.verdict for element in elements])
    described = "; ".join(
        _(
            "%(element)s: %(before)s then, %(now)s now",
            element=element.section.title,
            before=element.change.before.text,
            now=element.change.now.text,
        )
        for element in elements
    )
    return ChangeFigure(
        number=place.number,
        anchor=place.anchor,
        title=title,
        caption=f"{answered} {_rule(previous)}",
        chart=slope_chart(
            [element.change for element in elements],
            key=f"{place.anchor}-chart",
            title=title,
            description=described,
            heads=(day(previous.closed_on), _("Now")),
        ),
        before_title=previous.title,
        now_title=now_title,
        rows=tuple(_row(element, labels) for element in elements),
    )


def _compared(section: ReportSection, statements: Sequence[Statement]) -> _Compared | None:
    ids = {item.question_id for item in section.items}
    pairs = [
        (statement.others, statement.before)
        for statement in statements
        if statement.section_id == section.id
        and statement.item.question_id in ids
        and isinstance(statement.others, Shown)
        and isinstance(statement.before, Shown)
    ]
    if len(pairs) < LEAST_STATEMENTS:
        return None
    now, before = mean_of(now for now, _before in pairs), mean_of(before for _now, before in pairs)
    if not isinstance(now, Shown) or not isinstance(before, Shown):
        return None
    return _Compared(section, Change(section.title, before, now, trend(now, before)), len(pairs))


def _row(element: _Compared, labels: Sequence[str]) -> ChangeRow:
    change = element.change
    return ChangeRow(
        element.section.title,
        cell(change.before, labels),
        cell(change.now, labels),
        change_words(change.verdict),
        ngettext("%(count)s statement", "%(count)s statements", element.statements),
    )


def _rule(previous: Previous) -> str:
    return _(
        "Beside the review that closed on %(day)s: the mean of those statements alone that have the same words, the "
        "same groups behind them and a figure both times, so that it may differ from other figures of the element. A "
        "difference of a step of the coarser figure or more is called better or worse.",
        day=day(previous.closed_on),
    )


def _title(verdicts: Sequence[Trend]) -> str:
    better, worse = verdicts.count(Trend.BETTER), verdicts.count(Trend.WORSE)
    total = number(len(verdicts))
    if better and worse:
        return _(
            "Since the last time %(better)s of %(total)s elements became better and %(worse)s worse",
            better=number(better),
            worse=number(worse),
            total=total,
        )
    if better:
        return _(
            "Since the last time %(better)s of %(total)s elements became better, and none worse",
            better=number(better),
            total=total,
        )
    if worse:
        return _(
            "Since the last time %(worse)s of %(total)s elements became worse, and none better",
            worse=number(worse),
            total=total,
        )
    if Trend.CANNOT_TELL in verdicts:
        return _("Since the last time no element has become better or worse as far as can be told")
    return _("Since the last time every element has stayed about the same")
