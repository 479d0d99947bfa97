"""The close: nobody can answer any more, the ballots are opened and counted, everything sealed is destroyed.

Four steps, each idempotent, so that a process may die anywhere and the next one goes on:
``begin`` (open -> closing), ``read`` (nothing is written), ``settle`` (the release and the comments are
durable and the sealed tables are dropped, together) and ``purge`` (keys and residue, until nothing is found).
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, inspect, select
from sqlalchemy.orm import Session

from reports.aggregate import OpenedBallot
from reports.experience import build_experience
from reports.release import Pool, Release, build_release, comment_pools
from reports.serial import release_to_bytes
from review_app.keys import KeyFolder
from review_app.models.ballots import ballots_table, sealed_tables
from review_app.models.base import new_id
from review_app.models.cycles import AssignmentRecord, CycleRecord, InvitationRecord
from review_app.models.releases import CommentRecord, ReleaseRecord
from review_app.models.requests import SilenceRecord, StewardRequestRecord
from review_app.services import comparing, cycles, experiences, outbox, previews
from review_app.services.errors import NotAllowedError
from review_app.services.invited import invited_of_cycle
from review_app.services.rosters import roster_from_text
from surveys import sealing
from surveys.answers import Answers, from_bytes
from surveys.cycle import CycleState, KeyMode, move
from surveys.errors import FaultsError, SealError
from surveys.instrument import Voice
from surveys.publication import CountedBy
from surveys.subjects import Subject


@dataclass(frozen=True, slots=True)
class Opened:
    """One opened ballot with its comments, while it is being counted."""

    subject: Subject
    group_id: str
    organisation_id: str
    answers: Answers


@dataclass(frozen=True, slots=True)
class SeparatedComment:
    """One comment on its own, with no key to its writer."""

    subject: Subject
    section_id: str
    pool: Pool | None
    choice: str
    text: str


@dataclass(frozen=True, slots=True)
class Counted:
    """What ``settle`` makes durable. ``unreadable``: rows that were no ballot or experience of this cycle."""

    release: Release
    comments: tuple[SeparatedComment, ...]
    unreadable: int


@dataclass(frozen=True, slots=True)
class _Expected:
    """What the ballot of one assignment must say about itself.

    ``ids``: its id under every link that this person was given, the newest first.
    """

    ids: tuple[bytes, ...]
    subject: Subject
    voice: Voice
    group_id: str
    organisation_id: str


def begin(session: Session, now: datetime) -> tuple[str, ...]:
    """The cycles that have just stopped taking answers, because their closing time has come."""
    due = session.scalars(
        select(CycleRecord.id).where(CycleRecord.state == CycleState.OPEN.value, CycleRecord.closes_at <= now)
    ).all()
    for cycle_id in due:
        # This lock waits for every answer that is being written, and no later one is taken.
        record = cycles.locked(session, cycle_id)
        record.state = move(CycleState(record.state), CycleState.CLOSING).value
        outbox.cancel(session, cycle_id)
    return tuple(due)


def waiting(session: Session) -> tuple[str, ...]:
    """The cycles that take no answers any more and are not counted yet."""
    return tuple(session.scalars(select(CycleRecord.id).where(CycleRecord.state == CycleState.CLOSING.value)))


def unpurged(session: Session) -> tuple[str, ...]:
    """The closed cycles of which something secret may still lie about."""
    closed = (CycleState.CLOSED.value, CycleState.PUBLISHED.value)
    return tuple(
        session.scalars(
            select(CycleRecord.id).where(CycleRecord.state.in_(closed), CycleRecord.purged_at.is_(None))
        )
    )


def check_key(session: Session, cycle_id: str, opening_key: bytes) -> None:
    """Refuses an opening key that is not this cycle's. Raises NotAllowedError."""
    record = session.get(CycleRecord, cycle_id)
    if record is None or sealing.sealing_key_of(opening_key) != record.sealing_key:
        raise NotAllowedError("This is the key file of another review. Choose the file made for this one.")


def read(
    session: Session, cycle_id: str, *, opening_key: bytes, link_key: bytes, shuffle: random.Random
) -> Counted:
    """Opens, checks, shuffles and counts what was sent in a closing cycle; nothing is written.

    ``shuffle`` must be cryptographically random in real use (``random.SystemRandom``).
    """
    record = session.get(CycleRecord, cycle_id)
    if record is None or record.state != CycleState.CLOSING or record.storage is None:
        raise NotAllowedError("Only a review that has stopped taking answers can be counted.")
    cycle = cycles.load(session, cycle_id)
    roster = roster_from_text(record.roster)
    expected = _expected(session, cycle_id, link_key)
    table = ballots_table(record.storage)
    blobs = {bytes(row.id): row.blob for row in session.execute(select(table.c.id, table.c.blob))}
    opened, unreadable = _open_all(blobs, expected, opening_key, cycle)
    shuffle.shuffle(opened)
    ballots = [
        OpenedBallot(ballot.subject, ballot.group_id, ballot.organisation_id, ballot.answers.ratings)
        for ballot in opened
    ]
    groups = (*cycle.plan.groups, *roster.derived_groups(wanted.group_id for wanted in expected))
    counted_by = CountedBy(record.counted_by)
    merge_first = _merge_first(session, cycle, expected)
    said = experiences.read(session, cycle, record.storage, opening_key=opening_key, link_key=link_key)
    release = build_release(
        ballots,
        instrument=cycle.instrument,
        groups=groups,
        names=roster.subject_names(),
        asked=_asked(expected, counted_by),
        policy=cycle.policy,
        merge_first=merge_first,
        experience=build_experience(said.opened, asked=said.asked, policy=cycle.policy),
        counted_by=counted_by,
        comparison=comparing.comparison(session, cycle_id, chain_id=cycle.chain_id),
    )
    pools = comment_pools(ballots, groups, cycle.policy, merge_first=merge_first)
    comments = list(_comments(opened, pools))
    shuffle.shuffle(comments)
    return Counted(release, tuple(comments), unreadable + said.unreadable)


def settle(session: Session, now: datetime, cycle_id: str, counted: Counted) -> bool:
    """Makes the release and the comments durable and drops everything sealed; false when that was done already."""
    record = cycles.locked(session, cycle_id)
    if record.state != CycleState.CLOSING or record.storage is None:
        return False
    session.add(ReleaseRecord(cycle_id=cycle_id, content=release_to_bytes(counted.release)))
    session.add_all(_comment_record(cycle_id, comment) for comment in counted.comments)
    record.state = move(CycleState(record.state), CycleState.CLOSED).value
    record.closed_at = now
    session.flush()
    connection = session.connection()
    for table in sealed_tables(record.storage):
        table.drop(connection, checkfirst=True)
    for asked in (StewardRequestRecord, SilenceRecord):
        session.execute(delete(asked).where(asked.cycle_id == cycle_id))
    outbox.forget_links_again(session, cycle_id)
    return True


def purge(session: Session, now: datetime, cycle_id: str, keys: KeyFolder) -> bool:
    """Whether nothing secret of a closed cycle is left: keys destroyed, tables gone. The residue was wiped before."""
    record = cycles.locked(session, cycle_id)
    if record.state not in {CycleState.CLOSED, CycleState.PUBLISHED} or record.storage is None:
        return False
    names = set(inspect(session.connection()).get_table_names())
    sealed = {table.name for table in sealed_tables(record.storage)}
    if sealed & names or not keys.destroy(cycle_id):
        return False
    record.purged_at = now
    return True


def needs_steward(session: Session, cycle_id: str) -> bool:
    """Whether only the steward's key file can open the cycle."""
    record = session.get(CycleRecord, cycle_id)
    return record is not None and record.key_mode == KeyMode.TWO_KEY


def _expected(session: Session, cycle_id: str, link_key: bytes) -> tuple[_Expected, ...]:
    query = (
        select(InvitationRecord, AssignmentRecord)
        .join(AssignmentRecord, AssignmentRecord.invitation_id == InvitationRecord.id)
        .where(InvitationRecord.cycle_id == cycle_id)
    )
    return tuple(
        _Expected(
            _ballot_ids(link_key, invitation, assignment.id),
            Subject(assignment.subject),
            Voice(assignment.voice),
            assignment.group_id,
            invitation.party_id,
        )
        for invitation, assignment in session.execute(query)
    )


def _ballot_ids(link_key: bytes, invitation: InvitationRecord, assignment_id: str) -> tuple[bytes, ...]:
    numbers = range(invitation.link_number, -1, -1)
    return tuple(
        sealing.ballot_id(sealing.link_secret(link_key, invitation.id, number), assignment_id)
        for number in numbers
    )


def _open_all(
    blobs: Mapping[bytes, bytes], expected: Iterable[_Expected], opening_key: bytes, cycle: cycles.Cycle
) -> tuple[list[Opened], int]:
    """The ballots that count, and how many rows were no ballots of the cycle.

    One assignment is one voice: of those sent under a person's links the newest counts, and an empty one is nothing.
    """
    opened = []
    known = 0
    for wanted in expected:
        present = [id_ for id_ in wanted.ids if id_ in blobs]
        if not present:
            continue
        known += len(present)
        ballot = _open(blobs[present[0]], wanted, opening_key, cycle)
        if ballot is None:
            known -= 1
        elif ballot.answers.ratings or ballot.answers.comments:
            opened.append(ballot)
    return opened, len(blobs) - known


def _open(blob: bytes, wanted: _Expected, opening_key: bytes, cycle: cycles.Cycle) -> Opened | None:
    try:
        envelope = json.loads(sealing.open_ballot(opening_key, blob))
        answers = from_bytes(envelope["answers"].encode(), cycle.instrument, wanted.voice)
        stated = (envelope["subject"], envelope["group"], envelope["organisation"])
    except (SealError, FaultsError, ValueError, KeyError, TypeError, AttributeError):
        return None
    if stated != (wanted.subject, wanted.group_id, wanted.organisation_id):
        return None
    return Opened(wanted.subject, wanted.group_id, wanted.organisation_id, answers)


def _asked(expected: Iterable[_Expected], counted_by: CountedBy) -> dict[tuple[Subject, str], int]:
    asked = [(wanted.subject, wanted.group_id, wanted.organisation_id) for wanted in expected]
    voices = dict.fromkeys(asked) if counted_by is CountedBy.ORGANISATION else asked
    return dict(Counter((subject, group_id) for subject, group_id, _ in voices))


def _merge_first(
    session: Session, cycle: cycles.Cycle, expected: Iterable[_Expected]
) -> dict[Subject, frozenset[str]]:
    invited = invited_of_cycle(session, cycle.id)
    merged = previews.groups_to_merge(session, cycle.id, invited, chain_id=cycle.chain_id)
    return dict.fromkeys((wanted.subject for wanted in expected), merged)


def _comments(
    opened: list[Opened], pools: Mapping[tuple[Subject, str], Pool | None]
) -> Iterator[SeparatedComment]:
    for ballot in opened:
        pool = pools.get((ballot.subject, ballot.group_id))
        for section_id, comment in ballot.answers.comments.items():
            yield SeparatedComment(ballot.subject, section_id, pool, comment.choice.value, comment.text)


def _comment_record(cycle_id: str, comment: SeparatedComment) -> CommentRecord:
    return CommentRecord(
        id=new_id(),
        cycle_id=cycle_id,
        subject=comment.subject,
        section_id=comment.section_id,
        pool_id=comment.pool.id if comment.pool else "",
        pool_title=comment.pool.title if comment.pool else "",
        choice=comment.choice,
        text=comment.text,
        verdict="waiting",
        released_text="",
    )
