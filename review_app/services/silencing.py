"""Nothing more is mailed to somebody who asked the steward to be left out. Everything else stays as it is.

Who it is can be told with the cycle's link key alone: the organiser, and whoever reads the database or a backup, must
not see it. So a mail to such a person is queued like every other and dropped when it would be sent.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from review_app.models.cycles import InvitationRecord
from review_app.models.requests import SilenceRecord
from surveys import sealing


def silence(session: Session, link_key: bytes, invitations: Iterable[InvitationRecord]) -> None:
    """Stops the mails to these people. It may be done again."""
    for invitation in invitations:
        id_ = sealing.silence_id(link_key, invitation.id, invitation.link_number)
        if session.get(SilenceRecord, id_) is None:
            session.add(SilenceRecord(id=id_, cycle_id=invitation.cycle_id))


def resume(session: Session, link_key: bytes, invitation: InvitationRecord) -> None:
    """Mails this person again."""
    id_ = sealing.silence_id(link_key, invitation.id, invitation.link_number)
    session.execute(delete(SilenceRecord).where(SilenceRecord.id == id_))


def silenced(session: Session, cycle_id: str) -> frozenset[str]:
    """What ``is_silenced`` looks into: the ids of a cycle's silences."""
    return frozenset(session.scalars(select(SilenceRecord.id).where(SilenceRecord.cycle_id == cycle_id)))


def is_silenced(silences: frozenset[str], link_key: bytes, invitation_id: str, link_number: int) -> bool:
    """Whether nothing more is mailed to the owner of a link. A replaced link begins anew: its owner may be another."""
    return sealing.silence_id(link_key, invitation_id, link_number) in silences
