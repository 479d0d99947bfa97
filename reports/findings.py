"""What stands out in displayed values, each finding with the rule that the report prints beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from reports.agreement import is_split
from reports.conclusions import Finding, FindingKind
from reports.language import N_
from reports.model import NOT_SHOWN, End, Gap, GapVerdict, Item, Part, ReportSection, Shown
from reports.sides import Statement, least_above, may_be_equal, statements_of
from reports.strengths import (
    MOST_FINDINGS,
    blind_spots,
    concerns,
    hidden_strengths,
    strengths,
    unseen,
)
from reports.trends import Trend, is_too_few, trend

MOST_GAPS = 5
GAP_RULE = N_(
    "A gap is the subject’s own figure minus everyone else’s, both as shown. Gaps are listed by size, the widest "
    "first, five at most, and only where both figures are shown. Where everyone’s figure is “or below” or “or "
    "above”, an own figure beyond it counts as equal to it, because it may be. A gap of at least one step of the "
    "coarser figure is called a difference; a smaller one is called about the same."
)

# What a finding of each kind rests on, besides the figure of the others.
_ON_OWN = frozenset({FindingKind.BLIND_SPOT, FindingKind.HIDDEN_STRENGTH})
_ON_BEFORE = frozenset({FindingKind.BETTER, FindingKind.WORSE})
# Where these say that much, the share that could not see it belongs beside the figure.
_ON_NOT_SEEN = frozenset({FindingKind.NOT_SEEN, FindingKind.CONCERN})


def findings_of(part: Part, *, may_tell_change: bool) -> tuple[Finding, ...]:
    """What stands out in a part, by kind, three of each at most, from its displayed values alone.

    ``may_tell_change``: whether enough people answered the last time to say what changed.
    """
    statements = statements_of(part)
    return tuple(
        _finding(kind, part.subject, statement)
        for kind, rule in _rules(is_change_told=may_tell_change and not is_too_few(part)).items()
        for statement in rule(statements)[:MOST_FINDINGS]
    )


def finding_id(kind: FindingKind, subject: str, question_id: str) -> str:
    """What replies and actions call a finding: the same in every report that makes it of this statement."""
    return f"{kind}:{subject}:{question_id}"


def split(statements: Sequence[Statement]) -> list[Statement]:
    """The statements on which a group is divided, by its displayed distribution."""
    return [
        statement
        for statement in statements
        if any(is_split(distribution) for distribution in statement.item.distributions.values())
    ]


def changed(statements: Sequence[Statement], wanted: Trend) -> list[Statement]:
    """The statements on which the figure of the others rose, or fell, since the last cycle; the most first."""
    found = [statement for statement in statements if trend(statement.others, statement.before) is wanted]
    return sorted(found, key=_change)


def more_than_listed(kind: FindingKind, part: Part) -> int:
    """How many statements the rule of a kind would list besides those that it lists.

    Of strengths and concerns these are the ones that may be equal to the last that is listed.
    """
    found = _rules(is_change_told=True)[kind](statements_of(part))
    listed, more = found[:MOST_FINDINGS], found[MOST_FINDINGS:]
    if kind in {FindingKind.STRENGTH, FindingKind.CONCERN}:
        more = [statement for statement in more if may_be_equal(statement.others, listed[-1].others)]
    return len(more)


def _change(statement: Statement) -> int:
    now, before = statement.others, statement.before
    return -max(least_above(now, before), least_above(before, now))


def _rules(*, is_change_told: bool) -> dict[FindingKind, Callable[[Sequence[Statement]], list[Statement]]]:
    rules: dict[FindingKind, Callable[[Sequence[Statement]], list[Statement]]] = {
        FindingKind.STRENGTH: strengths,
        FindingKind.CONCERN: concerns,
        FindingKind.BLIND_SPOT: blind_spots,
        FindingKind.HIDDEN_STRENGTH: hidden_strengths,
        FindingKind.NOT_SEEN: unseen,
        FindingKind.SPLIT: split,
    }
    if is_change_told:
        rules[FindingKind.BETTER] = lambda statements: changed(statements, Trend.BETTER)
        rules[FindingKind.WORSE] = lambda statements: changed(statements, Trend.WORSE)
    return rules


def _finding(kind: FindingKind, subject: str, statement: Statement) -> Finding:
    item = statement.item
    return Finding(
        id=finding_id(kind, subject, item.question_id),
        kind=kind,
        subject=subject,
        section_id=statement.section_id,
        question_id=item.question_id,
        everyone=statement.others,
        own=statement.own if kind in _ON_OWN else NOT_SHOWN,
        before=statement.before if kind in _ON_BEFORE else NOT_SHOWN,
        not_seen=item.not_seen if kind in _ON_NOT_SEEN else NOT_SHOWN,
    )


def widest_gaps(sections: Sequence[ReportSection], self_id: str | None) -> tuple[Gap, ...]:
    """The five widest gaps between the subject's own view and everyone's, in the order of their size.

    ``self_id`` is the column of the subject's own view; without one (None) there are no gaps. Of gaps of one
    size the statement that comes first in the instrument comes first.
    """
    if self_id is None:
        return ()
    gaps = [
        _gap(section, item, own, item.everyone)
        for section in sections
        for item in section.items
        if isinstance(own := item.values[self_id], Shown) and isinstance(item.everyone, Shown)
    ]
    return tuple(sorted(gaps, key=lambda gap: -abs(gap.tenths))[:MOST_GAPS])


def _gap(section: ReportSection, item: Item, own: Shown, everyone: Shown) -> Gap:
    tenths = _comparable(own, everyone) - everyone.tenths
    return Gap(
        section_id=section.id,
        question_id=item.question_id,
        wording=item.wording,
        own=own,
        everyone=everyone,
        tenths=tenths,
        verdict=_verdict(tenths, threshold=max(own.step, everyone.step)),
    )


def _comparable(own: Shown, everyone: Shown) -> int:
    """The own figure in tenths, no further out than a joined end that it is compared with.

    Beside "4.0 or above" an own 5.0 is no gap: everyone else may have said 5 as well.
    """
    if everyone.end is End.OR_ABOVE:
        return min(own.tenths, everyone.tenths)
    if everyone.end is End.OR_BELOW:
        return max(own.tenths, everyone.tenths)
    return own.tenths


def _verdict(tenths: int, *, threshold: int) -> GapVerdict:
    if abs(tenths) < threshold:
        return GapVerdict.ABOUT_THE_SAME
    return GapVerdict.SELF_HIGHER if tenths > 0 else GapVerdict.SELF_LOWER
