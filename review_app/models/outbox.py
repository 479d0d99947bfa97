"""The transactional outbox: what mail is owed to whom, and its state. Never a text, a link or an answer."""

from __future__ import annotations

import secrets
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from review_app.models.base import Id, Model, Moment, new_id


class MailKind(StrEnum):
    """What a mail is for."""

    ROSTER_CHECK = "roster_check"
    INVITATION = "invitation"
    REMINDER = "reminder"
    CLOSING_SOON = "closing_soon"
    EXTENDED = "extended"
    LINK_AGAIN = "link_again"
    NEW_LINK = "new_link"
    REPORT_READY = "report_ready"
    PUBLISHED = "published"
    WORKSHOP = "workshop"
    WORKSHOP_OFF = "workshop_off"
    MINUTES = "minutes"
    ACTION = "action"
    ACTION_DUE = "action_due"
    ACTION_DONE = "action_done"
    ACTION_DIGEST = "action_digest"
    PULSE = "pulse"

    @property
    def carries_link(self) -> bool:
        """Whether the mail brings or repeats a respondent's own link, so that there is an invitation behind it."""
        return self in _WITH_LINK


_WITH_LINK = frozenset(
    {
        MailKind.INVITATION,
        MailKind.REMINDER,
        MailKind.CLOSING_SOON,
        MailKind.EXTENDED,
        MailKind.LINK_AGAIN,
        MailKind.NEW_LINK,
    }
)


class MailState(StrEnum):
    """Where a mail is. ``SENDING`` is a lease: when it runs out the mail is sent again."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    CANCELLED = "cancelled"


class MailDelivery(StrEnum):
    """What became of a mail after its server took it, as far as other servers told. Never whether it was read.

    It is kept at the mail that brought the link, and nowhere else (decision 10).
    """

    UNKNOWN = "unknown"
    DELAYED = "delayed"
    DELIVERED = "delivered"
    BOUNCED = "bounced"


def new_return_token() -> str:
    """128 random bits in lower-case hex: an address keeps them whole, whatever a server does to its letters."""
    return secrets.token_hex(16)


class MailRecord(Model):
    """One mail owed to a contact. ``problem`` is a short category ("refused by the server"), never the server's words.

    ``invitation_id``: None where the mail carries no link; otherwise ``contact_id`` is whoever that invitation is for,
    also after it was given to another address. ``first_tried_at``, ``tried_at``: when it was first and latest handed
    over, or taken up to be handed over. ``return_token``: what its bounces are known by. ``delivery_problem``: a short
    category too. ``about_id``: the workshop, the action, the owner or the pulse that it is about; "" where it is about
    the review itself.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("cycle_id", "contact_id", "kind", "about_id", "number"),
        CheckConstraint(
            "(invitation_id is not null) = (kind in "
            "('invitation', 'reminder', 'closing_soon', 'extended', 'link_again', 'new_link'))",
            name="link_has_invitation",
        ),
        CheckConstraint("state in ('queued', 'sending', 'sent', 'failed', 'cancelled')", name="state"),
        CheckConstraint("delivery in ('unknown', 'delayed', 'delivered', 'bounced')", name="delivery"),
        Index(None, "state", "due_at"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    cycle_id: Mapped[str] = mapped_column(ForeignKey("cycles.id"), index=True)
    contact_id: Mapped[str] = mapped_column(ForeignKey("contacts.id"))
    invitation_id: Mapped[str | None] = mapped_column(ForeignKey("invitations.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    about_id: Mapped[str] = mapped_column(Id, default="", server_default="")
    number: Mapped[int]
    state: Mapped[str] = mapped_column(String(20), default=MailState.QUEUED.value)
    attempts: Mapped[int] = mapped_column(default=0)
    queued_at: Mapped[datetime] = mapped_column(Moment)
    due_at: Mapped[datetime] = mapped_column(Moment)
    first_tried_at: Mapped[datetime | None] = mapped_column(Moment)
    tried_at: Mapped[datetime | None] = mapped_column(Moment, index=True)
    leased_until: Mapped[datetime | None] = mapped_column(Moment)
    problem: Mapped[str] = mapped_column(String(100), default="")
    return_token: Mapped[str] = mapped_column(String(32), unique=True, index=True, default=new_return_token)
    delivery: Mapped[str] = mapped_column(String(20), default=MailDelivery.UNKNOWN.value)
    delivery_problem: Mapped[str] = mapped_column(String(100), default="")
