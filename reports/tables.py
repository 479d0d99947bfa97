"""The tables of a report as frozen values: columns, statements x groups, and the heat map of elements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from reports.charts import (
    EVERYONE,
    OWN,
    Picture,
    Shape,
    attributed_shape,
    average_shape,
    icon,
    protected_shape,
    strip,
)
from reports.hyphens import with_soft_hyphens
from reports.language import N_, _, ngettext
from reports.model import NOT_SHOWN, Displayed, GroupKind, Item, Part, ReportGroup, ReportSection, Shown
from reports.statement_notes import StatementNotes
from reports.wording import scale_words
from surveys.publication import CountedBy

_MOST_BESIDE_STRIP = 7
EVERYONE_TITLE = N_("All partners together")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a figure or a table stands: its number in the report and the anchor that links lead to."""

    number: int
    anchor: str


@dataclass(frozen=True, slots=True)
class Column:
    """A column. ``group_id`` None stands for everyone; ``note`` says whose voice it is, ``includes`` who is pooled.

    ``head`` is the short title at the head of a narrow column; ``answers``: how many people are behind it, None for an
    attributed group and an average.
    """

    group_id: str | None
    title: str
    head: str
    note: str
    includes: tuple[str, ...]
    icon: Picture
    shape: Shape
    answers: int | None = None

    @property
    def breakable_head(self) -> str:
        """The head with the places where its long words may break: browsers know no Welsh, and not all know English."""
        return with_soft_hyphens(self.head)


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
    """One statement: its number in the report, its wording, a cell for each column, the strip, what stands under it."""

    number: int
    anchor: str
    wording: str
    cells: tuple[Cell, ...]
    strip: Picture
    notes: StatementNotes


@dataclass(frozen=True, slots=True)
class StatementTable:
    """The statements of one element. ``title`` says the finding; ``anchor`` is the element's."""

    number: int
    anchor: str
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
    anchor: str
    title: str
    caption: str
    elements: tuple[str, ...]
    rows: tuple[HeatRow, ...]


def columns_of(part: Part, counted_by: CountedBy, prime: str = "") -> tuple[Column, ...]:
    """The columns of a part: the subject's own view, attributed groups, protected groups, everyone, averages.

    Everyone is left out where it would only repeat the one protected column. ``prime``: the prime's name; it keeps
    the mark of its own view in every part but those on others with an own view.
    """
    own = [_column(group, OWN, counted_by) for group in part.groups if group.is_self]
    attributed = [group for group in part.groups if group.kind is GroupKind.ATTRIBUTED and not group.is_self]
    pooled = [group for group in part.groups if group.kind in _POOLED]
    averages = [group for group in part.groups if group.kind is GroupKind.AVERAGE]
    columns = [
        *own,
        *(
            _column(group, shape, counted_by)
            for group, shape in zip(
                attributed, _attributed_shapes(attributed, "" if own else prime), strict=True
            )
        ),
        *(_column(group, protected_shape(index), counted_by) for index, group in enumerate(pooled)),
    ]
    # One group alone is everyone, unless its figures were cut out of a part with more of them.
    if len(pooled) > 1 or (pooled and part.received != pooled[0].answers):
        columns.append(_everyone(part.received, counted_by))
    return (
        *columns,
        *(_column(group, average_shape(index), counted_by) for index, group in enumerate(averages)),
    )


def _attributed_shapes(groups: Sequence[ReportGroup], prime: str) -> list[Shape]:
    others = [group for group in groups if group.title != prime]
    shapes = {group.id: attributed_shape(index) for index, group in enumerate(others)}
    return [shapes.get(group.id, OWN) for group in groups]


def _everyone(received: int | None, counted_by: CountedBy) -> Column:
    title = _(EVERYONE_TITLE)
    note = "" if received is None else _voices(received, counted_by)
    return Column(None, title, title, note, (), icon(EVERYONE), EVERYONE)


def everyone_title() -> str:
    """What the column of everyone is called."""
    return _(EVERYONE_TITLE)


def cell(figure: Displayed, labels: Sequence[str]) -> Cell:
    """A figure as a cell; one that is not shown is the same cell for every reason."""
    heat = round(figure.tenths / 5) - 1 if isinstance(figure, Shown) else None
    return Cell(figure.text, scale_words(figure, labels), heat is not None, heat)


def statement_table(
    section: ReportSection,
    columns: tuple[Column, ...],
    labels: Sequence[str],
    *,
    place: Place,
    title: str,
    notes: Mapping[str, StatementNotes],
) -> StatementTable:
    """The table of one element. ``notes``: the number of each statement and what stands under it."""
    rows = tuple(
        StatementRow(
            number=notes[item.question_id].number,
            anchor=statement_anchor(notes[item.question_id].number),
            wording=item.wording,
            cells=tuple(cell(figure, labels) for figure in figures_of(columns, item.values, item.everyone)),
            strip=_strip(item, columns),
            notes=notes[item.question_id],
        )
        for item in section.items
    )
    return StatementTable(place.number, place.anchor, title, columns, rows)


def statement_anchor(number: int) -> str:
    """Where a statement stands, for links to it."""
    return f"statement-{number}"


def heat_map(
    sections: Iterable[ReportSection],
    columns: Sequence[Column],
    labels: Sequence[str],
    *,
    place: Place,
    title: str,
    caption: str,
) -> HeatMap:
    """The means of the elements, a row for each column of the part's tables."""
    sections = tuple(sections)
    figures = [figures_of(columns, section.means, section.everyone) for section in sections]
    rows = tuple(
        HeatRow(
            column,
            tuple(
                _element_cell(cell(values[index], labels), section, column)
                for values, section in zip(figures, sections, strict=True)
            ),
        )
        for index, column in enumerate(columns)
    )
    return HeatMap(
        place.number, place.anchor, title, caption, tuple(section.title for section in sections), rows
    )


def _element_cell(plain: Cell, section: ReportSection, column: Column) -> Cell:
    """The cell with the number of statements that it rests on, where some of them are not shown."""
    rows = [figures_of((column,), item.values, item.everyone) for item in section.items]
    shown = sum(isinstance(figure, Shown) for (figure,) in rows)
    if not plain.is_shown or shown == len(rows):
        return plain
    words = _("%(words)s; rests on %(shown)s of %(count)s", words=plain.words, shown=shown, count=len(rows))
    return replace(plain, words=words)


_POOLED = frozenset({GroupKind.PROTECTED, GroupKind.OTHER_PARTIES})


def _column(group: ReportGroup, shape: Shape, counted_by: CountedBy) -> Column:
    head = group.title
    if group.is_self:
        head, note = _("Own view"), _("own view")
    elif group.kind is GroupKind.AVERAGE:
        note = ""
    elif group.answers is None:
        note = _("shown apart")
    else:
        note = _voices(group.answers, counted_by)
    return Column(group.id, group.title, head, note, group.includes, icon(shape), shape, group.answers)


def _voices(count: int, counted_by: CountedBy) -> str:
    if counted_by is CountedBy.ORGANISATION:
        return ngettext("%(count)s organisation", "%(count)s organisations", count)
    return ngettext("%(count)s person", "%(count)s people", count)


def figures_of(
    columns: Iterable[Column], values: Mapping[str, Displayed], everyone: Displayed
) -> tuple[Displayed, ...]:
    """The figures of one statement or element in the order of the columns."""
    return tuple(
        everyone if column.group_id is None else values.get(column.group_id, NOT_SHOWN) for column in columns
    )


def _strip(item: Item, columns: Sequence[Column]) -> Picture:
    figures = figures_of(columns, item.values, item.everyone)
    lanes = [(figure, column.shape) for figure, column in zip(figures, columns, strict=True)]
    shown = [
        (figure, column.title)
        for figure, column in zip(figures, columns, strict=True)
        if isinstance(figure, Shown)
    ]
    if not shown:
        return strip(lanes, _("The same as a row of marks: nothing is shown."))
    low, high = (pick(shown, key=lambda pair: pair[0].tenths) for pick in (min, max))
    return strip(
        lanes,
        _(
            "The same as marks on the scale, from %(low)s (%(who_low)s) to %(high)s (%(who_high)s).",
            low=low[0].text,
            who_low=low[1],
            high=high[0].text,
            who_high=high[1],
        ),
    )
