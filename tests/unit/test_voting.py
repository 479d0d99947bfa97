"""What is shown of a vote, and what can be learnt from it about one organisation: counted, not argued."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from itertools import combinations_with_replacement, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys import voting
from surveys.voting import LEAST_DOTS, LEAST_PAID, MOST_DOTS, Band, Scale, Vote
from surveys.workshop import DOTS

Dots = tuple[int, ...]
SCALES: tuple[Scale, ...] = tuple(voting.scale_of(voices) for voices in (5, 7, 12, 32))


@cache
def ballots(groups: int, budget: int) -> tuple[Dots, ...]:
    """Every way in which one organisation can spread one to all of its dots."""
    return tuple(dots for dots in product(range(budget + 1), repeat=groups) if 1 <= sum(dots) <= budget)


def room(bands: tuple[Band, ...], total: int, scale: Scale) -> list[tuple[int, int]] | None:
    """The least and the most dots that each group can have, if there are ``total``; None if there is no way."""
    shown = [voting.band_of(dots, total, scale) for dots in range(total + 1)]
    found = []
    for band in bands:
        fitting = [dots for dots in range(total + 1) if shown[dots] is band]
        if not fitting:
            return None
        found.append((fitting[0], fitting[-1]))
    return found


def possible(
    bands: tuple[Band, ...], *, voices: int, budget: int, scale: Scale, known: Dots | None
) -> list[set[int]]:
    """For each group, the numbers of dots that one organisation may have given it, for all that somebody can tell.

    ``known``: the dots of an insider's own organisation; None for an outsider. It is exact: some organisations can
    have given any dots at all, as long as their number is from one each to the budget each.
    """
    groups = len(bands)
    own = known or (0,) * groups
    others = voices - 1 - (known is not None)
    found: list[set[int]] = [set() for _ in bands]
    for total in range(voices, voices * budget + 1):
        limits = room(bands, total, scale)
        if limits is None or sum(most for _least, most in limits) < total:
            continue
        for dots in ballots(groups, budget):
            if not others <= total - sum(own) - sum(dots) <= others * budget:
                continue
            floor = [max(least, a + b) for (least, _most), a, b in zip(limits, own, dots, strict=True)]
            fits = all(low <= most for low, (_least, most) in zip(floor, limits, strict=True))
            if fits and sum(floor) <= total:
                for place, number in enumerate(dots):
                    found[place].add(number)
    return found


def pictures(groups: int, scale: Scale) -> Iterator[tuple[Band, ...]]:
    """Every set of bands that a vote could show, but for the order of its groups."""
    yield from combinations_with_replacement([band for _least, band in scale], groups)


@pytest.mark.parametrize("voices", [2, 3])
@pytest.mark.parametrize("scale", SCALES, ids=["thirds", "quarters", "fifths", "tenths"])
def test_the_count_agrees_with_trying_every_single_vote(voices: int, scale: Scale) -> None:
    groups, budget = 2, 3
    tried: dict[tuple[tuple[Band, ...], Dots | None], list[set[int]]] = {}
    for cast in product(ballots(groups, budget), repeat=voices):
        totals = [sum(column) for column in zip(*cast, strict=True)]
        bands = tuple(voting.band_of(dots, sum(totals), scale) for dots in totals)
        for known in (None, cast[0]):
            found = tried.setdefault((bands, known), [set() for _ in range(groups)])
            for place, number in enumerate(cast[1]):
                found[place].add(number)
    assert len(tried) > 10
    for (bands, known), found in tried.items():
        assert found == possible(bands, voices=voices, budget=budget, scale=scale, known=known)


@pytest.mark.parametrize("voices", [5, 6, 7, 8, 9, 10, 11, 12])
@pytest.mark.parametrize("groups", [2, 3, 4])
def test_an_outsider_can_rule_out_nothing_about_any_organisation(voices: int, groups: int) -> None:
    seen = 0
    scale = voting.scale_of(voices)
    for bands in pictures(groups, scale):
        found = possible(bands, voices=voices, budget=DOTS, scale=scale, known=None)
        if any(found):
            seen += 1
            assert all(numbers == set(range(DOTS + 1)) for numbers in found), bands
    assert seen > 1


@pytest.mark.parametrize("voices", [5, 6, 7, 8])
@pytest.mark.parametrize("groups", [2, 3])
def test_an_insider_who_knows_the_own_dots_can_pin_nobody_down(voices: int, groups: int) -> None:
    # The prime is such an insider, and so is everybody else who voted.
    scale = voting.scale_of(voices)
    for bands in pictures(groups, scale):
        for known in ballots(groups, DOTS):
            found = possible(bands, voices=voices, budget=DOTS, scale=scale, known=known)
            if any(found):
                # That nobody else gave any, or that somebody did, never follows; nor that all of them went there.
                assert all(numbers >= {0, 1, 2} for numbers in found), (bands, known, found)


@pytest.mark.parametrize("budget", range(LEAST_DOTS, MOST_DOTS + 1))
def test_the_lowest_band_has_room_for_more_than_one_organisation_whatever_the_others_show(
    budget: int,
) -> None:
    for voices in range(LEAST_PAID, 80):
        total, scale = voices * budget, voting.scale_of(voices)
        least = [int(share * total) + 1 for share, _band in scale[:-1]]
        reached = {0}
        for _ in range(total):
            more = {dots + step for dots in reached for step in least if dots + step <= total} - reached
            if not more:
                break
            reached |= more
        # All the dots of one organisation, and two of another.
        assert total - max(reached) >= budget + 2, voices


def test_exactly_half_and_half_does_not_tell_that_nobody_wanted_the_third() -> None:
    votes = [Vote(is_paid=True, dots={"a": 2, "b": 2})] * 7
    shown = voting.displayed(votes, ("a", "b", "c"), DOTS)
    assert shown is not None
    assert [one.band for one in shown] == [
        Band.A_QUARTER_TO_HALF,
        Band.A_QUARTER_TO_HALF,
        Band.UP_TO_A_QUARTER,
    ]
    assert [one.place for one in shown] == [1, 1, 3]


def test_four_who_are_paid_are_never_enough_however_many_pay() -> None:
    votes = [Vote(is_paid=True, dots={"a": 5})] * 4 + [Vote(is_paid=False, dots={"b": 5})] * 9
    assert voting.displayed(votes, ("a", "b"), DOTS) is None
    # Somebody who gave no dot has not voted.
    assert voting.displayed([*votes, Vote(is_paid=True, dots={"a": 0})], ("a", "b"), DOTS) is None
    assert voting.displayed([*votes, Vote(is_paid=True, dots={"a": 1})], ("a", "b"), DOTS) is not None


@settings(max_examples=200)
@given(
    st.lists(st.sampled_from(ballots(3, DOTS)), min_size=5, max_size=40),
    st.integers(min_value=LEAST_DOTS, max_value=MOST_DOTS),
)
def test_a_larger_share_never_has_a_worse_place(cast: list[Dots], budget: int) -> None:
    ids = ("a", "b", "c")
    shown = voting.displayed([Vote(True, dict(zip(ids, dots, strict=True))) for dots in cast], ids, budget)
    assert shown is not None and [one.group_id for one in shown] == list(ids)
    totals = [sum(column) for column in zip(*cast, strict=True)]
    for one, dots in zip(shown, totals, strict=True):
        for other, more in zip(shown, totals, strict=True):
            if more >= dots:
                assert other.place <= one.place
            assert (one.place == other.place) == (one.band is other.band)


def test_bands_meet_without_a_gap() -> None:
    for scale in SCALES:
        shares = [share for share, _band in scale]
        assert shares == sorted(shares, reverse=True) and shares[-1] < 0 < Fraction(1)
        assert {voting.band_of(dots, 100, scale) for dots in range(101)} == {band for _share, band in scale}


@pytest.mark.parametrize("count", [-1, 4])
def test_dots_that_are_not_left_cannot_be_placed(count: int) -> None:
    assert voting.placed({"a": 2}, "b", count, DOTS) is None


def test_placing_sets_one_group_and_leaves_the_others() -> None:
    assert voting.placed({"a": 2, "b": 1}, "b", 3, DOTS) == {"a": 2, "b": 3}
    assert voting.placed({"a": 2, "b": 1}, "b", 0, DOTS) == {"a": 2}
    assert voting.digest_of({"a": 2, "b": 0}) == voting.digest_of({"a": 2}) != voting.digest_of({"b": 2})
