"""What a pulse shows: the share that noticed a change and the share that finds it as agreed, as bands or not at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reports.display import show_share_of_any
from reports.finding_words import share_in_words
from reports.model import NOT_SHOWN, DisplayedShare, NotShown, ShownShare
from surveys.groups import DisclosurePolicy
from surveys.pulse import LIMIT, Aspect, Outcome, Reply, outcome_of

_YES_OR_NO = frozenset({Reply.YES, Reply.NO})


@dataclass(frozen=True, slots=True)
class OpenedPulse:
    """What one person answered, opened."""

    organisation_id: str
    replies: Mapping[Aspect, Reply]

    def __repr__(self) -> str:
        # A traceback or a log that prints it must not print what somebody said.
        return "OpenedPulse(…)"


@dataclass(frozen=True, slots=True)
class PulseResult:
    """Everything that anybody ever learns of a pulse: two displayed shares, and what follows from the first."""

    noticed: DisplayedShare
    agreed: DisplayedShare

    @property
    def outcome(self) -> Outcome:
        """Whether the change is felt."""
        if isinstance(self.noticed, NotShown):
            return outcome_of(None)
        return outcome_of((self.noticed.low, self.noticed.high))


def build_pulse(answers: Sequence[OpenedPulse], policy: DisclosurePolicy) -> PulseResult:
    """The result. Everybody is one cell: it never falls into groups that could be subtracted from each other.

    Whoever cannot tell counts for nothing: a share is of those who said yes or no, who alone must be enough. Its bands
    are the same however many these are, so that they do not tell how many. The second share is shown only beside the
    first.
    """
    noticed, agreed = (_share(answers, aspect, policy) for aspect in (Aspect.NOTICED, Aspect.AGREED))
    return PulseResult(noticed, agreed if isinstance(noticed, ShownShare) else NOT_SHOWN)


def share_to_text(share: DisplayedShare) -> str:
    """A displayed share as it is kept: "0-40"; "" where it is not shown."""
    return f"{share.low}-{share.high}" if isinstance(share, ShownShare) else ""


def share_from_text(text: str) -> DisplayedShare:
    """The share of ``share_to_text``."""
    if not text:
        return NOT_SHOWN
    low, high = text.split("-")
    return ShownShare(int(low), int(high))


def words_of(text: str) -> str:
    """A kept share in words, in the language of this rendering: "4 in 10 or fewer"."""
    return share_in_words(share_from_text(text))


def _share(answers: Sequence[OpenedPulse], aspect: Aspect, policy: DisclosurePolicy) -> DisplayedShare:
    given = [
        (one.organisation_id, one.replies[aspect]) for one in answers if one.replies.get(aspect) in _YES_OR_NO
    ]
    by_organisation = Counter(organisation_id for organisation_id, _ in given)
    yes = sum(reply is Reply.YES for _, reply in given)
    return show_share_of_any(yes, len(given), by_organisation, policy, limit=LIMIT)
