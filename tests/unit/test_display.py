from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.display import everyone, fineness_of, mean_of, show
from reports.errors import CountError
from reports.model import NOT_SHOWN, NOT_SHOWN_TEXT, End, Shown
from surveys.groups import DisclosurePolicy

POLICY = DisclosurePolicy()
ANSWERS = range(1, 6)


def spread(n):
    """``n`` people of as many organisations."""
    return {f"o{number}": 1 for number in range(n)}


def shown(total, n):
    return show(total, n, spread(n), POLICY, is_attributed=False)


def value(tenths, step, end=End.NONE):
    return Shown(tenths, step, end)


@cache
def intervals(n):
    """For each displayed value of ``n`` answers: the totals that are shown as it."""
    found = defaultdict(list)
    for total in range(n, 5 * n + 1):
        found[shown(total, n)].append(total)
    return dict(found)


def possible(n, totals, known):
    """The answers possible for one more person, by counting: n people, some answers known, a total among ``totals``."""
    others = n - len(known) - 1
    return [
        answer
        for answer in ANSWERS
        if any(others <= total - sum(known) - answer <= 5 * others for total in totals)
    ]


@pytest.mark.parametrize("n", range(5, 41))
def test_an_outsider_can_rule_out_none_of_the_five_answers(n):
    assert all(possible(n, totals, ()) == [1, 2, 3, 4, 5] for totals in intervals(n).values())


@pytest.mark.parametrize("n", range(5, 41))
def test_an_insider_who_knows_their_own_answer_leaves_at_least_three(n):
    left = [len(possible(n, totals, (own,))) for totals in intervals(n).values() for own in ANSWERS]
    assert min(left) >= 3


@pytest.mark.parametrize("n", range(5, 41))
def test_two_insiders_leave_at_least_two_from_eight_answers_on_and_one_below(n):
    left = [
        count
        for totals in intervals(n).values()
        for first in ANSWERS
        for second in ANSWERS
        if (count := len(possible(n, totals, (first, second))))
    ]
    assert min(left) >= 2 if n >= 8 else min(left) == 1


@pytest.mark.parametrize("n", range(5, 41))
def test_unanimous_and_nearly_unanimous_cells_look_the_same(n):
    unanimous_low, unanimous_high = shown(n, n), shown(5 * n, n)
    for dissent in range(1, 5):
        assert shown(n + dissent, n) == unanimous_low
        assert shown(5 * n - dissent, n) == unanimous_high


@pytest.mark.parametrize("n", range(3, 13))
def test_a_mean_to_one_decimal_would_let_an_answer_be_ruled_out(n):
    by_decimal = defaultdict(list)
    for total in range(n, 5 * n + 1):
        by_decimal[(20 * total + n) // (2 * n)].append(total)
    assert any(len(possible(n, totals, ())) < 5 for totals in by_decimal.values())


@pytest.mark.parametrize(
    ("n", "step", "low", "high"),
    [
        (5, 5, 20, 40),
        (9, 5, 20, 40),
        (10, 2, 20, 40),
        (14, 2, 20, 40),
        (15, 2, 16, 44),
        (29, 2, 16, 44),
        (30, 1, 14, 46),
        (200, 1, 14, 46),
    ],
)
def test_steps_and_ends_follow_the_number_of_answers(n, step, low, high):
    tenths = {one.tenths for one in intervals(n)}
    assert tenths == set(range(low, high + 1, step))
    assert shown(n, n) == value(low, step, End.OR_BELOW)
    assert shown(5 * n, n) == value(high, step, End.OR_ABOVE)
    assert {one.end for one in intervals(n) if low < one.tenths < high} == {End.NONE}


@pytest.mark.parametrize("n", range(5, 41))
def test_a_plain_figure_is_within_half_a_step_of_the_mean(n):
    for one, totals in intervals(n).items():
        if one.end is End.NONE:
            assert all(abs(Fraction(10 * total, n) - one.tenths) <= Fraction(one.step, 2) for total in totals)


@pytest.mark.parametrize(
    ("total", "n", "tenths"), [(22, 8, 30), (26, 8, 35), (29, 10, 30), (31, 10, 32), (99, 36, 28)]
)
def test_a_mean_between_two_steps_goes_up(total, n, tenths):
    assert shown(total, n) == value(tenths, fineness_of(n).step)


@given(st.integers(0, 4).flatmap(lambda n: st.tuples(st.integers(n, 5 * n), st.just(n))))
def test_four_answers_and_fewer_are_never_shown(total_and_n):
    assert shown(*total_and_n) is NOT_SHOWN


def test_a_raised_k_hides_smaller_cells():
    policy = DisclosurePolicy(k=8)
    assert show(21, 7, spread(7), policy, is_attributed=False) is NOT_SHOWN
    assert show(24, 8, spread(8), policy, is_attributed=False) == value(30, 5)


@pytest.mark.parametrize("by_organisation", [{"a": 6}, {"a": 3, "b": 3}, {"a": 3, "b": 2, "c": 1}])
def test_an_item_that_one_organisation_dominates_is_not_shown(by_organisation):
    assert show(18, 6, by_organisation, POLICY, is_attributed=False) is NOT_SHOWN


def test_what_is_not_shown_looks_the_same_for_every_reason():
    few, dominated, nobody = shown(12, 4), show(18, 6, {"a": 6}, POLICY, is_attributed=False), shown(0, 0)
    assert few == dominated == nobody == show(0, 0, {}, POLICY, is_attributed=True)
    assert few.text == NOT_SHOWN_TEXT


@pytest.mark.parametrize(
    ("total", "n", "tenths"), [(5, 1, 50), (1, 1, 10), (9, 2, 45), (5, 4, 15), (7, 3, 25), (30, 20, 15)]
)
def test_an_attributed_group_is_shown_to_half_a_point_without_joined_ends(total, n, tenths):
    assert show(total, n, {"a": n}, POLICY, is_attributed=True) == value(tenths, 5)


@pytest.mark.parametrize(("total", "n", "organisations"), [(4, 5, 5), (26, 5, 5), (15, 5, 4)])
def test_counts_that_contradict_each_other_are_refused(total, n, organisations):
    with pytest.raises(CountError):
        show(total, n, spread(organisations), POLICY, is_attributed=False)


def test_figures_read_as_words():
    assert [shown(total, 5).text for total in (5, 15, 25)] == ["2.0 or below", "3.0", "4.0 or above"]


def test_everyone_is_weighted_by_people_and_shown_like_its_coarsest_group():
    assert everyone([(value(30, 5), 5), (value(36, 1), 35)]) == value(35, 5)
    assert everyone([(value(30, 2), 12), (value(36, 1), 36)]) == value(34, 2)


def test_everyone_counts_a_joined_end_at_its_limit_and_is_joined_at_the_narrowest_ends():
    below = value(20, 5, End.OR_BELOW)
    assert everyone([(below, 6)]) == below
    assert everyone([(below, 6), (value(14, 1, End.OR_BELOW), 60)]) == below
    assert everyone([(below, 8), (value(30, 5), 8)]) == value(25, 5)
    assert everyone([(value(22, 2), 12), (value(16, 2, End.OR_BELOW), 20)]) == value(20, 2, End.OR_BELOW)
    assert everyone([(value(22, 2), 16), (value(16, 2, End.OR_BELOW), 20)]) == value(18, 2)


def test_an_item_of_few_answers_keeps_its_ends_in_everyone_though_its_group_is_large():
    above = value(40, 2, End.OR_ABOVE)
    assert everyone([(above, 20)]) == above
    assert everyone([(above, 20), (value(42, 2), 16)]) == above


def test_everyone_leaves_out_what_is_not_shown():
    assert everyone([(NOT_SHOWN, 9), (value(30, 5), 6)]) == value(30, 5)
    assert everyone([(NOT_SHOWN, 9)]) is everyone([]) is NOT_SHOWN


def test_an_elements_mean_is_the_plain_mean_of_its_shown_items_in_the_coarsest_step():
    assert mean_of([value(30, 5), NOT_SHOWN, value(36, 2), value(34, 2)]) == value(35, 5)
    assert mean_of([NOT_SHOWN, NOT_SHOWN]) is mean_of([]) is NOT_SHOWN


def test_an_elements_mean_is_joined_at_the_ends_of_its_coarsest_items():
    below = value(20, 5, End.OR_BELOW)
    assert mean_of([below, below]) == below
    assert mean_of([below, value(25, 5), value(20, 2, End.OR_BELOW)]) == below
    assert mean_of([value(16, 2, End.OR_BELOW), value(18, 2)]) == value(18, 2)
    assert mean_of([value(46, 1, End.OR_ABOVE)] * 3) == value(46, 1, End.OR_ABOVE)


def test_an_attributed_groups_mean_has_no_joined_ends():
    assert mean_of([value(10, 5), value(30, 5)]) == value(20, 5)
    assert mean_of([value(50, 5), value(45, 5)]) == value(50, 5)
    assert mean_of([value(50, 5), value(40, 5), value(30, 5)]) == value(40, 5)


figures = st.integers(5, 60).flatmap(
    lambda n: st.tuples(st.integers(n, 5 * n).map(lambda total: shown(total, n)), st.just(n))
)


@given(st.lists(figures, min_size=1, max_size=7))
def test_derived_figures_are_always_figures_of_the_table(pairs):
    for derived in (everyone(pairs), mean_of(one for one, _ in pairs)):
        assert isinstance(derived, Shown)
        assert derived.step == max(one.step for one, _ in pairs)
        rows = [row for row in map(fineness_of, (5, 10, 15, 30)) if row.step == derived.step]
        limits = {(row.ends.low, row.ends.high) for row in rows}
        assert 10 <= derived.tenths <= 50
        if derived.end is End.NONE:
            assert derived.tenths % derived.step == 0
            assert any(low < derived.tenths < high for low, high in limits)
        else:
            assert derived.tenths in {low if derived.end is End.OR_BELOW else high for low, high in limits}


@given(figures)
def test_one_group_alone_is_everyone(pair):
    assert everyone([pair]) == pair[0] == mean_of([pair[0], pair[0]])
