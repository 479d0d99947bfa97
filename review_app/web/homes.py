"""Where each role starts, and which addresses a sign-in may lead on to."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import url_for

from review_app.services.accounts import AccountRole

_HOMES = {AccountRole.ORGANISER: "organiser.home", AccountRole.STEWARD: "steward.home"}


def home_of(role: AccountRole) -> str:
    """The address of a role's first page."""
    return url_for(_HOMES[role])


def local_path(address: str) -> str | None:
    """The address, when it is a path of this site; None for everything that a browser could read as another site."""
    # Browsers drop tabs and line ends and take a backslash for a slash, so both could hide a foreign host.
    is_path = address.startswith("/") and not address.startswith("//")
    if not is_path or "\\" in address or any(ord(letter) <= 32 for letter in address):
        return None
    parts = urlsplit(address)
    return None if parts.scheme or parts.netloc else address
