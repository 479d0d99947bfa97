"""Headers, the cookies of those who come by a link, the throttle. Of addresses and links nothing is logged."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from flask import Flask, Request, Response, abort, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from review_app.config import Settings
from review_app.state import state
from surveys import sealing
from surveys.errors import BrokenSealError

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self';"
    " frame-ancestors 'self'"
)
csrf = CSRFProtect()
limiter = Limiter(get_remote_address, storage_uri="memory://", headers_enabled=False)
# Kept in each process's memory; no address is written anywhere.
THROTTLED = {
    "respondent.open_link": "600 per minute",
    "respondent.open_to_leave_out": "600 per minute",
    "respondent.ask_again": "30 per minute",
    "respondent.ask_steward": "60 per minute",
    "reader.open_link": "600 per minute",
    "participant.open_link": "600 per minute",
    "pulse.open_link": "600 per minute",
    "owner.open_link": "600 per minute",
    "owner.add_evidence": "60 per minute",
    "account.check_sign_in": "30 per minute",
    "public.ask_for_correction": "30 per minute",
}


def init_security(app: Flask, settings: Settings) -> None:
    """Sets the cookies, the limits and the headers of every response."""
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME="__Host-session" if settings.is_https else "session",
        SESSION_COOKIE_SECURE=settings.is_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
        MAX_CONTENT_LENGTH=8 * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=8 * 1024 * 1024,
    )
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    csrf.init_app(app)
    limiter.init_app(app)
    app.before_request(_refuse_what_is_no_address)
    app.after_request(_set_headers)
    # The libraries name addresses when a limit is hit; nothing here may.
    logging.getLogger("flask-limiter").setLevel(logging.CRITICAL)
    logging.getLogger("flask_wtf.csrf").setLevel(logging.CRITICAL)


def init_limits(app: Flask) -> None:
    """Throttles the doors, and the page on which anybody may write to a steward.

    A link has 160 bits, so its limit guards the server and not the secret.
    """
    for endpoint, limit in THROTTLED.items():
        guarded: Any = limiter.limit(limit, methods=["POST"])(app.view_functions[endpoint])
        app.view_functions[endpoint] = guarded


def respondent_secret(incoming: Request) -> bytes | None:
    """The link secret in the respondent's cookie; None when there is none that this server sealed."""
    return _RESPONDENT.secret(incoming)


def remember_respondent(response: Response, secret: bytes) -> None:
    """Puts the link secret, encrypted, into a cookie that only this site's own pages send back."""
    _RESPONDENT.remember(response, secret)


def forget_respondent(response: Response) -> None:
    """Removes the respondent's cookie."""
    _RESPONDENT.forget(response)


def reader_secret(incoming: Request) -> bytes | None:
    """The same in the cookie of somebody who reads reports by a link."""
    return _READER.secret(incoming)


def remember_reader(response: Response, secret: bytes) -> None:
    """The same for somebody who reads reports by a link: nobody who answers is known by this cookie."""
    _READER.remember(response, secret)


def forget_reader(response: Response) -> None:
    """Removes the reader's cookie."""
    _READER.forget(response)


@dataclass(frozen=True, slots=True)
class LinkCookie:
    """Where a browser keeps the link that is open in it, sealed under a key of its own."""

    short_name: str
    purpose: str

    def secret(self, incoming: Request) -> bytes | None:
        """The secret of the link; None when there is none that this server sealed."""
        text = incoming.cookies.get(self._name())
        if not text:
            return None
        try:
            return sealing.open_text(self._key(), text)
        except BrokenSealError:
            return None

    def remember(self, response: Response, secret: bytes) -> None:
        """Puts the secret, encrypted, into a cookie that only this site's own pages send back."""
        response.set_cookie(
            self._name(),
            sealing.seal_text(self._key(), secret),
            httponly=True,
            secure=state().settings.is_https,
            samesite="Strict",
            path="/",
        )

    def forget(self, response: Response) -> None:
        """Removes the cookie."""
        response.delete_cookie(
            self._name(), path="/", httponly=True, secure=state().settings.is_https, samesite="Strict"
        )

    def _name(self) -> str:
        return f"__Host-{self.short_name}" if state().settings.is_https else self.short_name

    def _key(self) -> bytes:
        return sealing.box_key(state().settings.secret_key, self.purpose)


_RESPONDENT = LinkCookie("r", "respondent-cookie")
_READER = LinkCookie("report", "reader-cookie")
# Nobody who answers a review or a pulse is known by the cookies of a workshop or of actions, nor the other way round.
PARTICIPANT = LinkCookie("workshop", "workshop-cookie")
OWNER = LinkCookie("actions", "actions-cookie")
PULSE = LinkCookie("pulse", "pulse-cookie")


def _refuse_what_is_no_address() -> None:
    # PostgreSQL takes no text with this sign, and no address of ours has it.
    if "\0" in request.path:
        abort(404)


def _set_headers(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("X-Frame-Options", "SAMEORIGIN")
    headers.setdefault("Referrer-Policy", "no-referrer")
    headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=(), interest-cohort=()")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if request.endpoint != "static":
        headers["Cache-Control"] = "no-store"
    if request.is_secure:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response
