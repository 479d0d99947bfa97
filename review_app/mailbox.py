"""The development mailbox, read back: the .eml files that its transport wrote, one folder for each cycle."""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.utils import parseaddr, parsedate_to_datetime
from pathlib import Path

# Both parts of an id come from an address, so they are held to the letters that our own ids have.
_ID = re.compile(r"[A-Za-z0-9_-]{1,80}")
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class MailHead:
    """One line of the mailbox. ``recipient``: the name, or the address where there is none.

    ``sent_at``: aware UTC, by the mail's own Date.
    """

    cycle_id: str
    id: str
    sender: str
    recipient: str
    address: str
    subject: str
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class MailFile:
    """A file that is attached to a mail."""

    name: str
    kind: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail with its two parts and its files; "" for a part that it does not have."""

    head: MailHead
    text: str
    html: str
    files: tuple[MailFile, ...]


def list_mails(folder: Path) -> tuple[MailHead, ...]:
    """Every mail below the mailbox's folder, the newest first; none while nothing was sent."""
    heads = [_head(path, message) for path in sorted(folder.glob("*/*.eml")) for message in _read(path)]
    return tuple(sorted(heads, key=lambda head: head.sent_at, reverse=True))


def read_mail(folder: Path, cycle_id: str, mail_id: str) -> Mail | None:
    """One mail; None when there is none of these ids, whatever they are."""
    if not _ID.fullmatch(cycle_id) or not _ID.fullmatch(mail_id):
        return None
    path = folder / cycle_id / f"{mail_id}.eml"
    for message in _read(path):
        return Mail(_head(path, message), _part(message, "plain"), _part(message, "html"), _files(message))
    return None


def _read(path: Path) -> Iterator[EmailMessage]:
    try:
        content = path.read_bytes()
    except OSError:
        # A close removes its cycle's folder, perhaps between the listing and the reading.
        return
    yield email.message_from_bytes(content, _class=EmailMessage, policy=policy.default)


def _head(path: Path, message: EmailMessage) -> MailHead:
    name, address = parseaddr(str(message["To"] or ""))
    return MailHead(
        cycle_id=path.parent.name,
        id=path.stem,
        sender=str(message["From"] or ""),
        recipient=name or address,
        address=address,
        subject=str(message["Subject"] or "(no subject)"),
        sent_at=_sent_at(message),
    )


def _sent_at(message: EmailMessage) -> datetime:
    try:
        found = parsedate_to_datetime(str(message["Date"]))
    except ValueError:
        return _LONG_AGO
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return part.get_content() if part is not None else ""


def _files(message: EmailMessage) -> tuple[MailFile, ...]:
    return tuple(
        MailFile(part.get_filename() or "file", part.get_content_type(), _content(part))
        for part in message.iter_attachments()
    )


def _content(part: EmailMessage) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""
