"""The summary of a report, in plain words: two pages that can be handed out alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reports.cautions import cannot_tell, compared, hidden
from reports.charts import EVERYONE, OWN, Picture, icon
from reports.conclusions import Finding, FindingKind, Grade, Indication, Promise, Reply
from reports.finding_words import (
    HEADINGS,
    Voices,
    more_found,
    nothing_found,
    rule,
    said,
    share_in_words,
    voices_of,
)
from reports.findings import more_than_listed
from reports.grammar import day, listed, lowered, number, sentence
from reports.indications import GRADE_WORDS, indication_rule
from reports.language import _, language
from reports.model import CycleFacts, Part, Report, Shown
from reports.sides import Statement, items_of, parts_told, statements_of
from reports.small_pictures import marks, people
from reports.strengths import MOST_FINDINGS
from reports.trends import Trend, is_too_few, trend
from surveys.language import Language
from surveys.publication import CountedBy
from surveys.subjects import Subject

_CHANGES = (FindingKind.BETTER, FindingKind.WORSE)
_STANDING = tuple(kind for kind in FindingKind if kind not in _CHANGES)
_OWN_VIEW = frozenset({FindingKind.BLIND_SPOT, FindingKind.HIDDEN_STRENGTH})
# How a document names its language; a plain "en" would be read out the American way.
_TONGUES = {Language.ENGLISH: "en-GB"}
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
class ReplyWords:
    """What the organisation says to a finding."""

    by: str
    day: str
    text: str
    promise: str


@dataclass(frozen=True, slots=True)
class FindingWords:
    """One finding: the statement, what is said of it with its figures, a small picture, and what was replied."""

    anchor: str
    statement: str
    sentence: str
    picture: Picture | None
    replies: tuple[ReplyWords, ...]


@dataclass(frozen=True, slots=True)
class FindingList:
    """The findings of one kind. ``more``: that there are more like them, "" for none."""

    kind: str
    title: str
    rule: str
    findings: tuple[FindingWords, ...]
    more: str


@dataclass(frozen=True, slots=True)
class SubjectSummary:
    """What stands out about one subject. ``is_main``: the first one, told at length; of others what was found alone.

    ``standing`` and ``changed``: rows of one list or two side by side. ``changes``: a sentence on what changed,
    ``not_found``: sentences on the kinds without a finding; both are empty where there is nothing to say.
    """

    name: str
    is_main: bool
    standing: tuple[tuple[FindingList, ...], ...]
    not_found: tuple[str, ...]
    changes: str
    changed: tuple[tuple[FindingList, ...], ...]


@dataclass(frozen=True, slots=True)
class PromiseWords:
    """What was promised after the last review, on which statement, and how that statement compares now."""

    statement: str
    by: str
    day: str
    text: str
    since: str


@dataclass(frozen=True, slots=True)
class IndicationCell:
    """The indication of one principle for one subject. ``shown``: "17 of 17"; "" where none was asked."""

    grade: str
    figure: str
    shown: str
    is_told: bool


@dataclass(frozen=True, slots=True)
class IndicationRow:
    """One principle of the Code, a cell for each subject."""

    principle: str
    cells: tuple[IndicationCell, ...]


@dataclass(frozen=True, slots=True)
class KeyMark:
    """A mark of the small pictures and what it stands for."""

    icon: Picture
    text: str


@dataclass(frozen=True, slots=True)
class Summary:
    """What can be handed out alone. ``indicated``: the heads of the columns of indications; ``tongue``: of its text."""

    answered: tuple[Answered, ...]
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
        is_by_organisation=by_organisation,
        statements=sum(1 for part in told for _item in items_of(part)),
        lowest=lowered(facts.scale_labels[0]),
        highest=lowered(facts.scale_labels[-1]),
        key=_key(shown[0], names, facts) if shown else (),
        subjects=tuple(
            _subject(part, names[part.subject], report, is_main=place == 0)
            for place, part in enumerate(shown)
        ),
        promises=tuple(_promise(promise, report) for promise in report.promises),
        indicated=tuple(names[part.subject] for part in indicated),
        indications=_indications(indicated),
        not_asked=_not_asked(indicated),
        indication_rule=indication_rule(),
        cannot_tell=cannot_tell(report, names),
        hidden=hidden(report),
        most_findings=sentence(number(MOST_FINDINGS)),
        tongue=_TONGUES.get(language(), language().value),
    )


def _name(part: Part, facts: CycleFacts) -> str:
    names = {Subject.PRIME: facts.prime_name, Subject.CHAIN: facts.chain_name}
    return names.get(Subject(part.subject), part.title)


def _count(count: int | None) -> str:
    return "" if count is None else f"{count:,}"


def _key(part: Part, names: dict[str, str], facts: CycleFacts) -> tuple[KeyMark, ...]:
    voices = voices_of(part, names[part.subject], facts.scale_labels)
    others = KeyMark(icon(EVERYONE), voices.other or _("All partners together"))
    own = KeyMark(icon(OWN), _("%(name)s, own view", name=voices.subject))
    return (others, own) if any(group.is_self for group in part.groups) else (others,)


def _subject(part: Part, name: str, report: Report, *, is_main: bool) -> SubjectSummary:
    writer = _Writer(part, report, voices_of(part, name, report.facts.scale_labels), is_main)
    return SubjectSummary(
        name=name,
        is_main=is_main,
        standing=writer.rows(_STANDING),
        not_found=writer.not_found() if is_main else (),
        changes=writer.changes(),
        changed=writer.rows(_CHANGES),
    )


@dataclass(frozen=True, slots=True)
class _Writer:
    """What the findings of one part need to be worded."""

    part: Part
    report: Report
    voices: Voices
    is_main: bool

    def rows(self, kinds: Sequence[FindingKind]) -> tuple[tuple[FindingList, ...], ...]:
        """The lists of the kinds that have a finding, two in a row."""
        lists = [self._list(kind, found) for kind in kinds if (found := self._found(kind))]
        return tuple(tuple(lists[place : place + 2]) for place in range(0, len(lists), 2))

    def not_found(self) -> tuple[str, ...]:
        """What is said of the kinds that could have had a finding and have none."""
        return tuple(
            nothing_found(kind, self.voices)
            for kind in _STANDING
            if not self._found(kind) and self._can_be_told(kind)
        )

    def _found(self, kind: FindingKind) -> list[Finding]:
        return [finding for finding in self.part.findings if finding.kind is kind]

    def _can_be_told(self, kind: FindingKind) -> bool:
        if kind in _OWN_VIEW:
            return any(isinstance(statement.own, Shown) for statement in statements_of(self.part))
        if kind is FindingKind.SPLIT:
            return any(item.distributions for item in items_of(self.part))
        return kind is not FindingKind.NOT_SEEN or not self.part.is_on_partner

    def changes(self) -> str:
        """How many statements changed since the last cycle; "" where of none it can be told."""
        last, counts = self.report.previous, compared(self.part)
        is_few = is_too_few(self.part) or (last is not None and self.part.subject in last.too_few)
        if last is None or is_few or counts[Trend.CANNOT_TELL] == sum(counts.values()):
            return ""
        values = {
            "better": counts[Trend.BETTER],
            "worse": counts[Trend.WORSE],
            "same": counts[Trend.ABOUT_THE_SAME],
            "open": counts[Trend.CANNOT_TELL],
        }
        if not self.is_main:
            return _(
                "Since the last review: %(better)s better, %(worse)s worse, %(same)s about the same, %(open)s that "
                "cannot be told.",
                **values,
            )
        return _(
            "Since “%(title)s”, closed on %(day)s: %(better)s better, %(worse)s worse, %(same)s about the same, "
            "%(open)s that cannot be told.",
            title=last.title,
            day=day(last.closed_on),
            **values,
        )

    def _list(self, kind: FindingKind, found: Sequence[Finding]) -> FindingList:
        return FindingList(
            kind=kind.value,
            title=_(HEADINGS[kind]),
            rule=rule(kind, self.voices),
            findings=tuple(self._finding(finding) for finding in found),
            more=more_found(kind, more_than_listed(kind, self.part)),
        )

    def _finding(self, finding: Finding) -> FindingWords:
        statement = next(
            found for found in statements_of(self.part) if found.item.question_id == finding.question_id
        )
        titles = {group.id: group.title for group in self.part.groups}
        replies = (reply for reply in self.report.replies if reply.finding_id == finding.id)
        return FindingWords(
            anchor="finding-" + finding.id.replace(":", "-"),
            statement=statement.item.wording,
            sentence=said(finding, statement.item, titles, self.voices),
            picture=self._picture(finding, statement) if self.is_main else None,
            replies=tuple(_reply(reply) for reply in replies),
        )

    def _picture(self, finding: Finding, statement: Statement) -> Picture | None:
        if finding.kind is FindingKind.NOT_SEEN:
            return people(finding.not_seen, share_in_words(finding.not_seen))
        if finding.kind is FindingKind.SPLIT or finding.kind in _CHANGES:
            return None
        return marks(statement, self.voices.other or _("All partners together"))


def _reply(reply: Reply) -> ReplyWords:
    return ReplyWords(reply.by, day(reply.replied_on), reply.text, reply.promise)


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


def _indications(parts: Sequence[Part]) -> tuple[IndicationRow, ...]:
    """A row for each principle that anybody was asked about."""
    if not parts:
        return ()
    rows = zip(*(part.indications for part in parts), strict=True)
    return tuple(
        IndicationRow(_(row[0].principle), tuple(_indication(indication) for indication in row))
        for row in rows
        if any(indication.asked for indication in row)
    )


def _not_asked(parts: Sequence[Part]) -> str:
    """Which principles nobody was asked about, in words; "" where there is none."""
    if not parts:
        return ""
    rows = zip(*(part.indications for part in parts), strict=True)
    names = [_(row[0].principle) for row in rows if not any(indication.asked for indication in row)]
    return _("Not asked in this questionnaire: %(principles)s.", principles=listed(names)) if names else ""


def _indication(indication: Indication) -> IndicationCell:
    if not indication.asked:
        return IndicationCell(_("Not asked"), "", "", is_told=False)
    shown = _("%(shown)s of %(asked)s", shown=indication.shown, asked=indication.asked)
    is_told = indication.grade is not Grade.CANNOT_TELL
    figure = indication.everyone.text if isinstance(indication.everyone, Shown) else ""
    return IndicationCell(_(GRADE_WORDS[indication.grade]), figure, shown, is_told)
