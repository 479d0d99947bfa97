"""When the mail of a chain is sent: the page that says it and changes it."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from review_app.clock import now
from review_app.database import reading, transaction
from review_app.services import chains, mail_hours
from review_app.state import state
from review_app.web.faults import REFUSED, SEE_OTHER
from review_app.web.organiser.audience import blueprint, current_author
from review_app.web.organiser.chains_forms import MailHoursForm


@blueprint.get("/organiser/chains/<string:chain_id>/hours")
def chain_hours(chain_id: str) -> str:
    """The page to choose the days and hours on."""
    with reading() as session:
        hours = mail_hours.of_chain(session, chain_id)
    days = [str(day) for day in sorted(hours.days)]
    form = MailHoursForm(formdata=None, days=days, start=str(hours.start), end=str(hours.end))
    return _page(chain_id, form)


@blueprint.post("/organiser/chains/<string:chain_id>/hours")
def save_chain_hours(chain_id: str) -> ResponseReturnValue:
    """Sets the days and hours, also for what waits already."""
    form = MailHoursForm()
    if not form.validate():
        return _page(chain_id, form), REFUSED
    with transaction() as session:
        mail_hours.change(session, now(), chain_id, form.hours, by=current_author())
    flash(_("Mail is sent on %(hours)s.", hours=form.hours), "success")
    return redirect(url_for("organiser.chain", chain_id=chain_id), SEE_OTHER)


def _page(chain_id: str, form: MailHoursForm) -> str:
    with reading() as session:
        name = chains.load(session, chain_id).name
    return render_template(
        "organiser/chain_hours.html",
        chain_id=chain_id,
        name=name,
        form=form,
        is_demo=state().settings.is_demo,
    )
