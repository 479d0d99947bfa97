"""What an installation decides about how its mail leaves and what comes back. Read with the other settings."""

from __future__ import annotations

import re
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

DELIVERY_NAMES = (
    *("SMTP_CA_FILE", "SMTP_TIMEOUT", "MAIL_PER_MINUTE", "BOUNCE_ADDRESS", "BOUNCE_MAILDIR"),
    *("NOTIFY_API_KEY", "NOTIFY_TEMPLATE_ID", "NOTIFY_URL"),
)
# Below what small mail servers and hosted mailboxes allow; 400 people are mailed in seven minutes.
USUAL_PER_MINUTE = 60
_UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
# A mailbox has 64 letters at most, and 33 of them are for the plus sign and the token.
_ADDRESS = re.compile(r"[A-Za-z0-9._=-]{1,31}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


class Numbers(Protocol):
    """Reads a whole number between two others, or takes the default."""

    def __call__(self, name: str, default: int, least: int, most: int) -> int:
        """The number; a fault is noted when it is none."""


@dataclass(frozen=True, slots=True)
class NotifySettings:
    """How mail leaves by GOV.UK Notify. ``url``: "" for its own address; ``timeout``: seconds."""

    api_key: str
    template_id: str
    url: str
    timeout: int

    def __repr__(self) -> str:
        # The key must never reach a log through a traceback.
        return f"<NotifySettings template {self.template_id}>"


@dataclass(frozen=True, slots=True)
class DeliverySettings:
    """How mail leaves and returns. ``bounce_address``: "" where nobody reads bounces.

    ``smtp_ca_file``: whom to trust instead of the machine's authorities. ``smtp_timeout``: seconds.
    ``mail_per_minute``: the most mails that leave in any minute, by all workers together; 0 for no limit.
    ``notify``: None where mail leaves by SMTP or stays in the development mailbox.
    """

    smtp_ca_file: Path | None
    smtp_timeout: int
    mail_per_minute: int
    bounce_address: str
    bounce_maildir: Path | None
    notify: NotifySettings | None


def read_delivery(
    get: Callable[[str], str | None], fault: Callable[[str, str], None], number: Numbers, *, is_demo: bool
) -> DeliverySettings:
    """The settings of delivery; what is wrong with them is told to ``fault``."""
    maildir = get("BOUNCE_MAILDIR")
    if maildir and not get("BOUNCE_ADDRESS"):
        fault("BOUNCE_MAILDIR", "needs ROUNDTABLE_BOUNCE_ADDRESS, or no bounce would ever come there.")
    timeout = number("SMTP_TIMEOUT", 15, 1, 300)
    return DeliverySettings(
        smtp_ca_file=_ca_file(get("SMTP_CA_FILE"), fault),
        smtp_timeout=timeout,
        mail_per_minute=number("MAIL_PER_MINUTE", 0 if is_demo else USUAL_PER_MINUTE, 0, 100_000),
        bounce_address=_bounce_address(get("BOUNCE_ADDRESS"), fault),
        bounce_maildir=Path(maildir).absolute() if maildir else None,
        notify=_notify(get, fault, timeout),
    )


def _notify(
    get: Callable[[str], str | None], fault: Callable[[str, str], None], timeout: int
) -> NotifySettings | None:
    key, template, url = get("NOTIFY_API_KEY"), get("NOTIFY_TEMPLATE_ID"), get("NOTIFY_URL")
    if key is None:
        if template or url:
            fault("NOTIFY_API_KEY", "is missing. Make a live key on Notify's page API integration.")
        return None
    if not re.fullmatch(rf".*{_UUID}-{_UUID}", key):
        fault("NOTIFY_API_KEY", "is not a whole key. Copy it from Notify's page API integration.")
    if not re.fullmatch(_UUID, template or ""):
        fault(
            "NOTIFY_TEMPLATE_ID", "is not the id of a template. Copy it from the template's page on Notify."
        )
    if get("SMTP_URL"):
        fault(
            "NOTIFY_API_KEY",
            "and ROUNDTABLE_SMTP_URL are both set. Mail leaves by one of them: remove the other.",
        )
    if url is not None and urlsplit(url).scheme not in {"http", "https"}:
        fault("NOTIFY_URL", "is not an address. Leave it out, unless you have a Notify of your own.")
    if find_spec("notifications_python_client") is None:
        fault(
            "NOTIFY_API_KEY",
            "needs Notify's client. Install it with: pip install 'roundtable-review[notify]'",
        )
    return NotifySettings(key, template or "", url or "", timeout)


def _ca_file(value: str | None, fault: Callable[[str, str], None]) -> Path | None:
    if value is None:
        return None
    try:
        ssl.create_default_context(cafile=value)
    except OSError:
        fault("SMTP_CA_FILE", "is not a file of certificates. Set it to a PEM file of the authority.")
    return Path(value).absolute()


def _bounce_address(value: str | None, fault: Callable[[str, str], None]) -> str:
    if value is not None and not _ADDRESS.fullmatch(value):
        fault(
            "BOUNCE_ADDRESS",
            "cannot take a token. Write it as bounces@charity.example, with 31 letters at most before the @;"
            " mail to bounces+anything@charity.example has to arrive there too.",
        )
    return value or ""
