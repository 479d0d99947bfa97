"""The flow-down mirror: what its own suppliers say of a tier-1 partner, repeated in the report on that partner."""

from __future__ import annotations

from dataclasses import replace

from reports.model import EVERYONE_ID, GroupKind, Part, ReportSection
from surveys.matrix import suppliers_of
from surveys.subjects import Subject


def mirror_part(buyers: Part, party_id: str) -> Part | None:
    """The second part of the report on a tier-1 partner; None where its suppliers do not stand alone."""
    return mirror_of(buyers, suppliers_of(party_id, "").id)


def mirror_of(part: Part, group_id: str) -> Part | None:
    """One column of the part on the buyers, beside everyone's figures there: nothing that the part does not show.

    None where the column is not there, or pools several groups. ``received`` and ``asked`` stay those of
    all buyers together, as everyone's figures do. Comments, findings and indications stay with the main report.
    """
    alone = next((group for group in part.groups if group.id == group_id), None)
    if part.subject != Subject.BUYERS or alone is None or alone.kind is not GroupKind.PROTECTED:
        return None
    return replace(
        part,
        groups=(alone,),
        sections=tuple(_section(section, group_id) for section in part.sections),
        gaps=(),
        comments=(),
        findings=(),
        indications=(),
    )


def bare(part: Part) -> Part:
    """A part without what is added after its audit: comments, findings, indications, figures of the last cycle."""
    sections = tuple(
        replace(section, items=tuple(replace(item, before={}) for item in section.items))
        for section in part.sections
    )
    return replace(part, sections=sections, comments=(), findings=(), indications=())


def _section(section: ReportSection, group_id: str) -> ReportSection:
    return replace(
        section,
        items=tuple(
            replace(
                item,
                values={group_id: item.values[group_id]},
                distributions={id_: shown for id_, shown in item.distributions.items() if id_ == group_id},
                before={id_: shown for id_, shown in item.before.items() if id_ in {group_id, EVERYONE_ID}},
            )
            for item in section.items
        ),
        means={group_id: section.means[group_id]},
    )
