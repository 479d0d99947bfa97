"""What a draft would do: who is asked in which voice, and the anonymity preflight."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from review_app.models.chains import ContactRecord
from review_app.models.cycles import CycleRecord, InvitationRecord
from review_app.services import chains, cycles
from surveys.chain import Chain
from surveys.cycle import CycleState
from surveys.instrument import Voice
from surveys.matrix import Group, Plan, SubjectKind, assign
from surveys.preflight import Preflight, preflight
from surveys.roster import email_key

PREFLIGHT_SEED = 360


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """One group on one subject: how many people of how many organisations speak, and in which voices."""

    subject: SubjectKind
    group: Group
    voices: tuple[Voice, ...]
    people: int
    organisations: int
    items: int


@dataclass(frozen=True, slots=True)
class AskedContact:
    """One person who would be asked."""

    name: str
    job_title: str
    email: str
    party_name: str
    group_title: str
    reviews: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What the organiser and the steward look at before a launch."""

    rows: tuple[PreviewRow, ...]
    contacts: tuple[AskedContact, ...]
    not_asked: tuple[str, ...]
    preflight: Preflight

    @property
    def is_reportable(self) -> bool:
        """Whether anything at all could be reported if everybody answered."""
        return self.preflight.is_reportable


def preview(session: Session, cycle_id: str) -> Preview:
    """The preview of a cycle's design on its chain as it is now. Raises NotFoundError."""
    cycle = cycles.load(session, cycle_id)
    chain = chains.load(session, cycle.chain_id)
    assignments = assign(chain, cycle.plan)
    merge_first = groups_to_merge(session, cycle_id, _invited_by_group(chain, cycle.plan))
    return Preview(
        rows=_rows(cycle, chain),
        contacts=_contacts(chain, cycle.plan),
        not_asked=tuple(party.name for party in chain.parties if cycle.plan.group_of(party) is None),
        preflight=preflight(
            assignments, cycle.plan.groups, cycle.policy, seed=PREFLIGHT_SEED, merge_first=merge_first
        ),
    )


def groups_to_merge(session: Session, cycle_id: str, invited: dict[str, frozenset[str]]) -> frozenset[str]:
    """Groups whose invited people differ by one to four from a group of the last closed cycle with these people.

    Shown beside the earlier figures, such a group would tell about the few who came or went; so it is pooled.
    ``invited``: group id -> addresses, as their keys. The last closed cycle is looked up in the chain itself and
    in every chain with the same people.
    """
    cycle = session.get(CycleRecord, cycle_id)
    if cycle is None:
        return frozenset()
    closed = session.execute(
        select(CycleRecord.chain_id, CycleRecord.id)
        .where(
            CycleRecord.chain_id.in_(chains.kin(session, cycle.chain_id)),
            CycleRecord.id != cycle_id,
            CycleRecord.state.in_((CycleState.CLOSED.value, CycleState.PUBLISHED.value)),
        )
        .order_by(CycleRecord.closed_at)
    ).all()
    last = {row.chain_id: row.id for row in closed}
    before = [group for earlier in last.values() for group in invited_of_cycle(session, earlier).values()]
    return frozenset(
        group_id for group_id, now in invited.items() if any(1 <= len(now ^ then) <= 4 for then in before)
    )


def invited_of_cycle(session: Session, cycle_id: str) -> dict[str, frozenset[str]]:
    """The addresses (as their keys) invited in a launched cycle, by group id."""
    query = (
        select(InvitationRecord.group_id, ContactRecord.email)
        .join(ContactRecord, ContactRecord.id == InvitationRecord.contact_id)
        .where(InvitationRecord.cycle_id == cycle_id)
    )
    return _by_group((group_id, email) for group_id, email in session.execute(query))


def _invited_by_group(chain: Chain, plan: Plan) -> dict[str, frozenset[str]]:
    emails = {contact.id: contact.email for party in chain.parties for contact in party.contacts}
    return _by_group((one.group_id, emails[one.contact_id]) for one in assign(chain, plan))


def _by_group(pairs: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for group_id, email in pairs:
        found.setdefault(group_id, set()).add(email_key(email))
    return {group_id: frozenset(addresses) for group_id, addresses in found.items()}


def _rows(cycle: cycles.Cycle, chain: Chain) -> tuple[PreviewRow, ...]:
    people: Counter[tuple[SubjectKind, str]] = Counter()
    organisations: dict[tuple[SubjectKind, str], set[str]] = {}
    voices: dict[tuple[SubjectKind, str], set[Voice]] = {}
    for assignment in assign(chain, cycle.plan):
        key = (assignment.subject, assignment.group_id)
        people[key] += 1
        organisations.setdefault(key, set()).add(assignment.party_id)
        voices.setdefault(key, set()).add(assignment.voice)
    return tuple(
        PreviewRow(
            subject=subject,
            group=group,
            voices=tuple(sorted(voices[subject, group.id])),
            people=people[subject, group.id],
            organisations=len(organisations[subject, group.id]),
            items=max(
                sum(len(section.questions_for(voice)) for section in cycle.instrument.sections)
                for voice in voices[subject, group.id]
            ),
        )
        for subject in SubjectKind
        for group in cycle.plan.groups
        if (subject, group.id) in people
    )


def _contacts(chain: Chain, plan: Plan) -> tuple[AskedContact, ...]:
    reviews = Counter(assignment.contact_id for assignment in assign(chain, plan))
    asked = []
    for party in chain.parties:
        group = plan.group_of(party)
        asked += [
            AskedContact(
                contact.name, contact.job_title, contact.email, party.name, group.title, reviews[contact.id]
            )
            for contact in party.contacts
            if group is not None and reviews[contact.id]
        ]
    return tuple(asked)
