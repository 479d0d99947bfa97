"""The audit of what stands beside a figure: a distribution, and the share of those who could not see the practice."""

from __future__ import annotations

from reports.distributions import COUNTED_ONE_BY_ONE, LEAST_ANSWERS, least_alone, least_beside
from reports.model import NOT_SHOWN, Item, Part, Shown, ShownDistribution, ShownShare
from reports.unseen import shares_beside
from surveys.groups import DisclosurePolicy
from surveys.publication import CountedBy

TRIED_BEYOND = 200


def distribution_fault(item: Item, group_id: str, answers: int, counted_by: CountedBy) -> str:
    """What is wrong with the distribution of one column, of so many people at most; "" where it may be shown."""
    shown = item.distributions[group_id]
    mean = item.values.get(group_id, NOT_SHOWN)
    if not isinstance(shown, ShownDistribution):
        return ""
    if counted_by is CountedBy.ORGANISATION:
        return "counts people where each organisation has one voice"
    if answers < LEAST_ANSWERS:
        return f"is of fewer than {LEAST_ANSWERS} people"
    if not isinstance(mean, Shown):
        return "stands beside a figure that is not shown"
    # From the most down: nearly everybody rates a statement. Of large groups not every number can be tried.
    step = max(1, (answers - COUNTED_ONE_BY_ONE) // TRIED_BEYOND)
    many = range(answers, COUNTED_ONE_BY_ONE, -step)
    few = range(min(answers, COUNTED_ONE_BY_ONE), LEAST_ANSWERS - 1, -1)
    if any(least_alone(shown.bands, mean, n) for n in many) or any(
        least_beside(shown.bands, mean, n) for n in few
    ):
        return ""
    return "tells too much of somebody beside its figure, or is not one that may be shown"


def unseen_fault(part: Part, item: Item, policy: DisclosurePolicy, counted_by: CountedBy) -> str:
    """What is wrong with the share of those who could not see one statement; "" where it may be shown."""
    if not isinstance(item.not_seen, ShownShare):
        return ""
    if not any(group.is_pooled for group in part.groups):
        return "says how many could not see it where no group is shown"
    if item.not_seen not in shares_beside(part, item, policy, counted_by):
        return "the share that could not see it tells of somebody, or is not one that may be shown"
    return ""
