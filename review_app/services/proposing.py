"""Actions are proposed, changed, and proposed anew once they were declined: by whoever leads a review's workshops."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from review_app.models.actions import ActionOwnerRecord, ActionPersonRecord, ActionRecord, ActionStepRecord
from review_app.models.base import new_id
from review_app.models.chains import ChainRecord
from review_app.models.cycles import CycleRecord
from review_app.models.workshops import TopicRecord, WorkshopRecord
from review_app.services import actions, outbox, pulses
from review_app.services.actions import Action, Happening
from review_app.services.errors import ChangedMeanwhileError, NotAllowedError, NotFoundError
from review_app.services.outbox import MailKind, Round
from review_app.services.proposals import Candidate as Candidate
from review_app.services.proposals import Proposal as Proposal
from review_app.services.proposals import candidates as candidates
from review_app.services.proposals import proposal_faults
from review_app.services.proposals import proposal_of as proposal_of
from surveys.cycle import CycleState
from surveys.errors import ActionFaultsError, Fault
from surveys.improvement import SETTLED, ActionState, Actor, EntryKind, move
from surveys.mail_hours import ZONE


@dataclass(frozen=True, slots=True)
class Proposer:
    """Who proposes or changes an action, in ``words``.

    ``is_steward``: of the action's review; then people may be chosen whom nobody has vouched for yet.
    """

    words: str
    is_steward: bool = False


def propose(session: Session, now: datetime, proposal: Proposal, *, by: Proposer) -> str:
    """The id of a new action, whose owners are asked by mail whether they accept it.

    Raises ActionFaultsError with everything that is wrong at once (places: fields of a Proposal), NotFoundError,
    NotAllowedError before the reports are published.
    """
    it = proposal.tidy()
    chain_id = _chain_of(session, it)
    people = candidates(session, it.cycle_id, by_steward=by.is_steward)
    _check(it, people, now)
    # The numbers of a chain, and its people, are given out one at a time.
    session.scalar(select(ChainRecord.id).where(ChainRecord.id == chain_id).with_for_update())
    last = session.scalar(select(func.max(ActionRecord.number)).where(ActionRecord.chain_id == chain_id))
    record = ActionRecord(id=new_id(), chain_id=chain_id, number=(last or 0) + 1, created_at=now)
    for name in ("cycle_id", "workshop_id", "topic_id", "finding_id", "subject", "question_id", "vote"):
        setattr(record, name, getattr(it, name))
    record.state = ActionState.PROPOSED.value
    _write(session, record, it, people)
    for position, text in enumerate(it.steps, start=1):
        session.add(ActionStepRecord(id=new_id(), action_id=record.id, position=position, text=text))
    session.flush()
    actions.enter(session, now, record, Happening(Actor.ORGANISER, by.words, EntryKind.CREATED, it.title))
    _tell(session, now, record, MailKind.ACTION, it.owner_ids)
    return record.id


def change(
    session: Session, now: datetime, action_id: str, proposal: Proposal, *, by: Proposer, seen: str
) -> bool:
    """Whether an action's words, day or people were changed. Its steps, its review and its origin stay as they are.

    ``seen``: the id of the last entry that the form knew. As long as it is proposed, its owners accept it anew.
    Raises ActionFaultsError (also while people are asked in a pulse about what would change), NotFoundError,
    ChangedMeanwhileError, NotAllowedError once it is verified or declined.
    """
    record, before = _locked(session, action_id, seen)
    if before.state in SETTLED:
        # Not behind the backs of those who settled it.
        raise NotAllowedError("This action is settled. Propose another one.")
    it = _as_changed(before, proposal)
    _refuse_while_asked(session, before, it)
    lines = _rewrite(session, now, record, it, before=before, by=by)
    if not lines:
        return False
    actions.enter(session, now, record, Happening(Actor.ORGANISER, by.words, EntryKind.CHANGED, lines))
    # A reminder that waits counts from another day.
    outbox.cancel_about(session, MailKind.ACTION_DUE, record.id)
    _tell(session, now, record, MailKind.ACTION, it.owner_ids)
    if before.state is ActionState.DONE and it.verifier_id != before.verifier.contact_id:
        _tell(session, now, record, MailKind.ACTION_DONE, (it.verifier_id,))
    return True


def propose_anew(
    session: Session, now: datetime, action_id: str, proposal: Proposal, *, by: Proposer, seen: str
) -> None:
    """Proposes an action that was declined once more, perhaps with other words, day or people.

    Raises ActionFaultsError, NotFoundError, ChangedMeanwhileError, IllegalTransitionError.
    """
    record, before = _locked(session, action_id, seen)
    target = move(before.state, ActionState.PROPOSED, Actor.ORGANISER)
    record.state, record.reason = target.value, ""
    it = _as_changed(before, proposal)
    lines = _rewrite(session, now, record, it, before=before, by=by)
    moved = Happening(Actor.ORGANISER, by.words, EntryKind.MOVED, lines, moved_from=before.state)
    actions.enter(session, now, record, moved)
    _tell(session, now, record, MailKind.ACTION, it.owner_ids)


def _chain_of(session: Session, it: Proposal) -> str:
    found = session.execute(
        select(CycleRecord.chain_id, CycleRecord.state).where(CycleRecord.id == it.cycle_id)
    ).first()
    if found is None:
        raise NotFoundError("There is no such review.")
    if found.state != CycleState.PUBLISHED:
        raise NotAllowedError("Actions come after the report. Wait until it is published.")
    workshop = select(WorkshopRecord.id).where(
        WorkshopRecord.id == it.workshop_id, WorkshopRecord.cycle_id == it.cycle_id
    )
    topic = select(TopicRecord.id).where(
        TopicRecord.id == it.topic_id, TopicRecord.workshop_id == it.workshop_id
    )
    for id_, query in ((it.workshop_id, workshop), (it.topic_id, topic)):
        if id_ is not None and session.scalar(query) is None:
            raise NotFoundError("There is no such workshop or topic.")
    return str(found.chain_id)


def _check(
    it: Proposal, people: dict[str, Candidate], now: datetime, *, before: Proposal | None = None
) -> None:
    today = now.astimezone(ZONE).date()
    faults = tuple(proposal_faults(it, people, today, before=before))
    if faults:
        raise ActionFaultsError(faults)


def _locked(session: Session, action_id: str, seen: str) -> tuple[ActionRecord, Action]:
    """An action's record, locked, and what it says. Raises ChangedMeanwhileError if something has happened to it."""
    record = actions.locked(session, action_id)
    # People of a chain are found or made one at a time.
    session.scalar(select(ChainRecord.id).where(ChainRecord.id == record.chain_id).with_for_update())
    before = actions.load(session, action_id)
    if before.entries[-1].id != seen:
        raise ChangedMeanwhileError("Something has happened to this action since you opened its page.")
    return record, before


def _as_changed(before: Action, proposal: Proposal) -> Proposal:
    """What an action is to say from now on: where it came from, and its steps, stay as they are."""
    was = proposal_of(before)
    fixed = ("cycle_id", "workshop_id", "topic_id", "finding_id", "subject", "question_id", "vote", "steps")
    return replace(proposal.tidy(), **{name: getattr(was, name) for name in fixed})


def _refuse_while_asked(session: Session, before: Action, it: Proposal) -> None:
    """What people are asked about in a pulse stays as it is until that is counted: its words, and whose work it is."""
    was = proposal_of(before)
    changed = [name for name in ("title", "for_whom") if getattr(it, name) != getattr(was, name)]
    if set(it.owner_ids) != set(was.owner_ids):
        changed.append("owner_ids")
    if changed and pulses.is_being_asked(session, before.id):
        message = "Those whom this is for are being asked in a pulse whether they feel it."
        raise ActionFaultsError(
            [Fault(name, message, "Change it once the pulse is counted.") for name in changed]
        )


def _rewrite(
    session: Session, now: datetime, record: ActionRecord, it: Proposal, *, before: Action, by: Proposer
) -> str:
    """Writes what an action says from now on onto its record; what that changes, a line for each field."""
    people = candidates(session, record.cycle_id, by_steward=by.is_steward)
    _check(it, people, now, before=proposal_of(before))
    _write(session, record, it, people)
    session.flush()
    return "\n".join(_differences(before, it, people))


def _write(session: Session, record: ActionRecord, it: Proposal, people: dict[str, Candidate]) -> None:
    """Puts the words, the day and the people onto a record."""
    for name in ("title", "for_whom", "measure", "baseline", "due"):
        setattr(record, name, getattr(it, name))
    record.practices = " ".join(it.practices)
    record.verifier_id = _person(session, record.chain_id, people[it.verifier_id])
    session.add(record)
    session.flush()
    owners = {_person(session, record.chain_id, people[id_]) for id_ in it.owner_ids}
    for row in session.scalars(select(ActionOwnerRecord).where(ActionOwnerRecord.action_id == record.id)):
        if row.person_id not in owners:
            session.delete(row)
        elif record.state == ActionState.PROPOSED:
            # What was accepted said something else, or stood in other names.
            row.accepted_at = None
        owners.discard(row.person_id)
    session.add_all(ActionOwnerRecord(action_id=record.id, person_id=id_) for id_ in owners)


def _person(session: Session, chain_id: str, candidate: Candidate) -> str:
    """The id of somebody who owns or verifies actions of a chain, found or made."""
    found = session.scalar(
        select(ActionPersonRecord.id).where(
            ActionPersonRecord.chain_id == chain_id, ActionPersonRecord.contact_id == candidate.contact_id
        )
    )
    if found is not None:
        return found
    record = ActionPersonRecord(
        id=new_id(), chain_id=chain_id, contact_id=candidate.contact_id, party_id=candidate.party_id
    )
    session.add(record)
    session.flush()
    return record.id


def _tell(
    session: Session, now: datetime, record: ActionRecord, kind: MailKind, contact_ids: Iterable[str]
) -> None:
    number = outbox.rounds(session, record.cycle_id, kind, record.id) + 1
    outbox.queue_errands(session, now, Round(record.cycle_id, kind, number, record.id), contact_ids)


def _day(due: date | None) -> str:
    return f"{due.day} {due:%B %Y}" if due else ""


def _differences(before: Action, it: Proposal, people: Mapping[str, Candidate]) -> Iterator[str]:
    """What a change does to an action, a line for each field, in words."""
    owners = [f"{one.name} ({one.party_name})" for one in before.owners]
    verifier = f"{before.verifier.name} ({before.verifier.party_name})"
    fields = (
        ("What will be different", before.title, it.title),
        ("For whom", before.for_whom, it.for_whom),
        ("Practices", ", ".join(before.practices), ", ".join(it.practices)),
        ("Due", _day(before.due), _day(it.due)),
        ("Measure", before.measure, it.measure),
        ("Today", before.baseline, it.baseline),
        ("Owners", ", ".join(sorted(owners)), ", ".join(sorted(str(people[id_]) for id_ in it.owner_ids))),
        ("Verifier", verifier, str(people[it.verifier_id])),
    )
    for name, was, now_ in fields:
        if was != now_:
            yield f"{name}: {now_ or '(nothing)'}. Before: {was or '(nothing)'}."
