"""What the steward and partners say about a roster before the launch.

A request of a partner has no time and no sender: the rows stand in the order of their random ids.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from review_app.models.base import Id, Model, Moment, new_id


class RosterChallengeRecord(Model):
    """Something that the steward asks the organiser to explain or mend before the launch."""

    __tablename__ = "roster_challenges"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    cycle_id: Mapped[str] = mapped_column(ForeignKey("cycles.id"), index=True)
    about: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(String(1000))
    reply: Mapped[str] = mapped_column(String(1000), default="")
    is_settled: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(Moment)


class RosterRequestRecord(Model):
    """What a partner asks the steward to correct. Nobody but the steward sees it."""

    __tablename__ = "roster_requests"
    __table_args__ = ({"sqlite_with_rowid": False},)

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    cycle_id: Mapped[str] = mapped_column(ForeignKey("cycles.id"), index=True)
    organisation: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(String(1000))
    is_done: Mapped[bool] = mapped_column(default=False)
