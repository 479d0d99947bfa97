"""The statistics beside R's packages multilevel 2.7 and psych 2.2.9, and beside counting every sample out."""

from __future__ import annotations

import json
import math
import statistics as plain
from itertools import combinations, product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.statistics import (
    alpha,
    margin,
    most_variance,
    reliability,
    rwg,
    rwg_j,
    spread_of,
    standard_error,
    uniform_variance,
)

REFERENCE = json.loads((Path(__file__).parent / "reference" / "statistics.json").read_text("utf-8"))
RATINGS = st.lists(st.integers(1, 5), min_size=2, max_size=12)


@pytest.mark.parametrize("name", sorted(REFERENCE))
def test_r_says_the_same_of_agreement_and_of_consistency(name: str) -> None:
    expected = REFERENCE[name]
    rows = expected["ratings"]
    variances = [plain.variance(column) for column in zip(*rows, strict=True)]
    assert [rwg(variance) for variance in variances] == pytest.approx(expected["rwg"])
    assert rwg_j(variances) == pytest.approx(expected["rwg_j"])
    assert alpha(rows) == pytest.approx(expected["alpha"])


def test_random_answers_agree_in_nothing_and_equal_ones_in_everything() -> None:
    assert uniform_variance() == 2
    assert plain.pvariance(range(1, 6)) == uniform_variance()
    assert rwg(2) == rwg(3) == rwg_j([2, 3]) == 0
    assert rwg(0) == rwg_j([0, 0]) == 1


@pytest.mark.parametrize("rows", [[], [[1, 2]], [[1], [2]], [[1, 2], [2, 1]]])
def test_a_consistency_that_does_not_exist_is_none(rows: list[list[int]]) -> None:
    assert alpha(rows) is None


def test_an_agreement_without_items_is_refused() -> None:
    with pytest.raises(ValueError, match="item"):
        rwg_j([])


@given(RATINGS)
def test_the_spread_of_shares_is_the_variance_of_the_answers(ratings: list[int]) -> None:
    shares = [ratings.count(point) / len(ratings) for point in range(1, 6)]
    assert spread_of(shares, len(ratings)) == pytest.approx(plain.variance(ratings))
    assert spread_of([10 * share for share in shares], len(ratings)) == pytest.approx(plain.variance(ratings))


@pytest.mark.parametrize(("shares", "n"), [([1, 0, 0, 0, 0], 1), ([0, 0, 0, 0, 0], 10)])
def test_a_spread_of_nothing_is_refused(shares: list[float], n: int) -> None:
    with pytest.raises(ValueError, match="two answers"):
        spread_of(shares, n)


@pytest.mark.parametrize("n", range(2, 7))
def test_no_answers_are_spread_wider_than_the_most_and_some_are_as_wide(n: int) -> None:
    reached: dict[float, float] = {}
    for answers in product(range(1, 6), repeat=n):
        mean = sum(answers) / n
        variance = plain.variance(answers)
        assert variance <= most_variance(mean, n) + 1e-9
        reached[mean] = max(reached.get(mean, 0), variance)
    half = 3.0 if n % 2 == 0 else 1.0
    assert reached[half] == pytest.approx(most_variance(half, n))


@pytest.mark.parametrize(("population", "n"), [((1, 2, 2, 4, 5), 2), ((3, 1, 5, 5, 4, 2), 4), ((1, 5), 1)])
def test_the_standard_error_is_that_of_every_sample_counted_out(population: tuple[int, ...], n: int) -> None:
    means = [sum(sample) / n for sample in combinations(population, n)]
    expected = math.sqrt(sum((mean - plain.mean(population)) ** 2 for mean in means) / len(means))
    assert standard_error(plain.variance(population), n, len(population)) == pytest.approx(expected)


def test_nothing_is_uncertain_once_everybody_answered() -> None:
    assert margin(3.0, 12, 12) == 0
    assert margin(3.0, 12, 20) > margin(3.0, 18, 20) > 0
    assert margin(3.0, 1, 20) == 4


@pytest.mark.parametrize(("n", "asked"), [(0, 5), (6, 5)])
def test_more_answers_than_people_or_none_are_refused(n: int, asked: int) -> None:
    with pytest.raises(ValueError, match="asked"):
        standard_error(1.0, n, asked)


@pytest.mark.parametrize(("mean", "n"), [(0.9, 5), (5.1, 5), (3.0, 1)])
def test_a_mean_beyond_the_scale_has_no_spread(mean: float, n: int) -> None:
    with pytest.raises(ValueError, match="scale"):
        most_variance(mean, n)


def test_reliability_is_that_of_the_published_table() -> None:
    # Spearman and Brown's formula: doubling a test of reliability .50 gives .67, a rater of .30 needs six to pass .70.
    assert reliability(2, 0.5) == pytest.approx(2 / 3)
    assert reliability(1, 0.3) == pytest.approx(0.3)
    assert reliability(5, 0.3) < 0.7 < reliability(6, 0.3)
