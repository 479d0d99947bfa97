"""The samples with derived figures that follow from their displayed ones: those made by hand are only plausible."""

from __future__ import annotations

from dataclasses import replace

from reports.concluding import conclude
from reports.display import everyone, mean_of
from reports.findings import widest_gaps
from reports.model import Part, Report, ReportSection
from tests import report_samples


def northern_bridge() -> Report:
    """Northern Bridge's report as the software itself would derive it."""
    return honest(report_samples.northern_bridge())


def honest(report: Report, previous: Report | None = None) -> Report:
    """The report with everything derived anew."""
    return conclude(replace(report, parts=tuple(_part(part) for part in report.parts)), previous)


def _part(part: Part) -> Part:
    sections = tuple(_section(part, section) for section in part.sections)
    own = next((group.id for group in part.groups if group.is_self), None)
    came = [group.answers for group in part.groups if group.answers is not None]
    return replace(
        part,
        sections=sections,
        gaps=widest_gaps(sections, own),
        received=sum(came) if came else None,
    )


def _section(part: Part, section: ReportSection) -> ReportSection:
    weights = {group.id: group.answers for group in part.groups if group.answers is not None}
    items = tuple(
        replace(item, everyone=everyone((item.values[id_], people) for id_, people in weights.items()))
        for item in section.items
    )
    return replace(
        section,
        items=items,
        means={group.id: mean_of(item.values[group.id] for item in items) for group in part.groups},
        everyone=mean_of(item.everyone for item in items),
    )
