"""What a draft would do: who is asked in which voice, and the anonymity preflight."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from review_app import languages
from review_app.models.chains import ContactRecord, PartyRecord
from review_app.models.cycles import AssignmentRecord, CycleRecord, InvitationRecord
from review_app.services import chains, cycles
from review_app.services.designs import plan_from_text
from review_app.services.invited import by_cell, invited_of_cycle, listed_key
from review_app.services.rosters import Roster, roster_of
from review_app.services.translating import language_faults
from surveys.chain import Chain
from surveys.cycle import CycleState
from surveys.errors import Fault
from surveys.instrument import Instrument, Voice
from surveys.language import Language
from surveys.matrix import Assignment, Group, Matrix, Plan, assign, is_attributed_id
from surveys.preflight import Preflight, preflight
from surveys.publication import CountedBy
from surveys.subjects import Subject, in_order
from surveys.sybils import Suspicion, suspicions
from surveys.timing import TimeBudget, budget

PREFLIGHT_SEED = 360

# The people, by their keys, who are asked about a subject in a group.
Invited = Mapping[tuple[Subject, str], frozenset[str]]


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """One group on one subject: how many people of how many organisations speak, and in which voices."""

    subject: Subject
    group: Group
    voices: tuple[Voice, ...]
    people: int
    organisations: int
    items: int


@dataclass(frozen=True, slots=True)
class AskedContact:
    """One person who would be asked; ``minutes``: how long all their reviews take."""

    id: str
    name: str
    job_title: str
    email: str
    postal_address: str
    party_id: str
    party_name: str
    group_title: str
    reviews: int
    minutes: int


@dataclass(frozen=True, slots=True)
class HeatRow:
    """One subject, and how many people of each group of people review it, in the order of the map's groups."""

    subject: Subject
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Heat:
    """Who reviews whom: groups of people x subjects. Shape: a row for each subject, a count for each group."""

    groups: tuple[Group, ...]
    rows: tuple[HeatRow, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What the organiser and the steward look at before a launch, and afterwards what it fixed.

    ``roster``: what everybody is called; ``not_asked``: names of parties that no group takes; ``left_out``: of
    partners that those who pay them could not review, because everybody there has as many reviews as the plan allows;
    ``untranslated``: what a review in English and Welsh lacks.
    """

    roster: Roster
    rows: tuple[PreviewRow, ...]
    heat: Heat
    contacts: tuple[AskedContact, ...]
    not_asked: tuple[str, ...]
    left_out: tuple[str, ...]
    budget: TimeBudget
    preflight: Preflight
    suspicions: tuple[Suspicion, ...]
    untranslated: tuple[Fault, ...] = ()

    @property
    def is_reportable(self) -> bool:
        """Whether anything at all could be reported if everybody answered."""
        return self.preflight.is_reportable


@dataclass(frozen=True, slots=True)
class _Person:
    id: str
    key: str
    name: str
    job_title: str
    email: str
    postal_address: str
    party_id: str
    group_id: str


@dataclass(frozen=True, slots=True)
class _Roll:
    """Who is asked, from a draft or from a launch: their names, their reviews, and the group each person is in."""

    roster: Roster
    matrix: Matrix
    people: tuple[_Person, ...]


def preview(session: Session, cycle_id: str) -> Preview:
    """The preview of a draft on its chain as it is now; of a launched cycle, what the launch fixed.

    Raises NotFoundError.
    """
    cycle = cycles.load(session, cycle_id)
    if cycle.state is not CycleState.DRAFT:
        return _preview(session, cycle, _launched_roll(session, cycle))
    chain = chains.load(session, cycle.chain_id)
    names = {party.id: party.name for party in chain.parties}
    roll = _drafted_roll(cycle, chain)
    return replace(
        _preview(session, cycle, roll),
        not_asked=tuple(party.name for party in chain.parties if cycle.plan.group_of(party) is None),
        left_out=tuple(names[party_id] for party_id in roll.matrix.left_out),
        suspicions=suspicions(chain, cycle.plan, cycle.policy),
        untranslated=language_faults(
            cycles.design_of(session.get_one(CycleRecord, cycle_id)),
            frozenset(asked.voice for asked in roll.matrix.assignments),
            languages.missing(Language.WELSH),
        ),
    )


def _preview(session: Session, cycle: cycles.Cycle, roll: _Roll) -> Preview:
    keys = {person.id: person.key for person in roll.people}
    invited = by_cell(
        (asked.subject, asked.group_id, keys[asked.contact_id]) for asked in roll.matrix.assignments
    )
    time = _budget(cycle.instrument, roll.matrix)
    return Preview(
        roster=roll.roster,
        rows=_rows(cycle, roll.matrix),
        heat=_heat(cycle.plan, roll),
        contacts=_contacts(cycle.plan, roll, time),
        not_asked=(),
        left_out=(),
        budget=time,
        preflight=preflight(
            roll.matrix.assignments,
            roll.matrix.groups,
            cycle.policy,
            seed=PREFLIGHT_SEED,
            counted_by=CountedBy(session.get_one(CycleRecord, cycle.id).counted_by),
            merge_first=groups_to_merge(session, cycle.id, invited, chain_id=cycle.chain_id),
        ),
        suspicions=(),
    )


def _drafted_roll(cycle: cycles.Cycle, chain: Chain) -> _Roll:
    return _Roll(
        roster=roster_of(chain),
        matrix=assign(chain, cycle.plan, cycle.instrument.voices),
        people=tuple(
            _Person(
                contact.id,
                listed_key(party.name, contact.name, contact.email),
                contact.name,
                contact.job_title,
                contact.email,
                contact.postal_address,
                party.id,
                group.id,
            )
            for party in chain.parties
            if (group := cycle.plan.group_of(party)) is not None
            for contact in party.contacts
        ),
    )


def _launched_roll(session: Session, cycle: cycles.Cycle) -> _Roll:
    roster = cycles.roster(session, cycle.id)
    query = (
        select(AssignmentRecord, InvitationRecord, ContactRecord, PartyRecord.name)
        .join(InvitationRecord, InvitationRecord.id == AssignmentRecord.invitation_id)
        .join(ContactRecord, ContactRecord.id == InvitationRecord.contact_id)
        .join(PartyRecord, PartyRecord.id == InvitationRecord.party_id)
        .where(InvitationRecord.cycle_id == cycle.id)
    )
    order = {party_id: place for place, party_id in enumerate(roster.parties)}
    rows = sorted(
        session.execute(query),
        key=lambda row: (order[row[1].party_id], row[2].position, row[2].id, row[0].position),
    )
    assignments = tuple(
        Assignment(
            contact.id,
            invitation.party_id,
            Subject(asked.subject),
            Voice(asked.voice),
            asked.group_id,
            asked.about_id,
        )
        for asked, invitation, contact, _ in rows
    )
    people = {
        contact.id: _Person(
            contact.id,
            listed_key(party_name, contact.name, contact.email),
            contact.name,
            contact.job_title,
            contact.email,
            contact.postal_address,
            invitation.party_id,
            invitation.group_id,
        )
        for _, invitation, contact, party_name in rows
    }
    derived = roster.derived_groups(asked.group_id for asked in assignments)
    return _Roll(roster, Matrix(assignments, (*cycle.plan.groups, *derived), ()), tuple(people.values()))


def groups_to_merge(
    session: Session, cycle_id: str | None, invited: Invited, *, chain_id: str
) -> frozenset[str]:
    """Groups whose invited people differ by one to four from a group of the last closed cycle with these people.

    Shown beside the earlier figures, such a group would tell about the few who came or went; so it is pooled. Only
    figures on the same subject can be held against each other: on single partners none are pooled at all.
    ``cycle_id``: the cycle itself, left out of account; None before it is made.
    """
    earlier = last_closed(session, cycle_id, chain_id=chain_id)
    before = [cell for id_ in earlier for cell in _protected_of_cycle(session, id_)]
    return frozenset(
        group_id
        for (subject, group_id), now in invited.items()
        if any(subject == on and 1 <= len(now ^ then) <= 4 for on, then in before)
    )


def last_closed(session: Session, cycle_id: str | None, *, chain_id: str) -> tuple[str, ...]:
    """The last closed cycle of every chain with the same people, this one left out, the newest last."""
    closed = session.execute(
        select(CycleRecord.chain_id, CycleRecord.id)
        .where(
            CycleRecord.chain_id.in_(chains.kin(session, chain_id)),
            CycleRecord.id != (cycle_id or ""),
            CycleRecord.state.in_((CycleState.CLOSED.value, CycleState.PUBLISHED.value)),
        )
        .order_by(CycleRecord.closed_at)
    ).all()
    last = {row.chain_id: row.id for row in closed}
    return tuple(row.id for row in closed if row.id in last.values())


def _protected_of_cycle(session: Session, cycle_id: str) -> Iterator[tuple[Subject, frozenset[str]]]:
    """The invited people of each protected group of a launched cycle; an attributed one has nobody to hide."""
    record = session.get_one(CycleRecord, cycle_id)
    groups = plan_from_text(record.plan).groups
    attributed = {group.id for group in groups if group.is_attributed}
    for (subject, group_id), people in invited_of_cycle(session, cycle_id).items():
        if group_id not in attributed and not is_attributed_id(group_id):
            yield subject, people


def _rows(cycle: cycles.Cycle, matrix: Matrix) -> tuple[PreviewRow, ...]:
    people: Counter[tuple[Subject, str]] = Counter()
    organisations: dict[tuple[Subject, str], set[str]] = {}
    voices: dict[tuple[Subject, str], set[Voice]] = {}
    for assignment in matrix.assignments:
        key = (assignment.subject, assignment.group_id)
        people[key] += 1
        organisations.setdefault(key, set()).add(assignment.party_id)
        voices.setdefault(key, set()).add(assignment.voice)
    groups = {group.id: group for group in matrix.groups}
    return tuple(
        PreviewRow(
            subject=subject,
            group=groups[group_id],
            voices=tuple(sorted(voices[subject, group_id])),
            people=count,
            organisations=len(organisations[subject, group_id]),
            items=max(cycle.instrument.count_for(voice) for voice in voices[subject, group_id]),
        )
        for (subject, group_id), count in sorted(people.items(), key=_by_subject_and_group(matrix))
    )


def _by_subject_and_group(matrix: Matrix) -> Callable[[tuple[tuple[Subject, str], int]], tuple[object, ...]]:
    places = {group.id: place for place, group in enumerate(matrix.groups)}
    return lambda entry: (in_order(entry[0][0]), places[entry[0][1]])


def _heat(plan: Plan, roll: _Roll) -> Heat:
    group_of = {person.party_id: person.group_id for person in roll.people}
    counts = Counter((asked.subject, group_of[asked.party_id]) for asked in roll.matrix.assignments)
    places = {Subject.partner(party_id): place for place, party_id in enumerate(roll.roster.parties)}
    subjects = sorted(
        {subject for subject, _ in counts},
        key=lambda subject: (in_order(subject)[0], places.get(subject, 0)),
    )
    return Heat(
        plan.groups,
        tuple(
            HeatRow(subject, tuple(counts[subject, group.id] for group in plan.groups))
            for subject in subjects
        ),
    )


def _budget(instrument: Instrument, matrix: Matrix) -> TimeBudget:
    voices: dict[str, list[Voice]] = {}
    for asked in matrix.assignments:
        voices.setdefault(asked.contact_id, []).append(asked.voice)
    return budget(instrument, voices)


def _contacts(plan: Plan, roll: _Roll, time: TimeBudget) -> tuple[AskedContact, ...]:
    reviews = Counter(asked.contact_id for asked in roll.matrix.assignments)
    titles = {group.id: group.title for group in plan.groups}
    return tuple(
        AskedContact(
            id=person.id,
            name=person.name,
            job_title=person.job_title,
            email=person.email,
            postal_address=person.postal_address,
            party_id=person.party_id,
            party_name=roll.roster.parties[person.party_id],
            group_title=titles[person.group_id],
            reviews=reviews[person.id],
            minutes=time.minutes[person.id],
        )
        for person in roll.people
        if person.id in time.minutes
    )
