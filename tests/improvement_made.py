"""A published review of which something came: a recorded workshop with its topics, and actions in every state."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select, update

from review_app import clock
from review_app.database import transaction
from review_app.models.actions import ActionEntryRecord, ActionRecord, EvidenceRecord
from review_app.models.base import new_id
from review_app.models.workshops import TopicRecord, WorkshopRecord
from review_app.services import actions
from review_app.services.actions import Happening
from surveys.improvement import ActionState, Actor, EntryKind
from surveys.workshop import Outcome, TopicKind, WorkshopState
from tests.actions_made import ASH, MILL, PRIME, propose, published
from tests.publications import Reviewed, finding_ids

REASON = "It would cost more than it saves."
BECAUSE = "The contract of the council forbids it."
DECISION = "Invoices go out on a fixed day."


@dataclass(frozen=True)
class Improved:
    """The review, its workshop, and its actions' ids by what they are called here."""

    of: Reviewed
    workshop_id: str
    topics: dict[str, str]
    actions: dict[str, str]

    @property
    def chain_id(self) -> str:
        """The chain of the review."""
        with transaction() as session:
            return session.scalars(
                select(ActionRecord.chain_id).where(ActionRecord.cycle_id == self.of.cycle.id).limit(1)
            ).one()


@contextmanager
def improved(environ: dict[str, str], **changes: object) -> Iterator[Improved]:
    """A published review with a recorded workshop, in an installation of its own."""
    with published(environ, **changes) as of:
        yield improve(of)


def improve(of: Reviewed) -> Improved:
    """Holds a workshop on a published review, and brings its actions on their way."""
    workshop_id = hold_workshop(of)
    found = {finding.split(":")[1]: finding for finding in finding_ids(of.cycle.id)}
    origin = {"finding_id": found["prime"], "subject": "prime", "question_id": found["prime"].split(":")[2]}
    topics = {
        "paid": add_topic(workshop_id, 1, Outcome.DECIDED, "Paying on time", decision=DECISION, **origin),
        "wont": add_topic(workshop_id, 2, Outcome.WONT, "Sharing an office", because=BECAUSE),
        "parked": add_topic(workshop_id, 3, Outcome.PARKED, "A joint newsletter"),
    }
    room = {"workshop_id": workshop_id}
    paid = {**room, **origin, "topic_id": topics["paid"], "practices": ("P2c.1",)}
    made = {
        "verified": propose(of, title="Invoices are paid within 14 days", **paid),
        "late": propose(of, title="=Everybody sees the books", owners=(PRIME, ASH), **room),
        "declined": propose(of, title="One office for everybody", **room),
        "not_felt": propose(of, title="Answers within a week", **room),
        "proposed": propose(of, title="A meeting each month", owners=(MILL,), verifier=PRIME),
    }
    bring(made["verified"], ActionState.VERIFIED)
    add_evidence(made["verified"])
    bring(made["late"], ActionState.IN_PROGRESS, due_in=-20)
    bring(made["declined"], ActionState.DECLINED, reason=REASON)
    bring(made["not_felt"], ActionState.NOT_FELT, due_in=-5)
    return Improved(of, workshop_id, topics, made)


def hold_workshop(of: Reviewed, state: WorkshopState = WorkshopState.RECORDED) -> str:
    """The id of a workshop on a review."""
    id_ = new_id()
    with transaction() as session:
        session.add(
            WorkshopRecord(
                id=id_,
                cycle_id=of.cycle.id,
                facilitator_id=of.organiser.id,
                title="Spring workshop",
                begins_at=clock.now(),
                minutes=120,
                state=state.value,
                created_at=clock.now(),
            )
        )
    return id_


def add_topic(workshop_id: str, position: int, outcome: Outcome, title: str, **fields: str) -> str:
    """The id of a topic of a workshop."""
    id_ = new_id()
    with transaction() as session:
        session.add(
            TopicRecord(
                id=id_,
                workshop_id=workshop_id,
                position=position,
                kind=TopicKind.FINDING.value if fields.get("finding_id") else TopicKind.OWN.value,
                title=title,
                minutes=20,
                outcome=outcome.value,
                **fields,
            )
        )
    return id_


def bring(action_id: str, state: ActionState, *, due_in: int | None = None, reason: str = "") -> None:
    """Brings an action to a state at once, as only a test may. ``due_in``: days from today."""
    with transaction() as session:
        record = actions.locked(session, action_id)
        before = ActionState(record.state)
        record.state, record.reason = state.value, reason
        if due_in is not None:
            record.due = clock.now().date() + timedelta(days=due_in)
        session.flush()
        it = Happening(Actor.OWNER, "Person 0 at prime", EntryKind.MOVED, reason, moved_from=before)
        actions.enter(session, clock.now(), record, it)


def add_evidence(action_id: str) -> None:
    """A file that passed its check, one that did not, and a link."""
    with transaction() as session:
        entry_id = session.scalars(
            select(ActionEntryRecord.id).where(ActionEntryRecord.action_id == action_id).limit(1)
        ).one()
        pieces = (
            {"name": "Payments of Person 1.csv", "stored_as": "a" * 20, "size": 1200, "scan": "passed"},
            {"name": "Refused.csv", "stored_as": "b" * 20, "size": 10, "scan": "refused"},
            {"name": "Our terms", "address": "https://prime.example/terms"},
        )
        session.add_all(
            EvidenceRecord(id=new_id(), action_id=action_id, entry_id=entry_id, **piece) for piece in pieces
        )


def set_workshop(workshop_id: str, state: WorkshopState) -> None:
    """Moves a workshop, as only a test may."""
    with transaction() as session:
        session.execute(
            update(WorkshopRecord).where(WorkshopRecord.id == workshop_id).values(state=state.value)
        )
