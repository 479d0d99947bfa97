"""The view of one part of a report: its figures, its tables and its comments, in the order of reading."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from reports.charts import EVERYONE, OWN, Comparison, Dumbbell, Picture, dumbbell, icon
from reports.findings import widest_gaps
from reports.model import (
    NOT_SHOWN,
    CommentBlock,
    CycleFacts,
    Displayed,
    GapVerdict,
    Item,
    Part,
    ReportSection,
    Shown,
)
from reports.tables import (
    EVERYONE_TITLE,
    Cell,
    Column,
    HeatMap,
    StatementTable,
    cell,
    columns_of,
    heat_map,
    statement_table,
)
from reports.wording import (
    difference,
    elements_finding,
    extremes_finding,
    gaps_finding,
    in_words,
    listed,
    statements_finding,
)
from surveys.subjects import Subject

_SHORT_RULE = (
    "A difference of one step or more is called higher or lower, a smaller one about the same; the whole rule is "
    "under “How it was computed”."
)

_GAP_RULE = (
    "The widest gaps come first, five at most. A gap is the own figure minus that of all partners together, both as "
    "shown; the whole rule is under “How it was computed”."
)
_HEAT_RULE = (
    "Each figure is the mean of the element’s statements as shown, from 1 to 5. Darker is more often."
)


@dataclass(frozen=True, slots=True)
class Counters:
    """The numbers that run through a whole report."""

    figures: Iterator[int]
    tables: Iterator[int]
    statements: Iterator[int]


@dataclass(frozen=True, slots=True)
class KeyLine:
    """A mark and what it stands for."""

    icon: Picture
    text: str


@dataclass(frozen=True, slots=True)
class ComparisonRow:
    """A row of the table under a dumbbell."""

    text: str
    own: Cell
    everyone: Cell
    difference: str


@dataclass(frozen=True, slots=True)
class ComparisonFigure:
    """A dumbbell with its number, key, caption and the same figures as a table.

    ``title`` says the finding; ``subject`` names what a row is ("Element", "Statement").
    """

    number: int
    title: str
    key: tuple[KeyLine, ...]
    chart: Dumbbell
    caption: str
    subject: str
    own_title: str
    everyone_title: str
    rows: tuple[ComparisonRow, ...]


@dataclass(frozen=True, slots=True)
class ElementView:
    """One element of a part."""

    anchor: str
    title: str
    introduction: str
    table: StatementTable
    comments: tuple[CommentBlock, ...]


@dataclass(frozen=True, slots=True)
class PartView:
    """One part. ``overview`` and ``gaps`` are None without a view of its own, ``heat_map`` without figures.

    ``other_comments``: those on an element that has no table here.
    """

    anchor: str
    heading: str
    answered: str
    columns: tuple[Column, ...]
    overview: ComparisonFigure | None
    heat_map: HeatMap | None
    gaps: ComparisonFigure | None
    elements: tuple[ElementView, ...]
    other_comments: tuple[CommentBlock, ...]


def subject_name(part: Part, facts: CycleFacts) -> str:
    """What a part is about, by its name."""
    names = {Subject.PRIME: facts.prime_name, Subject.CHAIN: facts.chain_name}
    return names.get(Subject(part.subject), part.title)


def heading_of(part: Part, facts: CycleFacts) -> str:
    """The heading of a part."""
    if part.subject == Subject.CHAIN:
        return f"How {facts.chain_name} works as a whole"
    if part.subject == Subject.BUYERS:
        return "How tier-1 partners work with their own subcontractors"
    return f"How {subject_name(part, facts)} works with its partners"


def part_view(part: Part, facts: CycleFacts, index: int, counters: Counters) -> PartView:
    """The view of the index-th part (from 1); the counters run on."""
    anchor = f"part-{index}"
    writer = _Writer(part, facts, anchor, columns_of(part), counters)
    has_figures = bool(writer.columns and part.sections)
    # Of one partner nobody's answers are put together: there is nothing to hold the own view against.
    has_own_view = has_figures and writer.own_id is not None and not part.is_on_partner
    return PartView(
        anchor=anchor,
        heading=heading_of(part, facts),
        answered=writer.answered(),
        columns=writer.columns,
        overview=writer.overview() if has_own_view else None,
        heat_map=writer.heat_map() if has_figures else None,
        gaps=writer.gaps() if has_own_view and part.gaps else None,
        elements=tuple(writer.element(section, place) for place, section in enumerate(part.sections, start=1))
        if has_figures
        else (),
        other_comments=writer.comments_elsewhere(),
    )


@dataclass(frozen=True, slots=True)
class _Writer:
    """What every figure of one part needs."""

    part: Part
    facts: CycleFacts
    anchor: str
    columns: tuple[Column, ...]
    counters: Counters

    @property
    def name(self) -> str:
        return subject_name(self.part, self.facts)

    @property
    def own_id(self) -> str | None:
        return next((group.id for group in self.part.groups if group.is_self), None)

    @property
    def labels(self) -> Sequence[str]:
        return self.facts.scale_labels

    def answered(self) -> str:
        """How many answered, of how many who were asked."""
        if self.part.is_on_partner:
            return "Each view here is shown under the name of the organisation whose view it is."
        if self.part.received is None:
            return f"{self.part.asked:,} people were asked. No figure can be shown."
        return f"{EVERYONE_TITLE}: {self.part.received:,} of the {self.part.asked:,} people who were asked answered."

    def comments_elsewhere(self) -> tuple[CommentBlock, ...]:
        """Comments on an element of which this part shows no table."""
        shown = {section.id for section in self.part.sections} if self.columns else set()
        return tuple(block for block in self.part.comments if block.section_id not in shown)

    def overview(self) -> ComparisonFigure:
        """The own view beside everyone's, a row for each element."""
        compared = [
            Comparison(section.title, self._own(section.means), section.everyone)
            for section in self.part.sections
        ]
        verdicts = [_verdict(row.own, row.everyone) for row in compared]
        return self._comparison(
            "overview", "Element", compared, title=elements_finding(verdicts, self.name), rule=_SHORT_RULE
        )

    def gaps(self) -> ComparisonFigure:
        """The widest gaps, a row for each statement."""
        compared = [Comparison(gap.wording, gap.own, gap.everyone) for gap in self.part.gaps]
        return self._comparison(
            "gaps", "Statement", compared, title=gaps_finding(self.part.gaps, self.name), rule=_GAP_RULE
        )

    def heat_map(self) -> HeatMap:
        """Groups x elements."""
        title = extremes_finding((section.title, section.everyone) for section in self.part.sections)
        return heat_map(
            self.part.sections,
            self.columns,
            self.labels,
            number=next(self.counters.figures),
            title=title,
            caption=f"{self.answered()} {_HEAT_RULE}",
        )

    def element(self, section: ReportSection, place: int) -> ElementView:
        """One element: what stands out in it, and its statements."""
        verdicts = [_verdict(self._own(item.values), item.everyone) for item in section.items]
        comments = tuple(block for block in self.part.comments if block.section_id == section.id)
        first = next(self.counters.statements)
        for _ in section.items[1:]:
            next(self.counters.statements)
        table = statement_table(
            section,
            self.columns,
            self.labels,
            number=next(self.counters.tables),
            first=first,
            title=statements_finding(verdicts, self.name if self.own_id else None),
        )
        return ElementView(
            f"{self.anchor}-element-{place}", section.title, self._introduction(section), table, comments
        )

    def _introduction(self, section: ReportSection) -> str:
        everyone = f"all partners together say {in_words(section.everyone, self.labels)}"
        own = self._own(section.means)
        said = [f"{self.name} says {in_words(own, self.labels)}"] if isinstance(own, Shown) else []
        said += [everyone] if isinstance(section.everyone, Shown) else []
        return f"On average over these statements, {listed(said)}." if said else ""

    def _own(self, values: Mapping[str, Displayed]) -> Displayed:
        return NOT_SHOWN if self.own_id is None else values[self.own_id]

    def _comparison(
        self, kind: str, subject: str, compared: Sequence[Comparison], *, title: str, rule: str
    ) -> ComparisonFigure:
        rows = tuple(
            ComparisonRow(
                row.text,
                cell(row.own, self.labels),
                cell(row.everyone, self.labels),
                difference(row.own, row.everyone, _verdict(row.own, row.everyone)),
            )
            for row in compared
        )
        described = "; ".join(
            f"{row.text}: {self.name} {row.own.text}, {EVERYONE_TITLE.lower()} {row.everyone.text}"
            for row in compared
        )
        own_title = f"{self.name}, own view"
        return ComparisonFigure(
            number=next(self.counters.figures),
            title=title,
            key=(KeyLine(icon(OWN), own_title), KeyLine(icon(EVERYONE), EVERYONE_TITLE)),
            chart=dumbbell(
                compared, key=f"{self.anchor}-{kind}", title=title, description=described, labels=self.labels
            ),
            caption=f"{self.answered()} {rule}",
            subject=subject,
            own_title=own_title,
            everyone_title=EVERYONE_TITLE,
            rows=rows,
        )


def _verdict(own: Displayed, everyone: Displayed) -> GapVerdict | None:
    """The gap rule for any two figures; None when one of them is not shown."""
    item = Item("", "", (), {"own": own}, everyone)
    gaps = widest_gaps((ReportSection("", "", (item,), item.values, everyone),), "own")
    return gaps[0].verdict if gaps else None
