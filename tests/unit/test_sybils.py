"""What looks odd in a roster, and what does not."""

from __future__ import annotations

import pytest

from surveys.chain import Chain, Contact, Party, Role, Sector
from surveys.grouping import suggest_groups
from surveys.groups import DisclosurePolicy
from surveys.matrix import Plan
from surveys.subjects import USUAL, Perspective
from surveys.sybils import Suspicion, SuspicionKind, suspicions

POLICY = DisclosurePolicy()


def party(id_: str, *addresses: str, role: Role = Role.SPECIALIST, buyers: tuple[str, ...] = ()) -> Party:
    """A party whose contacts have names of their own."""
    contacts = tuple(
        Contact(f"{id_}/{place}", f"{id_} {address}", "", address) for place, address in enumerate(addresses)
    )
    return Party(id_, id_.title(), role, Sector.VCS, None, "", buyers or ("prime",), contacts)


PRIME = party("prime", "ann@prime.example", role=Role.PRIME, buyers=("council",))
NAMED = tuple(party(id_, f"a@{id_}.example", f"b@{id_}.example") for id_ in ("ash", "birch", "cedar"))


def odd(
    *parties: Party, perspectives: frozenset[Perspective] = USUAL, policy: DisclosurePolicy = POLICY
) -> tuple[Suspicion, ...]:
    whole = Chain("c", "C", (PRIME, *parties))
    return suspicions(whole, Plan(suggest_groups(whole, policy), perspectives), policy)


def kinds(found: tuple[Suspicion, ...]) -> list[SuspicionKind]:
    return [suspicion.kind for suspicion in found]


def test_separate_organisations_with_addresses_of_their_own_are_not_odd() -> None:
    assert odd(*NAMED) == ()


def test_a_partner_with_an_address_of_the_prime_is_odd() -> None:
    found = odd(*NAMED, party("dale", "kim@dale.example", "KIM@Prime.Example"))
    assert [(one.kind, one.parties) for one in found] == [(SuspicionKind.ADDRESS_OF_PRIME, ("dale",))]
    assert found[0].message == "Dale has a contact whose address is one of the prime’s."


def test_organisations_that_share_a_domain_are_odd_and_all_named() -> None:
    sharing = tuple(party(id_, f"{id_}@shared.example") for id_ in ("elm", "fir", "gorse"))
    found = odd(*NAMED, *sharing)
    assert [(one.kind, one.parties) for one in found] == [
        (SuspicionKind.SHARED_ADDRESSES, ("elm", "fir", "gorse"))
    ]
    assert found[0].message.startswith("Elm, Fir and Gorse all use addresses at shared.example.")


@pytest.mark.parametrize("domain", ["gmail.example", "Yahoo.co.example", "outlook.com.example", "me.example"])
def test_a_mailbox_that_anybody_can_have_says_nothing(domain: str) -> None:
    assert odd(*NAMED, party("elm", f"elm@{domain}"), party("fir", f"fir@{domain}")) == ()


@pytest.mark.parametrize("domain", ["mail.shared.example", "me.shared.org.example", "live.oneoffice.example"])
def test_a_domain_that_only_begins_like_an_open_one_says_something(domain: str) -> None:
    found = odd(*NAMED, party("elm", f"elm@{domain}"), party("fir", f"fir@{domain}"))
    assert kinds(found) == [SuspicionKind.SHARED_ADDRESSES]


@pytest.mark.parametrize("twin", ["Ｂirch.example", "BIRCH.EXAMPLE"])
def test_a_domain_is_known_in_other_letters(twin: str) -> None:
    assert kinds(odd(*NAMED, party("elm", f"elm@{twin}"))) == [SuspicionKind.SHARED_ADDRESSES]


def test_a_domain_in_its_letters_and_in_its_encoded_form_is_one() -> None:
    both = party("elm", "elm@bücher.example"), party("fir", "fir@xn--bcher-kva.example")
    assert kinds(odd(*NAMED, *both)) == [SuspicionKind.SHARED_ADDRESSES]


def test_one_name_in_two_organisations_or_twice_in_one_is_odd() -> None:
    kim = Contact("k1", "Kim Lee", "", "kim@ash.example"), Contact("k2", "KIM  lee", "", "kim@home.example")
    within = Party("oak", "Oak", Role.SPECIALIST, Sector.VCS, None, "", ("prime",), kim)
    (found,) = odd(*NAMED[1:], within)
    assert (found.kind, found.parties) == (SuspicionKind.SAME_PERSON, ("oak",))
    assert found.message == "Kim Lee is listed twice for Oak. One person can speak once only."
    across = tuple(
        Party(id_, id_.title(), Role.SPECIALIST, Sector.VCS, None, "", ("prime",), (contact,))
        for id_, contact in zip(("oak", "pine"), kim, strict=True)
    )
    (found,) = odd(*NAMED[1:], *across)
    assert (found.kind, found.parties) == (SuspicionKind.SAME_PERSON, ("oak", "pine"))


def test_who_is_not_asked_is_not_odd() -> None:
    whole = Chain("c", "C", (PRIME, *NAMED, party("dale", "kim@prime.example", role=Role.SPOT_PROVIDER)))
    groups = tuple(group for group in suggest_groups(whole, POLICY) if group.id != "spot-providers")
    assert suspicions(whole, Plan(groups, USUAL), POLICY) == ()


def test_a_group_that_is_safe_only_while_organisations_of_one_domain_are_separate_is_odd() -> None:
    ash, birch, _ = NAMED
    front = party("front", "x@ash.example", "y@ash.example")
    found = odd(ash, birch, front)
    assert kinds(found) == [SuspicionKind.SHARED_ADDRESSES, SuspicionKind.DISGUISED]
    assert found[1].parties == ("ash", "front")
    assert found[1].message == (
        "“Specialists” has enough organisations only if Ash and Front really are separate ones."
    )
    # With two more organisations the group is safe either way.
    assert kinds(odd(*NAMED, front, party("dale", "d@dale.example"))) == [SuspicionKind.SHARED_ADDRESSES]


def test_organisations_that_are_tied_by_way_of_a_third_are_one() -> None:
    first = party("first", "a@one.example", "b@one.example")
    last = party("last", "a@two.example", "b@two.example")
    between = party("between", "x@two.example", "y@one.example")
    found = odd(first, last, between)
    assert found[-1].kind is SuspicionKind.DISGUISED
    assert set(found[-1].parties) == {"first", "last", "between"}


def test_a_group_that_could_not_be_shown_anyway_is_not_called_disguised() -> None:
    assert SuspicionKind.DISGUISED not in kinds(
        odd(party("ash", "a@ash.example"), party("front", "b@ash.example"))
    )


def test_those_whom_a_tier_one_pays_are_looked_at_as_a_group_too() -> None:
    """Among all specialists the two make no difference; among the subcontractors of the mill they do."""
    mill = party("mill", "m@mill.example", role=Role.SUBCONTRACTOR)
    under = tuple(
        party(id_, f"a@{domain}.example", f"b@{domain}.example", buyers=("prime", "mill"))
        for id_, domain in (("ash", "ash"), ("front", "ash"), ("birch", "birch"))
    )
    others = tuple(party(f"o{number}", f"x@o{number}.example") for number in range(4))
    without = odd(mill, *under, *others)
    assert kinds(without) == [SuspicionKind.SHARED_ADDRESSES]
    found = odd(mill, *under, *others, perspectives=USUAL | {Perspective.BETWEEN_TIERS})
    assert kinds(found) == [SuspicionKind.SHARED_ADDRESSES, SuspicionKind.DISGUISED]
    assert "“Subcontractors of Mill”" in found[1].message and found[1].parties == ("ash", "front")
