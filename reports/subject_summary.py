"""What stands out about one subject, as the summary tells it: findings with their rules, replies and pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reports.cautions import compared
from reports.charts import Picture
from reports.conclusions import Finding, FindingKind
from reports.finding_words import (
    HEADINGS,
    Voices,
    all_found,
    more_found,
    nothing_found,
    rule,
    said,
    share_in_words,
    voices_of,
)
from reports.findings import more_than_listed
from reports.grammar import day
from reports.language import _
from reports.model import Part, Report, Shown, ShownShare
from reports.reply_words import ReplyWords, reply_words
from reports.sides import Statement, items_of, statements_of
from reports.small_pictures import marks, people
from reports.trends import Trend, is_too_few

_CHANGES = (FindingKind.BETTER, FindingKind.WORSE)
_STANDING = tuple(kind for kind in FindingKind if kind not in _CHANGES)
_OWN_VIEW = frozenset({FindingKind.BLIND_SPOT, FindingKind.HIDDEN_STRENGTH})


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
    lead: str
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


def subject_summary(part: Part, name: str, report: Report, *, is_main: bool) -> SubjectSummary:
    """What stands out in a part; ``is_main``: told at length, with the rules and the kinds that have no finding."""
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
        if kind is FindingKind.NOT_SEEN:
            return any(isinstance(item.not_seen, ShownShare) for item in items_of(self.part))
        return True

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
        more = more_than_listed(kind, self.part)
        return FindingList(
            kind=kind.value,
            title=_(HEADINGS[kind]),
            rule=rule(kind, self.voices),
            findings=tuple(self._finding(finding) for finding in found),
            lead=all_found(kind, len(found), more, len(statements_of(self.part))),
            more=more_found(kind, more),
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
            replies=tuple(reply_words(reply) for reply in replies),
        )

    def _picture(self, finding: Finding, statement: Statement) -> Picture | None:
        if finding.kind is FindingKind.NOT_SEEN:
            share = share_in_words(finding.not_seen)
            return people(finding.not_seen, _("%(share)s could not see it.", share=share))
        if finding.kind is FindingKind.SPLIT or finding.kind in _CHANGES:
            return None
        return marks(statement, self.voices.other or _("All partners together"))
