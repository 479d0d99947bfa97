"""What a cycle is compared with: the columns of the last closed cycles of the same people, and who was invited."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from reports.comparison import Comparison, Earlier, Invited, earlier_of
from reports.serial import release_from_bytes
from review_app.models.cycles import CycleRecord
from review_app.models.releases import ReleaseRecord
from review_app.services import previews
from review_app.services.designs import plan_from_text
from review_app.services.invited import asked_in
from surveys.identity import organisation_key
from surveys.matrix import is_attributed_id
from surveys.publication import CountedBy
from surveys.subjects import Subject


def comparison(session: Session, cycle_id: str, *, chain_id: str) -> Comparison:
    """What the release of a launched cycle is laid beside."""
    ids = previews.last_closed(session, cycle_id, chain_id=chain_id)
    counted = session.scalars(select(CycleRecord.counted_by).where(CycleRecord.id.in_((*ids, cycle_id))))
    return Comparison(
        _protected(session, cycle_id),
        tuple(found for id_ in ids if (found := _earlier(session, id_)) is not None),
        by_organisation=CountedBy.ORGANISATION in set(counted),
    )


def _earlier(session: Session, cycle_id: str) -> Earlier | None:
    record = session.get(ReleaseRecord, cycle_id)
    if record is None:
        return None
    return earlier_of(cycle_id, release_from_bytes(record.content).parts, _protected(session, cycle_id))


def _protected(session: Session, cycle_id: str) -> dict[tuple[Subject, str], Invited]:
    """Who was invited in each protected group of a launched cycle; an attributed one has nobody to hide."""
    groups = plan_from_text(session.get_one(CycleRecord, cycle_id).plan).groups
    attributed = {group.id for group in groups if group.is_attributed}
    people: dict[tuple[Subject, str], set[str]] = {}
    organisations: dict[tuple[Subject, str], set[str]] = {}
    for asked in asked_in(session, cycle_id):
        if asked.group_id in attributed or is_attributed_id(asked.group_id):
            continue
        cell = (asked.subject, asked.group_id)
        people.setdefault(cell, set()).add(asked.key)
        organisations.setdefault(cell, set()).add(organisation_key(asked.party_name))
    return {cell: Invited(frozenset(people[cell]), frozenset(organisations[cell])) for cell in people}
