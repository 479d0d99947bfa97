"""Replies in words: what an organisation says to a finding, or that the steward held it back, and why."""

from __future__ import annotations

from dataclasses import dataclass

from reports.conclusions import Reply
from reports.grammar import day
from reports.language import _
from surveys.publication import HoldReason


@dataclass(frozen=True, slots=True)
class ReplyWords:
    """A reply. ``promise``: "" for none. ``held``: that and why it was held back, "" of one that is shown."""

    by: str
    day: str
    text: str
    promise: str
    held: str


def reply_words(reply: Reply) -> ReplyWords:
    """A reply as the report says it."""
    return ReplyWords(reply.by, day(reply.replied_on), reply.text, reply.promise, held_words(reply))


def held_words(reply: Reply) -> str:
    """That a reply was held back, and why; "" of one that is shown."""
    if reply.held_for is HoldReason.POINTS:
        return _(
            "The steward held back a reply by %(name)s, because it points at people who may have answered.",
            name=reply.by,
        )
    if reply.held_for is HoldReason.PRESSES:
        return _(
            "The steward held back a reply by %(name)s, because it puts pressure on people for answering.",
            name=reply.by,
        )
    return ""
