"""The prime's right of reply, for its organisers: to each finding of the main report, until everybody reads it."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from review_app.database import reading
from review_app.security import csrf
from review_app.services import cycles
from review_app.services.cycles import Cycle
from review_app.web import reply_form, replying
from review_app.web.faults import SEE_OTHER
from review_app.web.organiser.audience import blueprint
from review_app.web.reply_form import Kept, ReplyView

MAIN = ""


@blueprint.get("/organiser/reviews/<string:cycle_id>/reply")
def replies(cycle_id: str) -> ResponseReturnValue:
    """The findings of the main report, and which have a reply. Before and after the time for replies there is none."""
    found = _cycle(cycle_id)
    if not found.is_awaiting_replies:
        return redirect(url_for("organiser.cycle", cycle_id=cycle_id), SEE_OTHER)
    view = replying.overview(replying.right_of(cycle_id, MAIN))
    addresses = [url_for("organiser.reply_to", cycle_id=cycle_id, number=line.number) for line in view.lines]
    return render_template("organiser/replies.html", cycle=found, view=view, addresses=addresses)


@blueprint.get("/organiser/reviews/<string:cycle_id>/reply/<int:number>")
def reply_to(cycle_id: str, number: int) -> str:
    """The form of the reply to one finding."""
    right = replying.right_of(cycle_id, MAIN)
    return _form(_cycle(cycle_id), reply_form.form_view(right, replying.id_of(right, number)))


@blueprint.post("/organiser/reviews/<string:cycle_id>/reply/<int:number>")
@csrf.exempt  # The form checks its token itself, so that a page that was open for long loses nothing that is typed.
def save_reply(cycle_id: str, number: int) -> ResponseReturnValue:
    """Keeps the reply, or takes it back."""
    right = replying.right_of(cycle_id, MAIN)
    kept = reply_form.save(right, replying.id_of(right, number))
    if not isinstance(kept, Kept):
        view, status = kept
        return _form(_cycle(cycle_id), view), status
    flash(_("Your reply is taken back.") if kept.is_taken_back else _("Your reply is kept."), "success")
    return redirect(url_for("organiser.replies", cycle_id=cycle_id), SEE_OTHER)


def _cycle(cycle_id: str) -> Cycle:
    with reading() as session:
        return cycles.load(session, cycle_id)


def _form(found: Cycle, view: ReplyView) -> str:
    return render_template("organiser/reply.html", cycle=found, view=view)
