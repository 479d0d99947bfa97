"""The faults of a mail server, told by categories of ours with their mends. Its own words may name people."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable

from review_app.mail.errors import MailError
from review_app.mail.statuses import FULL, code_in, problem_of

CLOSING = 421
TOO_LARGE = 552
Fault = OSError | smtplib.SMTPException


def not_connected(error: Fault) -> MailError:
    """What keeps us from the mail server, and what to do about it."""
    is_answer = isinstance(error, smtplib.SMTPResponseException) and error.smtp_code >= 400
    if isinstance(error, smtplib.SMTPResponseException) and is_answer and not _is_sign_in_refused(error):
        return MailError(refused(error.smtp_code, error.smtp_error).problem, is_server=True)
    problem, mend = next((problem, mend) for fits, problem, mend in _FAULTS if fits(error))
    return MailError(problem, mend=mend, is_server=True)


def is_timeout(error: BaseException) -> bool:
    """Whether a server took too long."""
    # smtplib raises an error of its own while it handles the socket's.
    return isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError)


def refused(code: int, words: bytes | str) -> MailError:
    """The server's no to one mail, for good or for now."""
    is_final = 500 <= code < 600
    problem = "refused by the mail server" if is_final else "put off by the mail server"
    if reason := _reason(code, words):
        problem = f"{problem}: {reason}"
    # It closes the connection for every mail, and seldom means this one.
    is_closing = code == CLOSING
    return MailError(f"{problem} ({code})", is_final=is_final, is_server=is_closing, is_doubtful=is_closing)


def sender_refused(code: int, words: bytes | str) -> MailError:
    """The server's no to us as a sender, which holds for every mail."""
    if code in {CLOSING, TOO_LARGE}:
        return refused(code, words)
    # It would refuse every mail of ours, whoever it is to: none of them is given up for that.
    return MailError(
        f"the mail server does not take mail from our address ({code})",
        mend="Allow the addresses in ROUNDTABLE_MAIL_FROM and ROUNDTABLE_BOUNCE_ADDRESS as senders there.",
        is_server=True,
    )


def _reason(code: int, words: bytes | str) -> str:
    text = words.decode("latin-1") if isinstance(words, bytes) else words
    status = code_in(text)
    # A code that contradicts the answer it stands in explains nothing.
    if status and status[0] == str(code)[0]:
        return problem_of(status)
    return FULL if code == TOO_LARGE else ""


def _is_sign_in_refused(error: Fault) -> bool:
    return isinstance(error, smtplib.SMTPAuthenticationError) and error.smtp_code >= 500


# The first that fits.
_FAULTS: tuple[tuple[Callable[[Fault], bool], str, str], ...] = (
    (
        lambda error: isinstance(error, ssl.SSLCertVerificationError),
        "the mail server's certificate is not trusted",
        "Write the machine in ROUNDTABLE_SMTP_URL as in its certificate, or set ROUNDTABLE_SMTP_CA_FILE.",
    ),
    (
        lambda error: isinstance(error, ssl.SSLError),
        "the mail server and we have no TLS in common",
        "In ROUNDTABLE_SMTP_URL, smtps:// is for port 465 and smtp:// for port 587.",
    ),
    (
        _is_sign_in_refused,
        "the mail server refuses our name or password",
        "Check both in ROUNDTABLE_SMTP_URL; write @ as %40, : as %3A and / as %2F.",
    ),
    (
        # The plain one: the server knows none of the ways to sign in that we know.
        lambda error: (
            isinstance(error, smtplib.SMTPNotSupportedError) or type(error) is smtplib.SMTPException
        ),
        "the mail server takes no name and password",
        "Leave them out of ROUNDTABLE_SMTP_URL, or use the port for sending, 587 or 465.",
    ),
    (
        is_timeout,
        "the mail server did not answer in time",
        "Check machine and port in ROUNDTABLE_SMTP_URL (smtps:// for port 465), and whether a firewall is between.",
    ),
    (
        lambda _: True,
        "the mail server cannot be reached",
        "Check machine and port in ROUNDTABLE_SMTP_URL.",
    ),
)
