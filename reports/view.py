"""The view of a report: everything that its templates need, already counted, worded and placed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

from reports.display import FINENESS
from reports.experience_view import ExperienceView, experience_view
from reports.findings import GAP_RULE
from reports.language import _
from reports.model import NOT_SHOWN_TEXT, CycleFacts, End, Report, Shown
from reports.part_view import Counters, PartView, part_view
from reports.summary import Summary, summary_of
from reports.wording import counted, in_a_row, listed, period
from surveys.cycle import KeyMode
from surveys.practices import practices

_SHORT_DIGEST = 12


@dataclass(frozen=True, slots=True)
class FactsView:
    """What was reviewed, by what and when, as readers say it; the thresholds are numbers."""

    reference: str
    chain: str
    prime: str
    instrument: str
    instrument_id: str
    instrument_version: int
    period: str
    steward: str
    is_two_key: bool
    k: int
    least_left: int
    min_organisations: int
    comment_answers: int
    comment_group: int


@dataclass(frozen=True, slots=True)
class PracticeRow:
    """A practice of the Code and the numbers of the statements that stand for it."""

    id: str
    text: str
    statements: str


@dataclass(frozen=True, slots=True)
class ScalePoint:
    """A point of the scale."""

    value: int
    label: str


@dataclass(frozen=True, slots=True)
class AuditView:
    """What the audit found, in words."""

    figures: str
    least_outsider: int
    least_insider: int


@dataclass(frozen=True, slots=True)
class FinenessRow:
    """How figures of so many answers are shown."""

    answers: str
    step: str
    below: str
    above: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the contents, with those under it."""

    anchor: str
    title: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class ReportView:
    """A whole report as its templates read it. ``partner``: whom it is about; "" for the main report."""

    title: str
    partner: str
    digest: str
    short_digest: str
    is_reportable: bool
    not_shown: str
    facts: FactsView
    scale: tuple[ScalePoint, ...]
    scale_in_words: str
    summary: Summary
    parts: tuple[PartView, ...]
    practices: tuple[PracticeRow, ...]
    gap_rule: str
    fineness: tuple[FinenessRow, ...]
    audit: AuditView
    experience: ExperienceView | None
    contents: tuple[Entry, ...]


def view_model(report: Report, digest: str) -> ReportView:
    """The view of a report whose canonical bytes have this digest (SHA-256, hexadecimal)."""
    counters = Counters(figures=count(1), tables=count(1), statements=count(1))
    parts = tuple(
        part_view(part, report.facts, index, counters) for index, part in enumerate(report.parts, start=1)
    )
    audit = report.audit
    experience = experience_view(report.experience, report.facts.k)
    partner = next((part.title for part in report.parts if part.is_on_partner), "")
    return ReportView(
        title=f"{report.facts.title}: {partner}" if partner else report.facts.title,
        partner=partner,
        digest=digest,
        short_digest=digest[:_SHORT_DIGEST],
        is_reportable=report.is_reportable,
        not_shown=NOT_SHOWN_TEXT,
        facts=_facts(report.facts),
        scale=tuple(
            ScalePoint(value, label) for value, label in enumerate(report.facts.scale_labels, start=1)
        ),
        scale_in_words=in_a_row(report.facts.scale_labels),
        summary=summary_of(report),
        parts=parts,
        practices=_practices(report),
        gap_rule=_(GAP_RULE),
        fineness=_fineness(report.facts.k),
        audit=AuditView(
            counted(audit.figures, "figure", "figures"), audit.least_outsider, audit.least_insider
        ),
        experience=experience,
        contents=_contents(parts, experience, is_reportable=report.is_reportable),
    )


def _facts(facts: CycleFacts) -> FactsView:
    return FactsView(
        reference=facts.reference,
        chain=facts.chain_name,
        prime=facts.prime_name,
        instrument=facts.instrument_title,
        instrument_id=facts.instrument_id,
        instrument_version=facts.instrument_version,
        period=period(facts.opened_on, facts.closed_on),
        steward=facts.steward_name,
        is_two_key=facts.mode == KeyMode.TWO_KEY,
        k=facts.k,
        least_left=facts.k - 1,
        min_organisations=facts.min_organisations,
        comment_answers=facts.comment_answers,
        comment_group=facts.comment_group,
    )


def _practices(report: Report) -> tuple[PracticeRow, ...]:
    statements: dict[str, list[str]] = {}
    numbers = count(1)
    for part in report.parts:
        for section in part.sections:
            for item in section.items:
                shown_as = str(next(numbers))
                for practice in item.practices:
                    statements.setdefault(practice, []).append(shown_as)
    known = practices()
    return tuple(
        PracticeRow(id_, known[id_].text if id_ in known else "", listed(numbered))
        for id_, numbered in sorted(statements.items(), key=lambda pair: _place(pair[0], list(known)))
    )


def _fineness(k: int) -> tuple[FinenessRow, ...]:
    """The rows of the table that a cycle with this k can have."""
    ends: list[int | None] = [row.from_answers - 1 for row in FINENESS[1:]] + [None]
    return tuple(
        FinenessRow(
            answers=f"{max(k, row.from_answers)} or more"
            if end is None
            else f"{max(k, row.from_answers)} to {end}",
            step=f"{row.step / 10:.1f}",
            below=Shown(row.ends.low, row.step, End.OR_BELOW).text,
            above=Shown(row.ends.high, row.step, End.OR_ABOVE).text,
        )
        for row, end in zip(FINENESS, ends, strict=True)
        if end is None or end >= k
    )


def _place(practice: str, order: Sequence[str]) -> tuple[int, str]:
    return (order.index(practice) if practice in order else len(order), practice)


def _contents(
    parts: Sequence[PartView], experience: ExperienceView | None, *, is_reportable: bool
) -> tuple[Entry, ...]:
    if not is_reportable:
        return ()
    ends = (
        *([("experience", experience.title)] if experience else []),
        ("hidden", "What this report hides, and why"),
        ("computed", "How it was computed"),
        ("check", "How it was checked, and how to check it"),
        ("practices", "The practices behind the statements"),
    )
    return (
        Entry("summary", "Summary", ()),
        Entry("reading", "How to read the figures", ()),
        *(Entry(part.anchor, part.heading, _part_entries(part)) for part in parts),
        *(Entry(anchor, title, ()) for anchor, title in ends),
    )


def _part_entries(part: PartView) -> tuple[Entry, ...]:
    return tuple(Entry(element.anchor, element.title, ()) for element in part.elements)
