"""The ways out: not the right person, leave me out, more time, something else. They reach the steward alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from review_app.clock import now
from review_app.database import transaction
from review_app.services import experiences, steward_requests
from review_app.services.answering import Respondent
from review_app.services.errors import NotFoundError
from review_app.state import state
from review_app.web.respondent.asking import LeaveOutForm, MessageForm, MoreTimeForm, RightPersonForm
from review_app.web.respondent.audience import SEE_OTHER, blueprint, current_respondent, show
from review_app.web.respondent.questionnaire import REFUSED
from review_app.web.respondent.wording import review_title

AskForm = RightPersonForm | LeaveOutForm | MoreTimeForm | MessageForm
FORMS: dict[str, type[AskForm]] = {
    "right-person": RightPersonForm,
    "leave-out": LeaveOutForm,
    "more-time": MoreTimeForm,
    "message": MessageForm,
}


@dataclass(frozen=True, slots=True)
class WaysOut:
    """The page of ways.

    ``earlier``: reviews that may have been sent with an earlier link, with the way to take each back.
    """

    steward_name: str
    earlier: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class WayOut:
    """The page of one way.

    ``form``: what is asked; ``link``: whose page it is, for ``LINK_FIELD``; ``is_full``: too much of this person waits
    already.
    """

    form: AskForm
    link: str
    steward_name: str
    prime_name: str
    contact_name: str
    party_name: str
    closes_at: datetime
    is_full: bool


@blueprint.get("/r/help")
def ways_out() -> str:
    """Every way out on one page."""
    respondent = current_respondent()
    earlier = respondent.reviews if respondent.has_earlier_link else ()
    back = [
        (review_title(respondent, review), url_for("respondent.withdraw", review_id=review.reference))
        for review in earlier
    ]
    if earlier and experiences.is_asked(respondent):
        back.append((_("Two questions about this review itself"), url_for("respondent.experience")))
    view = WaysOut(respondent.steward_name, tuple(back))
    return show("ways_out.html", respondent, view)


@blueprint.get("/r/help/<string:way>")
def way_out(way: str) -> str:
    """The form of one way."""
    respondent = current_respondent()
    return _page(respondent, way, _form_of(way)(formdata=None))


@blueprint.post("/r/help/<string:way>")
def ask_steward(way: str) -> ResponseReturnValue:
    """Passes it on to the steward, sealed."""
    respondent = current_respondent()
    form = _form_of(way)()
    if not form.validate():
        return _page(respondent, way, form), REFUSED
    with transaction() as session:
        key = state().keys.link_key(respondent.cycle_id)
        is_taken = steward_requests.ask(session, now(), respondent, key, form.request())
    if not is_taken:
        return _page(respondent, way, form, is_full=True), REFUSED
    return redirect(url_for("respondent.asked_steward"), SEE_OTHER)


@blueprint.get("/r/asked")
def asked_steward() -> str:
    """That it has arrived, and what happens next."""
    respondent = current_respondent()
    return show("asked_steward.html", respondent, WaysOut(respondent.steward_name, ()))


def _form_of(way: str) -> type[AskForm]:
    if way not in FORMS:
        raise NotFoundError(_("There is no such page."))
    return FORMS[way]


def _page(respondent: Respondent, way: str, form: AskForm, *, is_full: bool = False) -> str:
    view = WayOut(
        form=form,
        link=respondent.reference,
        steward_name=respondent.steward_name,
        prime_name=respondent.prime_name,
        contact_name=respondent.contact_name,
        party_name=respondent.party_name,
        closes_at=respondent.closes_at,
        is_full=is_full,
    )
    return show(f"way_{way.replace('-', '_')}.html", respondent, view)
