"""The people of a chain's organisations, edited by hand."""

from __future__ import annotations

from functools import partial

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms.fields import SelectChoice

from review_app.database import reading
from review_app.services import chains_editing, chains_elsewhere
from review_app.services.chains_editing import contact_of, party_of
from review_app.services.chains_elsewhere import OtherPlace
from review_app.web.contact_form import ContactForm
from review_app.web.faults import REFUSED, SEE_OTHER
from review_app.web.organiser.audience import blueprint
from review_app.web.organiser.chains_editing import is_saved, loaded
from review_app.web.organiser.chains_forms import RemoveForm
from surveys.chain import Chain


@blueprint.get("/organiser/chains/<string:chain_id>/organisations/<string:party_id>/people/new")
def new_contact(chain_id: str, party_id: str) -> str:
    """The page to add a person on."""
    return _new_page(loaded(chain_id), party_id, ContactForm(formdata=None))


@blueprint.post("/organiser/chains/<string:chain_id>/organisations/<string:party_id>/people/new")
def add_contact(chain_id: str, party_id: str) -> ResponseReturnValue:
    """Adds a person to an organisation."""
    chain, form = loaded(chain_id), ContactForm()
    save = partial(chains_editing.save_contact, party_id=party_id, contact=form.contact(""))
    if not form.validate() or not is_saved(chain_id, form, save):
        return _new_page(chain, party_id, form), REFUSED
    flash(_("%(name)s is added.", name=form.contact_name.data), "success")
    return redirect(url_for("organiser.party", chain_id=chain_id, party_id=party_id), SEE_OTHER)


@blueprint.get("/organiser/chains/<string:chain_id>/people/<string:contact_id>")
def contact(chain_id: str, contact_id: str) -> str:
    """The page to change a person on."""
    chain = loaded(chain_id)
    party, found = contact_of(chain, contact_id)
    form = ContactForm(
        formdata=None,
        contact_name=found.name,
        job_title=found.job_title,
        email=found.email,
        postal_address=found.postal_address,
        works_for=party.id,
    )
    return _edit_page(chain, contact_id, form)


@blueprint.post("/organiser/chains/<string:chain_id>/people/<string:contact_id>")
def save_contact(chain_id: str, contact_id: str) -> ResponseReturnValue:
    """Saves a person, and says where else the old address stands: it is corrected nowhere else by itself."""
    chain, form = loaded(chain_id), ContactForm()
    party, old = contact_of(chain, contact_id)
    party_id = form.works_for.data or party.id
    save = partial(chains_editing.save_contact, party_id=party_id, contact=form.contact(contact_id))
    if not form.validate() or not is_saved(chain_id, form, save):
        return _edit_page(chain, contact_id, form), REFUSED
    flash(_("%(name)s is saved.", name=form.contact_name.data), "success")
    elsewhere = _elsewhere(chain_id, old.email)
    if elsewhere:
        names = ", ".join(dict.fromkeys(place.chain_name for place in elsewhere))
        told = _("The same person may stand in %(chains)s too, where nothing was changed.", chains=names)
        flash(told, "info")
    return redirect(url_for("organiser.party", chain_id=chain_id, party_id=party_id), SEE_OTHER)


@blueprint.get("/organiser/chains/<string:chain_id>/people/<string:contact_id>/remove")
def ask_to_remove_contact(chain_id: str, contact_id: str) -> str:
    """Asks once more, and says what stays."""
    return _remove_page(loaded(chain_id), contact_id, RemoveForm(formdata=None))


@blueprint.post("/organiser/chains/<string:chain_id>/people/<string:contact_id>/remove")
def remove_contact(chain_id: str, contact_id: str) -> ResponseReturnValue:
    """Takes a person out of the chain."""
    chain, form = loaded(chain_id), RemoveForm()
    party, found = contact_of(chain, contact_id)
    if not is_saved(chain_id, form, partial(chains_editing.remove_contact, contact_id=contact_id)):
        return _remove_page(chain, contact_id, form), REFUSED
    flash(_("%(name)s is removed.", name=found.name), "success")
    return redirect(url_for("organiser.party", chain_id=chain_id, party_id=party.id), SEE_OTHER)


def _elsewhere(chain_id: str, email: str) -> tuple[OtherPlace, ...]:
    with reading() as session:
        return chains_elsewhere.address_elsewhere(session, chain_id, email)


def _new_page(chain: Chain, party_id: str, form: ContactForm) -> str:
    return render_template(
        "organiser/chain_contact_new.html", chain_id=chain.id, party=party_of(chain, party_id), form=form
    )


def _edit_page(chain: Chain, contact_id: str, form: ContactForm) -> str:
    party, found = contact_of(chain, contact_id)
    parties = sorted(chain.parties, key=lambda other: other.name.casefold())
    form.works_for.choices = [SelectChoice(other.id, other.name) for other in parties]
    return render_template(
        "organiser/chain_contact.html",
        chain_id=chain.id,
        party=party,
        contact=found,
        form=form,
        elsewhere=_elsewhere(chain.id, found.email),
    )


def _remove_page(chain: Chain, contact_id: str, form: RemoveForm) -> str:
    party, found = contact_of(chain, contact_id)
    return render_template(
        "organiser/chain_remove_contact.html", chain_id=chain.id, party=party, contact=found, form=form
    )
