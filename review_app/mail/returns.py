"""The way back of a mail: the token that its bounces carry, so that each is known by a number nobody can guess."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.utils import parseaddr

from review_app.config import Settings

# In the mail's own head too, for the servers that quote the head and forget the address.
TOKEN_HEADER = "X-Return-Token"  # noqa: S105 - a name, not a secret
_TOKEN = r"[0-9a-f]{32}"  # noqa: S105 - a pattern
# Servers differ in the sign between a mailbox and its extension; the token is long enough to be known without it.
_IN_ADDRESS = re.compile(rf"[+\-=._]({_TOKEN})@")
_ALONE = re.compile(rf"<?({_TOKEN})>?")


@dataclass(frozen=True, slots=True)
class WayBack:
    """What comes back of one mail. ``asks_success``: also that it arrived, where the servers tell such things.

    Only the mail that brings a link asks for that (decision 10).
    """

    token: str
    asks_success: bool


def return_address(settings: Settings, token: str) -> str:
    """The envelope's sender: the bounce address with the token, or the plain sender where no bounces are read."""
    user, _, domain = settings.delivery.bounce_address.rpartition("@")
    return f"{user}+{token}@{domain}" if user else parseaddr(settings.mail_from)[1]


def tokens_in_addresses(text: str) -> tuple[str, ...]:
    """The tokens of the return addresses in a text, in its order."""
    return tuple(_IN_ADDRESS.findall(text.lower()))


def token_alone(text: str) -> tuple[str, ...]:
    """The token that a text is, if it is one."""
    found = _ALONE.fullmatch(text.strip().lower())
    return (found.group(1),) if found else ()
