"""The dumbbell figures of a part: the own view beside everyone's and the groups', widest gap first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from reports.charts import EVERYONE, Picture, icon
from reports.dumbbell import WIDE, Comparison, Dumbbell, dumbbell
from reports.findings import widest_gaps
from reports.language import _
from reports.model import NOT_SHOWN, Displayed, Gap, GapVerdict, Item, ReportSection
from reports.opacity import StatementLink
from reports.tables import Cell, Column, Place, cell, figures_of
from reports.wording import difference


@dataclass(frozen=True, slots=True)
class KeyLine:
    """A mark and what it stands for."""

    icon: Picture
    text: str


@dataclass(frozen=True, slots=True)
class ComparisonRow:
    """A row of the table behind a dumbbell. ``link``: the statement, None for an element."""

    link: StatementLink | None
    text: str
    cells: tuple[Cell, ...]
    difference: str


@dataclass(frozen=True, slots=True)
class ComparisonFigure:
    """A dumbbell with its number, key, caption and the same figures as a table.

    ``title`` says the finding; ``subject`` names what a row is ("Element", "Statement"); ``heads``: of the cells.
    ``wide``: the chart for paper and wide screens, the texts beside its scale.
    """

    number: int
    anchor: str
    title: str
    key: tuple[KeyLine, ...]
    chart: Dumbbell
    wide: Dumbbell
    caption: str
    subject: str
    heads: tuple[str, ...]
    rows: tuple[ComparisonRow, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """One row before it is drawn: an element or a statement with the figures of all columns."""

    text: str
    values: Mapping[str, Displayed]
    everyone: Displayed
    link: StatementLink | None = None


@dataclass(frozen=True, slots=True)
class Sides:
    """Whose views are joined: the column of the own view and that of the others (``other_id`` None: everyone)."""

    own_id: str
    own_title: str
    other_id: str | None
    other_title: str


def comparison_figure(  # noqa: PLR0913 - what stands around a figure
    compared: Sequence[Compared],
    columns: Sequence[Column],
    sides: Sides,
    labels: Sequence[str],
    *,
    place: Place,
    title: str,
    caption: str,
    subject: str,
) -> ComparisonFigure:
    """The figure of some rows, the widest gap first.

    Its table has the two views; those of the groups have tables of their own, the heat map and the statements.
    """
    ordered = sorted(compared, key=lambda row: _width(row, sides))
    others = [column for column in columns if column.group_id not in {sides.own_id, sides.other_id}]
    # Where everyone has no column, the one group is everyone: its own mark would only repeat the diamond.
    is_everyone_apart = sides.other_id is not None or any(column.group_id is None for column in columns)
    groups = others if is_everyone_apart else [column for column in others if column.answers is None]
    rows = [_drawn(row, groups, sides) for row in ordered]
    chart = partial(
        dumbbell,
        rows,
        title=title,
        description=_described(rows, sides),
        labels=labels,
        not_shown=_("Not shown"),
    )
    return ComparisonFigure(
        number=place.number,
        anchor=place.anchor,
        title=title,
        key=_key(columns, groups, sides),
        chart=chart(key=f"{place.anchor}-chart"),
        wide=chart(key=f"{place.anchor}-wide", frame=WIDE),
        caption=caption,
        subject=subject,
        heads=(sides.own_title, sides.other_title),
        rows=tuple(_row(row, sides, labels) for row in ordered),
    )


def gap_of(own: Displayed, everyone: Displayed) -> Gap | None:
    """The gap rule for any two figures; None when one of them is not shown."""
    item = Item("", "", (), {"own": own}, everyone)
    gaps = widest_gaps((ReportSection("", "", (item,), item.values, everyone),), "own")
    return gaps[0] if gaps else None


def verdict_of(own: Displayed, everyone: Displayed) -> GapVerdict | None:
    """The gap in words; None when one of them is not shown."""
    gap = gap_of(own, everyone)
    return gap.verdict if gap else None


def both(row: Compared, sides: Sides) -> tuple[Displayed, Displayed]:
    """The own figure and that of the others."""
    own = row.values.get(sides.own_id, NOT_SHOWN)
    return own, row.everyone if sides.other_id is None else row.values.get(sides.other_id, NOT_SHOWN)


def _width(row: Compared, sides: Sides) -> int:
    gap = gap_of(*both(row, sides))
    return -abs(gap.tenths) if gap else 1


def _drawn(row: Compared, groups: Sequence[Column], sides: Sides) -> Comparison:
    own, everyone = both(row, sides)
    shapes = tuple(
        (figure, column.shape)
        for figure, column in zip(figures_of(groups, row.values, row.everyone), groups, strict=True)
    )
    text = f"{row.link.number}  {row.text}" if row.link else row.text
    return Comparison(text, own, everyone, shapes)


def _key(columns: Sequence[Column], groups: Sequence[Column], sides: Sides) -> tuple[KeyLine, ...]:
    own = next(column for column in columns if column.group_id == sides.own_id)
    return (
        KeyLine(own.icon, sides.own_title),
        KeyLine(icon(EVERYONE), sides.other_title),
        *(KeyLine(column.icon, column.title) for column in groups),
    )


def _described(rows: Sequence[Comparison], sides: Sides) -> str:
    return "; ".join(
        _(
            "%(row)s: %(own_title)s %(own)s, %(other_title)s %(other)s",
            row=row.text,
            own_title=sides.own_title,
            own=row.own.text,
            other_title=sides.other_title,
            other=row.everyone.text,
        )
        for row in rows
    )


def _row(row: Compared, sides: Sides, labels: Sequence[str]) -> ComparisonRow:
    own, everyone = both(row, sides)
    return ComparisonRow(
        row.link,
        row.text,
        (cell(own, labels), cell(everyone, labels)),
        difference(own, everyone, verdict_of(own, everyone)),
    )
