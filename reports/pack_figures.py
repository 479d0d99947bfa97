"""The figure of one topic: what each voice says on its statement, as a chart and as a table, from displayed values."""

from __future__ import annotations

from dataclasses import dataclass

from reports.language import _
from reports.model import Item, Part, Report
from reports.pack_chart import Lanes, Voice, lanes
from reports.pack_meeting import Topic
from reports.part_words import heading_of
from reports.sides import items_of
from reports.statement_notes import PracticeNote
from reports.tables import Cell, Column, cell, columns_of, figures_of
from surveys.practices import practices


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One voice of the table: its column of the report, and its figure."""

    column: Column
    cell: Cell


@dataclass(frozen=True, slots=True)
class TopicFigure:
    """A statement with what each voice says of it. ``part``: where in the report it stands, in words.

    ``slide``, ``chart``: the same picture twice, because an id stands once in a document.
    """

    wording: str
    part: str
    practices: tuple[str, ...]
    slide: Lanes
    chart: Lanes
    rows: tuple[FigureRow, ...]


def figure_of(topic: Topic, report: Report, key: str) -> TopicFigure | None:
    """The figure of a topic; None where the report has no such statement, or nothing to show of its part."""
    found = next(
        (
            (part, item)
            for part in report.parts
            if part.subject == topic.subject
            for item in items_of(part)
            if item.question_id == topic.question_id
        ),
        None,
    )
    return _figure(*found, report, key) if found else None


def practices_of(topic: Topic, figure: TopicFigure | None) -> tuple[PracticeNote, ...]:
    """The practices of the Code that a topic is about, in full; those of its statement where it names none."""
    known = practices()
    ids = topic.practices or (figure.practices if figure else ())
    return tuple(PracticeNote(id_, known[id_].text) for id_ in ids if id_ in known)


def _figure(part: Part, item: Item, report: Report, key: str) -> TopicFigure | None:
    facts = report.facts
    columns = columns_of(part, facts.counted_by, facts.prime_name)
    if not columns:
        return None
    figures = figures_of(columns, item.values, item.everyone)
    rows = tuple(
        FigureRow(column, cell(figure, facts.scale_labels))
        for column, figure in zip(columns, figures, strict=True)
    )
    voices = [
        Voice(
            name=row.column.head,
            shape=row.column.shape,
            figure=figure,
            value=row.cell.text if row.cell.is_shown else _("Not shown"),
            words=row.cell.words,
        )
        for row, figure in zip(rows, figures, strict=True)
    ]
    slide, chart = (
        lanes(voices, key=f"{key}-{place}", title=item.wording, labels=facts.scale_labels)
        for place in ("slide", "handout")
    )
    return TopicFigure(item.wording, heading_of(part, report), item.practices, slide, chart, rows)
