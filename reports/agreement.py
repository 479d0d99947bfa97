"""How far the people of one group agree on one statement, told from the displayed distribution alone.

The words are those of J. M. LeBreton and J. L. Senter, Organizational Research Methods 11 (2008) 815-852, table 3, for
r_wg; "very strong" (from 0.91 on) is in "strong", because bands of ten per cent cannot reach it.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from reports.language import N_
from reports.model import WHOLE, DisplayedDistribution, ShownDistribution
from reports.statistics import rwg, spread_of

# r_wg in hundredths from which on a word holds; under the last one people do not agree.
STRONG_FROM, MODERATE_FROM, WEAK_FROM = 71, 51, 31
# A group is split where at least so many per cent stand at either end for certain.
SPLIT_FROM = 40


class Agreement(StrEnum):
    """How far a group agrees. ``CANNOT_TELL``: how its answers are spread is not shown."""

    STRONG = "strong"
    MODERATE = "moderate"
    WEAK = "weak"
    NONE = "none"
    CANNOT_TELL = "cannot_tell"


AGREEMENT_WORDS: Mapping[Agreement, str] = {
    Agreement.STRONG: N_("Strong agreement"),
    Agreement.MODERATE: N_("Moderate agreement"),
    Agreement.WEAK: N_("Weak agreement"),
    Agreement.NONE: N_("No agreement"),
    Agreement.CANNOT_TELL: N_("Cannot tell"),
}


def agreement(distribution: DisplayedDistribution, answers: int) -> Agreement:
    """The word for a displayed distribution of a group of so many: the right one or, at times, the one beside it."""
    if not isinstance(distribution, ShownDistribution):
        return Agreement.CANNOT_TELL
    shares = _shares(distribution)
    hundredths = round(100 * rwg(spread_of(shares, answers), len(shares)))
    words = (
        (STRONG_FROM, Agreement.STRONG),
        (MODERATE_FROM, Agreement.MODERATE),
        (WEAK_FROM, Agreement.WEAK),
    )
    return next((word for least, word in words if hundredths >= least), Agreement.NONE)


def _shares(distribution: ShownDistribution) -> list[float]:
    """A share for each point: every band taken at the same height, the one at which they add up to the whole.

    The middles of the bands would add up to more, and make a group that agrees look divided.
    """
    lowest = sum(band.low for band in distribution.bands)
    room = sum(band.high - band.low for band in distribution.bands)
    height = (WHOLE - lowest) / room if room else 0
    return [band.low + height * (band.high - band.low) for band in distribution.bands]


def ends_of(distribution: ShownDistribution) -> tuple[int, int]:
    """How many per cent stand at the two lowest points and at the two highest, at the least."""
    points = len(distribution.bands)
    return _at_least(distribution, range(2)), _at_least(distribution, range(points - 2, points))


def is_split(distribution: DisplayedDistribution) -> bool:
    """Whether the group is divided: as many as ``SPLIT_FROM`` per cent for certain at either end."""
    return isinstance(distribution, ShownDistribution) and min(ends_of(distribution)) >= SPLIT_FROM


def _at_least(distribution: ShownDistribution, points: range) -> int:
    """The least share of these points together: what their bands say, or what those of all other points leave."""
    stated = sum(distribution.bands[point].low for point in points)
    others = sum(band.high for place, band in enumerate(distribution.bands) if place not in points)
    return max(stated, WHOLE - others)
