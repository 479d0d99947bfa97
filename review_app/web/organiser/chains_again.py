"""Importing a chain again: the dry run, what would change, and the applying of exactly that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from review_app.clock import now
from review_app.database import reading, transaction
from review_app.languages import N_
from review_app.services import chains, chains_editing
from review_app.services.chains_editing import Edit
from review_app.services.errors import ChainChangedError
from review_app.spreadsheet import STANDARD_LIMITS, read_chain
from review_app.state import state
from review_app.web.faults import REFUSED, SEE_OTHER, place_faults, refuse
from review_app.web.organiser.audience import blueprint, current_author
from review_app.web.organiser.chains_forms import ApplyForm, ImportAgainForm, apply_form
from review_app.web.organiser.chains_views import changes_view, dry_run_of
from review_app.web.organiser.upload import Upload, opened, sealed
from surveys.chain import Chain
from surveys.chain_changes import Changes, align, compare
from surveys.chain_rules import chain_digest
from surveys.errors import ChainFaultsError, Fault
from surveys.texts import clean_line

NOT_WHOLE = N_("The file that was checked did not arrive whole. Choose it again.")
CHANGED_MEANWHILE = N_(
    "Somebody has changed this chain since you looked. Nothing was saved. Here is what would change now."
)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What an import would do to a chain as it is. ``digest``: of that chain."""

    upload: Upload
    before: Chain
    sheet: Chain
    changes: Changes
    digest: str

    def form(self) -> type[ApplyForm]:
        """The form to say yes with."""
        return apply_form(self.changes.likely_renames)


@blueprint.get("/organiser/chains/<string:chain_id>/import")
def import_again(chain_id: str) -> str:
    """The page to choose a newer spreadsheet on."""
    with reading() as session:
        chain = chains.load(session, chain_id)
    return _choose(chain, ImportAgainForm())


@blueprint.post("/organiser/chains/<string:chain_id>/import")
def check_again(chain_id: str) -> ResponseReturnValue:
    """The dry run: every fault, or what would change. Nothing is written."""
    form = ImportAgainForm()
    with reading() as session:
        chain = chains.load(session, chain_id)
    if not form.validate():
        return _choose(chain, form), REFUSED
    # One byte more than is allowed is enough for the reader to see that a file is too large.
    content = form.file.data.stream.read(STANDARD_LIMITS.size + 1)
    upload = Upload(chain_id, form.file.data.filename, content)
    try:
        proposal = _proposal(chain, upload)
    except ChainFaultsError as error:
        return _choose(chain, form, upload.filename, error.faults), REFUSED
    return _preview(proposal, _fresh_form(proposal))


@blueprint.post("/organiser/chains/<string:chain_id>/import/apply")
def apply_import(chain_id: str) -> ResponseReturnValue:
    """Applies exactly what was previewed, all of it or nothing; shows a fresh preview when the chain changed."""
    with reading() as session:
        chain = chains.load(session, chain_id)
    upload = opened(request.form.get("checked", ""), state().settings.secret_key)
    # The name of the upload is the chain that it was checked for.
    if upload is None or upload.name != chain_id:
        form = ImportAgainForm(formdata=None)
        refuse(form, "file", _(NOT_WHOLE))
        return _choose(chain, form), REFUSED
    try:
        proposal = _proposal(chain, upload)
        return _apply(proposal)
    except ChainFaultsError as error:
        form = ImportAgainForm(formdata=None)
        return _choose(chain, form, upload.filename, error.faults), REFUSED


def _apply(proposal: Proposal) -> ResponseReturnValue:
    if request.form.get("digest", "") != proposal.digest:
        return _again(proposal)
    form = proposal.form()()
    if not form.validate():
        return _preview(proposal, form), REFUSED
    chain_id = proposal.before.id
    try:
        with transaction() as session:
            chains_editing.import_again(
                session,
                Edit(chain_id, now(), current_author()),
                proposal.sheet,
                same=form.same(),
                digest=proposal.digest,
            )
    except ChainChangedError:
        with reading() as session:
            chain = chains.load(session, chain_id)
        return _again(_proposal(chain, proposal.upload))
    filename = clean_line(proposal.upload.filename)
    told = _("%(chain)s is as in %(filename)s now.", chain=proposal.before.name, filename=filename)
    flash(told, "success")
    return redirect(url_for("organiser.chain", chain_id=chain_id), SEE_OTHER)


def _proposal(chain: Chain, upload: Upload) -> Proposal:
    sheet = read_chain(upload.content, upload.filename, chain.name)
    return Proposal(upload, chain, sheet, compare(chain, sheet), chain_digest(chain))


def _fresh_form(proposal: Proposal) -> ApplyForm:
    checked = sealed(proposal.upload, state().settings.secret_key)
    return proposal.form()(formdata=None, checked=checked, digest=proposal.digest)


def _again(proposal: Proposal) -> ResponseReturnValue:
    form = _fresh_form(proposal)
    refuse(form, "", _(CHANGED_MEANWHILE))
    return _preview(proposal, form), REFUSED


def _preview(proposal: Proposal, form: ApplyForm) -> str:
    same = {rename.added.id: rename.gone.id for rename in proposal.changes.likely_renames}
    after = align(proposal.before, proposal.sheet, same)
    return render_template(
        "organiser/chain_changes.html",
        chain_id=proposal.before.id,
        name=proposal.before.name,
        filename=clean_line(proposal.upload.filename),
        form=form,
        view=changes_view(compare(proposal.before, after), after),
        has_changes=bool(proposal.changes),
    )


def _choose(chain: Chain, form: ImportAgainForm, filename: str = "", faults: Sequence[Fault] = ()) -> str:
    in_file = [replace(fault, place="file") for fault in faults if not fault.place or fault.place == "file"]
    place_faults(form, in_file)
    dry_run = dry_run_of(filename, [fault for fault in faults if fault.place and fault.place != "file"])
    return render_template(
        "organiser/chain_import.html", chain_id=chain.id, name=chain.name, form=form, dry_run=dry_run
    )
