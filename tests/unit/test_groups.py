from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.groups import Cell, DisclosurePolicy, is_safe, partition

POLICY = DisclosurePolicy()
NAMES = ("a", "b", "c", "d", "e", "f")


@st.composite
def many_cells(draw):
    """One cell per group: up to eight organisations of one to six people each, or nobody."""
    names = draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=len(NAMES)))
    people = st.lists(st.integers(1, 6), max_size=8)
    return [
        Cell(frozenset({name}), {f"{name}{number}": count for number, count in enumerate(draw(people))})
        for name in names
    ]


def cell(name, *people):
    return Cell(frozenset({name}), {f"{name}{number}": count for number, count in enumerate(people)})


@given(many_cells(), st.frozensets(st.sampled_from(NAMES), max_size=2))
def test_every_answer_is_in_exactly_one_released_cell_or_nothing_is_released(cells, merge_first):
    released = partition(cells, POLICY, merge_first=merge_first)
    groups = [group for one in released for group in one.groups]
    assert len(groups) == len(set(groups))
    if released:
        answered = {group for one in cells if one.size for group in one.groups}
        assert set(groups) == answered
        assert sum(one.size for one in released) == sum(one.size for one in cells)


@given(many_cells(), st.frozensets(st.sampled_from(NAMES), max_size=2))
def test_no_union_of_released_cells_and_no_complement_of_one_is_under_five(cells, merge_first):
    released = partition(cells, POLICY, merge_first=merge_first)
    everybody = sum(one.size for one in cells)
    for count in range(1, len(released) + 1):
        for some in combinations(released, count):
            together = sum(one.size for one in some)
            assert together >= 5
            assert everybody - together == 0 or everybody - together >= 5


@given(many_cells(), st.integers(5, 9), st.frozensets(st.sampled_from(NAMES), max_size=2))
def test_every_released_cell_is_safe(cells, k, merge_first):
    policy = DisclosurePolicy(k=k)
    for one in partition(cells, policy, merge_first=merge_first):
        assert is_safe(one.by_organisation, policy)
        assert one.size - max(one.by_organisation.values()) >= k - 1


@given(many_cells(), st.frozensets(st.sampled_from(NAMES), max_size=2), st.randoms(use_true_random=False))
def test_the_order_of_the_groups_changes_nothing_but_the_order(cells, merge_first, random):
    shuffled = random.sample(cells, len(cells))

    def as_set(released):
        return {(one.groups, frozenset(one.by_organisation.items())) for one in released}

    assert as_set(partition(cells, POLICY, merge_first=merge_first)) == as_set(
        partition(shuffled, POLICY, merge_first=merge_first)
    )


@given(many_cells(), st.frozensets(st.sampled_from(NAMES), min_size=1))
def test_a_group_that_may_not_stand_alone_never_does(cells, merge_first):
    for one in partition(cells, POLICY, merge_first=merge_first):
        assert not (len(one.groups) == 1 and one.groups & merge_first)


@given(many_cells())
def test_a_pooled_cell_never_is_one_group_under_another_name(cells):
    alone = [one.groups for one in cells if one.size and is_safe(one.by_organisation, POLICY)]
    for one in partition(cells, POLICY):
        assert len(one.groups) > 1 or one.groups in alone


def test_a_group_of_four_is_never_released():
    assert partition([cell("a", 1, 1, 1, 1)], POLICY) == ()


def test_a_group_of_four_takes_the_smallest_safe_group_with_it():
    released = partition([cell("a", 2, 2, 2), cell("b", *[1] * 4), cell("c", *[2] * 4)], POLICY)
    assert [one.groups for one in released] == [{"c"}, {"a", "b"}]


def test_five_people_of_one_organisation_are_not_released():
    assert partition([cell("a", 5)], POLICY) == ()


def test_five_people_of_three_organisations_are_not_released_when_one_sent_two_of_them():
    assert partition([cell("a", 2, 2, 1)], POLICY) == ()
    assert len(partition([cell("a", 2, 2, 2)], POLICY)) == 1


def test_safe_groups_all_stand_alone_in_the_order_given():
    cells = [cell("b", *[1] * 6), cell("a", *[1] * 5)]
    assert partition(cells, POLICY) == tuple(cells)


def test_nobody_at_all_releases_nothing():
    assert partition([], POLICY) == ()
    assert partition([cell("a")], POLICY) == ()


@pytest.mark.parametrize(
    "lowered", [{"k": 4}, {"min_organisations": 2}, {"comment_answers": 7}, {"comment_group": 9}]
)
def test_no_threshold_can_be_lowered(lowered):
    with pytest.raises(ValueError, match="never lowered"):
        DisclosurePolicy(**lowered)
