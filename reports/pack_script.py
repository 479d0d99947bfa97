"""The facilitator's script: what to do and say from minute to minute, and what to do when it goes otherwise.

The clock times add up: each step begins when the one before it ends, and the last one ends when the workshop does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from reports.grammar import number
from reports.language import _, ngettext
from reports.pack_meeting import Meeting, Topic
from reports.pack_steps import BEFORE, NEXT, PAUSE, SHORT_TOPIC, TOPIC, TROUBLES, WELCOME, StepWords
from reports.pack_words import question
from surveys.workshop_plan import LEAST_PAID_ORGANISATIONS

# Of the time that the topics leave, the larger part opens the workshop and the rest closes it; more is a break.
_LONGEST_OPENING, _LONGEST_CLOSING, _LONGEST_BREAK = 15, 10, 20
_BREAK_FROM, _LONG_WORKSHOP = 10, 120
# How a topic's minutes are shared out, in hundredths: look, write, reveal and group, talk, vote, decide.
_SHARES = (10, 15, 20, 25, 10, 20)
# With fewer minutes no step of a topic would be worth its name.
_LEAST_TO_SHARE = 12


@dataclass(frozen=True, slots=True)
class Step:
    """One step: from when to when, what it is, what to do, and what to say in these words or others."""

    begins: str
    ends: str
    minutes: int
    title: str
    do: str
    say: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """What belongs together: the opening, a topic, the closing; with its clock times."""

    title: str
    begins: str
    ends: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Trouble:
    """What may happen, and what to do then."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Script:
    """The whole script. ``warning``: that the topics take longer than the workshop, "" where they do not."""

    warning: str
    before: tuple[str, ...]
    chapters: tuple[Chapter, ...]
    troubles: tuple[Trouble, ...]


@dataclass(frozen=True, slots=True)
class _Planned:
    """A chapter before it has its times. ``values``: what stands in its words."""

    title: str
    steps: tuple[tuple[int, StepWords], ...]
    values: Mapping[str, str]


def script_of(meeting: Meeting) -> Script:
    """The script of a meeting."""
    spare = meeting.minutes - sum(topic.minutes for topic in meeting.topics)
    return Script(
        warning=_warning(spare),
        before=(*map(_, BEFORE), _dots(meeting.dots)),
        chapters=_timed(meeting.begins_at, _planned(meeting, max(spare, 0))),
        troubles=tuple(
            Trouble(_(title), tuple(_(line, least=number(LEAST_PAID_ORGANISATIONS)) for line in lines))
            for title, lines in TROUBLES
        ),
    )


def shared_out(minutes: int, shares: Sequence[int] = _SHARES) -> tuple[int, ...]:
    """Whole minutes in these proportions, each at least one, that add up. ``minutes``: no fewer than the shares."""
    parts = [max(1, minutes * share // sum(shares)) for share in shares]
    while sum(parts) < minutes:
        shortest = min(range(len(shares)), key=lambda at: parts[at] / shares[at])
        parts[shortest] += 1
    while sum(parts) > minutes:
        parts[parts.index(max(parts))] -= 1
    return tuple(parts)


def spare_time(spare: int, whole: int) -> tuple[int, int, int]:
    """Minutes for the opening, a break in the middle and the closing; they add up to ``spare``."""
    opening = min(_LONGEST_OPENING, (spare + 1) // 2)
    closing = min(_LONGEST_CLOSING, spare - opening)
    rest = spare - opening - closing
    pause = min(rest, _LONGEST_BREAK) if rest >= _BREAK_FROM and whole >= _LONG_WORKSHOP else 0
    return opening, pause, closing + rest - pause


def _planned(meeting: Meeting, spare: int) -> list[_Planned]:
    opening, pause, closing = spare_time(spare, meeting.minutes)
    found = [_Planned(_("Opening"), ((opening, WELCOME),), {"chain": meeting.chain})]
    for place, topic in enumerate(meeting.topics, start=1):
        found.append(_of_topic(place, topic, meeting.prime))
        if place == (len(meeting.topics) + 1) // 2:
            found.append(_Planned(_("Break"), ((pause, PAUSE),), {}))
    found.append(_Planned(_("Closing"), ((closing, NEXT),), {}))
    return [chapter for chapter in found if any(minutes for minutes, _words in chapter.steps)]


def _of_topic(place: int, topic: Topic, prime: str) -> _Planned:
    is_short = topic.minutes < _LEAST_TO_SHARE
    words, shares = ((SHORT_TOPIC,), (1,)) if is_short else (TOPIC, _SHARES)
    return _Planned(
        _("Topic %(number)s: %(title)s", number=place, title=topic.title),
        tuple(zip(shared_out(topic.minutes, shares), words, strict=True)),
        {"question": question(topic, prime)},
    )


def _timed(begins_at: datetime, planned: Sequence[_Planned]) -> tuple[Chapter, ...]:
    now = begins_at
    found: list[Chapter] = []
    for chapter in planned:
        began = now
        steps: list[Step] = []
        for minutes, words in chapter.steps:
            after = now + timedelta(minutes=minutes)
            steps.append(_step(now, after, words, chapter.values))
            now = after
        found.append(Chapter(chapter.title, _clock(began), _clock(now), tuple(steps)))
    return tuple(found)


def _step(begins_at: datetime, ends_at: datetime, words: StepWords, values: Mapping[str, str]) -> Step:
    return Step(
        begins=_clock(begins_at),
        ends=_clock(ends_at),
        minutes=round((ends_at - begins_at).total_seconds()) // 60,
        title=_(words.title),
        do=_(words.do),
        say=_(words.say, **values) if words.say else "",
    )


def _clock(value: datetime) -> str:
    return f"{value.hour % 12 or 12}:{value:%M}{'am' if value.hour < 12 else 'pm'}"


def _warning(spare: int) -> str:
    if spare >= 0:
        return ""
    return ngettext(
        "The topics take %(count)s minute more than the workshop has. Shorten one.",
        "The topics take %(count)s minutes more than the workshop has. Shorten some, or take one out.",
        -spare,
    )


def _dots(count: int) -> str:
    return ngettext(
        "Each organisation has %(count)s dot for each topic, however many of its people are there.",
        "Each organisation has %(count)s dots for each topic, however many of its people are there.",
        count,
    )
