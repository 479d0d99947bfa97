"""The steward corrects an address of an open review, which replaces the link, or stops the mails to somebody."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from review_app.clock import now
from review_app.database import reading, transaction
from review_app.languages import N_
from review_app.services import addresses, bounces
from review_app.services.addresses import Invited
from review_app.services.cycles import Cycle
from review_app.services.errors import NotAllowedError, NotFoundError
from review_app.state import state
from review_app.web.arriving import arrivals_view
from review_app.web.contact_form import ContactForm
from review_app.web.faults import REFUSED, SEE_OTHER, place_faults
from review_app.web.steward.audience import blueprint, own_cycle, steward_id
from review_app.web.steward.home import takes_answers
from surveys.errors import ChainFaultsError


class AddressForm(ContactForm):
    """Who is right: the same person at another address, or another person of the same organisation."""

    works_for = None


@blueprint.get("/steward/reviews/<string:cycle_id>/people")
def invited(cycle_id: str) -> ResponseReturnValue:
    """Everybody who is asked, with the way to correct each."""
    found = own_cycle(cycle_id)
    if not takes_answers(found):
        return redirect(url_for("steward.cycle", cycle_id=cycle_id), SEE_OTHER)
    key = state().keys.link_key(cycle_id)
    with reading() as session:
        people = addresses.invited(session, cycle_id, steward_id(), key)
        back = arrivals_view(bounces.arrivals(session, cycle_id)).back
    return render_template(
        "steward/invited.html",
        cycle=found,
        people=people,
        back={line.invitation_id: line for line in back},
    )


@blueprint.get("/steward/reviews/<string:cycle_id>/people/<string:invitation_id>")
def address(cycle_id: str, invitation_id: str) -> ResponseReturnValue:
    """One person: what is known, and what the steward may do."""
    found, person = _open(cycle_id, invitation_id)
    form = AddressForm(
        formdata=None,
        contact_name=person.name,
        job_title=person.job_title,
        email=person.email,
        postal_address=person.postal_address,
    )
    return _page(found, person, form)


@blueprint.post("/steward/reviews/<string:cycle_id>/people/<string:invitation_id>")
def correct_address(cycle_id: str, invitation_id: str) -> ResponseReturnValue:
    """Corrects the address and replaces the link."""
    found, person = _open(cycle_id, invitation_id)
    form = AddressForm()
    if not form.validate() or not _is_corrected(cycle_id, form, person):
        return _page(found, person, form), REFUSED
    flash(_is_on_its_way(form.contact_name.data, form.email.data), "success")
    return redirect(url_for("steward.invited", cycle_id=cycle_id), SEE_OTHER)


@blueprint.post("/steward/reviews/<string:cycle_id>/people/<string:invitation_id>/stop")
def stop_mails(cycle_id: str, invitation_id: str) -> ResponseReturnValue:
    """Stops the mails to one person."""
    words = N_("No more mail goes to %(name)s. Nothing else changes.")
    return _do(cycle_id, invitation_id, addresses.silence, words)


@blueprint.post("/steward/reviews/<string:cycle_id>/people/<string:invitation_id>/stop-all")
def stop_mails_to_organisation(cycle_id: str, invitation_id: str) -> ResponseReturnValue:
    """Stops the mails to everybody of one person's organisation."""
    words = N_("No more mail goes to anybody at %(party)s. Nothing else changes.")
    return _do(cycle_id, invitation_id, addresses.silence_organisation, words)


@blueprint.post("/steward/reviews/<string:cycle_id>/people/<string:invitation_id>/resume")
def resume_mails(cycle_id: str, invitation_id: str) -> ResponseReturnValue:
    """Mails one person again."""
    return _do(cycle_id, invitation_id, addresses.resume, N_("%(name)s gets our mails again."))


def _do(cycle_id: str, invitation_id: str, change: Callable[..., None], words: str) -> ResponseReturnValue:
    person = _open(cycle_id, invitation_id)[1]
    key = state().keys.link_key(cycle_id)
    with transaction() as session:
        change(session, now(), cycle_id, steward_id(), invitation_id=invitation_id, link_key=key)
    flash(_(words, name=person.name, party=person.party_name), "success")
    return redirect(url_for("steward.invited", cycle_id=cycle_id), SEE_OTHER)


def _is_on_its_way(name: str, email: str) -> str:
    if not email:
        return _(
            "%(name)s gets a new link by a letter, which you can print now. The old one opens nothing any more.",
            name=name,
        )
    return _(
        "%(name)s gets a new link by mail, at %(address)s. The old one opens nothing any more.",
        name=name,
        address=email,
    )


def _is_corrected(cycle_id: str, form: AddressForm, person: Invited) -> bool:
    key = state().keys.link_key(cycle_id)
    try:
        with transaction() as session:
            right = form.contact(person.id)
            addresses.correct(session, now(), cycle_id, steward_id(), person=right, link_key=key)
    except ChainFaultsError as error:
        place_faults(form, error.faults)
        return False
    return True


def _open(cycle_id: str, invitation_id: str) -> tuple[Cycle, Invited]:
    """The review and the person. Raises NotFoundError, NotAllowedError unless the review is open."""
    found = own_cycle(cycle_id)
    if not takes_answers(found):
        raise NotAllowedError(_("This is possible only while the review is open."))
    key = state().keys.link_key(cycle_id)
    with reading() as session:
        people = addresses.invited(session, cycle_id, steward_id(), key)
    person = next((one for one in people if one.id == invitation_id), None)
    if person is None:
        raise NotFoundError(_("There is no such person in this review."))
    return found, person


def _page(found: Cycle, person: Invited, form: AddressForm) -> str:
    return render_template("steward/address.html", cycle=found, person=person, form=form)
