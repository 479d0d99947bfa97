"""The groups that a chain suggests: who stands where, and past and potential partners apart only when large enough."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from surveys.chain import Chain, Contact, Party, Role, Sector, Standing
from surveys.grouping import suggest_groups
from surveys.groups import DisclosurePolicy, is_safe
from surveys.matrix import Group, Plan, kind_of

POLICY = DisclosurePolicy()
PAST, POTENTIAL, TOGETHER = "past-partners", "potential-partners", "past-and-potential"


def party(
    id_: str,
    role: Role = Role.SUBCONTRACTOR,
    sector: Sector = Sector.VCS,
    standing: Standing = Standing.PRESENT,
    *,
    people: int = 1,
) -> Party:
    contacts = tuple(Contact(f"{id_}/{number}", "N", "", "n@n.example") for number in range(people))
    return Party(id_, id_, role, sector, None, "", ("prime",), contacts, standing)


def chain(*parties: Party) -> Chain:
    return Chain("c", "C", (party("prime", Role.PRIME, Sector.PRIVATE), *parties))


def some(standing: Standing, *people: int) -> tuple[Party, ...]:
    return tuple(
        party(f"{standing}-{number}", standing=standing, people=count) for number, count in enumerate(people)
    )


def suggested(*parties: Party, policy: DisclosurePolicy = POLICY) -> dict[str, Group]:
    return {group.id: group for group in suggest_groups(chain(*parties), policy)}


def group_of(member: Party, *others: Party) -> str:
    whole = chain(member, *others)
    group = Plan(suggest_groups(whole, POLICY), frozenset()).group_of(member)
    assert group is not None
    return group.id


def test_each_kind_of_partner_has_its_group_and_only_those_that_the_chain_has() -> None:
    found = suggested(
        party("a", Role.SUBCONTRACTOR, Sector.VCS),
        party("b", Role.SUBCONTRACTOR, Sector.PUBLIC),
        party("c", Role.SUBCONTRACTOR, Sector.PRIVATE),
        party("d", Role.COMMISSIONER, Sector.PUBLIC),
    )
    assert list(found) == ["prime", "commissioners", "vcs-subcontractors", "other-subcontractors"]
    assert {kind.sector for kind in found["other-subcontractors"].kinds} == {Sector.PUBLIC, Sector.PRIVATE}


def test_the_prime_alone_is_attributed_and_a_sole_commissioner_starts_as_protected() -> None:
    found = suggested(party("d", Role.COMMISSIONER, Sector.PUBLIC), *some(Standing.PAST, 2, 2, 2))
    assert [group.id for group in found.values() if group.is_attributed] == ["prime"]
    assert found["prime"].title == "prime"


def test_past_and_potential_partners_stand_apart_when_each_could_be_shown() -> None:
    found = suggested(*some(Standing.PAST, 2, 2, 2), *some(Standing.POTENTIAL, 2, 2, 2))
    assert {PAST, POTENTIAL} <= set(found) and TOGETHER not in found


def test_one_of_them_alone_stands_apart_when_the_chain_has_no_others() -> None:
    assert PAST in suggested(*some(Standing.PAST, 2, 2, 2))
    assert POTENTIAL in suggested(*some(Standing.POTENTIAL, 2, 2, 2))


def test_they_are_joined_with_each_other_when_one_of_them_is_too_small() -> None:
    past, potential = some(Standing.PAST, 2, 2, 2), some(Standing.POTENTIAL, 1)
    assert group_of(potential[0], *past) == group_of(past[0], *past[1:], *potential) == TOGETHER
    assert not {PAST, POTENTIAL} & set(suggested(*past, *potential))


def test_they_are_joined_with_the_present_ones_of_their_kind_when_even_together_they_are_too_few() -> None:
    past, potential = some(Standing.PAST, 2), some(Standing.POTENTIAL, 2)
    present = party("now")
    assert group_of(past[0], present, *potential) == group_of(present, *past) == "vcs-subcontractors"
    assert not {PAST, POTENTIAL, TOGETHER} & set(suggested(present, *past, *potential))


def test_six_people_of_one_organisation_are_not_large_enough() -> None:
    assert PAST not in suggested(*some(Standing.PAST, 6))
    # Without the largest organisation only three would be left.
    assert PAST not in suggested(*some(Standing.PAST, 4, 2, 1))


def test_a_higher_k_keeps_fewer_apart() -> None:
    past = some(Standing.PAST, 2, 2, 2)
    assert PAST in suggested(*past) and PAST not in suggested(*past, policy=DisclosurePolicy(k=7))


parties = st.builds(
    lambda role, sector, standing, people: (role, sector, standing, people),
    st.sampled_from([role for role in Role if role is not Role.PRIME]),
    st.sampled_from(Sector),
    st.sampled_from(Standing),
    st.integers(1, 4),
)


@given(st.lists(parties, max_size=14))
def test_everybody_is_in_exactly_one_group_and_who_stands_apart_could_be_shown(
    drawn: list[tuple[Role, Sector, Standing, int]],
) -> None:
    whole = chain(
        *(
            party(f"x{number}", role, sector, standing, people=people)
            for number, (role, sector, standing, people) in enumerate(drawn)
        )
    )
    groups = suggest_groups(whole, POLICY)
    for member in whole.parties:
        assert sum(kind_of(member) in group.kinds for group in groups) == 1
    for group in groups:
        members = [member for member in whole.parties if kind_of(member) in group.kinds]
        assert members
        if group.id in {PAST, POTENTIAL, TOGETHER}:
            assert is_safe({member.id: len(member.contacts) for member in members}, POLICY)
            assert all(member.standing is not Standing.PRESENT for member in members)
    assert len({group.id for group in groups}) == len(groups) == len({group.title for group in groups})
