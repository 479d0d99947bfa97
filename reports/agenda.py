"""What a report proposes to talk about in a workshop, in an order that any reader can work out from what it shows.

First what was promised in replies to the last report; then the statements that this report points out, by gap x spread
x importance (docs/decisions/0020-an-agenda-that-anybody-can-work-out.md). Nothing but displayed values is read: what is
not shown brings no topic, moves none, and is not said.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations

from reports.agreement import is_split
from reports.conclusions import Finding, FindingKind, Promise
from reports.grammar import day
from reports.language import N_, _
from reports.model import End, GapVerdict, Item, Part, Report, Shown
from reports.sides import Statement, coarser_step, least_above, parts_told, statements_of
from reports.wording import in_words, points
from surveys.workshop import TopicKind

RULES = (
    N_("What was promised in replies to the last report comes first."),
    N_(
        "Then come the statements that the report points out as a concern, a blind spot, unseen, divided or worse than "
        "the last time, and those of its widest gaps on which the own view is the higher one."
    ),
    N_(
        "They are ordered by gap × spread × importance, three whole numbers that anybody can work out from what the "
        "report shows."
    ),
    N_("Gap: the steps by which the own view is above that of all partners together, plus one."),
    N_(
        "Spread: the steps between the two groups that are furthest apart, plus one, and two more where a group is "
        "divided."
    ),
    N_(
        "Importance: one, and one more each for a concern, for what half or more could not see, and for what became "
        "worse."
    ),
    N_("Of equals, the first in the report comes first. What the report does not show has no part in it."),
)
_TELLING = (
    FindingKind.BLIND_SPOT,
    FindingKind.CONCERN,
    FindingKind.SPLIT,
    FindingKind.NOT_SEEN,
    FindingKind.WORSE,
)
# What makes a statement important, besides the gap and the spread that are counted by themselves.
_IMPORTANT = frozenset({FindingKind.CONCERN, FindingKind.NOT_SEEN, FindingKind.WORSE})
_FOR_DIVIDED = 2


@dataclass(frozen=True, slots=True)
class Weight:
    """The three numbers that order the topics; each is one or more."""

    gap: int
    spread: int
    importance: int

    @property
    def product(self) -> int:
        """Gap x spread x importance."""
        return self.gap * self.spread * self.importance


@dataclass(frozen=True, slots=True)
class Proposal:
    """One thing to talk about: where it stands in the report, "" for what stands nowhere in this one, and why.

    ``title``: the statement; ``part``: whom or what it is about; ``weight``: None for a promise.
    """

    kind: TopicKind
    finding_id: str
    subject: str
    question_id: str
    practices: tuple[str, ...]
    part: str
    title: str
    reason: str
    weight: Weight | None


@dataclass(frozen=True, slots=True)
class _Place:
    """One statement of one part, and the findings on it that are something to talk about, the most telling first."""

    part: Part
    statement: Statement
    findings: tuple[Finding, ...]
    is_gap: bool

    @property
    def item(self) -> Item:
        return self.statement.item

    @property
    def finding_id(self) -> str:
        return self.findings[0].id if self.findings else ""


def proposals(report: Report) -> tuple[Proposal, ...]:
    """Everything that a report proposes to talk about, the first first; each statement of a part once."""
    places = [place for part in parts_told(report) for place in _places(part)]
    promised = [_promised(promise, report, places) for promise in report.promises]
    taken = {(one.subject, one.question_id) for one in promised}
    weighed = [
        _proposal(place, report.facts.scale_labels)
        for place in places
        if (place.findings or place.is_gap) and (place.part.subject, place.item.question_id) not in taken
    ]
    # Sorting is stable: of equals, the first in the report comes first.
    return (*promised, *sorted(weighed, key=lambda one: -(one.weight.product if one.weight else 0)))


def weight_of(part: Part, statement: Statement, findings: Sequence[Finding]) -> Weight:
    """The three numbers of one statement, from its displayed values."""
    is_divided = any(is_split(shown) for shown in statement.item.distributions.values())
    return Weight(
        gap=1 + max(0, _steps(least_above(statement.own, statement.others), statement)),
        spread=1 + _apart(part, statement.item)[0] + _FOR_DIVIDED * is_divided,
        importance=1 + len({finding.kind for finding in findings} & _IMPORTANT),
    )


def _places(part: Part) -> Iterator[_Place]:
    wide = {gap.question_id for gap in part.gaps if gap.verdict is GapVerdict.SELF_HIGHER}
    for statement in statements_of(part):
        id_ = statement.item.question_id
        found = [one for one in part.findings if one.question_id == id_ and one.kind in _TELLING]
        found.sort(key=lambda finding: _TELLING.index(finding.kind))
        yield _Place(part, statement, tuple(found), id_ in wide)


def _promised(promise: Promise, report: Report, places: Sequence[_Place]) -> Proposal:
    """What was promised, beside the statement of this report that it was about, where that is asked again."""
    ours = [place for place in places if place.item.wording == promise.wording]
    # The same words may be said of several; whoever promised spoke of themselves.
    ours.sort(key=lambda place: place.part.title != promise.by)
    place = ours[0] if ours else None
    said = _("%(by)s promised on %(day)s: “%(promise)s”.", by=promise.by, day=day(promise.promised_on),
             promise=" ".join(promise.text.split()).rstrip("."))  # fmt: skip
    now = _what_all_say(place.statement, report.facts.scale_labels) if place else ""
    return Proposal(
        kind=TopicKind.PROMISE,
        finding_id=place.finding_id if place else "",
        subject=place.part.subject if place else "",
        question_id=place.item.question_id if place else "",
        practices=place.item.practices if place else (),
        part=place.part.title if place else promise.by,
        title=promise.wording,
        reason=" ".join(filter(None, (said, now))),
        weight=None,
    )


def _proposal(place: _Place, labels: Sequence[str]) -> Proposal:
    return Proposal(
        kind=TopicKind.FINDING if place.findings else TopicKind.GAP,
        finding_id=place.finding_id,
        subject=place.part.subject,
        question_id=place.item.question_id,
        practices=place.item.practices,
        part=place.part.title,
        title=place.item.wording,
        reason=" ".join(_reasons(place, labels)),
        weight=weight_of(place.part, place.statement, place.findings),
    )


def _reasons(place: _Place, labels: Sequence[str]) -> Iterator[str]:
    kinds = {finding.kind for finding in place.findings}
    if (said := _own_beside_others(place)) or (said := _what_all_say(place.statement, labels)):
        yield said
    steps, tenths = _apart(place.part, place.item)
    if steps:
        yield _("The groups are at least %(points)s apart.", points=points(tenths))
    if any(is_split(shown) for shown in place.item.distributions.values()):
        yield _("A group is divided.")
    if FindingKind.CONCERN in kinds:
        yield _("It is one of the report’s concerns.")
    if FindingKind.NOT_SEEN in kinds:
        yield _("Half or more could not see it.")
    if FindingKind.WORSE in kinds:
        yield _("It is worse than the last time.")


def _own_beside_others(place: _Place) -> str:
    """By how much the own view is above that of all partners; "" where it is not, by a whole step."""
    others = place.statement.others
    tenths = least_above(place.statement.own, others)
    if not isinstance(others, Shown) or _steps(tenths, place.statement) < 1:
        return ""
    values = {"name": place.part.title, "points": points(tenths)}
    if others.end is End.NONE:
        return _("%(name)s sees this %(points)s higher than all partners together do.", **values)
    return _("%(name)s sees this at least %(points)s higher than all partners together do.", **values)


def _what_all_say(statement: Statement, labels: Sequence[str]) -> str:
    if not isinstance(statement.others, Shown):
        return ""
    return _("All partners together say %(figure)s.", figure=in_words(statement.others, labels))


def _steps(tenths: int, statement: Statement) -> int:
    step = coarser_step(statement.own, statement.others)
    return tenths // step if step else 0


def _apart(part: Part, item: Item) -> tuple[int, int]:
    """How far the two groups that differ most are apart for certain: in steps of the coarser figure, and in tenths."""
    shown = [
        value
        for group in part.groups
        if group.is_pooled and isinstance(value := item.values.get(group.id), Shown)
    ]
    found = [
        (least_above(one, other) // coarser_step(one, other), least_above(one, other))
        for one, other in permutations(shown, 2)
        if least_above(one, other) > 0
    ]
    return max(found, default=(0, 0))
