"""Distributions: what stands beside a mean hides everybody, and so does what does not."""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations_with_replacement, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from reports.beside_audit import distribution_fault
from reports.display import show
from reports.distributions import EDGES, LEAST_ANSWERS, edges_of, least_beside, show_distribution
from reports.errors import CountError
from reports.inference import sums_behind
from reports.model import NOT_SHOWN, Band, End, Item, Shown, ShownDistribution
from surveys.publication import CountedBy
from tests.counted_chains import POLICY

POINTS = range(5)


def mean_of(spread):
    people = {f"o{number}": 1 for number in range(sum(spread))}
    total = sum(point * count for point, count in enumerate(spread, start=1))
    return show(total, sum(spread), people, POLICY, is_attributed=False)


def ways(n, points=5):
    if points == 1:
        yield (n,)
        return
    for first in range(n + 1):
        for rest in ways(n - first, points - 1):
            yield (first, *rest)


def shown_alike(n):
    """By what a reader sees (the mean and the distribution), every way in which n people can answer."""
    found = defaultdict(list)
    for spread in ways(n):
        mean = mean_of(spread)
        found[mean, show_distribution(spread, mean)].append(spread)
    return found


def can_have_given(spread, *points):
    return all(spread[point] >= points.count(point) for point in points)


@pytest.mark.parametrize("n", range(10, 25))
def test_of_all_who_are_shown_alike_with_or_without_a_distribution_everybody_is_hidden(n):
    """Every way to answer: an outsider rules out nothing, an insider leaves three answers, two of them leave two."""
    for spreads in shown_alike(n).values():
        assert all(any(can_have_given(spread, point) for spread in spreads) for point in POINTS)
        for own in POINTS:
            left = sum(any(can_have_given(spread, own, other) for spread in spreads) for other in POINTS)
            assert left >= 3
        for own, friend in combinations_with_replacement(POINTS, 2):
            known = [spread for spread in spreads if can_have_given(spread, own, friend)]
            left = sum(
                any(can_have_given(spread, own, friend, other) for spread in known) for other in POINTS
            )
            assert left >= 2 or not known


@pytest.mark.parametrize(("n", "least"), [(10, 0.5), (14, 0.5), (20, 0.5), (23, 0.5)])
def test_most_answers_of_people_who_broadly_agree_have_a_distribution(n, least):
    random = np.random.default_rng(360)
    shown = []
    for centre, width in product((1.6, 2.4, 3.0, 3.6, 4.4), (0.7, 1.0)):
        chances = np.exp(-((np.arange(1, 6) - centre) ** 2) / (2 * width**2))
        for spread in random.multinomial(n, chances / chances.sum(), 30).tolist():
            shown.append(show_distribution(spread, mean_of(spread)) != NOT_SHOWN)
    assert sum(shown) / len(shown) >= least


def test_a_divided_group_looks_divided():
    spread = (5, 1, 0, 2, 4)
    shown = show_distribution(spread, mean_of(spread))
    assert isinstance(shown, ShownDistribution)
    assert [band.text for band in shown.bands] == [
        "20 to under 80 %", "under 20 %", "under 20 %", "under 20 %", "20 to under 80 %",
    ]  # fmt: skip


def test_ten_per_cent_wide_from_twenty_people_on():
    spread = (1, 3, 5, 9, 7)
    shown = show_distribution(spread, mean_of(spread))
    assert isinstance(shown, ShownDistribution)
    assert [(band.low, band.high) for band in shown.bands] == [(0, 20), (0, 20), (20, 30), (30, 40), (20, 30)]


@given(st.lists(st.integers(0, 12), min_size=5, max_size=5))
def test_every_band_holds_its_share(spread):
    n = sum(spread)
    shown = show_distribution(spread, mean_of(spread)) if n else NOT_SHOWN
    if not isinstance(shown, ShownDistribution):
        return
    assert n >= LEAST_ANSWERS
    for count, band in zip(spread, shown.bands, strict=True):
        assert band.low * n <= 100 * count
        assert 100 * count < band.high * n or band.high == 100


@pytest.mark.parametrize("spread", [(9, 0, 0, 0, 0), (2, 2, 2, 2, 1)])
def test_nine_people_have_none(spread):
    assert show_distribution(spread, mean_of(spread)) == NOT_SHOWN
    with pytest.raises(CountError):
        edges_of(9)


def test_beside_a_mean_that_is_not_shown_there_is_none():
    assert show_distribution((2, 2, 2, 2, 2), NOT_SHOWN) == NOT_SHOWN


@pytest.mark.parametrize(
    "bands",
    [
        (Band(0, 20),) * 4 + (Band(100, 100),),
        (Band(0, 10), Band(10, 20), Band(20, 30), Band(30, 40), Band(40, 50)),
        (Band(0, 20),) * 4,
    ],
)
def test_bands_that_the_table_does_not_have_may_not_be_shown(bands):
    mean = mean_of((0, 0, 4, 8, 9))
    assert isinstance(mean, Shown)
    assert least_beside(bands, mean, 21) == 0


def solver_says(n, mean, bands, *points):
    """Whether people with these answers can be among n with such a mean and such bands, as the solver finds it."""
    low_sum, high_sum = sums_behind(mean, n)
    told = np.array([points.count(point) for point in POINTS])
    low = np.maximum([-(band.low * n // -100) for band in bands], told)
    high = np.array([n if band.high == 100 else -(band.high * n // -100) - 1 for band in bands])
    if (low > high).any():
        return False
    found = milp(
        np.zeros(5),
        constraints=LinearConstraint(np.array([np.ones(5), np.arange(1, 6)]), [n, low_sum], [n, high_sum]),
        bounds=Bounds(low, high),
        integrality=np.ones(5),
    )
    return found.status == 0


@settings(max_examples=15, deadline=None)
@given(st.integers(41, 300), st.integers(0, 2**32))
def test_beyond_forty_people_the_solver_finds_everybody_hidden_where_a_distribution_is_shown(n, seed):
    random = np.random.default_rng(seed)
    spread = random.multinomial(n, random.dirichlet(np.full(5, 0.7))).tolist()
    mean = mean_of(spread)
    shown = show_distribution(spread, mean)
    if not isinstance(shown, ShownDistribution):
        return
    assert all(solver_says(n, mean, shown.bands, point) for point in POINTS)
    for own in POINTS:
        assert sum(solver_says(n, mean, shown.bands, own, other) for other in POINTS) >= 3


@settings(max_examples=25, deadline=None)
@given(st.integers(41, 120), st.integers(0, 40), st.integers(0, 2**32))
def test_the_audit_finds_honest_every_distribution_of_a_large_group_of_whom_some_did_not_rate(n, more, seed):
    random = np.random.default_rng(seed)
    spread = random.multinomial(n, random.dirichlet(np.full(5, 1.5))).tolist()
    mean = mean_of(spread)
    shown = show_distribution(spread, mean)
    item = Item("q", "It is so.", (), {"g": mean}, mean, distributions={"g": shown})
    assert distribution_fault(item, "g", n + more, CountedBy.PERSON) == ""


def test_a_distribution_that_leaves_nobody_over_is_caught_in_a_group_of_any_size():
    shown = ShownDistribution(
        tuple(Band(*band) for band in ((20, 30), (20, 30), (30, 40), (30, 40), (0, 20)))
    )
    item = Item("q", "It is so.", (), {"g": Shown(50, 1, End.NONE)}, NOT_SHOWN, distributions={"g": shown})
    for answers in (45, 300, 20_000):
        assert "tells too much" in distribution_fault(item, "g", answers, CountedBy.PERSON)


def test_the_edges_grow_finer_with_the_number_of_answers():
    assert [row.from_answers for row in EDGES] == [10, 15, 20]
    assert [len(row.bands()) for row in EDGES] == [3, 5, 8]
