"""How far the people of one group agree on one statement, told from the displayed distribution alone.

r_wg (James, Demaree and Wolf, 1984): one minus the variance of the answers over that of answers by chance, when every
point of the scale is as likely as any other. The words are those of LeBreton and Senter (2008), table 3.
"""

from __future__ import annotations

from enum import StrEnum
from fractions import Fraction

from reports.model import WHOLE, DisplayedDistribution, ShownDistribution

# r_wg in hundredths from which on the words hold; under the last one people do not agree.
STRONG_FROM, MODERATE_FROM, WEAK_FROM = 71, 51, 31
# A group is split where at least so many per cent stand at either end for certain.
SPLIT_FROM = 40


class Agreement(StrEnum):
    """How far a group agrees. ``CANNOT_TELL``: its answers are not shown one by one."""

    STRONG = "strong"
    MODERATE = "moderate"
    WEAK = "weak"
    NONE = "none"
    CANNOT_TELL = "cannot_tell"


def agreement(distribution: DisplayedDistribution) -> Agreement:
    """The word for a displayed distribution, worked out from the middle of each of its bands."""
    if not isinstance(distribution, ShownDistribution):
        return Agreement.CANNOT_TELL
    index = r_wg(distribution)
    hundredths = (200 * index.numerator + index.denominator) // (2 * index.denominator)
    words = (
        (STRONG_FROM, Agreement.STRONG),
        (MODERATE_FROM, Agreement.MODERATE),
        (WEAK_FROM, Agreement.WEAK),
    )
    return next((word for least, word in words if hundredths >= least), Agreement.NONE)


def r_wg(distribution: ShownDistribution) -> Fraction:
    """r_wg from the middle of each band, made to add up to a whole; nought where people agree less than by chance."""
    weights = [Fraction(band.low + band.high, 2) for band in distribution.bands]
    total = sum(weights) or 1
    points = range(1, len(weights) + 1)
    mean = sum(weight * point for weight, point in zip(weights, points, strict=True)) / total
    variance = (
        sum(weight * (point - mean) ** 2 for weight, point in zip(weights, points, strict=True)) / total
    )
    by_chance = Fraction(len(weights) ** 2 - 1, 12)
    return max(Fraction(0), 1 - variance / by_chance)


def ends_of(distribution: ShownDistribution) -> tuple[int, int]:
    """How many per cent stand at the two lowest points and at the two highest, at the least."""
    bands = distribution.bands
    return (
        _at_least(distribution, range(2)),
        _at_least(distribution, range(len(bands) - 2, len(bands))),
    )


def is_split(distribution: DisplayedDistribution) -> bool:
    """Whether the group is divided: as many as ``SPLIT_FROM`` per cent for certain at either end."""
    return isinstance(distribution, ShownDistribution) and min(ends_of(distribution)) >= SPLIT_FROM


def _at_least(distribution: ShownDistribution, points: range) -> int:
    """The least share of these points together: what their bands say, or what those of all other points leave."""
    stated = sum(distribution.bands[point].low for point in points)
    others = sum(band.high for place, band in enumerate(distribution.bands) if place not in points)
    return max(stated, WHOLE - others)
