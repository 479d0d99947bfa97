"""What a pack says of a topic: why it is there, and the question that opens the talk."""

from __future__ import annotations

from reports.conclusions import FindingKind
from reports.language import N_, _
from reports.pack_meeting import Topic
from surveys.workshop import TopicKind

_GAP = N_("Why does this look different from the two sides? What would both sides call better?")
_BY_TOPIC = {
    TopicKind.PROMISE: N_("Was this done? Who noticed a difference, and what is still missing?"),
    TopicKind.GAP: _GAP,
}
_KEEP = N_("What makes this work, and what would keep it going?")
_BY_FINDING = {
    FindingKind.STRENGTH: _KEEP,
    FindingKind.BETTER: _KEEP,
    FindingKind.BLIND_SPOT: _GAP,
    FindingKind.HIDDEN_STRENGTH: N_("What do partners value here that %(prime)s may not see?"),
    FindingKind.NOT_SEEN: N_("What would let everybody see whether this happens?"),
    FindingKind.SPLIT: N_("What is different for those who see it often and those who do not?"),
    FindingKind.WORSE: N_("What has changed since the last time, and what would turn it round?"),
}
_USUAL = N_("What stands in the way, and what one thing would make a difference that partners notice?")


def first_words(reason: str, title: str) -> str:
    """Why a topic is on the agenda; "" where that would only say its title again."""
    return "" if reason.strip() == title.strip() else reason


def question(topic: Topic, prime: str) -> str:
    """The question to talk about."""
    kinds = {kind.value: words for kind, words in _BY_FINDING.items()}
    found = _BY_TOPIC.get(topic.kind) or kinds.get(topic.finding_id.partition(":")[0], _USUAL)
    return _(found, prime=prime)
