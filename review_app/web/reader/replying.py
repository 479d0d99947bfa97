"""The right of reply of those whom a report is about, by their link."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from review_app.languages import N_
from review_app.security import csrf
from review_app.services.errors import NotFoundError
from review_app.services.readers import Reader
from review_app.services.replies import Right
from review_app.web import reply_form, replying
from review_app.web.faults import SEE_OTHER
from review_app.web.reader.audience import blueprint, current_reader
from review_app.web.reader.shelf import address_of
from review_app.web.reply_form import Kept, ReplyView

# The words of a notice are the page's own: an address can only choose among them.
KEPT, TAKEN_BACK = "kept", "taken-back"


@blueprint.get("/report/reply")
def replies() -> str:
    """The findings of the own report, and which have a reply."""
    reader, right = _right()
    view = replying.overview(right)
    return render_template(
        "reader/replies.html",
        view=view,
        chain_name=reader.chain_name,
        report_address=address_of(reader.own),
        addresses=[url_for("reader.reply", number=line.number) for line in view.lines],
        notice=request.args.get("notice", ""),
        languages=reader.cycle.languages,
    )


@blueprint.get("/report/reply/<int:number>")
def reply(number: int) -> str:
    """The form of the reply to one finding."""
    reader, right = _right()
    view = reply_form.form_view(right, replying.id_of(right, number))
    return _form(reader, view)


@blueprint.post("/report/reply/<int:number>")
@csrf.exempt  # The form checks its token itself, so that a page that was open for long loses nothing that is typed.
def save_reply(number: int) -> ResponseReturnValue:
    """Keeps the reply, or takes it back."""
    reader, right = _right()
    kept = reply_form.save(right, replying.id_of(right, number))
    if not isinstance(kept, Kept):
        view, status = kept
        return _form(reader, view), status
    notice = TAKEN_BACK if kept.is_taken_back else KEPT
    return redirect(url_for("reader.replies", notice=notice), SEE_OTHER)


def _right() -> tuple[Reader, Right]:
    reader = current_reader()
    if not reader.may_reply:
        raise NotFoundError(N_("The report is published. Replies are no longer taken."))
    return reader, replying.right_of(reader.cycle.id, reader.own)


def _form(reader: Reader, view: ReplyView) -> str:
    return render_template("reader/reply.html", view=view, languages=reader.cycle.languages)
