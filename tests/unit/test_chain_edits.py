"""Edits of a chain, and the rules that hold for every chain however it came about."""

from __future__ import annotations

from dataclasses import replace

import pytest

from surveys import chain_edits
from surveys.chain import Chain, Contact, Party, Role, Sector, Standing
from surveys.chain_rules import ChainFault, chain_digest, chain_faults


def person(id_: str, email: str = "") -> Contact:
    return Contact(id_, f"Person {id_}", "", email or f"{id_}@x.example")


def org(id_: str, role: Role, *buyers: str, people: tuple[Contact, ...] = ()) -> Party:
    return Party(id_, f"Org {id_}", role, Sector.VCS, None, "", buyers, people or (person(f"of-{id_}"),))


CHAIN = Chain(
    "chain",
    "The North",
    (
        org("prime", Role.PRIME),
        org("a", Role.SUBCONTRACTOR, "prime"),
        org("b", Role.SUBCONTRACTOR, "prime"),
        org("c", Role.SPECIALIST, "b"),
    ),
)


def accept(address: str) -> str | None:
    return None if "@" in address else "There is no @-sign."


def broken(chain: Chain) -> list[tuple[str, str]]:
    return [
        (fault.about, fault.column.value if fault.column else "") for fault in chain_faults(chain, accept)
    ]


def party(id_: str, chain: Chain = CHAIN) -> Party:
    return next(party for party in chain.parties if party.id == id_)


def test_a_whole_chain_breaks_no_rule() -> None:
    assert broken(CHAIN) == []


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        (replace(party("a"), buyers=()), [("a", "contracts_with")]),
        (
            replace(party("a"), role=Role.PRIME),
            [
                ("a", "role"),
            ],
        ),
        (replace(party("b"), buyers=("c",)), [("b", "contracts_with")]),
        (replace(party("a"), name="ORG  b"), [("b", "organisation"), ("a", "organisation")]),
        (replace(party("a"), name=""), [("a", "organisation")]),
        (replace(party("a"), name="x" * 201), [("a", "organisation")]),
        # Each of these letters stands for a whole phrase in the key.
        (replace(party("a"), name="\ufdfa" * 60), [("a", "organisation")]),
        (replace(party("a"), services="x" * 201), [("a", "services")]),
        (replace(party("a"), contacts=()), [("a", "")]),
        (replace(party("a"), contacts=(person("x", "OF-b@x.example"),)), [("of-b", "email"), ("x", "email")]),
        (replace(party("a"), contacts=(Contact("x", "", "", "x@x.example"),)), [("x", "contact_name")]),
        (replace(party("a"), contacts=(Contact("x", "X", "", ""),)), [("x", "email")]),
        (replace(party("a"), contacts=(Contact("x", "X", "", "nowhere"),)), [("x", "email")]),
        (replace(party("prime"), role=Role.COMMISSIONER), [("", "role")]),
        (replace(party("prime"), standing=Standing.PAST), [("prime", "standing")]),
    ],
)
def test_each_broken_rule_is_told_where_it_is_broken(changed: Party, expected: list[tuple[str, str]]) -> None:
    chain = chain_edits.put_party(CHAIN, changed)
    assert sorted(broken(chain)) == sorted(expected)
    assert all(fault.message and fault.mend for fault in chain_faults(chain, accept))


@pytest.mark.parametrize("standing", [Standing.PAST, Standing.POTENTIAL])
def test_who_bid_or_has_left_needs_no_buyer_and_may_have_one(standing: Standing) -> None:
    for buyers in ((), ("prime",)):
        assert (
            broken(chain_edits.put_party(CHAIN, replace(party("a"), standing=standing, buyers=buyers))) == []
        )


def test_one_organisation_alone_is_no_chain() -> None:
    assert ("", "") in broken(Chain("chain", "Alone", (org("prime", Role.PRIME),)))


def test_removing_a_buyer_leaves_its_supplier_to_be_told() -> None:
    chain = chain_edits.remove_party(CHAIN, "b")
    assert [one.id for one in chain.parties] == ["prime", "a", "c"]
    assert broken(chain) == [("c", "contracts_with")]
    assert broken(chain_edits.remove_party(CHAIN, "a")) == []


def test_merging_moves_people_and_contracts_and_keeps_a_doubled_address_once() -> None:
    doubled = replace(
        party("b"), buyers=("a", "prime"), contacts=(person("x"), person("y", "Of-A@x.example"))
    )
    chain = chain_edits.merge_parties(chain_edits.put_party(CHAIN, doubled), "a", "b")
    merged = party("a", chain)
    assert merged.name == "Org a" and merged.buyers == ("prime",)
    assert [contact.id for contact in merged.contacts] == ["of-a", "x"]
    assert party("c", chain).buyers == ("a",)
    assert broken(chain) == []


def test_merging_an_organisation_with_the_one_that_pays_it_makes_no_loop() -> None:
    chain = chain_edits.merge_parties(CHAIN, "c", "b")
    assert party("c", chain).buyers == ("prime",) and broken(chain) == []


def test_people_are_put_in_place_or_at_the_end_and_removed_by_their_id() -> None:
    chain = chain_edits.put_contact(CHAIN, "a", person("new"))
    assert [one.id for one in party("a", chain).contacts] == ["of-a", "new"]
    chain = chain_edits.put_contact(chain, "a", person("other"), replaces="of-a")
    assert [one.id for one in party("a", chain).contacts] == ["other", "new"]
    assert [one.id for one in party("a", chain_edits.remove_contact(chain, "other")).contacts] == ["new"]


def test_a_digest_tells_every_difference() -> None:
    others = [
        replace(CHAIN, name="The South"),
        chain_edits.put_party(CHAIN, replace(party("a"), standing=Standing.PAST)),
        chain_edits.put_contact(CHAIN, "a", replace(person("of-a"), job_title="Chair"), replaces="of-a"),
    ]
    digests = {chain_digest(chain) for chain in (CHAIN, *others)}
    assert len(digests) == len(others) + 1
    assert chain_digest(chain_edits.put_party(CHAIN, party("a"))) == chain_digest(CHAIN)


def test_a_fault_of_something_else_is_told_for_the_form_as_a_whole() -> None:
    (fault,) = chain_faults(chain_edits.remove_party(CHAIN, "b"), accept)
    assert isinstance(fault, ChainFault)
    assert fault.seen_from(frozenset({"a"})).place == ""
    assert fault.seen_from(frozenset({"c"})).place == "contracts_with"
