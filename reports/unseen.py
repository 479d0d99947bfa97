"""How many of all partners together could not see a practice: a band, where it tells nothing of anybody.

The figures beside it say already how many rated the statement, more or less: 5 to 9 of a group of 12 whose figure is
in half points; a distribution says it more closely. A band may say no more than that of a single person. So it is
shown only where every band that all this allows leaves open, to an outsider and to any insider, whatever it leaves
open (docs/methodology.md, "Could not see it"). Whether it is shown hangs on what is shown beside it, and never on the
band.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import lru_cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

from reports.aggregate import RawUnseen
from reports.display import BANDS, show_share
from reports.distributions import answers_behind
from reports.inference import is_in_table
from reports.model import (
    NOT_SHOWN,
    WHOLE,
    Displayed,
    DisplayedDistribution,
    DisplayedShare,
    Item,
    Part,
    Shown,
    ShownShare,
)
from surveys.groups import DisclosurePolicy
from surveys.publication import CountedBy
from surveys.subjects import Subject

# Of very large groups only the ends are tried: a band that something fits there is possible all the more.
TRIED_AT_EACH_END = 500
# Of so many columns at most it is tried whether a missing distribution tells something of them or not.
MOST_ALTERNATIVES = 6


class State(Enum):
    """What one person may have done with a statement. ``NEITHER``: left it out, or chose another way not to answer."""

    RATED = "rated"
    UNSEEN = "unseen"
    NEITHER = "neither"


@dataclass(frozen=True, slots=True)
class Raters:
    """What a reader knows of one column: ``answers`` people, of whom ``fewest`` to ``most`` rated the statement."""

    answers: int
    fewest: int
    most: int


@dataclass(frozen=True, slots=True)
class _Band:
    """A band of shares: of ``fewest`` to ``most`` people, from ``low`` to ``high`` per cent could not see it."""

    fewest: int
    most: int
    low: int
    high: int

    @property
    def share(self) -> ShownShare:
        return ShownShare(self.low, self.high)


_Columns = tuple[Raters, ...]
# Who did what: how often in which column.
_Told = tuple[tuple[int, State], ...]
# What stands beside the share: how many people are in a column, the figure that it shows, and its distribution.
Beside = tuple[int, Displayed, DisplayedDistribution]


def band_of_unseen(raw: RawUnseen, policy: DisclosurePolicy) -> DisplayedShare:
    """The share of those who could not see it, as a band. ``without_telling_shares`` says whether it may be shown."""
    return show_share(raw.yes, raw.n, raw.by_organisation, policy)


def without_telling_shares(
    parts: Iterable[Part], policy: DisclosurePolicy, counted_by: CountedBy
) -> tuple[Part, ...]:
    """The parts, without the shares that could tell of somebody beside the figures and distributions shown."""
    return tuple(
        replace(
            part,
            sections=tuple(
                replace(
                    section,
                    items=tuple(
                        item
                        if shares_beside(part, item, policy, counted_by)
                        else replace(item, not_seen=NOT_SHOWN)
                        for item in section.items
                    ),
                )
                for section in part.sections
            ),
        )
        for part in parts
    )


def shares_beside(
    part: Part, item: Item, policy: DisclosurePolicy, counted_by: CountedBy
) -> frozenset[ShownShare]:
    """The shares that may stand beside the figures of one statement; none where one of them could tell of somebody.

    Nor where an organisation may have one voice in two columns each: together they would count it once.
    """
    pooled = [group for group in part.groups if group.is_pooled]
    is_shared = counted_by is CountedBy.ORGANISATION and part.subject == Subject.BUYERS
    if is_shared and len(pooled) > 1:
        return frozenset()
    return possible_shares(
        (
            (group.answers or 0, item.values[group.id], item.distributions.get(group.id, NOT_SHOWN))
            for group in pooled
        ),
        policy,
    )


def possible_shares(columns: Iterable[Beside], policy: DisclosurePolicy) -> frozenset[ShownShare]:
    """The shares that may stand beside these columns; none where one of them could tell of somebody."""
    return _possible_shares(tuple(sorted(columns, key=str)), policy)


@lru_cache(maxsize=4096)
def _possible_shares(columns: tuple[Beside, ...], policy: DisclosurePolicy) -> frozenset[ShownShare]:
    hidden = [answers for answers, value, _ in columns if not isinstance(value, Shown)]
    known = [
        _raters(answers, value, spread, policy)
        for answers, value, spread in columns
        if isinstance(value, Shown)
    ]
    # Where the numbers that may have rated it have gaps, nothing here can try them.
    if not columns or not all(known) or sum(len(column) > 1 for column in known) > MOST_ALTERNATIVES:
        return frozenset()
    found: set[ShownShare] = set()
    for supposed in (one for shown in product(*known) for one in _suppositions(shown, hidden, policy)):
        now = _safe_shares(supposed, policy)
        if now is None:
            return frozenset()
        found |= now
    return frozenset(found)


@lru_cache(maxsize=4096)
def _safe_shares(columns: _Columns, policy: DisclosurePolicy) -> frozenset[ShownShare] | None:
    """The shares that are possible beside columns of which so much is known; None where one tells of somebody."""
    bands = [band for band in _bands(policy) if _may_be(columns, band, ())]
    if not all(_tells_nothing(columns, band) for band in bands):
        return None
    return frozenset(band.share for band in bands)


def _suppositions(shown: _Columns, hidden: Sequence[int], policy: DisclosurePolicy) -> Iterator[_Columns]:
    """What a reader may know of columns without a figure: too few rated it, or organisations, or nobody was asked."""
    yield (*shown, *(Raters(answers, 0, min(answers, policy.k - 1)) for answers in hidden))
    if hidden:
        yield (*shown, *(Raters(answers, 0, answers) for answers in hidden))
        if shown:
            yield shown


def _raters(
    answers: int, value: Shown, spread: DisplayedDistribution, policy: DisclosurePolicy
) -> tuple[Raters, ...]:
    """How many may have rated it, to a reader who sees this much; empty where such numbers have gaps.

    Two possibilities where no distribution is shown: none ever is, or none is beside these answers.
    """
    by_figure = tuple(n for n in range(policy.k, answers + 1) if is_in_table(value, n))
    by_spread = answers_behind(spread, value, by_figure)
    told = (by_spread,) if spread != NOT_SHOWN else (by_figure, by_spread)
    return tuple(
        dict.fromkeys(Raters(answers, numbers[0], numbers[-1]) for numbers in told if _is_whole(numbers))
        if all(map(_is_whole, told))
        else ()
    )


def _is_whole(numbers: Sequence[int]) -> bool:
    return bool(numbers) and numbers[-1] - numbers[0] == len(numbers) - 1


def _bands(policy: DisclosurePolicy) -> Iterator[_Band]:
    for place, row in enumerate(BANDS):
        most = BANDS[place + 1].from_answers - 1 if place + 1 < len(BANDS) else 10**9
        for low, high in ((0, row.limit), (row.limit, WHOLE - row.limit), (WHOLE - row.limit, WHOLE)):
            if most >= policy.k:
                yield _Band(max(row.from_answers, policy.k), most, low, high)


def _tells_nothing(columns: _Columns, band: _Band) -> bool:
    """Whether a band leaves open what the figures leave open, of anybody and to any insider."""
    sizes = Counter(columns)
    kinds = list(sizes)
    apart = tuple(kind for kind in kinds for _ in range(min(sizes[kind], 2)))
    rest = tuple(kind for kind, size in sizes.items() for _ in range(size - 2))
    known = (*apart, *rest)
    for own, state in [(None, None), *product(range(len(apart)), State)]:
        told: _Told = () if own is None or state is None else ((own, state),)
        if not _may_be(known, band, told):
            continue
        for other in range(len(apart)):
            for is_unseen in (True, False):
                states = (State.UNSEEN,) if is_unseen else (State.RATED, State.NEITHER)
                open_before = any(_may_be(known, None, (*told, (other, one))) for one in states)
                if open_before and not any(_may_be(known, band, (*told, (other, one))) for one in states):
                    return False
    return True


def _may_be(columns: _Columns, band: _Band | None, told: _Told) -> bool:
    """Whether people can have done what is told, beside the figures and the band.

    ``told``: the column and the state of single people, all of them different.
    """
    counted = Counter(told)
    free = []
    for place, column in enumerate(columns):
        rated, unseen, neither = (counted[place, state] for state in State)
        free.append(
            replace(
                column,
                answers=column.answers - neither,
                fewest=max(column.fewest, rated),
                most=min(column.most, column.answers - unseen - neither),
            )
        )
    if any(column.fewest > column.most for column in free):
        return False
    if band is None:
        return True
    least_unseen = sum(count for (_, state), count in counted.items() if state is State.UNSEEN)
    return _fits(free, band, least_unseen)


def _fits(columns: Sequence[Raters], band: _Band, least_unseen: int) -> bool:
    """Whether some number of raters and of people who could not see it together make the band."""
    fewest, most = (sum(getattr(column, end) for column in columns) for end in ("fewest", "most"))
    rated = _tried(fewest, most)
    # Of x per cent unseen and the rest rated, unseen : rated = x : (100 - x). The outer bands hold their limits.
    is_between = band.low > 0 and band.high < WHOLE
    lowest = -(band.low * rated // -(WHOLE - band.low)) + (
        is_between & (band.low * rated % (WHOLE - band.low) == 0)
    )
    low = np.maximum.reduce([np.full_like(rated, least_unseen), band.fewest - rated, lowest])
    high = np.minimum(sum(column.answers for column in columns) - rated, band.most - rated)
    if band.high < WHOLE:
        highest = band.high * rated // (WHOLE - band.high)
        high = np.minimum(high, highest - (is_between & (band.high * rated % (WHOLE - band.high) == 0)))
    return bool((low <= high).any())


def _tried(fewest: int, most: int) -> NDArray[np.int64]:
    everything = np.arange(fewest, most + 1, dtype=np.int64)
    if len(everything) <= 2 * TRIED_AT_EACH_END:
        return everything
    return np.concatenate([everything[:TRIED_AT_EACH_END], everything[-TRIED_AT_EACH_END:]])
