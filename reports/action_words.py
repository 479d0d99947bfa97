"""The words for where an action is and what became of its statement, for whoever reads a report."""

from __future__ import annotations

from collections.abc import Mapping

from reports.conclusions import ActionVerdict
from reports.language import N_, _
from surveys.improvement import ActionState

_STATES: Mapping[ActionState, str] = {
    ActionState.PROPOSED: N_("Proposed"),
    ActionState.ACCEPTED: N_("Accepted"),
    ActionState.IN_PROGRESS: N_("In progress"),
    ActionState.DONE: N_("Done, not verified yet"),
    ActionState.VERIFIED: N_("Done and verified"),
    ActionState.NOT_FELT: N_("Done, but not felt"),
    ActionState.DECLINED: N_("Declined"),
}
_VERDICTS: Mapping[ActionVerdict, str] = {
    ActionVerdict.BETTER: N_("better"),
    ActionVerdict.WORSE: N_("worse"),
    ActionVerdict.ABOUT_THE_SAME: N_("about the same"),
    ActionVerdict.CANNOT_TELL: N_("cannot be told: the two figures leave it open"),
    ActionVerdict.TOO_FEW: N_("cannot be told: too few answered, then or now"),
    ActionVerdict.NOT_COMPARABLE: N_(
        "cannot be compared: the statement has other words, other groups behind it, or no figure then or now"
    ),
}
# Where the two figures may be put side by side.
COMPARED = frozenset(
    {
        ActionVerdict.BETTER,
        ActionVerdict.WORSE,
        ActionVerdict.ABOUT_THE_SAME,
        ActionVerdict.CANNOT_TELL,
    }
)


def state_words(state: ActionState) -> str:
    """Where an action is: "In progress"."""
    return _(_STATES[state])


def verdict_words(verdict: ActionVerdict) -> str:
    """What became of a statement: "better", or why it cannot be told."""
    return _(_VERDICTS[verdict])
