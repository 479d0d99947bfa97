"""The minutes of a workshop: read, checked and sent by whoever leads it; as a page and as a PDF."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from review_app.clock import now
from review_app.database import reading, transaction
from review_app.services import minutes
from review_app.services.errors import ChangedMeanwhileError
from review_app.services.minutes import Minutes
from review_app.web import papers_page
from review_app.web.facilitator.audience import blueprint, led
from review_app.web.faults import REFUSED, SEE_OTHER
from review_app.web.minutes_page import STYLES, minutes_view
from review_app.web.words import file_stem
from surveys.workshop import Outcome, WorkshopState


@blueprint.get("/workshops/<string:workshop_id>/minutes")
def workshop_minutes(workshop_id: str) -> str:
    """The minutes as they stand, or as they were sent."""
    return _page(workshop_id)


@blueprint.post("/workshops/<string:workshop_id>/minutes")
def send_minutes(workshop_id: str) -> ResponseReturnValue:
    """Sends the minutes to everybody who was invited."""
    led(workshop_id)
    try:
        with transaction() as session:
            minutes.send(session, now(), workshop_id, seen=request.form.get("seen", ""))
    except ChangedMeanwhileError:
        fault = _(
            "Not sent: the minutes have changed since you opened this page. Read them again, then send them."
        )
        return _page(workshop_id, fault), REFUSED
    flash(_("The minutes are sent, and fixed. Everybody who was invited gets a mail."), "success")
    return redirect(url_for("facilitator.workshop_minutes", workshop_id=workshop_id), SEE_OTHER)


@blueprint.get("/workshops/<string:workshop_id>/minutes.pdf")
def minutes_file(workshop_id: str) -> ResponseReturnValue:
    """The minutes as a PDF."""
    found = led(workshop_id)
    return papers_page.handed_out(
        render_template(
            "facilitator/minutes_pdf.html",
            view=minutes_view(_minutes(workshop_id)),
            is_sent=found.state is WorkshopState.RECORDED,
        ),
        STYLES,
        filename=f"{file_stem(found.title)}-minutes.pdf",
        title=found.title,
        back=url_for("facilitator.workshop_minutes", workshop_id=workshop_id),
        waiting="facilitator/paper_waits.html",
    )


def _minutes(workshop_id: str) -> Minutes:
    with reading() as session:
        return minutes.of_workshop(session, workshop_id)


def _page(workshop_id: str, fault: str = "") -> str:
    found, written = led(workshop_id), _minutes(workshop_id)
    return render_template(
        "facilitator/minutes.html",
        workshop=found,
        view=minutes_view(written),
        digest=written.digest,
        fault=fault,
        is_sent=found.state is WorkshopState.RECORDED,
        may_send=found.state is WorkshopState.ENDED,
        open_topics=tuple(topic.title for topic in written.topics if topic.outcome is Outcome.OPEN),
        is_nobody_there=not written.there,
    )
