"""The steward asks everybody on the list by mail whether it is right, after reading what the mail says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from review_app.clock import now
from review_app.database import reading, transaction
from review_app.languages import current, day
from review_app.mail.messages import notice_words
from review_app.services import roster_checks
from review_app.services.outbox import MailKind
from review_app.services.roster_checks import MOST_ROUNDS, RosterMail
from review_app.state import state
from review_app.web.faults import SEE_OTHER
from review_app.web.steward.audience import blueprint, own_cycle, steward_id
from review_app.web.words import figure, people
from surveys.cycle import CycleState
from surveys.language import Language


@dataclass(frozen=True, slots=True)
class AskAllView:
    """The page. ``round``: the one that would be sent; ``subject`` and ``text``: what the first of them gets.

    ``without``: who will get none, in a sentence; "" when everybody has an email address.
    """

    people: str
    without: str
    round: int
    is_last: bool
    subject: str
    text: str


@blueprint.get("/steward/reviews/<string:cycle_id>/list/mail")
def ask_all(cycle_id: str) -> ResponseReturnValue:
    """What would be mailed to whom; nothing is sent yet."""
    found = own_cycle(cycle_id)
    if found.state is not CycleState.DRAFT:
        return redirect(url_for("steward.cycle", cycle_id=cycle_id), SEE_OTHER)
    with reading() as session:
        mail = roster_checks.look(session, cycle_id, steward_id())
    if not mail.may_send:
        return _back(cycle_id)
    return render_template("steward/ask_all.html", cycle=found, view=_view(mail, found.printed_in))


@blueprint.post("/steward/reviews/<string:cycle_id>/list/mail")
def send_to_all(cycle_id: str) -> ResponseReturnValue:
    """Queues a mail to everybody on the list. A second click asks for a round that was sent, and sends nothing."""
    own_cycle(cycle_id)
    wanted = request.form.get("round", 0, type=int)
    with transaction() as session:
        queued = roster_checks.send(session, now(), cycle_id, steward_id(), number=wanted)
    if queued:
        words = ngettext(
            "%(count)s mail will be sent. What people ask for is listed below.",
            "%(count)s mails will be sent. What people ask for is listed below.",
            queued,
            count=figure(queued),
        )
        flash(words, "success")
    return _back(cycle_id)


def sent_sentence(mail: RosterMail) -> str:
    """When everybody was asked, in a sentence; "" before."""
    if not mail.sent_at:
        return ""
    days = list(dict.fromkeys(day(moment, current()) for moment in mail.sent_at))
    if len(days) > 1:
        first, second = days
        return _("You asked everybody by mail on %(first)s and on %(second)s.", first=first, second=second)
    if len(mail.sent_at) > 1:
        return _("You asked everybody twice by mail on %(day)s.", day=days[0])
    return _("You asked everybody by mail on %(day)s.", day=days[0])


def _view(mail: RosterMail, languages: Sequence[Language]) -> AskAllView:
    rendered = None
    if mail.sample is not None:
        rendered = notice_words(
            MailKind.ROSTER_CHECK,
            mail.sample,
            to_name=mail.sample_name,
            base_url=state().settings.base_url,
            languages=languages,
        )
    number = len(mail.sent_at) + 1
    return AskAllView(
        people=people(mail.mailed),
        without=_without_email(mail.unmailed),
        round=number,
        is_last=number == MOST_ROUNDS,
        subject=rendered.subject if rendered else "",
        text=rendered.text if rendered else "",
    )


def _without_email(count: int) -> str:
    if not count:
        return ""
    return ngettext(
        "%(count)s person has no email address and will get none.",
        "%(count)s people have no email address and will get none.",
        count,
        count=figure(count),
    )


def _back(cycle_id: str) -> ResponseReturnValue:
    return redirect(url_for("steward.roster", cycle_id=cycle_id, _anchor="corrections"), SEE_OTHER)
