"""Links to the actions of a chain: who holds one, stopping and replacing it; and evidence for whoever oversees it."""

from __future__ import annotations

from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from review_app.clock import now
from review_app.database import reading, transaction
from review_app.services import action_links, evidence_files, overseeing
from review_app.services.errors import NotAllowedError
from review_app.web.evidence import hand_out
from review_app.web.faults import SEE_OTHER
from review_app.web.improvement.audience import blueprint


@blueprint.get("/chains/<string:chain_id>/actions/people")
def people(chain_id: str) -> str:
    """Everybody with a link to actions of a chain."""
    with reading() as session:
        name = overseeing.check_oversees(session, chain_id, current_user.account)
        found = action_links.holders(session, now(), chain_id)
    return render_template("improvement/people.html", chain_name=name, chain_id=chain_id, holders=found)


@blueprint.post("/chains/<string:chain_id>/actions/people/<string:person_id>/stop")
def stop_link(chain_id: str, person_id: str) -> ResponseReturnValue:
    """Lets somebody's link open nothing from now on."""
    with transaction() as session:
        overseeing.check_oversees(session, chain_id, current_user.account)
        action_links.revoke(session, now(), chain_id, person_id)
    flash(_("The link opens nothing any more. Send a new one when you want to."), "info")
    return redirect(url_for("improvement.people", chain_id=chain_id), SEE_OTHER)


@blueprint.post("/chains/<string:chain_id>/actions/people/<string:person_id>/replace")
def replace_link(chain_id: str, person_id: str) -> ResponseReturnValue:
    """Sends somebody a new link; the one that they had opens nothing from now on."""
    try:
        with transaction() as session:
            overseeing.check_oversees(session, chain_id, current_user.account)
            action_links.replace(session, now(), chain_id, person_id)
    except NotAllowedError:
        flash(
            _(
                "No new link was sent: this person is not in the chain any more, has no email address, or has no"
                " action that is still open."
            ),
            "warning",
        )
    else:
        flash(_("A mail brings a new link. The one before opens nothing any more."), "info")
    return redirect(url_for("improvement.people", chain_id=chain_id), SEE_OTHER)


@blueprint.get("/actions/evidence/<string:evidence_id>")
def evidence_file(evidence_id: str) -> Response:
    """A file of evidence, as an attachment, for whoever oversees its chain."""
    with reading() as session:
        stored = evidence_files.stored(session, evidence_id)
        overseeing.check_oversees(session, stored.chain_id, current_user.account)
    return hand_out(stored)
