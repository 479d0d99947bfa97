"""Strengths, concerns, blind spots, hidden strengths and what could not be seen: which statements stand out.

Each rule takes the statements of one part in the instrument's order and gives those that it picks, three at most. A
figure that is not shown is in none of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from reports.model import WHOLE, Displayed, DisplayedShare, End, Shown, ShownShare
from reports.sides import HIGHEST, LOWEST, Statement, bounds, coarser_step, least_above

# Of each kind.
MOST_FINDINGS = 3
# Half-way from "sometimes" to "usually", and "sometimes" itself, in tenths.
STRENGTH_FROM, CONCERN_BELOW = 35, 30
# A gap that is a finding of its own: two steps of the coarser figure, and a whole point at least.
WIDE_STEPS, WIDE_TENTHS = 2, 10
# Per cent of those who answered that could not see it, for certain.
NOT_SEEN_FROM = 50


def strengths(statements: Sequence[Statement]) -> list[Statement]:
    """The statements with the highest figures of the others, as far as those could see what they speak of."""
    found = [
        (statement, figure)
        for statement in statements
        if isinstance(figure := statement.others, Shown)
        and bounds(figure)[0] >= STRENGTH_FROM
        and not is_unseen(statement.item.not_seen)
    ]
    # What is "4.0 or above" may be higher than 4.2, so that nothing from there on is higher than anything else.
    limit = min((figure.tenths for _, figure in found if figure.end is End.OR_ABOVE), default=HIGHEST)
    return _ranked(found, lambda figure: -min(figure.tenths, limit))


def concerns(statements: Sequence[Statement]) -> list[Statement]:
    """The statements with the lowest figures of the others."""
    found = [
        (statement, figure)
        for statement in statements
        if isinstance(figure := statement.others, Shown) and bounds(figure)[1] < CONCERN_BELOW
    ]
    limit = max((figure.tenths for _, figure in found if figure.end is End.OR_BELOW), default=LOWEST)
    return _ranked(found, lambda figure: max(figure.tenths, limit))


def blind_spots(statements: Sequence[Statement]) -> list[Statement]:
    """The statements on which the own view is far above that of the others, the widest gap first."""
    return _wide(statements, lambda statement: least_above(statement.own, statement.others))


def hidden_strengths(statements: Sequence[Statement]) -> list[Statement]:
    """The statements on which the own view is far below that of the others, the widest gap first."""
    return _wide(statements, lambda statement: least_above(statement.others, statement.own))


def unseen(statements: Sequence[Statement]) -> list[Statement]:
    """The statements that at least half of those who answered could not see, by what is shown of their share."""
    found = [
        (statement, share)
        for statement in statements
        if isinstance(share := statement.item.not_seen, ShownShare) and is_unseen(share)
    ]
    limit = min((share.low for _, share in found if share.high == WHOLE), default=WHOLE)
    ranked = sorted(found, key=lambda pair: -min(pair[1].low, limit))
    return [statement for statement, _ in ranked]


def is_unseen(share: DisplayedShare) -> bool:
    """Whether at least half could not see it, for certain."""
    return isinstance(share, ShownShare) and share.low >= NOT_SEEN_FROM


def wide_gap(one: Displayed, other: Displayed) -> int:
    """From how many tenths on the gap between two figures is wide."""
    return max(WIDE_TENTHS, WIDE_STEPS * coarser_step(one, other))


def _wide(statements: Sequence[Statement], gap: Callable[[Statement], int]) -> list[Statement]:
    found = [
        statement for statement in statements if gap(statement) >= wide_gap(statement.own, statement.others)
    ]
    return sorted(found, key=lambda statement: -gap(statement))


def _ranked(found: Sequence[tuple[Statement, Shown]], rank: Callable[[Shown], int]) -> list[Statement]:
    # Sorting is stable: of equals, the first in the questionnaire comes first.
    return [statement for statement, _ in sorted(found, key=lambda pair: rank(pair[1]))]
