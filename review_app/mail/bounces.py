"""What an inbound mail reports about one that we sent. Pure: bytes in, a notice out, whatever the bytes are.

Source: RFC 3461, 3464 and 6533 (delivery status notifications), RFC 3463 (status codes), RFC 3834 (automatic answers).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, message_from_string, policy
from email.message import Message
from enum import StrEnum

from review_app.mail.returns import TOKEN_HEADER, token_alone, tokens_in_addresses
from review_app.mail.statuses import code_in

# The report stands before the mail that it quotes: the beginning is enough, however much was sent.
MOST_BYTES = 256 * 1024
_MOST_PARTS = 50
_STATUS = re.compile(r"\s*([245]\.\d{1,3}\.\d{1,3})\b")
_STATUS_PARTS = ("message/delivery-status", "message/global-delivery-status")
_RETURNED_PARTS = (
    "message/rfc822",
    "message/global",
    "message/rfc822-headers",
    "message/global-headers",
    "text/rfc822-headers",
)
# Where servers write the address that a mail came to, the surest first.
_ARRIVED_AT = ("x-original-to", "delivered-to", "envelope-to", "x-envelope-to", "x-rcpt-to", "to")
_QMAIL = "Hi. This is the qmail-send program at "
_AUTOMATIC = re.compile(
    r"out of (the )?office|automatic reply|auto(matic|mated)?[- ]?(reply|response|antwort)|away from|vacation",
    re.IGNORECASE,
)


class Action(StrEnum):
    """What became of the mail, in the words of RFC 3464. ``RELAYED``: handed on to where nothing more is told."""

    FAILED = "failed"
    DELAYED = "delayed"
    DELIVERED = "delivered"
    RELAYED = "relayed"
    EXPANDED = "expanded"


_ACTIONS = frozenset(Action)


class NoNotice(StrEnum):
    """Why a mail is none. ``AUTOMATIC``: a machine's answer that nobody need read; ``UNCLEAR``: for a person."""

    AUTOMATIC = "automatic"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Notice:
    """What a server reports about one of our mails. ``status``: its enhanced code, such as "5.1.1"; "" without one.

    Whether the token is one of ours is for the outbox to say.
    """

    token: str
    action: Action
    status: str


def read(content: bytes, arrived_at: str = "") -> Notice | NoNotice:
    """The notice in a mail, or why there is none. ``arrived_at``: the envelope's recipient, where it is known."""
    try:
        message = message_from_bytes(content[:MOST_BYTES], policy=policy.compat32)
        found = _read(message, arrived_at)
        # What was cut off could have been the report.
        return NoNotice.UNCLEAR if found is NoNotice.AUTOMATIC and len(content) > MOST_BYTES else found
    except Exception:  # noqa: BLE001
        # The email package has more ways to stumble over a broken mail than it documents. Such a mail is for a person.
        return NoNotice.UNCLEAR


def _read(message: Message, arrived_at: str) -> Notice | NoNotice:
    found = _reported(message)
    if found is None:
        has_status = any(part.get_content_type() in _STATUS_PARTS for part in _parts(message))
        return NoNotice.AUTOMATIC if not has_status and _is_automatic(message) else NoNotice.UNCLEAR
    token = next(_tokens(message, arrived_at), "")
    return Notice(token, *found) if token else NoNotice.UNCLEAR


def _reported(message: Message) -> tuple[Action, str] | None:
    """Action and status: as the standard writes them, else as old servers do."""
    if message.get_content_type() == "multipart/report":
        for part in _parts(message):
            if part.get_content_type() in _STATUS_PARTS:
                return next(_results(part), None)
        return None
    return _of_exim(message) or _of_qmail(message)


def _results(part: Message) -> Iterator[tuple[Action, str]]:
    for block in _blocks(part):
        word = _header(block, "Action").strip().lower()
        # Some add a comment: "failed (permanent)".
        word = word.partition("(")[0].strip()
        if word in _ACTIONS:
            action = Action(word)
            yield action, _status(action, _header(block, "Status"), _header(block, "Diagnostic-Code"))


def _blocks(part: Message) -> Iterator[Message]:
    """The groups of fields of a delivery status, also where the email package does not see them."""
    inner = part.get_payload()
    if isinstance(inner, list) and part.get_content_type() == _STATUS_PARTS[0] and len(inner) > 1:
        yield from (block for block in inner if isinstance(block, Message))
        return
    if isinstance(inner, list):
        text = "\n".join(block.as_string() for block in inner if isinstance(block, Message))
    else:
        text = str(inner)
    if part.get("Content-Transfer-Encoding", "").lower() in {"base64", "quoted-printable"}:
        # Forbidden and yet sent. The text is made a plain part, which can be decoded.
        plain = Message()
        plain["Content-Transfer-Encoding"] = part["Content-Transfer-Encoding"]
        plain.set_payload(text)
        decoded = plain.get_payload(decode=True)
        text = decoded.decode("utf-8", "replace") if isinstance(decoded, bytes) else text
    for group in re.split(r"\r?\n\s*\r?\n", text):
        yield message_from_string(group.strip())


def _status(action: Action, field: str, diagnostic: str) -> str:
    """The code that explains most: the diagnosis of the last server where the field is a mere "5.0.0"."""
    found = _STATUS.match(field)
    status = found.group(1) if found else ""
    if not status or status.endswith(".0.0"):
        status = code_in(diagnostic) or status
    # A success with a code of failure, or the other way round, contradicts itself.
    is_good = status.startswith("2.")
    is_well = action not in {Action.FAILED, Action.DELAYED}
    return status if is_good == is_well else ""


def _of_exim(message: Message) -> tuple[Action, str] | None:
    if not message.get("X-Failed-Recipients"):
        return None
    return Action.FAILED, _failure_in(_text(message))


def _of_qmail(message: Message) -> tuple[Action, str] | None:
    text = _text(message)
    if not text.lstrip().startswith(_QMAIL) or "\n--- Below this line is a copy" not in text:
        return None
    return Action.FAILED, _failure_in(text.partition("\n--- Below this line is a copy")[0])


def _failure_in(text: str) -> str:
    return _status(Action.FAILED, "", text)


def _tokens(message: Message, arrived_at: str) -> Iterator[str]:
    """The tokens of the mail that is reported on, the surest first: our own side wrote where the report came to."""
    yield from tokens_in_addresses(arrived_at)
    for name in _ARRIVED_AT:
        for value in message.get_all(name, []):
            yield from tokens_in_addresses(str(value))
    for part in _parts(message):
        if part.get_content_type() in _STATUS_PARTS:
            for block in _blocks(part):
                yield from token_alone(_header(block, "Original-Envelope-Id"))
        elif part.get_content_type() in _RETURNED_PARTS:
            yield from _tokens_returned(part)


def _tokens_returned(part: Message) -> Iterator[str]:
    inner = part.get_payload()
    returned = inner[0] if isinstance(inner, list) and inner else message_from_string(str(inner).lstrip())
    if isinstance(returned, Message):
        yield from token_alone(_header(returned, TOKEN_HEADER))
        yield from tokens_in_addresses(_header(returned, "Return-Path"))


def _parts(message: Message) -> Iterator[Message]:
    """The parts of a mail, not those of the mails that it quotes."""
    inner = message.get_payload()
    if isinstance(inner, list):
        for part in inner[:_MOST_PARTS]:
            if isinstance(part, Message):
                yield part


def _is_automatic(message: Message) -> bool:
    """Whether a machine answered by itself: out of office, a receipt for reading, a list's or a ticket's answer."""
    submitted = _header(message, "Auto-Submitted").strip().lower()
    return (
        submitted.startswith(("auto-replied", "auto-generated", "auto-notified"))
        or any(message.get(name) for name in ("X-Autoreply", "X-Autorespond", "X-Auto-Response-Suppress"))
        or _header(message, "Precedence").strip().lower() in {"auto_reply", "bulk", "junk"}
        # A receipt for reading, a complaint.
        or message.get_content_type() == "multipart/report"
        or bool(_AUTOMATIC.search(_header(message, "Subject")))
    )


def _header(message: Message, name: str) -> str:
    return str(message.get(name, ""))


def _text(message: Message) -> str:
    """The first plain text of a mail."""
    part = next((one for one in message.walk() if one.get_content_type() == "text/plain"), None)
    content = part.get_payload(decode=True) if part is not None else None
    return content.decode("utf-8", "replace").replace("\r\n", "\n") if isinstance(content, bytes) else ""
