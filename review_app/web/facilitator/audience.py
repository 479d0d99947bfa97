"""The blueprint of this audience, and the reviews and workshops that whoever is signed in may lead."""

from __future__ import annotations

from flask import Blueprint
from flask_login import current_user

from review_app.database import reading
from review_app.services import cycles, planning, workshops
from review_app.services.accounts import Account
from review_app.services.cycles import Cycle
from review_app.services.workshops import Workshop

blueprint = Blueprint("facilitator", __name__)


def leader() -> Account:
    """The account that is signed in."""
    found: Account = current_user.account
    return found


def led_cycle(cycle_id: str) -> Cycle:
    """A review whose report is published and whose workshops this account may lead. Raises NotFoundError."""
    with reading() as session:
        workshops.check_leads(session, cycle_id, leader())
        planning.check_published(session, cycle_id)
        return cycles.load(session, cycle_id)


def led(workshop_id: str) -> Workshop:
    """A workshop that this account may lead. Raises NotFoundError for every other one."""
    with reading() as session:
        return workshops.led(session, workshop_id, leader())
