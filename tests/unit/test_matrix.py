"""Who reviews whom: every rule, the cap, and what holds for any chain."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.chain import Chain, Contact, Party, Role, Sector, Standing
from surveys.grouping import suggest_groups
from surveys.groups import DisclosurePolicy
from surveys.instrument import Voice
from surveys.matrix import (
    HIGHEST_CAP,
    LEAST_CAP,
    VIEWS_OF_A_PARTNER,
    Assignment,
    Group,
    Matrix,
    Plan,
    assign,
    buyer_view,
    derived_group,
    is_attributed_id,
    own_view,
    suppliers_of,
    tier_ones,
    voices_asked,
)
from surveys.subjects import VOICES_OF_PERSPECTIVE, Perspective, Subject

POLICY = DisclosurePolicy()
ALL = frozenset(Perspective)


def party(
    id_: str,
    role: Role = Role.SUBCONTRACTOR,
    people: int = 1,
    *,
    buyers: tuple[str, ...] = ("prime",),
    sector: Sector = Sector.VCS,
    standing: Standing = Standing.PRESENT,
) -> Party:
    contacts = tuple(
        Contact(f"{id_}/{number}", f"{number} of {id_}", "", f"{number}@{id_}.example")
        for number in range(people)
    )
    return Party(id_, id_.title(), role, sector, None, "", buyers, contacts, standing)


def prime(people: int = 3) -> Party:
    return party("prime", Role.PRIME, people, buyers=("council",), sector=Sector.PRIVATE)


COUNCIL = party("council", Role.COMMISSIONER, 2, buyers=(), sector=Sector.PUBLIC)
# Two tier-1s; Thread works for both of them, Needle for one, and Bare for the prime alone.
MILL = party("mill", people=2)
DYER = party("dyer", people=1)
THREAD = party("thread", Role.SPECIALIST, 3, buyers=("mill", "dyer"))
NEEDLE = party("needle", Role.SPECIALIST, 1, buyers=("mill",))
BARE = party("bare", Role.SPOT_PROVIDER, 1)
CHAIN = Chain("chain", "Chain", (COUNCIL, prime(), MILL, DYER, THREAD, NEEDLE, BARE))


def matrix(
    *perspectives: Perspective,
    chain: Chain = CHAIN,
    cap: int = HIGHEST_CAP,
    voices: Sequence[Voice] = tuple(Voice),
) -> Matrix:
    return assign(chain, Plan(suggest_groups(chain, POLICY), frozenset(perspectives), cap), voices)


def told(found: Matrix) -> set[tuple[str, str, Voice, str, str]]:
    return {
        (asked.contact_id, asked.subject, asked.voice, asked.group_id, asked.about_id)
        for asked in found.assignments
    }


def on(found: Matrix, subject: Subject) -> list[Assignment]:
    return [asked for asked in found.assignments if asked.subject == subject]


def test_everybody_speaks_on_the_prime_in_the_voice_of_their_role_and_in_the_group_of_their_kind() -> None:
    found = matrix(Perspective.ON_PRIME)
    voices = {asked.party_id: (asked.voice, asked.group_id, asked.about_id) for asked in found.assignments}
    assert voices == {
        "council": (Voice.COMMISSIONER_ON_PRIME, "commissioners", ""),
        "prime": (Voice.PRIME_ON_ITSELF, "prime", ""),
        "mill": (Voice.PARTNER_ON_PRIME, "vcs-subcontractors", ""),
        "dyer": (Voice.PARTNER_ON_PRIME, "vcs-subcontractors", ""),
        "thread": (Voice.PARTNER_ON_PRIME, "specialists", ""),
        "needle": (Voice.PARTNER_ON_PRIME, "specialists", ""),
        "bare": (Voice.SPOT_PROVIDER_ON_PRIME, "spot-providers", ""),
    }
    assert {asked.subject for asked in found.assignments} == {Subject.PRIME}
    assert len(found.assignments) == sum(len(member.contacts) for member in CHAIN.parties)
    assert found.groups == suggest_groups(CHAIN, POLICY) and found.left_out == ()


def test_everybody_speaks_on_the_chain_in_one_voice() -> None:
    found = matrix(Perspective.ON_CHAIN)
    assert {(asked.subject, asked.voice) for asked in found.assignments} == {
        (Subject.CHAIN, Voice.ANYONE_ON_CHAIN)
    }
    assert {asked.party_id for asked in found.assignments} == {member.id for member in CHAIN.parties}


def test_each_partner_speaks_on_itself_under_its_name_and_the_prime_and_commissioner_do_not() -> None:
    found = matrix(Perspective.ON_ITSELF)
    assert told(found) == {
        (
            contact.id,
            Subject.partner(member.id),
            Voice.PARTNER_ON_ITSELF,
            own_view(member.id, "").id,
            member.id,
        )
        for member in (MILL, DYER, THREAD, NEEDLE, BARE)
        for contact in member.contacts
    }
    assert {group.title for group in found.groups if not group.kinds} == {
        "Mill", "Dyer", "Thread", "Needle", "Bare",
    }  # fmt: skip


def test_the_prime_speaks_on_each_partner_twice_at_most() -> None:
    found = matrix(Perspective.PRIME_ON_PARTNERS)
    assert {asked.party_id for asked in found.assignments} == {"prime"}
    assert {(asked.voice, asked.group_id) for asked in found.assignments} == {
        (Voice.PRIME_ON_PARTNER, "prime")
    }
    for member in (MILL, DYER, THREAD, NEEDLE, BARE):
        views = on(found, Subject.partner(member.id))
        assert len({asked.contact_id for asked in views}) == len(views) == VIEWS_OF_A_PARTNER
        assert {asked.about_id for asked in views} == {member.id}
    assert found.left_out == ()


def test_tier_ones_and_those_whom_they_pay_speak_on_each_other() -> None:
    found = matrix(Perspective.BETWEEN_TIERS)
    up, down = Voice.SUBCONTRACTOR_ON_TIER_ONE, Voice.TIER_ONE_ON_SUBCONTRACTOR
    mill, dyer = (buyer_view(id_, "").id for id_ in ("mill", "dyer"))
    of_mill, of_dyer = (suppliers_of(id_, "").id for id_ in ("mill", "dyer"))
    assert told(found) == {
        ("thread/0", Subject.BUYERS, up, of_mill, "mill"),
        ("thread/1", Subject.BUYERS, up, of_dyer, "dyer"),
        ("thread/2", Subject.BUYERS, up, of_mill, "mill"),
        ("needle/0", Subject.BUYERS, up, of_mill, "mill"),
        ("mill/0", Subject.partner("thread"), down, mill, "thread"),
        ("mill/1", Subject.partner("thread"), down, mill, "thread"),
        ("mill/0", Subject.partner("needle"), down, mill, "needle"),
        ("mill/1", Subject.partner("needle"), down, mill, "needle"),
        ("dyer/0", Subject.partner("thread"), down, dyer, "thread"),
    }
    assert {group.title for group in found.groups if not group.kinds} == {
        "Mill", "Dyer", "Subcontractors of Mill", "Subcontractors of Dyer",
    }  # fmt: skip


def test_a_partner_of_a_partner_that_the_prime_does_not_pay_is_no_tier_one() -> None:
    below = party("below", buyers=("needle",))
    whole = Chain("c", "C", (*CHAIN.parties, below))
    assert [member.id for member in tier_ones(whole)] == ["mill", "dyer"]
    found = matrix(Perspective.BETWEEN_TIERS, chain=whole)
    assert not on(found, Subject.partner("below"))
    assert "below" not in {asked.party_id for asked in found.assignments}


@pytest.mark.parametrize("standing", [Standing.PAST, Standing.POTENTIAL])
def test_who_does_not_work_in_the_chain_now_speaks_on_the_prime_and_chain_alone(standing: Standing) -> None:
    gone = replace(NEEDLE, standing=standing)
    whole = Chain("c", "C", tuple(gone if member is NEEDLE else member for member in CHAIN.parties))
    found = matrix(*Perspective, chain=whole)
    assert {asked.subject for asked in found.assignments if asked.party_id == "needle"} == {
        Subject.PRIME,
        Subject.CHAIN,
    }
    assert not on(found, Subject.partner("needle"))


@pytest.mark.parametrize("standing", [Standing.PAST, Standing.POTENTIAL])
def test_a_tier_one_that_does_not_work_in_the_chain_now_neither_reviews_as_a_buyer_nor_is_reviewed(
    standing: Standing,
) -> None:
    gone = replace(MILL, standing=standing)
    whole = Chain("c", "C", tuple(gone if member is MILL else member for member in CHAIN.parties))
    found = matrix(Perspective.BETWEEN_TIERS, chain=whole)
    assert "mill" not in {asked.party_id for asked in found.assignments}
    assert "mill" not in {asked.about_id for asked in found.assignments}
    assert {asked.contact_id for asked in on(found, Subject.BUYERS)} == {"thread/0", "thread/1", "thread/2"}


def test_a_kind_that_no_group_takes_is_not_asked_and_not_reviewed() -> None:
    groups = tuple(group for group in suggest_groups(CHAIN, POLICY) if group.id != "specialists")
    found = assign(CHAIN, Plan(groups, ALL), list(Voice))
    spoken_of = {asked.subject.party_id for asked in found.assignments}
    assert not {"thread", "needle"} & ({asked.party_id for asked in found.assignments} | spoken_of)


def test_the_prime_reviews_nobody_when_it_is_not_asked_itself() -> None:
    groups = tuple(group for group in suggest_groups(CHAIN, POLICY) if group.id != "prime")
    found = assign(CHAIN, Plan(groups, ALL), list(Voice))
    assert Voice.PRIME_ON_PARTNER not in {asked.voice for asked in found.assignments}
    assert found.left_out == ()


def test_within_the_cap_the_prime_comes_before_the_chain_the_own_view_the_buyer_and_the_partners() -> None:
    subjects = {
        cap: [asked.subject for asked in matrix(*Perspective, cap=cap).assignments if asked.contact_id == who]
        for cap, who in ((2, "thread/0"), (3, "thread/0"), (4, "thread/0"), (4, "mill/0"))
    }
    assert subjects[2] == [Subject.PRIME, Subject.CHAIN]
    assert subjects[3] == [Subject.PRIME, Subject.CHAIN, Subject.partner("thread")]
    assert subjects[4] == [Subject.PRIME, Subject.CHAIN, Subject.partner("mill"), Subject.partner("thread")]


def test_partners_that_nobody_of_the_prime_had_room_for_are_named_in_the_order_of_the_chain() -> None:
    found = matrix(Perspective.ON_PRIME, Perspective.PRIME_ON_PARTNERS, cap=2)
    # Three people, one review each besides that on the prime itself.
    assert found.left_out == ("needle", "bare")
    assert len(on(found, Subject.partner("thread"))) == 1


def test_the_work_on_partners_is_spread_evenly_over_the_people_of_the_prime() -> None:
    for people in range(1, 9):
        for partners in range(1, 12):
            others = [party(f"s{number}") for number in range(partners)]
            whole = Chain("c", "C", (prime(people), *others))
            found = matrix(Perspective.ON_PRIME, Perspective.PRIME_ON_PARTNERS, chain=whole)
            loads = Counter(asked.contact_id for asked in found.assignments if asked.party_id == "prime")
            assert max(loads.values()) - min(loads.values()) <= 1, (people, partners)


KINDS = st.tuples(
    st.sampled_from((Role.SUBCONTRACTOR, Role.SPECIALIST, Role.SPOT_PROVIDER)),
    st.sampled_from(Sector),
    st.sampled_from(
        (Standing.PRESENT, Standing.PRESENT, Standing.PRESENT, Standing.PAST, Standing.POTENTIAL)
    ),
    st.integers(1, 4),
    st.lists(st.integers(0, 30), max_size=3),
)


@st.composite
def chains(draw: st.DrawFn) -> Chain:
    """A commissioner or none, a prime, and up to fifteen partners that the prime or earlier ones pay."""
    parties = [prime(draw(st.integers(1, 4)))]
    if draw(st.booleans()):
        parties.insert(0, COUNCIL)
    partners: list[Party] = []
    for number, (role, sector, standing, people, payers) in enumerate(draw(st.lists(KINDS, max_size=15))):
        known = ("prime", *(member.id for member in partners))
        buyers = tuple(dict.fromkeys(known[place % len(known)] for place in payers)) or ("prime",)
        partners.append(party(f"s{number}", role, people, buyers=buyers, sector=sector, standing=standing))
    return Chain("chain", "Chain", (*parties, *draw(st.permutations(partners))))


@st.composite
def plans(draw: st.DrawFn) -> tuple[Chain, Plan, frozenset[Voice]]:
    chain = draw(chains())
    perspectives = draw(st.frozensets(st.sampled_from(Perspective), min_size=1))
    voices = draw(st.one_of(st.just(frozenset(Voice)), st.frozensets(st.sampled_from(Voice))))
    return chain, Plan(suggest_groups(chain, POLICY), perspectives, draw(st.integers(LEAST_CAP, 6))), voices


@settings(max_examples=300, deadline=None)
@given(plans())
def test_what_holds_for_any_chain(drawn: tuple[Chain, Plan, frozenset[Voice]]) -> None:
    chain, plan, voices = drawn
    found = assign(chain, plan, voices)
    by_id = {member.id: member for member in chain.parties}
    groups: dict[str, Group] = {group.id: group for group in found.groups}
    per_contact = Counter(asked.contact_id for asked in found.assignments)
    assert max(per_contact.values(), default=0) <= plan.cap
    # One review of a subject, and so one group on it.
    reviews = [(asked.contact_id, asked.subject) for asked in found.assignments]
    assert len(set(reviews)) == len(reviews)
    allowed = {voice for perspective in plan.perspectives for voice in VOICES_OF_PERSPECTIVE[perspective]}
    for asked in found.assignments:
        assert asked.voice in voices & allowed
        assert asked.contact_id in {contact.id for contact in by_id[asked.party_id].contacts}
        group = groups[asked.group_id]
        assert asked.voice in voices_asked(group, asked.subject)
        assert asked.about_id in {"", *by_id} and asked.about_id != "prime"
        if asked.subject.is_partner:
            assert group.is_attributed and asked.about_id == asked.subject.party_id
            assert by_id[asked.about_id].standing is Standing.PRESENT
        if asked.subject == Subject.BUYERS:
            assert group == suppliers_of(asked.about_id, by_id[asked.about_id].name)
        if not group.kinds:
            names = {member.id: member.name for member in chain.parties}
            assert derived_group(group.id, names) == group
            assert is_attributed_id(group.id) is group.is_attributed
    assert len(groups) == len(found.groups)
    assert found.groups[: len(plan.groups)] == plan.groups
    assert {group.id for group in found.groups[len(plan.groups) :]} <= {
        asked.group_id for asked in found.assignments
    }


@settings(max_examples=300, deadline=None)
@given(plans())
def test_first_reviewers_come_before_second_ones_and_nobody_is_left_out_without_need(
    drawn: tuple[Chain, Plan, frozenset[Voice]],
) -> None:
    chain, plan, voices = drawn
    found = assign(chain, plan, voices)
    load = Counter(asked.contact_id for asked in found.assignments)
    left: list[str] = []
    for reviewer, voice, partners in _payers(chain, plan, voices):
        views = {
            partner: [
                asked.contact_id
                for asked in on(found, Subject.partner(partner))
                if (asked.party_id, asked.voice) == (reviewer.id, voice)
            ]
            for partner in partners
        }
        without = [partner for partner, seen in views.items() if not seen]
        left += without
        if without:
            assert all(load[contact.id] == plan.cap for contact in reviewer.contacts)
            assert max((len(seen) for seen in views.values()), default=0) <= 1
        wanted = min(VIEWS_OF_A_PARTNER, len(reviewer.contacts))
        for seen in views.values():
            free = [
                one.id for one in reviewer.contacts if load[one.id] < plan.cap and one.id not in set(seen)
            ]
            assert len(seen) == wanted or (len(seen) < wanted and not free)
    assert set(found.left_out) == set(left) and len(set(found.left_out)) == len(found.left_out)


def _payers(chain: Chain, plan: Plan, voices: frozenset[Voice]) -> list[tuple[Party, Voice, list[str]]]:
    """Who ought to review which partners in which voice, by the plan's rules."""
    present = [
        member
        for member in chain.parties
        if member.role not in (Role.PRIME, Role.COMMISSIONER) and member.standing is Standing.PRESENT
    ]
    found = []
    if Perspective.PRIME_ON_PARTNERS in plan.perspectives and Voice.PRIME_ON_PARTNER in voices:
        found.append((chain.prime, Voice.PRIME_ON_PARTNER, [member.id for member in present]))
    if Perspective.BETWEEN_TIERS in plan.perspectives and Voice.TIER_ONE_ON_SUBCONTRACTOR in voices:
        for buyer in tier_ones(chain):
            paid = [member.id for member in present if buyer.id in member.buyers]
            found.append((buyer, Voice.TIER_ONE_ON_SUBCONTRACTOR, paid))
    return found


@settings(max_examples=150, deadline=None)
@given(plans())
def test_work_on_partners_is_even_for_people_who_had_the_same_before(
    drawn: tuple[Chain, Plan, frozenset[Voice]],
) -> None:
    chain, plan, voices = drawn
    found = assign(chain, plan, voices)
    load = Counter(asked.contact_id for asked in found.assignments)
    loads = [load[contact.id] for contact in chain.prime.contacts]
    assert max(loads) - min(loads) <= 1


@given(chains())
def test_asking_is_repeatable(chain: Chain) -> None:
    plan = Plan(suggest_groups(chain, POLICY), ALL, 4)
    assert assign(chain, plan, list(Voice)) == assign(chain, plan, set(Voice))
