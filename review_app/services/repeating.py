"""The last review again: its questionnaire, plan and steward, with everything that is different this time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from review_app.models.chains import ContactRecord, PartyRecord
from review_app.models.cycles import CycleRecord, InvitationRecord
from review_app.services import chains, cycles, previews
from review_app.services.designs import LONGEST_TITLE
from review_app.services.errors import NotAllowedError
from review_app.services.invited import by_cell, listed_key
from surveys import library
from surveys.chain import Chain
from surveys.cycle import BETWEEN_CLOSES, CycleState
from surveys.matrix import Matrix, assign
from surveys.publication import usual_days

DAYS_OPEN = timedelta(days=21)
CLOSING_HOUR = 17


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the roster: a name and an organisation."""

    name: str
    party_name: str


@dataclass(frozen=True, slots=True)
class Differences:
    """What is different from the last review.

    ``parties_new`` and ``parties_gone``: names; ``parties_renamed``: (then, now). ``people_new``: asked now and not
    then; ``people_gone``: the reverse. ``merged``: titles of groups that differ by one to four people and are pooled
    therefore. ``not_asked``: names of parties that no group of the plan takes. ``newer_version``: of the shipped
    questionnaire, None when it is the same. ``moved_to``: the earliest closing time that keeps ninety days, where the
    usual one would not.
    """

    parties_new: tuple[str, ...]
    parties_gone: tuple[str, ...]
    parties_renamed: tuple[tuple[str, str], ...]
    people_new: tuple[Person, ...]
    people_gone: tuple[Person, ...]
    merged: tuple[str, ...]
    not_asked: tuple[str, ...]
    newer_version: int | None
    moved_to: datetime | None

    @property
    def is_same(self) -> bool:
        """Whether nothing at all is different."""
        return not any(
            (self.parties_new, self.parties_gone, self.parties_renamed, self.people_new, self.people_gone)
        )


def differences(session: Session, now: datetime, cycle_id: str) -> Differences:
    """What a review like this one would do differently now. Raises NotFoundError, NotAllowedError for a draft."""
    cycle = _launched(session, cycle_id)
    chain = chains.load(session, cycle.chain_id)
    then = cycles.roster(session, cycle_id).parties
    present = {party.id: party.name for party in chain.parties}
    matrix = assign(chain, cycle.plan, cycle.instrument.voices)
    asked_then, asked_now = _asked_then(session, cycle_id), _asked_now(chain, matrix)
    usual = _usual_close(now)
    closes_at = _first_close(session, now, cycle.chain_id)
    return Differences(
        parties_new=tuple(name for id_, name in present.items() if id_ not in then),
        parties_gone=tuple(name for id_, name in then.items() if id_ not in present),
        parties_renamed=tuple(
            (name, present[id_]) for id_, name in then.items() if id_ in present and present[id_] != name
        ),
        people_new=tuple(person for key, person in asked_now.items() if key not in asked_then),
        people_gone=tuple(
            Person(name, then.get(party_id, ""))
            for key, (name, party_id) in asked_then.items()
            if key not in asked_now
        ),
        merged=_merged(session, cycle_id, chain, matrix),
        not_asked=tuple(party.name for party in chain.parties if cycle.plan.group_of(party) is None),
        newer_version=_newer_version(cycle),
        moved_to=closes_at if closes_at > usual else None,
    )


def repeat(session: Session, now: datetime, cycle_id: str, *, organiser_id: str, shortest: timedelta) -> str:
    """The id of a new draft with the design of an earlier review, to be closed when ninety days allow it.

    Raises CycleFaultsError where the design does not fit the chain any more, NotAllowedError for a draft.
    """
    cycle = _launched(session, cycle_id)
    record = session.get_one(CycleRecord, cycle_id)
    before = cycles.design_of(record)
    days = before.publish_after_days
    design = replace(
        before,
        title=_title_again(cycle.title),
        closes_at=_first_close(session, now, cycle.chain_id),
        too_soon_reason="",
        publish_after_days=usual_days(shortest) if days is None else days,
    )
    new = cycles.draft(
        session, now, chain_id=cycle.chain_id, organiser_id=organiser_id, design=design, shortest=shortest
    )
    session.get_one(CycleRecord, new).cloned_from = cycle_id
    return new


def _launched(session: Session, cycle_id: str) -> cycles.Cycle:
    cycle = cycles.load(session, cycle_id)
    if cycle.state is CycleState.DRAFT:
        raise NotAllowedError("This review is a draft. Only one that was launched can be repeated.")
    return cycle


def _title_again(title: str) -> str:
    again = " (again)"
    return title if title.endswith(again) else f"{title[: LONGEST_TITLE - len(again)].rstrip()}{again}"


def _usual_close(now: datetime) -> datetime:
    return (now + DAYS_OPEN).replace(hour=CLOSING_HOUR, minute=0, second=0, microsecond=0)


def _first_close(session: Session, now: datetime, chain_id: str) -> datetime:
    """Three weeks from now, or as soon after as lies ninety days from every other close of the same people."""
    query = select(CycleRecord.closes_at).where(
        CycleRecord.chain_id.in_(chains.kin(session, chain_id)),
        CycleRecord.state != CycleState.DRAFT.value,
    )
    found = _usual_close(now)
    for other in sorted(session.scalars(query)):
        if abs(found - other) < BETWEEN_CLOSES:
            later = other + BETWEEN_CLOSES
            found = later.replace(hour=CLOSING_HOUR, minute=0, second=0, microsecond=0)
            if found < later:
                found += timedelta(days=1)
    return found


def _newer_version(cycle: cycles.Cycle) -> int | None:
    versions = [version for id_, version in library.shipped() if id_ == cycle.instrument.id]
    newest = max(versions, default=0)
    return newest if newest > cycle.instrument.version else None


def _asked_then(session: Session, cycle_id: str) -> dict[str, tuple[str, str]]:
    """Name and party id of everybody who was asked, by who they are."""
    query = (
        select(PartyRecord.name, ContactRecord.name, ContactRecord.email, InvitationRecord.party_id)
        .join(InvitationRecord, InvitationRecord.contact_id == ContactRecord.id)
        .join(PartyRecord, PartyRecord.id == InvitationRecord.party_id)
        .where(InvitationRecord.cycle_id == cycle_id)
        .order_by(ContactRecord.name)
    )
    return {
        listed_key(party, name, email): (name, party_id)
        for party, name, email, party_id in session.execute(query)
    }


def _asked_now(chain: Chain, matrix: Matrix) -> dict[str, Person]:
    asked = {assignment.contact_id for assignment in matrix.assignments}
    return {
        listed_key(party.name, contact.name, contact.email): Person(contact.name, party.name)
        for party in chain.parties
        for contact in party.contacts
        if contact.id in asked
    }


def _merged(session: Session, cycle_id: str, chain: Chain, matrix: Matrix) -> tuple[str, ...]:
    """The groups whose people differ from the last review's by one to four."""
    keys = {
        contact.id: listed_key(party.name, contact.name, contact.email)
        for party in chain.parties
        for contact in party.contacts
    }
    invited = by_cell((asked.subject, asked.group_id, keys[asked.contact_id]) for asked in matrix.assignments)
    merged = previews.groups_to_merge(session, None, invited, chain_id=chain.id)
    return tuple(group.title for group in matrix.groups if group.id in merged and not group.is_attributed)
