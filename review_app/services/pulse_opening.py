"""The opening of a pulse: whom it would ask, and its start, with keys, invitations and mails in one transaction.

The rules are those of a review. Whom it asks, and about what, is frozen by the opening.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from review_app.keys import KeyFolder
from review_app.models.ballots import pulse_answers_table
from review_app.models.base import new_id
from review_app.models.cycles import CycleRecord
from review_app.models.pulses import PulseInvitationRecord, PulseRecord
from review_app.services import actions, chains, outbox, pulse_neighbours, pulses
from review_app.services.actions import Action
from review_app.services.cycles import Cycle
from review_app.services.errors import ChangedMeanwhileError, NotAllowedError, NotYetError
from review_app.services.outbox import MailKind, Round
from review_app.services.pulse_audience import Audience as Audience
from review_app.services.pulse_audience import Candidate, audiences
from review_app.services.pulse_neighbours import Neighbour as Neighbour
from surveys import pulse, sealing
from surveys.cycle import KeyMode
from surveys.errors import PulseFaultsError
from surveys.identity import organisation_key
from surveys.pulse import PulseState
from surveys.sybils import suspicions


@dataclass(frozen=True, slots=True)
class Outlook:
    """Everything that the steward sees before a pulse on an action is opened.

    ``oddities``: what looks as if several of those asked were one. ``others``: the other pulses of these people.
    ``seen``: what an opening is held against, so that nobody is slipped in and no word is changed after the steward has
    looked.
    """

    action: Action
    cycle: Cycle
    audiences: tuple[Audience, ...]
    oddities: tuple[str, ...]
    others: tuple[Neighbour, ...]
    seen: str


@dataclass(frozen=True, slots=True)
class Opening:
    """What the steward decides. ``seen``: of the outlook that the decision was made on."""

    action_id: str
    steward_id: str
    group_ids: tuple[str, ...]
    closes_at: datetime
    seen: str


def outlook(session: Session, action_id: str, steward_id: str) -> Outlook:
    """Whom a pulse on an action would ask. Raises NotFoundError for anybody but the steward of its review."""
    action = actions.load(session, action_id)
    cycle = pulses.guarded_cycle(session, action.cycle_id, steward_id)
    chain = chains.load(session, action.chain_id)
    found = audiences(session, action, cycle, chain)
    asked = {person.party_id for audience in found for person in audience.people}
    odd = tuple(
        one.message for one in suspicions(chain, cycle.plan, cycle.policy) if asked & set(one.parties)
    )
    others = pulse_neighbours.neighbours(session, action)
    return Outlook(action, cycle, found, odd, others, _digest(action, found, others, odd))


def open_one(
    session: Session,
    now: datetime,
    opening: Opening,
    *,
    keys: KeyFolder,
    opening_key: bytes | None,
    shortest: timedelta,
) -> str:
    """The id of a pulse that now asks everybody in the chosen groups.

    ``opening_key``: that of the steward's key file, in two-key mode; it is checked and forgotten. Raises
    PulseFaultsError with everything that is wrong with it, NotAllowedError where there is nothing to ask about,
    ChangedMeanwhileError when something else would be asked than the steward saw, or others.
    """
    # Held until the end, so that two openings at once cannot both find that there is no other.
    actions.locked(session, opening.action_id)
    view = outlook(session, opening.action_id, opening.steward_id)
    check_moment(session, view.action)
    if view.seen != opening.seen:
        raise ChangedMeanwhileError(
            "What is asked, or who is, has changed since this page was drawn. Look at it again, then open the pulse."
        )
    people = _chosen(view, opening.group_ids)
    _check(session, now, view, opening, people=people, shortest=shortest)
    record = PulseRecord(
        id=new_id(),
        action_id=view.action.id,
        cycle_id=view.cycle.id,
        title=view.action.title,
        for_whom=view.action.for_whom,
        state=PulseState.OPEN.value,
        k=view.cycle.k,
        key_mode=view.cycle.key_mode.value,
        storage=secrets.token_hex(8),
        asked=len(people),
        asked_groups=" ".join(sorted(set(opening.group_ids))),
        opened_at=now,
        closes_at=opening.closes_at,
    )
    record.sealing_key = _sealing_key(session, record, keys, opening_key)
    session.add(record)
    session.flush()
    pulse_answers_table(record.storage).create(session.connection())
    _invite(session, record.id, keys, people)
    contact_ids = [person.contact_id for person in people]
    outbox.queue_errands(session, now, Round(record.cycle_id, MailKind.PULSE, 1, record.id), contact_ids)
    return record.id


def _digest(
    action: Action, audiences: Collection[Audience], others: Collection[Neighbour], oddities: Collection[str]
) -> str:
    """Of all that the steward judges: what is asked, about whose work, of whom, and beside which other pulses."""
    owners = sorted([one.contact_id, one.name, one.party_id, one.party_name] for one in action.owners)
    covered = [
        [action.title, action.for_whom, action.subject, action.question_id],
        owners,
        action.verifier.contact_id,
        [
            [
                one.group_id,
                one.title,
                sorted([p.contact_id, p.name, p.email, p.party_name] for p in one.people),
            ]
            for one in audiences
        ],
        sorted(one.id for one in others),
        sorted(oddities),
    ]
    return hashlib.sha256(json.dumps(covered).encode()).hexdigest()


def _chosen(view: Outlook, group_ids: Collection[str]) -> tuple[Candidate, ...]:
    return tuple(
        person for audience in view.audiences if audience.group_id in group_ids for person in audience.people
    )


def check_moment(session: Session, action: Action) -> None:
    """Whether there is something to ask about, and nobody is being asked about it already. Raises NotAllowedError."""
    if action.state not in pulse.MAY_BE_ASKED:
        raise NotAllowedError(
            "This action is not done yet, so nobody can feel it. Wait until its owner says it is."
        )
    if pulses.is_being_asked(session, action.id):
        raise NotAllowedError("There is a pulse on this action that is not counted yet. Wait until it is.")


def _check(
    session: Session,
    now: datetime,
    view: Outlook,
    opening: Opening,
    *,
    people: Collection[Candidate],
    shortest: timedelta,
) -> None:
    counts = Counter(person.party_id for person in people)
    faults = (
        *pulse.date_faults(opening.closes_at, now, shortest=shortest),
        *pulse.size_faults(counts, view.cycle.policy),
        *pulse.repeat_faults(
            opening.closes_at,
            {person.key: organisation_key(person.party_name) for person in people},
            pulse_neighbours.earlier(session, view.action),
            view.cycle.policy,
        ),
    )
    if faults:
        raise PulseFaultsError(faults)


def _sealing_key(session: Session, record: PulseRecord, keys: KeyFolder, opening_key: bytes | None) -> bytes:
    """PK. In two-key mode that of the steward's key file, whose SK is not kept."""
    if record.key_mode == KeyMode.ONE_HOST:
        pair = sealing.new_key_pair()
        keys.keep_opening_key(record.id, pair.opening)
        return pair.sealing
    if opening_key is None:
        raise NotYetError("There is no key yet. Make the key file first.")
    made = sealing.sealing_key_of(opening_key)
    used = (
        select(PulseRecord.id).where(PulseRecord.sealing_key == made),
        select(CycleRecord.id).where(CycleRecord.sealing_key == made),
    )
    if any(session.scalar(query) for query in used):
        raise NotAllowedError("This key file was used before. Make a new one for this pulse.")
    return made


def _invite(session: Session, pulse_id: str, keys: KeyFolder, people: Collection[Candidate]) -> None:
    link_key = sealing.new_link_key()
    # Before anything depends on it: the verifiers come with this transaction.
    keys.keep_link_key(pulse_id, link_key)
    rows: list[dict[str, object]] = []
    for person in people:
        id_ = new_id()
        secret = sealing.link_secret(link_key, id_, 0)
        rows.append(
            {
                "id": id_,
                "pulse_id": pulse_id,
                "contact_id": person.contact_id,
                "party_id": person.party_id,
                "verifier": sealing.verifier(secret),
            }
        )
    session.execute(insert(PulseInvitationRecord), rows)
