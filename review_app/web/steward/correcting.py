"""The steward corrects the list for partners: the history of the chain then names nobody but the steward, and a day."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms.fields import SelectChoice

from review_app.clock import now
from review_app.database import reading, transaction
from review_app.services import chains, chains_editing, cycles
from review_app.services.addresses import THE_STEWARD
from review_app.services.chains_editing import Edit, contact_of
from review_app.services.cycles import Cycle
from review_app.web.contact_form import ContactForm
from review_app.web.faults import REFUSED, SEE_OTHER, place_faults
from review_app.web.steward.audience import blueprint, own_cycle, steward_id
from surveys.chain import Chain
from surveys.chain_changes import Changes
from surveys.errors import ChainFaultsError


@blueprint.get("/steward/reviews/<string:cycle_id>/list/people/new")
def new_person(cycle_id: str) -> str:
    """The page to add a person on."""
    found, chain = _draft(cycle_id)
    return _page(found, chain, ContactForm(formdata=None))


@blueprint.post("/steward/reviews/<string:cycle_id>/list/people/new")
def add_person(cycle_id: str) -> ResponseReturnValue:
    """Adds a person to an organisation of the chain."""
    found, chain = _draft(cycle_id)
    form = ContactForm()
    party_id = form.works_for.data or ""
    save = partial(chains_editing.save_contact, party_id=party_id, contact=form.contact(""))
    is_chosen = any(party.id == party_id for party in chain.parties)
    if not is_chosen:
        form.validate()
        form.works_for.errors = [_("Choose the organisation")]
    if not is_chosen or not form.validate() or not _is_saved(found, form, save):
        return _page(found, chain, form), REFUSED
    flash(
        _("%(name)s is added. Approve the review when the list is right.", name=form.contact_name.data),
        "success",
    )
    return redirect(url_for("steward.roster", cycle_id=cycle_id), SEE_OTHER)


@blueprint.get("/steward/reviews/<string:cycle_id>/list/people/<string:contact_id>")
def person(cycle_id: str, contact_id: str) -> str:
    """The page to correct a person on, or to take them out."""
    found, chain = _draft(cycle_id)
    return _page(found, chain, _form_of(chain, contact_id), contact_id)


@blueprint.post("/steward/reviews/<string:cycle_id>/list/people/<string:contact_id>")
def correct_person(cycle_id: str, contact_id: str) -> ResponseReturnValue:
    """Corrects a person."""
    found, chain = _draft(cycle_id)
    party = contact_of(chain, contact_id)[0]
    form = ContactForm()
    save = partial(
        chains_editing.save_contact,
        party_id=form.works_for.data or party.id,
        contact=form.contact(contact_id),
    )
    if not form.validate() or not _is_saved(found, form, save):
        return _page(found, chain, form, contact_id), REFUSED
    flash(
        _("%(name)s is corrected. Approve the review when the list is right.", name=form.contact_name.data),
        "success",
    )
    return redirect(url_for("steward.roster", cycle_id=cycle_id), SEE_OTHER)


@blueprint.post("/steward/reviews/<string:cycle_id>/list/people/<string:contact_id>/remove")
def remove_person(cycle_id: str, contact_id: str) -> ResponseReturnValue:
    """Takes a person out of the chain."""
    found, chain = _draft(cycle_id)
    form = _form_of(chain, contact_id)
    if not _is_saved(found, form, partial(chains_editing.remove_contact, contact_id=contact_id)):
        return _page(found, chain, form, contact_id), REFUSED
    flash(
        _("%(name)s is taken out. Approve the review when the list is right.", name=form.contact_name.data),
        "success",
    )
    return redirect(url_for("steward.roster", cycle_id=cycle_id), SEE_OTHER)


def _form_of(chain: Chain, contact_id: str) -> ContactForm:
    """The form with what the list says now."""
    party, contact = contact_of(chain, contact_id)
    return ContactForm(
        formdata=None,
        contact_name=contact.name,
        job_title=contact.job_title,
        email=contact.email,
        postal_address=contact.postal_address,
        works_for=party.id,
    )


def _draft(cycle_id: str) -> tuple[Cycle, Chain]:
    """The draft of this steward, and its chain. Raises NotFoundError, NotAllowedError once it was launched."""
    found = own_cycle(cycle_id)
    with reading() as session:
        cycles.guarded_draft(session, cycle_id, steward_id())
        return found, chains.load(session, found.chain_id)


def _is_saved(found: Cycle, form: FlaskForm, change: Callable[..., Changes]) -> bool:
    try:
        with transaction() as session:
            cycles.guarded_draft(session, found.id, steward_id())
            change(session, Edit(found.chain_id, now(), THE_STEWARD))
    except ChainFaultsError as error:
        place_faults(form, error.faults)
        return False
    return True


def _page(found: Cycle, chain: Chain, form: ContactForm, contact_id: str = "") -> str:
    parties = sorted(chain.parties, key=lambda party: party.name.casefold())
    form.works_for.choices = [
        *([] if contact_id else [SelectChoice("", _("Choose"))]),
        *(SelectChoice(party.id, party.name) for party in parties),
    ]
    contact = contact_of(chain, contact_id)[1] if contact_id else None
    return render_template("steward/person.html", cycle=found, form=form, contact=contact)
