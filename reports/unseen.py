"""How many of all partners together could not see a practice: a band, where it tells nothing of anybody.

The figures beside it say already how many rated the statement, more or less: 5 to 9 of a group of 12 whose figure is
in half points. A band may say no more than that of a single person. So it is shown only where every band that the
figures allow leaves open, to an outsider and to any insider, whatever they leave open (docs/methodology.md, "Could
not see it"). Whether it is shown hangs on the figures alone, and never on the band.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import lru_cache
from itertools import pairwise, product

import numpy as np
from numpy.typing import NDArray

from reports.aggregate import RawUnseen
from reports.display import BANDS, FINENESS, Fineness, show_share
from reports.distributions import EDGES
from reports.model import NOT_SHOWN, WHOLE, Displayed, DisplayedShare, End, Shown, ShownShare
from surveys.groups import DisclosurePolicy

# Of very large groups only the ends are tried: a band that something fits there is possible all the more.
TRIED_AT_EACH_END = 500


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


def show_unseen(
    raw: RawUnseen, columns: Iterable[tuple[int, Displayed]], policy: DisclosurePolicy
) -> DisplayedShare:
    """The share of those who could not see it, as readers may see it.

    ``columns``: of each column of protected people, how many there are in it and the figure that it shows.
    """
    if not possible_shares(columns, policy):
        return NOT_SHOWN
    return show_share(raw.yes, raw.n, raw.by_organisation, policy)


def possible_shares(
    columns: Iterable[tuple[int, Displayed]], policy: DisclosurePolicy
) -> frozenset[ShownShare]:
    """The shares that may stand beside these figures; none where one of them could tell of somebody."""
    known = (
        (answers, _raters(answers, value, policy) if isinstance(value, Shown) else ())
        for answers, value in columns
    )
    return _possible_shares(tuple(sorted(known, key=str)), policy)


@lru_cache(maxsize=1024)
def _possible_shares(
    known: tuple[tuple[int, tuple[Raters, ...]], ...], policy: DisclosurePolicy
) -> frozenset[ShownShare]:
    """The same, by the people in each column and how many may have rated it; () for a figure that is not shown."""
    if not known:
        return frozenset()
    found: set[ShownShare] = set()
    for columns in _suppositions(known, policy):
        bands = [band for band in _bands(policy) if _may_be(columns, band, ())]
        if not all(_tells_nothing(columns, band) for band in bands):
            return frozenset()
        found |= {band.share for band in bands}
    return frozenset(found)


def _suppositions(
    known: Sequence[tuple[int, tuple[Raters, ...]]], policy: DisclosurePolicy
) -> Iterator[_Columns]:
    """What a reader may know of columns without a figure: too few rated it, or organisations, or nobody was asked.

    Of one with a figure: how many rated it, as the figure tells, or as a distribution beside it tells more closely.
    """
    hidden = [answers for answers, raters in known if not raters]
    for shown in _chosen([raters for _, raters in known if raters]):
        yield (*shown, *(Raters(answers, 0, min(answers, policy.k - 1)) for answers in hidden))
        if hidden:
            yield (*shown, *(Raters(answers, 0, answers) for answers in hidden))
            if shown:
                yield shown


def _chosen(known: Sequence[Sequence[Raters]]) -> Iterator[_Columns]:
    """Each column's ranges beside the widest of the others, and the narrowest of all together."""
    widest = tuple(column[0] for column in known)
    tried = {widest, tuple(column[-1] for column in known)}
    for place, column in enumerate(known):
        tried |= {(*widest[:place], one, *widest[place + 1 :]) for one in column[1:]}
    yield from tried


def _raters(answers: int, value: Shown, policy: DisclosurePolicy) -> tuple[Raters, ...]:
    """How many may have rated it by the figure alone, and by each distribution that may stand beside it."""
    rows = [place for place, row in enumerate(FINENESS) if row.step == value.step and _is_of(value, row)]
    if not rows:
        return (Raters(answers, 1, 0),)  # No number of people is shown so.
    after = rows[-1] + 1
    fewest = max(policy.k, FINENESS[rows[0]].from_answers)
    most = min(answers, FINENESS[after].from_answers - 1 if after < len(FINENESS) else answers)
    starts = (*(row.from_answers for row in EDGES), answers + 1)
    closer = (Raters(answers, max(fewest, low), min(most, high - 1)) for low, high in pairwise(starts))
    found = [Raters(answers, fewest, most), *(one for one in closer if one.fewest <= one.most)]
    if most == answers >= EDGES[0].from_answers:
        # Some distributions beside some figures can only be of everybody.
        found.append(Raters(answers, answers, answers))
    return tuple(dict.fromkeys(found))


def _is_of(value: Shown, row: Fineness) -> bool:
    if value.end is End.NONE:
        return row.ends.low < value.tenths < row.ends.high
    return value.tenths == (row.ends.low if value.end is End.OR_BELOW else row.ends.high)


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
