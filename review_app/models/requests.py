"""What people ask for while a review is open: sealed, of one size, with nothing beside it that says who or when."""

from __future__ import annotations

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from review_app.models.base import Id, Model, new_id

# Without rowid, SQLite keeps the rows in the order of their ids: nothing tells which came first.
_UNORDERED = {"sqlite_with_rowid": False}


class StewardRequestRecord(Model):
    """What a respondent asks of the steward, sealed under the cycle's link key. It goes at the close, with that key."""

    __tablename__ = "steward_requests"
    __table_args__ = (_UNORDERED,)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    cycle_id: Mapped[str] = mapped_column(ForeignKey("cycles.id"), index=True)
    blob: Mapped[bytes] = mapped_column(LargeBinary)


class SilenceRecord(Model):
    """That the steward has stopped the mails to somebody; the id says to whom, to the holder of the link key alone."""

    __tablename__ = "silences"
    __table_args__ = (_UNORDERED,)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    cycle_id: Mapped[str] = mapped_column(ForeignKey("cycles.id"), index=True)


class LinkRequestRecord(Model):
    """An address, sealed, whose owner may be asked to answer; it goes as soon as the worker has looked."""

    __tablename__ = "link_requests"
    __table_args__ = (_UNORDERED,)

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    blob: Mapped[bytes] = mapped_column(LargeBinary)
