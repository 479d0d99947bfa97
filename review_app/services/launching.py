"""The launch: the design is frozen, keys and invitations are made and the mail is queued, in one transaction."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import insert
from sqlalchemy.orm import Session

from review_app.keys import KeyFolder
from review_app.models.ballots import sealed_tables
from review_app.models.base import new_id
from review_app.models.cycles import AssignmentRecord, CycleRecord, InvitationRecord
from review_app.models.outbox import MailKind
from review_app.services import approving, chains, cycles, outbox, previews, readers
from review_app.services.errors import NotYetError
from review_app.services.previews import Preview
from review_app.services.rosters import roster_to_text
from surveys import answers, sealing
from surveys.chain import Chain
from surveys.cycle import CycleState, KeyMode, move
from surveys.errors import CycleFaultsError, Fault
from surveys.instrument import Instrument
from surveys.matrix import Assignment, Plan, assign
from surveys.timing import MOST_MINUTES

# What a ballot holds beside the answers: subject, group and organisation, as JSON.
ENVELOPE_BYTES = 400


@dataclass(frozen=True, slots=True)
class Launched:
    """What a launch made."""

    cycle_id: str
    invitations: int
    assignments: int


def launch(
    session: Session, now: datetime, cycle_id: str, *, keys: KeyFolder, shortest: timedelta
) -> Launched:
    """Opens an approved draft.

    Raises NotYetError without the steward's approval of exactly this design and roster, CycleFaultsError when the
    design no longer fits the moment, nothing could be reported, or something that people read has no Welsh.
    """
    record = cycles.editable(session, cycle_id)
    chain = chains.load(session, record.chain_id)
    if record.approval is None or record.approval != approving.approval_digest(record, chain):
        raise NotYetError("The steward has not approved this review as it is now.")
    design = cycles.design_of(record)
    cycles.check_design(session, now, cycle_id, design, shortest)
    _check_preview(previews.preview(session, cycle_id), design.long_reason)
    assignments = assign(chain, design.plan, design.instrument.voices).assignments
    link_key = sealing.new_link_key()
    keys.keep_link_key(cycle_id, link_key)
    if design.key_mode is KeyMode.ONE_HOST:
        pair = sealing.new_key_pair()
        keys.keep_opening_key(cycle_id, pair.opening)
        record.sealing_key = pair.sealing
    _open(session, now, record, design.instrument)
    record.roster = roster_to_text(chain)
    readers.enlist(session, record, chain)
    groups = _groups_of_people(chain, design.plan)
    invitations = _invite(session, cycle_id, link_key, assignments, groups)
    record.asked = len(assignments)
    session.flush()
    # Whoever has not been asked to check the list yet need not be any more.
    outbox.cancel_kind(session, cycle_id, MailKind.ROSTER_CHECK)
    outbox.queue_for_all(session, now, cycle_id, MailKind.INVITATION)
    return Launched(cycle_id, invitations, len(assignments))


def _open(session: Session, now: datetime, record: CycleRecord, instrument: Instrument) -> None:
    record.state = move(CycleState(record.state), CycleState.OPEN).value
    record.opened_at = now
    record.received_on = now.date()
    record.storage = secrets.token_hex(8)
    record.sealed_size = sealing.padded_size(answers.largest_size(instrument) + ENVELOPE_BYTES)
    connection = session.connection()
    for table in sealed_tables(record.storage):
        table.create(connection)


def _groups_of_people(chain: Chain, plan: Plan) -> dict[str, str]:
    """The group that each person is in, whatever they are asked about, by contact id."""
    return {
        contact.id: group.id
        for party in chain.parties
        if (group := plan.group_of(party)) is not None
        for contact in party.contacts
    }


def _invite(
    session: Session,
    cycle_id: str,
    link_key: bytes,
    assignments: tuple[Assignment, ...],
    groups: Mapping[str, str],
) -> int:
    by_contact: dict[str, list[Assignment]] = {}
    for assignment in assignments:
        by_contact.setdefault(assignment.contact_id, []).append(assignment)
    ids = {contact_id: new_id() for contact_id in by_contact}
    invitations = [
        {
            "id": ids[contact_id],
            "cycle_id": cycle_id,
            "contact_id": contact_id,
            "party_id": own[0].party_id,
            "group_id": groups[contact_id],
            "verifier": sealing.verifier(sealing.link_secret(link_key, ids[contact_id], 0)),
            "link_number": 0,
        }
        for contact_id, own in by_contact.items()
    ]
    reviews = [
        {
            "id": new_id(),
            "invitation_id": ids[contact_id],
            "position": position,
            "subject": assignment.subject,
            "voice": assignment.voice.value,
            "group_id": assignment.group_id,
            "about_id": assignment.about_id,
        }
        for contact_id, own in by_contact.items()
        for position, assignment in enumerate(own)
    ]
    # Plain rows, one statement for each table: objects for ten thousand people take several times as long.
    for record, rows in ((InvitationRecord, invitations), (AssignmentRecord, reviews)):
        if rows:
            session.execute(insert(record), rows)
    return len(by_contact)


def _check_preview(preview: Preview, long_reason: str) -> None:
    faults = list(preview.untranslated)
    if not preview.is_reportable:
        message = "Nothing could be reported: too few people or organisations are asked."
        faults.append(Fault("groups", message, "Add contacts to the chain, or join groups."))
    if not preview.budget.is_kept and not long_reason:
        message = (
            f"Somebody is asked for about {preview.budget.longest} minutes; {MOST_MINUTES} are the most."
        )
        mend = "Choose a shorter questionnaire, fewer perspectives or a lower cap, or give a reason."
        faults.append(Fault("long_reason", message, mend))
    if faults:
        raise CycleFaultsError(faults)
