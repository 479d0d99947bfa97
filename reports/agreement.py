"""How far the people of one group agree on one statement, told from the displayed distribution alone.

The words are those of J. M. LeBreton and J. L. Senter, Organizational Research Methods 11 (2008) 815-852, table 3, for
r_wg; "very strong" (from 0.91 on) is in "strong", because bands of ten per cent cannot reach it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from reports.language import N_
from reports.model import WHOLE, Displayed, DisplayedDistribution, Shown, ShownDistribution
from reports.sides import bounds
from reports.statistics import rwg, rwg_j

# r_wg in hundredths from which on a word holds; under the last one people do not agree.
STRONG_FROM, MODERATE_FROM, WEAK_FROM = 71, 51, 31
# A group is split where at least so many per cent stand at either end for certain.
SPLIT_FROM = 40
_PARTS = 20
# Of fewer statements there is no agreement over several.
LEAST_TOGETHER = 2


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


def agreement(distribution: DisplayedDistribution, answers: int, mean: Displayed) -> Agreement:
    """The word for a displayed distribution of a group of so many, beside its displayed mean.

    Every spread of answers that fits both is looked at. Where r_wg may be of two neighbouring words, the one in the
    middle is said; where of more, nobody can tell.
    """
    if not isinstance(distribution, ShownDistribution) or not isinstance(mean, Shown):
        return Agreement.CANNOT_TELL
    possible = _variances(tuple((band.low, band.high) for band in distribution.bands), mean)
    if possible is None:
        return Agreement.CANNOT_TELL
    least, most = (rwg(variance * answers / (answers - 1)) for variance in reversed(possible))
    return _told(least, most)


def agreement_over(shown: Sequence[tuple[DisplayedDistribution, Displayed]], answers: int) -> Agreement:
    """The word for several statements together, by r_wg(J): for the distributions and means of a group of so many.

    From two statements on; as for one, every spread that fits is looked at.
    """
    possible = [
        _variances(tuple((band.low, band.high) for band in distribution.bands), mean)
        for distribution, mean in shown
        if isinstance(distribution, ShownDistribution) and isinstance(mean, Shown)
    ]
    known = [one for one in possible if one is not None]
    if len(known) < LEAST_TOGETHER or len(known) < len(shown):
        return Agreement.CANNOT_TELL
    each = [[variance * answers / (answers - 1) for variance in one] for one in known]
    return _told(rwg_j([most for _, most in each]), rwg_j([least for least, _ in each]))


def _told(least: float, most: float) -> Agreement:
    order = list(Agreement)
    if abs(order.index(_word(least)) - order.index(_word(most))) > 1:
        return Agreement.CANNOT_TELL
    return _word((least + most) / 2)


def shares_of(distribution: ShownDistribution) -> list[float]:
    """A share for each point, to draw: every band at the same height, the one at which they add up to the whole."""
    lowest = sum(band.low for band in distribution.bands)
    room = sum(band.high - band.low for band in distribution.bands)
    height = (WHOLE - lowest) / room if room else 0
    return [band.low + height * (band.high - band.low) for band in distribution.bands]


def _word(index: float) -> Agreement:
    hundredths = round(100 * index)
    words = (
        (STRONG_FROM, Agreement.STRONG),
        (MODERATE_FROM, Agreement.MODERATE),
        (WEAK_FROM, Agreement.WEAK),
    )
    return next((word for least, word in words if hundredths >= least), Agreement.NONE)


@lru_cache(maxsize=4096)
def _variances(bands: tuple[tuple[int, int], ...], mean: Shown) -> tuple[float, float] | None:
    """The least and the greatest variance of answers that fit the bands and the mean; None where none do."""
    shares = _spreads(len(bands))
    limits = np.array(bands).T
    points = np.arange(1, len(bands) + 1)
    means = shares @ points / WHOLE
    low, high = bounds(mean)
    half = mean.step / 2
    fits = ((shares >= limits[0]) & (shares <= limits[1])).all(axis=1)
    fits &= (10 * means >= low - half) & (10 * means <= high + half)
    if not fits.any():
        return None
    variances = (shares[fits] @ points**2) / WHOLE - means[fits] ** 2
    return float(variances.min()), float(variances.max())


@lru_cache(maxsize=1)
def _spreads(points: int) -> NDArray[np.int64]:
    """Every way to share a whole out among the points of the scale, in twentieths.

    Shape: ways x points, lowest first. Unit: per cent.
    """
    ways = np.zeros((1, 0), np.int64)
    for _point in range(points - 1):
        left = _PARTS - ways.sum(axis=1)
        further = np.concatenate([np.arange(rest + 1) for rest in left])
        ways = np.column_stack([np.repeat(ways, left + 1, axis=0), further])
    return np.column_stack([ways, _PARTS - ways.sum(axis=1)]) * WHOLE // _PARTS


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
