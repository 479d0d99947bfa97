from __future__ import annotations

from collections import Counter

from hypothesis import given, settings

from reports.release import Pool, comment_pools
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
)

ON_PRIME = Subject.PRIME


def pools(*ballots, policy=POLICY):
    """The id of each group's pool on the prime, None where its comments may not be released."""
    found = comment_pools([one for some in ballots for one in some], GROUPS, policy, merge_first={})
    return {group_id: pool and pool.id for (subject, group_id), pool in found.items() if subject is ON_PRIME}


def test_an_attributed_group_speaks_under_its_own_title():
    found = comment_pools(ballots_of(PRIME, [1]), GROUPS, POLICY, merge_first={})
    assert found == {(ON_PRIME, "prime"): Pool("prime", "Alder Ltd")}


def test_a_group_of_ten_people_of_three_organisations_stands_alone():
    found = comment_pools(ballots_of(VOLUNTARY, [4, 3, 3]), GROUPS, POLICY, merge_first={})
    assert found == {(ON_PRIME, "vcs"): Pool("vcs", "Voluntary")}


def test_nine_people_are_pooled_and_eight_are_enough_for_a_pool():
    assert pools(ballots_of(VOLUNTARY, [3, 3, 3])) == {"vcs": "all"}
    assert pools(ballots_of(VOLUNTARY, [3, 3]), ballots_of(PRIVATE, [2])) == {"vcs": "all", "private": "all"}


def test_seven_people_or_two_organisations_are_too_few():
    assert pools(ballots_of(VOLUNTARY, [1] * 7)) == {"vcs": None}
    assert pools(ballots_of(VOLUNTARY, [6, 6])) == {"vcs": None}


def test_a_pool_that_one_organisation_dominates_is_not_released():
    assert pools(ballots_of(VOLUNTARY, [10, 1, 1])) == {"vcs": None}


def test_the_remaining_groups_share_a_pool():
    found = pools(
        ballots_of(VOLUNTARY, [2] * 5), ballots_of(SPECIALISTS, [1] * 4), ballots_of(SPOT_PROVIDERS, [1] * 4)
    )
    assert found == {"vcs": "vcs", "specialists": "rest", "spot": "rest"}


def test_a_rest_that_is_too_small_takes_everybody_in():
    found = pools(
        ballots_of(VOLUNTARY, [2] * 5), ballots_of(SPECIALISTS, [1] * 4), ballots_of(SPOT_PROVIDERS, [1] * 3)
    )
    assert found == {"vcs": "all", "specialists": "all", "spot": "all"}


def test_a_rest_of_one_group_is_that_group_under_another_name_and_takes_everybody_in():
    found = pools(ballots_of(VOLUNTARY, [2] * 5), ballots_of(SPECIALISTS, [1] * 9))
    assert found == {"vcs": "all", "specialists": "all"}


def test_thresholds_can_be_raised():
    strict = DisclosurePolicy(k=12)
    assert pools(ballots_of(VOLUNTARY, [1] * 11), policy=strict) == {"vcs": None}
    assert pools(ballots_of(VOLUNTARY, [1] * 12), policy=strict) == {"vcs": "vcs"}


@settings(deadline=None)
@given(chains_of_ballots(largest=60))
def test_no_pool_and_no_difference_of_pools_is_under_the_threshold(ballots):
    found = comment_pools(ballots, GROUPS, POLICY, merge_first={})
    for subject in (Subject.PRIME, Subject.CHAIN):
        people: Counter[str | None] = Counter()
        groups: dict[str | None, set[str]] = {}
        for ballot in ballots:
            if ballot.subject == subject and ballot.group_id != "prime":
                pool = found[subject, ballot.group_id]
                id_ = pool.id if pool else None
                people[id_] += 1
                groups.setdefault(id_, set()).add(ballot.group_id)
        assert None not in people or set(people) == {None}
        for id_, count in people.items():
            if id_ is not None:
                assert count >= (8 if id_ in {"all", "rest"} else 10)
                assert id_ != "rest" or len(groups[id_]) > 1


def test_a_group_that_must_be_pooled_never_speaks_alone() -> None:
    ballots = ballots_of(VOLUNTARY, [4, 4, 4]) + ballots_of(SPECIALISTS, [4, 4, 4])
    alone = comment_pools(ballots, GROUPS, POLICY, merge_first={})
    pooled = comment_pools(ballots, GROUPS, POLICY, merge_first={Subject.PRIME: frozenset({VOLUNTARY.id})})
    assert {pool.id for pool in alone.values() if pool} == {VOLUNTARY.id, SPECIALISTS.id}
    assert {pool.id for pool in pooled.values() if pool} == {"all"}
