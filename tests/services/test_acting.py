"""What owners and verifiers do to actions, on both databases: legal moves alone, for ever, and never twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DatabaseError

from review_app import clock
from review_app.database import transaction
from review_app.models.actions import ActionEntryRecord
from review_app.models.outbox import MailKind, MailRecord
from review_app.services import acting, proposing
from review_app.services.errors import ChangedMeanwhileError, NotAllowedError, NotFoundError
from review_app.services.proposing import Proposer
from surveys.errors import ActionFaultsError, IllegalTransitionError
from surveys.improvement import ActionState, Actor, EntryKind, may_move
from tests.actions_made import (
    ASH,
    BY,
    MILL,
    PRIME,
    contact_ids,
    do,
    in_state,
    link_of,
    load,
    propose,
    published,
    some_of_each,
    turn,
)
from tests.publications import Reviewed


@pytest.fixture
def of(either_environ: dict[str, str]) -> Iterator[Reviewed]:
    """A published review on either database."""
    with published(either_environ) as found:
        yield found


@pytest.fixture
def one(environ: dict[str, str]) -> Iterator[Reviewed]:
    """A published review on SQLite."""
    with published(environ) as found:
        yield found


def asked(kind: MailKind, action_id: str) -> int:
    with transaction() as session:
        query = select(MailRecord.id).where(MailRecord.kind == kind.value, MailRecord.about_id == action_id)
        return len(session.scalars(query).all())


def test_an_action_goes_from_proposed_to_verified_and_its_history_says_who_did_what(of: Reviewed) -> None:
    action_id = in_state(of, ActionState.VERIFIED)
    found = load(action_id)
    assert found.state is ActionState.VERIFIED
    assert [(entry.kind, entry.actor, entry.before, entry.after) for entry in found.entries] == [
        (EntryKind.CREATED, Actor.ORGANISER, None, None),
        (EntryKind.MOVED, Actor.OWNER, ActionState.PROPOSED, ActionState.ACCEPTED),
        (EntryKind.MOVED, Actor.OWNER, ActionState.ACCEPTED, ActionState.DONE),
        (EntryKind.MOVED, Actor.VERIFIER, ActionState.DONE, ActionState.VERIFIED),
    ]
    assert found.entries[1].by == "Person 0 at prime (Prime Ltd)"
    assert found.entries[3].by == "Person 0 at mill (Mill Ltd)"
    assert found.entries[3].text == "We are paid in time."
    assert asked(MailKind.ACTION_DONE, action_id) == 1


def test_an_action_with_joint_owners_is_accepted_once_both_have(of: Reviewed) -> None:
    action_id = propose(of, owners=(PRIME, ASH))
    do(acting.accept, of, action_id, PRIME)
    found = load(action_id)
    assert found.state is ActionState.PROPOSED and found.entries[-1].text == acting.ACCEPTED_TOO
    do(acting.accept, of, action_id, PRIME)
    assert len(load(action_id).entries) == 2, "twice is once"
    do(acting.accept, of, action_id, ASH)
    found = load(action_id)
    assert found.state is ActionState.ACCEPTED
    assert all(owner.accepted_at for owner in found.owners)


def test_a_change_of_what_is_proposed_is_accepted_anew(of: Reviewed) -> None:
    action_id = propose(of, owners=(PRIME, ASH))
    do(acting.accept, of, action_id, PRIME)
    found = load(action_id)
    it = replace(proposing.proposal_of(found), due=found.due + timedelta(days=1))
    with transaction() as session:
        proposing.change(session, clock.now(), action_id, it, by=Proposer(BY), seen=found.entries[-1].id)
    do(acting.accept, of, action_id, ASH)
    assert load(action_id).state is ActionState.PROPOSED
    do(acting.accept, of, action_id, PRIME)
    assert load(action_id).state is ActionState.ACCEPTED


def test_an_owner_who_comes_later_accepts_alone(of: Reviewed) -> None:
    action_id = in_state(of, ActionState.IN_PROGRESS)
    found = load(action_id)
    it = replace(proposing.proposal_of(found), owner_ids=contact_ids(PRIME, ASH))
    with transaction() as session:
        proposing.change(session, clock.now(), action_id, it, by=Proposer(BY), seen=found.entries[-1].id)
    do(acting.accept, of, action_id, ASH)
    found = load(action_id)
    assert found.state is ActionState.IN_PROGRESS and found.entries[-1].text == acting.ACCEPTED_LATER


def test_declining_needs_a_reason_and_it_can_be_proposed_anew(of: Reviewed) -> None:
    action_id = propose(of)
    with pytest.raises(ActionFaultsError):
        do(acting.decline, of, action_id, PRIME, " \u200b ")
    do(acting.decline, of, action_id, PRIME, "There is no money.")
    found = load(action_id)
    assert (found.state, found.reason) == (ActionState.DECLINED, "There is no money.")
    it = replace(proposing.proposal_of(found), title="A smaller step")
    with transaction() as session:
        proposing.propose_anew(
            session, clock.now(), action_id, it, by=Proposer(BY), seen=found.entries[-1].id
        )
    found = load(action_id)
    assert (found.state, found.reason, found.title) == (ActionState.PROPOSED, "", "A smaller step")
    assert found.entries[-1].before is ActionState.DECLINED
    assert "What will be different: A smaller step." in found.entries[-1].text
    assert asked(MailKind.ACTION, action_id) == 2
    with pytest.raises(IllegalTransitionError), transaction() as session:
        proposing.propose_anew(
            session, clock.now(), action_id, it, by=Proposer(BY), seen=found.entries[-1].id
        )


def test_the_verifier_asks_for_more_and_the_owners_learn_of_it(of: Reviewed) -> None:
    action_id = in_state(of, ActionState.DONE)
    with pytest.raises(ActionFaultsError):
        do(acting.ask_for_more, of, action_id, MILL, "")
    do(acting.ask_for_more, of, action_id, MILL, "The December invoices are late.")
    found = load(action_id)
    assert found.state is ActionState.IN_PROGRESS
    assert found.entries[-1].text == "The December invoices are late."
    assert asked(MailKind.ACTION, action_id) == 2
    do(acting.say_done, of, action_id, PRIME)
    assert asked(MailKind.ACTION_DONE, action_id) == 2


def test_progress_begins_the_work_and_help_and_notes_do_not_move_it(of: Reviewed) -> None:
    action_id = in_state(of, ActionState.ACCEPTED)
    do(acting.ask_for_help, of, action_id, PRIME, "Who has the list?")
    assert (load(action_id).state, load(action_id).entries[-1].kind) == (ActionState.ACCEPTED, EntryKind.HELP)
    do(acting.progress, of, action_id, PRIME, "Half way.\r\nAlmost.")
    assert load(action_id).state is ActionState.IN_PROGRESS
    assert load(action_id).entries[-1].text == "Half way.\nAlmost."
    do(acting.progress, of, action_id, PRIME, "Nearly there.")
    do(acting.progress, of, action_id, MILL, "We see it.")
    found = load(action_id)
    assert [entry.kind for entry in found.entries[-2:]] == [EntryKind.NOTE, EntryKind.NOTE]
    assert found.entries[-1].actor is Actor.VERIFIER
    for step in (acting.progress, acting.ask_for_help):
        with pytest.raises(ActionFaultsError):
            do(step, of, action_id, PRIME, "x" * 1001)


def test_who_asks_for_help_is_seen_to_wait_until_somebody_answers(of: Reviewed) -> None:
    action_id = in_state(of, ActionState.IN_PROGRESS)
    assert load(action_id).help_wanted == ""
    do(acting.ask_for_help, of, action_id, PRIME, "Who has the list?")
    do(acting.keep_steps, of, action_id, PRIME, {}, "Find the list")
    found = load(action_id)
    assert found.help_wanted == "Who has the list?"
    form = acting.organisers_turn(action_id, BY, found.state, found.entries[-1].id)
    before = asked(MailKind.ACTION, action_id)
    for _ in range(2):
        with transaction() as session:
            acting.answer(session, clock.now(), form, "Jo at the council.")
    assert load(action_id).help_wanted == ""
    # Its one owner is told, once.
    assert asked(MailKind.ACTION, action_id) == before + 1
    do(acting.ask_for_help, of, action_id, PRIME, "She has left.")
    do(acting.say_done, of, action_id, PRIME)
    assert load(action_id).help_wanted == ""


def test_what_is_not_felt_is_taken_up_again(of: Reviewed) -> None:
    action_id = in_state(of, ActionState.NOT_FELT)
    do(acting.progress, of, action_id, PRIME, "We ask them what is missing.")
    assert load(action_id).state is ActionState.IN_PROGRESS


def test_steps_are_ticked_and_added_and_another_owners_tick_stays(of: Reviewed) -> None:
    action_id = in_state(of, ActionState.ACCEPTED)
    first, second = load(action_id).steps
    do(acting.keep_steps, of, action_id, PRIME, {first.id: True}, "Check in March")
    do(acting.keep_steps, of, action_id, PRIME, {second.id: True}, "Check in March")
    do(acting.keep_steps, of, action_id, PRIME, {second.id: False, "another": True})
    found = load(action_id)
    assert [(step.text, step.is_done) for step in found.steps] == [
        ("Agree a date of the month", True),
        ("Tell everybody", False),
        ("Check in March", False),
    ]
    said = [entry.text for entry in found.entries if entry.kind is EntryKind.STEP]
    assert said == [
        "✓ Agree a date of the month",
        "+ Check in March",
        "✓ Tell everybody",
        "○ Tell everybody",
    ]
    with pytest.raises(ActionFaultsError):
        do(acting.keep_steps, of, action_id, PRIME, {}, "x" * 301)
    for number in range(17):
        do(acting.keep_steps, of, action_id, PRIME, {}, f"Step {number}")
    with pytest.raises(ActionFaultsError, match="20 steps"):
        do(acting.keep_steps, of, action_id, PRIME, {}, "One too many")


STEPS: dict[str, tuple[Callable[..., None], str, tuple[str, ...], ActionState]] = {
    "accept": (acting.accept, PRIME, (), ActionState.PROPOSED),
    "decline": (acting.decline, PRIME, ("No.",), ActionState.PROPOSED),
    "start": (acting.start, PRIME, (), ActionState.ACCEPTED),
    "progress": (acting.progress, PRIME, ("Half way.",), ActionState.IN_PROGRESS),
    "begin": (acting.progress, PRIME, ("Half way.",), ActionState.ACCEPTED),
    "help": (acting.ask_for_help, PRIME, ("Help!",), ActionState.IN_PROGRESS),
    "done": (acting.say_done, PRIME, ("It is.",), ActionState.IN_PROGRESS),
    "verify": (acting.verify, MILL, ("It is.",), ActionState.DONE),
    "more": (acting.ask_for_more, MILL, ("More.",), ActionState.DONE),
}


@pytest.mark.parametrize("name", STEPS)
def test_a_form_that_is_sent_twice_does_it_once_and_one_that_is_out_of_date_does_nothing(
    one: Reviewed, name: str
) -> None:
    step, who, words, state = STEPS[name]
    action_id = in_state(one, state)
    form = turn(one, action_id, who)
    for _ in range(3):
        with transaction() as session:
            step(session, clock.now(), form, *words)
    once = load(action_id)
    assert len(once.entries) == len(in_order(once)) and once.entries[-1].id != form.seen
    assert [entry.id for entry in once.entries].index(form.seen) == len(once.entries) - 2
    others = [other for other in ActionState if other is not once.state]
    for shown in others:
        stale = replace(form, shown=shown, seen=once.entries[-1].id)
        other_words = tuple(f"{word} Really." for word in words)
        if step is acting.accept:
            continue
        with pytest.raises(ChangedMeanwhileError), transaction() as session:
            step(session, clock.now(), stale, *other_words)
    assert load(action_id) == once


def in_order(found: object) -> list[object]:
    return list(found.entries)  # type: ignore[attr-defined]


def test_two_who_press_at_once_leave_one_entry(of: Reviewed) -> None:
    action_id = in_state(of, ActionState.IN_PROGRESS)
    form = turn(of, action_id, PRIME)
    gate = Barrier(4)

    def press() -> None:
        with of.app.app_context():
            gate.wait()
            with transaction() as session:
                acting.say_done(session, clock.now(), form, "It is done.")

    with ThreadPoolExecutor(4) as pool:
        for future in [pool.submit(press) for _ in range(4)]:
            future.result()
    moves = [entry for entry in load(action_id).entries if entry.after is ActionState.DONE]
    assert len(moves) == 1 and asked(MailKind.ACTION_DONE, action_id) == 1


def test_two_joint_owners_who_accept_at_once_have_both_accepted(of: Reviewed) -> None:
    action_id = propose(of, owners=(PRIME, ASH))
    forms = [turn(of, action_id, who) for who in (PRIME, ASH)]
    gate = Barrier(2)

    def press(number: int) -> None:
        with of.app.app_context():
            gate.wait()
            with transaction() as session:
                acting.accept(session, clock.now(), forms[number])

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(press, range(2)))
    assert load(action_id).state is ActionState.ACCEPTED


def test_every_step_from_every_state_follows_the_table(one: Reviewed) -> None:
    targets = {
        acting.start: ActionState.IN_PROGRESS,
        acting.say_done: ActionState.DONE,
        acting.verify: ActionState.VERIFIED,
        acting.ask_for_more: ActionState.IN_PROGRESS,
        acting.decline: ActionState.DECLINED,
    }
    for state, action_id in some_of_each(one).items():
        for who, actor in ((PRIME, Actor.OWNER), (MILL, Actor.VERIFIER)):
            for step, target in targets.items():
                before = load(action_id)
                words = ("Because.",) if step in {acting.decline, acting.ask_for_more} else ()
                if may_move(state, target, actor):
                    continue
                with pytest.raises((IllegalTransitionError, NotFoundError)):
                    do(step, one, action_id, who, *words)
                assert load(action_id) == before
        if state in {ActionState.VERIFIED, ActionState.DECLINED}:
            for who in (PRIME, MILL):
                with pytest.raises(NotAllowedError):
                    do(acting.progress, one, action_id, who, "More.")
            with pytest.raises(NotAllowedError):
                do(acting.keep_steps, one, action_id, PRIME, {}, "More")
            with pytest.raises((NotAllowedError, NotFoundError)):
                do(acting.accept, one, action_id, MILL)


def test_an_organiser_declines_and_answers_but_does_nothing_else(one: Reviewed) -> None:
    action_id = in_state(one, ActionState.IN_PROGRESS)
    found = load(action_id)
    form = acting.organisers_turn(action_id, BY, found.state, found.entries[-1].id)
    with transaction() as session:
        acting.progress(session, clock.now(), form, "Ask Jo: she has the list.")
    for step in (acting.say_done, acting.start, acting.verify):
        with pytest.raises(IllegalTransitionError), transaction() as session:
            step(session, clock.now(), form)
    with pytest.raises(NotFoundError), transaction() as session:
        acting.accept(session, clock.now(), form)
    with transaction() as session:
        acting.decline(session, clock.now(), form, "The contract ended.")
    found = load(action_id)
    assert (found.state, found.entries[-1].by) == (ActionState.DECLINED, BY)


@pytest.mark.parametrize(
    "statement", [update(ActionEntryRecord).values(text="another"), delete(ActionEntryRecord)]
)
def test_the_database_itself_keeps_the_history(of: Reviewed, statement: object) -> None:
    propose(of)
    with (
        pytest.raises(DatabaseError, match="an entry of an action is never changed"),
        transaction() as session,
    ):
        session.execute(statement)  # type: ignore[call-overload]  # either of two kinds of statement


def test_a_link_gives_its_persons_actions_and_nobody_elses(one: Reviewed) -> None:
    mine, theirs = propose(one), propose(one, owners=(ASH,), verifier=PRIME)
    prime, ash, mill = (link_of(one, who) for who in (PRIME, ASH, MILL))
    assert prime and ash and mill
    assert [prime.owned, prime.verified, ash.owned, ash.verified, mill.owned, mill.verified] == [
        frozenset(ids) for ids in ({mine}, {theirs}, {theirs}, (), (), {mine})
    ]
    assert repr(prime) == "ActionLink(…)"
    state = ActionState.PROPOSED
    for link, action_id, make in (
        (ash, mine, acting.owners_turn),
        (ash, mine, acting.verifiers_turn),
        (mill, mine, acting.owners_turn),
        (prime, mine, acting.verifiers_turn),
        (prime, theirs, acting.owners_turn),
        (prime, "no-such-action", acting.owners_turn),
    ):
        with pytest.raises(NotFoundError):
            make(link, action_id, state, "")


def test_a_verifier_ticks_and_adds_no_step_and_asks_for_no_help(one: Reviewed) -> None:
    action_id = in_state(one, ActionState.IN_PROGRESS)
    before = load(action_id)
    with pytest.raises(NotAllowedError):
        do(acting.keep_steps, one, action_id, MILL, {before.steps[0].id: True}, "Another step")
    with pytest.raises(NotAllowedError):
        do(acting.ask_for_help, one, action_id, MILL, "Some help")
    assert load(action_id) == before


@pytest.mark.parametrize("name", ["accept", "done", "verify", "more", "decline"])
def test_nobody_agrees_to_what_their_page_did_not_show(one: Reviewed, name: str) -> None:
    step, who, words, state = STEPS[name]
    action_id = in_state(one, state)
    form = turn(one, action_id, who)
    found = load(action_id)
    it = replace(proposing.proposal_of(found), title="The prime is thanked by everybody")
    with transaction() as session:
        proposing.change(session, clock.now(), action_id, it, by=Proposer(BY), seen=found.entries[-1].id)
    changed = load(action_id)
    for seen in (form.seen, "made up", ""):
        with pytest.raises(ChangedMeanwhileError), transaction() as session:
            step(session, clock.now(), replace(form, seen=seen), *words)
    assert load(action_id) == changed
    do(step, one, action_id, who, *words)
    assert load(action_id).entries[-1].id != changed.entries[-1].id
