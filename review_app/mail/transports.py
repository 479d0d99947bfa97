"""The ways for mails to leave: what each of them offers, and which one the settings name."""

from __future__ import annotations

from email.message import EmailMessage
from types import TracebackType
from typing import Protocol, Self

from review_app.config import Settings
from review_app.keys import KeyFolder
from review_app.mail.errors import MailError as MailError
from review_app.mail.mailbox import MailboxTransport
from review_app.mail.returns import WayBack as WayBack
from review_app.mail.smtp import SmtpTransport


class Transport(Protocol):
    """A way for mails to leave, open for a batch."""

    def __enter__(self) -> Self:
        """Opens the way. Raises MailError."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Closes it."""

    def send(self, message: EmailMessage, cycle_id: str, back: WayBack) -> None:
        """Returns once the mail was taken. Raises MailError."""

    def check(self) -> None:
        """Returns when mails could leave, as far as can be told without sending one. Raises MailError."""


def transport_for(settings: Settings, keys: KeyFolder) -> Transport:
    """The transport that the settings name."""
    if settings.delivery.notify is not None:
        from review_app.mail.notify import NotifyTransport  # here, because Notify's client is an extra

        return NotifyTransport(settings.delivery.notify)
    return SmtpTransport(settings) if settings.smtp_url else MailboxTransport(keys)
