"""A report as data: CSV and JSON of displayed values, nothing finer than what its pages show."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import astuple, dataclass, fields
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
    Item,
    Part,
    Report,
    ReportSection,
    ShownDistribution,
    ShownShare,
)
from reports.tables import EVERYONE_TITLE

# What a spreadsheet takes for the start of a formula, or skips before one.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
_COULD_NOT_SEE = "could not see it"


@dataclass(frozen=True, slots=True)
class Row:
    """One figure. ``level``: what it is about (a statement, an element, a principle or the review itself).

    ``id`` and ``text`` name that; ``element`` is a statement's. ``kind``: the group's. ``measure``: what the figure is
    (mean, mean before, share, grade); ``answer``: of a share, who is counted. ``figure``: as the pages show it.
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


COLUMNS = tuple(field.name for field in fields(Row))


def to_csv(report: Report) -> bytes:
    """A row for each figure of the report, as UTF-8 with a byte order mark. Shape: ``COLUMNS``.

    Of each part first its statements, then its elements, then the principles; at the very end the review itself. Of
    one partner nobody's answers are put together, so that it has no rows of everyone. Text that a spreadsheet would
    take for a formula begins with an apostrophe.
    """
    stream = StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow(COLUMNS)
    writer.writerows([_harmless(value) for value in astuple(row)] for row in rows_of(report))
    return stream.getvalue().encode("utf-8-sig")


def rows_of(report: Report) -> Iterator[Row]:
    """Every figure of the report, in the order of its pages."""
    for part in report.parts:
        for section in part.sections:
            for item in section.items:
                yield from _item_rows(part, section, item, report)
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


def _item_rows(part: Part, section: ReportSection, item: Item, report: Report) -> Iterator[Row]:
    labels = report.facts.scale_labels
    practices = " ".join(item.practices)
    start = (part.title, "statement", section.title, item.question_id, item.wording, practices)
    columns = list(_columns(part))
    figures = {**item.values, EVERYONE_ID: item.everyone}
    for id_, title, kind in columns:
        yield Row(*start, title, kind, "mean", "", figures[id_].text)
    for id_, title, kind in columns:
        if id_ in item.before:
            yield Row(*start, title, kind, "mean before", "", item.before[id_].text)
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
        yield Row(*start, title, kind, "mean", "", figures[id_].text)


def _indication_rows(part: Part, indication: Indication) -> Iterator[Row]:
    start = (part.title, "principle", "", indication.principle, "", "", EVERYONE_TITLE, EVERYONE_ID)
    yield Row(*start, "mean", "", indication.everyone.text)
    yield Row(*start, "grade", "", indication.grade.value.replace("_", " "))


def _columns(part: Part) -> Iterator[tuple[str, str, str]]:
    """The id, the title and the kind of each column; everyone's is the last, and a report on one partner has none."""
    for group in part.groups:
        yield group.id, group.title, "own view" if group.is_self else group.kind.value
    if not part.is_on_partner:
        yield EVERYONE_ID, EVERYONE_TITLE, EVERYONE_ID


def _harmless(value: str) -> str:
    return f"'{value}" if value.startswith(_FORMULA_STARTS) else value
