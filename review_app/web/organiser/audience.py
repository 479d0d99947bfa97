"""The organiser's blueprint, and who the organiser of this request is."""

from __future__ import annotations

from flask import Blueprint
from flask_login import current_user

from review_app.services.accounts import Account
from review_app.services.chains_history import Author

blueprint = Blueprint("organiser", __name__)


def current_organiser() -> Account:
    """The account that is signed in."""
    account: Account = current_user.account
    return account


def current_author() -> Author:
    """The account that is signed in, as the history of a chain names it."""
    account = current_organiser()
    return Author(account.name, account.id)
