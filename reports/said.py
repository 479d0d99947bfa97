"""What a report says on one statement, in its own words and with the figures that it shows; nothing finer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from reports.finding_words import HEADINGS, voices_of
from reports.finding_words import said as finding_said
from reports.language import _
from reports.model import Part, Report, Shown
from reports.part_words import subject_name
from reports.sides import items_of, statements_of
from reports.wording import in_words
from surveys.subjects import Subject


@dataclass(frozen=True, slots=True)
class Origin:
    """Where in a report something comes from: a finding and a statement, each "" for none."""

    finding_id: str = ""
    subject: str = ""
    question_id: str = ""

    @property
    def is_on_partner(self) -> bool:
        """Whether it is from the report on one partner, which not everybody may read."""
        return bool(self.subject) and Subject(self.subject).is_partner


@dataclass(frozen=True, slots=True)
class Found:
    """A finding that an action can be proposed on. ``sentence``: with the figures that its report shows."""

    id: str
    subject: str
    question_id: str
    practices: tuple[str, ...]
    heading: str
    statement: str
    sentence: str


def what_was_said(report: Report, origin: Origin) -> tuple[str, str]:
    """The statement of an origin and what the report says on it; ("", "") where it does not say anything."""
    for part in report.parts:
        if part.subject != origin.subject:
            continue
        for statement in statements_of(part):
            if statement.item.question_id == origin.question_id:
                return statement.item.wording, _sentence(part, report, origin)
    return "", ""


def _sentence(part: Part, report: Report, origin: Origin) -> str:
    statement = next(one for one in statements_of(part) if one.item.question_id == origin.question_id)
    voices = voices_of(part, subject_name(part, report.facts), report.facts.scale_labels)
    titles = {group.id: group.title for group in part.groups}
    for finding in part.findings:
        if finding.id == origin.finding_id and finding.question_id == origin.question_id:
            return finding_said(finding, statement.item, titles, voices)
    if not isinstance(statement.others, Shown):
        return ""
    figure = in_words(statement.others, report.facts.scale_labels)
    if voices.other:
        return _("%(name)s says %(figure)s.", name=voices.other, figure=figure)
    return _("All partners together say %(figure)s.", figure=figure)


def found_in(report: Report) -> Iterator[Found]:
    """The findings of a report, in its order."""
    for part in report.parts:
        items = {item.question_id: item for item in items_of(part)}
        for finding in part.findings:
            origin = Origin(finding.id, part.subject, finding.question_id)
            statement, sentence = what_was_said(report, origin)
            yield Found(
                id=finding.id,
                subject=part.subject,
                question_id=finding.question_id,
                practices=items[finding.question_id].practices,
                heading=_(HEADINGS[finding.kind]),
                statement=statement,
                sentence=sentence,
            )
