"""Those who get the reports of a cycle by a link of their own. Nothing changes here when somebody opens or reads."""

from __future__ import annotations

from sqlalchemy import ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from review_app.models.base import Id, Model, new_id


class ReaderRecord(Model):
    """One contact of the list that a cycle was launched with, and what of its reports is theirs.

    ``reads_partners``: the reports on all single partners too. ``verifier``: of the link; None until the first mail
    that brings one is sent.
    """

    __tablename__ = "readers"
    __table_args__ = (UniqueConstraint("cycle_id", "contact_id"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    cycle_id: Mapped[str] = mapped_column(ForeignKey("cycles.id"), index=True)
    contact_id: Mapped[str] = mapped_column(ForeignKey("contacts.id"))
    party_id: Mapped[str] = mapped_column(ForeignKey("parties.id"))
    reads_partners: Mapped[bool]
    verifier: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
