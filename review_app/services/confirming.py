"""The roster is confirmed: the steward challenges what looks odd, partners ask for corrections, and only then approves.

What a partner asks reaches the steward alone, without a sender and without a time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from review_app.models.base import new_id
from review_app.models.cycles import CycleRecord
from review_app.models.rosters import RosterChallengeRecord, RosterRequestRecord
from review_app.services import cycles
from review_app.services.errors import NotAllowedError, NotFoundError
from surveys.cycle import CycleState
from surveys.language import N_

LONGEST_ABOUT = 200
LONGEST_TEXT = 1000
MOST_REQUESTS = 500
MOST_CHALLENGES = 200


@dataclass(frozen=True, slots=True)
class Challenge:
    """Something that the steward asks about the roster. ``about``: an organisation, or the whole list."""

    id: str
    about: str
    text: str
    reply: str
    is_settled: bool


@dataclass(frozen=True, slots=True)
class Request:
    """What a partner asks the steward to correct."""

    id: str
    organisation: str
    text: str
    is_done: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """What the page says on which a partner asks for a correction."""

    chain_name: str
    steward_name: str


def challenges(session: Session, cycle_id: str) -> tuple[Challenge, ...]:
    """The challenges of a cycle's roster, open ones first, then in the order they were made."""
    query = (
        select(RosterChallengeRecord)
        .where(RosterChallengeRecord.cycle_id == cycle_id)
        .order_by(
            RosterChallengeRecord.is_settled, RosterChallengeRecord.created_at, RosterChallengeRecord.id
        )
    )
    return tuple(
        Challenge(record.id, record.about, record.text, record.reply, record.is_settled)
        for record in session.scalars(query)
    )


def challenge(
    session: Session, now: datetime, cycle_id: str, steward_id: str, *, about: str, text: str
) -> None:
    """The steward asks the organiser something before the launch, which voids an approval. Raises NotAllowedError."""
    record = cycles.guarded_draft(session, cycle_id, steward_id)
    _check(about, text)
    if _count(session, RosterChallengeRecord, cycle_id) >= MOST_CHALLENGES:
        raise NotAllowedError("There are very many questions on this list. Talk to the organiser.")
    session.add(
        RosterChallengeRecord(
            id=new_id(), cycle_id=cycle_id, about=about.strip(), text=text.strip(), created_at=now
        )
    )
    record.approval = None


def reply(session: Session, cycle_id: str, challenge_id: str, text: str) -> None:
    """The organiser answers a challenge; the steward settles it. Raises NotFoundError, NotAllowedError once settled."""
    cycles.editable(session, cycle_id)
    record = _challenge(session, cycle_id, challenge_id)
    if record.is_settled:
        raise NotAllowedError("The steward has settled this question. It needs no other reply.")
    _check("reply", text)
    record.reply = text.strip()


def settle(session: Session, cycle_id: str, steward_id: str, challenge_id: str) -> None:
    """The steward is content with a challenge. Raises NotFoundError."""
    cycles.guarded_draft(session, cycle_id, steward_id)
    _challenge(session, cycle_id, challenge_id).is_settled = True


def requests(session: Session, cycle_id: str, steward_id: str) -> tuple[Request, ...]:
    """What partners asked for, open ones first. Raises NotFoundError for anybody but the cycle's steward."""
    record = session.get(CycleRecord, cycle_id)
    if record is None or record.steward_id != steward_id:
        raise NotFoundError("There is no such review.")
    query = (
        select(RosterRequestRecord)
        .where(RosterRequestRecord.cycle_id == cycle_id)
        .order_by(RosterRequestRecord.is_done, RosterRequestRecord.id)
    )
    return tuple(
        Request(found.id, found.organisation, found.text, found.is_done) for found in session.scalars(query)
    )


def finish(session: Session, cycle_id: str, steward_id: str, request_id: str) -> None:
    """The steward has dealt with a request. Raises NotFoundError."""
    cycles.guarded_draft(session, cycle_id, steward_id)
    record = session.get(RosterRequestRecord, request_id)
    if record is None or record.cycle_id != cycle_id:
        raise NotFoundError("There is no such request.")
    record.is_done = True


def page_code(session: Session, cycle_id: str, steward_id: str) -> str:
    """The last part of the address that the steward gives to partners. Raises NotFoundError for anybody else."""
    record = session.get(CycleRecord, cycle_id)
    if record is None or record.steward_id != steward_id or record.roster_code is None:
        raise NotFoundError("There is no such review.")
    return record.roster_code


def asked_at(session: Session, code: str) -> Asked:
    """What the page of a code says. Raises NotFoundError for a code that is unknown or of a launched cycle."""
    cycle = cycles.load(session, _of_code(session, code).id)
    return Asked(cycle.chain_name, cycle.steward_name)


def ask(session: Session, code: str, *, organisation: str, text: str) -> None:
    """A partner asks for a correction. Nothing about who asked, or when, is kept. Raises NotFoundError."""
    record = _of_code(session, code)
    _check(organisation, text)
    if _count(session, RosterRequestRecord, record.id) >= MOST_REQUESTS:
        raise NotAllowedError(
            N_("Very many corrections were asked for already. Write to the steward instead.")
        )
    session.add(
        RosterRequestRecord(
            id=new_id(), cycle_id=record.id, organisation=organisation.strip(), text=text.strip()
        )
    )


def _of_code(session: Session, code: str) -> CycleRecord:
    record = session.scalar(
        select(CycleRecord).where(
            CycleRecord.roster_code == code, CycleRecord.state == CycleState.DRAFT.value
        )
    )
    if record is None:
        raise NotFoundError(N_("There is no such page."))
    return record


def _challenge(session: Session, cycle_id: str, challenge_id: str) -> RosterChallengeRecord:
    record = session.get(RosterChallengeRecord, challenge_id)
    if record is None or record.cycle_id != cycle_id:
        raise NotFoundError("There is no such question.")
    return record


def _check(about: str, text: str) -> None:
    if not about.strip() or len(about) > LONGEST_ABOUT or not text.strip() or len(text) > LONGEST_TEXT:
        raise NotAllowedError(f"It needs a text of up to {LONGEST_TEXT} characters, and what it is about.")


def _count(
    session: Session, model: type[RosterChallengeRecord] | type[RosterRequestRecord], cycle_id: str
) -> int:
    return session.scalar(select(func.count()).select_from(model).where(model.cycle_id == cycle_id)) or 0
