"""Putting revealed notes into groups on the console: by ticks and buttons, so that it works without a script.

What is refused comes back with every tick and everything that was typed: with forty notes they are the work.
"""

from __future__ import annotations

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from review_app.database import transaction
from review_app.services import boards
from review_app.services.boards import Wanted
from review_app.web.facilitator.audience import blueprint
from review_app.web.facilitator.leading import REFUSALS, Kept, console, led
from review_app.web.faults import REFUSED, SEE_OTHER


@blueprint.post("/workshops/<string:workshop_id>/topics/<string:topic_id>/notes")
def arrange_notes(workshop_id: str, topic_id: str) -> ResponseReturnValue:
    """Makes a group of the ticked notes or of what was said; moves notes, renames a group, undoes the last change."""
    form = request.form
    what, _colon, group_id = form.get("do", "").partition(":")
    place = {"make": "title", "say": "said", "rename": f"title-{group_id}"}.get(what, "")
    wanted = Wanted(
        what=what,
        group_id=group_id or form.get("group", ""),
        title=form.get(place, ""),
        note_ids=frozenset(form.getlist("note")),
    )
    fault = _missing(wanted)
    if not fault:
        try:
            with transaction() as session:
                led(session, workshop_id)
                boards.do(session, workshop_id, topic_id, seen=form.get("seen", ""), wanted=wanted)
        except REFUSALS as error:
            fault, place = _(str(error)), ""
    if not fault:
        return redirect(url_for("facilitator.lead", workshop_id=workshop_id), SEE_OTHER)
    texts = {
        name: text for name, text in form.items() if name.startswith("title") or name in {"said", "group"}
    }
    is_missing_text = what in {"make", "say", "rename"} and not wanted.title.strip()
    kept = Kept(texts, wanted.note_ids, fault, place if is_missing_text else "")
    return console(workshop_id, kept), REFUSED


def _missing(wanted: Wanted) -> str:
    """What has to be ticked or typed first; "" where nothing is missing."""
    if wanted.what in {"make", "move"} and not wanted.note_ids:
        return _("Tick the notes first.")
    if wanted.what in {"make", "rename"} and not wanted.title.strip():
        return _("Write what the group is called first.")
    if wanted.what == "say" and not wanted.title.strip():
        return _("Write what was said first.")
    return ""
