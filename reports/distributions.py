"""How the answers of a large group are spread: a band for each point, where mean and bands together hide everybody.

A distribution is shown beside its mean only if, of all answers that would be shown alike, an outsider finds each of the
five possible for anybody, an insider three at least, and two insiders together two. And the answers whose distribution
is not shown have to hide everybody just as well: if they do not, more are not shown. All of it is counted over every
way in which up to 40 people can answer (docs/methodology.md, "Distributions").
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations_with_replacement, pairwise, permutations, product

import numpy as np
from numpy.typing import NDArray

from reports.display import fineness_of
from reports.errors import CountError
from reports.inference import is_in_table, sums_behind
from reports.model import (
    NOT_SHOWN,
    WHOLE,
    Band,
    Displayed,
    DisplayedDistribution,
    End,
    Shown,
    ShownDistribution,
)

LEAST_ANSWERS = 10
POINTS = 5
FOR_INSIDERS = 3
FOR_TWO_INSIDERS = 2
# Up to here every way to answer is counted; beyond, sums lie so close that limits decide (see ``_by_limits``).
COUNTED_ONE_BY_ONE = 40


@dataclass(frozen=True, slots=True)
class Edges:
    """Where the bands of distributions of ``from_answers`` answers and more begin, in per cent, but for the first."""

    from_answers: int
    edges: tuple[int, ...]

    def bands(self) -> tuple[Band, ...]:
        """The bands, lowest first."""
        limits = (0, *self.edges, WHOLE)
        return tuple(Band(low, high) for low, high in pairwise(limits))


EDGES = (Edges(10, (20, 80)), Edges(15, (20, 40, 60, 80)), Edges(20, (20, 30, 40, 50, 60, 70, 80)))

Bands = tuple[Band, ...]
_Counts = NDArray[np.int64]
_Truths = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class _Alike:
    """The ways to answer with one displayed mean, those with the same bands put together.

    Shape: ``keys`` sets x 5 points (the place of the band); ``ways`` one number per set, zeros where they are not
    counted; ``together`` sets x 5 x 5 x 5: whether three people can have given these three points, ``pairs``
    sets x 5 x 5 whether two can, ``singles`` sets x 5 whether anybody can.
    """

    keys: _Counts
    ways: _Counts
    singles: _Truths
    pairs: _Truths
    together: _Truths


def edges_of(n: int) -> Edges:
    """The bands for ``n`` answers. Raises CountError under ten, where no distribution is shown."""
    fitting = [row for row in EDGES if row.from_answers <= n]
    if not fitting:
        raise CountError("The distribution of so few answers is never shown.")
    return fitting[-1]


def show_distribution(spread: Iterable[int], mean: Displayed) -> DisplayedDistribution:
    """The answers of a group as readers may see them. ``spread``: how many gave each point; ``mean``: as displayed."""
    counts = tuple(spread)
    n = sum(counts)
    if not isinstance(mean, Shown) or n < LEAST_ANSWERS:
        return NOT_SHOWN
    bands = edges_of(n).bands()
    found = tuple(next(band for band in reversed(bands) if WHOLE * count >= band.low * n) for count in counts)
    return ShownDistribution(found) if least_beside(found, mean, n) else NOT_SHOWN


def least_beside(bands: Bands, mean: Shown, n: int) -> int:
    """The fewest answers that stay possible for anybody to an insider; 0 where these bands may not be shown.

    To an outsider all five do, wherever they may be shown.
    """
    if n < LEAST_ANSWERS or len(bands) != POINTS or not is_in_table(mean, n):
        return 0
    places = {band: place for place, band in enumerate(edges_of(n).bands())}
    if any(band not in places for band in bands):
        return 0
    return _table(n, mean.tenths, mean.end).get(tuple(places[band] for band in bands), 0)


def least_alone(bands: Bands, mean: Shown, n: int) -> int:
    """What bands leave to an insider beside a mean of more than 40 answers; 0 where that is too little.

    Whether others with the same mean are hidden well enough is no matter of these bands: the audit looks at what
    is shown, and does not know which number of answers it was decided by.
    """
    edges = edges_of(n)
    if len(bands) != POINTS or not set(bands) <= set(edges.bands()) or not is_in_table(mean, n):
        return 0
    lows, highs = _limits(n)
    places = np.array([[edges.bands().index(band) for band in bands]])
    low, high = lows[places], highs[places]
    sums = sums_behind(mean, n)
    found = _possible(lambda given: _may_be(np.maximum(low, given), high, n, *sums), 1)
    return int(_leasts(*found)[0])


def answers_behind(spread: DisplayedDistribution, mean: Shown, numbers: Iterable[int]) -> tuple[int, ...]:
    """Which of some numbers of answers may be behind a mean that has this distribution beside it, or has none.

    ``numbers``: those that the mean itself allows. Of more than 40 answers, every number may be behind one without.
    """
    if isinstance(spread, ShownDistribution):
        return tuple(n for n in numbers if _may_be_shown(spread.bands, mean, n))
    return tuple(n for n in numbers if n < LEAST_ANSWERS or n > COUNTED_ONE_BY_ONE or _hides_some(mean, n))


def _may_be_shown(bands: Bands, mean: Shown, n: int) -> bool:
    if n < LEAST_ANSWERS:
        return False
    return bool((least_alone if n > COUNTED_ONE_BY_ONE else least_beside)(bands, mean, n))


def _hides_some(mean: Shown, n: int) -> bool:
    """Whether there are ways to answer with this mean whose distribution is not shown."""
    return len(_table(n, mean.tenths, mean.end)) < len(_counted(n)[mean.tenths].keys)


@lru_cache(maxsize=4096)
def _table(n: int, tenths: int, end: End) -> Mapping[tuple[int, ...], int]:
    """The bands that may be shown beside one displayed mean of ``n`` answers, and what they leave to an insider."""
    value = Shown(tenths, fineness_of(n).step, end)
    alike = _counted(n)[tenths] if n <= COUNTED_ONE_BY_ONE else _by_limits(n, *sums_behind(value, n))
    leasts = _leasts(alike.singles, alike.pairs, alike.together)
    is_hidden = leasts == 0
    if is_hidden.any():
        # Those that are not shown have to hide everybody too: if need be, the rarest of the others join them.
        order = np.lexsort((alike.ways, ~is_hidden))
        joined = (
            np.logical_or.accumulate(truths[order]) for truths in (alike.singles, alike.pairs, alike.together)
        )
        enough = np.flatnonzero((_leasts(*joined) > 0) & (np.arange(len(order)) >= is_hidden.sum() - 1))
        is_hidden[order[: enough[0] + 1 if len(enough) else len(order)]] = True
    shown = zip(alike.keys[~is_hidden].tolist(), leasts[~is_hidden].tolist(), strict=True)
    return {tuple(key): least for key, least in shown}


def _leasts(singles: _Truths, pairs: _Truths, together: _Truths) -> _Counts:
    """What each set leaves possible to an insider; 0 where it leaves anybody too little."""
    to_one = np.where(singles, pairs.sum(2), POINTS).min(1)
    to_two = np.where(pairs, together.sum(3), POINTS).min((1, 2))
    holds = singles.all(1) & (to_one >= FOR_INSIDERS) & (to_two >= FOR_TWO_INSIDERS)
    return np.where(holds, to_one, 0)


@lru_cache(maxsize=64)
def _counted(n: int) -> Mapping[int, _Alike]:
    """By displayed mean (tenths), every way in which ``n`` people can answer."""
    counts = _ways(n)
    row = fineness_of(n)
    totals = counts @ np.arange(1, POINTS + 1)
    means = (20 * totals + row.step * n) // (2 * row.step * n) * row.step
    means = np.clip(means, row.ends.low, row.ends.high)
    starts_of = [-(edge * n // -WHOLE) for edge in edges_of(n).edges]
    bands = np.searchsorted(starts_of, counts, side="right")
    size = len(starts_of) + 1
    codes = means * size**POINTS + bands @ (size ** np.arange(POINTS))
    order = np.argsort(codes, kind="stable")
    counts, bands, codes = counts[order], bands[order], codes[order]
    starts = np.flatnonzero(np.r_[True, codes[1:] != codes[:-1]])
    singles, pairs, together = _possible(
        lambda given: np.logical_or.reduceat((counts >= given).all(1), starts), len(starts)
    )
    of_mean = means[order][starts]
    ways = np.diff(np.r_[starts, len(codes)])
    return {
        int(mean): _Alike(
            bands[starts][chosen], ways[chosen], singles[chosen], pairs[chosen], together[chosen]
        )
        for mean in np.unique(of_mean)
        for chosen in [of_mean == mean]
    }


def _possible(can: Callable[[_Counts], _Truths], sets: int) -> tuple[_Truths, _Truths, _Truths]:
    """Which points one, two and three people can have given. ``can`` says it of so many people at each point."""
    units = np.eye(POINTS, dtype=np.int64)
    singles = np.column_stack([can(units[point]) for point in range(POINTS)])
    pairs = np.empty((sets, POINTS, POINTS), bool)
    together = np.empty((sets, POINTS, POINTS, POINTS), bool)
    for two in combinations_with_replacement(range(POINTS), 2):
        truths = can(units[list(two)].sum(0))
        for first, second in permutations(two):
            pairs[:, first, second] = truths
    for three in combinations_with_replacement(range(POINTS), 3):
        truths = can(units[list(three)].sum(0))
        for first, second, third in permutations(three):
            together[:, first, second, third] = truths
    return singles, pairs, together


def _ways(n: int) -> _Counts:
    """Every way in which ``n`` people can answer. Shape: ways x 5, how many gave each point."""
    ways = np.arange(n + 1)[:, None]
    for _ in range(POINTS - 2):
        left = n - ways.sum(1)
        further = np.arange(left.sum() + len(left)) - np.repeat(np.cumsum(left + 1) - left - 1, left + 1)
        ways = np.column_stack([np.repeat(ways, left + 1, axis=0), further])
    return np.column_stack([ways, n - ways.sum(1)])


def _by_limits(n: int, low_sum: int, high_sum: int) -> _Alike:
    """The same for more than 40 people, from the fewest and the most that a band may hold.

    Between the lowest and the highest sum that a set of limits allows one can go person by person, each step four at
    most; so every interval of four whole numbers between them is met, and a displayed mean of 41 people is one.
    """
    lows, highs = _limits(n)
    keys = np.array(list(product(range(len(lows)), repeat=POINTS)))
    keys = keys[(lows[keys].sum(1) <= n) & (highs[keys].sum(1) >= n)]
    low, high = lows[keys], highs[keys]
    exists = _may_be(low, high, n, low_sum, high_sum)
    keys, low, high = keys[exists], low[exists], high[exists]
    found = _possible(lambda given: _may_be(np.maximum(low, given), high, n, low_sum, high_sum), len(keys))
    return _Alike(keys, np.zeros(len(keys), np.int64), *found)


def _limits(n: int) -> tuple[_Counts, _Counts]:
    """The fewest and the most of ``n`` people in each band, lowest first."""
    lows = np.array([-(edge * n // -WHOLE) for edge in (0, *edges_of(n).edges)])
    return lows, np.array([*(lows[1:] - 1), n])


def _may_be(low: _Counts, high: _Counts, n: int, low_sum: int, high_sum: int) -> _Truths:
    """Whether ``n`` people can give each point within limits (sets x 5) and add up to something between two sums."""
    points = np.arange(1, POINTS + 1)
    room = high - low
    left = (n - low.sum(1))[:, None]
    start = low @ points
    # Whoever is left takes the lowest points that have room for the least sum, and the highest for the most.
    upward = np.clip(left - (np.cumsum(room, 1) - room), 0, room)
    above = np.cumsum(room[:, ::-1], 1)[:, ::-1] - room
    downward = np.clip(left - above, 0, room)
    fits = (room >= 0).all(1) & (left[:, 0] >= 0) & (room.sum(1) >= left[:, 0])
    is_possible: _Truths = (
        fits & (start + upward @ points <= high_sum) & (start + downward @ points >= low_sum)
    )
    return is_possible
