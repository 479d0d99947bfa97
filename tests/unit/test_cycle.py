"""The states of a cycle and its dates."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from surveys.cycle import (
    LONGEST,
    SHORTEST_IN_PRODUCTION,
    TRANSITIONS,
    CycleState,
    date_faults,
    is_too_soon,
    may_extend,
    move,
)
from surveys.errors import IllegalTransitionError

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)


def test_every_state_has_a_row_in_the_table() -> None:
    assert set(TRANSITIONS) == set(CycleState)


@pytest.mark.parametrize(("state", "target"), list(product(CycleState, CycleState)))
def test_only_the_moves_of_the_table_are_made(state: CycleState, target: CycleState) -> None:
    if target in TRANSITIONS[state]:
        assert move(state, target) is target
    else:
        with pytest.raises(IllegalTransitionError):
            move(state, target)


def test_a_closed_cycle_never_reopens() -> None:
    reachable = {CycleState.CLOSED}
    for _ in CycleState:
        reachable |= {target for state in reachable for target in TRANSITIONS[state]}
    assert not reachable & {CycleState.DRAFT, CycleState.OPEN, CycleState.CLOSING}


def test_production_needs_five_days_and_nothing_stays_open_for_ever() -> None:
    shortest = SHORTEST_IN_PRODUCTION
    assert not date_faults(NOW + timedelta(days=5), NOW, shortest=shortest)
    assert date_faults(NOW + timedelta(days=5, seconds=-1), NOW, shortest=shortest)[0].place == "closes_at"
    assert date_faults(NOW + LONGEST + timedelta(seconds=1), NOW, shortest=shortest)
    assert date_faults(NOW - timedelta(days=1), NOW, shortest=timedelta(seconds=1))


def test_a_closing_time_is_only_ever_moved_later_and_only_before_it_came() -> None:
    closes_at = NOW + timedelta(days=3)
    assert may_extend(closes_at, closes_at + timedelta(days=1), NOW)
    assert not may_extend(closes_at, closes_at, NOW)
    assert not may_extend(closes_at, closes_at - timedelta(hours=1), NOW)
    assert not may_extend(closes_at, closes_at + timedelta(days=1), closes_at)
    assert not may_extend(closes_at, NOW + LONGEST + timedelta(days=1), NOW)


def test_two_closes_are_ninety_days_apart_in_either_order() -> None:
    assert is_too_soon(NOW, NOW + timedelta(days=89)) and is_too_soon(NOW + timedelta(days=89), NOW)
    assert not is_too_soon(NOW, NOW + timedelta(days=90))
