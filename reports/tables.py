"""The tables of a report as frozen values: columns, statements x groups, and the heat map of elements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from reports.charts import EVERYONE, OWN, Picture, Shape, attributed_shape, icon, protected_shape, strip
from reports.model import Displayed, GroupKind, Item, Part, ReportGroup, ReportSection, Shown
from reports.wording import scale_words

_MOST_BESIDE_STRIP = 7
EVERYONE_TITLE = "All partners together"


@dataclass(frozen=True, slots=True)
class Column:
    """A column. ``group_id`` None stands for everyone; ``note`` says whose voice it is, ``includes`` who is pooled.

    ``head`` is the short title at the head of a narrow column.
    """

    group_id: str | None
    title: str
    head: str
    note: str
    includes: tuple[str, ...]
    icon: Picture
    shape: Shape


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure of a table: its text, the nearest words of the scale, and its place on the heat map.

    ``heat``: 1 (the lowest mean) to 9, None where nothing is shown.
    """

    text: str
    words: str
    is_shown: bool
    heat: int | None


@dataclass(frozen=True, slots=True)
class StatementRow:
    """One statement: its number in the report, its wording, a cell for each column and the strip."""

    number: int
    wording: str
    cells: tuple[Cell, ...]
    strip: Picture


@dataclass(frozen=True, slots=True)
class StatementTable:
    """The statements of one element. ``title`` says the finding."""

    number: int
    title: str
    columns: tuple[Column, ...]
    rows: tuple[StatementRow, ...]

    @property
    def is_wide(self) -> bool:
        """Whether there are so many columns that the strip has no room beside them."""
        return len(self.columns) > _MOST_BESIDE_STRIP


@dataclass(frozen=True, slots=True)
class HeatRow:
    """One group of the heat map: its column's head and a cell for each element."""

    column: Column
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class HeatMap:
    """Groups x elements. ``title`` says the finding; ``elements`` are the heads of the columns."""

    number: int
    title: str
    caption: str
    elements: tuple[str, ...]
    rows: tuple[HeatRow, ...]


def columns_of(part: Part) -> tuple[Column, ...]:
    """The columns of a part: the subject's own view, attributed groups, protected groups, everyone.

    Everyone is left out where it would only repeat the one protected column.
    """
    own = [_column(group, OWN) for group in part.groups if group.is_self]
    attributed = [group for group in part.groups if group.kind is GroupKind.ATTRIBUTED and not group.is_self]
    protected = [group for group in part.groups if group.kind is not GroupKind.ATTRIBUTED]
    columns = [
        *own,
        *(_column(group, attributed_shape(index)) for index, group in enumerate(attributed)),
        *(_column(group, protected_shape(index)) for index, group in enumerate(protected)),
    ]
    if len(protected) > 1:
        note = "" if part.received is None else f"{part.received:,} people"
        columns.append(Column(None, EVERYONE_TITLE, EVERYONE_TITLE, note, (), icon(EVERYONE), EVERYONE))
    return tuple(columns)


def cell(figure: Displayed, labels: Sequence[str]) -> Cell:
    """A figure as a cell; one that is not shown is the same cell for every reason."""
    heat = round(figure.tenths / 5) - 1 if isinstance(figure, Shown) else None
    return Cell(figure.text, scale_words(figure, labels), heat is not None, heat)


def statement_table(
    section: ReportSection,
    columns: tuple[Column, ...],
    labels: Sequence[str],
    *,
    number: int,
    first: int,
    title: str,
) -> StatementTable:
    """The table of one element; its statements are numbered from ``first``."""
    rows = tuple(
        StatementRow(
            number=row_number,
            wording=item.wording,
            cells=tuple(cell(figure, labels) for figure in _figures(columns, item.values, item.everyone)),
            strip=_strip(item, columns),
        )
        for row_number, item in enumerate(section.items, start=first)
    )
    return StatementTable(number, title, columns, rows)


def heat_map(
    sections: Iterable[ReportSection],
    columns: Sequence[Column],
    labels: Sequence[str],
    *,
    number: int,
    title: str,
    caption: str,
) -> HeatMap:
    """The means of the elements, a row for each column of the part's tables."""
    sections = tuple(sections)
    figures = [_figures(columns, section.means, section.everyone) for section in sections]
    rows = tuple(
        HeatRow(column, tuple(cell(values[index], labels) for values in figures))
        for index, column in enumerate(columns)
    )
    return HeatMap(number, title, caption, tuple(section.title for section in sections), rows)


def _column(group: ReportGroup, shape: Shape) -> Column:
    head = group.title
    if group.is_self:
        head, note = "Own view", "own view"
    elif group.answers is None:
        note = "shown apart"
    else:
        note = f"{group.answers:,} people"
    return Column(group.id, group.title, head, note, group.includes, icon(shape), shape)


def _figures(
    columns: Iterable[Column], values: Mapping[str, Displayed], everyone: Displayed
) -> tuple[Displayed, ...]:
    return tuple(everyone if column.group_id is None else values[column.group_id] for column in columns)


def _strip(item: Item, columns: Sequence[Column]) -> Picture:
    figures = _figures(columns, item.values, item.everyone)
    lanes = [(figure, column.shape) for figure, column in zip(figures, columns, strict=True)]
    shown = [
        (figure, column.title)
        for figure, column in zip(figures, columns, strict=True)
        if isinstance(figure, Shown)
    ]
    if not shown:
        return strip(lanes, "The same as a row of marks: nothing is shown.")
    low, high = (pick(shown, key=lambda pair: pair[0].tenths) for pick in (min, max))
    return strip(
        lanes,
        f"The same as marks on the scale, from {low[0].text} ({low[1]}) to {high[0].text} ({high[1]}).",
    )
