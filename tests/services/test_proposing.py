"""Proposing and changing actions, on both databases: everything that is wrong at once, and every change for ever."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from review_app import clock
from review_app.database import reading, transaction
from review_app.models.actions import ActionPersonRecord
from review_app.models.base import new_id
from review_app.models.chains import ContactRecord
from review_app.models.cycles import CycleRecord
from review_app.models.outbox import MailKind, MailRecord
from review_app.services import actions, chains, chains_editing, proposing
from review_app.services.actions import Action
from review_app.services.chains_editing import Edit
from review_app.services.chains_history import Author
from review_app.services.errors import ChangedMeanwhileError, NotAllowedError, NotFoundError
from review_app.services.proposing import Proposer
from surveys.errors import ActionFaultsError
from surveys.improvement import ActionState, Actor, EntryKind
from tests.actions_made import (
    ASH,
    BY,
    COUNCIL,
    MILL,
    PRIME,
    contact_ids,
    link_of,
    proposal,
    propose,
    published,
)
from tests.publications import Reviewed


@pytest.fixture
def of(either_environ: dict[str, str]) -> Iterator[Reviewed]:
    """A published review on either database."""
    with published(either_environ) as found:
        yield found


def load(action_id: str) -> Action:
    with reading() as session:
        return actions.load(session, action_id)


def mails(kind: MailKind, about: str) -> list[tuple[str, int]]:
    """To whom mails about an action are owed, and in which round."""
    query = (
        select(ContactRecord.email, MailRecord.number)
        .join(ContactRecord, ContactRecord.id == MailRecord.contact_id)
        .where(MailRecord.kind == kind.value, MailRecord.about_id == about)
        .order_by(MailRecord.number, ContactRecord.email)
    )
    with reading() as session:
        return [(email, number) for email, number in session.execute(query)]


def change(action_id: str, **fields: object) -> bool:
    found = load(action_id)
    it = replace(proposing.proposal_of(found), **fields)  # type: ignore[arg-type]
    with transaction() as session:
        return proposing.change(
            session, clock.now(), action_id, it, by=Proposer(BY), seen=found.entries[-1].id
        )


def test_an_action_is_proposed_with_its_people_its_steps_its_number_and_a_mail_to_its_owners(
    of: Reviewed,
) -> None:
    first = load(propose(of, title="  Invoices\n are paid  ", practices=("P2c.1",)))
    second = load(propose(of, owners=(PRIME, ASH), verifier=MILL, steps=("", " One ")))
    assert (first.number, second.number) == (1, 2)
    assert first.title == "Invoices are paid" and first.practices == ("P2c.1",)
    assert first.state is ActionState.PROPOSED
    assert [step.text for step in first.steps] == ["Agree a date of the month", "Tell everybody"]
    assert [step.text for step in second.steps] == ["One"]
    assert first.verifier.party_name == "Mill Ltd"
    assert {owner.party_name for owner in second.owners} == {"Prime Ltd", "Ash Ltd"}
    assert first.owners[0].id in {owner.id for owner in second.owners}, "one person, one link"
    (entry,) = first.entries
    assert (entry.kind, entry.actor, entry.by, entry.text) == (
        EntryKind.CREATED,
        Actor.ORGANISER,
        BY,
        "Invoices are paid",
    )
    assert mails(MailKind.ACTION, first.id) == [(PRIME, 1)]
    assert mails(MailKind.ACTION, second.id) == [(ASH, 1), (PRIME, 1)]


def test_everything_that_is_wrong_is_said_at_once_and_nothing_is_kept(of: Reviewed) -> None:
    it = proposal(
        of,
        title=" ",
        for_whom="x" * 301,
        owners=(PRIME, "1@prime.example"),
        verifier=PRIME,
        due=None,
        practices=("P9z.9",),
        steps=("x",) * 21,
        measure="m" * 301,
    )
    with pytest.raises(ActionFaultsError) as raised, transaction() as session:
        proposing.propose(session, clock.now(), it, by=Proposer(BY))
    places = {fault.place for fault in raised.value.faults}
    assert places == {
        "title",
        "for_whom",
        "owner_ids",
        "verifier_id",
        "due",
        "practices",
        "steps",
        "measure",
    }
    assert all(fault.message and fault.mend for fault in raised.value.faults)
    with reading() as session:
        assert session.scalars(select(ActionPersonRecord)).all() == []


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"owner_ids": ()}, "owner_ids"),
        ({"owner_ids": ("nobody",)}, "owner_ids"),
        ({"verifier_id": ""}, "verifier_id"),
        ({"title": "x" * 301}, "title"),
        ({"vote": "x" * 301}, "vote"),
        ({"due": clock.now().date() - timedelta(days=2)}, "due"),
        ({"due": clock.now().date() + timedelta(days=1100)}, "due"),
        ({"steps": ("x" * 301,)}, "steps"),
    ],
)
def test_each_fault_stands_at_its_field(
    environ: dict[str, str], fields: dict[str, object], place: str
) -> None:
    with published(environ) as of:
        it = replace(proposal(of), **fields)  # type: ignore[arg-type]
        with pytest.raises(ActionFaultsError) as raised, transaction() as session:
            proposing.propose(session, clock.now(), it, by=Proposer(BY))
        assert [fault.place for fault in raised.value.faults] == [place]


def test_three_owners_somebody_gone_or_without_a_mailbox_and_a_revoked_link_are_refused(
    of: Reviewed,
) -> None:
    prime, mill, ash, council = contact_ids(PRIME, MILL, ASH, COUNCIL)

    def refused(**fields: object) -> str:
        it = replace(proposal(of), **fields)  # type: ignore[arg-type]
        with pytest.raises(ActionFaultsError) as raised, transaction() as session:
            proposing.propose(session, clock.now(), it, by=Proposer(BY))
        return " ".join(fault.message for fault in raised.value.faults)

    assert "more than two owners" in refused(owner_ids=(prime, ash, council))
    propose(of)
    with transaction() as session:
        session.execute(update(ContactRecord).where(ContactRecord.id == ash).values(gone_at=clock.now()))
        session.execute(
            update(ContactRecord)
            .where(ContactRecord.id == council)
            .values(email="", postal_address="1 High Street\nLeeds\nLS1 1AA")
        )
        session.execute(
            update(ActionPersonRecord)
            .where(ActionPersonRecord.contact_id == mill)
            .values(revoked_at=clock.now())
        )
    assert "not in this chain" in refused(owner_ids=(ash,))
    assert "has no email address" in refused(owner_ids=(council,))
    assert "was revoked" in refused(verifier_id=mill)


def test_nothing_is_proposed_on_a_review_that_is_not_published_or_for_a_strange_workshop(
    of: Reviewed,
) -> None:
    with pytest.raises(NotFoundError):
        propose(of, cycle_id="no-such-review")
    with pytest.raises(NotFoundError):
        propose(of, workshop_id="no-such-workshop")
    with pytest.raises(NotFoundError):
        propose(of, topic_id="no-such-topic")
    with transaction() as session:
        session.execute(update(CycleRecord).values(state="closed"))
    with pytest.raises(NotAllowedError):
        propose(of)


def test_a_change_is_an_entry_in_words_and_its_owners_are_asked_again(of: Reviewed) -> None:
    action_id = propose(of)
    due = load(action_id).due + timedelta(days=7)
    joint = contact_ids(PRIME, ASH)
    assert change(action_id, due=due, owner_ids=joint, measure="")
    found = load(action_id)
    assert found.due == due and len(found.owners) == 2
    entry = found.entries[-1]
    assert entry.kind is EntryKind.CHANGED and entry.before is None
    assert f"Due: {due.day} {due:%B %Y}. Before: " in entry.text
    assert "Person 0 at ash (Ash Ltd), Person 0 at prime (Prime Ltd)" in entry.text
    assert "Measure: (nothing). Before: Days from invoice to payment." in entry.text
    assert "Verifier" not in entry.text
    assert mails(MailKind.ACTION, action_id) == [(PRIME, 1), (ASH, 2), (PRIME, 2)]
    assert not change(action_id), "what says the same is no change"
    assert len(load(action_id).entries) == 2
    assert change(action_id, owner_ids=contact_ids(ASH))
    assert [owner.party_name for owner in load(action_id).owners] == ["Ash Ltd"]


def test_a_form_that_is_out_of_date_changes_nothing(of: Reviewed) -> None:
    action_id = propose(of)
    seen = load(action_id).entries[-1].id
    change(action_id, title="Something else")
    it = replace(proposing.proposal_of(load(action_id)), title="A third thing")
    with pytest.raises(ChangedMeanwhileError), transaction() as session:
        proposing.change(session, clock.now(), action_id, it, by=Proposer(BY), seen=seen)
    assert load(action_id).title == "Something else"


def test_an_overdue_action_can_be_changed_without_another_day_and_with_a_revoked_link(
    of: Reviewed,
) -> None:
    action_id = propose(of)
    with transaction() as session:
        session.execute(update(ActionPersonRecord).values(revoked_at=clock.now()))
    found = load(action_id)
    later = clock.now() + timedelta(days=90)
    it = replace(proposing.proposal_of(found), title="Still worth it")
    with transaction() as session:
        assert proposing.change(session, later, action_id, it, by=Proposer(BY), seen=found.entries[-1].id)
    assert load(action_id).title == "Still worth it"


def test_an_organiser_chooses_nobody_whom_a_steward_has_not_vouched_for(of: Reviewed) -> None:
    with transaction() as session:
        session.add(
            ContactRecord(
                id=new_id(),
                party_id=of.parties["mill"],
                position=9,
                name="New",
                job_title="",
                email="new@x.example",
            )
        )
    it = proposal(of, verifier="new@x.example")
    with pytest.raises(ActionFaultsError), transaction() as session:
        proposing.propose(session, clock.now(), it, by=Proposer(BY))
    with transaction() as session:
        action_id = proposing.propose(session, clock.now(), it, by=Proposer(BY, is_steward=True))
    found = load(action_id)
    later = replace(proposing.proposal_of(found), for_whom="All of us")
    with transaction() as session:
        # Whoever was chosen stays, whoever changes something else.
        assert proposing.change(
            session, clock.now(), action_id, later, by=Proposer(BY), seen=found.entries[-1].id
        )


def move_to(of: Reviewed, email: str, party: str) -> None:
    """An organiser changes for whom somebody works, as the form of the chain does; the contact stays the same one."""
    with transaction() as session:
        chain_id = session.get_one(CycleRecord, of.cycle.id).chain_id
        known = {
            contact.email: contact
            for one in chains.load(session, chain_id).parties
            for contact in one.contacts
        }
        edit = Edit(chain_id, clock.now(), Author("The organiser", None))
        chains_editing.save_contact(session, edit, of.parties[party], known[email])


def test_nobody_verifies_for_an_organisation_that_they_were_moved_into(of: Reviewed) -> None:
    spy = "1@prime.example"
    move_to(of, spy, "mill")
    with pytest.raises(ActionFaultsError):
        propose(of, verifier=spy)
    move_to(of, spy, "prime")
    propose(of, owners=(spy,))
    # Now somebody who owns an action, moved again: they would seem to have owned it for the mill.
    move_to(of, spy, "mill")
    assert link_of(of, spy) is None
    for is_steward in (False, True):
        it = proposal(of, verifier=spy)
        with pytest.raises(ActionFaultsError), transaction() as session:
            proposing.propose(session, clock.now(), it, by=Proposer(BY, is_steward=is_steward))


def test_whoever_works_for_another_organisation_now_verifies_for_the_old_one_no_more(of: Reviewed) -> None:
    propose(of)
    assert link_of(of, MILL) is not None
    move_to(of, MILL, "weaver")
    assert link_of(of, MILL) is None
