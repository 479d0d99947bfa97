"""The organiser's blueprint, and who the organiser of this request is."""

from __future__ import annotations

from flask import Blueprint
from flask_login import current_user

from review_app.services.accounts import Account

blueprint = Blueprint("organiser", __name__)


def current_organiser() -> Account:
    """The account that is signed in."""
    account: Account = current_user.account
    return account
