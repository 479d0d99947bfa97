"""The installation's own instruments: drafts, and finished versions that never change."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from review_app.models.base import Id, Model, Moment, new_id


class InstrumentRecord(Model):
    """One version of an own instrument.

    ``content``: the JSON of ``surveys.library.to_mapping``; a draft's may have faults. ``copied_from``: the id and
    version that it began as ("whole-code 1"), "" for an imported one.
    """

    __tablename__ = "instruments"
    __table_args__ = (
        UniqueConstraint("instrument_id", "version"),
        CheckConstraint("state in ('draft', 'finished')", name="state"),
        CheckConstraint("version >= 1", name="version"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    instrument_id: Mapped[str] = mapped_column(String(40))
    version: Mapped[int]
    title: Mapped[str] = mapped_column(String(300))
    state: Mapped[str] = mapped_column(String(20))
    content: Mapped[str] = mapped_column(Text)
    copied_from: Mapped[str] = mapped_column(String(60))
    created_at: Mapped[datetime] = mapped_column(Moment)
    changed_at: Mapped[datetime] = mapped_column(Moment)
    changed_by: Mapped[str] = mapped_column(ForeignKey("accounts.id"))
