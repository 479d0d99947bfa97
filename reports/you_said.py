"""“You said, we did”: what a report found, what was decided on it, what was done, and what will not be.

Figures are said as their report shows them; nothing is computed here. Organisations are named, persons never.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from reports.action_words import state_words
from reports.grammar import day
from reports.language import _, ngettext
from reports.model import Report
from reports.said import Origin, what_was_said
from reports.wording import listed
from surveys.improvement import UNDER_WAY, ActionState
from surveys.workshop import Outcome

_UNKNOWN = datetime.min.replace(tzinfo=UTC)
_WAITING = frozenset({ActionState.PROPOSED, ActionState.ACCEPTED, ActionState.IN_PROGRESS})
_DONE = frozenset({ActionState.DONE, ActionState.VERIFIED})


@dataclass(frozen=True, slots=True)
class Settled:
    """What a workshop settled on one topic. ``decision`` and ``because``: "" where there is none."""

    id: str
    title: str
    origin: Origin
    outcome: Outcome
    decision: str
    because: str
    workshop: str = ""
    settled_at: datetime = _UNKNOWN


@dataclass(frozen=True, slots=True)
class Done:
    """One action. ``topic_id``: the topic that it came from; ``files``, ``links``: how much evidence there is.

    ``owners``, ``verified_by``: organisations, the latter "" until it is verified. ``reason``: why it was declined.
    """

    number: int
    title: str
    for_whom: str
    state: ActionState
    owners: tuple[str, ...]
    due: date
    is_overdue: bool
    origin: Origin
    topic_id: str = ""
    files: int = 0
    links: int = 0
    verified_by: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """One review: its main report in the language of this rendering, what its workshops settled, and its actions."""

    report: Report
    settled: tuple[Settled, ...]
    actions: tuple[Done, ...]


@dataclass(frozen=True, slots=True)
class ActionWords:
    """One action as everybody reads it. ``more``: sentences, in their order. ``is_overdue``: its day is past."""

    number: int
    title: str
    state: str
    more: tuple[str, ...]
    is_overdue: bool


@dataclass(frozen=True, slots=True)
class Exchange:
    """What was said on one thing, and everything that followed. Lists are empty where there is nothing of their kind.

    ``said``: what the report found, "" where it came up without one. ``wont``: what will not be done, with the reason.
    ``is_settled`` false: it was talked about, and nothing was decided.
    """

    anchor: str
    title: str
    said: str
    decided: tuple[str, ...]
    done: tuple[ActionWords, ...]
    not_felt: tuple[ActionWords, ...]
    wont: tuple[str, ...]
    declined: tuple[ActionWords, ...]
    still_open: tuple[ActionWords, ...]
    is_settled: bool


@dataclass(frozen=True, slots=True)
class Chapter:
    """An element of the Code, or what came up besides them, with its exchanges."""

    title: str
    exchanges: tuple[Exchange, ...]


@dataclass(frozen=True, slots=True)
class Round:
    """One review and what came of it."""

    title: str
    closed_on: str
    chapters: tuple[Chapter, ...]


@dataclass(frozen=True, slots=True)
class YouSaid:
    """The whole: the newest review first. ``summary``: how far its actions are, a sentence for each kind."""

    chain: str
    as_of: str
    summary: tuple[str, ...]
    rounds: tuple[Round, ...]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to tell yet."""
        return not self.rounds


def you_said(chain: str, told: Sequence[Told], today: date) -> YouSaid:
    """The page of a chain. ``told``: its reviews, the newest first; one without topics and actions is left out."""
    rounds = tuple(
        Round(
            title=one.report.facts.title,
            closed_on=day(one.report.facts.closed_on),
            chapters=tuple(_chapters(one, place)),
        )
        for place, one in enumerate(told, start=1)
        if one.settled or one.actions
    )
    actions = [action for one in told for action in one.actions]
    return YouSaid(chain, day(today.isoformat()), _summary(actions), rounds)


@dataclass(frozen=True, slots=True)
class _Thing:
    """What belongs together: the topics and actions of one statement, or of one topic without a statement."""

    origin: Origin
    title: str
    settled: list[Settled]
    actions: list[Done]

    @property
    def key(self) -> tuple[str, str]:
        return self.origin.subject, self.origin.question_id


def _chapters(told: Told, place: int) -> Iterator[Chapter]:
    """The elements of the report in its order, and then what belongs to none."""
    elements = {
        (part.subject, item.question_id): section.title
        for part in told.report.parts
        for section in part.sections
        for item in section.items
    }
    order = list(elements)
    things = sorted(
        _things(told), key=lambda thing: order.index(thing.key) if thing.key in elements else len(order)
    )
    other = _("What else was talked about")
    found: dict[str, list[Exchange]] = {}
    for number, thing in enumerate(things, start=1):
        exchange = _exchange(thing, told.report, f"said-{place}-{number}")
        found.setdefault(elements.get(thing.key, other), []).append(exchange)
    return (Chapter(title, tuple(exchanges)) for title, exchanges in found.items())


def _things(told: Told) -> list[_Thing]:
    found: list[_Thing] = []
    of_topic: dict[str, _Thing] = {}
    of_statement: dict[tuple[str, str], _Thing] = {}

    def thing_of(origin: Origin, title: str) -> _Thing:
        if origin.question_id or not title:
            key = (origin.subject, origin.question_id)
            if key in of_statement:
                return of_statement[key]
        thing = _Thing(origin, title or _("Other actions"), [], [])
        if origin.question_id or not title:
            of_statement[thing.key] = thing
        found.append(thing)
        return thing

    for topic in told.settled:
        of_topic[topic.id] = thing_of(topic.origin, topic.title)
        of_topic[topic.id].settled.append(topic)
    for action in told.actions:
        thing = of_topic.get(action.topic_id) or thing_of(action.origin, "")
        thing.actions.append(action)
    return found


def _exchange(thing: _Thing, report: Report, anchor: str) -> Exchange:
    statement, said = what_was_said(report, thing.origin)
    settled, actions = sorted(thing.settled, key=lambda topic: topic.settled_at, reverse=True), thing.actions
    return Exchange(
        anchor=anchor,
        title=statement or thing.title,
        said=said,
        decided=tuple(_settled_words(topic, topic.decision, settled) for topic in settled if topic.decision),
        done=_worded(actions, _DONE),
        not_felt=_worded(actions, {ActionState.NOT_FELT}),
        wont=tuple(
            _settled_words(topic, topic.because, settled)
            for topic in settled
            if topic.outcome is Outcome.WONT
        ),
        declined=_worded(actions, {ActionState.DECLINED}),
        still_open=_worded(actions, _WAITING),
        is_settled=bool(actions) or any(topic.decision or topic.because for topic in settled),
    )


def _settled_words(topic: Settled, text: str, settled: Sequence[Settled]) -> str:
    """What was settled; with when and where, if it was settled more than once. ``settled``: the newest first."""
    spoken = [one for one in settled if one.decision or one.outcome is Outcome.WONT]
    if len({one.settled_at for one in spoken}) < 2:
        return text
    words = {"day": day(topic.settled_at.date().isoformat()), "workshop": topic.workshop, "what": text}
    if topic.settled_at == spoken[0].settled_at:
        return _("On %(day)s, at “%(workshop)s”: %(what)s", **words)
    return _("Earlier, on %(day)s, at “%(workshop)s”: %(what)s", **words)


def _worded(actions: Iterable[Done], states: Iterable[ActionState]) -> tuple[ActionWords, ...]:
    wanted = frozenset(states)
    return tuple(_action(action) for action in actions if action.state in wanted)


def _action(action: Done) -> ActionWords:
    return ActionWords(
        number=action.number,
        title=action.title,
        state=state_words(action.state),
        more=tuple(_more(action)),
        is_overdue=action.is_overdue,
    )


def _more(action: Done) -> Iterator[str]:
    if action.for_whom:
        yield _("For whom: %(whom)s.", whom=action.for_whom.rstrip("."))
    yield _("Who does it: %(owners)s.", owners=listed(action.owners))
    if action.state in UNDER_WAY:
        due = day(action.due.isoformat())
        yield (
            _("It was due on %(day)s and is late.", day=due)
            if action.is_overdue
            else _("Due on %(day)s.", day=due)
        )
    if action.files or action.links:
        yield _evidence(action)
    if action.verified_by:
        yield _("%(name)s verified it.", name=action.verified_by)
    if action.reason:
        yield _("Why not: %(reason)s", reason=action.reason)


def _evidence(action: Done) -> str:
    files = ngettext("%(count)s file", "%(count)s files", action.files)
    links = ngettext("%(count)s link", "%(count)s links", action.links)
    if action.files and action.links:
        return _("What shows it: %(files)s and %(links)s.", files=files, links=links)
    return _("What shows it: %(evidence)s.", evidence=files if action.files else links)


def _summary(actions: Sequence[Done]) -> tuple[str, ...]:
    if not actions:
        return ()

    def count(*states: ActionState) -> int:
        return sum(action.state in states for action in actions)

    agreed = len(actions) - count(ActionState.PROPOSED, ActionState.DECLINED)
    lines = (
        ngettext("%(count)s action was agreed.", "%(count)s actions were agreed.", agreed) if agreed else "",
        _counted(count(ActionState.VERIFIED), _("Done and verified by another organisation: %(count)s.")),
        _counted(count(ActionState.DONE), _("Done, and not verified yet: %(count)s.")),
        _counted(count(ActionState.NOT_FELT), _("Done, but not felt by those whom it was for: %(count)s.")),
        _counted(count(*(_WAITING - {ActionState.PROPOSED})), _("Still open: %(count)s.")),
        _counted(count(ActionState.PROPOSED), _("Proposed, and not accepted yet: %(count)s.")),
        _counted(sum(action.is_overdue for action in actions), _("Late: %(count)s.")),
        _counted(count(ActionState.DECLINED), _("Will not be done: %(count)s.")),
    )
    return tuple(line for line in lines if line)


def _counted(count: int, text: str) -> str:
    return text % {"count": f"{count:,}"} if count else ""
