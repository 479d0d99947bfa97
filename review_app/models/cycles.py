"""Cycles with their invitations and assignments: who is asked, never who has answered.

Nothing in these tables changes when a person opens a link, drafts, answers or withdraws. There is no
column for it, and a test holds that there never is.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from review_app.models.base import Id, Model, Moment, new_id
from surveys.cycle import CycleState


class CycleRecord(Model):
    """One 360 review of a chain. What a launch freezes is kept here whole, as text that nothing changes later.

    ``instrument``, ``plan`` and ``roster`` (what the chain and its parties were called at the launch): JSON.
    ``sealing_key``: PK. ``storage``: the tag in the names of the cycle's sealed
    tables. ``received_shown``: the one figure of an open cycle, rounded down to fives, as of
    ``received_on``. ``approval``: the digest of the draft that the steward approved.
    ``long_reason``: why somebody is asked for more than twenty minutes. ``cloned_from``: the cycle whose design this
    one began as. ``languages``: the codes of those in which people are asked, with commas between them.
    ``long_reason_welsh``: the same reason in Welsh.
    ``publish_after_days``: how long after the close the reports go to everybody; None: when the steward releases them.
    ``roster_code``: the last part of the address where partners may ask the steward for a correction.
    """

    __tablename__ = "cycles"
    __table_args__ = (
        CheckConstraint("state in ('draft', 'open', 'closing', 'closed', 'published')", name="state"),
        CheckConstraint("key_mode in ('two_key', 'one_host')", name="key_mode"),
        CheckConstraint("k >= 5", name="k_never_lowered"),
        CheckConstraint(
            "state = 'draft' or (opened_at is not null and storage is not null)", name="launched_whole"
        ),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    chain_id: Mapped[str] = mapped_column(ForeignKey("chains.id"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(20), default=CycleState.DRAFT.value)
    instrument_id: Mapped[str] = mapped_column(String(100))
    instrument_version: Mapped[int]
    instrument: Mapped[str] = mapped_column(Text)
    plan: Mapped[str] = mapped_column(Text)
    k: Mapped[int]
    closes_at: Mapped[datetime] = mapped_column(Moment)
    key_mode: Mapped[str] = mapped_column(String(20))
    organiser_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"))
    steward_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), index=True)
    too_soon_reason: Mapped[str] = mapped_column(String(500), default="")
    approval: Mapped[str | None] = mapped_column(String(64))
    roster: Mapped[str] = mapped_column(Text, default="{}")
    long_reason: Mapped[str] = mapped_column(String(300), default="")
    languages: Mapped[str] = mapped_column(String(20), default="en", server_default="en")
    long_reason_welsh: Mapped[str] = mapped_column(String(300), default="", server_default="")
    publish_after_days: Mapped[int | None]
    publication: Mapped[str] = mapped_column(String(20), default="usual", server_default="usual")
    counted_by: Mapped[str] = mapped_column(String(20), default="person", server_default="person")
    cloned_from: Mapped[str | None] = mapped_column(Id)
    roster_code: Mapped[str | None] = mapped_column(Id, index=True, unique=True)
    created_at: Mapped[datetime] = mapped_column(Moment)
    sealing_key: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    storage: Mapped[str | None] = mapped_column(String(32), unique=True)
    sealed_size: Mapped[int | None]
    opened_at: Mapped[datetime | None] = mapped_column(Moment)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    purged_at: Mapped[datetime | None] = mapped_column(Moment)
    asked: Mapped[int] = mapped_column(default=0)
    received_shown: Mapped[int] = mapped_column(default=0)
    received_on: Mapped[date | None] = mapped_column(Date)
    invitations: Mapped[list[InvitationRecord]] = relationship(lazy="raise", cascade="all, delete-orphan")


class InvitationRecord(Model):
    """One person asked in one cycle. It holds a verifier of the link, never the link.

    ``link_number``: how often the steward has replaced the link, because the address was wrong.
    """

    __tablename__ = "invitations"
    __table_args__ = (UniqueConstraint("cycle_id", "contact_id"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    cycle_id: Mapped[str] = mapped_column(ForeignKey("cycles.id"), index=True)
    contact_id: Mapped[str] = mapped_column(ForeignKey("contacts.id"))
    party_id: Mapped[str] = mapped_column(ForeignKey("parties.id"))
    group_id: Mapped[str] = mapped_column(String(60))
    verifier: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    link_number: Mapped[int] = mapped_column(default=0, server_default="0")
    assignments: Mapped[list[AssignmentRecord]] = relationship(
        lazy="raise", cascade="all, delete-orphan", order_by="AssignmentRecord.position"
    )


class AssignmentRecord(Model):
    """One review asked of one person: a subject in a voice, counted in a group.

    ``about_id``: the one party that the wording names, "" for none.
    """

    __tablename__ = "assignments"
    __table_args__ = (UniqueConstraint("invitation_id", "subject"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    invitation_id: Mapped[str] = mapped_column(ForeignKey("invitations.id"), index=True)
    position: Mapped[int]
    subject: Mapped[str] = mapped_column(String(40))
    voice: Mapped[str] = mapped_column(String(40))
    group_id: Mapped[str] = mapped_column(String(60))
    about_id: Mapped[str] = mapped_column(Id, default="")
