"""A report as data: CSV and JSON of displayed values, nothing finer than what its pages show."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import astuple, dataclass, fields, replace
from io import StringIO

from reports import experience
from reports.conclusions import Indication
from reports.language import _
from reports.model import (
    EVERYONE_ID,
    NOT_SHOWN,
    Displayed,
    DisplayedDistribution,
    DisplayedShare,
    End,
    Item,
    Part,
    Report,
    ReportSection,
    Shown,
    ShownDistribution,
    ShownShare,
)
from reports.numbering import statement_numbers
from reports.tables import EVERYONE_TITLE
from surveys.publication import CountedBy

# What a spreadsheet takes for the start of a formula, or skips before one.
# The wide ones are the same signs of East Asian keyboards, which some spreadsheets take alike.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_COULD_NOT_SEE = "could not see it"
_ENDS = {End.NONE: "", End.OR_BELOW: "or below", End.OR_ABOVE: "or above"}


@dataclass(frozen=True, slots=True)
class Row:
    """One figure. ``level``: what it is about (a part, a statement, an element, a principle or the review itself).

    ``id`` and ``text`` name that; ``element`` and ``number`` are a statement's, the number as its pages print it.
    ``kind``: the group's. ``measure``: what the figure is (people or organisations, mean, mean before, share, grade);
    ``answer``: of a share and of people, who is counted. ``figure``: as the pages show it; ``value``: the number in
    it, "" where nothing is shown or it is no number; ``end``: whether that is a joined end (or below, or above).
    """

    part: str
    level: str
    element: str
    id: str
    text: str
    practices: str
    group: str
    kind: str
    measure: str
    answer: str
    figure: str
    value: str = ""
    end: str = ""
    number: str = ""


COLUMNS = tuple(field.name for field in fields(Row))


def to_csv(report: Report) -> bytes:
    """A row for each figure of the report, as UTF-8 with a byte order mark. Shape: ``COLUMNS``.

    Of each part first how many answered, then its statements, its elements and the principles; at the very end the
    review itself. Of one partner nobody's answers are put together, so that it has no rows of everyone. Text that a
    spreadsheet would take for a formula begins with an apostrophe.
    """
    stream = StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow(COLUMNS)
    writer.writerows([harmless(value) for value in astuple(row)] for row in rows_of(report))
    return stream.getvalue().encode("utf-8-sig")


def rows_of(report: Report) -> Iterator[Row]:
    """Every figure of the report, in the order of its pages."""
    numbers = statement_numbers(report)
    for part in report.parts:
        yield from _people_rows(part, report.facts.counted_by)
        for section in part.sections:
            for item in section.items:
                number = str(numbers.get((part.subject, item.question_id), ""))
                for row in _item_rows(part, section, item, report):
                    yield replace(row, number=number)
        for section in part.sections:
            yield from _section_rows(part, section)
        for indication in (one for one in part.indications if one.asked):
            yield from _indication_rows(part, indication)
    if report.experience is not None:
        for asked in report.experience.items:
            start = (experience.TITLE, "review", "", asked.aspect, asked.question, "")
            yield Row(*start, experience.EVERYONE_TITLE, EVERYONE_ID, "share", "yes", asked.share.text)


def share_text(share: DisplayedShare) -> str:
    """A displayed share as data says it: "30 to 40 per cent"."""
    if not isinstance(share, ShownShare):
        return share.text
    return _("%(low)s to %(high)s per cent", low=share.low, high=share.high)


def bands_of_answers(distribution: DisplayedDistribution, answers: int) -> tuple[str, ...]:
    """For each answer that there is, how many gave it; what is not shown reads the same for each."""
    if isinstance(distribution, ShownDistribution):
        return tuple(band.text for band in distribution.bands)
    return (NOT_SHOWN.text,) * answers


def harmless(value: str) -> str:
    """A text that no spreadsheet takes for a formula: one that would be begins with an apostrophe."""
    return f"'{value}" if value.startswith(_FORMULA_STARTS) else value


def _people_rows(part: Part, counted_by: CountedBy) -> Iterator[Row]:
    """How many answered of each group whose size the pages print, and of everyone how many were asked as well."""
    measure = "organisations" if counted_by is CountedBy.ORGANISATION else "people"
    start = (part.title, "part", "", part.subject, part.title, "")
    kinds = {id_: kind for id_, _title, kind in _columns(part)}
    for group in part.groups:
        if group.answers is not None:
            row = Row(*start, group.title, kinds[group.id], measure, "answered", f"{group.answers:,}")
            yield replace(row, value=str(group.answers))
    if part.received is not None and not part.is_on_partner:
        for answer, count in (("answered", part.received), ("asked", part.asked)):
            row = Row(*start, EVERYONE_TITLE, EVERYONE_ID, measure, answer, f"{count:,}")
            yield replace(row, value=str(count))


def _told(figure: Displayed) -> tuple[str, str, str]:
    """A mean as the pages show it, the number in it, and which end that is; what is not shown has neither."""
    if not isinstance(figure, Shown):
        return figure.text, "", ""
    return figure.text, f"{figure.tenths / 10:.1f}", _ENDS[figure.end]


def _item_rows(part: Part, section: ReportSection, item: Item, report: Report) -> Iterator[Row]:
    labels = report.facts.scale_labels
    practices = " ".join(item.practices)
    start = (part.title, "statement", section.title, item.question_id, item.wording, practices)
    columns = list(_columns(part))
    figures = {**item.values, EVERYONE_ID: item.everyone}
    for id_, title, kind in columns:
        yield Row(*start, title, kind, "mean", "", *_told(figures[id_]))
    for id_, title, kind in columns:
        if id_ in item.before:
            yield Row(*start, title, kind, "mean before", "", *_told(item.before[id_]))
    if report.schema_version > 2 and not part.is_on_partner:
        share = share_text(item.not_seen)
        yield Row(*start, EVERYONE_TITLE, EVERYONE_ID, "share", _COULD_NOT_SEE, share)
    for id_, title, kind in columns:
        if id_ in item.distributions:
            bands = bands_of_answers(item.distributions[id_], len(labels))
            for label, band in zip(labels, bands, strict=True):
                yield Row(*start, title, kind, "share", label, band)


def _section_rows(part: Part, section: ReportSection) -> Iterator[Row]:
    start = (part.title, "element", "", section.id, section.title, "")
    figures: dict[str, Displayed] = {**section.means, EVERYONE_ID: section.everyone}
    for id_, title, kind in _columns(part):
        yield Row(*start, title, kind, "mean", "", *_told(figures[id_]))


def _indication_rows(part: Part, indication: Indication) -> Iterator[Row]:
    start = (part.title, "principle", "", indication.principle, "", "", EVERYONE_TITLE, EVERYONE_ID)
    yield Row(*start, "mean", "", *_told(indication.everyone))
    yield Row(*start, "grade", "", indication.grade.value.replace("_", " "))


def _columns(part: Part) -> Iterator[tuple[str, str, str]]:
    """The id, the title and the kind of each column; everyone's is the last, and a report on one partner has none."""
    for group in part.groups:
        yield group.id, group.title, "own view" if group.is_self else group.kind.value
    if not part.is_on_partner:
        yield EVERYONE_ID, EVERYONE_TITLE, EVERYONE_ID
