from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.agreement import SPLIT_FROM, Agreement, agreement, ends_of, is_split
from reports.conclusions import FindingKind
from reports.findings import findings_of
from reports.model import NOT_SHOWN, ShownDistribution, ShownShare
from reports.statistics import rwg, spread_of
from tests.concluded_parts import fig, part, statement


def spread(*bands: tuple[int, int]) -> ShownDistribution:
    return ShownDistribution(tuple(ShownShare(low, high) for low, high in bands))


def banded(counts: list[int]) -> ShownDistribution:
    """Counts as bands of ten per cent around their shares."""
    n = sum(counts)
    lows = [min(100 * count // n // 10 * 10, 90) for count in counts]
    return spread(*((low, low + 10) for low in lows))


NEVER_OR_ALWAYS = spread((40, 50), (0, 10), (0, 10), (0, 10), (40, 50))
COUNTS = st.lists(st.integers(0, 12), min_size=5, max_size=5).filter(lambda counts: sum(counts) >= 10)


@pytest.mark.parametrize(
    ("bands", "word"),
    [
        (((0, 10), (0, 10), (0, 10), (90, 100), (0, 10)), Agreement.STRONG),
        (((0, 10), (0, 10), (20, 30), (50, 60), (10, 20)), Agreement.MODERATE),
        (((0, 10), (10, 20), (30, 40), (20, 30), (10, 20)), Agreement.WEAK),
        (((20, 30), (20, 30), (20, 30), (20, 30), (20, 30)), Agreement.NONE),
        (((40, 50), (0, 10), (0, 10), (0, 10), (40, 50)), Agreement.NONE),
    ],
)
def test_how_far_a_group_agrees_is_said_in_the_words_of_lebreton_and_senter(
    bands: tuple[tuple[int, int], ...], word: Agreement
) -> None:
    assert agreement(spread(*bands), 12) is word


def test_of_a_distribution_that_is_not_shown_nothing_can_be_told() -> None:
    assert agreement(NOT_SHOWN, 12) is Agreement.CANNOT_TELL
    assert not is_split(NOT_SHOWN)


def test_half_at_either_end_is_a_split() -> None:
    assert is_split(NEVER_OR_ALWAYS)
    assert ends_of(NEVER_OR_ALWAYS) == (40, 40)


def test_what_the_other_bands_leave_counts_as_well() -> None:
    # The two at the top are 30 by their own bands; the others leave them 40 at least.
    tight = spread((20, 25), (20, 25), (5, 10), (15, 25), (15, 25))
    assert ends_of(tight) == (40, 40)


def test_four_in_ten_at_one_end_alone_is_no_split() -> None:
    assert not is_split(spread((10, 20), (10, 20), (0, 10), (30, 40), (30, 40)))


def test_a_split_is_a_finding_of_its_statement() -> None:
    divided = part([replace(statement(0, fig(30, 2)), distributions={"vcs": NEVER_OR_ALWAYS})])
    (finding,) = findings_of(divided, may_tell_change=False)
    assert (finding.id, finding.kind) == ("split:prime:q0", FindingKind.SPLIT)


@given(COUNTS)
def test_a_split_is_never_claimed_of_a_group_that_is_not_divided(counts: list[int]) -> None:
    n = sum(counts)
    if is_split(banded(counts)):
        assert 100 * min(sum(counts[:2]), sum(counts[-2:])) >= SPLIT_FROM * n


def test_the_word_is_mostly_that_of_the_answers_themselves_and_else_the_one_beside_it() -> None:
    order = [Agreement.NONE, Agreement.WEAK, Agreement.MODERATE, Agreement.STRONG]
    off = Counter(
        abs(order.index(agreement(banded(counts), 12)) - order.index(_exact(counts)))
        for counts in _every_way_of(12)
    )
    assert off[0] >= 0.75 * off.total()
    assert off[0] + off[1] >= 0.98 * off.total()


def _exact(counts: list[int]) -> Agreement:
    hundredths = round(100 * rwg(spread_of([float(count) for count in counts], sum(counts))))
    words = ((71, Agreement.STRONG), (51, Agreement.MODERATE), (31, Agreement.WEAK))
    return next((word for least, word in words if hundredths >= least), Agreement.NONE)


def _every_way_of(n: int) -> Iterator[list[int]]:
    """Every way in which so many people can have answered on five points."""
    for four in product(range(n + 1), repeat=4):
        if sum(four) <= n:
            yield [*four, n - sum(four)]
