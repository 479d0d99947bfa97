"""The view of one part of a report: its figures, its tables and its comments, in the order of reading."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from reports.changes import ChangeFigure, change_figure, comparable, is_change_told, why_no_change
from reports.comparisons import Compared, ComparisonFigure, Sides, both, comparison_figure, verdict_of
from reports.finding_words import HEADINGS
from reports.language import _
from reports.model import NOT_SHOWN, CommentBlock, CycleFacts, Part, Report, ReportSection
from reports.numbering import statement_numbers
from reports.opacity import OpacityFigure, StatementLink, is_opacity_shown, opacity_figure
from reports.part_words import answered, caution, heading_of, introduction, subject_name
from reports.reply_words import ReplyWords, reply_words
from reports.sides import items_of, other_view_of, own_view_of, statements_of
from reports.spreads import SpreadFigure, has_spreads, spread_figure
from reports.statement_notes import StatementNotes, notes_on
from reports.tables import (
    Column,
    HeatMap,
    Place,
    StatementTable,
    columns_of,
    everyone_title,
    heat_map,
    statement_anchor,
    statement_table,
)
from reports.wording import elements_finding, extremes_finding, gaps_finding, statements_finding


@dataclass(frozen=True, slots=True)
class Counters:
    """The numbers that run through a whole report."""

    figures: Iterator[int]
    tables: Iterator[int]


@dataclass(frozen=True, slots=True)
class ReplyView:
    """What the organisation says to a finding, beside the statement that it is about. ``anchor``: of the finding."""

    finding: str
    anchor: str
    link: StatementLink
    words: ReplyWords


@dataclass(frozen=True, slots=True)
class ElementView:
    """One element of a part. ``spread`` is None where no distribution is shown."""

    anchor: str
    title: str
    introduction: str
    table: StatementTable
    spread: SpreadFigure | None
    replies: tuple[ReplyView, ...]
    comments: tuple[CommentBlock, ...]


@dataclass(frozen=True, slots=True)
class PartView:
    """One part. A figure is None where there is nothing to draw.

    ``caution``: why the figures are read with care, "" for no reason; ``no_change``: why nothing can be said of a
    change. ``other_comments``: those on an element that has no table here.
    """

    anchor: str
    heading: str
    answered: str
    caution: str
    columns: tuple[Column, ...]
    overview: ComparisonFigure | None
    heat_map: HeatMap | None
    gaps: ComparisonFigure | None
    opacity: OpacityFigure | None
    change: ChangeFigure | None
    no_change: str
    elements: tuple[ElementView, ...]
    other_comments: tuple[CommentBlock, ...]


def part_view(part: Part, report: Report, index: int, counters: Counters) -> PartView:
    """The view of the index-th part (from 1); the counters run on."""
    writer = _Writer(part, report, f"part-{index}", counters)
    has_figures = bool(writer.columns and part.sections)
    # In the order of reading, because the figures are numbered as they are made.
    return PartView(
        anchor=writer.anchor,
        heading=heading_of(part, report),
        answered=writer.answered,
        caution=caution(part),
        columns=writer.columns,
        overview=writer.overview() if has_figures else None,
        heat_map=writer.heat_map() if has_figures else None,
        gaps=writer.gaps() if has_figures else None,
        opacity=writer.opacity(),
        change=writer.change(),
        no_change=why_no_change(part, report.previous) if has_figures else "",
        elements=tuple(writer.element(section, place) for place, section in enumerate(part.sections, start=1))
        if has_figures
        else (),
        other_comments=writer.comments_elsewhere(),
    )


@dataclass(frozen=True)
class _Writer:
    """What every figure of one part needs."""

    part: Part
    report: Report
    anchor: str
    counters: Counters

    @property
    def facts(self) -> CycleFacts:
        return self.report.facts

    @property
    def labels(self) -> Sequence[str]:
        return self.facts.scale_labels

    @cached_property
    def name(self) -> str:
        return subject_name(self.part, self.facts)

    @cached_property
    def answered(self) -> str:
        return answered(self.part, self.facts.counted_by)

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        return columns_of(self.part, self.facts.counted_by, self.facts.prime_name)

    @cached_property
    def numbered(self) -> Mapping[str, int]:
        """The numbers of the part's statements."""
        numbers = statement_numbers(self.report)
        return {
            question_id: number
            for (subject, question_id), number in numbers.items()
            if subject == self.part.subject
        }

    @cached_property
    def sides(self) -> Sides | None:
        """Whose views are held against each other; None without an own view or without another."""
        own, other = own_view_of(self.part), other_view_of(self.part)
        if own is None or (self.part.is_on_partner and other is None):
            return None
        return Sides(
            own.id,
            _("%(name)s, own view", name=self.name),
            other.id if other else None,
            other.title if other else everyone_title(),
        )

    def comments_elsewhere(self) -> tuple[CommentBlock, ...]:
        """Comments on an element of which this part shows no table."""
        shown = {section.id for section in self.part.sections} if self.columns else set()
        return tuple(block for block in self.part.comments if block.section_id not in shown)

    def overview(self) -> ComparisonFigure | None:
        """The own view beside the others', a row for each element."""
        if self.sides is None:
            return None
        compared = [
            Compared(section.title, section.means, section.everyone) for section in self.part.sections
        ]
        verdicts = [verdict_of(*both(row, self.sides)) for row in compared]
        title = (
            _(
                "How %(name)s and %(other)s see each element",
                name=self.name,
                other=self.sides.other_title,
            )
            if self.part.is_on_partner
            else elements_finding(verdicts, self.name)
        )
        rule = _(
            "The widest gap comes first. A difference of one step or more is called higher or lower, a smaller one "
            "about the same; the whole rule is under “How it was computed”. The figures of the groups are in the next "
            "figure."
        )
        return self._comparison(_("Element"), compared, self.sides, title=title, rule=rule)

    def gaps(self) -> ComparisonFigure | None:
        """The widest gaps, a row for each statement."""
        if self.sides is None or not self.part.gaps:
            return None
        items = {item.question_id: item for item in items_of(self.part)}
        compared = [
            Compared(gap.wording, items[gap.question_id].values, gap.everyone, self._link(gap.question_id))
            for gap in self.part.gaps
        ]
        rule = _(
            "The widest gaps come first, five at most, of equal ones the first in the questionnaire. A gap is the own "
            "figure minus that of all partners together, both as shown; the whole rule is under “How it was "
            "computed”. The figures of the groups stand at each statement’s number."
        )
        title = gaps_finding(self.part.gaps, self.name)
        return self._comparison(_("Statement"), compared, self.sides, title=title, rule=rule)

    def heat_map(self) -> HeatMap:
        """Groups x elements."""
        rule = _(
            "Each figure is the mean of the element’s statements as shown, from 1 to 5; where there is none on "
            "some of them, it says on how many it rests. Darker is more often."
        )
        return heat_map(
            self.part.sections,
            self.columns,
            self.labels,
            place=self._place(),
            title=extremes_finding((section.title, section.everyone) for section in self.part.sections),
            caption=f"{self.answered} {rule}",
        )

    def opacity(self) -> OpacityFigure | None:
        """What partners could not see."""
        if not self.columns or not is_opacity_shown(self.part):
            return None
        return opacity_figure(self.part, self.numbered, place=self._place(), answered=self.answered)

    def change(self) -> ChangeFigure | None:
        """What has changed since the last cycle."""
        previous = self.report.previous
        if not self.columns or previous is None or not comparable(self.part, previous):
            return None
        return change_figure(
            self.part,
            previous,
            self.labels,
            place=self._place(),
            answered=self.answered,
            now_title=self.facts.title,
        )

    def element(self, section: ReportSection, place: int) -> ElementView:
        """One element: what stands out in it, and its statements."""
        number = next(self.counters.tables)
        anchor = f"{self.anchor}-element-{place}"
        return ElementView(
            anchor=anchor,
            title=section.title,
            introduction=introduction(section, self.sides, self.name, self.labels),
            table=statement_table(
                section,
                self.columns,
                self.labels,
                place=Place(number, f"table-{number}"),
                title=self._statements_title(section),
                notes=self._notes(section),
            ),
            spread=self._spread(section),
            replies=self._replies(section),
            comments=tuple(block for block in self.part.comments if block.section_id == section.id),
        )

    def _statements_title(self, section: ReportSection) -> str:
        if self.sides is None or self.sides.other_id is not None:
            return statements_finding((), None)
        verdicts = [
            verdict_of(item.values.get(self.sides.own_id, NOT_SHOWN), item.everyone) for item in section.items
        ]
        return statements_finding(verdicts, self.name)

    def _notes(self, section: ReportSection) -> dict[str, StatementNotes]:
        may_tell = is_change_told(self.part, self.report.previous)
        return {
            statement.item.question_id: notes_on(
                statement, self.numbered[statement.item.question_id], is_change_told=may_tell
            )
            for statement in statements_of(self.part)
            if statement.section_id == section.id
        }

    def _spread(self, section: ReportSection) -> SpreadFigure | None:
        if not has_spreads(section):
            return None
        return spread_figure(section, self.columns, self.numbered, self.labels, place=self._place())

    def _replies(self, section: ReportSection) -> tuple[ReplyView, ...]:
        findings = {finding.id: finding for finding in self.part.findings if finding.section_id == section.id}
        return tuple(
            ReplyView(
                finding=_(HEADINGS[finding.kind]),
                anchor="finding-" + finding.id.replace(":", "-"),
                link=self._link(finding.question_id),
                words=reply_words(reply),
            )
            for reply in self.report.replies
            if (finding := findings.get(reply.finding_id)) is not None
        )

    def _place(self) -> Place:
        number = next(self.counters.figures)
        return Place(number, f"figure-{number}")

    def _link(self, question_id: str) -> StatementLink:
        place = self.numbered[question_id]
        return StatementLink(place, statement_anchor(place))

    def _comparison(
        self, subject: str, compared: Sequence[Compared], sides: Sides, *, title: str, rule: str
    ) -> ComparisonFigure:
        return comparison_figure(
            compared,
            self.columns,
            sides,
            self.labels,
            place=self._place(),
            title=title,
            caption=f"{self.answered} {rule}",
            subject=subject,
        )
