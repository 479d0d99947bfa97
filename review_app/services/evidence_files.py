"""Evidence of an action: files and links, each with the entry that brought it, and what the operator's scanner said."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from urllib.parse import unquote, urlsplit

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from review_app.models.actions import ActionEntryRecord, ActionRecord, EvidenceRecord
from review_app.models.base import new_id
from review_app.services import actions
from review_app.services.acting import Turn
from review_app.services.actions import Happening
from review_app.services.errors import NotAllowedError, NotFoundError
from surveys.errors import ActionFaultsError, Fault
from surveys.improvement import SETTLED, Actor, EntryKind
from surveys.texts import clean_line

MOST_PIECES = 10
LONGEST_NAME = 150
LONGEST_ADDRESS = 1000
WAITING, PASSED, REFUSED = "waiting", "passed", "refused"
SCANNER = "Roundtable, the scanner"


class LinkFault(StrEnum):
    """What is wrong with a link."""

    NO_LINK = "no_link"
    TOO_LONG = "too_long"
    BACKSLASH = "backslash"
    GAP = "gap"
    USER = "user"


_LINK_FAULTS = {
    LinkFault.NO_LINK: ("This is not a link to a page.", "Begin it with https:// or http://."),
    LinkFault.TOO_LONG: ("This link is too long.", "Use a shorter one."),
    LinkFault.BACKSLASH: ("There is a backslash in this link.", "Write / in its place."),
    LinkFault.GAP: ("There is a space or an invisible sign in this link.", "Copy it again from the page."),
    LinkFault.USER: ("There is an @ before the name of the site.", "Leave out what stands before the @."),
}


class LinkRefusedError(ActionFaultsError):
    """A link may not be kept; ``place`` is address."""

    def __init__(self, fault: LinkFault) -> None:
        self.fault = fault
        super().__init__([Fault("address", *_LINK_FAULTS[fault])])


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file that is kept under a random name. ``scan``: waiting, or passed where nobody scans."""

    name: str
    media_type: str
    stored_as: str
    size: int
    digest: str
    scan: str


@dataclass(frozen=True, slots=True)
class Stored:
    """A file that is handed out: of which action of which chain it is."""

    id: str
    action_id: str
    chain_id: str
    name: str
    media_type: str
    stored_as: str
    scan: str


def digest_of(content: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(content).hexdigest()


def tidy_name(name: str) -> str:
    """The name of a file as it is shown and offered: without any folder, on one line, not hidden, not too long."""
    last = clean_line(name.replace("\\", "/").rpartition("/")[2]).lstrip(". ")
    stem, dot, ending = last.rpartition(".")
    if not dot:
        return last[:LONGEST_NAME] or "evidence"
    return f"{stem[: LONGEST_NAME - len(ending) - 1] or 'evidence'}.{ending[:20]}"


def host_of(address: str) -> str:
    """The host of a link. Raises LinkRefusedError for what is no link to a page."""
    if "\\" in address:
        raise LinkRefusedError(LinkFault.BACKSLASH)
    if not address.lower().startswith(("https://", "http://")):
        raise LinkRefusedError(LinkFault.NO_LINK)
    if any(sign.isspace() or not sign.isprintable() for sign in address):
        raise LinkRefusedError(LinkFault.GAP)
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port, parts = "", None, urlsplit("")
    if not host:
        raise LinkRefusedError(LinkFault.NO_LINK)
    # What stands before an @ looks like the host, and is none.
    if "@" in unquote(parts.netloc):
        raise LinkRefusedError(LinkFault.USER)
    if len(address) > LONGEST_ADDRESS:
        raise LinkRefusedError(LinkFault.TOO_LONG)
    return host if port is None else f"{host}:{port}"


def add_file(session: Session, now: datetime, turn: Turn, file: NewFile) -> bool:
    """Whether a file was added; not where the same is there already. Raises NotAllowedError, NotFoundError."""
    record = _ready(session, turn)
    same = _pieces(EvidenceRecord.action_id == record.id, EvidenceRecord.digest == file.digest)
    if session.scalar(same):
        return False
    _check_room(session, record)
    session.flush()
    entry_id = actions.enter(
        session, now, record, Happening(turn.actor, turn.by, EntryKind.EVIDENCE, file.name)
    )
    session.add(
        EvidenceRecord(
            id=new_id(),
            action_id=record.id,
            entry_id=entry_id,
            name=file.name,
            media_type=file.media_type,
            stored_as=file.stored_as,
            size=file.size,
            digest=file.digest,
            scan=file.scan,
        )
    )
    return True


def add_link(session: Session, now: datetime, turn: Turn, address: str, name: str) -> bool:
    """Whether a link was added; not where the same is there already.

    Raises LinkRefusedError, ActionFaultsError, NotAllowedError, NotFoundError.
    """
    host = host_of(address)
    record = _ready(session, turn)
    if session.scalar(_pieces(EvidenceRecord.action_id == record.id, EvidenceRecord.address == address)):
        return False
    _check_room(session, record)
    shown = clean_line(name)[:LONGEST_NAME] or host
    words = f"{shown} ({address})"
    entry_id = actions.enter(session, now, record, Happening(turn.actor, turn.by, EntryKind.EVIDENCE, words))
    session.add(
        EvidenceRecord(id=new_id(), action_id=record.id, entry_id=entry_id, name=shown, address=address)
    )
    return True


def stored(session: Session, evidence_id: str) -> Stored:
    """A file of evidence that may be handed out. Raises NotFoundError for a link, and while it waits or is refused."""
    found = session.execute(
        select(EvidenceRecord, ActionRecord.chain_id)
        .join(ActionRecord, ActionRecord.id == EvidenceRecord.action_id)
        .where(EvidenceRecord.id == evidence_id)
    ).first()
    if found is None or not found[0].stored_as or found[0].scan != PASSED:
        raise NotFoundError("")
    return _stored(*found)


def waiting(session: Session) -> tuple[Stored, ...]:
    """The files that wait for the scanner, in the order in which they came."""
    query = (
        select(EvidenceRecord, ActionRecord.chain_id)
        .join(ActionRecord, ActionRecord.id == EvidenceRecord.action_id)
        .join(ActionEntryRecord, ActionEntryRecord.id == EvidenceRecord.entry_id)
        .where(EvidenceRecord.scan == WAITING)
        .order_by(ActionEntryRecord.at, EvidenceRecord.id)
    )
    return tuple(_stored(record, chain_id) for record, chain_id in session.execute(query))


def record_scan(session: Session, now: datetime, evidence_id: str, *, passed: bool) -> None:
    """Keeps what the scanner said of a file that waits; a refusal stands in the history too."""
    record = session.get(EvidenceRecord, evidence_id, with_for_update=True, populate_existing=True)
    if record is None or record.scan != WAITING:
        return
    record.scan = PASSED if passed else REFUSED
    if not passed:
        action = actions.locked(session, record.action_id)
        words = f"{record.name}: the scanner refused this file, and it was removed."
        session.flush()
        actions.enter(session, now, action, Happening(Actor.ORGANISER, SCANNER, EntryKind.EVIDENCE, words))


def named(session: Session, names: Collection[str]) -> frozenset[str]:
    """Those of these names of files that a row still needs."""
    query = select(EvidenceRecord.stored_as).where(
        EvidenceRecord.stored_as.in_(names), EvidenceRecord.scan != REFUSED
    )
    return frozenset(session.scalars(query))


def _ready(session: Session, turn: Turn) -> ActionRecord:
    record = actions.locked(session, turn.action_id)
    if record.state in SETTLED:
        raise NotAllowedError("This action is settled. Nothing can be added to it.")
    return record


def _check_room(session: Session, record: ActionRecord) -> None:
    count = session.scalar(_pieces(EvidenceRecord.action_id == record.id, EvidenceRecord.scan != REFUSED))
    if (count or 0) >= MOST_PIECES:
        raise ActionFaultsError(
            [Fault("", f"There are {MOST_PIECES} pieces of evidence already.", "That is the most.")]
        )


def _pieces(*where: ColumnElement[bool]) -> Select[int]:
    return select(func.count()).select_from(EvidenceRecord).where(*where)


def _stored(record: EvidenceRecord, chain_id: str) -> Stored:
    return Stored(
        record.id,
        record.action_id,
        chain_id,
        record.name,
        record.media_type,
        record.stored_as,
        record.scan,
    )
