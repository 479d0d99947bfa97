"""Improvement actions: what will be different, who owns and verifies it, and everything that happened to it.

``action_entries`` are written once: the database itself refuses to change or remove one.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from review_app.models.base import Id, Model, Moment, new_id
from surveys.improvement import ActionState


class ActionRecord(Model):
    """One action of a chain. ``number``: what people call it by.

    ``title``: what will be different, ``for_whom``: for whom. ``practices``: their ids with blanks between.
    ``finding_id``, ``subject``, ``question_id``: the finding that it came from and the statement that it is to move,
    "" for none. ``vote``: what everybody may see of the vote that it came from, in words. ``measure``: by what it
    will be known, ``baseline``: what that is today. ``reason``: why it was declined.
    """

    __tablename__ = "actions"
    __table_args__ = (
        UniqueConstraint("chain_id", "number"),
        CheckConstraint(
            "state in ('proposed', 'accepted', 'in_progress', 'done', 'verified', 'not_felt', 'declined')",
            name="state",
        ),
        CheckConstraint("state <> 'declined' or reason <> ''", name="declined_says_why"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    chain_id: Mapped[str] = mapped_column(ForeignKey("chains.id"), index=True)
    cycle_id: Mapped[str] = mapped_column(ForeignKey("cycles.id"), index=True)
    workshop_id: Mapped[str | None] = mapped_column(ForeignKey("workshops.id"), index=True)
    topic_id: Mapped[str | None] = mapped_column(ForeignKey("workshop_topics.id"))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(300))
    for_whom: Mapped[str] = mapped_column(String(300))
    practices: Mapped[str] = mapped_column(String(300), default="")
    finding_id: Mapped[str] = mapped_column(String(200), default="")
    subject: Mapped[str] = mapped_column(String(40), default="")
    question_id: Mapped[str] = mapped_column(String(100), default="")
    vote: Mapped[str] = mapped_column(String(300), default="")
    state: Mapped[str] = mapped_column(String(20), default=ActionState.PROPOSED.value)
    due: Mapped[date] = mapped_column(Date)
    measure: Mapped[str] = mapped_column(String(300), default="")
    baseline: Mapped[str] = mapped_column(String(300), default="")
    verifier_id: Mapped[str] = mapped_column(ForeignKey("action_people.id"), index=True)
    reason: Mapped[str] = mapped_column(String(1000), default="")
    created_at: Mapped[datetime] = mapped_column(Moment)


class ActionPersonRecord(Model):
    """Somebody of a chain who owns or verifies actions, by one link that opens these alone.

    ``verifier``: of the link; None until the first mail that brings one is sent. ``link_number``: how often the link
    was replaced. ``revoked_at``: since when it opens nothing; None while it does.
    """

    __tablename__ = "action_people"
    __table_args__ = (UniqueConstraint("chain_id", "contact_id"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    chain_id: Mapped[str] = mapped_column(ForeignKey("chains.id"), index=True)
    contact_id: Mapped[str] = mapped_column(ForeignKey("contacts.id"))
    party_id: Mapped[str] = mapped_column(ForeignKey("parties.id"))
    verifier: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    link_number: Mapped[int] = mapped_column(default=0)
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)


class ActionOwnerRecord(Model):
    """One owner of an action; joint owners are of two organisations. ``accepted_at``: None until they have accepted."""

    __tablename__ = "action_owners"

    action_id: Mapped[str] = mapped_column(ForeignKey("actions.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("action_people.id"), primary_key=True, index=True)
    accepted_at: Mapped[datetime | None] = mapped_column(Moment)


class ActionStepRecord(Model):
    """One step on the way."""

    __tablename__ = "action_steps"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    action_id: Mapped[str] = mapped_column(ForeignKey("actions.id"), index=True)
    position: Mapped[int]
    text: Mapped[str] = mapped_column(String(300))
    is_done: Mapped[bool] = mapped_column(default=False)


class ActionEntryRecord(Model):
    """One thing that happened to an action, for ever. ``by``: who did it, in the words of that moment.

    ``before``, ``after``: the states that a move led from and to, "" where the entry is no move.
    """

    __tablename__ = "action_entries"
    __table_args__ = (
        UniqueConstraint("action_id", "position"),
        CheckConstraint(
            "kind in ('created', 'moved', 'note', 'help', 'step', 'evidence', 'changed')", name="kind"
        ),
        CheckConstraint("actor in ('owner', 'verifier', 'organiser', 'group')", name="actor"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    action_id: Mapped[str] = mapped_column(ForeignKey("actions.id"), index=True)
    position: Mapped[int]
    at: Mapped[datetime] = mapped_column(Moment)
    actor: Mapped[str] = mapped_column(String(20))
    by: Mapped[str] = mapped_column(String(400))
    kind: Mapped[str] = mapped_column(String(20))
    before: Mapped[str] = mapped_column(String(20), default="")
    after: Mapped[str] = mapped_column(String(20), default="")
    text: Mapped[str] = mapped_column(Text, default="")


class EvidenceRecord(Model):
    """A file or a link that shows that something was done, and the entry that brought it.

    ``stored_as``: the random name of a file, "" for a link. ``size``: bytes; ``digest``: SHA-256 in hex.
    ``scan``: what the operator's scanner said; a file that waits or is refused is handed to nobody.
    """

    __tablename__ = "action_evidence"
    __table_args__ = (
        CheckConstraint("scan in ('waiting', 'passed', 'refused')", name="scan"),
        CheckConstraint("(stored_as = '') = (address <> '')", name="file_or_link"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    action_id: Mapped[str] = mapped_column(ForeignKey("actions.id"), index=True)
    entry_id: Mapped[str] = mapped_column(ForeignKey("action_entries.id"))
    name: Mapped[str] = mapped_column(String(200))
    address: Mapped[str] = mapped_column(String(1000), default="")
    stored_as: Mapped[str] = mapped_column(String(40), default="")
    media_type: Mapped[str] = mapped_column(String(100), default="")
    size: Mapped[int] = mapped_column(default=0)
    digest: Mapped[str] = mapped_column(String(64), default="")
    scan: Mapped[str] = mapped_column(String(20), default="passed")
