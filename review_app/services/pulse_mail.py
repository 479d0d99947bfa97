"""What the mails of a pulse say, whose link each brings, and when everybody is reminded: once.

The reminder goes to everyone, as nobody can see who has answered. That it was queued is told by the mails themselves.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from review_app.keys import KeyFolder
from review_app.models.accounts import AccountRecord
from review_app.models.actions import ActionRecord
from review_app.models.cycles import CycleRecord
from review_app.models.pulses import PulseInvitationRecord, PulseRecord
from review_app.services import outbox, pulse_answering
from review_app.services.cycles import roster
from review_app.services.errors import NotFoundError
from review_app.services.leasing import Leased
from review_app.services.occasions import Errand, PulseCall
from review_app.services.outbox import MailKind, Round
from surveys import sealing
from surveys.cycle import KeyMode
from surveys.groups import DisclosurePolicy
from surveys.mail_hours import ZONE
from surveys.pulse import PulseState
from surveys.working_days import working_days_before

PATH = "/p"
FIRST, REMINDER = 1, 2
WORKING_DAYS = 2
# Whoever was asked a day or two ago needs no mail that says it again.
KNOWN_FOR = timedelta(days=4)
# Later than this it would reach most people after the close.
LATEST = timedelta(hours=6)


def errand(session: Session, keys: KeyFolder, mail: Leased) -> Errand:
    """The mail to one person, with their link. Raises KeyMissingError, NotFoundError once the pulse has closed."""
    found = session.execute(
        select(PulseRecord, PulseInvitationRecord.id, ActionRecord, AccountRecord.name)
        .select_from(PulseRecord)
        .join(PulseInvitationRecord, PulseInvitationRecord.pulse_id == PulseRecord.id)
        .join(ActionRecord, ActionRecord.id == PulseRecord.action_id)
        .join(CycleRecord, CycleRecord.id == PulseRecord.cycle_id)
        .join(AccountRecord, AccountRecord.id == CycleRecord.steward_id)
        .where(
            PulseRecord.id == mail.about_id,
            PulseRecord.state == PulseState.OPEN.value,
            PulseInvitationRecord.contact_id == mail.contact_id,
        )
    ).one_or_none()
    if found is None:
        raise NotFoundError("There is no such pulse.")
    record, invitation_id, action, steward_name = found
    names = roster(session, record.cycle_id)
    call = PulseCall(
        chain_name=names.chain_name,
        title=action.title,
        for_whom=action.for_whom,
        owners=pulse_answering.owners_of(session, action.id, names.parties),
        steward_name=steward_name,
        closes_at=record.closes_at,
        is_two_key=record.key_mode == KeyMode.TWO_KEY,
        is_reminder=mail.number == REMINDER,
        policy=DisclosurePolicy(k=record.k),
    )
    return Errand(call, PATH, sealing.link_secret(keys.link_key(record.id), invitation_id, 0))


def due(session: Session, now: datetime) -> tuple[str, ...]:
    """The open pulses whose people are to be reminded now."""
    soon = select(PulseRecord).where(
        PulseRecord.state == PulseState.OPEN.value,
        PulseRecord.closes_at > now + LATEST,
        # Two working days are never more than four days.
        PulseRecord.closes_at < now + timedelta(days=5),
    )
    return tuple(
        record.id
        for record in session.scalars(soon)
        if now >= working_days_before(record.closes_at, WORKING_DAYS, ZONE)
        and record.closes_at - record.opened_at >= KNOWN_FOR
        and outbox.rounds(session, record.cycle_id, MailKind.PULSE, record.id) < REMINDER
    )


def remind(session: Session, now: datetime, pulse_id: str) -> int:
    """How many reminders were queued; 0 where another worker was faster, or the pulse has closed."""
    record = session.scalar(select(PulseRecord).where(PulseRecord.id == pulse_id).with_for_update())
    if record is None or pulse_id not in due(session, now):
        return 0
    asked = session.scalars(
        select(PulseInvitationRecord.contact_id).where(PulseInvitationRecord.pulse_id == pulse_id)
    )
    round_ = Round(record.cycle_id, MailKind.PULSE, REMINDER, pulse_id)
    return outbox.queue_errands(session, now, round_, list(asked))
