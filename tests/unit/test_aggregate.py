from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports import aggregate
from reports.aggregate import OpenedBallot, pack, tally
from reports.errors import CountError
from surveys.instrument import OptOut
from surveys.publication import CountedBy
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


def test_opt_outs_and_gaps_are_packed_as_nothing_but_who_could_not_see_it_is_kept_apart():
    ratings: dict[str, int | OptOut] = {"a": 5, "b": OptOut.NOT_APPLICABLE, "d": 1, "e": OptOut.NOT_SEEN}
    packed = pack([OpenedBallot(Subject.PRIME, "g", "o", ratings)], ("a", "b", "c", "d", "e"))
    assert packed.tolist() == [[5, 0, 0, 1, 6]]
    assert packed.dtype == "uint8"


def test_a_review_without_a_single_rating_counts_as_a_review_and_in_no_figure():
    counted = tally([OpenedBallot(Subject.PRIME, "g", "o", {})], ("a",))
    assert counted.reviews_of(["g"]) == {"o": 1}
    assert counted.count_of(["g"], "a") == aggregate.RawCount(0, 0, {}, (0, 0, 0, 0, 0))


def test_an_organisation_in_two_groups_is_one_organisation():
    ballots = [OpenedBallot(Subject.PRIME, group, "o", {"a": 3}) for group in ("g", "h")]
    assert tally(ballots, ("a",)).count_of(["g", "h"], "a").by_organisation == {"o": 2}


def test_the_spread_counts_people_at_each_point():
    ballots = [OpenedBallot(Subject.PRIME, "g", f"o{rating}", {"a": rating}) for rating in (1, 3, 3, 5)]
    assert tally(ballots, ("a",)).count_of(["g"], "a").spread == (1, 0, 2, 0, 1)


def test_who_could_not_see_it_is_counted_among_them_and_those_who_rated_it():
    answers: list[int | OptOut] = [
        5,
        OptOut.NOT_SEEN,
        OptOut.NOT_APPLICABLE,
        OptOut.RATHER_NOT,
        OptOut.NOT_SEEN,
        1,
    ]
    ballots = [
        OpenedBallot(Subject.PRIME, "gh"[place % 2], f"o{place}", {"a": answer})
        for place, answer in enumerate(answers)
    ]
    ballots.append(OpenedBallot(Subject.PRIME, "g", "o9", {}))
    raw = tally(ballots, ("a",)).unseen_of(["g", "h"], "a")
    assert (raw.yes, raw.n) == (2, 4)
    assert raw.by_organisation == dict.fromkeys(("o0", "o1", "o4", "o5"), 1)


class TestOneVoicePerOrganisation:
    def counted(self, *answers):
        """One group; each organisation's people give some answers to one statement."""
        ballots = [
            OpenedBallot(Subject.PRIME, "g", f"o{place}", {"a": answer})
            for place, people in enumerate(answers)
            for answer in people
        ]
        return tally(ballots, ("a",), CountedBy.ORGANISATION)

    def test_its_voice_is_the_exact_mean_of_its_people(self):
        raw = self.counted([1, 2, 2], [5], [OptOut.NOT_SEEN]).count_of(["g"], "a")
        assert (raw.total, raw.n) == (Fraction(5, 3) + 5, 2)
        assert raw.by_organisation == {"o0": 1, "o1": 1}

    def test_its_reviews_are_one_voice_however_many_it_sent(self):
        assert self.counted([1, 1, 1], [2]).reviews_of(["g"]) == {"o0": 1, "o1": 1}

    def test_it_could_not_see_a_practice_when_somebody_says_so_and_nobody_rates_it(self):
        unseen = OptOut.NOT_SEEN
        raw = self.counted([unseen, 3], [unseen, OptOut.RATHER_NOT], [unseen], [OptOut.RATHER_NOT]).unseen_of(
            ["g"], "a"
        )
        assert (raw.yes, raw.n) == (2, 3)

    def test_people_of_one_organisation_in_two_groups_that_are_pooled_are_one_voice(self):
        ballots = [
            OpenedBallot(Subject.PRIME, group, "o", {"a": rating}) for group, rating in (("g", 1), ("h", 4))
        ]
        raw = tally(ballots, ("a",), CountedBy.ORGANISATION).count_of(["g", "h"], "a")
        assert (raw.total, raw.n) == (Fraction(5, 2), 1)


@pytest.mark.parametrize("rating", [6, 0, -1, 256, "5", 4.0, True])
def test_a_rating_that_is_not_on_the_scale_is_refused_without_quoting_it(rating):
    with pytest.raises(CountError) as caught:
        tally([OpenedBallot(Subject.PRIME, "g", "o", {"a": rating})], ("a",))
    assert str(rating) not in str(caught.value)
    assert caught.value.__cause__ is None


def test_printing_a_ballot_or_a_count_shows_no_answer():
    ballot = OpenedBallot(Subject.PRIME, "g", "secret-organisation", {"a": 5})
    counted = tally([ballot], ("a",))
    for value in (ballot, counted, counted.count_of(["g"], "a"), counted.unseen_of(["g"], "a")):
        assert "secret" not in repr(value)
        assert "5" not in repr(value)
