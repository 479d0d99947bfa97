"""Mail by SMTP. Every fault is told by a category of ours; the server's words may name people and stay here."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from types import TracebackType
from typing import Self
from urllib.parse import unquote, urlsplit

from review_app.config import Settings
from review_app.mail.errors import MailError
from review_app.mail.returns import TOKEN_HEADER, WayBack, return_address
from review_app.mail.smtp_faults import is_timeout, not_connected, refused, sender_refused


class SmtpTransport:
    """A mail server: smtp:// with STARTTLS where it is offered (and always with a password), smtps:// with TLS."""

    def __init__(self, settings: Settings) -> None:
        parts = urlsplit(settings.smtp_url or "")
        self._settings = settings
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
            raise not_connected(error) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            try:
                self._server.quit()
            except (OSError, smtplib.SMTPException):
                self._server.close()

    def send(self, message: EmailMessage, cycle_id: str, back: WayBack) -> None:
        """Hands the mail to the server, with the token in the way back. Raises MailError."""
        if self._server is None:
            raise MailError("the mail server cannot be reached", is_server=True)
        try:
            self._hand_over(self._server, message, back)
        except smtplib.SMTPRecipientsRefused as error:
            raise refused(*next(iter(error.recipients.values()))) from error
        except smtplib.SMTPSenderRefused as error:
            raise sender_refused(error.smtp_code, error.smtp_error) from error
        except smtplib.SMTPResponseException as error:
            raise refused(error.smtp_code, error.smtp_error) from error
        except (smtplib.SMTPNotSupportedError, UnicodeError) as error:
            # An address beyond ASCII and a server that knows no such: the other mails can leave.
            raise MailError("the mail server takes no address with such letters", is_final=True) from error
        except (OSError, smtplib.SMTPException) as error:
            is_late = is_timeout(error)
            problem = "the mail server did not answer in time" if is_late else "the mail server broke off"
            raise MailError(problem, is_server=True, is_doubtful=True) from error

    def check(self) -> None:
        """Returns when the server takes our address as the sender. Raises MailError."""
        if self._server is None:
            raise MailError("the mail server cannot be reached", is_server=True)
        try:
            code, words = self._server.mail(return_address(self._settings, "0" * 32))
            self._server.rset()
        except (OSError, smtplib.SMTPException) as error:
            raise not_connected(error) from error
        if code >= 400:
            raise sender_refused(code, words)

    def _hand_over(self, server: smtplib.SMTP, message: EmailMessage, back: WayBack) -> None:
        mail_options: list[str] = []
        recipient_options: list[str] = []
        if self._settings.delivery.bounce_address:
            message[TOKEN_HEADER] = back.token
            # Asked for only where somebody reads them: else they would fill the sender's own mailbox.
            if server.has_extn("dsn"):
                mail_options = ["RET=HDRS", f"ENVID={back.token}"]
                success = "SUCCESS," if back.asks_success else ""
                recipient_options = [f"NOTIFY={success}FAILURE,DELAY"]
        server.send_message(
            message,
            from_addr=return_address(self._settings, back.token),
            mail_options=mail_options,
            rcpt_options=recipient_options,
        )

    def _connect(self) -> smtplib.SMTP:
        context = ssl.create_default_context(cafile=self._settings.delivery.smtp_ca_file)
        timeout = self._settings.delivery.smtp_timeout
        if self._is_implicit:
            server: smtplib.SMTP = smtplib.SMTP_SSL(self._host, self._port, timeout=timeout, context=context)
        else:
            server = smtplib.SMTP(self._host, self._port, timeout=timeout)
        try:
            self._greet(server, context)
        except BaseException:
            server.close()
            raise
        return server

    def _greet(self, server: smtplib.SMTP, context: ssl.SSLContext) -> None:
        server.ehlo_or_helo_if_needed()
        if not self._is_implicit:
            if server.has_extn("starttls"):
                server.starttls(context=context)
                server.ehlo_or_helo_if_needed()
            elif self._name:
                raise MailError(
                    "the mail server offers no TLS, and a password needs it",
                    mend="Use its port with TLS in ROUNDTABLE_SMTP_URL, often smtps:// and 465.",
                    is_server=True,
                )
        if self._name:
            server.login(self._name, self._password)
