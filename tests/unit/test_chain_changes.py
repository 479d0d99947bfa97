"""What changes between two states of a chain, found whole, told once, and never more than there is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.chain import Chain, Contact, Party, Role, Sector, Standing
from surveys.chain_changes import Changes, align, compare
from surveys.chain_words import change_lines, kind_words, summary_words
from surveys.columns import Column
from surveys.identity import email_key, organisation_key

NAMES = (
    "Prime Ltd",
    "Craft CIC",
    "Tyne Steps",
    "Tyne Steps Ltd",
    "Canolfan Ddysgu Cymru",
    "Łódź Praca",
    "مركز",
)
PEOPLE = ("Ann Lee", "Zoë Day", "Siân ap Huw", "Wacław Żuk", "ليلى", "Ann Lee")


def person(name: str, email: str = "", title: str = "") -> Contact:
    address = email or f"{name.split(maxsplit=1)[0].lower()}@x.example"
    return Contact(address, name, title, address)


def org(name: str, *people: Contact, buyers: tuple[str, ...] = ("prime ltd",), **changes: object) -> Party:
    found = Party(
        organisation_key(name), name, Role.SUBCONTRACTOR, Sector.VCS, 1, "", buyers, people or (person(name),)
    )
    return replace(found, **changes)  # type: ignore[arg-type]


PRIME = org("Prime Ltd", person("Ann Lee"), buyers=(), role=Role.PRIME, sector=Sector.PRIVATE)
CRAFT = org("Craft CIC", person("Zoë Day"), person("Bo Fox"))
TYNE = org("Tyne Steps", person("Gary Laidlaw"), person("Nadia Rahman"))


def chain(*parties: Party, name: str = "The North") -> Chain:
    return Chain("chain", name, parties)


def with_ids(found: Chain) -> Chain:
    """The chain as the database would give it: with ids of no meaning."""
    ids = {party.id: f"row-{number}" for number, party in enumerate(found.parties)}
    return replace(
        found,
        parties=tuple(
            replace(
                party,
                id=ids[party.id],
                buyers=tuple(ids[buyer] for buyer in party.buyers),
                contacts=tuple(replace(contact, id=f"row of {contact.id}") for contact in party.contacts),
            )
            for party in found.parties
        ),
    )


BEFORE = with_ids(chain(PRIME, CRAFT, TYNE))


def words(changes: Changes) -> list[str]:
    return [f"{line.verb} {line.what}" for line in change_lines(changes)]


def test_the_same_sheet_again_changes_nothing() -> None:
    changes = compare(BEFORE, chain(PRIME, CRAFT, TYNE))
    assert not changes and words(changes) == [] and summary_words(changes) == "nothing changed"


def test_another_order_is_no_change() -> None:
    shuffled = replace(CRAFT, contacts=CRAFT.contacts[::-1])
    assert not compare(BEFORE, chain(TYNE, shuffled, PRIME))


def test_every_field_of_an_organisation_is_told_with_what_it_was() -> None:
    craft = replace(
        CRAFT,
        name="CRAFT  CIC",
        role=Role.SPOT_PROVIDER,
        sector=Sector.PRIVATE,
        tier=None,
        services="Skills",
        standing=Standing.PAST,
        buyers=("tyne steps",),
    )
    assert words(compare(BEFORE, chain(PRIME, craft, TYNE))) == [
        "changed the name of Craft CIC to CRAFT  CIC",
        "changed the role of CRAFT  CIC from subcontractor to spot provider",
        "changed the tier of CRAFT  CIC from 1 to none",
        "changed the sector of CRAFT  CIC from voluntary sector to private sector",
        "changed the standing of CRAFT  CIC from present to past",
        "changed the buyers of CRAFT  CIC from Prime Ltd to Tyne Steps",
        "changed the services of CRAFT  CIC to Skills, from none",
    ]


def test_people_who_come_go_and_change_are_told_by_their_organisation() -> None:
    craft = org("Craft CIC", person("Zoë Day-Fox", "zoë@x.example", "Chair"), person("Beth Ramsden"))
    assert words(compare(BEFORE, chain(PRIME, craft, TYNE))) == [
        "added Beth Ramsden to Craft CIC",
        "changed the name of Zoë Day of Craft CIC to Zoë Day-Fox",
        "changed the job title of Zoë Day-Fox of Craft CIC to Chair, from none",
        "removed Bo Fox from Craft CIC",
    ]


def test_an_organisation_is_told_with_its_people_in_one_line() -> None:
    new = org("Łódź Praca", person("Wacław Żuk"), standing=Standing.POTENTIAL, buyers=())
    changes = compare(BEFORE, chain(PRIME, CRAFT, new))
    assert words(changes) == [
        "added Łódź Praca (subcontractor, voluntary sector, bid, and has no work yet) with Wacław Żuk",
        "removed Tyne Steps with Gary Laidlaw and Nadia Rahman",
    ]
    assert summary_words(changes) == "1 added, 1 gone"


def test_somebody_who_works_for_another_organisation_now_has_moved() -> None:
    moved = compare(
        BEFORE,
        chain(
            PRIME,
            replace(CRAFT, contacts=CRAFT.contacts[:1]),
            replace(TYNE, contacts=(*TYNE.contacts, CRAFT.contacts[1])),
        ),
    )
    assert words(moved) == ["moved Bo Fox from Craft CIC to Tyne Steps"]
    assert moved.alters_who_is_asked


def test_another_address_of_the_same_name_is_told_as_a_changed_address_of_another_contact() -> None:
    changes = compare(
        BEFORE, chain(PRIME, org("Craft CIC", person("Zoë Day", "z.day@x.example"), person("Bo Fox")), TYNE)
    )
    assert words(changes) == [
        "changed the address of Zoë Day of Craft CIC from zoë@x.example to z.day@x.example"
    ]
    (change,) = changes.contacts_changed
    assert change.before.id != change.after.id
    assert changes.alters_who_is_asked


def test_a_job_title_does_not_make_a_steward_look_again_and_a_role_does() -> None:
    titled = org("Craft CIC", person("Zoë Day", title="Chair"), person("Bo Fox"))
    assert not compare(BEFORE, chain(PRIME, titled, TYNE)).alters_who_is_asked
    for field in ({"role": Role.SPECIALIST}, {"sector": Sector.PUBLIC}, {"standing": Standing.PAST}):
        assert compare(BEFORE, chain(PRIME, replace(CRAFT, **field), TYNE)).alters_who_is_asked


def test_an_organisation_with_a_close_name_or_the_same_people_may_only_be_renamed() -> None:
    close = org("Tyne Steps Ltd", person("Somebody Else"))
    (rename,) = compare(BEFORE, chain(PRIME, CRAFT, close)).likely_renames
    assert (rename.gone.name, rename.added.name, rename.shared) == ("Tyne Steps", "Tyne Steps Ltd", 0)
    same_people = org("Northumbria Works", *TYNE.contacts)
    (rename,) = compare(BEFORE, chain(PRIME, CRAFT, same_people)).likely_renames
    assert (rename.added.name, rename.shared) == ("Northumbria Works", 2)
    assert compare(BEFORE, chain(PRIME, CRAFT, org("Something else"))).likely_renames == ()


def test_people_tell_a_rename_better_than_names_and_nobody_is_renamed_twice() -> None:
    after = chain(PRIME, CRAFT, org("Tyne Stepz"), org("Northumbria Works", *TYNE.contacts))
    assert [rename.added.name for rename in compare(BEFORE, after).likely_renames] == ["Northumbria Works"]


def test_a_confirmed_rename_keeps_the_organisation_and_its_suppliers_see_no_change() -> None:
    supplier = org("Debt Aid", buyers=("tyne steps",))
    before = with_ids(chain(PRIME, CRAFT, TYNE, supplier))
    renamed = replace(TYNE, id="tyne stepz", name="Tyne Stepz")
    after = chain(PRIME, CRAFT, renamed, replace(supplier, buyers=("tyne stepz",)))
    assert words(compare(before, align(before, after, {"tyne stepz": "row-2"}))) == [
        "changed the name of Tyne Steps to Tyne Stepz"
    ]
    # Nobody can take the place of an organisation that is still there.
    assert align(before, after, {"tyne stepz": "row-1"}).parties[2].id == "tyne stepz"


def test_two_files_with_nothing_in_common_are_compared_in_time() -> None:
    before, after = (
        chain(*(org(f"{word} {n}", person(f"{word} {n}", f"{word}{n}@x.example")) for n in range(5_000)))
        for word in ("old", "new")
    )
    changes = compare(before, after)
    assert len(changes.parties_gone) == len(changes.parties_added) == 5_000
    assert changes.likely_renames == ()


def test_a_kind_is_said_in_words() -> None:
    assert kind_words(CRAFT) == "Subcontractor, voluntary sector"
    past = replace(CRAFT, role=Role.SPOT_PROVIDER, standing=Standing.PAST)
    assert kind_words(past) == "Spot provider, voluntary sector, worked in the chain once"


@st.composite
def chains_(draw: st.DrawFn) -> Chain:
    names = draw(st.lists(st.sampled_from(NAMES), unique_by=organisation_key, min_size=1))
    addresses = iter(draw(st.permutations([f"p{number}@x.example" for number in range(24)])))
    parties = []
    for name in names:
        buyers = draw(st.lists(st.sampled_from(names), unique=True, max_size=2))
        people = tuple(
            person(draw(st.sampled_from(PEOPLE)), next(addresses), draw(st.sampled_from(("", "Chair"))))
            for _ in range(draw(st.integers(0, 3)))
        )
        parties.append(
            Party(
                organisation_key(name),
                name,
                draw(st.sampled_from(Role)),
                draw(st.sampled_from(Sector)),
                draw(st.sampled_from((None, 1, 2))),
                draw(st.sampled_from(("", "Skills"))),
                tuple(organisation_key(buyer) for buyer in buyers),
                people,
                draw(st.sampled_from(Standing)),
            )
        )
    return Chain("chain", draw(st.sampled_from(("One", "Two"))), tuple(parties))


def plain(found: Chain) -> tuple[str, dict[str, tuple[Any, ...]]]:
    """A chain as what it says, without ids and without order."""
    names = {party.id: party.name for party in found.parties}
    return found.name, {
        party.name: (
            *(party.role.value, party.tier, party.sector.value, party.standing.value, party.services),
            frozenset(names[buyer] for buyer in party.buyers),
            frozenset((one.name, one.job_title, one.email) for one in party.contacts),
        )
        for party in found.parties
    }


def people_after(before: Chain, changes: Changes) -> dict[str, tuple[str, Contact]]:
    """Who works where once the changes are made: the name of the organisation and the contact, by address."""
    people = {
        email_key(contact.email): (party.name, contact)
        for party in before.parties
        for contact in party.contacts
    }
    for placed in changes.contacts_gone:
        del people[email_key(placed.contact.email)]
    for changed in changes.contacts_changed:
        place, _ = people.pop(email_key(changed.before.email))
        people[email_key(changed.after.email)] = (place, changed.after)
    for move in changes.contacts_moved:
        key = email_key(move.contact.email)
        people[key] = (move.target.name, people[key][1])
    for placed in changes.contacts_added:
        people[email_key(placed.contact.email)] = (placed.party.name, placed.contact)
    return people


def applied(before: Chain, changes: Changes) -> tuple[str, dict[str, list[Any]]]:
    """What a chain says once its changes are made, from nothing but what they tell."""
    renamed = {
        change.before.name: change.after.name
        for change in changes.parties_changed
        if change.before.name != change.after.name
    }
    name, parties = plain(before)
    state = {renamed.get(key, key): [*fields] for key, fields in parties.items()}
    for party in changes.parties_gone:
        del state[party.name]
    for party in changes.parties_added:
        _, added = plain(Chain("", "", (replace(party, buyers=(), contacts=()),)))
        state[party.name] = [*added[party.name]]
    places = (Column.ROLE, Column.TIER, Column.SECTOR, Column.STANDING, Column.SERVICES)
    for change in changes.parties_changed:
        for field in change.fields:
            if field.column in places:
                value = int(field.after) if field.column is Column.TIER and field.after else field.after
                state[change.after.name][places.index(field.column)] = (
                    None if field.column is Column.TIER and not field.after else value
                )
    people = people_after(before, changes)
    for key, fields in state.items():
        fields[6] = frozenset(
            (one.name, one.job_title, one.email)
            for place, one in people.values()
            if renamed.get(place, place) == key
        )
    return changes.name or name, state


@settings(max_examples=300, deadline=None)
@given(chains_(), chains_())
def test_the_changes_made_to_the_old_chain_give_the_new_one(before: Chain, after: Chain) -> None:
    changes = compare(with_ids(before), after)
    name, parties = plain(after)
    expected = {key: [*fields] for key, fields in parties.items()}
    found_name, found = applied(with_ids(before), changes)
    # Buyers are told by their names of today: they are checked by themselves.
    for fields in (*expected.values(), *found.values()):
        fields[5] = None
    assert (found_name, found) == (name, expected)
    assert bool(changes) == (plain(before) != plain(after))


@settings(max_examples=150, deadline=None)
@given(chains_(), chains_())
def test_there_and_back_is_no_change_and_aligning_changes_nothing_that_a_chain_says(
    before: Chain, after: Chain
) -> None:
    aligned = align(with_ids(before), after, {})
    assert plain(aligned) == plain(after)
    assert not compare(aligned, after)
    ids = [party.id for party in aligned.parties]
    assert len(ids) == len(set(ids))
    assert all(buyer in ids for party in aligned.parties for buyer in party.buyers)
