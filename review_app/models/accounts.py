"""People who sign in: organisers and stewards. Respondents never have an account."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from review_app.models.base import Id, Model, Moment, new_id


class AccountRole(StrEnum):
    """What an account may do. An organiser sets reviews up; a steward guards the answers."""

    ORGANISER = "organiser"
    STEWARD = "steward"


class AccountRecord(Model):
    """One account; ``email_key`` is the address without case, spaces and Unicode twins.

    ``session_id`` stands in the cookies of those who are signed in; another one ends all of them.
    """

    __tablename__ = "accounts"
    __table_args__ = (CheckConstraint("role in ('organiser', 'steward')", name="role"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    email: Mapped[str] = mapped_column(String(320))
    email_key: Mapped[str] = mapped_column(String(320), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(20))
    password_hash: Mapped[str] = mapped_column(String(200))
    session_id: Mapped[str] = mapped_column(Id, unique=True, default=new_id)
    created_at: Mapped[datetime] = mapped_column(Moment)
