"""How a mail leaves: by SMTP, or into the development mailbox. Errors carry a category, never the server's words."""

from __future__ import annotations

import os
import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from types import TracebackType
from typing import Protocol, Self
from urllib.parse import unquote, urlsplit

from review_app.config import Settings
from review_app.keys import KeyFolder

TIMEOUT_SECONDS = 15


class MailError(Exception):
    """A mail did not leave. ``is_final``: the server will never take it. ``is_server``: no mail can leave now."""

    def __init__(self, problem: str, *, is_final: bool = False, is_server: bool = False) -> None:
        self.problem = problem
        self.is_final = is_final
        self.is_server = is_server
        super().__init__(problem)


class Transport(Protocol):
    """A way for mails to leave, open for a batch."""

    def __enter__(self) -> Self:
        """Opens the way. Raises MailError."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Closes it."""

    def send(self, message: EmailMessage, cycle_id: str) -> None:
        """Returns once the mail was taken. Raises MailError."""


def transport_for(settings: Settings, keys: KeyFolder) -> Transport:
    """The transport that the settings name."""
    return SmtpTransport(settings.smtp_url) if settings.smtp_url else MailboxTransport(keys)


@dataclass(slots=True)
class MailboxTransport:
    """The development mailbox: one .eml file per Message-ID, so that a mail sent twice is there once."""

    keys: KeyFolder

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def send(self, message: EmailMessage, cycle_id: str) -> None:
        """Writes the mail; it appears only when it is whole. Raises MailError."""
        folder = self.keys.mailbox(cycle_id)
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            token = message["Message-ID"].strip("<>").partition("@")[0]
            part = folder / f"{token}.part"
            with part.open("wb") as file:
                file.write(message.as_bytes())
                file.flush()
                os.fsync(file.fileno())
            part.replace(folder / f"{token}.eml")
        except OSError as error:
            raise MailError("the mailbox cannot be written") from error


class SmtpTransport:
    """A mail server: smtp:// with STARTTLS where it is offered (and always with a password), smtps:// with TLS."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._is_implicit = parts.scheme == "smtps"
        self._host = parts.hostname or ""
        self._port = parts.port or (465 if self._is_implicit else 587)
        self._name = unquote(parts.username or "")
        self._password = unquote(parts.password or "")
        self._server: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        try:
            self._server = self._connect()
        except (OSError, smtplib.SMTPException) as error:
            raise MailError("the mail server cannot be reached", is_server=True) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            try:
                self._server.quit()
            except (OSError, smtplib.SMTPException):
                self._server.close()

    def send(self, message: EmailMessage, cycle_id: str) -> None:
        """Hands the mail to the server. Raises MailError."""
        if self._server is None:
            raise MailError("the mail server cannot be reached", is_server=True)
        try:
            self._server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            code = next(iter(error.recipients.values()))[0]
            raise _refused(code) from error
        except smtplib.SMTPResponseException as error:
            raise _refused(error.smtp_code) from error
        except (OSError, smtplib.SMTPException, UnicodeError) as error:
            raise MailError("the mail server broke off", is_server=True) from error

    def _connect(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self._is_implicit:
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self._host, self._port, timeout=TIMEOUT_SECONDS, context=context
            )
        else:
            server = smtplib.SMTP(self._host, self._port, timeout=TIMEOUT_SECONDS)
            server.ehlo_or_helo_if_needed()
            if server.has_extn("starttls"):
                server.starttls(context=context)
            elif self._name:
                server.close()
                raise smtplib.SMTPNotSupportedError("a password needs TLS")
        if self._name:
            server.login(self._name, self._password)
        return server


def _refused(code: int) -> MailError:
    is_final = 500 <= code < 600
    return MailError(
        f"refused by the mail server ({code})" if is_final else f"put off by the mail server ({code})",
        is_final=is_final,
        # 421 closes the connection for every mail, not for this one.
        is_server=code == 421,
    )
