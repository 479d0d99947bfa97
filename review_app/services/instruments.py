"""Instruments: those that come with Roundtable, and the installation's own in drafts and finished versions.

A draft may have faults and may change. A finished version has none and never changes, because answers are
compared by it; what is to be different gets a new version.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Exists, delete, exists, func, select
from sqlalchemy.orm import Session

from review_app.models.base import new_id
from review_app.models.cycles import CycleRecord
from review_app.models.instruments import InstrumentRecord
from review_app.services.errors import NotAllowedError, NotFoundError
from surveys import instrument_draft, library
from surveys.drafted_translations import carried
from surveys.errors import Fault, InstrumentFaultsError
from surveys.instrument import Instrument
from surveys.instrument_reader import HIGHEST_VERSION
from surveys.language import ENGLISH_ONLY

FILE = "the file"
USED = "A review was drafted with this version, so it cannot change. Make a copy to change it."
FINISHED = "This version is finished, so it cannot change. Make a new version to change it."


class InstrumentState(StrEnum):
    """Where a version comes from and whether it may change: only a draft may."""

    SHIPPED = "shipped"
    DRAFT = "draft"
    FINISHED = "finished"


@dataclass(frozen=True, slots=True)
class InstrumentSummary:
    """One own version in a list. ``id``: its row's; ``is_used``: whether a cycle was drafted with it."""

    id: str
    instrument_id: str
    version: int
    title: str
    state: InstrumentState
    copied_from: str
    changed_at: datetime
    is_used: bool


@dataclass(frozen=True, slots=True)
class Edition:
    """One version of an instrument. ``id``: its row's, "" for a shipped one; ``before``: the version before, or None.

    The instrument of a draft may have faults (see ``surveys.instrument_draft``).
    """

    id: str
    instrument: Instrument
    state: InstrumentState
    copied_from: str
    is_used: bool
    before: Instrument | None

    @property
    def is_draft(self) -> bool:
        """Whether it may still change."""
        return self.state is InstrumentState.DRAFT


def summaries(session: Session) -> tuple[InstrumentSummary, ...]:
    """Every own version, by title and then the newest version first."""
    query = select(InstrumentRecord, _is_used()).order_by(
        func.lower(InstrumentRecord.title), InstrumentRecord.instrument_id, InstrumentRecord.version.desc()
    )
    return tuple(
        InstrumentSummary(
            id=record.id,
            instrument_id=record.instrument_id,
            version=record.version,
            title=record.title,
            state=InstrumentState(record.state),
            copied_from=record.copied_from,
            changed_at=record.changed_at,
            is_used=is_used,
        )
        for record, is_used in session.execute(query)
    )


def available(session: Session) -> tuple[Instrument, ...]:
    """What a cycle may use: the latest version of each shipped one, then of each own finished one by title."""
    query = (
        select(InstrumentRecord.content)
        .where(InstrumentRecord.state == InstrumentState.FINISHED.value)
        .order_by(func.lower(InstrumentRecord.title), InstrumentRecord.instrument_id)
    )
    own = [library.from_text(content) for content in session.scalars(query)]
    return (*_latest(list(library.shipped().values())), *_latest(own))


def get(session: Session, instrument_id: str, version: int) -> Instrument:
    """One version, shipped or own; a draft too, with the faults that it may have. Raises NotFoundError."""
    shipped = library.shipped().get((instrument_id, version))
    if shipped is not None:
        return shipped
    record = session.scalar(
        select(InstrumentRecord).where(
            InstrumentRecord.instrument_id == instrument_id, InstrumentRecord.version == version
        )
    )
    if record is None:
        raise _missing()
    return _instrument(record)


def with_its_translations(session: Session, instrument: Instrument) -> Instrument:
    """A cycle's instrument with the translations that there are of it now.

    A cycle keeps those alone that it is asked in; a later one may want more. An instrument that is not word for word
    the same any more is left as it is.
    """
    try:
        found = get(session, instrument.id, instrument.version)
    except NotFoundError:
        return instrument
    return found if found.only_in(ENGLISH_ONLY) == instrument.only_in(ENGLISH_ONLY) else instrument


def edition(session: Session, instrument_id: str, version: int) -> Edition:
    """One version, shipped or own, with what its page says of it. Raises NotFoundError."""
    shipped = library.shipped().get((instrument_id, version))
    if shipped is not None:
        before = max(
            (key for key in library.shipped() if key[0] == instrument_id and key[1] < version), default=None
        )
        earlier = library.shipped()[before] if before else None
        return Edition("", shipped, InstrumentState.SHIPPED, "", is_used=False, before=earlier)
    query = (
        select(InstrumentRecord, _is_used())
        .where(InstrumentRecord.instrument_id == instrument_id, InstrumentRecord.version <= version)
        .order_by(InstrumentRecord.version.desc())
        .limit(2)
    )
    rows = session.execute(query).all()
    if not rows or rows[0][0].version != version:
        raise _missing()
    record, is_used = rows[0]
    return Edition(
        id=record.id,
        instrument=_instrument(record),
        state=InstrumentState(record.state),
        copied_from=record.copied_from,
        is_used=is_used,
        before=_instrument(rows[1][0]) if len(rows) > 1 else None,
    )


def draft(session: Session, instrument_id: str, version: int) -> tuple[str, Instrument]:
    """The row's id and the content of a draft, locked for this transaction so that no change of it is lost.

    Raises NotFoundError, NotAllowedError for a version that may not change.
    """
    if (instrument_id, version) in library.shipped():
        raise NotAllowedError("This one comes with Roundtable and cannot change. Make a copy to change it.")
    query = select(InstrumentRecord).where(
        InstrumentRecord.instrument_id == instrument_id, InstrumentRecord.version == version
    )
    record = session.scalar(query.with_for_update())
    if record is None:
        raise _missing()
    _check_draft(session, record)
    return record.id, _instrument(record)


def copy(session: Session, now: datetime, source: Instrument, title: str, account_id: str) -> str:
    """The row's id of a new draft: version 1 of an instrument of its own id, which the title gives."""
    taken = {instrument_id for instrument_id, _ in library.shipped()}
    taken.update(session.scalars(select(InstrumentRecord.instrument_id)))
    id_ = instrument_draft.slug(title, taken, "instrument")
    content = carried(source, replace(source, id=id_, version=1, title=title))
    return _add(session, now, content, f"{source.id} {source.version}", account_id)


def next_version(session: Session, now: datetime, row_id: str, account_id: str) -> str:
    """The row's id of the draft that follows a finished version; of the one that there is already, if there is one.

    Raises NotFoundError, NotAllowedError for a draft.
    """
    record = _locked(session, row_id)
    query = select(InstrumentRecord).where(InstrumentRecord.instrument_id == record.instrument_id)
    latest = session.scalars(query.order_by(InstrumentRecord.version.desc()).limit(1)).one()
    if latest.state == InstrumentState.DRAFT:
        return latest.id
    if latest.version >= HIGHEST_VERSION:
        raise NotAllowedError("This questionnaire has as many versions as there can be. Make a copy of it.")
    content = replace(_instrument(record), version=latest.version + 1)
    return _add(session, now, content, f"{record.instrument_id} {record.version}", account_id)


def save(session: Session, now: datetime, row_id: str, content: Instrument, account_id: str) -> None:
    """Keeps a changed draft, faults and all; its id and version stay. Raises NotFoundError, NotAllowedError."""
    record = _locked(session, row_id)
    _check_draft(session, record)
    kept = replace(content, id=record.instrument_id, version=record.version)
    record.title = kept.title
    record.content = instrument_draft.to_text(kept)
    record.changed_at = now
    record.changed_by = account_id


def finish(session: Session, now: datetime, row_id: str, account_id: str) -> None:
    """Makes a draft a version that never changes.

    Raises InstrumentFaultsError with everything that has to be mended first, NotFoundError, NotAllowedError.
    """
    record = _locked(session, row_id)
    _check_draft(session, record)
    library.from_mapping(library.to_mapping(_instrument(record)))
    record.state = InstrumentState.FINISHED.value
    record.changed_at = now
    record.changed_by = account_id


def discard(session: Session, row_id: str) -> None:
    """Deletes a draft. Raises NotFoundError, NotAllowedError for a finished version."""
    _check_draft(session, _locked(session, row_id))
    session.execute(delete(InstrumentRecord).where(InstrumentRecord.id == row_id))


def import_yaml(session: Session, now: datetime, text: str, account_id: str) -> str:
    """The row's id of a new draft with a file's content; of the version that there is already, if it has the same.

    Raises InstrumentFaultsError with all the faults of the file.
    """
    content = library.load(text, FILE)
    if any(content.id == shipped_id for shipped_id, _ in library.shipped()):
        message = f"The id {content.id} belongs to a questionnaire that comes with Roundtable."
        raise InstrumentFaultsError([Fault(f"{FILE}, id", message, "Give it an id of its own.")])
    query = select(InstrumentRecord).where(
        InstrumentRecord.instrument_id == content.id, InstrumentRecord.version == content.version
    )
    record = session.scalar(query)
    if record is None:
        return _add(session, now, content, "", account_id)
    if _instrument(record) != content:
        message = f"There is a version {content.version} of {content.id} already, with another content."
        raise InstrumentFaultsError([Fault(f"{FILE}, version", message, "Raise the version.")])
    return record.id


def export_yaml(instrument: Instrument) -> str:
    """The instrument in the form of a file, as the shipped ones are written."""
    return library.to_yaml(instrument)


def place_of(session: Session, row_id: str) -> tuple[str, int]:
    """The id and the version of a row. Raises NotFoundError."""
    record = session.get(InstrumentRecord, row_id)
    if record is None:
        raise _missing()
    return record.instrument_id, record.version


def _add(session: Session, now: datetime, content: Instrument, copied_from: str, account_id: str) -> str:
    record = InstrumentRecord(
        id=new_id(),
        instrument_id=content.id,
        version=content.version,
        title=content.title,
        state=InstrumentState.DRAFT.value,
        content=instrument_draft.to_text(content),
        copied_from=copied_from,
        created_at=now,
        changed_at=now,
        changed_by=account_id,
    )
    session.add(record)
    session.flush()
    return record.id


def _locked(session: Session, row_id: str) -> InstrumentRecord:
    query = select(InstrumentRecord).where(InstrumentRecord.id == row_id).with_for_update()
    record = session.scalar(query)
    if record is None:
        raise _missing()
    return record


def _check_draft(session: Session, record: InstrumentRecord) -> None:
    if record.state != InstrumentState.DRAFT:
        raise NotAllowedError(FINISHED)
    # No page offers a draft for a review; but if one came to use it, its answers are compared by what it says.
    if session.scalar(select(_is_used()).where(InstrumentRecord.id == record.id)):
        raise NotAllowedError(USED)


def _instrument(record: InstrumentRecord) -> Instrument:
    if record.state == InstrumentState.DRAFT:
        return instrument_draft.from_text(record.content)
    return library.from_text(record.content)


def _latest(instruments: Collection[Instrument]) -> tuple[Instrument, ...]:
    """The highest version of each id, in the order in which the ids come first."""
    found: dict[str, Instrument] = {}
    for instrument in instruments:
        if instrument.id not in found or found[instrument.id].version < instrument.version:
            found[instrument.id] = instrument
    return tuple(found.values())


def _is_used() -> Exists:
    is_same = (
        CycleRecord.instrument_id == InstrumentRecord.instrument_id,
        CycleRecord.instrument_version == InstrumentRecord.version,
    )
    return exists().where(*is_same).correlate(InstrumentRecord)


def _missing() -> NotFoundError:
    return NotFoundError("There is no such questionnaire.")
