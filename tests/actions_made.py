"""A published review of a chain, and actions on it: for whatever makes, moves, shows or counts them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select

from review_app import clock
from review_app.database import reading, transaction
from review_app.models.actions import ActionPersonRecord
from review_app.models.cycles import CycleRecord
from review_app.services import acting, actions, proposing, publishing
from review_app.services.acting import Turn
from review_app.services.actions import Action, ActionLink, Happening
from review_app.services.proposing import Proposal, Proposer
from review_app.state import state
from surveys import sealing
from surveys.improvement import ActionState, Actor, EntryKind, move
from surveys.mail_hours import ZONE
from tests.publications import DAYS, Reviewed, contact_id_of, counted, make, move_into_the_past

BY = "The organiser"
# People of the chain, by their addresses.
MILL, ASH, PRIME, COUNCIL = (f"0@{id_}.example" for id_ in ("mill", "ash", "prime", "council"))


@contextmanager
def published(environ: dict[str, str], **changes: object) -> Iterator[Reviewed]:
    """The review in an installation of its own, its reports published. ``changes``: of its design."""
    with counted(environ, **changes) as of:
        make(of)
        move_into_the_past(of.cycle.id, timedelta(days=DAYS + 1))
        with transaction() as session:
            publishing.advance(session, clock.now(), of.cycle.id)
        yield of


def contact_ids(*addresses: str) -> tuple[str, ...]:
    """The ids of the contacts with these addresses."""
    with reading() as session:
        return tuple(contact_id_of(session, address) for address in addresses)


def proposal(of: Reviewed, **changes: object) -> Proposal:
    """An action of the prime's that the mill verifies, due in sixty days. ``changes``: of its fields.

    ``owners``, ``verifier``: addresses.
    """
    owners, verifier = changes.pop("owners", (PRIME,)), changes.pop("verifier", MILL)
    assert isinstance(owners, tuple) and isinstance(verifier, str)
    it = Proposal(
        cycle_id=of.cycle.id,
        title="Invoices are paid within 14 days",
        for_whom="Every subcontractor",
        owner_ids=contact_ids(*owners),
        verifier_id=contact_ids(verifier)[0],
        due=(clock.now().astimezone(ZONE) + timedelta(days=60)).date(),
        measure="Days from invoice to payment",
        baseline="42 days",
        steps=("Agree a date of the month", "Tell everybody"),
    )
    return replace(it, **changes)  # type: ignore[arg-type]  # the caller's fields


def propose(of: Reviewed, **changes: object) -> str:
    """The id of an action that is proposed."""
    it = proposal(of, **changes)
    with transaction() as session:
        return proposing.propose(session, clock.now(), it, by=Proposer(BY))


def link_of(of: Reviewed, address: str, now: datetime | None = None) -> ActionLink | None:
    """What somebody's link opens, found as their browser's is; None where it opens nothing."""
    secret = secret_of(of, address)
    with reading() as session:
        return actions.find_link(session, now or clock.now(), secret)


def secret_of(of: Reviewed, address: str) -> bytes:
    """The secret of somebody's link to their actions, derived as the worker does."""
    with transaction() as session:
        chain_id = session.get_one(CycleRecord, of.cycle.id).chain_id
        key = actions.action_key(session, chain_id, state().keys)
        person = session.scalars(
            select(ActionPersonRecord).where(
                ActionPersonRecord.chain_id == chain_id,
                ActionPersonRecord.contact_id == contact_id_of(session, address),
            )
        ).one()
        return sealing.action_secret(key, person.id, person.link_number)


def load(action_id: str) -> Action:
    """An action as it is now."""
    with reading() as session:
        return actions.load(session, action_id)


def turn(of: Reviewed, action_id: str, address: str, **changes: object) -> Turn:
    """The form that somebody has open on an action: the verifier's if that is who they are. ``changes``: of it."""
    link, found = link_of(of, address), load(action_id)
    assert link is not None
    make_turn = acting.verifiers_turn if action_id in link.verified else acting.owners_turn
    made = make_turn(link, action_id, found.state, found.entries[-1].id)
    return replace(made, **changes)  # type: ignore[arg-type]  # the caller's fields


def do(step: Callable[..., None], of: Reviewed, action_id: str, address: str, *words: object) -> None:
    """Somebody takes a step with an action, now: ``do(acting.decline, of, action_id, PRIME, "No money.")``."""
    form = turn(of, action_id, address)
    with transaction() as session:
        step(session, clock.now(), form, *words)


def in_state(of: Reviewed, target: ActionState, **changes: object) -> str:
    """The id of an action of the prime's that the mill verifies, brought to a state. ``changes``: of its proposal."""
    action_id = propose(of, **changes)
    if target is ActionState.NOT_FELT:
        for earlier in WAYS[ActionState.DONE]:
            _go(of, action_id, earlier)
        _not_felt(action_id)
        return action_id
    for state_ in WAYS[target]:
        _go(of, action_id, state_)
    return action_id


def some_of_each(of: Reviewed) -> dict[ActionState, str]:
    """An action in every state, by it."""
    return {target: in_state(of, target, title=f"This is {target.value}") for target in ActionState}


WAYS = {
    ActionState.PROPOSED: (),
    ActionState.ACCEPTED: (ActionState.ACCEPTED,),
    ActionState.IN_PROGRESS: (ActionState.ACCEPTED, ActionState.IN_PROGRESS),
    ActionState.DONE: (ActionState.ACCEPTED, ActionState.IN_PROGRESS, ActionState.DONE),
    ActionState.VERIFIED: (ActionState.ACCEPTED, ActionState.DONE, ActionState.VERIFIED),
    ActionState.DECLINED: (ActionState.DECLINED,),
}


def _go(of: Reviewed, action_id: str, target: ActionState) -> None:
    if target is ActionState.ACCEPTED:
        do(acting.accept, of, action_id, PRIME)
    elif target is ActionState.IN_PROGRESS:
        do(acting.progress, of, action_id, PRIME, "We have talked to the finance team.")
    elif target is ActionState.DONE:
        do(acting.say_done, of, action_id, PRIME, "The date is in every contract.")
    elif target is ActionState.VERIFIED:
        do(acting.verify, of, action_id, MILL, "We are paid in time.")
    else:
        do(acting.decline, of, action_id, PRIME, "The council sets the terms of payment.")


def _not_felt(action_id: str) -> None:
    """As a pulse does it."""
    with transaction() as session:
        record = actions.locked(session, action_id)
        before = ActionState(record.state)
        record.state = move(before, ActionState.NOT_FELT, Actor.GROUP).value
        session.flush()
        happening = Happening(Actor.GROUP, "Those whom it was for", EntryKind.MOVED, moved_from=before)
        actions.enter(session, clock.now(), record, happening)
