"""What the preflight foresees, and what it warns of."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.chain import Chain, Contact, Party, Role, Sector
from surveys.grouping import suggest_groups
from surveys.groups import DisclosurePolicy
from surveys.instrument import Voice
from surveys.matrix import Assignment, Group, PartyKind, Plan, assign
from surveys.preflight import (
    Caution,
    CautionKind,
    Forecast,
    Preflight,
    SubjectOutlook,
    Verdict,
    in_words,
    preflight,
)
from surveys.publication import CountedBy
from surveys.subjects import USUAL, Perspective, Subject

POLICY = DisclosurePolicy()
EVERYTHING = USUAL


def party(name: str, role: Role, sector: Sector, people: int) -> Party:
    contacts = tuple(Contact(f"{name}-{number}", f"Person {number}", "", "") for number in range(people))
    return Party(name, name, role, sector, None, "", ("prime",), contacts)


def chain(*parties: Party) -> Chain:
    prime = replace(party("prime", Role.PRIME, Sector.PRIVATE, 3), buyers=())
    return Chain("chain", "Chain", (prime, *parties))


def specialists(*people: int) -> tuple[Party, ...]:
    return tuple(party(f"s{place}", Role.SPECIALIST, Sector.VCS, count) for place, count in enumerate(people))


def spots(*people: int) -> tuple[Party, ...]:
    return tuple(
        party(f"t{place}", Role.SPOT_PROVIDER, Sector.VCS, count) for place, count in enumerate(people)
    )


def look(
    *parties: Party,
    perspectives: frozenset[Perspective] = EVERYTHING,
    policy: DisclosurePolicy = POLICY,
    merge_first: frozenset[str] = frozenset(),
    seed: int = 7,
    counted_by: CountedBy = CountedBy.PERSON,
) -> Preflight:
    whole = chain(*parties)
    groups = suggest_groups(whole, POLICY)
    assignments = assign(whole, Plan(groups, perspectives), list(Voice)).assignments
    return preflight(assignments, groups, policy, seed=seed, merge_first=merge_first, counted_by=counted_by)


def forecast(result: Preflight, group_id: str, rate: float) -> Forecast:
    outlooks = {outlook.group.id: outlook for outlook in result.subjects[0].protected}
    return next(found for found in outlooks[group_id].forecasts if found.rate == rate)


def kinds(result: Preflight) -> set[tuple[CautionKind, str | None]]:
    return {(caution.kind, caution.group_id) for caution in result.cautions}


def the_caution(result: Preflight, kind: CautionKind) -> Caution:
    return next(caution for caution in result.cautions if caution.kind is kind)


def test_a_large_group_is_almost_certainly_released() -> None:
    result = look(*specialists(5, 5, 5, 5, 5, 5))
    assert forecast(result, "specialists", 0.7).verdict is Verdict.RELEASED
    assert forecast(result, "specialists", 0.7).likelihood == "almost certainly"
    assert result.is_reportable
    assert result.cautions == ()


def test_at_full_response_the_forecast_is_what_the_partition_does() -> None:
    result = look(*specialists(2, 2, 2, 2), *spots(1, 1))
    # Two spot providers cannot be hidden but with the specialists.
    assert forecast(result, "spot-providers", 1.0).shares[Verdict.MERGED] == 1
    assert forecast(result, "specialists", 1.0).shares[Verdict.MERGED] == 1


def test_a_group_that_nobody_may_answer_for_is_not_reportable_in_those_draws() -> None:
    shares = forecast(look(*specialists(6, 6, 6, 6), *spots(1)), "spot-providers", 0.3).shares
    assert shares[Verdict.RELEASED] == 0
    assert 0.6 < shares[Verdict.NOT_REPORTABLE] < 0.8


def test_shares_of_the_verdicts_add_up_to_one() -> None:
    result = look(*specialists(2, 2, 1), *spots(1, 1, 2))
    for outlook in result.subjects:
        for group in outlook.protected:
            assert [found.rate for found in group.forecasts] == [0.3, 0.5, 0.7, 1.0]
            assert all(sum(found.shares.values()) == pytest.approx(1) for found in group.forecasts)


def test_the_prime_is_shown_apart_and_counts_in_no_protected_total() -> None:
    outlook = look(*specialists(2, 2, 2)).subjects[0]
    assert [(apart.group.id, apart.people) for apart in outlook.attributed] == [("prime", 3)]
    assert outlook.people == 6
    assert outlook.organisations == 3


def test_fewer_than_five_people_block_the_launch() -> None:
    result = look(*specialists(2, 1, 1))
    assert not result.is_reportable
    assert not any(outlook.is_reportable for outlook in result.subjects)
    caution = the_caution(result, CautionKind.NO_REPORT)
    assert "only 4 people can be asked" in caution.message
    assert caution.subjects == (Subject.PRIME,)
    assert all(found.shares[Verdict.RELEASED] == 0 for found in result.subjects[0].forecasts)


class TestOneVoicePerOrganisation:
    def look(self, *parties: Party) -> Preflight:
        return look(*parties, counted_by=CountedBy.ORGANISATION)

    def test_twenty_people_of_four_organisations_are_too_few(self) -> None:
        assert look(*specialists(5, 5, 5, 5)).is_reportable
        result = self.look(*specialists(5, 5, 5, 5))
        assert not result.is_reportable
        caution = the_caution(result, CautionKind.NO_REPORT)
        assert "only 4 organisations can be asked, each with one voice, and 5 must answer" in caution.message

    def test_a_group_of_four_organisations_is_joined_with_another(self) -> None:
        result = self.look(*specialists(5, 5, 5, 5), *spots(1, 1, 1, 1, 1, 1))
        assert result.is_reportable
        assert result.subjects[0].joined == {"specialists", "spot-providers"}
        (caution,) = result.cautions
        assert caution.message.startswith(
            "Specialists: only 4 organisations can be asked, each with one voice"
        )

    def test_one_that_sends_half_of_the_people_is_one_voice_of_many(self) -> None:
        result = self.look(*specialists(9, 1, 1, 1, 1, 1))
        assert result.cautions == ()
        assert forecast(result, "specialists", 1.0).shares[Verdict.RELEASED] == 1

    def test_it_has_its_voice_when_any_of_its_people_answers(self) -> None:
        few = forecast(self.look(*specialists(1, 1, 1, 1, 1, 1)), "specialists", 0.5)
        many = forecast(self.look(*specialists(6, 6, 6, 6, 6, 6)), "specialists", 0.5)
        assert few.shares[Verdict.RELEASED] < 0.2
        assert many.shares[Verdict.RELEASED] > 0.9


def test_one_subject_without_a_report_blocks_the_launch() -> None:
    everyone = (
        Group("prime", "Prime", True, frozenset()),
        Group("specialists", "Specialists", False, frozenset()),
    )
    enough = [asked_of(number, Subject.PRIME) for number in range(6)]
    too_few = [asked_of(number, Subject.CHAIN) for number in range(4)]
    assert preflight(enough, everyone, POLICY, seed=1).is_reportable
    assert not preflight([*enough, *too_few], everyone, POLICY, seed=1).is_reportable


def asked_of(number: int, subject: Subject) -> Assignment:
    whole = chain(*specialists(1))
    sample = assign(whole, Plan(suggest_groups(whole, POLICY), EVERYTHING), list(Voice)).assignments[0]
    return Assignment(f"contact-{number}", f"party-{number}", subject, sample.voice, "specialists")


def test_a_raised_k_is_what_counts() -> None:
    assert look(*specialists(2, 2, 2)).is_reportable
    assert not look(*specialists(2, 2, 2), policy=DisclosurePolicy(k=7)).is_reportable


def test_two_organisations_give_no_report_however_many_people_they_have() -> None:
    result = look(*specialists(20, 20))
    assert not result.is_reportable
    assert "only 2 organisations" in the_caution(result, CautionKind.NO_REPORT).message
    assert (CautionKind.FEW_ORGANISATIONS, "specialists") in kinds(result)


def test_a_chain_that_hangs_on_one_organisation_gives_no_report() -> None:
    result = look(*specialists(9, 1, 1))
    assert not result.is_reportable
    assert "too few people would be left" in the_caution(result, CautionKind.NO_REPORT).message


def test_a_plan_without_assignments_is_not_reportable() -> None:
    assert not preflight((), (), POLICY, seed=1).is_reportable


def test_a_subject_that_only_the_prime_reviews_is_not_reportable() -> None:
    result = look()
    assert not result.is_reportable
    assert result.subjects[0].people == 0
    assert result.subjects[0].protected == ()


def test_a_group_smaller_than_k_can_never_stand_alone() -> None:
    result = look(*specialists(3, 3, 3), *spots(1, 1, 1, 1))
    caution = the_caution(result, CautionKind.SMALL_GROUP)
    assert caution.group_id == "spot-providers"
    assert "only 4 people" in caution.message


def test_an_organisation_with_more_than_half_of_a_group_is_told() -> None:
    result = look(*specialists(6, 2, 2, 1))
    caution = the_caution(result, CautionKind.ONE_ORGANISATION_PREVAILS)
    assert "6 of its 11 people" in caution.message
    assert result.is_reportable


def test_half_of_a_group_is_not_more_than_half() -> None:
    assert kinds(look(*specialists(5, 3, 2))) == set()


def test_a_group_that_one_organisation_leaves_too_small_is_told() -> None:
    result = look(*specialists(2, 2, 1), *spots(2, 2, 2, 2, 2))
    caution = the_caution(result, CautionKind.ONE_ORGANISATION_PREVAILS)
    assert caution.group_id == "specialists"
    assert "only 3 people would be left" in caution.message


def test_a_caution_that_holds_for_both_subjects_is_told_once() -> None:
    cautions = look(*specialists(3, 3, 3), *spots(1, 1, 1)).cautions
    assert [caution.subjects for caution in cautions] == [(Subject.PRIME, Subject.CHAIN)]


def test_a_group_that_must_be_merged_is_never_forecast_as_released() -> None:
    parties = (*specialists(4, 4, 4), *spots(4, 4, 4))
    assert forecast(look(*parties), "specialists", 1.0).verdict is Verdict.RELEASED
    result = look(*parties, merge_first=frozenset({"specialists"}))
    assert forecast(result, "specialists", 1.0).verdict is Verdict.MERGED
    assert (CautionKind.MERGED_FIRST, "specialists") in kinds(result)


def test_the_same_seed_gives_the_same_preflight() -> None:
    parties = (*specialists(2, 2, 2), *spots(1, 2, 1))
    assert look(*parties, seed=3) == look(*parties, seed=3)
    assert look(*parties, seed=3) != look(*parties, seed=4)


@pytest.mark.parametrize("rate", [-0.1, 1.01, float("nan")])
def test_a_rate_that_is_no_share_is_refused(rate: float) -> None:
    with pytest.raises(ValueError, match="share from 0 to 1"):
        preflight((), (), POLICY, rates=(rate,), seed=1)


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (1.0, "almost certainly"),
        (0.95, "almost certainly"),
        (0.94, "probably"),
        (0.65, "probably"),
        (0.64, "about even"),
        (0.35, "about even"),
        (0.34, "unlikely"),
        (0.0, "unlikely"),
    ],
)
def test_likelihoods_are_words(share: float, words: str) -> None:
    assert in_words(share) == words


def test_of_two_equal_verdicts_the_more_cautious_is_told() -> None:
    even = Forecast(0.5, {Verdict.RELEASED: 0.5, Verdict.MERGED: 0.5, Verdict.NOT_REPORTABLE: 0.0})
    assert even.verdict is Verdict.MERGED
    assert even.likelihood == "about even"


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([Role.COMMISSIONER, Role.SUBCONTRACTOR, Role.SPECIALIST, Role.SPOT_PROVIDER]),
            st.sampled_from(Sector),
            st.integers(1, 6),
        ),
        max_size=10,
    ),
    st.integers(0, 2**32),
)
def test_no_chain_breaks_the_preflight_and_full_response_agrees_with_it(
    listed: list[tuple[Role, Sector, int]], seed: int
) -> None:
    parties = [party(f"p{place}", *each) for place, each in enumerate(listed)]
    result = look(*parties, seed=seed)
    for outlook in result.subjects:
        at_full = outlook.forecasts[-1]
        assert (at_full.shares[Verdict.RELEASED] == 1) is outlook.is_reportable
        for group in outlook.protected:
            assert (group.forecasts[-1].verdict is Verdict.NOT_REPORTABLE) is not outlook.is_reportable


def test_a_chain_of_120_parties_takes_less_than_half_a_second() -> None:
    roles = (Role.SUBCONTRACTOR, Role.SPECIALIST, Role.SPOT_PROVIDER, Role.COMMISSIONER)
    sectors = tuple(Sector)
    parties = [
        party(f"p{place}", roles[place % 4], sectors[place % 3], 3 + (place % 3 == 0)) for place in range(119)
    ]
    started = time.process_time()
    result = look(*parties)
    assert time.process_time() - started < 0.5
    assert result.subjects[0].people == sum(len(each.contacts) for each in parties) == 397


def test_a_group_of_kinds_is_read_from_the_assignments_alone() -> None:
    kind = frozenset({PartyKind(Role.SPECIALIST, Sector.VCS)})
    idle = Group("idle", "Idle", False, kind)
    whole = chain(*specialists(2, 2, 2))
    groups = suggest_groups(whole, POLICY)
    assignments = assign(whole, Plan(groups, EVERYTHING), list(Voice)).assignments
    result = preflight(assignments, (*groups, idle), POLICY, seed=1)
    assert [outlook.group.id for outlook in result.subjects[0].protected] == ["specialists"]


def tiers(*people: int, tier_ones: int = 1) -> tuple[Party, ...]:
    """Tier-1s of two people each, and specialists that all of them pay."""
    payers = tuple(party(f"mill{number}", Role.SUBCONTRACTOR, Sector.VCS, 2) for number in range(tier_ones))
    buyers = tuple(payer.id for payer in payers)
    under = specialists(*people)
    return (*payers, *(replace(paid, buyers=buyers) for paid in under))


def whole_look(*parties: Party, merge_first: frozenset[str] = frozenset()) -> Preflight:
    """The preflight of every perspective, with the groups that follow from contracts."""
    whole = chain(*parties)
    found = assign(whole, Plan(suggest_groups(whole, POLICY), frozenset(Perspective)), list(Voice))
    return preflight(found.assignments, found.groups, POLICY, seed=7, merge_first=merge_first)


def outlook_on(result: Preflight, subject: Subject) -> SubjectOutlook:
    return next(outlook for outlook in result.subjects if outlook.subject == subject)


def test_a_partner_can_always_be_reported_on_because_every_voice_is_attributed() -> None:
    result = whole_look(*tiers(2, 2, 2))
    on_mill = outlook_on(result, Subject.partner("mill0"))
    assert on_mill.is_reportable and on_mill.protected == () and on_mill.people == 0
    # Two of the prime's three people, and both of its own.
    assert {apart.group.id: apart.people for apart in on_mill.attributed} == {"prime": 2, "own:mill0": 2}
    on_paid = outlook_on(result, Subject.partner("s0"))
    assert {apart.group.id: apart.people for apart in on_paid.attributed} == {
        "prime": 2, "own:s0": 2, "buyer:mill0": 2,
    }  # fmt: skip
    told = {subject for caution in result.cautions for subject in caution.subjects}
    assert not any(subject.is_partner for subject in told)


def test_those_whom_a_tier_one_pays_are_forecast_like_any_group() -> None:
    on_buyers = outlook_on(whole_look(*tiers(2, 2, 2)), Subject.BUYERS)
    assert on_buyers.is_reportable and on_buyers.joined == frozenset() and on_buyers.attributed == ()
    (group,) = on_buyers.protected
    assert (group.group.title, group.people, group.organisations, group.largest) == (
        "Subcontractors of mill0", 6, 3, 2,
    )  # fmt: skip
    assert group.forecasts[-1].shares[Verdict.RELEASED] == 1


def test_subcontractors_of_several_small_tier_ones_are_joined() -> None:
    result = whole_look(*tiers(2, 2, 2, tier_ones=2))
    on_buyers = outlook_on(result, Subject.BUYERS)
    assert on_buyers.joined == {"suppliers:mill0", "suppliers:mill1"}
    assert on_buyers.people == 6 and on_buyers.organisations == 3 and on_buyers.is_reportable
    assert (CautionKind.SMALL_GROUP, "suppliers:mill0") in kinds(result)


def test_too_few_subcontractors_of_tier_ones_block_the_launch_and_are_told_in_words() -> None:
    result = whole_look(*tiers(2, 1), *spots(2, 2, 2))
    assert not result.is_reportable
    caution = the_caution(result, CautionKind.NO_REPORT)
    assert caution.subjects == (Subject.BUYERS,)
    assert caution.message.startswith("No report on tier-1 partners as buyers is possible: only 3 people")


def test_a_report_that_only_a_change_of_people_prevents_says_so() -> None:
    parties = tiers(2, 2, 2)
    assert whole_look(*parties).is_reportable
    result = whole_look(*parties, merge_first=frozenset({"suppliers:mill0"}))
    caution = the_caution(result, CautionKind.NO_REPORT)
    assert caution.subjects == (Subject.BUYERS,)
    assert "joined or left since the last review" in caution.message
    assert "organisation" not in caution.message
