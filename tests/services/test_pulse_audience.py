"""Whom and about what a pulse asks cannot be arranged: by changed words, other people, twins, merges and moves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from review_app import clock, pulse_counting
from review_app.database import reading, transaction
from review_app.models.actions import ActionOwnerRecord, ActionPersonRecord, ActionRecord
from review_app.models.chains import ContactRecord
from review_app.services import actions, chains, chains_editing, proposing, pulse_opening
from review_app.services.chains_editing import Edit
from review_app.services.chains_history import Author
from review_app.services.errors import ChangedMeanwhileError
from review_app.services.proposing import Proposer
from review_app.services.pulse_opening import Opening
from review_app.state import state
from surveys.chain import Chain, Party
from surveys.chain_rules import chain_digest
from surveys.errors import ActionFaultsError, PulseFaultsError
from surveys.improvement import Actor, EntryKind
from surveys.pulse import Likeness
from tests.publications import contact_id_of
from tests.pulses import (
    SECOND,
    TITLE,
    Ready,
    add_action,
    asked_by,
    links_of_pulse,
    open_pulse,
    opening_of,
    pass_closing_time,
    ready,
    set_pulse_time,
)

BY = Author("The organiser", None)


@pytest.fixture
def of(environ: dict[str, str]) -> Iterator[Ready]:
    """A review with an action that is done."""
    with ready(environ) as made:
        yield made


def start(decided: Opening) -> str:
    with transaction() as session:
        return pulse_opening.open_one(
            session, clock.now(), decided, keys=state().keys, opening_key=None, shortest=SECOND
        )


def asked(of: Ready, action_id: str) -> set[str]:
    with reading() as session:
        view = pulse_opening.outlook(session, action_id, of.steward.id)
    return {person.email for audience in view.audiences for person in audience.people}


def faults_of(of: Ready, **changes: object) -> list[str]:
    with pytest.raises(PulseFaultsError) as refused:
        open_pulse(of, **changes)  # type: ignore[arg-type]  # the fields of an opening
    return [fault.place for fault in refused.value.faults]


def made(of: Ready, **changes: object) -> str:
    with transaction() as session:
        return add_action(session, of.cycle_id, **changes)  # type: ignore[arg-type]  # the caller's fields


def over(of: Ready, days: int) -> str:
    """The id of a pulse that was closed so many days ago."""
    pulse_id = open_pulse(of)
    pass_closing_time(pulse_id)
    pulse_counting.look(state().keys)
    set_pulse_time(pulse_id, clock.now() - timedelta(days=days))
    return pulse_id


def chain_of(of: Ready) -> Chain:
    with reading() as session:
        return chains.load(session, of.chain_id)


def party(of: Ready, name: str) -> Party:
    return next(one for one in chain_of(of).parties if one.name.startswith(name))


def edit(of: Ready) -> Edit:
    return Edit(of.chain_id, clock.now(), BY)


def merge(of: Ready, *, stays: str, goes: str) -> None:
    with transaction() as session:
        chains_editing.merge(
            session,
            edit(of),
            stays=party(of, stays).id,
            goes=party(of, goes).id,
            digest=chain_digest(chain_of(of)),
        )


def move(of: Ready, person: str, to: str) -> None:
    contact = next(one for place in chain_of(of).parties for one in place.contacts if one.email == person)
    with transaction() as session:
        chains_editing.save_contact(session, edit(of), party(of, to).id, contact)


def other_verifier(session: Session, of: Ready, email: str) -> None:
    contact = session.get_one(ContactRecord, contact_id_of(session, email))
    person = ActionPersonRecord(chain_id=of.chain_id, contact_id=contact.id, party_id=contact.party_id)
    session.add(person)
    session.flush()
    session.get_one(ActionRecord, of.action_id).verifier_id = person.id


def other_owner(session: Session, of: Ready) -> None:
    contact = session.get_one(ContactRecord, contact_id_of(session, "0@ash.example"))
    person = ActionPersonRecord(chain_id=of.chain_id, contact_id=contact.id, party_id=contact.party_id)
    session.add(person)
    session.flush()
    session.add(ActionOwnerRecord(action_id=of.action_id, person_id=person.id))


CHANGES = {
    "its words": lambda session, of: setattr(
        session.get_one(ActionRecord, of.action_id), "title", "Nobody complains any more"
    ),
    "for whom": lambda session, of: setattr(
        session.get_one(ActionRecord, of.action_id), "for_whom", "The prime"
    ),
    "its statement": lambda session, of: setattr(
        session.get_one(ActionRecord, of.action_id), "question_id", "4c"
    ),
    "the verifier": lambda session, of: other_verifier(session, of, "1@weaver.example"),
    "an owner": other_owner,
    "another pulse": lambda session, of: None,
}


@pytest.mark.parametrize("what", CHANGES)
def test_nothing_that_the_steward_judged_changes_before_the_opening(of: Ready, what: str) -> None:
    decided = opening_of(of)
    with transaction() as session:
        CHANGES[what](session, of)
    if what == "another pulse":
        open_pulse(of, action_id=made(of, title="Fewer forms"))
    with pytest.raises(ChangedMeanwhileError, match="has changed since"):
        start(decided)


def change(of: Ready, **fields: object) -> None:
    with transaction() as session:
        found = actions.load(session, of.action_id)
        if not found.entries:
            record = actions.locked(session, of.action_id)
            happening = actions.Happening(Actor.ORGANISER, "Us", EntryKind.CREATED)
            actions.enter(session, clock.now(), record, happening)
            found = actions.load(session, of.action_id)
        it = replace(proposing.proposal_of(found), **fields)  # type: ignore[arg-type]  # the caller's
        by = Proposer("The organiser", is_steward=True)
        proposing.change(session, clock.now(), of.action_id, it, by=by, seen=found.entries[-1].id)


def test_what_people_are_asked_about_stays_until_it_is_counted(of: Ready) -> None:
    pulse_id = open_pulse(of)
    with reading() as session:
        ash = contact_id_of(session, "0@ash.example")
    for fields in ({"title": "Everybody is delighted"}, {"for_whom": "The prime"}, {"owner_ids": (ash,)}):
        with pytest.raises(ActionFaultsError) as refused:
            change(of, **fields)
        assert [fault.place for fault in refused.value.faults] == list(fields)
        assert "asked in a pulse" in refused.value.faults[0].message
    # The rest is not what anybody is asked about.
    change(of, measure="Days from invoice to payment")
    secret = links_of_pulse(pulse_id)["1@ash.example"]
    assert (asked_by(secret).title, asked_by(secret).owners) == (TITLE, ("Prime Ltd",))
    pass_closing_time(pulse_id)
    pulse_counting.begin_due()
    with pytest.raises(ActionFaultsError):
        change(of, title="Everybody is delighted")
    pulse_counting.look(state().keys)
    change(of, title="Everybody is delighted")


@pytest.mark.parametrize("days", [84, 400])
def test_another_verifier_does_not_make_two_pulses_differ_by_two_people(of: Ready, days: int) -> None:
    over(of, days)
    with transaction() as session:
        other_verifier(session, of, "1@weaver.example")
    assert faults_of(of) == ["groups"]


def test_another_owner_does_not_make_two_pulses_differ_by_an_organisation(of: Ready) -> None:
    over(of, 100)
    with transaction() as session:
        other_owner(session, of)
    assert faults_of(of) == ["groups"]


@pytest.mark.parametrize("title", [f"{TITLE}!", "Within 14 days, invoices are paid", f"{TITLE} – really"])
def test_a_twin_of_an_action_waits_too_and_may_not_differ_by_a_few(of: Ready, title: str) -> None:
    first = open_pulse(of)
    twin = made(of, title=title, verifier="weaver")
    assert faults_of(of, action_id=twin) == ["closes_at"]
    set_pulse_time(first, clock.now() - timedelta(days=100))
    assert faults_of(of, action_id=twin) == ["groups"]


def test_two_actions_on_one_statement_may_not_differ_by_a_few_within_ninety_days(of: Ready) -> None:
    first = open_pulse(of)
    kindred = made(of, title="Fewer forms", verifier="weaver")
    with transaction() as session:
        session.execute(update(ActionRecord).values(subject="prime", question_id="4c"))
    assert faults_of(of, action_id=kindred) == ["groups"]
    set_pulse_time(first, clock.now() - timedelta(days=84))
    assert open_pulse(of, action_id=kindred)


def test_the_steward_is_told_of_every_other_pulse_of_these_people(of: Ready) -> None:
    first = open_pulse(of)
    other = made(of, title="Fewer forms", verifier="weaver")
    with reading() as session:
        (found,) = pulse_opening.outlook(session, other, of.steward.id).others
    assert (found.id, found.title, found.chain_name) == (first, TITLE, "Threads")
    assert found.likeness is Likeness.OTHER and found.is_near(clock.now())
    assert not found.is_near(found.closes_at + timedelta(days=90))


def test_the_colleagues_of_an_owner_are_not_asked_after_a_merge(of: Ready) -> None:
    action_id = made(of, title="Ash answers within a day", owners=("ash",), verifier="mill")
    assert not [email for email in asked(of, action_id) if "ash" in email]
    merge(of, stays="Birch", goes="Ash")
    assert not [email for email in asked(of, action_id) if "ash" in email or "birch" in email]


def test_nor_after_they_have_moved(of: Ready) -> None:
    action_id = made(of, title="Ash answers within a day", owners=("ash",), verifier="mill")
    move(of, "1@ash.example", to="Dyer")
    assert not [email for email in asked(of, action_id) if "ash" in email]
    assert "1@dyer.example" in asked(of, action_id)


def test_nor_are_those_whom_an_owner_has_moved_to(of: Ready) -> None:
    action_id = made(of, title="Ash answers within a day", owners=("ash",), verifier="mill")
    move(of, "0@ash.example", to="Cedar")
    assert not [email for email in asked(of, action_id) if "ash" in email or "cedar" in email]


def test_the_verifier_is_not_asked_under_another_organisation(of: Ready) -> None:
    move(of, "0@mill.example", to="Cedar")
    assert "0@mill.example" not in asked(of, of.action_id)
    assert "1@mill.example" in asked(of, of.action_id)
