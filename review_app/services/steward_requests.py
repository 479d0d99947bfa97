"""What respondents ask of the steward while a review is open: who is right, being left out, more time, anything else.

Each request is sealed under the cycle's link key, which lies outside the database and its backups. It is opened for
the steward's page alone, and goes when the steward has dealt with it, or at the close with the key.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from review_app.models.cycles import CycleRecord
from review_app.models.requests import StewardRequestRecord
from review_app.services.answering import Respondent
from review_app.services.errors import CycleNotOpenError, NotFoundError
from surveys import sealing
from surveys.cycle import CycleState
from surveys.errors import BrokenSealError
from surveys.language import N_
from surveys.texts import clean_line, clean_text

LONGEST_TEXT = 1000
LONGEST_NAME = 200
LONGEST_ADDRESS = 254
LONGEST_UNTIL = 100
# One person can then not fill the page so that the others' requests drown.
MOST_WAITING = 5
# Fits the longest request in letters of four bytes.
SEALED_SIZE = sealing.padded_size(8000)


class RequestKind(StrEnum):
    """What somebody asks of the steward."""

    WRONG_PERSON = "wrong_person"
    LEAVE_ME_OUT = "leave_me_out"
    LEAVE_US_OUT = "leave_us_out"
    MORE_TIME = "more_time"
    SOMETHING_ELSE = "something_else"


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked. ``name`` and ``email``: of the right person; ``until``: how long more time should be."""

    kind: RequestKind
    text: str = ""
    name: str = ""
    email: str = ""
    until: str = ""

    def __repr__(self) -> str:
        return "Request(…)"


@dataclass(frozen=True, slots=True)
class Sent:
    """A request as the steward reads it: who wrote it, and what."""

    id: str
    invitation_id: str
    contact_name: str
    party_name: str
    request: Request

    def __repr__(self) -> str:
        return "Sent(…)"


@dataclass(frozen=True, slots=True)
class Requests:
    """What waits for the steward. ``unreadable``: how many could not be opened."""

    sent: tuple[Sent, ...]
    unreadable: int


def ask(session: Session, now: datetime, respondent: Respondent, link_key: bytes, request: Request) -> bool:
    """Whether the steward gets the request: false while five of this person wait already. Raises CycleNotOpenError."""
    _hold_open(session, now, respondent.cycle_id)
    blob = sealing.seal_box(sealing.request_key(link_key), _to_bytes(respondent, request), SEALED_SIZE)
    insert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgresql_insert
    for slot in range(MOST_WAITING):
        row = insert(StewardRequestRecord).values(
            id=sealing.request_id(respondent.secret, slot), cycle_id=respondent.cycle_id, blob=blob
        )
        if session.scalar(row.on_conflict_do_nothing().returning(StewardRequestRecord.id)) is not None:
            return True
    return False


def waiting(session: Session, cycle_id: str, steward_id: str) -> int:
    """How many requests wait. Raises NotFoundError for anybody but the cycle's steward."""
    _check_steward(session, cycle_id, steward_id)
    query = (
        select(func.count())
        .select_from(StewardRequestRecord)
        .where(StewardRequestRecord.cycle_id == cycle_id)
    )
    return session.scalar(query) or 0


def waiting_for(session: Session, steward_id: str) -> dict[str, int]:
    """How many requests wait in each of a steward's reviews that has any, by cycle id."""
    query = (
        select(StewardRequestRecord.cycle_id, func.count())
        .join(CycleRecord, CycleRecord.id == StewardRequestRecord.cycle_id)
        .where(CycleRecord.steward_id == steward_id)
        .group_by(StewardRequestRecord.cycle_id)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def requests(session: Session, cycle_id: str, steward_id: str, link_key: bytes) -> Requests:
    """What waits for the steward, by organisation and name. Raises NotFoundError for anybody else."""
    _check_steward(session, cycle_id, steward_id)
    rows = session.scalars(
        select(StewardRequestRecord).where(StewardRequestRecord.cycle_id == cycle_id)
    ).all()
    sent = [found for row in rows if (found := _from_row(row, link_key)) is not None]
    sent.sort(key=lambda one: (one.party_name.casefold(), one.contact_name.casefold(), one.id))
    return Requests(tuple(sent), len(rows) - len(sent))


def finish(session: Session, cycle_id: str, steward_id: str, request_id: str) -> None:
    """Deletes a request that the steward has dealt with. Raises NotFoundError."""
    _check_steward(session, cycle_id, steward_id)
    record = session.get(StewardRequestRecord, request_id)
    if record is None or record.cycle_id != cycle_id:
        raise NotFoundError("There is no such request.")
    session.delete(record)


def _check_steward(session: Session, cycle_id: str, steward_id: str) -> None:
    record = session.get(CycleRecord, cycle_id)
    if record is None or record.steward_id != steward_id:
        raise NotFoundError("There is no such review.")


def _hold_open(session: Session, now: datetime, cycle_id: str) -> None:
    # As for an answer: the close waits for what is being written, and takes everything with it.
    state, closes_at = session.execute(
        select(CycleRecord.state, CycleRecord.closes_at)
        .where(CycleRecord.id == cycle_id)
        .with_for_update(read=True)
    ).one()
    if state != CycleState.OPEN or now >= closes_at:
        raise CycleNotOpenError(N_("This review has closed. Its steward gets nothing through it any more."))


def _to_bytes(respondent: Respondent, request: Request) -> bytes:
    value = {
        "kind": request.kind.value,
        "invitation": respondent.invitation_id,
        "contact": respondent.contact_name,
        "party": respondent.party_name,
        "text": clean_text(request.text)[:LONGEST_TEXT],
        "name": clean_line(request.name)[:LONGEST_NAME],
        "email": clean_line(request.email)[:LONGEST_ADDRESS],
        "until": clean_line(request.until)[:LONGEST_UNTIL],
    }
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _from_row(row: StewardRequestRecord, link_key: bytes) -> Sent | None:
    try:
        value = json.loads(sealing.open_box(sealing.request_key(link_key), row.blob))
        request = Request(
            RequestKind(value["kind"]), value["text"], value["name"], value["email"], value["until"]
        )
        return Sent(row.id, value["invitation"], value["contact"], value["party"], request)
    except (BrokenSealError, ValueError, KeyError, TypeError):
        return None
