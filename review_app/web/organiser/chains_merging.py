"""Merging two organisations that are the same: the choice, what it would do, and the doing."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from review_app.clock import now
from review_app.database import reading, transaction
from review_app.languages import N_
from review_app.services import chains, chains_editing
from review_app.services.chains_editing import Edit, Merged
from review_app.services.errors import ChainChangedError
from review_app.web.faults import REFUSED, SEE_OTHER, place_faults, refuse
from review_app.web.organiser.audience import blueprint, current_author
from review_app.web.organiser.chains_forms import ConfirmMergeForm, MergeForm
from review_app.web.organiser.chains_views import changes_view
from surveys.chain import Chain
from surveys.chain_edits import merge_parties
from surveys.errors import ChainFaultsError, Fault

CHANGED_MEANWHILE = N_(
    "Somebody has changed this chain since you looked. Nothing was saved. Here is what would change now."
)


@blueprint.get("/organiser/chains/<string:chain_id>/merge")
def choose_merge(chain_id: str) -> str:
    """The page to choose two organisations on; ``?party=`` comes from the page of one of them."""
    with reading() as session:
        chain = chains.load(session, chain_id)
    form = MergeForm(formdata=None, stays=request.args.get("party", ""))
    return _choose(chain, form)


@blueprint.post("/organiser/chains/<string:chain_id>/merge")
def check_merge(chain_id: str) -> ResponseReturnValue:
    """What merging would do. Nothing is written."""
    form = MergeForm()
    with reading() as session:
        chain = chains.load(session, chain_id)
    _check_choice(form, chain)
    if form.errors:
        return _choose(chain, form), REFUSED
    with reading() as session:
        merged = chains_editing.preview_merge(session, chain_id, form.stays.data, form.goes.data)
    return _preview(chain, merged, ConfirmMergeForm.of(merged)), REFUSED if merged.faults else 200


@blueprint.post("/organiser/chains/<string:chain_id>/merge/apply")
def apply_merge(chain_id: str) -> ResponseReturnValue:
    """Merges as it was previewed; shows a fresh preview when the chain changed."""
    form = ConfirmMergeForm()
    stays, goes = form.stays.data or "", form.goes.data or ""
    try:
        with transaction() as session:
            chains_editing.merge(
                session,
                Edit(chain_id, now(), current_author()),
                stays=stays,
                goes=goes,
                digest=form.digest.data or "",
            )
    except ChainChangedError:
        return _refused(chain_id, stays, goes, (Fault("", _(CHANGED_MEANWHILE), ""),))
    except ChainFaultsError as error:
        return _refused(chain_id, stays, goes, error.faults)
    flash(_("The two organisations are one now."), "success")
    return redirect(url_for("organiser.party", chain_id=chain_id, party_id=stays), SEE_OTHER)


def _check_choice(form: MergeForm, chain: Chain) -> None:
    ids = {party.id for party in chain.parties}
    if form.stays.data not in ids:
        refuse(form, "stays", _("Choose the organisation that stays"))
    if form.goes.data not in ids:
        refuse(form, "goes", _("Choose the organisation that is the same"))
    elif form.goes.data == form.stays.data:
        refuse(form, "goes", _("Choose another organisation than the one that stays"))


def _choose(chain: Chain, form: MergeForm) -> str:
    form.offer(chain)
    return render_template("organiser/chain_merge.html", chain_id=chain.id, name=chain.name, form=form)


def _refused(chain_id: str, stays: str, goes: str, faults: tuple[Fault, ...]) -> ResponseReturnValue:
    with reading() as session:
        chain = chains.load(session, chain_id)
        merged = chains_editing.preview_merge(session, chain_id, stays, goes)
    form = ConfirmMergeForm.of(merged)
    place_faults(form, [fault for fault in faults if fault not in merged.faults])
    return _preview(chain, merged, form), REFUSED


def _preview(chain: Chain, merged: Merged, form: ConfirmMergeForm) -> str:
    place_faults(form, merged.faults)
    after = merge_parties(chain, merged.stays.id, merged.goes.id)
    return render_template(
        "organiser/chain_merge_check.html",
        chain_id=chain.id,
        name=chain.name,
        form=form,
        stays=merged.stays.name,
        goes=merged.goes.name,
        may_merge=not merged.faults,
        view=changes_view(merged.changes, after),
    )
