"""Statistics of displayed values, each with its source: agreement, internal consistency, uncertainty, reliability.

Plain formulas over small sequences of numbers. ``docs/methodology.md`` prints them; ``tests/unit/test_statistics.py``
holds them against R's packages multilevel and psych and against counting every sample out.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

POINTS: Final = 5
# The 97.5 % point of the standard normal distribution: 19 samples in 20 lie within so many standard errors.
Z_95: Final = 1.959964


def uniform_variance(points: int = POINTS) -> float:
    """The variance of answers that are given at random, each point of the scale alike: (A² - 1) / 12.

    Source: L. R. James, R. G. Demaree, G. Wolf, J. Appl. Psychol. 69 (1984) 85-98.
    """
    return (points**2 - 1) / 12


def spread_of(shares: Sequence[float], n: int) -> float:
    """The sample variance (n - 1 below) of ``n`` answers of which ``shares`` chose each point, lowest first.

    The shares are scaled so that they add up to one. Raises ValueError for fewer than two answers or no share.
    """
    total = sum(shares)
    if n < 2 or total <= 0:
        raise ValueError("A spread needs two answers at least.")
    mean = sum(share * point for point, share in enumerate(shares, start=1)) / total
    squares = sum(share * (point - mean) ** 2 for point, share in enumerate(shares, start=1)) / total
    return squares * n / (n - 1)


def rwg(variance: float, points: int = POINTS) -> float:
    """Agreement of raters on one item: r_wg = 1 - s² / σ², and 0 where they agree less than at random.

    Source: James, Demaree, Wolf (1984), with the uniform distribution as what random answers look like.
    """
    return max(0.0, 1 - variance / uniform_variance(points))


def rwg_j(variances: Sequence[float], points: int = POINTS) -> float:
    """Agreement of raters on J items that ask about one thing: r_wg(J).

    J(1 - s̄²/σ²) / (J(1 - s̄²/σ²) + s̄²/σ²), s̄² the mean of the items' variances. Source: as ``rwg``. Raises
    ValueError without items.
    """
    if not variances:
        raise ValueError("An agreement needs an item at least.")
    share = min(1.0, sum(variances) / len(variances) / uniform_variance(points))
    agreed = len(variances) * (1 - share)
    return agreed / (agreed + share)


def alpha(rows: Sequence[Sequence[float]]) -> float | None:
    """Internal consistency of items: Cronbach's α = J / (J - 1) · (1 - Σ s²_item / s²_total).

    ``rows``: a row for each rater (or group), a number for each of J items. None where it does not exist: fewer than
    two rows or items, or rows whose totals are all the same. Source: L. J. Cronbach, Psychometrika 16 (1951) 297-334.
    """
    items = len(rows[0]) if rows else 0
    if len(rows) < 2 or items < 2:
        return None
    total = _variance([math.fsum(row) for row in rows])
    if total <= 0:
        return None
    return (
        items / (items - 1) * (1 - math.fsum(_variance(column) for column in zip(*rows, strict=True)) / total)
    )


def most_variance(mean: float, n: int, points: int = POINTS) -> float:
    """The largest sample variance that ``n`` answers from 1 to ``points`` with this mean can have.

    (points - mean)(mean - 1) · n / (n - 1). Source: R. Bhatia, C. Davis, Am. Math. Mon. 107 (2000) 353-357. Raises
    ValueError for fewer than two answers or a mean beyond the scale.
    """
    if n < 2 or not 1 <= mean <= points:
        raise ValueError("A variance needs two answers on the scale at least.")
    return (points - mean) * (mean - 1) * n / (n - 1)


def standard_error(variance: float, n: int, asked: int) -> float:
    """How far the mean of ``n`` answers typically is from that of all ``asked``, were they drawn from these by lot.

    sqrt((1 - n/N) · s² / n): nothing is uncertain once everybody has answered. Source: W. G. Cochran, Sampling
    Techniques (3rd ed., 1977), 2.6. Raises ValueError unless 0 < n ≤ asked.
    """
    if not 0 < n <= asked:
        raise ValueError("Of those who were asked, one at least must have answered.")
    return math.sqrt((1 - n / asked) * variance / n)


def margin(mean: float, n: int, asked: int) -> float:
    """Within how much of a displayed mean that of all ``asked`` would lie in 19 of 20 draws, in points of the scale.

    The true spread is not published: the widest that is possible gives an upper limit.
    """
    return Z_95 * standard_error(most_variance(mean, n), n, asked) if n > 1 else float(POINTS - 1)


def reliability(raters: int, of_one: float) -> float:
    """How reliable the mean of several raters is: Spearman and Brown's k·r / (1 + (k - 1)·r).

    ``of_one``: the reliability of a single rater (an intraclass correlation, ICC(1)), 0 to 1. Source: C. Spearman and
    W. Brown, Br. J. Psychol. 3 (1910) 271-322.
    """
    return raters * of_one / (1 + (raters - 1) * of_one)


def _variance(values: Sequence[float]) -> float:
    mean = math.fsum(values) / len(values)
    return math.fsum((value - mean) ** 2 for value in values) / (len(values) - 1)
