from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports import aggregate
from reports.aggregate import OpenedBallot, pack, tally
from reports.errors import CountError
from surveys.instrument import OptOut
from surveys.subjects import Subject
from tests.counted_chains import PROTECTED, QUESTIONS, chains_of_ballots


def naive(ballots, group_ids, question_id):
    given_ratings = [
        (ballot.organisation_id, ballot.ratings[question_id])
        for ballot in ballots
        if ballot.group_id in group_ids
        and not isinstance(ballot.ratings.get(question_id, OptOut.NOT_SEEN), OptOut)
    ]
    by_organisation: dict[str, int] = {}
    for organisation_id, _ in given_ratings:
        by_organisation[organisation_id] = by_organisation.get(organisation_id, 0) + 1
    return sum(rating for _, rating in given_ratings), len(given_ratings), by_organisation


@settings(deadline=None)
@given(chains_of_ballots(smallest=0), st.sets(st.sampled_from([group.id for group in PROTECTED])))
def test_packed_counts_are_those_of_counting_one_by_one(ballots, group_ids):
    on_prime = [ballot for ballot in ballots if ballot.subject == Subject.PRIME]
    counted = tally(on_prime, QUESTIONS)
    for question_id in QUESTIONS:
        raw = counted.count_of(group_ids, question_id)
        assert (raw.total, raw.n, raw.by_organisation) == naive(on_prime, group_ids, question_id)
    reviews = counted.reviews_of(group_ids)
    assert sum(reviews.values()) == sum(ballot.group_id in group_ids for ballot in on_prime)


@settings(max_examples=20, deadline=None)
@given(chains_of_ballots(smallest=10))
def test_counting_in_chunks_gives_the_same(ballots):
    whole = tally(ballots, QUESTIONS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(aggregate, "CHUNK", 3)
        chunked = tally(ballots, QUESTIONS)
    assert (whole.ratings == chunked.ratings).all()
    assert (whole.reviews == chunked.reviews).all()


def test_opt_outs_and_gaps_are_packed_as_nothing():
    ratings: dict[str, int | OptOut] = {"a": 5, "b": OptOut.NOT_APPLICABLE, "d": 1}
    packed = pack([OpenedBallot(Subject.PRIME, "g", "o", ratings)], ("a", "b", "c", "d"))
    assert packed.tolist() == [[5, 0, 0, 1]]
    assert packed.dtype == "uint8"


def test_a_review_without_a_single_rating_counts_as_a_review_and_in_no_figure():
    counted = tally([OpenedBallot(Subject.PRIME, "g", "o", {})], ("a",))
    assert counted.reviews_of(["g"]) == {"o": 1}
    assert counted.count_of(["g"], "a") == aggregate.RawCount(0, 0, {})


def test_an_organisation_in_two_groups_is_one_organisation():
    ballots = [OpenedBallot(Subject.PRIME, group, "o", {"a": 3}) for group in ("g", "h")]
    assert tally(ballots, ("a",)).count_of(["g", "h"], "a").by_organisation == {"o": 2}


@pytest.mark.parametrize("rating", [6, -1, 256, "5", 4.0])
def test_a_rating_that_is_not_on_the_scale_is_refused_without_quoting_it(rating):
    with pytest.raises(CountError) as caught:
        tally([OpenedBallot(Subject.PRIME, "g", "o", {"a": rating})], ("a",))
    assert str(rating) not in str(caught.value)
    assert caught.value.__cause__ is None


def test_printing_a_ballot_or_a_count_shows_no_answer():
    ballot = OpenedBallot(Subject.PRIME, "g", "secret-organisation", {"a": 5})
    counted = tally([ballot], ("a",))
    for value in (ballot, counted, counted.count_of(["g"], "a")):
        assert "secret" not in repr(value)
        assert "5" not in repr(value)
