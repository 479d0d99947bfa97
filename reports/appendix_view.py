"""The appendix as its template reads it: every rule that is printed, the audit, the practices behind the statements."""

from __future__ import annotations

from dataclasses import dataclass

from reports.display import FINENESS
from reports.findings import GAP_RULE
from reports.language import _, ngettext
from reports.model import AuditResult, End, Report, Shown
from reports.numbering import statement_numbers
from reports.opacity import StatementLink
from reports.sides import items_of, parts_told
from reports.tables import statement_anchor
from reports.trends import FEW
from reports.uncertainty import Uncertainty, is_told, uncertainty_of
from reports.wording import day, number
from surveys.practices import practices
from surveys.publication import PublicationRule


@dataclass(frozen=True, slots=True)
class PracticeRow:
    """A practice of the Code and the statements that stand for it."""

    id: str
    text: str
    statements: tuple[StatementLink, ...]


@dataclass(frozen=True, slots=True)
class FinenessRow:
    """How figures of so many answers are shown."""

    answers: str
    step: str
    below: str
    above: str


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A printed rule and what it is called."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class AuditView:
    """What the audit found. ``scope``: what was looked at, and ``merged``: what it changed, in sentences."""

    figures: str
    least_outsider: int
    least_insider: int
    scope: str
    merged: str


def practice_rows(report: Report) -> tuple[PracticeRow, ...]:
    """The practices that the statements stand for, in the order of the Code."""
    statements: dict[str, list[StatementLink]] = {}
    numbers = statement_numbers(report)
    for part in (one for one in report.parts if one.groups):
        for item in items_of(part):
            place = numbers[part.subject, item.question_id]
            for practice in item.practices:
                statements.setdefault(practice, []).append(StatementLink(place, statement_anchor(place)))
    known = practices()
    order = {id_: place for place, id_ in enumerate(known)}
    return tuple(
        PracticeRow(id_, known[id_].text if id_ in known else "", tuple(numbered))
        for id_, numbered in sorted(
            statements.items(), key=lambda pair: (order.get(pair[0], len(order)), pair[0])
        )
    )


def fineness_rows(k: int) -> tuple[FinenessRow, ...]:
    """The rows of the table of steps that a cycle with this k can have."""
    ends: list[int | None] = [row.from_answers - 1 for row in FINENESS[1:]] + [None]
    return tuple(
        FinenessRow(
            answers=_answers(max(k, row.from_answers), end),
            step=f"{row.step / 10:.1f}",
            below=Shown(row.ends.low, row.step, End.OR_BELOW).text,
            above=Shown(row.ends.high, row.step, End.OR_ABOVE).text,
        )
        for row, end in zip(FINENESS, ends, strict=True)
        if end is None or end >= k
    )


def rule_rows() -> tuple[RuleRow, ...]:
    """The rules of the body's own figures; those of the findings stand with the summary's."""
    return (RuleRow(_("A gap."), _(GAP_RULE)), RuleRow(_("An element’s change."), _change_rule()))


def audit_view(audit: AuditResult) -> AuditView:
    """The audit in words."""
    return AuditView(
        figures=ngettext(
            "%(number)s figure", "%(number)s figures", audit.figures, number=number(audit.figures)
        ),
        least_outsider=audit.least_outsider,
        least_insider=audit.least_insider,
        scope=_scope(audit),
        merged=_merged(audit),
    )


def uncertainties(report: Report) -> tuple[Uncertainty, ...]:
    """How sure the figures of each part are; none of a report on one partner."""
    return tuple(
        uncertainty_of(part) for part in parts_told(report) if is_told(part) and not part.is_on_partner
    )


def publication_words(report: Report) -> str:
    """Who gets the reports and when, as it was fixed at the launch, and which replies may be held back."""
    facts = report.facts
    who = (
        _(
            "The reports on the prime and on the chain go to everybody whose organisation is in the chain; a report on "
            "one partner goes to it, to the prime and to the commissioners."
        )
        if facts.publication is PublicationRule.OPEN
        else _(
            "The reports on the prime and on the chain go to everybody whose organisation is in the chain; a report on "
            "one partner goes to it and to the prime."
        )
    )
    if not facts.published_on:
        return who
    when = _(
        "The day was fixed before the first request was sent: %(day)s, whether anybody had replied by then or not.",
        day=day(facts.published_on),
    )
    # Of a report of before nothing can have been held back.
    held = _(
        "The steward may hold back a reply, but not change it: one that points at people who may have answered, or "
        "that puts pressure on people for answering. The report then says so in its place."
    )
    return f"{who} {when} {held}" if report.schema_version > 3 else f"{who} {when}"


def _answers(least: int, most: int | None) -> str:
    if most is None:
        return _("%(least)s or more", least=least)
    return _("%(least)s to %(most)s", least=least, most=most)


def _change_rule() -> str:
    return _(
        "The mean of the statements that have the same words, the same groups behind them and a figure both times; two "
        "statements at least. Nothing is said where fewer than %(few)s or fewer than half of those asked answered, now "
        "or then.",
        few=number(FEW),
    )


def _scope(audit: AuditResult) -> str:
    sentences: list[str] = []
    if audit.reports > 1:
        sentences.append(
            _(
                "It looked at all %(number)s reports of this review together, because two may tell more than one.",
                number=number(audit.reports),
            )
        )
    if audit.compared_with:
        sentences.append(
            _(
                "It laid the reports of the review before, %(reference)s, beside them.",
                reference=audit.compared_with,
            )
        )
    return " ".join(sentences)


def _merged(audit: AuditResult) -> str:
    if not audit.merged:
        return _("It held at the first attempt.")
    return ngettext(
        "Once it did not hold, so that groups were put together further, and then it held.",
        "%(number)s times it did not hold, so that groups were put together further each time, and then it held.",
        audit.merged,
        number=number(audit.merged),
    )
