"""One voice per organisation: the argument of docs/methodology.md, tried with everything that people can answer."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.audit import audit
from reports.display import show
from reports.model import Shown
from surveys.publication import CountedBy
from surveys.subjects import Subject
from tests.counted_chains import POLICY, PRIVATE, VOLUNTARY, ballots_of, chains_of_ballots, release_of

ANSWERS = (1, 2, 3, 4, 5)


def displayed(voices):
    people = {f"o{number}": 1 for number in range(len(voices))}
    return show(sum(voices, Fraction(0)), len(voices), people, POLICY, is_attributed=False)


@pytest.mark.parametrize("others", [4, 5, 6, 8])
def test_a_colleague_learns_nothing_and_an_outsider_neither(others):
    """One organisation of two people, and others of one or two: every answer of everybody, tried out."""
    # Others enter by their sum alone: half points, because some of them have two people.
    sums = [Fraction(half, 2) for half in range(2 * others, 10 * others + 1)]
    seen = defaultdict(set)
    for first, second in product(ANSWERS, repeat=2):
        for rest in sums:
            voices = [Fraction(first + second, 2), *[rest / others] * others]
            seen[displayed(voices)].add((first, second))
    for pairs in seen.values():
        assert {first for first, _ in pairs} == set(ANSWERS)
        for own in {first for first, _ in pairs}:
            assert {second for first, second in pairs if first == own} == set(ANSWERS)


@pytest.mark.parametrize("n", range(5, 13))
def test_another_organisation_leaves_three_answers_of_everybody(n):
    """The insider is one organisation; somebody of another one has a colleague who may have said anything."""
    seen: dict[object, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
    for own, theirs, colleague in product(ANSWERS, repeat=3):
        for rest in range(n - 2, 5 * (n - 2) + 1):
            voices = [Fraction(own), Fraction(theirs + colleague, 2), *[Fraction(rest, n - 2)] * (n - 2)]
            seen[displayed(voices)][own].add(theirs)
    assert all(len(theirs) >= 3 for by_own in seen.values() for theirs in by_own.values())


def test_an_organisation_that_sends_twelve_people_weighs_as_much_as_one_that_sends_one():
    ballots = [*ballots_of(VOLUNTARY, [12], 5), *ballots_of(VOLUNTARY, [0, 1, 1, 1, 1, 1], 1)]
    by_person = release_of(ballots, groups=(VOLUNTARY,))
    by_organisation = release_of(ballots, groups=(VOLUNTARY,), counted_by=CountedBy.ORGANISATION)
    (person,), (organisation,) = by_person.parts[0].groups, by_organisation.parts[0].groups
    assert (person.answers, organisation.answers) == (17, 6)
    values = [release.parts[0].sections[0].items[0].values["vcs"] for release in (by_person, by_organisation)]
    assert [value.text for value in values] == ["3.8", "2.0 or below"]


def test_twenty_people_of_four_organisations_are_four_voices():
    ballots = ballots_of(VOLUNTARY, [5, 5, 5, 5])
    assert release_of(ballots, groups=(VOLUNTARY,)).parts[0].groups
    release = release_of(ballots, groups=(VOLUNTARY,), counted_by=CountedBy.ORGANISATION)
    assert release.parts[0].groups == ()


def test_no_distribution_counts_people_where_organisations_have_the_voices():
    ballots = [*ballots_of(VOLUNTARY, [2] * 12), *ballots_of(PRIVATE, [1] * 12)]
    parts = {
        counted_by: release_of(ballots, groups=(VOLUNTARY, PRIVATE), counted_by=counted_by).parts
        for counted_by in CountedBy
    }
    spread = {
        counted_by: any(
            item.distributions for part in found for section in part.sections for item in section.items
        )
        for counted_by, found in parts.items()
    }
    assert spread == {CountedBy.PERSON: True, CountedBy.ORGANISATION: False}
    found = audit(parts[CountedBy.PERSON], POLICY, None, counted_by=CountedBy.ORGANISATION)
    assert any("counts people where each organisation has one voice" in one.words for one in found.offences)


@settings(max_examples=60, deadline=None)
@given(chains_of_ballots(), st.sampled_from(CountedBy))
def test_every_honest_release_holds_and_loses_no_voice(ballots, counted_by):
    release = release_of(ballots, subjects=(Subject.PRIME, Subject.CHAIN), counted_by=counted_by)
    assert release.audit.holds
    assert (release.audit.least_outsider, release.audit.least_insider >= 3) == (5, True)
    for part in release.parts:
        came = {
            (one.group_id, one.organisation_id) if counted_by is CountedBy.ORGANISATION else number
            for number, one in enumerate(ballots)
            if one.subject == part.subject and one.group_id != "prime"
        }
        assert part.received in (None, len(came))
        if part.received is not None:
            assert sum(group.answers or 0 for group in part.groups if group.is_pooled) == part.received
        shown = [v for s in part.sections for i in s.items for v in i.values.values() if isinstance(v, Shown)]
        assert part.groups or not shown
