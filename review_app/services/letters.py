"""Who may get a printed letter, and what each letter says but for its code. Reading only: a letter leaves no trace."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from review_app.models.chains import ContactRecord
from review_app.models.cycles import AssignmentRecord, InvitationRecord
from review_app.services import chains, cycles, silencing
from review_app.services.cycles import Cycle
from review_app.services.errors import NotAllowedError, NotFoundError
from review_app.services.rosters import Roster
from surveys.cycle import CycleState, KeyMode
from surveys.groups import DisclosurePolicy
from surveys.instrument import Voice
from surveys.language import Language
from surveys.matrix import Group
from surveys.publication import publishes_at
from surveys.subjects import Subject
from surveys.timing import MOST_MINUTES, minutes


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody who was invited, as the page of the letters lists them.

    ``link_number``: how often the steward has replaced the link. ``postal_address`` "": none is known.
    ``is_silenced``: the steward sends them nothing more.
    """

    invitation_id: str
    link_number: int
    name: str
    party_name: str
    has_email: bool
    postal_address: str
    is_silenced: bool


@dataclass(frozen=True, slots=True)
class GroupText:
    """What a letter says of the group that its reader is counted in.

    ``people`` of ``organisations`` are asked in it. ``is_small``: even if everybody answers, it cannot be shown alone.
    """

    title: str
    welsh_title: str
    is_attributed: bool
    people: int
    organisations: int
    is_small: bool


@dataclass(frozen=True, slots=True)
class LetterText:
    """What one letter says, but for its code.

    ``long_reason``: why it takes this person more than twenty minutes; "" when it does not. ``has_named_reviews``:
    some answers are shown under the name of ``party_name``, whatever the group.
    """

    recipient: Recipient
    prime_name: str
    chain_name: str
    steward_name: str
    minutes: int
    long_reason: str
    long_reason_welsh: str
    closes_at: datetime
    publishes_at: datetime | None
    group: GroupText
    has_named_reviews: bool
    is_two_key: bool
    policy: DisclosurePolicy

    def in_language(self, language: Language) -> LetterText:
        """The same with what the organiser wrote in a language; what nobody translated stays in English."""
        if language is not Language.WELSH:
            return self
        group = replace(self.group, title=self.group.welsh_title or self.group.title)
        # Without a reason there is nothing to translate: it does not take this person long.
        reason = (self.long_reason_welsh or self.long_reason) if self.long_reason else ""
        return replace(self, group=group, long_reason=reason)


@dataclass(frozen=True, slots=True)
class _Asked:
    recipient: Recipient
    party_id: str
    group_id: str
    voices: tuple[Voice, ...]
    has_partners: bool


def unmailed(session: Session, cycle_id: str) -> tuple[str, ...]:
    """Who would be asked in a draft and has no email address: "Name, organisation", in the order of the chain."""
    cycle = cycles.load(session, cycle_id)
    chain = chains.load(session, cycle.chain_id)
    return tuple(
        f"{contact.name}, {party.name}"
        for party in chain.parties
        if cycle.plan.group_of(party) is not None
        for contact in party.contacts
        if not contact.email
    )


def recipients(
    session: Session, now: datetime, cycle_id: str, steward_id: str, link_key: bytes
) -> tuple[Recipient, ...]:
    """Everybody invited, in the order of the chain. Raises NotFoundError, NotAllowedError unless the review is open."""
    cycle = _open_cycle(session, now, cycle_id, steward_id)
    return tuple(asked.recipient for asked in _asked(session, cycle, link_key))


def texts(
    session: Session,
    now: datetime,
    cycle_id: str,
    steward_id: str,
    *,
    chosen: Collection[str],
    link_key: bytes,
) -> tuple[LetterText, ...]:
    """The letters to the chosen people (ids of invitations), in the order of the chain.

    Raises NotFoundError, NotAllowedError unless the review is open.
    """
    cycle = _open_cycle(session, now, cycle_id, steward_id)
    roster = cycles.roster(session, cycle_id)
    asked = _asked(session, cycle, link_key)
    groups = _group_texts(cycle, asked)
    return tuple(
        _text(cycle, roster, one, groups[one.group_id])
        for one in asked
        if one.recipient.invitation_id in chosen
    )


def voices(session: Session, cycle_id: str) -> tuple[Voice, ...]:
    """The voices that a launched review asks for, in the order of the enumeration."""
    query = (
        select(AssignmentRecord.voice)
        .join(InvitationRecord, InvitationRecord.id == AssignmentRecord.invitation_id)
        .where(InvitationRecord.cycle_id == cycle_id)
        .distinct()
    )
    found = set(session.scalars(query))
    return tuple(voice for voice in Voice if voice.value in found)


def _open_cycle(session: Session, now: datetime, cycle_id: str, steward_id: str) -> Cycle:
    cycle = cycles.load(session, cycle_id)
    if cycle.steward_id != steward_id:
        raise NotFoundError("There is no such review.")
    if cycle.state is not CycleState.OPEN or now >= cycle.closes_at:
        raise NotAllowedError(
            "Letters can be printed while a review is open. Before and after, no code opens it."
        )
    return cycle


def _asked(session: Session, cycle: Cycle, link_key: bytes) -> tuple[_Asked, ...]:
    """Everybody invited: the address is the one that the steward approved, whatever the chain says by now."""
    parties = cycles.roster(session, cycle.id).parties
    order = {party_id: place for place, party_id in enumerate(parties)}
    silences = silencing.silenced(session, cycle.id)
    reviews = _reviews(session, cycle.id)
    rows = session.execute(
        select(InvitationRecord, ContactRecord)
        .join(ContactRecord, ContactRecord.id == InvitationRecord.contact_id)
        .where(InvitationRecord.cycle_id == cycle.id)
    ).all()
    return tuple(
        _Asked(
            Recipient(
                invitation_id=invitation.id,
                link_number=invitation.link_number,
                name=contact.name,
                party_name=parties[invitation.party_id],
                has_email=bool(contact.email),
                postal_address=contact.postal_address,
                is_silenced=silencing.is_silenced(silences, link_key, invitation.id, invitation.link_number),
            ),
            invitation.party_id,
            invitation.group_id,
            tuple(voice for voice, _ in reviews[invitation.id]),
            any(subject.is_partner for _, subject in reviews[invitation.id]),
        )
        for invitation, contact in sorted(
            rows, key=lambda row: (order[row[0].party_id], row[1].position, row[1].id)
        )
    )


def _reviews(session: Session, cycle_id: str) -> dict[str, list[tuple[Voice, Subject]]]:
    """What is asked of each invitation, in its order."""
    query = (
        select(AssignmentRecord.invitation_id, AssignmentRecord.voice, AssignmentRecord.subject)
        .join(InvitationRecord, InvitationRecord.id == AssignmentRecord.invitation_id)
        .where(InvitationRecord.cycle_id == cycle_id)
        .order_by(AssignmentRecord.position)
    )
    found: dict[str, list[tuple[Voice, Subject]]] = {}
    for invitation_id, voice, subject in session.execute(query):
        found.setdefault(invitation_id, []).append((Voice(voice), Subject(subject)))
    return found


def _group_texts(cycle: Cycle, asked: Collection[_Asked]) -> Mapping[str, GroupText]:
    people = Counter(one.group_id for one in asked)
    return {group.id: _group_text(cycle, group, people[group.id], asked) for group in cycle.plan.groups}


def _group_text(cycle: Cycle, group: Group, people: int, asked: Collection[_Asked]) -> GroupText:
    organisations = len({one.party_id for one in asked if one.group_id == group.id})
    return GroupText(
        title=group.title,
        welsh_title=group.welsh_title,
        is_attributed=group.is_attributed,
        people=people,
        organisations=organisations,
        is_small=people < cycle.policy.k or organisations < cycle.policy.min_organisations,
    )


def _text(cycle: Cycle, roster: Roster, asked: _Asked, group: GroupText) -> LetterText:
    takes = minutes(cycle.instrument, asked.voices)
    return LetterText(
        recipient=asked.recipient,
        prime_name=roster.prime_name,
        chain_name=roster.chain_name,
        steward_name=cycle.steward_name,
        minutes=takes,
        long_reason=cycle.long_reason if takes > MOST_MINUTES else "",
        long_reason_welsh=cycle.long_reason_welsh,
        closes_at=cycle.closes_at,
        publishes_at=publishes_at(cycle.closes_at, cycle.publish_after_days),
        group=group,
        has_named_reviews=asked.has_partners,
        is_two_key=cycle.key_mode is KeyMode.TWO_KEY,
        policy=cycle.policy,
    )
