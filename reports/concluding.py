"""What a report concludes, put into it from its own displayed values and those of the last report; and checked again.

Nothing here is counted from answers, so anybody with the two reports can do the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from reports.agreed import beside
from reports.conclusions import Finding, Previous
from reports.findings import findings_of
from reports.indications import indications_of
from reports.model import Part, Report
from reports.serial import digest
from reports.sides import items_of, parts_told
from reports.trends import is_too_few, replace_items, with_before


def conclude(report: Report, previous: Report | None) -> Report:
    """The report with its findings, its indications and the figures of the last report that it can be compared with.

    ``previous``: the last published report of the same chain on the same subject; None where there is none. Concluding
    again changes nothing.
    """
    last = _previous(previous) if previous else None
    compared = replace(report, parts=tuple(_compared(part, report, previous) for part in report.parts))
    return replace(_concluded(compared, last), previous=last)


def conclusion_faults(report: Report, previous: Report | None) -> tuple[str, ...]:
    """What does not follow from the displayed values, in words; nothing where all of it does.

    Without the previous report that it names, the figures of the last cycle are taken as they stand in the report, and
    everything else is worked out again.
    """
    if previous is None and report.previous is not None:
        return tuple(_faults(report, _concluded(report, report.previous)))
    return tuple(_faults(report, conclude(report, previous)))


def _compared(part: Part, report: Report, previous: Report | None) -> Part:
    is_told = part in parts_told(report)
    return with_before(part, report.facts, previous) if is_told else replace_items(part, {})


def _concluded(report: Report, last: Previous | None) -> Report:
    told = parts_told(report)
    return replace(
        report,
        parts=tuple(
            replace(part, findings=_findings(part, last), indications=indications_of(part))
            if part in told
            else replace(part, findings=(), indications=())
            for part in report.parts
        ),
    )


def _findings(part: Part, last: Previous | None) -> tuple[Finding, ...]:
    return findings_of(part, may_tell_change=last is not None and part.subject not in last.too_few)


def _previous(previous: Report) -> Previous:
    facts = previous.facts
    return Previous(
        reference=facts.reference,
        title=facts.title,
        closed_on=facts.closed_on,
        digest=digest(previous),
        too_few=tuple(part.subject for part in previous.parts if is_too_few(part)),
    )


def _faults(report: Report, recomputed: Report) -> Iterator[str]:
    if report.previous != recomputed.previous:
        yield "The report names another last report than the one beside it."
    if report.actions != beside(report, report.actions):
        yield "What it says beside the actions does not follow from its figures."
    for stated, found in zip(report.parts, recomputed.parts, strict=True):
        if stated.findings != found.findings:
            yield f"{stated.title}: its findings do not follow from its figures."
        if stated.indications != found.indications:
            yield f"{stated.title}: its indications do not follow from its figures."
        for item, again in zip(items_of(stated), items_of(found), strict=True):
            if item.before != again.before:
                yield f"{stated.title}, “{item.wording}”: the figures of the last review are not those of its report."
