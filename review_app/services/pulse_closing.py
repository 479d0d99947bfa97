"""The close of a pulse: nobody can answer any more, the answers are opened and counted, everything sealed is destroyed.

The four steps of a review's close, each idempotent, so that a process may die anywhere and the next one goes on:
``begin`` (open -> closing), ``read`` (nothing is written), ``settle`` (the displayed shares are durable, the action has
moved and the sealed table is dropped, together) and ``purge`` (keys, until nothing is found).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from reports.model import NOT_SHOWN
from reports.pulse import OpenedPulse, PulseResult, build_pulse, share_to_text, words_of
from review_app.keys import KeyFolder
from review_app.models.actions import ActionRecord
from review_app.models.ballots import pulse_answers_table
from review_app.models.pulses import PulseInvitationRecord, PulseRecord
from review_app.services import actions, outbox
from review_app.services.actions import Happening
from review_app.services.errors import NotAllowedError, NotFoundError
from review_app.services.outbox import MailKind
from surveys import improvement, sealing
from surveys.errors import SealError
from surveys.groups import DisclosurePolicy
from surveys.improvement import ActionState, Actor, EntryKind
from surveys.pulse import QUESTIONS, Answered, Aspect, Outcome, PulseState, from_envelope

# Whose words an entry quotes: nobody's in particular.
BY = "Those who were asked"


@dataclass(frozen=True, slots=True)
class CountedPulse:
    """What ``settle`` makes durable. ``unreadable``: rows that were no answer to this pulse."""

    result: PulseResult
    unreadable: int


def begin(session: Session, now: datetime) -> tuple[str, ...]:
    """The pulses that have just stopped taking answers, because their closing time has come."""
    due = session.scalars(
        select(PulseRecord.id).where(PulseRecord.state == PulseState.OPEN.value, PulseRecord.closes_at <= now)
    ).all()
    for pulse_id in due:
        # This lock waits for every answer that is being written, and no later one is taken.
        record = _locked(session, pulse_id)
        if record.state == PulseState.OPEN:
            record.state = PulseState.CLOSING.value
            outbox.cancel_about(session, MailKind.PULSE, pulse_id)
    return tuple(due)


def has_due(session: Session, now: datetime) -> bool:
    """Whether the closing time of some open pulse has come."""
    query = select(PulseRecord.id).where(
        PulseRecord.state == PulseState.OPEN.value, PulseRecord.closes_at <= now
    )
    return session.scalar(query.limit(1)) is not None


def waiting(session: Session) -> tuple[str, ...]:
    """The pulses that take no answers any more and are not counted yet."""
    return tuple(session.scalars(select(PulseRecord.id).where(PulseRecord.state == PulseState.CLOSING.value)))


def unpurged(session: Session) -> tuple[str, ...]:
    """The closed pulses of which something secret may still lie about."""
    query = select(PulseRecord.id).where(
        PulseRecord.state == PulseState.CLOSED.value, PulseRecord.purged_at.is_(None)
    )
    return tuple(session.scalars(query))


def check_key(session: Session, pulse_id: str, opening_key: bytes) -> None:
    """Refuses an opening key that is not this pulse's. Raises NotAllowedError."""
    record = session.get(PulseRecord, pulse_id)
    if record is None or sealing.sealing_key_of(opening_key) != record.sealing_key:
        raise NotAllowedError("This is another key file. Choose the one that was made for this pulse.")


def read(session: Session, pulse_id: str, *, opening_key: bytes, link_key: bytes) -> CountedPulse:
    """Opens, checks and counts what was sent to a closing pulse; nothing is written. Raises NotAllowedError."""
    record = session.get(PulseRecord, pulse_id, populate_existing=True)
    if record is None or record.state != PulseState.CLOSING:
        raise NotAllowedError("Only a pulse that has stopped taking answers can be counted.")
    table = pulse_answers_table(record.storage)
    blobs = {bytes(row.id): row.blob for row in session.execute(select(table.c.id, table.c.blob))}
    invitations = session.scalars(
        select(PulseInvitationRecord).where(PulseInvitationRecord.pulse_id == pulse_id)
    )
    opened = []
    for invitation in invitations:
        secret = sealing.link_secret(link_key, invitation.id, 0)
        blob = blobs.get(sealing.ballot_id(secret, pulse_id))
        answered = _open(blob, invitation, opening_key) if blob is not None else None
        if answered is not None:
            opened.append(OpenedPulse(invitation.party_id, answered.replies))
    return CountedPulse(build_pulse(opened, DisclosurePolicy(k=record.k)), len(blobs) - len(opened))


def settle(session: Session, now: datetime, pulse_id: str, counted: CountedPulse) -> bool:
    """Makes the result durable, drops what was sealed and moves the action; false when that was done already."""
    record = _locked(session, pulse_id)
    if record.state != PulseState.CLOSING:
        return False
    result = counted.result
    record.state = PulseState.CLOSED.value
    record.closed_at = now
    record.outcome = result.outcome.value
    record.felt = share_to_text(result.noticed)
    record.agreed = share_to_text(result.agreed)
    _tell(session, now, actions.locked(session, record.action_id), record)
    session.flush()
    pulse_answers_table(record.storage).drop(session.connection(), checkfirst=True)
    return True


def give_up(session: Session, now: datetime, pulse_id: str) -> bool:
    """Destroys what was sent to a closing pulse unread, because its key is lost; false when there is nothing to do.

    It looks like every other result that is not shown.
    """
    return settle(session, now, pulse_id, CountedPulse(PulseResult(NOT_SHOWN, NOT_SHOWN), 0))


def purge(session: Session, now: datetime, pulse_id: str, keys: KeyFolder) -> bool:
    """Whether nothing secret of a closed pulse is left: keys destroyed, table gone. The residue was wiped before."""
    record = _locked(session, pulse_id)
    if record.state != PulseState.CLOSED:
        return False
    is_there = pulse_answers_table(record.storage).name in inspect(session.connection()).get_table_names()
    if is_there or not keys.destroy(pulse_id):
        return False
    record.purged_at = now
    return True


def words_of_result(outcome: Outcome, noticed: str, agreed: str) -> str:
    """What a pulse says, in sentences that quote the displayed shares alone. ``noticed``, ``agreed``: as kept."""
    if outcome is Outcome.NOT_SHOWN:
        return "A pulse asked those whom this is for. Its result is not shown, to protect the people who answered."
    said = [(Aspect.NOTICED, noticed), (Aspect.AGREED, agreed)]
    shares = [f"“{QUESTIONS[aspect]}” {_sentence(text)}" for aspect, text in said if text]
    return " ".join(("A pulse asked those whom this is for.", *shares))


def _tell(session: Session, now: datetime, action: ActionRecord, record: PulseRecord) -> None:
    """Enters the result into the history of the action, and opens it again where it is not felt."""
    outcome = Outcome(record.outcome)
    text = words_of_result(outcome, record.felt, record.agreed)
    before = ActionState(action.state)
    if outcome is Outcome.NOT_FELT and improvement.may_move(before, ActionState.NOT_FELT, Actor.GROUP):
        action.state = ActionState.NOT_FELT.value
        actions.enter(session, now, action, Happening(Actor.GROUP, BY, EntryKind.MOVED, text, before))
        return
    actions.enter(session, now, action, Happening(Actor.GROUP, BY, EntryKind.NOTE, text))


def _sentence(share: str) -> str:
    words = words_of(share)
    return f"{words[:1].upper()}{words[1:]} said yes."


def _open(blob: bytes, invitation: PulseInvitationRecord, opening_key: bytes) -> Answered | None:
    try:
        content = sealing.open_ballot(opening_key, blob)
        return from_envelope(content, invitation.pulse_id, invitation.party_id)
    except SealError:
        return None


def _locked(session: Session, pulse_id: str) -> PulseRecord:
    query = select(PulseRecord).where(PulseRecord.id == pulse_id)
    record = session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if record is None:
        raise NotFoundError("There is no such pulse.")
    return record
