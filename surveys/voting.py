"""What everybody may see of a vote with dots: bands and shared places, or nothing at all.

Each organisation spreads one budget of dots over the groups of notes of one topic. A total would tell too much in a
small room, so no total leaves this module. How wide the bands must be was counted: ``tests/unit/test_voting.py`` and
decision 21.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from surveys.language import N_

# As for the answers of a review: from five voices on, from three organisations, four left without any one of them.
# An organisation has one voice here, so that five organisations who are paid are enough for all three.
LEAST_PAID = 5
# With fewer dots each, or fewer groups, one organisation's dots could be all that a small band has room for.
LEAST_DOTS = 5
MOST_DOTS = 10
LEAST_GROUPS = 2


class Band(StrEnum):
    """A share of all the dots, as people say it: of thirds, of quarters, of fifths or of tenths."""

    UP_TO_A_THIRD = "up_to_a_third"
    OVER_A_THIRD = "over_a_third"
    UP_TO_A_QUARTER = "up_to_a_quarter"
    A_QUARTER_TO_HALF = "a_quarter_to_half"
    UP_TO_A_FIFTH = "up_to_a_fifth"
    ONE_TO_TWO_FIFTHS = "one_to_two_fifths"
    OVER_TWO_FIFTHS = "over_two_fifths"
    UP_TO_A_TENTH = "up_to_a_tenth"
    ONE_TO_TWO_TENTHS = "one_to_two_tenths"
    TWO_TO_THREE_TENTHS = "two_to_three_tenths"
    THREE_TO_FOUR_TENTHS = "three_to_four_tenths"
    FOUR_TO_FIVE_TENTHS = "four_to_five_tenths"
    OVER_HALF = "over_half"


BAND_WORDS: Mapping[Band, str] = {
    Band.UP_TO_A_THIRD: N_("a third of the dots or less"),
    Band.OVER_A_THIRD: N_("more than a third of the dots"),
    Band.UP_TO_A_QUARTER: N_("a quarter of the dots or less"),
    Band.A_QUARTER_TO_HALF: N_("between a quarter and half of the dots"),
    Band.UP_TO_A_FIFTH: N_("a fifth of the dots or less"),
    Band.ONE_TO_TWO_FIFTHS: N_("between one and two fifths of the dots"),
    Band.OVER_TWO_FIFTHS: N_("more than two fifths of the dots"),
    Band.UP_TO_A_TENTH: N_("a tenth of the dots or less"),
    Band.ONE_TO_TWO_TENTHS: N_("between 1 and 2 tenths of the dots"),
    Band.TWO_TO_THREE_TENTHS: N_("between 2 and 3 tenths of the dots"),
    Band.THREE_TO_FOUR_TENTHS: N_("between 3 and 4 tenths of the dots"),
    Band.FOUR_TO_FIVE_TENTHS: N_("between 4 and 5 tenths of the dots"),
    Band.OVER_HALF: N_("more than half of the dots"),
}
# The lowest band of each scale. What lies in it has no number beside it: many groups share it, and are not ranked.
LOWEST = frozenset({Band.UP_TO_A_THIRD, Band.UP_TO_A_QUARTER, Band.UP_TO_A_FIFTH, Band.UP_TO_A_TENTH})
# Of the minutes, where nothing is left to be settled by talking.
VOTE_NOT_SHOWN = N_("The vote is not shown, to protect those who voted.")
VOTE_LEFT_OPEN = N_("A vote was begun and not closed, so nothing of it is shown.")
NOT_SHOWN_WORDS = N_("Not shown, to protect those who voted. Settle it by talking.")

# The share that a band lies above, the largest first. It lies above it and never on it: otherwise two groups with
# exactly half each would tell that nobody gave a dot to a third one.
Scale = tuple[tuple[Fraction, Band], ...]
_NOTHING = Fraction(-1)
_THIRDS: Scale = ((Fraction(1, 3), Band.OVER_A_THIRD), (_NOTHING, Band.UP_TO_A_THIRD))
_QUARTERS: Scale = (
    (Fraction(1, 2), Band.OVER_HALF),
    (Fraction(1, 4), Band.A_QUARTER_TO_HALF),
    (_NOTHING, Band.UP_TO_A_QUARTER),
)
_FIFTHS: Scale = (
    (Fraction(2, 5), Band.OVER_TWO_FIFTHS),
    (Fraction(1, 5), Band.ONE_TO_TWO_FIFTHS),
    (_NOTHING, Band.UP_TO_A_FIFTH),
)
_TENTHS: Scale = (
    (Fraction(5, 10), Band.OVER_HALF),
    (Fraction(4, 10), Band.FOUR_TO_FIVE_TENTHS),
    (Fraction(3, 10), Band.THREE_TO_FOUR_TENTHS),
    (Fraction(2, 10), Band.TWO_TO_THREE_TENTHS),
    (Fraction(1, 10), Band.ONE_TO_TWO_TENTHS),
    (_NOTHING, Band.UP_TO_A_TENTH),
)
# From how many organisations that voted on, the largest first.
_SCALES = ((32, _TENTHS), (12, _FIFTHS), (7, _QUARTERS), (0, _THIRDS))


@dataclass(frozen=True, slots=True)
class Vote:
    """The dots of one organisation by group. ``is_paid``: whether it is one of those who are paid."""

    is_paid: bool
    dots: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Shown:
    """What everybody may see of one group. ``place``: from 1; groups of one band share it."""

    group_id: str
    band: Band
    place: int


def scale_of(voices: int) -> Scale:
    """The bands for so many organisations that voted: the share that each lies above, the largest first."""
    return next(scale for least, scale in _SCALES if voices >= least)


def band_of(dots: int, total: int, scale: Scale) -> Band:
    """The band of a group's share of all the dots."""
    return next(band for above, band in scale if Fraction(dots, total) > above)


def displayed(votes: Sequence[Vote], group_ids: Sequence[str], budget: int) -> tuple[Shown, ...] | None:
    """What may be seen of a vote, in the order of ``group_ids``; None where too few voted to hide anybody.

    A vote without a dot counts as none.
    """
    cast = [vote for vote in votes if given(vote.dots)]
    is_safe = sum(vote.is_paid for vote in cast) >= LEAST_PAID and budget >= LEAST_DOTS
    if not is_safe or len(group_ids) < LEAST_GROUPS:
        return None
    total = sum(given(vote.dots) for vote in cast)
    scale = scale_of(len(cast))
    order = [band for _above, band in scale]
    bands = {id_: band_of(sum(vote.dots.get(id_, 0) for vote in cast), total, scale) for id_ in group_ids}
    ranks = {id_: order.index(band) for id_, band in bands.items()}
    return tuple(
        Shown(id_, bands[id_], 1 + sum(rank < ranks[id_] for rank in ranks.values())) for id_ in group_ids
    )


def given(dots: Mapping[str, int]) -> int:
    """How many dots are given in all."""
    return sum(dots.values())


def placed(dots: Mapping[str, int], group_id: str, count: int, budget: int) -> dict[str, int] | None:
    """The dots after one group was given ``count`` of them; None where that is no number, or more than are left."""
    changed = {id_: number for id_, number in dots.items() if number and id_ != group_id}
    if count < 0 or given(changed) + count > budget:
        return None
    return {**changed, group_id: count} if count else changed


def digest_of(dots: Mapping[str, int]) -> str:
    """What names one state of an organisation's dots, so that a form can say which state it showed."""
    text = json.dumps({id_: number for id_, number in dots.items() if number}, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:20]
