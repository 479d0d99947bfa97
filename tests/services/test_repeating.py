"""The last review again: every difference is named, and the rules about two reviews of the same people hold."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from review_app import clock
from review_app.database import reading, transaction
from review_app.models.chains import ContactRecord, PartyRecord
from review_app.models.cycles import CycleRecord
from review_app.services import chains, confirming, cycles, repeating
from review_app.services.accounts import Account, AccountRole
from review_app.services.cycles import Cycle
from review_app.services.designs import LONGEST_TITLE
from review_app.services.errors import NotAllowedError, NotFoundError
from review_app.services.repeating import Differences, Person
from surveys.chain import Party, Role
from surveys.cycle import BETWEEN_CLOSES, CycleState
from surveys.errors import CycleFaultsError
from tests.conftest import OpenCycle, launch_cycle, make_account

SHORTEST = timedelta(seconds=1)
VCS = "Voluntary-sector subcontractors"


@pytest.fixture(autouse=True)
def _in_the_application(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def differences(cycle_id: str) -> Differences:
    with reading() as session:
        return repeating.differences(session, clock.now(), cycle_id)


def repeat(cycle_id: str, organiser: Account) -> Cycle:
    with transaction() as session:
        new = repeating.repeat(session, clock.now(), cycle_id, organiser_id=organiser.id, shortest=SHORTEST)
    return load(new)


def load(cycle_id: str) -> Cycle:
    with reading() as session:
        return cycles.load(session, cycle_id)


def parties(cycle_id: str) -> tuple[Party, ...]:
    with reading() as session:
        return chains.load(session, cycles.load(session, cycle_id).chain_id).parties


def of_role(cycle_id: str, role: Role) -> list[Party]:
    return [party for party in parties(cycle_id) if party.role is role]


def voluntary(cycle_id: str) -> list[Party]:
    """The subcontractors of the voluntary sector, those with one contact first."""
    group = next(group for group in load(cycle_id).plan.groups if group.title == VCS)
    found = [party for party in parties(cycle_id) if load(cycle_id).plan.group_of(party) == group]
    return sorted(found, key=lambda party: len(party.contacts))


def closed_at(cycle_id: str, when: datetime) -> None:
    """Makes a review one that was published, and closed at a moment, as only a test may."""
    values = {"closes_at": when, "closed_at": when, "state": CycleState.PUBLISHED.value}
    with transaction() as session:
        session.execute(update(CycleRecord).where(CycleRecord.id == cycle_id).values(values))


def add_contact(party: Party, email: str) -> None:
    with transaction() as session:
        session.add(
            ContactRecord(party_id=party.id, position=99, name="Nia Newcomer", job_title="", email=email)
        )


# What is different


def test_nothing_is_different_right_after_the_launch(open_cycle: OpenCycle) -> None:
    found = differences(open_cycle.id)
    assert found.is_same
    assert (found.merged, found.not_asked, found.newer_version) == ((), (), None)


def test_a_renamed_organisation_is_named_then_and_now(open_cycle: OpenCycle) -> None:
    party = voluntary(open_cycle.id)[0]
    with transaction() as session:
        session.execute(update(PartyRecord).where(PartyRecord.id == party.id).values(name="Tyne Strides"))
    found = differences(open_cycle.id)
    assert found.parties_renamed == ((party.name, "Tyne Strides"),)
    assert (found.parties_new, found.parties_gone, found.people_new, found.people_gone) == ((), (), (), ())
    assert not found.is_same


def test_an_organisation_and_its_people_that_came_are_new(open_cycle: OpenCycle) -> None:
    like = voluntary(open_cycle.id)[0]
    with transaction() as session:
        chain_id = session.scalars(select(PartyRecord.chain_id).where(PartyRecord.id == like.id)).one()
        session.add(
            PartyRecord(
                chain_id=chain_id,
                position=99,
                name="Brand New Works",
                name_key="brand new works",
                role=like.role.value,
                sector=like.sector.value,
                tier=1,
                services="",
                contacts=[ContactRecord(position=0, name="Nia", job_title="", email="nia@brandnew.example")],
            )
        )
    found = differences(open_cycle.id)
    assert found.parties_new == ("Brand New Works",)
    assert found.people_new == (Person("Nia", "Brand New Works"),)
    assert found.people_gone == ()


def test_a_person_who_came_and_one_who_went_are_named(open_cycle: OpenCycle) -> None:
    party = voluntary(open_cycle.id)[0]
    add_contact(party, "nia@newcomer.example")
    found = differences(open_cycle.id)
    assert (found.people_new, found.people_gone) == ((Person("Nia Newcomer", party.name),), ())
    assert (found.parties_new, found.parties_gone, found.parties_renamed) == ((), (), ())


def test_a_person_whose_address_is_spelled_otherwise_is_the_same_person(open_cycle: OpenCycle) -> None:
    contact = voluntary(open_cycle.id)[0].contacts[0]
    with transaction() as session:
        session.execute(
            update(ContactRecord).where(ContactRecord.id == contact.id).values(email=contact.email.upper())
        )
    assert differences(open_cycle.id).is_same


def test_a_kind_of_organisation_that_no_group_takes_is_told(open_cycle: OpenCycle) -> None:
    party = of_role(open_cycle.id, Role.SPOT_PROVIDER)[0]
    with transaction() as session:
        session.execute(
            update(PartyRecord).where(PartyRecord.id == party.id).values(role="specialist", sector="public")
        )
    found = differences(open_cycle.id)
    assert found.not_asked == (party.name,)
    assert {person.party_name for person in found.people_gone} == {party.name}
    assert len(found.people_gone) == len(party.contacts)


def test_a_newer_shipped_version_is_told(open_cycle: OpenCycle) -> None:
    cycle = load(open_cycle.id)
    older = replace(cycle, instrument=replace(cycle.instrument, version=cycle.instrument.version - 1))
    own = replace(older, instrument=replace(older.instrument, id="of-our-own"))
    assert [repeating._newer_version(one) for one in (older, cycle, own)] == [
        cycle.instrument.version,
        None,
        None,
    ]


# Ninety days


def test_the_closing_time_moves_ninety_days_from_the_last_close(
    open_cycle: OpenCycle, organiser: Account
) -> None:
    last = load(open_cycle.id).closes_at
    moved = differences(open_cycle.id).moved_to
    assert moved is not None
    assert BETWEEN_CLOSES <= moved - last < BETWEEN_CLOSES + timedelta(days=1)
    assert (moved.hour, moved.minute, moved.second, moved.microsecond) == (17, 0, 0, 0)
    again = repeat(open_cycle.id, organiser)
    assert (again.closes_at, again.too_soon_reason) == (moved, "")


def test_after_ninety_days_nothing_stands_in_the_way(open_cycle: OpenCycle, organiser: Account) -> None:
    closed_at(open_cycle.id, clock.now() - timedelta(days=70))
    assert differences(open_cycle.id).moved_to is None
    again = repeat(open_cycle.id, organiser)
    assert timedelta(days=20) < again.closes_at - clock.now() < timedelta(days=22)


def test_a_later_review_of_the_same_people_moves_it_too(
    app: Flask, open_cycle: OpenCycle, organiser: Account, steward: Account
) -> None:
    closed_at(open_cycle.id, clock.now() - timedelta(days=300))
    later = launch_cycle(app, repeat(open_cycle.id, organiser).id, steward)
    moved = differences(open_cycle.id).moved_to
    assert moved is not None and moved - load(later.id).closes_at >= BETWEEN_CLOSES


def test_a_closing_time_that_would_be_open_for_too_long_is_refused(
    open_cycle: OpenCycle, organiser: Account
) -> None:
    closed_at(open_cycle.id, clock.now() + timedelta(days=100))
    with pytest.raises(CycleFaultsError, match="180 days at most"):
        repeat(open_cycle.id, organiser)


# One to four people


def test_a_few_newcomers_have_their_group_joined(open_cycle: OpenCycle) -> None:
    closed_at(open_cycle.id, clock.now() - timedelta(days=100))
    party = voluntary(open_cycle.id)[0]
    merged = []
    for number in range(5):
        add_contact(party, f"newcomer{number}@elsewhere.example")
        merged.append(differences(open_cycle.id).merged)
    assert merged == [(VCS,)] * 4 + [()]


def test_newcomers_to_the_prime_join_nobody(open_cycle: OpenCycle) -> None:
    closed_at(open_cycle.id, clock.now() - timedelta(days=100))
    add_contact(of_role(open_cycle.id, Role.PRIME)[0], "newcomer@prime.example")
    assert differences(open_cycle.id).merged == ()


# The draft


def test_the_draft_has_the_same_design_and_nothing_else_of_the_earlier_review(
    open_cycle: OpenCycle, organiser: Account, steward: Account
) -> None:
    with reading() as session:
        code = session.get_one(CycleRecord, open_cycle.id).roster_code
    before, again = load(open_cycle.id), repeat(open_cycle.id, organiser)
    assert (again.instrument, again.plan, again.k, again.key_mode, again.steward_id, again.long_reason) == (
        before.instrument,
        before.plan,
        before.k,
        before.key_mode,
        before.steward_id,
        before.long_reason,
    )
    assert (again.state, again.is_approved, again.has_key, again.asked) == (CycleState.DRAFT, False, False, 0)
    assert (again.cloned_from, again.title) == (before.id, "Spring review (again)")
    with reading() as session:
        assert confirming.page_code(session, again.id, steward.id) != code
    assert load(open_cycle.id) == before


def test_whoever_repeats_it_is_its_organiser(app: Flask, open_cycle: OpenCycle) -> None:
    other = make_account(app, "other@prime.example", AccountRole.ORGANISER)
    assert repeat(open_cycle.id, other).organiser_id == other.id


@pytest.mark.parametrize(
    ("title", "again"),
    [
        ("Spring review (again)", "Spring review (again)"),
        ("x" * LONGEST_TITLE, f"{'x' * (LONGEST_TITLE - 8)} (again)"),
        (f"{'x' * 111} y234567", f"{'x' * 111} (again)"),
    ],
)
def test_a_title_says_once_that_it_is_again_and_stays_short(
    open_cycle: OpenCycle, organiser: Account, title: str, again: str
) -> None:
    with transaction() as session:
        session.execute(update(CycleRecord).where(CycleRecord.id == open_cycle.id).values(title=title))
    assert repeat(open_cycle.id, organiser).title == again


def test_a_draft_cannot_be_repeated(draft_cycle: str, organiser: Account) -> None:
    with pytest.raises(NotAllowedError, match="draft"):
        differences(draft_cycle)
    with pytest.raises(NotAllowedError, match="draft"):
        repeat(draft_cycle, organiser)


def test_a_review_that_is_not_there_cannot_be_repeated(app: Flask, organiser: Account) -> None:
    with pytest.raises(NotFoundError):
        differences("nothing")
    with pytest.raises(NotFoundError):
        repeat("nothing", organiser)


def test_a_plan_that_does_not_fit_any_more_is_refused_with_its_faults(
    open_cycle: OpenCycle, organiser: Account
) -> None:
    commissioner = of_role(open_cycle.id, Role.COMMISSIONER)[0]
    other = voluntary(open_cycle.id)[0]
    with transaction() as session:
        record = session.get_one(CycleRecord, open_cycle.id)
        plan = json.loads(record.plan)
        for group in plan["groups"]:
            group["is_attributed"] |= group["title"] == "Commissioners"
        record.plan = json.dumps(plan)
        # A second commissioner: now none of the two may be shown under its own name.
        session.execute(
            update(PartyRecord).where(PartyRecord.id == other.id).values(role="commissioner", sector="public")
        )
    assert commissioner.name not in differences(open_cycle.id).not_asked
    with pytest.raises(CycleFaultsError, match="cannot be shown under its name"):
        repeat(open_cycle.id, organiser)
    with reading() as session:
        assert session.scalars(select(CycleRecord.id)).all() == [open_cycle.id]


def test_a_steward_who_has_joined_the_chain_cannot_guard_the_next_review(
    open_cycle: OpenCycle, organiser: Account, steward: Account
) -> None:
    add_contact(voluntary(open_cycle.id)[0], steward.email)
    with pytest.raises(CycleFaultsError, match="contact of this chain"):
        repeat(open_cycle.id, organiser)
