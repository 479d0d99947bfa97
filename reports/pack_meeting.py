"""A workshop as a pack knows it: when, where, what about and which organisations, never which people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from surveys.workshop import TopicKind


@dataclass(frozen=True, slots=True)
class Topic:
    """One thing to talk about. ``subject``, ``question_id``: where it stands in the main report, "" for nowhere."""

    title: str
    reason: str
    minutes: int
    kind: TopicKind
    finding_id: str
    subject: str
    question_id: str
    practices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Meeting:
    """One workshop. ``begins_at``: in local time; ``when``: the same in words.

    ``paid``, ``paying``: the organisations that are paid and vote first, and those that pay, by name.
    """

    title: str
    chain: str
    prime: str
    when: str
    begins_at: datetime
    minutes: int
    place: str
    dots: int
    topics: tuple[Topic, ...]
    paid: tuple[str, ...]
    paying: tuple[str, ...]
