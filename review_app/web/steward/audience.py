"""The steward's blueprint, and the reviews that the steward of this request guards."""

from __future__ import annotations

from flask import Blueprint
from flask_babel import gettext as _
from flask_login import current_user

from review_app.database import reading
from review_app.services import cycles
from review_app.services.cycles import Cycle
from review_app.services.errors import NotFoundError

blueprint = Blueprint("steward", __name__)


def steward_id() -> str:
    """The id of the account that is signed in."""
    found: str = current_user.account.id
    return found


def own_cycle(cycle_id: str) -> Cycle:
    """A review that this steward guards. Raises NotFoundError for every other one."""
    with reading() as session:
        found = cycles.load(session, cycle_id)
    if found.steward_id != steward_id():
        raise NotFoundError(_("There is no such review."))
    return found
