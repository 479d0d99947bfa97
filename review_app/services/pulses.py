"""Pulses as values: two sealed questions about one action, and what came of them.

Nobody may know who has answered, nor how many: not while it is open, and not after.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from reports.language import Tongue, speaking
from reports.pulse import words_of
from review_app.models.chains import ContactRecord, PartyRecord
from review_app.models.cycles import CycleRecord
from review_app.models.pulses import PulseInvitationRecord, PulseRecord
from review_app.services import cycles
from review_app.services.cycles import Cycle
from review_app.services.errors import NotFoundError
from surveys import sealing
from surveys.cycle import KeyMode
from surveys.pulse import Outcome, PulseState

# No answer is longer than its envelope.
SEALED_SIZE = sealing.padded_size(400)


@dataclass(frozen=True, slots=True)
class Pulse:
    """One pulse on an action, as far as anybody may know it. ``title``: what was asked about.

    ``asked``, ``organisations``: how many people of how many organisations were asked; how many answered is not shown,
    before the close or after. ``outcome``: None before the close. ``noticed``, ``agreed``: the displayed shares of both
    questions as they are kept, for ``reports.pulse.words_of``.
    """

    id: str
    action_id: str
    cycle_id: str
    title: str
    state: PulseState
    key_mode: KeyMode
    k: int
    asked: int
    organisations: int
    groups: tuple[str, ...]
    opened_at: datetime
    closes_at: datetime
    closed_at: datetime | None
    purged_at: datetime | None
    outcome: Outcome | None
    noticed: str
    agreed: str


def guarded_cycle(session: Session, cycle_id: str, steward_id: str) -> Cycle:
    """A review, for its steward. Raises NotFoundError for everybody else."""
    cycle = cycles.load(session, cycle_id)
    if cycle.steward_id != steward_id:
        raise NotFoundError("There is no such review.")
    return cycle


def load(session: Session, pulse_id: str) -> Pulse:
    """A pulse. Raises NotFoundError."""
    return _one(_load(session, PulseRecord.id == pulse_id))


def guarded(session: Session, pulse_id: str, steward_id: str) -> Pulse:
    """A pulse of a review that this steward guards. Raises NotFoundError for every other one."""
    found = load(session, pulse_id)
    guarded_cycle(session, found.cycle_id, steward_id)
    return found


def of_action(session: Session, action_id: str) -> tuple[Pulse, ...]:
    """The pulses on an action, the newest first."""
    return _load(session, PulseRecord.action_id == action_id)


def is_being_asked(session: Session, action_id: str) -> bool:
    """Whether there is a pulse on an action that is not counted yet."""
    query = select(PulseRecord.id).where(
        PulseRecord.action_id == action_id, PulseRecord.state != PulseState.CLOSED.value
    )
    return session.scalar(query.limit(1)) is not None


def of_actions(session: Session, action_ids: Collection[str]) -> dict[str, tuple[Pulse, ...]]:
    """The same for many actions at once."""
    found: dict[str, list[Pulse]] = {id_: [] for id_ in action_ids}
    for one in _load(session, PulseRecord.action_id.in_(action_ids)):
        found[one.action_id].append(one)
    return {id_: tuple(pulses) for id_, pulses in found.items()}


def of_cycle(session: Session, cycle_id: str) -> tuple[Pulse, ...]:
    """The pulses on a review's actions, the newest first."""
    return _load(session, PulseRecord.cycle_id == cycle_id)


def waiting_for_key(session: Session, steward_id: str) -> dict[str, int]:
    """How many pulses wait for the steward's key file, by the review."""
    query = select(PulseRecord.cycle_id).join(CycleRecord, CycleRecord.id == PulseRecord.cycle_id)
    ids = session.scalars(
        query.where(
            CycleRecord.steward_id == steward_id,
            PulseRecord.state == PulseState.CLOSING.value,
            PulseRecord.key_mode == KeyMode.TWO_KEY.value,
        )
    )
    return dict(Counter(ids))


def in_words(share: str, tongue: Tongue) -> str:
    """A share of a pulse as people say it, "4 in 10 or fewer", or that it is not shown. ``tongue``: its language."""
    with speaking(tongue):
        return words_of(share)


def people_of(session: Session, pulse_id: str) -> tuple[tuple[str, str], ...]:
    """The names of those who were asked, each with the organisation, by organisation and name."""
    query = (
        select(ContactRecord.name, PartyRecord.name)
        .select_from(PulseInvitationRecord)
        .join(ContactRecord, ContactRecord.id == PulseInvitationRecord.contact_id)
        .join(PartyRecord, PartyRecord.id == PulseInvitationRecord.party_id)
        .where(PulseInvitationRecord.pulse_id == pulse_id)
        .order_by(PartyRecord.name, ContactRecord.name)
    )
    return tuple((name, party) for name, party in session.execute(query))


def _load(session: Session, *where: ColumnElement[bool]) -> tuple[Pulse, ...]:
    query = select(PulseRecord).where(*where).order_by(PulseRecord.opened_at.desc(), PulseRecord.id)
    records = session.scalars(query.execution_options(populate_existing=True)).all()
    parties: dict[str, set[str]] = {record.id: set() for record in records}
    asked = select(PulseInvitationRecord.pulse_id, PulseInvitationRecord.party_id)
    for pulse_id, party_id in session.execute(asked.where(PulseInvitationRecord.pulse_id.in_(parties))):
        parties[pulse_id].add(party_id)
    return tuple(
        Pulse(
            id=record.id,
            action_id=record.action_id,
            cycle_id=record.cycle_id,
            title=record.title,
            state=PulseState(record.state),
            key_mode=KeyMode(record.key_mode),
            k=record.k,
            asked=record.asked,
            organisations=len(parties[record.id]),
            groups=tuple(record.asked_groups.split()),
            opened_at=record.opened_at,
            closes_at=record.closes_at,
            closed_at=record.closed_at,
            purged_at=record.purged_at,
            outcome=Outcome(record.outcome) if record.outcome else None,
            noticed=record.felt,
            agreed=record.agreed,
        )
        for record in records
    )


def _one(found: tuple[Pulse, ...]) -> Pulse:
    if not found:
        raise NotFoundError("There is no such pulse.")
    return found[0]
