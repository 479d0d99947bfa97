"""Seats of a workshop and their links: chosen, added, taken away, given back and replaced."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import select, update

from review_app import clock
from review_app.database import reading, transaction
from review_app.keys import KeyMissingError
from review_app.models.base import new_id
from review_app.models.chains import ContactRecord, PartyRecord
from review_app.models.cycles import CycleRecord
from review_app.models.workshops import SeatRecord, WorkshopPartyRecord, WorkshopRecord
from review_app.services import chains, chains_editing, seating, taking_part, workshops
from review_app.services.chains_editing import Edit
from review_app.services.chains_history import Author
from review_app.services.errors import NotAllowedError, NotFoundError
from review_app.services.outbox import MailState
from review_app.services.seating import Organisation, Person
from review_app.services.workshops import Seat
from review_app.state import state
from surveys.chain import Role
from tests.publications import chain_of_cloth, contact_id_of
from tests.workshops import (
    COUNCIL,
    EVERYBODY,
    PAID,
    PRIME,
    Gathered,
    invite,
    mail_states,
    planned_workshop,
    seat,
)

BIDDER = "0@bidder.example"
MILL, SECOND_AT_MILL = "0@mill.example", "1@mill.example"


@pytest.fixture
def planned(environ: dict[str, str]) -> Iterator[Gathered]:
    """A planned workshop that everybody but the bidder has a seat in."""
    with planned_workshop(environ) as found:
        yield found


@pytest.fixture
def invited_on_either(either_environ: dict[str, str]) -> Iterator[Gathered]:
    """One with everybody invited, on each kind of database."""
    with planned_workshop(either_environ) as found:
        yield invite(found.of, found.id)


@pytest.fixture
def invited(planned: Gathered) -> Gathered:
    """The same with everybody invited."""
    return invite(planned.of, planned.id)


def organisations(of: Gathered) -> tuple[Organisation, ...]:
    with reading() as session:
        return seating.organisations(session, of.id)


def seated(of: Gathered) -> set[str]:
    return {person.email for one in organisations(of) for person in one.seated}


def person(of: Gathered, email: str) -> Person:
    return next(one for each in organisations(of) for one in each.people if one.email == email)


def add(of: Gathered, email: str) -> None:
    with transaction() as session:
        seating.add(session, clock.now(), of.id, contact_id_of(session, email), state().keys)


def take_away(of: Gathered, email: str) -> None:
    with transaction() as session:
        seating.take_away(session, of.id, of.seats[email])


def secret_of(of: Gathered, email: str) -> bytes:
    """The secret of the link as it is now."""
    with reading() as session:
        contact = contact_id_of(session, email)
        query = select(SeatRecord.id).where(SeatRecord.contact_id == contact, SeatRecord.workshop_id == of.id)
        seat_id = session.scalars(query).one()
    return Gathered(of.of, of.id, (), {email: seat_id}).secret(email)


def opens(secret: bytes) -> bool:
    with reading() as session:
        return workshops.find_seat(session, secret) is not None


def test_everybody_of_the_launch_may_be_chosen_in_the_order_of_the_chain(planned: Gathered) -> None:
    found = organisations(planned)
    assert [one.role for one in found[:3]] == [Role.COMMISSIONER, Role.PRIME, Role.SUBCONTRACTOR]
    assert len(found) == 10 and sum(len(one.people) for one in found) == len(EVERYBODY) + 1
    assert seated(planned) == set(EVERYBODY)
    assert found[-1].seated == ()


def test_choosing_anew_seats_exactly_these_and_invites_exactly_their_organisations(planned: Gathered) -> None:
    seat(planned.id, (PRIME, MILL))
    assert seated(planned) == {PRIME, MILL}
    assert [one.name for one in planned.workshop().invited] == ["Prime Ltd", "Mill Ltd"]
    seat(planned.id, (PRIME, COUNCIL))
    assert [one.name for one in planned.workshop().invited] == ["Council Ltd", "Prime Ltd"]
    seat(planned.id, ())
    assert seated(planned) == set() and planned.workshop().invited == ()


def test_nobody_of_another_chain_is_seated_and_nobody_without_an_address(planned: Gathered) -> None:
    with transaction() as session:
        session.execute(
            update(ContactRecord)
            .where(ContactRecord.email == BIDDER)
            .values(email="", postal_address="1 High Street")
        )
        other = chains.keep(session, clock.now(), replace(chain_of_cloth(), name="Other"))
        foreign = session.scalars(
            select(ContactRecord.id)
            .join(PartyRecord, PartyRecord.id == ContactRecord.party_id)
            .where(PartyRecord.chain_id == other)
        ).first()
    assert foreign is not None
    with pytest.raises(NotFoundError), transaction() as session:
        seating.choose(session, planned.id, [foreign])
    with pytest.raises(NotFoundError), transaction() as session:
        seating.choose(session, planned.id, ["no such person"])
    with reading() as session:
        bidder = session.scalars(
            select(ContactRecord.id).where(ContactRecord.postal_address == "1 High Street")
        ).one()
    with pytest.raises(NotAllowedError, match="has no email address"), transaction() as session:
        seating.choose(session, planned.id, [bidder])
    assert seated(planned) == set(EVERYBODY)


def test_after_the_invitation_people_come_and_go_one_by_one(
    invited_on_either: Gathered,
) -> None:
    invited = invited_on_either
    with pytest.raises(NotAllowedError, match="invited already"), transaction() as session:
        seating.choose(session, invited.id, [])
    add(invited, BIDDER)
    add(invited, BIDDER)
    assert mail_states(invited.id)[BIDDER, "workshop", 2] == "queued"
    assert sum(email == BIDDER for email, *_ in mail_states(invited.id)) == 1
    assert opens(secret_of(invited, BIDDER))
    assert invited.workshop().invited[-1].name == "Bidder Ltd"
    # Nobody else gets another mail.
    assert {number for email, _, number in mail_states(invited.id) if email != BIDDER} == {1}


def test_a_seat_that_is_taken_away_opens_nothing_and_gets_no_mail(invited: Gathered) -> None:
    secret, other = invited.secret(MILL), invited.secret(SECOND_AT_MILL)
    assert opens(secret)
    take_away(invited, MILL)
    take_away(invited, MILL)
    assert not opens(secret) and opens(other)
    assert mail_states(invited.id)[MILL, "workshop", 1] == "cancelled"
    assert mail_states(invited.id)[SECOND_AT_MILL, "workshop", 1] == "queued"
    assert "Mill Ltd" in [one.name for one in invited.workshop().invited]
    take_away(invited, SECOND_AT_MILL)
    assert "Mill Ltd" not in [one.name for one in invited.workshop().invited]


def test_an_organisation_that_was_there_stays_in_the_record(invited: Gathered) -> None:
    with transaction() as session:
        session.execute(update(WorkshopPartyRecord).values(was_there=True))
        session.execute(update(WorkshopRecord).values(state="running"))
    take_away(invited, MILL)
    take_away(invited, SECOND_AT_MILL)
    assert "Mill Ltd" in [one.name for one in invited.workshop().invited]


def test_a_seat_given_back_has_another_link(
    invited_on_either: Gathered,
) -> None:
    invited = invited_on_either
    before = invited.secret(MILL)
    take_away(invited, MILL)
    add(invited, MILL)
    after = secret_of(invited, MILL)
    assert after != before and opens(after) and not opens(before)
    assert person(invited, MILL).seat_id == invited.seats[MILL]
    assert mail_states(invited.id)[MILL, "workshop", 2] == "queued"


def test_the_last_seat_is_not_taken_away(planned: Gathered) -> None:
    seat(planned.id, (PRIME,))
    alone = invite(planned.of, planned.id)
    with pytest.raises(NotAllowedError, match="Call the workshop off"):
        take_away(alone, PRIME)


def test_a_replaced_link_opens_nothing_and_the_new_one_does(invited: Gathered) -> None:
    before, other = invited.secret(MILL), invited.secret(PAID[1])
    with transaction() as session:
        seating.replace_link(session, clock.now(), invited.id, invited.seats[MILL], state().keys)
    after = secret_of(invited, MILL)
    assert after != before and opens(after) and not opens(before) and opens(other)
    states = mail_states(invited.id)
    assert (states[MILL, "workshop", 1], states[MILL, "workshop", 2]) == ("cancelled", "queued")


def test_before_the_invitation_there_is_no_link_to_replace(planned: Gathered) -> None:
    with pytest.raises(NotAllowedError, match="Invite people first"), transaction() as session:
        seating.replace_link(session, clock.now(), planned.id, planned.seats[MILL], state().keys)


def test_a_seat_of_another_workshop_or_none_at_all_is_not_touched(invited: Gathered) -> None:
    for unknown in ("x", ""):
        with pytest.raises(NotFoundError), transaction() as session:
            seating.take_away(session, invited.id, unknown)
        with pytest.raises(NotFoundError), transaction() as session:
            seating.replace_link(session, clock.now(), invited.id, unknown, state().keys)
    take_away(invited, MILL)
    with pytest.raises(NotFoundError), transaction() as session:
        seating.replace_link(session, clock.now(), invited.id, invited.seats[MILL], state().keys)


@pytest.mark.parametrize("ended", ["ended", "recorded", "cancelled"])
def test_once_it_is_over_who_was_invited_stays_as_it_is(invited: Gathered, ended: str) -> None:
    with transaction() as session:
        session.execute(update(WorkshopRecord).values(state=ended))
    with pytest.raises(NotAllowedError):
        add(invited, BIDDER)
    with pytest.raises(NotAllowedError):
        take_away(invited, MILL)


def test_a_lost_key_is_said_and_kills_no_link_that_was_sent(invited: Gathered) -> None:
    secret = invited.secret(PRIME)
    (state().keys.folder / f"{invited.id}.workshop-key").unlink()
    with pytest.raises(KeyMissingError):
        add(invited, BIDDER)
    assert opens(secret) and BIDDER not in seated(invited)


def test_whoever_left_the_chain_is_not_offered_but_seen_while_they_sit(invited: Gathered) -> None:
    with transaction() as session:
        session.execute(
            update(ContactRecord).where(ContactRecord.email.in_((MILL, BIDDER))).values(gone_at=clock.now())
        )
    listed = {one.email for each in organisations(invited) for one in each.people}
    assert MILL in listed and BIDDER not in listed
    take_away(invited, MILL)
    assert MILL not in {one.email for each in organisations(invited) for one in each.people}


def test_the_page_knows_how_the_last_mail_fares_and_nothing_of_links(
    invited_on_either: Gathered,
) -> None:
    invited = invited_on_either
    with reading() as session:
        found = seating.mails(session, invited.id)
        contact = contact_id_of(session, MILL)
    assert len(found) == len(EVERYBODY) and found[contact].state is MailState.QUEUED
    columns = set(SeatRecord.__table__.columns.keys())
    assert columns == {
        "id",
        "workshop_id",
        "contact_id",
        "party_id",
        "verifier",
        "link_number",
        "is_taken_away",
    }


def test_an_organiser_seats_nobody_whom_a_steward_has_not_vouched_for(
    invited_on_either: Gathered,
) -> None:
    of = invited_on_either
    for email, party in (("new@mill.example", "mill"), ("new@prime.example", "prime")):
        newcomer(of, email, party)
    with pytest.raises(NotFoundError):
        add(of, "new@mill.example")
    assert "new@mill.example" not in {one.email for each in organisations(of) for one in each.people}
    # The prime speaks for itself.
    add(of, "new@prime.example")
    with transaction() as session:
        contact_id = contact_id_of(session, "new@mill.example")
        seating.add(session, clock.now(), of.id, contact_id, state().keys, by_steward=True)
    assert opens(secret_of(of, "new@mill.example"))
    assert person(of, "new@mill.example").seat_id


def newcomer(of: Gathered, email: str, party: str) -> None:
    """Somebody who was put into an organisation after the launch."""
    with transaction() as session:
        session.add(
            ContactRecord(
                id=new_id(), party_id=of.of.parties[party], position=9, name="New", job_title="", email=email
            )
        )


def move_to(of: Gathered, email: str, party: str) -> None:
    """An organiser changes for whom somebody works, as the form of the chain does; the contact stays the same one."""
    with transaction() as session:
        chain_id = session.get_one(CycleRecord, of.of.cycle.id).chain_id
        known = {
            contact.email: contact
            for one in chains.load(session, chain_id).parties
            for contact in one.contacts
        }
        edit = Edit(chain_id, clock.now(), Author("The organiser", None))
        chains_editing.save_contact(session, edit, of.of.parties[party], known[email])


def test_nobody_is_seated_for_an_organisation_that_they_were_moved_into(invited: Gathered) -> None:
    spy = "1@prime.example"
    take_away(invited, spy)
    move_to(invited, spy, "mill")
    with pytest.raises(NotFoundError):
        add(invited, spy)
    move_to(invited, spy, "prime")
    add(invited, spy)
    found = seat_of(invited, spy)
    assert found is not None and found.party_id == invited.of.parties["prime"]


def test_whoever_works_for_another_organisation_now_speaks_for_the_old_one_no_more(invited: Gathered) -> None:
    assert opens(secret_of(invited, SECOND_AT_MILL))
    move_to(invited, SECOND_AT_MILL, "weaver")
    assert not opens(secret_of(invited, SECOND_AT_MILL))
    with reading() as session:
        assert taking_part.poll(session, secret_of(invited, SECOND_AT_MILL)) is None
    # Where they were seated, and said to have left, not where the chain has them now.
    moved = person(invited, SECOND_AT_MILL)
    assert moved.has_moved
    assert SECOND_AT_MILL in {one.email for one in of_party(invited, "mill").people}
    take_away(invited, SECOND_AT_MILL)
    with transaction() as session:
        contact_id = contact_id_of(session, SECOND_AT_MILL)
        seating.add(session, clock.now(), invited.id, contact_id, state().keys, by_steward=True)
    found = seat_of(invited, SECOND_AT_MILL)
    assert found is not None and found.party_id == invited.of.parties["weaver"]


def test_roles_are_those_of_the_launch_whatever_the_chain_says_later(planned: Gathered) -> None:
    swap = {"prime": Role.SUBCONTRACTOR, "mill": Role.PRIME}
    with transaction() as session:
        for party, role in swap.items():
            session.get_one(PartyRecord, planned.of.parties[party]).role = role.value
    invite(planned.of, planned.id)
    with reading() as session:
        roles = {one.party_id: one.role for one in workshops.load(session, planned.id).invited}
    assert roles[planned.of.parties["prime"]] is Role.PRIME
    assert roles[planned.of.parties["mill"]] is Role.SUBCONTRACTOR
    # Nor does the mill's new role let an organiser seat anybody for it.
    newcomer(planned, "new@mill.example", "mill")
    with pytest.raises(NotFoundError):
        add(planned, "new@mill.example")


def seat_of(of: Gathered, email: str) -> Seat | None:
    """What somebody's link opens as it is now."""
    with reading() as session:
        return workshops.find_seat(session, secret_of(of, email))


def of_party(of: Gathered, party: str) -> Organisation:
    return next(one for one in organisations(of) if one.party_id == of.of.parties[party])
