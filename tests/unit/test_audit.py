from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.audit import audit, sums_behind
from reports.display import everyone, mean_of, show
from reports.findings import widest_gaps
from reports.model import NOT_SHOWN, End, GroupKind, ReportGroup, Shown
from reports.solver import least_feasible
from surveys.groups import DisclosurePolicy
from surveys.subjects import Subject
from tests.counted_chains import (
    GROUPS,
    POLICY,
    PRIME,
    PRIVATE,
    SPECIALISTS,
    SPOT_PROVIDERS,
    VOLUNTARY,
    ballots_of,
    chains_of_ballots,
    release_of,
)

SIX = [1] * 6


@pytest.fixture
def part():
    """An honest part: the prime, and two groups of six people that answer 3 and 4."""
    ballots = [
        *ballots_of(PRIME, [1], 5),
        *ballots_of(VOLUNTARY, SIX, 3),
        *ballots_of(PRIVATE, SIX, 4),
    ]
    (only,) = release_of(ballots, groups=(PRIME, VOLUNTARY, PRIVATE)).parts
    return only


def found(part):
    return audit([part], POLICY, None).result


def with_value(part, group_id, value, *, recomputed=True):
    """The part with the first item's value of one group replaced, and everything derived from it recomputed."""
    first, *others = part.sections
    item, *items = first.items
    values = {**item.values, group_id: value}
    weights = [(values[group.id], group.answers) for group in part.groups if group.answers is not None]
    item = replace(item, values=values, everyone=everyone(weights) if recomputed else item.everyone)
    first = replace(first, items=(item, *items))
    if recomputed:
        means = {group.id: mean_of(item.values[group.id] for item in first.items) for group in part.groups}
        first = replace(first, means=means, everyone=mean_of(item.everyone for item in first.items))
    sections = (first, *others)
    return replace(part, sections=sections, gaps=widest_gaps(sections, "prime") if recomputed else part.gaps)


def test_an_honest_part_holds(part):
    result = found(part)
    assert result.holds
    assert result.findings == ()
    assert (result.least_outsider, result.least_insider) == (5, 3)
    # Four statements of two groups and of everyone, and two elements of these and of the own view; and on each
    # statement how many could not see it.
    assert result.figures == 4 * 3 + 2 * 4 + 4


def test_nothing_released_holds():
    result = audit([], POLICY, None).result
    assert (result.holds, result.figures, result.least_outsider, result.least_insider) == (True, 0, 5, 5)


@settings(max_examples=60, deadline=None)
@given(chains_of_ballots(), st.integers(5, 8))
def test_every_honest_release_holds(ballots, k):
    policy = DisclosurePolicy(k=k)
    release = release_of(ballots, subjects=(Subject.PRIME, Subject.CHAIN), policy=policy)
    assert release.audit.holds
    assert release.audit == audit(release.parts, policy, None).result
    assert release.audit.least_outsider == 5
    assert release.audit.least_insider >= 3


def test_an_exact_mean_is_caught(part):
    result = found(with_value(part, "vcs", Shown(13, 1, End.NONE)))
    assert not result.holds
    assert result.least_outsider < 5
    assert any("lets an outsider rule out" in words for words in result.findings)


def test_a_figure_that_only_an_insider_can_use_is_caught(part):
    result = found(with_value(part, "vcs", Shown(18, 2, End.NONE)))
    assert (result.least_outsider, result.least_insider) == (5, 2)
    assert any("lets an insider narrow down" in words for words in result.findings)
    assert not any("outsider" in words for words in result.findings)


def test_a_mean_to_one_decimal_of_six_people_is_caught_even_where_it_rules_out_nothing(part):
    result = found(with_value(part, "vcs", Shown(33, 1, End.NONE)))
    assert not result.holds
    words, *_ = result.findings
    assert words.startswith("Alder Ltd, “partner_on_prime: Alder Ltd in The North does q1.”, Voluntary: ")
    assert words.endswith("the figure is not one that its number of answers may be shown as.")


@pytest.mark.parametrize(
    "value",
    [
        Shown(32, 2, End.NONE),  # the step of ten people and more
        Shown(31, 5, End.NONE),  # between two steps
        Shown(20, 5, End.NONE),  # an end that is not joined
        Shown(50, 5, End.NONE),  # beyond the end
        Shown(16, 5, End.OR_BELOW),  # the end of larger groups
        Shown(45, 5, End.OR_ABOVE),
    ],
)
def test_a_figure_that_the_table_does_not_have_is_caught(part, value):
    assert not found(with_value(part, "vcs", value)).holds


def test_an_all_that_was_rounded_on_its_own_is_caught(part):
    first, *others = part.sections
    item, *items = first.items
    item = replace(item, everyone=Shown(34, 1, End.NONE))
    result = found(replace(part, sections=(replace(first, items=(item, *items)), *others)))
    assert any("q1.”, everyone: does not follow" in words for words in result.findings)


def test_a_hidden_cell_that_is_still_counted_in_all_is_caught(part):
    hidden = with_value(part, "vcs", Shown(20, 5, End.OR_BELOW))
    assert found(hidden).holds
    hidden = with_value(hidden, "vcs", NOT_SHOWN, recomputed=False)
    assert not found(hidden).holds


def test_a_hidden_cell_that_is_still_counted_in_its_element_is_caught(part):
    hidden = with_value(part, "vcs", NOT_SHOWN)
    assert found(hidden).holds
    first, *others = hidden.sections
    means = {**first.means, "vcs": Shown(25, 5, End.NONE)}
    assert not found(replace(hidden, sections=(replace(first, means=means), *others))).holds


def test_an_elements_everyone_of_its_own_is_caught(part):
    first, *others = part.sections
    first = replace(first, everyone=Shown(36, 1, End.NONE))
    assert not found(replace(part, sections=(first, *others))).holds


def test_a_gap_from_the_exact_figures_is_caught(part):
    first, *others = part.gaps
    gap = replace(first, tenths=first.tenths + 1)
    assert not found(replace(part, gaps=(gap, *others))).holds


def test_a_group_of_four_is_caught(part):
    prime, voluntary, private = part.groups
    result = found(replace(part, groups=(prime, replace(voluntary, answers=4), private), received=10))
    assert "Alder Ltd, Voluntary: fewer than 5 people are shown." in result.findings


def test_a_group_under_a_raised_k_is_caught(part):
    assert not audit([part], DisclosurePolicy(k=7), None).result.holds


def test_a_group_in_two_columns_is_caught(part):
    pooled = ReportGroup("other", "Other parties", GroupKind.OTHER_PARTIES, False, 6, ("Voluntary", "Spot"))
    groups = (*part.groups[:2], replace(pooled, id="private"))
    result = found(replace(part, groups=groups))
    assert any("Voluntary is counted in two columns" in words for words in result.findings)


def test_a_number_of_reviews_that_tells_of_a_hidden_group_is_caught(part):
    assert not found(replace(part, received=15)).holds


def test_the_number_of_people_behind_an_attributed_view_is_caught(part):
    prime, *others = part.groups
    assert not found(replace(part, groups=(replace(prime, answers=1), *others), received=13)).holds


@pytest.mark.parametrize(
    "value", [Shown(43, 1, End.NONE), Shown(40, 5, End.OR_ABOVE), Shown(42, 5, End.NONE)]
)
def test_an_attributed_figure_other_than_in_half_points_is_caught(part, value):
    assert not found(with_value(part, "prime", value)).holds


@given(st.integers(5, 80).flatmap(lambda n: st.tuples(st.just(n), st.integers(n, 5 * n))))
def test_what_a_reader_infers_from_a_figure_holds_its_true_sum_and_exactly_the_sums_shown_alike(n_and_total):
    n, total = n_and_total
    people = {f"o{number}": 1 for number in range(n)}

    def shown(some):
        return show(some, n, people, POLICY, is_attributed=False)

    low, high = sums_behind(shown(total), n)
    assert low <= total <= high
    assert shown(low) == shown(high) == shown(total)
    assert low == n or shown(low - 1) != shown(total)
    assert high == 5 * n or shown(high + 1) != shown(total)


def test_the_solver_runs_once_for_each_shape_of_figure_however_many_there_are():
    sizes = {VOLUNTARY.id: 29, PRIVATE.id: 20, SPECIALISTS.id: 12, SPOT_PROVIDERS.id: 40, "commissioners": 9}
    ballots = [
        replace(
            ballot,
            ratings={id_: 1 + (number * 7 + place * place) % 5 for place, id_ in enumerate(ballot.ratings)},
        )
        for group in GROUPS
        for number, ballot in enumerate(ballots_of(group, [1] * sizes.get(group.id, 1)))
    ]
    least_feasible.cache_clear()
    parts = release_of(ballots).parts
    least_feasible.cache_clear()
    assert audit(parts, POLICY, None).result.holds
    shapes = least_feasible.cache_info().misses
    assert audit(parts * 6, POLICY, None).result.holds
    assert 0 < least_feasible.cache_info().misses == shapes
