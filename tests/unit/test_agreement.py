from __future__ import annotations

from collections import Counter
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.agreement import SPLIT_FROM, Agreement, agreement, agreement_over, ends_of, is_split
from reports.conclusions import FindingKind
from reports.display import show
from reports.distributions import show_distribution
from reports.findings import findings_of
from reports.model import NOT_SHOWN, Band, Displayed, DisplayedDistribution, End, Shown, ShownDistribution
from reports.statistics import rwg, spread_of
from surveys.groups import DisclosurePolicy
from tests.concluded_parts import fig, part, statement


def spread(*bands: tuple[int, int]) -> ShownDistribution:
    return ShownDistribution(tuple(Band(low, high) for low, high in bands))


def banded(counts: list[int]) -> ShownDistribution:
    """Counts as bands of ten per cent around their shares."""
    n = sum(counts)
    lows = [min(100 * count // n // 10 * 10, 90) for count in counts]
    return spread(*((low, low + 10) for low in lows))


NEVER_OR_ALWAYS = spread((40, 50), (0, 10), (0, 10), (0, 10), (40, 50))
COUNTS = st.lists(st.integers(0, 12), min_size=5, max_size=5).filter(lambda counts: sum(counts) >= 10)


@pytest.mark.parametrize(
    ("counts", "word"),
    [
        ([1, 22, 7, 0, 0], Agreement.STRONG),
        ([0, 1, 6, 11, 12], Agreement.MODERATE),
        ([9, 9, 9, 2, 1], Agreement.WEAK),
        ([6, 6, 6, 6, 6], Agreement.NONE),
        ([12, 3, 0, 12, 3], Agreement.NONE),
    ],
)
def test_how_far_a_group_agrees_is_said_in_the_words_of_lebreton_and_senter(
    counts: list[int], word: Agreement
) -> None:
    assert _exact(counts) is word
    assert agreement(*_as_shown(counts)) is word


def test_of_a_distribution_or_a_mean_that_is_not_shown_nothing_can_be_told() -> None:
    assert agreement(NOT_SHOWN, 12, fig(30, 2)) is Agreement.CANNOT_TELL
    assert agreement(NEVER_OR_ALWAYS, 12, NOT_SHOWN) is Agreement.CANNOT_TELL
    assert not is_split(NOT_SHOWN)


def test_where_the_bands_leave_more_than_two_words_nobody_can_tell() -> None:
    wide = spread((0, 20), (0, 20), (20, 80), (20, 80), (0, 20))
    assert agreement(wide, 12, fig(34, 2)) is Agreement.CANNOT_TELL


def test_bands_and_a_mean_that_contradict_each_other_say_nothing() -> None:
    assert (
        agreement(spread((80, 100), (0, 10), (0, 10), (0, 10), (0, 10)), 12, fig(38, 2))
        is Agreement.CANNOT_TELL
    )


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


@pytest.mark.parametrize("n", [12, 20, 30])
def test_a_word_that_is_told_is_that_of_the_answers_themselves_or_the_one_beside_it(n: int) -> None:
    order = [Agreement.NONE, Agreement.WEAK, Agreement.MODERATE, Agreement.STRONG]
    chance = Random(n)
    off: Counter[int] = Counter()
    for _ in range(400):
        counts = _drawn(chance, n)
        told = agreement(*_as_shown(counts))
        if told is not Agreement.CANNOT_TELL:
            off[abs(order.index(told) - order.index(_exact(counts)))] += 1
    # Of smaller groups the bands are so wide that little can be told.
    assert off.total() > 30
    assert off[0] >= 0.8 * off.total()
    assert off[0] + off[1] >= 0.99 * off.total()


def _as_shown(counts: list[int]) -> tuple[DisplayedDistribution, int, Displayed]:
    """The distribution, the number of answers and the mean, as a report shows them."""
    n, total = sum(counts), sum(point * count for point, count in enumerate(counts, start=1))
    organisations = {str(place): 1 for place in range(n)}
    mean = show(total, n, organisations, DisclosurePolicy(), is_attributed=False)
    return show_distribution(counts, mean), n, mean


def _exact(counts: list[int]) -> Agreement:
    hundredths = round(100 * rwg(spread_of([float(count) for count in counts], sum(counts))))
    words = ((71, Agreement.STRONG), (51, Agreement.MODERATE), (31, Agreement.WEAK))
    return next((word for least, word in words if hundredths >= least), Agreement.NONE)


def _drawn(chance: Random, n: int) -> list[int]:
    """So many answers around a point of the scale, more or less widely."""
    middle, width = chance.uniform(1, 5), chance.choice([0.4, 0.8, 1.2, 2])
    drawn = Counter(min(max(round(chance.gauss(middle, width)), 1), 5) for _ in range(n))
    return [drawn[point] for point in range(1, 6)]


def test_several_statements_together_agree_by_rwg_j():
    close = spread((0, 20), (0, 20), (0, 20), (80, 100), (0, 20))
    wide = spread((20, 40), (0, 20), (20, 40), (0, 20), (20, 40))
    mean = Shown(40, 2, End.NONE)
    assert agreement_over([(close, mean), (close, mean)], 16) is Agreement.STRONG
    assert agreement_over([(wide, Shown(30, 2, End.NONE))] * 2, 16) is not Agreement.STRONG


def test_one_statement_alone_or_a_hidden_one_is_no_agreement_over_several():
    close, mean = spread((0, 20), (0, 20), (0, 20), (80, 100), (0, 20)), Shown(40, 2, End.NONE)
    assert agreement_over([(close, mean)], 16) is Agreement.CANNOT_TELL
    assert agreement_over([(close, mean), (NOT_SHOWN, mean)], 16) is Agreement.CANNOT_TELL
    assert agreement_over([(close, mean), (close, NOT_SHOWN)], 16) is Agreement.CANNOT_TELL
