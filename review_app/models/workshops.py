"""Workshops on a published report: agenda, seats, and what is revealed, grouped, voted and settled on the day.

What somebody writes or votes is sealed until it is revealed or closed, in rows that name nobody; after that no row
tells whose it was. ``seats`` are who was invited, and nothing in them changes when somebody opens, writes or votes.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from review_app.models.base import Id, Model, Moment, new_id
from surveys.workshop import DOTS, Outcome, Stage, WorkshopState


class WorkshopRecord(Model):
    """One meeting on a cycle's reports.

    ``minutes``: how long it is to last. ``revision``: how often its calendar entry changed. ``version`` counts what
    everybody in the room can see change, and nothing else. ``topic_id``: what is on the screen now. ``stage_ends_at``:
    when its time runs out. ``checked_at``: when the facilitator let the minutes go out; ``minutes_sent``: what they
    said then, None before that.
    """

    __tablename__ = "workshops"
    __table_args__ = (
        CheckConstraint(
            "state in ('planned', 'invited', 'running', 'ended', 'recorded', 'cancelled')", name="state"
        ),
        CheckConstraint("minutes > 0", name="takes_time"),
        CheckConstraint("dots > 0", name="has_dots"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    cycle_id: Mapped[str] = mapped_column(ForeignKey("cycles.id"), index=True)
    facilitator_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"))
    title: Mapped[str] = mapped_column(String(200))
    begins_at: Mapped[datetime] = mapped_column(Moment)
    minutes: Mapped[int]
    place: Mapped[str] = mapped_column(String(300), default="")
    call_link: Mapped[str] = mapped_column(String(500), default="")
    state: Mapped[str] = mapped_column(String(20), default=WorkshopState.PLANNED.value)
    dots: Mapped[int] = mapped_column(default=DOTS)
    revision: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=0)
    topic_id: Mapped[str | None] = mapped_column(Id)
    stage_ends_at: Mapped[datetime | None] = mapped_column(Moment)
    created_at: Mapped[datetime] = mapped_column(Moment)
    began_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    checked_at: Mapped[datetime | None] = mapped_column(Moment)
    minutes_sent: Mapped[str | None] = mapped_column(Text)


class WorkshopPartyRecord(Model):
    """An organisation that is invited, and whether it was there, as the facilitator or one of its people said.

    ``role``: what it was in the chain when it was invited; a later change of the chain moves nobody's turn to vote.
    """

    __tablename__ = "workshop_parties"
    __table_args__ = (
        CheckConstraint(
            "role in ('commissioner', 'prime', 'subcontractor', 'specialist', 'spot_provider')", name="role"
        ),
    )

    workshop_id: Mapped[str] = mapped_column(ForeignKey("workshops.id"), primary_key=True)
    party_id: Mapped[str] = mapped_column(ForeignKey("parties.id"), primary_key=True)
    role: Mapped[str] = mapped_column(String(20))
    was_there: Mapped[bool] = mapped_column(default=False)


class SeatRecord(Model):
    """One person who is invited. ``verifier``: of the link; None until the first mail that brings one is sent.

    ``link_number``: how often the facilitator has replaced the link. ``is_taken_away``: it opens nothing any more.
    """

    __tablename__ = "workshop_seats"
    __table_args__ = (UniqueConstraint("workshop_id", "contact_id"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    workshop_id: Mapped[str] = mapped_column(ForeignKey("workshops.id"), index=True)
    contact_id: Mapped[str] = mapped_column(ForeignKey("contacts.id"))
    party_id: Mapped[str] = mapped_column(ForeignKey("parties.id"))
    verifier: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    link_number: Mapped[int] = mapped_column(default=0)
    is_taken_away: Mapped[bool] = mapped_column(default=False)


class TopicRecord(Model):
    """One thing to talk about.

    ``finding_id``, ``subject``, ``question_id``: where it stands in the report, "" for none. ``practices``: their ids
    with blanks between. ``reason``: why it stands where it stands, in words of displayed values. ``rank``: the priority
    that the room gave it, from 1; None for none. ``because``: why it will not be done. ``arranged_before``: which notes
    belonged together before the last change, to undo it; "" for none.
    """

    __tablename__ = "workshop_topics"
    __table_args__ = (
        CheckConstraint("kind in ('promise', 'finding', 'gap', 'own')", name="kind"),
        CheckConstraint(
            "stage in ('waiting', 'writing', 'revealed', 'voting_first', 'voting_all', 'voted')", name="stage"
        ),
        CheckConstraint("outcome in ('open', 'decided', 'wont', 'parked')", name="outcome"),
        CheckConstraint("outcome <> 'wont' or because <> ''", name="wont_says_why"),
        CheckConstraint("minutes > 0", name="takes_time"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    workshop_id: Mapped[str] = mapped_column(ForeignKey("workshops.id"), index=True)
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))
    finding_id: Mapped[str] = mapped_column(String(200), default="")
    subject: Mapped[str] = mapped_column(String(40), default="")
    question_id: Mapped[str] = mapped_column(String(100), default="")
    practices: Mapped[str] = mapped_column(String(300), default="")
    title: Mapped[str] = mapped_column(String(300))
    reason: Mapped[str] = mapped_column(String(1000), default="")
    minutes: Mapped[int]
    stage: Mapped[str] = mapped_column(String(20), default=Stage.WAITING.value)
    outcome: Mapped[str] = mapped_column(String(20), default=Outcome.OPEN.value)
    decision: Mapped[str] = mapped_column(String(2000), default="")
    because: Mapped[str] = mapped_column(String(1000), default="")
    rank: Mapped[int | None]
    arranged_before: Mapped[str] = mapped_column(Text, default="")


class NoteGroupRecord(Model):
    """Notes that belong together, and what the organisations can give dots to.

    ``band``, ``place``: what of the vote everybody may see, "" and None before it is closed and where too few voted.
    """

    __tablename__ = "workshop_groups"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    topic_id: Mapped[str] = mapped_column(ForeignKey("workshop_topics.id"), index=True)
    position: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    band: Mapped[str] = mapped_column(String(20), default="")
    place: Mapped[int | None]


class NoteRecord(Model):
    """One revealed note under a random id: no key to its writer or to the writer's other notes, and no time."""

    __tablename__ = "workshop_notes"
    __table_args__ = ({"sqlite_with_rowid": False},)

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    topic_id: Mapped[str] = mapped_column(ForeignKey("workshop_topics.id"), index=True)
    group_id: Mapped[str | None] = mapped_column(ForeignKey("workshop_groups.id"))
    text: Mapped[str] = mapped_column(Text)


class ParkedRecord(Model):
    """Something for another time, kept so that it is not lost."""

    __tablename__ = "workshop_parked"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    workshop_id: Mapped[str] = mapped_column(ForeignKey("workshops.id"), index=True)
    position: Mapped[int]
    text: Mapped[str] = mapped_column(String(500))


class SealedInWorkshopRecord(Model):
    """A note that is not revealed, or an organisation's dots before the vote is closed: an id and a blob of one size.

    The id is derived from the workshop's key and stays when a link is replaced; without the key folder it names nobody.
    """

    __tablename__ = "workshop_sealed"
    __table_args__ = ({"sqlite_with_rowid": False},)

    id: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    workshop_id: Mapped[str] = mapped_column(ForeignKey("workshops.id"), index=True)
    blob: Mapped[bytes] = mapped_column(LargeBinary)
