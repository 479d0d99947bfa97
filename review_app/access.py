"""Who may open which page: denied unless the blueprint's audience is let in."""

from __future__ import annotations

from flask import Flask, Response, abort, redirect, request, url_for
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user

from review_app.database import reading, transaction
from review_app.services import accounts
from review_app.services.accounts import Account, AccountRole

# Blueprints that anybody may open. The mailbox shows itself in a demo only.
OPEN = frozenset({"public", "account", "respondent", "reader", "participant", "owner", "pulse", "mailbox"})
AUDIENCES: dict[str, frozenset[AccountRole]] = {
    "organiser": frozenset({AccountRole.ORGANISER}),
    "steward": frozenset({AccountRole.STEWARD}),
    "reading": frozenset(AccountRole),
    # Both the organiser of a review and its steward can lead its workshops and see to its actions.
    "facilitator": frozenset(AccountRole),
    "improvement": frozenset(AccountRole),
}

_logins = LoginManager()


class SignedIn(UserMixin):  # type: ignore[misc]  # Flask-Login ships no types
    """The person behind a signed-in session."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.id = account.session_id


def init_access(app: Flask) -> None:
    """Loads the signed-in account and guards every endpoint."""
    # Not its context processor: that loads the account for the respondents' pages too, which must not know of any.
    _logins.init_app(app, add_context_processor=False)
    app.jinja_env.globals["current_user"] = current_user
    _logins.session_protection = None
    _logins.user_loader(_load)
    app.before_request(_guard)


def sign_in(account: Account) -> None:
    """Signs an account in on this browser."""
    login_user(SignedIn(account))


def sign_out() -> None:
    """Signs out, here and wherever else this account is signed in."""
    if current_user.is_authenticated:
        with transaction() as session:
            accounts.end_sessions(session, current_user.account.id)
    logout_user()


def _load(session_id: str) -> SignedIn | None:
    with reading() as session:
        account = accounts.signed_in(session, session_id)
    return SignedIn(account) if account else None


def _guard() -> Response | None:
    if request.endpoint is None or request.endpoint == "static" or request.blueprint in OPEN:
        return None
    roles = AUDIENCES.get(request.blueprint or "", frozenset())
    if not current_user.is_authenticated:
        target = url_for("account.sign_in", next=request.path if request.method == "GET" else None)
        return redirect(target)  # type: ignore[return-value]  # Werkzeug's base class of the same response
    if current_user.account.role not in roles:
        abort(403)
    return None
