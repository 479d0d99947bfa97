"""Pulses: two sealed questions to those whom an action was for, under the rules of a review.

Their answers lie in sealed tables of their own, as (id, blob), which the close drops. Nothing here changes when
somebody opens a link or answers.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from review_app.models.base import Id, Model, Moment, new_id


class PulseRecord(Model):
    """One pulse on one action.

    ``storage``: the tag in the name of its sealed table; ``sealing_key``: PK. ``asked``: how many people;
    ``asked_groups``: the ids of their groups in the plan of the review, with blanks between. ``felt``, ``agreed``: the
    displayed shares of both questions ("0-40", in per cent), "" before the close and where too few answered.
    """

    __tablename__ = "pulses"
    __table_args__ = (
        CheckConstraint("state in ('open', 'closing', 'closed')", name="state"),
        CheckConstraint("outcome in ('', 'felt', 'not_felt', 'between', 'not_shown')", name="outcome"),
        CheckConstraint("key_mode in ('two_key', 'one_host')", name="key_mode"),
        CheckConstraint("k >= 5", name="k_never_lowered"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    action_id: Mapped[str] = mapped_column(ForeignKey("actions.id"), index=True)
    cycle_id: Mapped[str] = mapped_column(ForeignKey("cycles.id"), index=True)
    state: Mapped[str] = mapped_column(String(20), default="open")
    k: Mapped[int]
    key_mode: Mapped[str] = mapped_column(String(20))
    storage: Mapped[str] = mapped_column(String(32), unique=True)
    sealing_key: Mapped[bytes] = mapped_column(LargeBinary(32))
    asked: Mapped[int]
    asked_groups: Mapped[str] = mapped_column(Text)
    opened_at: Mapped[datetime] = mapped_column(Moment)
    closes_at: Mapped[datetime] = mapped_column(Moment)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    purged_at: Mapped[datetime | None] = mapped_column(Moment)
    outcome: Mapped[str] = mapped_column(String(20), default="")
    felt: Mapped[str] = mapped_column(String(40), default="")
    agreed: Mapped[str] = mapped_column(String(40), default="")


class PulseInvitationRecord(Model):
    """One person who is asked in a pulse. It holds a verifier of the link, never the link."""

    __tablename__ = "pulse_invitations"
    __table_args__ = (UniqueConstraint("pulse_id", "contact_id"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    pulse_id: Mapped[str] = mapped_column(ForeignKey("pulses.id"), index=True)
    contact_id: Mapped[str] = mapped_column(ForeignKey("contacts.id"))
    party_id: Mapped[str] = mapped_column(ForeignKey("parties.id"))
    verifier: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
