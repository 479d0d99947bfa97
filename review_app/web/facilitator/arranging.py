"""Putting revealed notes into groups on the console: by ticks and buttons, so that it works without a script."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from review_app.services import boards
from review_app.services.boards import Wanted
from review_app.web.facilitator.audience import blueprint
from review_app.web.facilitator.leading import refuse, step


@blueprint.post("/workshops/<string:workshop_id>/topics/<string:topic_id>/notes")
def arrange_notes(workshop_id: str, topic_id: str) -> ResponseReturnValue:
    """Makes a group of the ticked notes or of what was said; moves notes, renames a group, undoes the last change."""
    form = request.form
    what, _colon, group_id = form.get("do", "").partition(":")
    wanted = Wanted(
        what=what,
        group_id=group_id or form.get("group", ""),
        title=form.get({"make": "title", "say": "said"}.get(what, f"title-{group_id}"), ""),
        note_ids=frozenset(form.getlist("note")),
    )
    if what in {"make", "move"} and not wanted.note_ids:
        return refuse(workshop_id, _("Tick the notes first."))
    if what in {"make", "rename"} and not wanted.title.strip():
        return refuse(workshop_id, _("Write what the group is called first."))
    if what == "say" and not wanted.title.strip():
        return refuse(workshop_id, _("Write what was said first."))
    seen = form.get("seen", "")
    return step(
        workshop_id,
        lambda session: boards.do(session, workshop_id, topic_id, seen=seen, wanted=wanted),
    )
