"""Actions that are said to be done, pulses on them, and the people whom these ask."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from review_app import clock
from review_app.config import Settings
from review_app.database import migrate, reading, transaction
from review_app.factory import create_app
from review_app.models import db
from review_app.models.actions import ActionOwnerRecord, ActionPersonRecord, ActionRecord
from review_app.models.base import new_id
from review_app.models.chains import ContactRecord
from review_app.models.cycles import CycleRecord
from review_app.models.pulses import PulseInvitationRecord, PulseRecord
from review_app.services import approving, chains, launching, pulse_answering, pulse_opening, pulses
from review_app.services.accounts import Account, AccountRole
from review_app.services.pulse_answering import Asked
from review_app.services.pulse_opening import Opening
from review_app.services.pulses import Pulse
from review_app.state import state
from surveys import sealing
from surveys.chain import Chain
from surveys.cycle import KeyMode
from surveys.grouping import suggest_groups
from surveys.groups import DisclosurePolicy
from surveys.improvement import ActionState
from surveys.matrix import Plan
from surveys.pulse import Answered, Aspect, Reply
from surveys.subjects import USUAL
from tests.conftest import draft_on, make_account
from tests.pages import PageClient
from tests.publications import chain_of_cloth

TITLE = "Invoices are paid within 14 days"
FOR_WHOM = "Everybody who works for the prime"
SECOND = timedelta(seconds=1)
YES, NO, CANNOT_TELL = Reply.YES, Reply.NO, Reply.CANNOT_TELL


@dataclass(frozen=True)
class Ready:
    """An installation with a review whose action is done. ``groups``: those that a pulse can ask."""

    app: Flask
    chain_id: str
    cycle_id: str
    organiser: Account
    steward: Account
    action_id: str
    groups: tuple[str, ...]


class Browser(PageClient):
    """A client whose requests run outside of the test's own application context, as those of a real browser do."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Requests a page in a thread of its own: what Flask keeps for a context is not there."""
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(super().open, *args, **kwargs).result()


@contextmanager
def ready(
    environ: dict[str, str],
    key_mode: KeyMode = KeyMode.ONE_HOST,
    chain: Chain | None = None,
    **changes: object,
) -> Iterator[Ready]:
    """The installation, inside an application context. ``changes``: of the review's design."""
    app = create_app(Settings.from_env(environ))
    app.test_client_class = Browser
    with app.app_context():
        migrate()
        yield make_ready(app, key_mode, chain or chain_of_cloth(), **changes)
        db.engine.dispose()


def make_ready(app: Flask, key_mode: KeyMode, chain: Chain, **changes: object) -> Ready:
    """The same in an application that is there, inside its context."""
    organiser = make_account(app, "organiser@office.example", AccountRole.ORGANISER)
    steward = make_account(app, "steward@independent.example", AccountRole.STEWARD)
    with transaction() as session:
        chain_id = chains.keep(session, clock.now(), chain)
    with reading() as session:
        kept = chains.load(session, chain_id)
    plan = Plan(suggest_groups(kept, DisclosurePolicy()), USUAL)
    cycle_id = draft_on(app, chain_id, organiser, steward, key_mode=key_mode, plan=plan, **changes)
    with transaction() as session:
        made = approving.make_key(session, cycle_id, steward.id) if key_mode is KeyMode.TWO_KEY else None
        approving.approve(session, cycle_id, steward.id, opening_key=made)
        launching.launch(session, clock.now(), cycle_id, keys=state().keys, shortest=SECOND)
        action_id = add_action(session, cycle_id)
        view = pulse_opening.outlook(session, action_id, steward.id)
    groups = tuple(audience.group_id for audience in view.audiences)
    return Ready(app, chain_id, cycle_id, organiser, steward, action_id, groups)


def add_action(
    session: Session,
    cycle_id: str,
    *,
    title: str = TITLE,
    state_: ActionState = ActionState.DONE,
    owners: Sequence[str] = ("prime",),
    verifier: str = "mill",
) -> str:
    """The id of a new action. ``owners``, ``verifier``: the organisation of each, whose first person it is."""
    chain_id = session.get_one(CycleRecord, cycle_id).chain_id
    people = {of: _person(session, chain_id, of) for of in (*owners, verifier)}
    number = session.scalar(select(func.max(ActionRecord.number)).where(ActionRecord.chain_id == chain_id))
    record = ActionRecord(
        id=new_id(),
        chain_id=chain_id,
        cycle_id=cycle_id,
        number=(number or 0) + 1,
        title=title,
        for_whom=FOR_WHOM,
        state=state_.value,
        due=clock.now().date(),
        verifier_id=people[verifier],
        created_at=clock.now(),
    )
    session.add(record)
    session.flush()
    session.add_all(
        ActionOwnerRecord(action_id=record.id, person_id=people[of], accepted_at=clock.now()) for of in owners
    )
    session.flush()
    return record.id


def _person(session: Session, chain_id: str, of: str) -> str:
    query = select(ContactRecord).where(ContactRecord.email == f"0@{of}.example")
    contact = session.scalars(query).one()
    known = session.scalar(
        select(ActionPersonRecord.id).where(
            ActionPersonRecord.chain_id == chain_id, ActionPersonRecord.contact_id == contact.id
        )
    )
    if known:
        return known
    person = ActionPersonRecord(
        id=new_id(), chain_id=chain_id, contact_id=contact.id, party_id=contact.party_id
    )
    session.add(person)
    session.flush()
    return person.id


def opening_of(of: Ready, **changes: object) -> Opening:
    """A decision to ask all groups for a week; ``changes`` replace what it says."""
    action_id = str(changes.get("action_id", of.action_id))
    with reading() as session:
        seen = pulse_opening.outlook(session, action_id, of.steward.id).seen
    values: dict[str, object] = {
        "action_id": action_id,
        "steward_id": of.steward.id,
        "group_ids": of.groups,
        "closes_at": clock.now() + timedelta(days=7),
        "seen": seen,
        **changes,
    }
    return Opening(**values)  # type: ignore[arg-type]  # the fields of an opening


def open_pulse(of: Ready, opening_key: bytes | None = None, **changes: object) -> str:
    """The id of a pulse that is opened now."""
    with transaction() as session:
        return pulse_opening.open_one(
            session,
            clock.now(),
            opening_of(of, **changes),
            keys=state().keys,
            opening_key=opening_key,
            shortest=SECOND,
        )


def links_of_pulse(pulse_id: str) -> dict[str, bytes]:
    """The secrets of a pulse's links by address, derived as the worker does."""
    key = state().keys.link_key(pulse_id)
    with reading() as session:
        rows = session.execute(
            select(PulseInvitationRecord.id, ContactRecord.email)
            .join(ContactRecord, ContactRecord.id == PulseInvitationRecord.contact_id)
            .where(PulseInvitationRecord.pulse_id == pulse_id)
        ).all()
    return {email: sealing.link_secret(key, id_, 0) for id_, email in rows}


def asked_by(secret: bytes) -> Asked:
    """What a link opens."""
    with reading() as session:
        found = pulse_answering.find(session, clock.now(), secret)
    assert found is not None
    return found


def say(secret: bytes, noticed: Reply | None = None, agreed: Reply | None = None) -> None:
    """One person answers."""
    said = {Aspect.NOTICED: noticed, Aspect.AGREED: agreed}
    replies = {aspect: reply for aspect, reply in said.items() if reply is not None}
    with transaction() as session:
        pulse_answering.send(session, clock.now(), asked_by(secret), Answered(replies))


def say_all(pulse_id: str, noticed: Sequence[Reply | None]) -> None:
    """The people answer in the order of their addresses, both questions alike; None: that one answers nothing."""
    links = links_of_pulse(pulse_id)
    for address, reply in zip(sorted(links), noticed, strict=False):
        if reply is not None:
            say(links[address], reply, reply)


def set_pulse_time(pulse_id: str, closes_at: datetime) -> None:
    """Moves the closing time, as only a test may."""
    with transaction() as session:
        session.execute(update(PulseRecord).where(PulseRecord.id == pulse_id).values(closes_at=closes_at))


def pass_closing_time(pulse_id: str) -> None:
    """Lets the closing time be over."""
    set_pulse_time(pulse_id, clock.now() - SECOND)


def pulse_of(pulse_id: str) -> Pulse:
    """How a pulse stands."""
    with reading() as session:
        return pulses.load(session, pulse_id)


def storage_of(pulse_id: str) -> str:
    """The tag of a pulse's sealed table."""
    with reading() as session:
        return session.get_one(PulseRecord, pulse_id).storage


def parties_in(session: Session, chain_id: str) -> dict[str, str]:
    """The ids of a chain's organisations by the first word of their names, in small letters."""
    return {party.name.split()[0].lower(): party.id for party in chains.load(session, chain_id).parties}
