"""Mail servers of every kind that people have, on loopback: with TLS of both kinds, with passwords, with DSN."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from ssl import SSLContext
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session, syntax

from tests.servers import free_port

NAME, PASSWORD = "post@prime.example", "p@ss:w/rd"


@dataclass(frozen=True)
class Taken:
    """A mail as the server took it: its envelope and its text."""

    sender: str
    recipient: str
    mail_options: tuple[str, ...]
    recipient_options: tuple[str, ...]
    is_encrypted: bool
    name: str
    message: EmailMessage


@dataclass
class MailServer:
    """A running server. ``refuse_sender``, ``refuse_recipient``: what it answers instead of taking an address."""

    port: int
    offers_dsn: bool = False
    refuse_sender: str = ""
    refuse_recipient: str = ""
    taken: list[Taken] = field(default_factory=list)

    async def handle_EHLO(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """Tells what it can do."""
        session.host_name = hostname
        return [*responses[:-1], "250-DSN", responses[-1]] if self.offers_dsn else responses

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Takes a sender, or not."""
        if self.refuse_sender:
            return self.refuse_sender
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Takes a recipient, or not."""
        if self.refuse_recipient:
            return self.refuse_recipient
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Takes a mail."""
        message = message_from_bytes(bytes(envelope.original_content or b""), policy=policy.default)
        assert isinstance(message, EmailMessage)
        signed_in = session.auth_data
        self.taken.append(
            Taken(
                sender=envelope.mail_from or "",
                recipient=envelope.rcpt_tos[0],
                mail_options=tuple(getattr(server, "dsn_of_mail", ())),
                recipient_options=tuple(getattr(server, "dsn_of_rcpt", ())),
                is_encrypted=session.ssl is not None or _is_over_tls(server),
                name=signed_in.login.decode() if isinstance(signed_in, LoginPassword) else "",
                message=message,
            )
        )
        return "250 taken"


def _is_over_tls(server: SMTP) -> bool:
    return server.transport is not None and bool(server.transport.get_extra_info("sslcontext"))


class _DsnSMTP(SMTP):
    """aiosmtpd knows no DSN: its parameters are noted and taken off before it reads the command."""

    @syntax("MAIL FROM: <address>", extended=" [SP <mail-parameters>]")
    async def smtp_MAIL(self, arg: str) -> None:  # noqa: N802
        arg, self.dsn_of_mail = _without(arg, ("RET=", "ENVID="))
        await super().smtp_MAIL(arg)

    @syntax("RCPT TO: <address>", extended=" [SP <mail-parameters>]")
    async def smtp_RCPT(self, arg: str) -> None:  # noqa: N802
        arg, self.dsn_of_rcpt = _without(arg, ("NOTIFY=", "ORCPT="))
        await super().smtp_RCPT(arg)


def _without(arg: str, names: tuple[str, ...]) -> tuple[str, list[str]]:
    words = arg.split(" ")
    found = [word for word in words if word.upper().startswith(names)]
    return " ".join(word for word in words if word not in found), found


class _Controller(Controller):
    def factory(self) -> SMTP:
        kind = _DsnSMTP if self.handler.offers_dsn else SMTP
        with warnings.catch_warnings():
            # It warns of passwords without TLS where it does not see that there is TLS from the start.
            warnings.simplefilter("ignore", UserWarning)
            return kind(self.handler, **self.SMTP_kwargs)


@contextlib.contextmanager
def mail_server(
    *,
    implicit: SSLContext | None = None,
    starttls: SSLContext | None = None,
    has_password: bool = False,
    mechanisms_left_out: tuple[str, ...] = (),
    is_ascii_only: bool = False,
    **behaviour: Any,
) -> Iterator[MailServer]:
    """A running server. With a password, mail is taken from ``NAME`` with ``PASSWORD`` alone."""

    def is_known(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        is_right = data == LoginPassword(NAME.encode(), PASSWORD.encode())
        return AuthResult(success=is_right, handled=False, auth_data=data)

    running = MailServer(free_port(), **behaviour)
    controller = _Controller(
        running,
        hostname="localhost",
        port=running.port,
        ssl_context=implicit,
        tls_context=starttls,
        require_starttls=starttls is not None,
        authenticator=is_known if has_password else None,
        auth_required=has_password,
        auth_require_tls=implicit is None or not has_password,
        enable_SMTPUTF8=not is_ascii_only,
        auth_exclude_mechanism=mechanisms_left_out,
    )
    controller.start()
    try:
        yield running
    finally:
        controller.stop()
