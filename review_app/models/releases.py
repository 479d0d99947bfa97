"""What a close leaves behind: the release, the separated comments and, once published, the report."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from review_app.models.base import Id, Model, Moment, new_id


class ReleaseRecord(Model):
    """The displayed values of a closed cycle, audited, as canonical bytes."""

    __tablename__ = "releases"

    cycle_id: Mapped[str] = mapped_column(ForeignKey("cycles.id"), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class CommentVerdict(StrEnum):
    """What the steward decided about one comment."""

    WAITING = "waiting"
    QUOTED = "quoted"
    KEPT_BACK = "kept_back"


class CommentRecord(Model):
    """One comment, a row of its own under a random id: no key to its writer or to the writer's other comments.

    ``pool_id`` is "" where too few people answered for any comment to be released. ``text`` is emptied 30 days
    after the release.
    """

    __tablename__ = "comments"
    __table_args__ = (
        CheckConstraint("verdict in ('waiting', 'quoted', 'kept_back')", name="verdict"),
        {"sqlite_with_rowid": False},
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    cycle_id: Mapped[str] = mapped_column(ForeignKey("cycles.id"), index=True)
    subject: Mapped[str] = mapped_column(String(40))
    section_id: Mapped[str] = mapped_column(String(60))
    pool_id: Mapped[str] = mapped_column(String(60))
    pool_title: Mapped[str] = mapped_column(String(300))
    choice: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text)
    verdict: Mapped[str] = mapped_column(String(20), default=CommentVerdict.WAITING.value)
    released_text: Mapped[str] = mapped_column(Text, default="")


class SummaryRecord(Model):
    """The steward's summary of the comments of one pool on one element."""

    __tablename__ = "summaries"
    __table_args__ = ({"sqlite_with_rowid": False},)

    cycle_id: Mapped[str] = mapped_column(ForeignKey("cycles.id"), primary_key=True)
    subject: Mapped[str] = mapped_column(String(40), primary_key=True)
    section_id: Mapped[str] = mapped_column(String(60), primary_key=True)
    pool_id: Mapped[str] = mapped_column(String(60), primary_key=True)
    pool_title: Mapped[str] = mapped_column(String(300))
    text: Mapped[str] = mapped_column(Text)


class ReportRecord(Model):
    """A report: a snapshot as canonical bytes, and their SHA-256 in hex.

    ``subject``: the one partner that it is about; "" for the report on the prime and the chain. Made once, it waits for
    the replies of those whom it is about; with them it is published (``published_at``) and never changes again.
    """

    __tablename__ = "reports"

    cycle_id: Mapped[str] = mapped_column(ForeignKey("cycles.id"), primary_key=True)
    subject: Mapped[str] = mapped_column(String(40), primary_key=True, default="")
    content: Mapped[bytes] = mapped_column(LargeBinary)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime] = mapped_column(Moment)
    published_at: Mapped[datetime | None] = mapped_column(Moment)


class ReplyRecord(Model):
    """What the organisation that a report is about replies to one finding; the publication puts it into the report.

    ``held_for``: why the steward holds it back, None where it is to be printed. ``last_held``: the digest of the text
    that the steward held back last, and ``last_held_for`` why, so that it comes back held if it is written again; the
    row of a held reply that was taken back stays for that, without a text. The publication empties what is held.
    """

    __tablename__ = "replies"
    __table_args__ = (
        ForeignKeyConstraint(["cycle_id", "subject"], ["reports.cycle_id", "reports.subject"]),
        CheckConstraint("held_for in ('points', 'presses')", name="held_for"),
        CheckConstraint("last_held_for in ('points', 'presses')", name="last_held_for"),
    )

    cycle_id: Mapped[str] = mapped_column(Id, primary_key=True)
    subject: Mapped[str] = mapped_column(String(40), primary_key=True)
    finding_id: Mapped[str] = mapped_column(String(200), primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    promise: Mapped[str] = mapped_column(Text)
    replied_at: Mapped[datetime] = mapped_column(Moment)
    held_for: Mapped[str | None] = mapped_column(String(20))
    last_held_for: Mapped[str | None] = mapped_column(String(20))
    last_held: Mapped[str | None] = mapped_column(String(64))
