"""One person's notes on a topic: what a page that was open for a while changes, and what it must leave alone.

The same link may be open in two windows. Neither takes away what the other has saved.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from surveys.language import N_

# A topic that nobody wrote on says the same, so that nothing tells who might have.
NOT_SHOWN_WORDS = N_(
    "Too few people wrote for anybody to stay unknown, so no notes are shown. Talk about it instead."
)

# What stands instead of a note that names a person. It is kept in the note's place in English and translated when it is
# shown, so that everybody sees that something was taken out, and why.
TAKEN_OUT_WORDS = N_("Taken out by whoever led the workshop, because it named a person.")


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in one box now, and ``seen``: what ``seen_of`` gave of the note that its page showed there."""

    text: str
    seen: str


def seen_of(note: str) -> str:
    """What a box says it showed; "" for an empty one. It is for the writer's own page and names nobody."""
    return hashlib.sha256(note.encode()).hexdigest()[:16] if note else ""


def merged(saved: Sequence[str], typed: Mapping[int, Typed]) -> tuple[str, ...] | None:
    """The notes, slot by slot, after a page is saved; None where there is no room for all of them.

    A slot that the page did not show stays. What was written into a slot that another window has changed meanwhile
    goes into a free one; emptying such a slot takes nothing away. Saving twice is as once.
    """
    result, elsewhere = list(saved), []
    for slot, it in sorted(typed.items()):
        if it.seen == seen_of(saved[slot]):
            result[slot] = it.text
        elif it.text and not saved[slot]:
            # The other window has emptied it.
            result[slot] = it.text
        elif it.text and it.text != saved[slot]:
            elsewhere.append(it.text)
    for text in elsewhere:
        if text in result:
            continue
        if "" not in result:
            return None
        result[result.index("")] = text
    return tuple(result)
