"""Two cycles side by side: columns that differ by a few people are merged, everybody beside everybody is exempt."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.audit import audit
from reports.comparison import (
    ComparedColumn,
    Comparison,
    Invited,
    _set_faults,
    compared_columns,
    earlier_of,
)
from reports.model import OTHER_TITLE
from surveys.publication import CountedBy
from surveys.subjects import Subject
from tests.counted_chains import (
    POLICY,
    PRIVATE,
    SPECIALISTS,
    SPOT_PROVIDERS,
    VOLUNTARY,
    ballots_of,
    release_of,
)

GROUPS = (VOLUNTARY, PRIVATE, SPECIALISTS, SPOT_PROVIDERS)


def invited(**people):
    """Who was invited in each group: names as one text, each of an organisation of their own."""
    return {
        (Subject.PRIME, group): Invited(
            frozenset(names.split()), frozenset(f"at {name}" for name in names.split())
        )
        for group, names in people.items()
    }


def named(prefix, count, start=0):
    return " ".join(f"{prefix}{number}" for number in range(start, start + count))


def release(asked, comparison=None, rating=3, answered=1.0, counted_by=CountedBy.PERSON):
    by_id = {group.id: group for group in GROUPS}
    groups = [by_id[id_] for _, id_ in asked]
    ballots = [
        ballot
        for (_, id_), who in asked.items()
        for ballot in ballots_of(by_id[id_], [1] * int(len(who.people) * answered), rating)
    ]
    return release_of(ballots, groups=groups, comparison=comparison, counted_by=counted_by)


def compared(before, now, rating=3, answered=1.0, counted_by=CountedBy.PERSON):
    """The release of the people now, laid beside that of the people before."""
    then = earlier_of("the last", release(before, answered=answered).parts, before)
    is_by_organisation = counted_by is CountedBy.ORGANISATION
    comparison = Comparison(now, (then,), by_organisation=is_by_organisation)
    return release(now, comparison, rating, answered, counted_by)


def columns(found):
    return {frozenset(group.includes or {group.title}) for part in found.parts for group in part.groups}


BEFORE = invited(vcs=named("v", 8), private=named("p", 9), specialists=named("s", 7))


def test_the_same_people_stand_alone_again():
    found = compared(BEFORE, BEFORE)
    assert columns(found) == {frozenset({title}) for title in ("Voluntary", "Private", "Specialists")}
    assert (found.audit.compared_with, found.audit.merged) == ("the last", 0)


@pytest.mark.parametrize("more", [1, 2, 3, 4])
def test_a_column_that_differs_by_one_to_four_people_is_merged_further(more):
    now = {**BEFORE, **invited(vcs=named("v", 8 + more))}
    found = compared(BEFORE, now)
    assert columns(found) == {frozenset({"Voluntary", "Specialists"}), frozenset({"Private"})}
    assert found.audit.merged >= 1
    assert found.audit.holds


def test_people_who_are_exchanged_count_on_both_sides():
    now = {**BEFORE, **invited(vcs=f"{named('v', 7)} somebody")}
    assert frozenset({"Voluntary"}) not in columns(compared(BEFORE, now))


def test_five_people_hide_each_other():
    now = {**BEFORE, **invited(vcs=named("v", 13))}
    assert frozenset({"Voluntary"}) in columns(compared(BEFORE, now))


def test_a_pooled_column_that_differs_from_a_pooled_one_is_merged_further():
    """It is no group that changed, in the eyes of the groups: the two small ones were pooled last time too."""
    before = invited(vcs=named("v", 9), private=named("p", 8), specialists=named("s", 4), spot=named("t", 4))
    now = {**before, **invited(spot=named("t", 6))}
    found = compared(before, now)
    assert columns(found) == {
        frozenset({"Voluntary"}), frozenset({"Private", "Specialists", "Spot providers"}),
    }  # fmt: skip


def test_what_follows_from_several_columns_is_compared_too():
    """Ten came: nine of them to one group, one to another, so that a pool without those nine would show that one."""
    before = invited(vcs=named("v", 8), private=named("p", 9), specialists=named("s", 7))
    now = invited(vcs=named("v", 9), private=named("p", 18), specialists=named("s", 7))
    found = compared(before, now)
    # With the specialists the voluntary group would differ from those two of the last time by one, everybody by ten.
    assert columns(found) == {frozenset({"Voluntary", "Private"}), frozenset({"Specialists"})}


def test_everybody_beside_everybody_is_exempt():
    before = invited(vcs=named("v", 4), private=named("p", 4))
    now = invited(vcs=named("v", 5), private=named("p", 4))
    found = compared(before, now)
    assert columns(found) == {frozenset({"Voluntary", "Private"})}
    assert found.audit.holds


def test_two_columns_that_overlap_an_old_one_by_nearly_all_are_caught():
    """Last time one group, now two that are nearly its halves and a few people: together they differ by two."""
    before = invited(vcs=f"{named('v', 7)} {named('w', 7)}", spot=named("t", 9))
    now = invited(vcs=named("v", 8), private=named("w", 8), spot=named("u", 9))
    found = compared(before, now)
    assert found.audit.holds
    assert not {frozenset({"Voluntary"}), frozenset({"Private"})} <= columns(found)


def test_the_audit_says_what_is_wrong():
    now = {**BEFORE, **invited(vcs=named("v", 10))}
    parts = release(now).parts
    then = earlier_of("the last", release(BEFORE).parts, BEFORE)
    result = audit(parts, POLICY, None, comparison=Comparison(now, (then,), by_organisation=False)).result
    assert (
        result.findings[0] == "Alder Ltd, Voluntary: differs by one to four from what the last report shows."
    )
    assert result.compared_with == "the last"


def test_where_organisations_have_the_voices_they_are_compared_as_well():
    """Six people of one organisation left: nobody is laid open by their number, but one voice of six is."""
    before = invited(vcs=named("v", 8), private=named("p", 9))
    cell = (Subject.PRIME, "vcs")
    group = {name: f"at {name}" for name in before[cell].people}
    newcomers = frozenset(f"n{number}" for number in range(6))
    now = {**before, cell: Invited(before[cell].people | newcomers, frozenset(group.values()) | {"at n"})}
    assert frozenset({"Voluntary"}) in columns(compared(before, now))
    found = compared(before, now, counted_by=CountedBy.ORGANISATION)
    assert columns(found) == {frozenset({"Voluntary", "Private"})}


@pytest.mark.parametrize(("of_six", "of_new"), list(product((1, 3, 5), repeat=2)))
def test_what_is_pooled_beside_the_last_report_does_not_hang_on_the_answers(of_six, of_new):
    """Else that a column is pooled would say what its figure was: with lists and turnout known, nothing else could."""
    before = invited(vcs=named("v", 6), private=named("p", 9))
    now = {**before, **invited(vcs=named("v", 12))}
    then = earlier_of("the last", release(before, rating=2).parts, before)
    ballots = [
        *ballots_of(VOLUNTARY, [1] * 6, of_six), *ballots_of(VOLUNTARY, [1] * 6, of_new),
        *ballots_of(PRIVATE, [1] * 9, 2),
    ]  # fmt: skip
    comparison = Comparison(now, (then,), by_organisation=False)
    found = release_of(ballots, groups=(VOLUNTARY, PRIVATE), comparison=comparison)
    assert found.audit.holds
    assert columns(found) == {frozenset({"Voluntary"}), frozenset({"Private"})}


def spread(found):
    return {
        id_ for part in found.parts for s in part.sections for item in s.items for id_ in item.distributions
    }


def test_people_who_had_a_distribution_last_time_have_none_in_a_column_with_others_in_it():
    before = invited(vcs=named("v", 20), private=named("p", 20))
    now = {**before, **invited(vcs=named("v", 26))}
    assert spread(release(now)) == {"vcs", "private"}
    assert spread(compared(before, now)) == {"private"}
    then = earlier_of("the last", release(before).parts, before)
    found = audit(
        release(now).parts, POLICY, None, comparison=Comparison(now, (then,), by_organisation=False)
    )
    assert any("so had some of its people" in one.words for one in found.offences)


def test_the_rest_is_all_groups_that_do_not_stand_alone():
    asked = invited(vcs=named("v", 9), private=named("p", 3), specialists=named("s", 3))
    (part,) = release(asked).parts
    rest = next(column for column in compared_columns(part, asked) if column.title == OTHER_TITLE)
    assert rest.invited.people == set(f"{named('p', 3)} {named('s', 3)}".split())


def test_many_columns_of_buyers_are_compared_quickly():
    ids = [f"g{number}" for number in range(30)]
    people = {
        (Subject.BUYERS, id_): Invited(frozenset(f"{id_}-{n}" for n in range(9)), frozenset()) for id_ in ids
    }
    (part,) = release(BEFORE).parts
    one = part.groups[0]
    wide = replace(
        part,
        subject=Subject.BUYERS,
        groups=tuple(replace(one, id=id_, title=id_) for id_ in ids),
        sections=tuple(
            replace(
                s,
                items=tuple(replace(i, values=dict.fromkeys(ids, i.values["vcs"])) for i in s.items),
                means=dict.fromkeys(ids, s.means["vcs"]),
            )
            for s in part.sections
        ),
    )
    then = earlier_of("the last", [wide], people)
    moved = {**people, (Subject.BUYERS, "g0"): Invited(frozenset(f"g0-{n}" for n in range(10)), frozenset())}
    found = audit([wide], POLICY, None, comparison=Comparison(moved, (then,), by_organisation=False))
    assert {one.group_id for one in found.offences if "differs" in one.words} == {"g0"}


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_every_release_beside_a_random_earlier_one_holds_and_loses_no_voice(data):
    people = [f"{kind}{number}" for kind, number in product("vpst", range(14))]
    ids = [group.id for group in GROUPS]

    def asked():
        placed = {
            name: data.draw(st.sampled_from([*ids, ids["vpst".index(name[0])], None])) for name in people
        }
        by_group = {id_: [name for name, place in placed.items() if place == id_] for id_ in ids}
        return invited(**{id_: " ".join(names) for id_, names in by_group.items() if names})

    before, now = asked(), asked()
    found = compared(before, now, rating=data.draw(st.integers(1, 5)))
    assert found.audit.holds
    everybody = sum(len(who.people) for who in now.values())
    assert [part.received for part in found.parts] in ([everybody], [None])


def test_an_organisation_in_two_columns_does_not_hide_that_it_left_one():
    """It had five contacts in each column and has all ten in one now: the other column lost exactly its voice."""
    shared = frozenset({"Shared"})
    ones, others = (frozenset(f"{side}{number}" for number in range(6)) for side in "ab")
    people = [frozenset(f"s{number}" for number in numbers) for numbers in (range(5), range(5, 10))]
    then = (
        ComparedColumn("a", "A", Invited(ones | people[0], ones | shared), False),
        ComparedColumn("b", "B", Invited(others | people[1], others | shared), False),
    )
    now = (
        ComparedColumn("a", "A", Invited(ones, ones), False),
        ComparedColumn("b", "B", Invited(others.union(*people), others | shared), False),
    )
    assert not list(_set_faults(now, then, lambda invited: invited.people))
    assert any("a" in ids for ids, _ in _set_faults(now, then, lambda invited: invited.organisations))
