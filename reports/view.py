"""The view of a report: everything that its templates need, already counted, worded and placed."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count

from reports.agreed_view import AgreedView, agreed_view
from reports.appendix_view import (
    AuditView,
    FinenessRow,
    PracticeRow,
    RuleRow,
    audit_view,
    fineness_rows,
    practice_rows,
    publication_words,
    rule_rows,
    uncertainties,
)
from reports.contents_view import Contents, contents_of
from reports.experience_view import ExperienceView, experience_view
from reports.language import _
from reports.model import NOT_SHOWN, Report
from reports.part_view import Counters, PartView, part_view
from reports.summary import Summary, summary_of
from reports.uncertainty import Uncertainty
from reports.wording import in_a_row, period
from surveys.cycle import KeyMode
from surveys.publication import CountedBy

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
    is_by_organisation: bool
    publication: str


@dataclass(frozen=True, slots=True)
class ScalePoint:
    """A point of the scale."""

    value: int
    label: str


@dataclass(frozen=True, slots=True)
class ReportView:
    """A whole report as its templates read it. ``partner``: whom it is about; "" for the main report."""

    title: str
    partner: str
    has_pooled: bool
    digest: str
    short_digest: str
    is_reportable: bool
    not_shown: str
    facts: FactsView
    scale: tuple[ScalePoint, ...]
    scale_in_words: str
    summary: Summary
    parts: tuple[PartView, ...]
    agreed: AgreedView | None
    practices: tuple[PracticeRow, ...]
    rules: tuple[RuleRow, ...]
    fineness: tuple[FinenessRow, ...]
    audit: AuditView
    experience: ExperienceView | None
    uncertainties: tuple[Uncertainty, ...]
    contents: Contents | None


def view_model(report: Report, digest: str) -> ReportView:
    """The view of a report whose canonical bytes have this digest (SHA-256, hexadecimal)."""
    counters = Counters(figures=count(1), tables=count(1))
    parts = tuple(
        part_view(part, report, index, counters) for index, part in enumerate(report.parts, start=1)
    )
    experience = experience_view(report.experience, report.facts.k)
    unsure = uncertainties(report)
    agreed = agreed_view(report)
    contents = contents_of(
        parts,
        agreed=agreed.title if agreed else "",
        experience=experience.title if experience else "",
        is_uncertainty_told=bool(unsure),
    )
    partner = next((part.title for part in report.parts if part.is_on_partner), "")
    return ReportView(
        title=_("%(title)s: %(partner)s", title=report.facts.title, partner=partner)
        if partner
        else report.facts.title,
        partner=partner,
        has_pooled=any(group.is_pooled for part in report.parts for group in part.groups),
        digest=digest,
        short_digest=digest[:_SHORT_DIGEST],
        is_reportable=report.is_reportable,
        not_shown=NOT_SHOWN.text,
        facts=_facts(report),
        scale=tuple(
            ScalePoint(value, label) for value, label in enumerate(report.facts.scale_labels, start=1)
        ),
        scale_in_words=in_a_row(report.facts.scale_labels),
        summary=summary_of(report),
        parts=parts,
        agreed=agreed,
        practices=practice_rows(report),
        rules=rule_rows(),
        fineness=fineness_rows(report.facts.k),
        audit=audit_view(report.audit),
        experience=experience,
        uncertainties=unsure,
        contents=contents if report.is_reportable else None,
    )


def _facts(report: Report) -> FactsView:
    facts = report.facts
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
        is_by_organisation=facts.counted_by is CountedBy.ORGANISATION,
        publication=publication_words(report),
    )
