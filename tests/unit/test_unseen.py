"""How many could not see a practice: it tells nothing of anybody, beside the figures."""

from __future__ import annotations

from collections import Counter
from functools import cache
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.aggregate import RawUnseen
from reports.display import bands_of, show
from reports.distributions import answers_behind, show_distribution
from reports.inference import is_in_table
from reports.model import NOT_SHOWN, Displayed, End, Shown, ShownDistribution, ShownShare
from reports.unseen import band_of_unseen, possible_shares
from tests.counted_chains import POLICY

HALVES, FIFTHS = Shown(30, 5, End.NONE), Shown(30, 2, End.NONE)


def raw(yes, n):
    return RawUnseen(yes, n, {f"o{number}": 1 for number in range(n)})


def without_spread(columns):
    return [(*column, NOT_SHOWN) for column in columns]


def show_unseen(given, columns, policy):
    """The share as readers see it beside columns without a distribution."""
    return band_of_unseen(given, policy) if possible_shares(without_spread(columns), policy) else NOT_SHOWN


def test_everybody_saw_it():
    assert show_unseen(raw(0, 12), [(12, FIFTHS)], POLICY) == ShownShare(0, 30)


def test_a_practice_that_nobody_could_see_is_told_even_where_no_figure_is():
    assert show_unseen(raw(12, 12), [(6, NOT_SHOWN), (8, NOT_SHOWN)], POLICY) == ShownShare(70, 100)


def test_who_left_it_out_would_learn_that_all_others_of_the_group_could_not_see_it():
    """Five rated it. Of the other five at most four can be counted; just over 4 in 10 are four of nine."""
    assert show_unseen(raw(4, 9), [(5, HALVES), (5, NOT_SHOWN)], POLICY) == NOT_SHOWN


def test_whether_it_is_shown_does_not_hang_on_how_many_they_were():
    columns: list[tuple[int, Displayed]] = [(5, HALVES), (5, NOT_SHOWN)]
    assert {show_unseen(raw(yes, n), columns, POLICY) for n in range(5, 11) for yes in range(n)} == {
        NOT_SHOWN
    }


def test_too_few_to_hide_among_are_not_shown():
    assert show_unseen(raw(1, 4), [(6, NOT_SHOWN)], POLICY) == NOT_SHOWN
    assert show_unseen(RawUnseen(1, 6, {"o": 4, "p": 2}), [(6, NOT_SHOWN)], POLICY) == NOT_SHOWN


def test_without_a_group_there_is_no_share():
    assert possible_shares([], POLICY) == frozenset()


def band_of(yes, n):
    limit = bands_of(n).limit
    if 100 * yes <= limit * n:
        return (0, limit)
    return (100 - limit, 100) if 100 * yes >= (100 - limit) * n else (limit, 100 - limit)


def worlds(answers, fewest, most):
    """What the people of one column can have done: so many rated it, so many could not see it."""
    return [
        (rated, unseen)
        for rated in range(fewest, min(answers, most) + 1)
        for unseen in range(answers - rated + 1)
    ]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(5, 9), st.booleans()), min_size=1, max_size=2))
def test_no_share_that_may_be_shown_rules_out_what_the_figures_leave_open(columns):
    """By trying everything that everybody can have done: what one insider finds possible of anybody else stays so."""
    shown = [(answers, HALVES if has_figure else NOT_SHOWN) for answers, has_figure in columns]
    shares = possible_shares(without_spread(shown), POLICY)
    possible = [
        worlds(answers, 5, 9) if has_figure else worlds(answers, 0, 4) for answers, has_figure in columns
    ]
    found: dict[tuple[int, int] | None, set[tuple[object, ...]]] = {}
    for world in product(*possible):
        n = sum(rated + unseen for rated, unseen in world)
        if n < 5:
            continue
        counts = [
            {"rated": rated, "unseen": unseen, "neither": answers - rated - unseen}
            for (rated, unseen), (answers, _) in zip(world, columns, strict=True)
        ]
        people = [
            (place, state, count) for place, column in enumerate(counts) for state, count in column.items()
        ]
        for (one, own, count), (other, theirs, many) in product(people, repeat=2):
            enough = count > 1 if (one, own) == (other, theirs) else count and many
            if enough:
                band = band_of(sum(unseen for _, unseen in world), n)
                for seen in (None, band):
                    found.setdefault(seen, set()).add((one, own, other, theirs == "unseen"))
    if not shares:
        return
    for band, told in found.items():
        insiders = {(one, own) for one, own, *_ in told}
        open_before = {entry for entry in found[None] if entry[:2] in insiders}
        assert told == open_before, band
        assert band is None or ShownShare(*band) in shares


@pytest.mark.parametrize("answers", [30, 400, 20_000])
def test_large_groups_are_no_slower_and_no_less_shown(answers):
    shares = possible_shares([(answers, Shown(30, 1, End.NONE), NOT_SHOWN)] * 2, POLICY)
    assert ShownShare(0, 20) in shares


@pytest.mark.parametrize(
    "figure", [Shown(42, 2, End.NONE), Shown(18, 2, End.NONE), Shown(16, 2, End.OR_BELOW)]
)
def test_a_figure_that_says_how_many_rated_it_gives_the_others_away(figure):
    """Fifteen of fifteen rated it, so the band for five of twenty names all of the other group."""
    assert show_unseen(raw(5, 20), [(15, figure), (5, NOT_SHOWN)], POLICY) == NOT_SHOWN


@pytest.mark.parametrize(
    ("spread", "mean", "others"),
    [
        ((2, 0, 2, 8, 3), Shown(36, 2, End.NONE), 5),
        ((4, 4, 4, 4, 4), Shown(30, 2, End.NONE), 6),
    ],
)
def test_a_distribution_that_says_how_many_rated_it_gives_the_others_away(spread, mean, others):
    shown = show_distribution(spread, mean)
    assert isinstance(shown, ShownDistribution)
    assert (
        possible_shares([(sum(spread), mean, shown), (others, NOT_SHOWN, NOT_SHOWN)], POLICY) == frozenset()
    )


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_how_many_may_have_rated_it_is_what_counting_says(data):
    """Every way in which so many people can answer, shown as it would be: which numbers look like this."""
    answers = data.draw(st.integers(10, 22))
    n = data.draw(st.integers(10, answers))
    counts = Counter(data.draw(st.lists(st.integers(1, 5), min_size=n, max_size=n)))
    total = sum(point * count for point, count in counts.items())
    mean = shown_mean(total, n)
    looks = show_distribution([counts[point] for point in range(1, 6)], mean)
    allowed = [number for number in range(10, answers + 1) if is_in_table(mean, number)]
    expected = [number for number in allowed if looks in displays(number, mean)]
    assert list(answers_behind(looks, mean, allowed)) == expected
    assert n in expected


def shown_mean(total, n):
    return show(total, n, {f"o{number}": 1 for number in range(n)}, POLICY, is_attributed=False)


@cache
def displays(n, mean):
    """The distributions, or none, that may stand beside a mean of so many answers."""
    return {
        show_distribution(counts, mean)
        for counts in ways(n)
        if shown_mean(sum(point * count for point, count in enumerate(counts, 1)), n) == mean
    }


@cache
def ways(n):
    return [
        (a, b, c, d, n - a - b - c - d)
        for a in range(n + 1)
        for b in range(n + 1 - a)
        for c in range(n + 1 - a - b)
        for d in range(n + 1 - a - b - c)
    ]
