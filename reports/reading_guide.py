"""The first sheet of a report's spreadsheet: what was reviewed, and how its figures are read and computed again."""

from __future__ import annotations

from reports.appendix_view import fineness_rows
from reports.grammar import number, period
from reports.language import _
from reports.model import NOT_SHOWN, CycleFacts, GroupKind, Report
from reports.strengths import MOST_FINDINGS
from surveys.publication import CountedBy
from surveys.subjects import Subject

Line = tuple[str, str]


def reading_guide(report: Report, digest: str) -> list[Line]:
    """The lines of the sheet: a name, and what it says ("" for a heading)."""
    has_pooled = any(group.is_pooled for part in report.parts for group in part.groups)
    return [
        *_facts(report, digest),
        (_("Reading the figures"), ""),
        (
            _("Scale"),
            "; ".join(f"{place} = {label}" for place, label in enumerate(report.facts.scale_labels, 1)),
        ),
        *(_pooled(report.facts) if has_pooled else ()),
        (_("A view shown apart"), _("The mean in steps of 0.5, without joined ends.")),
        (
            _("What is not shown"),
            _(
                "“%(words)s” stands for every reason alike: too few answers, a question that was not asked, or nobody "
                "who rated it.",
                words=NOT_SHOWN.text,
            ),
        ),
        (_("Computing it again"), ""),
        *(_everyone(report) if has_pooled else ()),
        (
            _("An element"),
            _("The plain mean of the figures shown for its statements, in the coarsest of their steps."),
        ),
        *_averages(report),
        (
            _("Findings"),
            _(
                "As in the summary: %(number)s of each kind at most for each part. They, the gaps and the indications "
                "follow from the figures here and from nothing else, by the rules that the report prints.",
                number=number(MOST_FINDINGS),
            ),
        ),
    ]


def _facts(report: Report, digest: str) -> list[Line]:
    facts = report.facts
    questionnaire = _(
        "%(title)s, version %(version)s", title=facts.instrument_title, version=facts.instrument_version
    )
    return [
        (facts.title, ""),
        (_("Chain"), facts.chain_name),
        (_("Prime"), facts.prime_name),
        (_("Answers"), period(facts.opened_on, facts.closed_on)),
        (_("Questionnaire"), questionnaire),
        (_("Fingerprint of the report"), digest),
        *(
            (_("Part %(number)s", number=place), part.title)
            for place, part in enumerate(report.parts, start=1)
        ),
    ]


def _pooled(facts: CycleFacts) -> list[Line]:
    return [
        (
            _("A figure of a group"),
            _(
                "A mean from 1 to 5, rounded to a step. The step follows from how many of the group rated the "
                "statement, so it may be coarser than the group’s size suggests; the JSON file has the step of each "
                "figure. A figure such as “2.0 or below” is a joined end: it counts as its limit in every chart and "
                "in whatever you compute with it. There is no row of a single person, no exact mean and no count of "
                "answers to a statement."
            ),
        ),
        *(
            (
                _("%(answers)s answers", answers=row.answers),
                _(
                    "Steps of %(step)s, ends “%(below)s” and “%(above)s”",
                    step=row.step,
                    below=row.below,
                    above=row.above,
                ),
            )
            for row in fineness_rows(facts.k)
        ),
    ]


def _everyone(report: Report) -> list[Line]:
    weight = (
        _(
            "The mean of the figures of the groups, each weighted by the number of organisations in it that answered "
            "(sheet “%(sheet)s”), in the coarsest step among them and with the narrowest of their ends. Groups that "
            "are not shown on the statement and views shown apart are left out.",
            sheet=_("Groups"),
        )
        if report.facts.counted_by is CountedBy.ORGANISATION
        else _(
            "The mean of the figures of the groups, each weighted by the number of people in it who answered (sheet "
            "“%(sheet)s”), in the coarsest step among them and with the narrowest of their ends. Groups that are not "
            "shown on the statement and views shown apart are left out.",
            sheet=_("Groups"),
        )
    )
    lines = [(_("All partners together"), weight)]
    if any(part.is_on_partner for part in report.parts):
        lines += [
            (
                _("Part %(number)s", number=place),
                _(
                    "All partners together are here those of the main report, of which this part shows one group: "
                    "computing them again takes the main report."
                ),
            )
            for place, part in enumerate(report.parts, start=1)
            if part.subject == Subject.BUYERS
        ]
    return lines


def _averages(report: Report) -> list[Line]:
    if all(group.kind is not GroupKind.AVERAGE for part in report.parts for group in part.groups):
        return []
    said = _("The plain mean of what the reports on partners show, which are files of their own.")
    return [(_("An average over partners"), said)]
