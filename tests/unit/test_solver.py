from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.solver import Disclosure, Least, feasible_values, least_feasible

ALL = {1, 2, 3, 4, 5}


def disclosed(members, low, high):
    return Disclosure(frozenset(members), low, high)


def exact_mean(total, n):
    return disclosed(range(n), total, total)


@st.composite
def small_worlds(draw):
    """Up to four people, up to three disclosures about any of them, and perhaps an answer that is known."""
    persons = draw(st.integers(1, 4))
    slots = st.integers(0, persons - 1)
    disclosures = [
        disclosed(members, low, low + width)
        for members, low, width in draw(
            st.lists(
                st.tuples(st.frozensets(slots, min_size=1), st.integers(0, 20), st.integers(0, 4)), max_size=3
            )
        )
    ]
    return disclosures, persons, draw(st.dictionaries(slots, st.integers(1, 5), max_size=2))


def by_trying_everything(disclosures, persons, known):
    possible: dict[int, set[int]] = {slot: set() for slot in range(persons) if slot not in known}
    for world in product(range(1, 6), repeat=persons):
        if all(world[slot] == answer for slot, answer in known.items()) and all(
            one.low_sum <= sum(world[slot] for slot in one.members) <= one.high_sum for one in disclosures
        ):
            for slot, answers in possible.items():
                answers.add(world[slot])
    return possible


@settings(max_examples=60, deadline=None)
@given(small_worlds())
def test_the_solver_agrees_with_trying_every_world(world):
    disclosures, persons, known = world
    assert feasible_values(disclosures, persons=persons, known=known) == by_trying_everything(
        disclosures, persons, known
    )


@settings(max_examples=40, deadline=None)
@given(small_worlds())
def test_the_least_is_the_fewest_over_all_people_and_insiders(world):
    disclosures, persons, _ = world
    outside = [len(answers) for answers in by_trying_everything(disclosures, persons, {}).values()]
    inside = [
        len(answers)
        for slot, own in product(range(persons), range(1, 6))
        for answers in by_trying_everything(disclosures, persons, {slot: own}).values()
        if answers
    ]
    nobody_else = 5 if persons == 1 else 0
    assert least_feasible(tuple(disclosures), persons) == Least(
        min(outside), min(inside, default=nobody_else)
    )


def test_nothing_disclosed_leaves_everything_possible():
    assert feasible_values([], persons=3, known={0: 1}) == {1: ALL, 2: ALL}


@pytest.mark.parametrize("n", range(3, 13))
def test_an_exact_mean_is_caught_at_every_size(n):
    leasts = [least_feasible((exact_mean(total, n),), n) for total in range(n, 5 * n + 1)]
    assert min(least.outsider for least in leasts) == 1


@pytest.mark.parametrize("n", range(3, 13))
def test_a_mean_to_one_decimal_is_caught_at_every_size(n):
    """Twice the sum to one decimal, exactly as a spreadsheet rounds it."""
    shown: dict[int, list[int]] = {}
    for total in range(n, 5 * n + 1):
        shown.setdefault((20 * total + n) // (2 * n), []).append(total)
    leasts = [
        least_feasible((disclosed(range(n), min(totals), max(totals)),), n) for totals in shown.values()
    ]
    assert min(least.outsider for least in leasts) < 5


def test_a_figure_of_four_people_in_half_points_is_caught():
    """As steps of half a point go, "2.0 or below" of four people is a sum of 4 to 8."""
    below = disclosed(range(4), 4, 8)
    assert least_feasible((below,), 4) == Least(5, 1)


def test_an_all_that_was_rounded_on_its_own_beside_its_cells_is_caught():
    """Five people at "2.0 or below", five at 3.5, and an All of 2.2 by itself: everybody of the first five said 1."""
    cells = (disclosed(range(5), 5, 11), disclosed(range(5, 10), 17, 18))
    assert least_feasible(cells, 10) == Least(5, 3)
    left = feasible_values([*cells, disclosed(range(10), 21, 22)], persons=10, known={})
    assert left[0] == {1}


def test_overlapping_groups_are_caught():
    """Everybody, and everybody but one: the difference is one person's answer."""
    everybody, but_one = disclosed(range(6), 17, 17), disclosed(range(5), 13, 13)
    assert feasible_values([everybody, but_one], persons=6, known={})[5] == {4}
    assert least_feasible((everybody, but_one), 6).outsider == 1


def test_groups_that_overlap_in_all_but_one_are_caught_even_when_they_are_rounded():
    everybody, but_one = disclosed(range(6), 27, 30), disclosed(range(5), 5, 23)
    assert feasible_values([everybody, but_one], persons=6, known={})[5] == {4, 5}


def test_a_hidden_cell_is_caught_when_all_gives_it_away():
    """Five people shown at 4.0 or above, two hidden, and an All of seven that only low answers explain."""
    shown, everyone = disclosed(range(5), 19, 25), disclosed(range(7), 12, 21)
    left = feasible_values([shown, everyone], persons=7, known={})
    assert left[6] == {1}
    assert left[5] == {1}


def test_disclosures_that_contradict_each_other_leave_nothing():
    nothing = (disclosed(range(5), 5, 7), disclosed(range(5), 9, 10))
    assert least_feasible(nothing, 5) == Least(0, 0)
