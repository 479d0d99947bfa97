"""Before the launch: the key file is made and proved to open, and the steward approves who is asked."""

from __future__ import annotations

from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from review_app.database import reading, transaction
from review_app.services import approving
from review_app.services.cycles import Cycle
from review_app.services.errors import NotAllowedError, NotYetError
from review_app.web.faults import REFUSED, SEE_OTHER, refuse
from review_app.web.steward.audience import blueprint, own_cycle, steward_id
from review_app.web.steward.forms import KeyFileForm, OpeningForm
from review_app.web.words import file_stem
from surveys import sealing
from surveys.cycle import CycleState, KeyMode


@blueprint.get("/steward/reviews/<string:cycle_id>/key")
def key_file(cycle_id: str) -> ResponseReturnValue:
    """The page to make the key file on."""
    found = own_cycle(cycle_id)
    if not _may_make_key(found):
        return _back(cycle_id)
    return render_template("steward/key.html", cycle=found, form=KeyFileForm())


@blueprint.post("/steward/reviews/<string:cycle_id>/key")
def make_key_file(cycle_id: str) -> ResponseReturnValue:
    """The key file, sealed with the passphrase, as a download. Nothing of it stays here."""
    found = own_cycle(cycle_id)
    form = KeyFileForm()
    if not form.validate():
        return render_template("steward/key.html", cycle=found, form=form), REFUSED
    with transaction() as session:
        opening_key = approving.make_key(session, cycle_id, steward_id())
    response = Response(
        sealing.seal_key_file(opening_key, form.passphrase.data), mimetype="application/octet-stream"
    )
    response.headers.set(
        "Content-Disposition", "attachment", filename=f"roundtable-{file_stem(found.title)}.key"
    )
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/steward/reviews/<string:cycle_id>/approve")
def approve(cycle_id: str) -> ResponseReturnValue:
    """Asks once more what is approved; in two-key mode for the key file too."""
    found = own_cycle(cycle_id)
    if found.state is not CycleState.DRAFT or _lacks_key(found):
        return _back(cycle_id)
    return _to_the_list(cycle_id) or _page(found, OpeningForm())


@blueprint.post("/steward/reviews/<string:cycle_id>/approve")
def approve_cycle(cycle_id: str) -> ResponseReturnValue:
    """Approves; in two-key mode only with the file that will really open the answers."""
    found = own_cycle(cycle_id)
    if found.state is CycleState.DRAFT and (elsewhere := _to_the_list(cycle_id)):
        return elsewhere
    form = OpeningForm()
    opening_key = None
    if found.key_mode is KeyMode.TWO_KEY:
        opening_key = form.opening_key()
        if opening_key is None:
            return _page(found, form), REFUSED
    try:
        with transaction() as session:
            approving.approve(session, cycle_id, steward_id(), opening_key=opening_key)
    except (NotAllowedError, NotYetError) as error:
        if opening_key is None:
            raise
        refuse(form, "key_file", str(error))
        return _page(found, form), REFUSED
    flash(_("You have approved this review. The organiser can launch it now."), "success")
    return _back(cycle_id)


def _to_the_list(cycle_id: str) -> ResponseReturnValue | None:
    """The way to the list of people while something on it is open."""
    with reading() as session:
        if not approving.open_points(session, cycle_id):
            return None
    flash(_("Something on the list waits to be settled. You can approve after that."), "info")
    return redirect(url_for("steward.roster", cycle_id=cycle_id), SEE_OTHER)


def _page(found: Cycle, form: OpeningForm) -> str:
    return render_template(
        "steward/approve.html", cycle=found, form=form, is_two_key=found.key_mode is KeyMode.TWO_KEY
    )


def _may_make_key(found: Cycle) -> bool:
    return found.state is CycleState.DRAFT and found.key_mode is KeyMode.TWO_KEY


def _lacks_key(found: Cycle) -> bool:
    return found.key_mode is KeyMode.TWO_KEY and not found.has_key


def _back(cycle_id: str) -> ResponseReturnValue:
    return redirect(url_for("steward.cycle", cycle_id=cycle_id), SEE_OTHER)
