"""Improvement actions as values, who is behind a link to them, the key of those links, and their history.

Nothing is written when somebody opens a link or reads. The secret of a link is derived, never stored.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ScalarSelect, SQLColumnExpression, func, insert, or_, select
from sqlalchemy.orm import Session

from review_app.keys import KeyFolder
from review_app.models.actions import (
    ActionEntryRecord,
    ActionOwnerRecord,
    ActionPersonRecord,
    ActionRecord,
    ActionStepRecord,
    EvidenceRecord,
)
from review_app.models.base import new_id
from review_app.models.chains import ChainRecord, ContactRecord, PartyRecord
from review_app.models.cycles import CycleRecord
from review_app.services.designs import languages_from_text
from review_app.services.errors import NotFoundError
from surveys import sealing
from surveys.improvement import (
    HEARD,
    SETTLED,
    UNDER_WAY,
    ActionState,
    Actor,
    EntryKind,
    has_expired,
    waits_for_help,
)
from surveys.language import Language

LONGEST_SIGNATURE = 400


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who owns or verifies actions. ``accepted_at``: of the action that they stand at, None otherwise."""

    id: str
    contact_id: str
    name: str
    party_id: str
    party_name: str
    accepted_at: datetime | None = None

    @property
    def signature(self) -> str:
        """Who it is, as the history of an action says it: with the organisation, as far as there is room."""
        return f"{self.name} ({self.party_name})"[:LONGEST_SIGNATURE]


@dataclass(frozen=True, slots=True)
class Step:
    """One step on the way."""

    id: str
    text: str
    is_done: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened to an action. ``before``, ``after``: None where it is no move."""

    id: str
    at: datetime
    actor: Actor
    by: str
    kind: EntryKind
    before: ActionState | None
    after: ActionState | None
    text: str


@dataclass(frozen=True, slots=True)
class Happening:
    """What is to be entered. ``by``: who did it, in words. ``moved_from``: the state before a move, or None."""

    actor: Actor
    by: str
    kind: EntryKind
    text: str = ""
    moved_from: ActionState | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """A file or a link. ``address``: "" for a file; ``size``: bytes. ``scan``: waiting, passed or refused."""

    id: str
    entry_id: str
    name: str
    address: str
    media_type: str
    size: int
    digest: str
    scan: str


@dataclass(frozen=True, slots=True)
class Action:
    """One action of a chain with everything about it; the fields are those of its record."""

    id: str
    chain_id: str
    cycle_id: str
    workshop_id: str | None
    topic_id: str | None
    number: int
    title: str
    for_whom: str
    practices: tuple[str, ...]
    finding_id: str
    subject: str
    question_id: str
    vote: str
    state: ActionState
    due: date
    measure: str
    baseline: str
    reason: str
    created_at: datetime
    owners: tuple[Person, ...]
    verifier: Person
    steps: tuple[Step, ...]
    entries: tuple[Entry, ...]
    evidence: tuple[Evidence, ...]

    @property
    def help_wanted(self) -> str:
        """What an owner needs who has asked for help, as long as nobody has answered; "" otherwise."""
        if not waits_for_help(self.state, [entry.kind for entry in self.entries]):
            return ""
        return next(entry.text for entry in reversed(self.entries) if entry.kind is EntryKind.HELP)


@dataclass(frozen=True, slots=True)
class ActionLink:
    """Whom a valid link belongs to, in which chain, and which actions it opens: owned ones and ones to verify.

    ``languages``: of the review that the newest of them came from.
    """

    secret: bytes
    person: Person
    chain_id: str
    chain_name: str
    languages: tuple[Language, ...]
    owned: frozenset[str]
    verified: frozenset[str]

    def __repr__(self) -> str:
        return "ActionLink(…)"


def load(session: Session, action_id: str) -> Action:
    """An action. Raises NotFoundError."""
    found = next(iter(load_all(session, [action_id])), None)
    if found is None:
        raise NotFoundError("There is no such action.")
    return found


def how_many_want_help(chain_id: SQLColumnExpression[str]) -> ScalarSelect[int]:
    """As a column of a statement on chains: how many of the actions of each have ``help_wanted``."""
    telling = [kind.value for kind in (*HEARD, EntryKind.HELP)]
    last = (
        select(ActionEntryRecord.kind)
        .where(ActionEntryRecord.action_id == ActionRecord.id, ActionEntryRecord.kind.in_(telling))
        .order_by(ActionEntryRecord.position.desc())
        .limit(1)
        .correlate(ActionRecord)
        .scalar_subquery()
    )
    return (
        select(func.count(ActionRecord.id))
        .where(
            ActionRecord.chain_id == chain_id,
            ActionRecord.state.in_([state.value for state in UNDER_WAY]),
            last == EntryKind.HELP.value,
        )
        .scalar_subquery()
    )


def of_chain(session: Session, chain_id: str) -> tuple[Action, ...]:
    """The actions of a chain, by their number."""
    ids = session.scalars(select(ActionRecord.id).where(ActionRecord.chain_id == chain_id))
    return load_all(session, list(ids))


def load_all(session: Session, ids: list[str]) -> tuple[Action, ...]:
    """The actions of these ids, by their number, in a fixed number of queries."""
    query = select(ActionRecord).where(ActionRecord.id.in_(ids)).order_by(ActionRecord.number)
    records = session.scalars(query.execution_options(populate_existing=True)).all()
    people = _people(session, ids)
    owners = _owners(session, ids, people)
    steps: dict[str, list[Step]] = {id_: [] for id_ in ids}
    for step in session.scalars(
        select(ActionStepRecord)
        .where(ActionStepRecord.action_id.in_(ids))
        .order_by(ActionStepRecord.position, ActionStepRecord.id)
    ):
        steps[step.action_id].append(Step(step.id, step.text, step.is_done))
    entries: dict[str, list[Entry]] = {id_: [] for id_ in ids}
    for entry in session.scalars(
        select(ActionEntryRecord)
        .where(ActionEntryRecord.action_id.in_(ids))
        .order_by(ActionEntryRecord.position)
    ):
        entries[entry.action_id].append(_entry(entry))
    evidence: dict[str, list[Evidence]] = {id_: [] for id_ in ids}
    for piece in session.scalars(
        select(EvidenceRecord)
        .join(ActionEntryRecord, ActionEntryRecord.id == EvidenceRecord.entry_id)
        .where(EvidenceRecord.action_id.in_(ids))
        .order_by(ActionEntryRecord.position)
    ):
        evidence[piece.action_id].append(_evidence(piece))
    return tuple(
        Action(
            id=record.id,
            chain_id=record.chain_id,
            cycle_id=record.cycle_id,
            workshop_id=record.workshop_id,
            topic_id=record.topic_id,
            number=record.number,
            title=record.title,
            for_whom=record.for_whom,
            practices=tuple(record.practices.split()),
            finding_id=record.finding_id,
            subject=record.subject,
            question_id=record.question_id,
            vote=record.vote,
            state=ActionState(record.state),
            due=record.due,
            measure=record.measure,
            baseline=record.baseline,
            reason=record.reason,
            created_at=record.created_at,
            owners=tuple(owners[record.id]),
            verifier=people[record.verifier_id],
            steps=tuple(steps[record.id]),
            entries=tuple(entries[record.id]),
            evidence=tuple(evidence[record.id]),
        )
        for record in records
    )


def locked(session: Session, action_id: str) -> ActionRecord:
    """An action's record, locked for this transaction. Raises NotFoundError."""
    query = select(ActionRecord).where(ActionRecord.id == action_id)
    record = session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if record is None:
        raise NotFoundError("There is no such action.")
    return record


def enter(session: Session, now: datetime, record: ActionRecord, it: Happening) -> str:
    """The id of a new entry in the history of an action that is locked. Nothing ever changes or removes one."""
    last = session.scalar(
        select(func.max(ActionEntryRecord.position)).where(ActionEntryRecord.action_id == record.id)
    )
    id_ = new_id()
    session.execute(
        insert(ActionEntryRecord).values(
            id=id_,
            action_id=record.id,
            position=(last or 0) + 1,
            at=now,
            actor=it.actor.value,
            by=it.by,
            kind=it.kind.value,
            before=it.moved_from.value if it.moved_from else "",
            after=record.state if it.moved_from else "",
            text=it.text,
        )
    )
    return id_


def action_key(session: Session, chain_id: str, keys: KeyFolder) -> bytes:
    """The key of the links to a chain's actions; made when it is first needed, once for all processes.

    Raises KeyMissingError where it is lost: links that were sent still work, but none can be derived.
    """
    session.scalar(select(ChainRecord.id).where(ChainRecord.id == chain_id).with_for_update())
    people = session.scalars(select(ActionPersonRecord).where(ActionPersonRecord.chain_id == chain_id)).all()
    unready = [person for person in people if person.verifier is None]
    if unready and len(unready) == len(people):
        # None of its links can have left: their verifiers come with this transaction.
        keys.keep_action_key(chain_id, sealing.new_action_key())
    key = keys.action_key(chain_id)
    for person in unready:
        person.verifier = sealing.verifier(sealing.action_secret(key, person.id, person.link_number))
    return key


def find_link(session: Session, now: datetime, secret: bytes) -> ActionLink | None:
    """Whom a link's secret belongs to; None for every link that opens nothing, for whatever reason.

    It opens nothing once it is revoked or replaced, once its person is gone from their organisation, and once the last
    of their actions has been settled for long.
    """
    found = session.execute(
        select(ActionPersonRecord, ContactRecord.name, PartyRecord.name, ChainRecord.name)
        .join(ContactRecord, ContactRecord.id == ActionPersonRecord.contact_id)
        .join(PartyRecord, PartyRecord.id == ActionPersonRecord.party_id)
        .join(ChainRecord, ChainRecord.id == ActionPersonRecord.chain_id)
        .where(
            ActionPersonRecord.verifier == sealing.verifier(secret),
            ActionPersonRecord.revoked_at.is_(None),
            ContactRecord.gone_at.is_(None),
            PartyRecord.gone_at.is_(None),
            # Whoever works for another organisation now speaks for the old one no more.
            ContactRecord.party_id == ActionPersonRecord.party_id,
        )
    ).first()
    if found is None:
        return None
    record, name, party_name, chain_name = found
    owned = session.scalars(
        select(ActionOwnerRecord.action_id).where(ActionOwnerRecord.person_id == record.id)
    ).all()
    verified = session.scalars(select(ActionRecord.id).where(ActionRecord.verifier_id == record.id)).all()
    link = ActionLink(
        secret=secret,
        person=Person(record.id, record.contact_id, name, record.party_id, party_name),
        chain_id=record.chain_id,
        chain_name=chain_name,
        languages=_languages(session, {*owned, *verified}),
        owned=frozenset(owned),
        verified=frozenset(verified),
    )
    return None if has_expired(settled(session, link.owned | link.verified), now) else link


def settled(session: Session, action_ids: Collection[str]) -> tuple[datetime | None, ...]:
    """Since when each of these actions is settled; None of one that is not."""
    last_move = (
        select(ActionEntryRecord.action_id, func.max(ActionEntryRecord.at).label("at"))
        .where(ActionEntryRecord.kind == EntryKind.MOVED.value)
        .group_by(ActionEntryRecord.action_id)
        .subquery()
    )
    query = (
        select(ActionRecord.state, func.coalesce(last_move.c.at, ActionRecord.created_at))
        .outerjoin(last_move, last_move.c.action_id == ActionRecord.id)
        .where(ActionRecord.id.in_(action_ids))
    )
    return tuple(at if state in SETTLED else None for state, at in session.execute(query))


def _languages(session: Session, action_ids: Collection[str]) -> tuple[Language, ...]:
    newest = (
        select(CycleRecord.languages)
        .join(ActionRecord, ActionRecord.cycle_id == CycleRecord.id)
        .where(ActionRecord.id.in_(action_ids))
        .order_by(ActionRecord.number.desc())
    )
    found = session.scalars(newest.limit(1)).first()
    return languages_from_text(found) if found else (Language.ENGLISH,)


def _people(session: Session, action_ids: list[str]) -> dict[str, Person]:
    of_these = ActionOwnerRecord.action_id.in_(action_ids)
    query = (
        select(ActionPersonRecord, ContactRecord.name, PartyRecord.name)
        .join(ContactRecord, ContactRecord.id == ActionPersonRecord.contact_id)
        .join(PartyRecord, PartyRecord.id == ActionPersonRecord.party_id)
        .where(
            or_(
                ActionPersonRecord.id.in_(select(ActionOwnerRecord.person_id).where(of_these)),
                ActionPersonRecord.id.in_(
                    select(ActionRecord.verifier_id).where(ActionRecord.id.in_(action_ids))
                ),
            )
        )
    )
    return {
        record.id: Person(record.id, record.contact_id, name, record.party_id, party_name)
        for record, name, party_name in session.execute(query)
    }


def _owners(session: Session, action_ids: list[str], people: dict[str, Person]) -> dict[str, list[Person]]:
    found: dict[str, list[Person]] = {id_: [] for id_ in action_ids}
    query = select(ActionOwnerRecord).where(ActionOwnerRecord.action_id.in_(action_ids))
    for row in session.scalars(query.execution_options(populate_existing=True)):
        person = people[row.person_id]
        found[row.action_id].append(
            Person(
                person.id,
                person.contact_id,
                person.name,
                person.party_id,
                person.party_name,
                row.accepted_at,
            )
        )
    return {
        id_: sorted(owners, key=lambda owner: (owner.party_name, owner.name)) for id_, owners in found.items()
    }


def _entry(record: ActionEntryRecord) -> Entry:
    return Entry(
        id=record.id,
        at=record.at,
        actor=Actor(record.actor),
        by=record.by,
        kind=EntryKind(record.kind),
        before=ActionState(record.before) if record.before else None,
        after=ActionState(record.after) if record.after else None,
        text=record.text,
    )


def _evidence(record: EvidenceRecord) -> Evidence:
    return Evidence(
        record.id,
        record.entry_id,
        record.name,
        record.address,
        record.media_type,
        record.size,
        record.digest,
        record.scan,
    )
