"""The summary of a report, in plain words: two pages that can be handed out alone."""

from __future__ import annotations

from dataclasses import dataclass

from reports.cautions import cannot_tell, hidden
from reports.charts import EVERYONE, OWN, Picture, icon
from reports.conclusions import Promise
from reports.finding_words import voices_of
from reports.grammar import day, lowered, number, sentence
from reports.indication_words import IndicationRow, indication_rows, not_asked
from reports.indications import indication_rule
from reports.language import _, language
from reports.model import CycleFacts, Part, Report, ShownShare
from reports.rules import Rule, rules
from reports.sides import items_of, parts_told, statements_of
from reports.strengths import MOST_FINDINGS
from reports.subject_summary import SubjectSummary, subject_summary
from reports.trends import Trend, is_too_few, trend
from surveys.language import Language
from surveys.publication import CountedBy
from surveys.subjects import Subject

# How a document names its language; a plain "en" would be read out the American way.
_TONGUES = {Language.ENGLISH: "en-GB"}
# With so many findings, replies and promises at most there is room for larger type on the two pages.
_ROOM = 16
# Whose indications stand in the summary; a tier-1's subcontractors judge a few practices alone.
_INDICATED = (Subject.PRIME, Subject.CHAIN)


@dataclass(frozen=True, slots=True)
class Answered:
    """How many answered about one subject, of how many who were asked; ``received`` "" where nothing can be shown."""

    received: str
    asked: str
    name: str
    is_by_organisation: bool


@dataclass(frozen=True, slots=True)
class PromiseWords:
    """What was promised after the last review, on which statement, and how that statement compares now."""

    statement: str
    by: str
    day: str
    text: str
    since: str


@dataclass(frozen=True, slots=True)
class KeyMark:
    """A mark of the small pictures and what it stands for."""

    icon: Picture
    text: str


@dataclass(frozen=True, slots=True)
class Summary:
    """What can be handed out alone. ``indicated``: the heads of the columns of indications; ``tongue``: of its text.

    ``is_roomy``: whether there is so little to say that it may be set in larger type. ``on_the_review``: what was said
    of the review itself, a question and the share that said yes, where it is shown; ``said_on_it``: by how many.
    """

    answered: tuple[Answered, ...]
    on_the_review: tuple[tuple[str, str], ...]
    said_on_it: str
    is_by_organisation: bool
    statements: int
    lowest: str
    highest: str
    key: tuple[KeyMark, ...]
    subjects: tuple[SubjectSummary, ...]
    promises: tuple[PromiseWords, ...]
    indicated: tuple[str, ...]
    indications: tuple[IndicationRow, ...]
    not_asked: str
    indication_rule: str
    cannot_tell: tuple[str, ...]
    hidden: str
    most_findings: str
    rules: tuple[Rule, ...]
    is_roomy: bool
    tongue: str


def summary_of(report: Report) -> Summary:
    """The summary of a report."""
    facts = report.facts
    names = {part.subject: _name(part, facts) for part in report.parts}
    told = parts_told(report)
    shown = [part for part in told if part.groups]
    indicated = [part for part in shown if part.indications and Subject(part.subject) in _INDICATED]
    by_organisation = facts.counted_by is CountedBy.ORGANISATION
    return Summary(
        answered=tuple(
            Answered(_count(part.received), _count(part.asked), names[part.subject], by_organisation)
            for part in told
            if not part.is_on_partner
        ),
        on_the_review=tuple(
            (_(item.question), item.share.text)
            for item in (report.experience.items if report.experience else ())
            if isinstance(item.share, ShownShare)
        ),
        said_on_it=_count(report.experience.answers) if report.experience else "",
        is_by_organisation=by_organisation,
        statements=sum(1 for part in told for _item in items_of(part)),
        lowest=lowered(facts.scale_labels[0]),
        highest=lowered(facts.scale_labels[-1]),
        key=_key(shown[0], names, facts) if shown else (),
        subjects=tuple(
            subject_summary(part, names[part.subject], report, is_main=place == 0)
            for place, part in enumerate(shown)
        ),
        promises=tuple(_promise(promise, report) for promise in report.promises),
        indicated=tuple(names[part.subject] for part in indicated),
        indications=indication_rows(indicated),
        not_asked=not_asked(indicated),
        indication_rule=indication_rule(),
        cannot_tell=cannot_tell(report, names),
        hidden=hidden(report),
        most_findings=sentence(number(MOST_FINDINGS)),
        rules=rules(is_on_partner=bool(told) and told[0].is_on_partner),
        is_roomy=_lines_of(report) <= _ROOM,
        tongue=_TONGUES.get(language(), language().value),
    )


def _lines_of(report: Report) -> int:
    findings = sum(len(part.findings) for part in parts_told(report))
    return findings + 2 * (len(report.replies) + len(report.promises))


def _name(part: Part, facts: CycleFacts) -> str:
    if part.subject == Subject.CHAIN:
        return _("%(chain)s as a whole", chain=facts.chain_name)
    return facts.prime_name if part.subject == Subject.PRIME else part.title


def _count(count: int | None) -> str:
    return "" if count is None else f"{count:,}"


def _key(part: Part, names: dict[str, str], facts: CycleFacts) -> tuple[KeyMark, ...]:
    voices = voices_of(part, names[part.subject], facts.scale_labels)
    others = KeyMark(icon(EVERYONE), voices.other or _("All partners together"))
    own = KeyMark(icon(OWN), _("%(name)s, own view", name=voices.subject))
    return (others, own) if any(group.is_self for group in part.groups) else (others,)


def _promise(promise: Promise, report: Report) -> PromiseWords:
    since = {
        Trend.BETTER: _("Since then it is better."),
        Trend.WORSE: _("Since then it is worse."),
        Trend.ABOUT_THE_SAME: _("Since then it is about the same."),
        Trend.CANNOT_TELL: _("Whether that changed anything cannot be told."),
    }
    verdicts = [
        trend(statement.others, statement.before)
        for part in report.parts
        if not is_too_few(part) and not (report.previous and part.subject in report.previous.too_few)
        for statement in statements_of(part)
        if statement.item.wording == promise.wording
    ]
    verdict = verdicts[0] if verdicts else Trend.CANNOT_TELL
    return PromiseWords(promise.wording, promise.by, day(promise.promised_on), promise.text, since[verdict])
