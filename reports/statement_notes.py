"""What stands under the figures of one statement: what the Code asks for, who could not see it, what has changed."""

from __future__ import annotations

from dataclasses import dataclass

from reports.finding_words import share_in_words
from reports.language import _
from reports.model import DisplayedShare, Item, Shown, ShownShare
from reports.sides import Statement
from reports.trends import Trend, trend
from reports.wording import sentence
from surveys.practices import practices


@dataclass(frozen=True, slots=True)
class PracticeNote:
    """What good looks like: a practice of the Code that the statement stands for."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class StatementNotes:
    """What stands under one statement.

    ``number``: of the statement; ``unseen`` and ``change`` are "" where there is nothing to
    say; ``is_change``: whether it became better or worse.
    """

    number: int
    practices: tuple[PracticeNote, ...]
    unseen: str
    change: str
    is_change: bool


def notes_on(statement: Statement, number: int, *, is_change_told: bool) -> StatementNotes:
    """The notes on one statement. ``is_change_told``: whether enough people answered, now and the last time."""
    return StatementNotes(
        number=number,
        practices=_practices(statement.item),
        unseen=_unseen(statement.item.not_seen),
        change=_change(statement) if is_change_told else "",
        is_change=is_change_told and trend(statement.others, statement.before) in {Trend.BETTER, Trend.WORSE},
    )


def change_words(verdict: Trend) -> str:
    """What happened to a figure since the last cycle, in words."""
    if verdict is Trend.BETTER:
        return _("better")
    if verdict is Trend.WORSE:
        return _("worse")
    return _("about the same") if verdict is Trend.ABOUT_THE_SAME else _("cannot be told")


def _practices(item: Item) -> tuple[PracticeNote, ...]:
    known = practices()
    return tuple(PracticeNote(id_, known[id_].text) for id_ in item.practices if id_ in known)


def _unseen(share: DisplayedShare) -> str:
    # The lowest band is what one expects; only what is above it is worth a line.
    if not isinstance(share, ShownShare) or not share.low:
        return ""
    return _("%(share)s could not see it.", share=sentence(share_in_words(share)))


def _change(statement: Statement) -> str:
    now, before = statement.others, statement.before
    if not isinstance(now, Shown) or not isinstance(before, Shown):
        return ""
    verdict = trend(now, before)
    if verdict is Trend.BETTER:
        return _("Better than the last time, when it was %(before)s.", before=before.text)
    if verdict is Trend.WORSE:
        return _("Worse than the last time, when it was %(before)s.", before=before.text)
    if verdict is Trend.ABOUT_THE_SAME:
        return _("About the same as the last time.")
    return _("The last time it was %(before)s; whether it has changed cannot be told.", before=before.text)
