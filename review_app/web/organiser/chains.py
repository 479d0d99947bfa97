"""Chains: the import in two steps (a dry run, then the saving), and the page of a chain."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from review_app.clock import now
from review_app.database import reading, transaction
from review_app.languages import N_
from review_app.services import chain_maps, chains, chains_elsewhere, cycles
from review_app.services.cycles import Cycle
from review_app.spreadsheet import STANDARD_LIMITS, read_chain
from review_app.state import state
from review_app.web.faults import REFUSED, SEE_OTHER, place_faults, refuse
from review_app.web.organiser.audience import blueprint, current_author
from review_app.web.organiser.chains_views import chain_view, dry_run_of
from review_app.web.organiser.forms import ImportForm, SaveChainForm
from review_app.web.organiser.upload import Upload, opened, sealed
from surveys.errors import ChainFaultsError, Fault

# Faults with one of these places are about a field of the page, not about a cell of the sheet.
_FIELDS = frozenset({"name", "file"})
_NO_NAME = N_("The chain")


@blueprint.get("/organiser/chains/new")
def import_chain() -> str:
    """The page to choose a spreadsheet on."""
    return render_template("organiser/import.html", form=ImportForm(), dry_run=None)


@blueprint.post("/organiser/chains/new")
def check_chain() -> ResponseReturnValue:
    """The dry run: every fault, or what the chain would be. Nothing is written."""
    form = ImportForm()
    form.validate()
    if form.file.data is None:
        return _refused(form)
    upload = _upload(form)
    try:
        # Without a name the file is checked all the same, so that all faults are told at once.
        chain = read_chain(upload.content, upload.filename, upload.name or _(_NO_NAME))
    except ChainFaultsError as error:
        return _refused(form, upload.filename, error.faults)
    with reading() as session:
        is_taken = any(summary.name == chain.name for summary in chains.summaries(session))
    if is_taken:
        taken = _("There is a chain called %(name)s already. Give this one another name.", name=chain.name)
        refuse(form, "name", taken)
    if form.errors:
        return _refused(form)
    carried = SaveChainForm(formdata=None, checked=sealed(upload, state().settings.secret_key))
    return render_template(
        "organiser/check_chain.html", form=carried, chain=chain_view(chain, {}), filename=upload.filename
    )


@blueprint.post("/organiser/chains")
def save_chain() -> ResponseReturnValue:
    """Saves exactly the file that was checked, all of it or nothing."""
    upload = opened(request.form.get("checked", ""), state().settings.secret_key)
    form = ImportForm(formdata=None, name=upload.name if upload else "")
    if upload is None:
        refuse(form, "file", _("The file that was checked did not arrive whole. Choose it again."))
        return _refused(form)
    try:
        chain = read_chain(upload.content, upload.filename, upload.name)
        with transaction() as session:
            chain_id = chains.keep(session, now(), chain, current_author())
    except ChainFaultsError as error:
        return _refused(form, upload.filename, error.faults)
    flash(_("%(chain)s is imported.", chain=chain.name), "success")
    return redirect(url_for("organiser.chain", chain_id=chain_id), SEE_OTHER)


@blueprint.get("/organiser/chains/<string:chain_id>")
def chain(chain_id: str) -> str:
    """A chain: its organisations by role, its contacts, and its reviews."""
    with reading() as session:
        found = chains.load(session, chain_id)
        of_chain: tuple[Cycle, ...] = cycles.of_chain(session, chain_id)
        elsewhere = chains_elsewhere.also_in(session, chain_id)
    return render_template(
        "organiser/chain.html",
        chain_id=chain_id,
        chain=chain_view(found, elsewhere),
        cycles=of_chain,
        map=chain_maps.on_page(found),
    )


def _upload(form: ImportForm) -> Upload:
    # One byte more than is allowed is enough for the reader to see that a file is too large.
    content = form.file.data.stream.read(STANDARD_LIMITS.size + 1)
    return Upload(form.name.data, form.file.data.filename, content)


def _refused(form: ImportForm, filename: str = "", faults: tuple[Fault, ...] = ()) -> ResponseReturnValue:
    place_faults(form, [fault for fault in faults if fault.place in _FIELDS])
    dry_run = dry_run_of(filename, [fault for fault in faults if fault.place not in _FIELDS])
    return render_template("organiser/import.html", form=form, dry_run=dry_run), REFUSED
