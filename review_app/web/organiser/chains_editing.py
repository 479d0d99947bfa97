"""A chain edited by hand: its name and its organisations."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from review_app.clock import now
from review_app.database import reading, transaction
from review_app.services import chains, chains_editing, chains_elsewhere
from review_app.services.chains_editing import Edit, party_of
from review_app.web.faults import REFUSED, SEE_OTHER, place_faults
from review_app.web.organiser.audience import blueprint, current_author
from review_app.web.organiser.chains_forms import ChainNameForm, NewPartyForm, PartyForm, RemoveForm
from surveys.chain import Chain, Standing
from surveys.chain_changes import Changes
from surveys.chain_words import kind_words
from surveys.errors import ChainFaultsError


def is_saved(chain_id: str, form: FlaskForm, change: Callable[..., Changes]) -> bool:
    """Whether a change was made; if not, its faults stand beside the fields. ``change`` takes a session and an Edit."""
    try:
        with transaction() as session:
            change(session, Edit(chain_id, now(), current_author()))
    except ChainFaultsError as error:
        place_faults(form, error.faults)
        return False
    return True


def loaded(chain_id: str) -> Chain:
    """The chain of a page."""
    with reading() as session:
        return chains.load(session, chain_id)


@blueprint.get("/organiser/chains/<string:chain_id>/name")
def chain_name(chain_id: str) -> str:
    """The page to give a chain another name on."""
    chain = loaded(chain_id)
    return _name_page(chain, ChainNameForm(formdata=None, name=chain.name))


@blueprint.post("/organiser/chains/<string:chain_id>/name")
def rename_chain(chain_id: str) -> ResponseReturnValue:
    """Gives a chain another name."""
    chain, form = loaded(chain_id), ChainNameForm()
    if not form.validate() or not is_saved(
        chain_id, form, partial(chains_editing.rename, name=form.name.data)
    ):
        return _name_page(chain, form), REFUSED
    flash(_("The chain is called %(name)s now.", name=form.name.data), "success")
    return redirect(url_for("organiser.chain", chain_id=chain_id), SEE_OTHER)


@blueprint.get("/organiser/chains/<string:chain_id>/organisations/new")
def new_party(chain_id: str) -> str:
    """The page to add an organisation on."""
    form = NewPartyForm(formdata=None, standing=Standing.PRESENT.value)
    return _party_page(loaded(chain_id), form, "")


@blueprint.post("/organiser/chains/<string:chain_id>/organisations/new")
def add_party(chain_id: str) -> ResponseReturnValue:
    """Adds an organisation with its first person."""
    chain, form = loaded(chain_id), NewPartyForm()
    form.offer_buyers(chain, "")
    if form.validate():
        party = form.party("", (form.first_contact(),))
        if is_saved(chain_id, form, partial(chains_editing.save_party, party=party)):
            flash(_("%(name)s is added.", name=party.name), "success")
            return redirect(url_for("organiser.chain", chain_id=chain_id), SEE_OTHER)
    return _party_page(chain, form, ""), REFUSED


@blueprint.get("/organiser/chains/<string:chain_id>/organisations/<string:party_id>")
def party(chain_id: str, party_id: str) -> str:
    """An organisation: what it is, its people, whom it works for, and where else it stands."""
    with reading() as session:
        chain = chains.load(session, chain_id)
        also_in = chains_elsewhere.also_in(session, chain_id)
    found = party_of(chain, party_id)
    names = {other.id: other.name for other in chain.parties}
    return render_template(
        "organiser/chain_party.html",
        chain_id=chain_id,
        chain_name=chain.name,
        party=found,
        kind=kind_words(found),
        buyers=[names[buyer] for buyer in found.buyers],
        suppliers=[other.name for other in chain.parties if party_id in other.buyers],
        also_in=also_in.get(party_id, ()),
    )


@blueprint.get("/organiser/chains/<string:chain_id>/organisations/<string:party_id>/edit")
def edit_party(chain_id: str, party_id: str) -> str:
    """The page to change an organisation on."""
    chain = loaded(chain_id)
    found = party_of(chain, party_id)
    form = PartyForm(
        formdata=None,
        organisation=found.name,
        role=found.role.value,
        sector=found.sector.value,
        standing=found.standing.value,
        services=found.services,
        contracts_with=list(found.buyers),
    )
    return _party_page(chain, form, party_id)


@blueprint.post("/organiser/chains/<string:chain_id>/organisations/<string:party_id>/edit")
def save_party(chain_id: str, party_id: str) -> ResponseReturnValue:
    """Saves an organisation."""
    chain, form = loaded(chain_id), PartyForm()
    party_of(chain, party_id)
    form.offer_buyers(chain, party_id)
    if form.validate():
        changed = form.party(party_id, ())
        if is_saved(chain_id, form, partial(chains_editing.save_party, party=changed)):
            flash(_("%(name)s is saved.", name=changed.name), "success")
            return redirect(url_for("organiser.party", chain_id=chain_id, party_id=party_id), SEE_OTHER)
    return _party_page(chain, form, party_id), REFUSED


@blueprint.get("/organiser/chains/<string:chain_id>/organisations/<string:party_id>/remove")
def ask_to_remove_party(chain_id: str, party_id: str) -> str:
    """Asks once more, and says what stays."""
    return _remove_page(loaded(chain_id), party_id, RemoveForm(formdata=None))


@blueprint.post("/organiser/chains/<string:chain_id>/organisations/<string:party_id>/remove")
def remove_party(chain_id: str, party_id: str) -> ResponseReturnValue:
    """Takes an organisation and its people out of the chain."""
    chain, form = loaded(chain_id), RemoveForm()
    found = party_of(chain, party_id)
    if not is_saved(chain_id, form, partial(chains_editing.remove_party, party_id=party_id)):
        return _remove_page(chain, party_id, form), REFUSED
    flash(_("%(name)s is removed.", name=found.name), "success")
    return redirect(url_for("organiser.chain", chain_id=chain_id), SEE_OTHER)


def _name_page(chain: Chain, form: ChainNameForm) -> str:
    return render_template("organiser/chain_name.html", chain_id=chain.id, name=chain.name, form=form)


def _party_page(chain: Chain, form: PartyForm, party_id: str) -> str:
    form.offer_buyers(chain, party_id)
    name = party_of(chain, party_id).name if party_id else ""
    return render_template(
        "organiser/chain_party_form.html",
        chain_id=chain.id,
        chain_name=chain.name,
        party_id=party_id,
        name=name,
        form=form,
    )


def _remove_page(chain: Chain, party_id: str, form: RemoveForm) -> str:
    found = party_of(chain, party_id)
    return render_template(
        "organiser/chain_remove_party.html",
        chain_id=chain.id,
        chain_name=chain.name,
        party=found,
        suppliers=[other.name for other in chain.parties if party_id in other.buyers],
        form=form,
    )
