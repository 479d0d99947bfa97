"""The mail of a review on its page: how far it is, what waits for what, and what failed with the way to try again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from review_app.clock import now
from review_app.database import transaction
from review_app.languages import N_
from review_app.services import cycles, mail_hours, mail_states, outbox
from review_app.services.cycles import Cycle
from review_app.services.errors import NotAllowedError, NotFoundError
from review_app.services.mail_hours import Holding
from review_app.services.mail_states import FailedMail, KindCount, MailProgress, PutOff
from review_app.services.outbox import MailKind
from review_app.state import state
from review_app.web.arriving import mend_of_failed
from review_app.web.faults import SEE_OTHER
from review_app.web.organiser.audience import blueprint
from review_app.web.words import MAIL_KINDS, figure, soon
from surveys.cycle import CycleState

_LATER = N_("This review takes no answers any more, so its links lead nowhere.")


@dataclass(frozen=True, slots=True)
class FailedLine:
    """One mail that was given up, with what to do about it."""

    id: str
    contact: str
    party: str
    kind: str
    problem: str
    mend: str


@dataclass(frozen=True, slots=True)
class MailView:
    """The mail of a review. ``words``: all in one sentence; ``kinds``: a sentence for each kind, if there are several.

    ``notes``: what waits for what; ``more_failed``: how many of those that failed are not listed, in words, or "".
    """

    total: int
    sent: int
    words: str
    kinds: tuple[str, ...]
    notes: tuple[str, ...]
    failed: tuple[FailedLine, ...]
    may_retry_all: bool
    more_failed: str


def kinds_of(found: Cycle) -> frozenset[MailKind]:
    """The kinds whose state says something now: those with links while the links lead somewhere, the others always."""
    return mail_states.WITHOUT_LINK | (mail_states.WITH_LINK if is_answerable(found) else frozenset())


def is_answerable(found: Cycle) -> bool:
    """Whether a review takes answers."""
    return found.state is CycleState.OPEN and now() < found.closes_at


def mail_view(found: MailProgress, moment: datetime, *, per_minute: int) -> MailView:
    """The page's words for the state of the mail."""
    sent, waiting, sending, failed = (
        sum(getattr(one, name) for one in found.kinds) for name in ("sent", "waiting", "sending", "failed")
    )
    total = sent + waiting + sending + failed
    missing = failed - len(found.failed)
    notes = [_put_off(one, moment, found.held_until or moment) for one in found.put_off]
    if found.held_until:
        notes.append(_held(found.held, soon(found.held_until, moment)))
    if per_minute and waiting - found.held > per_minute:
        notes.append(_at_most(per_minute))
    all_sent = ngettext(
        "%(sent)s of %(count)s mail sent",
        "%(sent)s of %(count)s mails sent",
        total,
        sent=figure(sent),
        count=figure(total),
    )
    return MailView(
        total=total,
        sent=sent,
        words=", ".join((all_sent, *_rest(waiting, sending, failed))) + ".",
        kinds=tuple(map(_kind, found.kinds)) if len(found.kinds) > 1 else (),
        notes=tuple(notes),
        failed=tuple(map(_line, found.failed)),
        may_retry_all=failed > 1 or missing > 0,
        more_failed=_unlisted(missing, is_more=bool(found.failed)),
    )


def held_until(holding: Holding) -> str:
    """When a mail with a link leaves that is queued now: "Monday, 8:00am", or "" for within minutes."""
    if state().settings.is_demo or holding.until is None or not holding.holds_links:
        return ""
    return soon(holding.until, now())


@blueprint.post("/organiser/reviews/<string:cycle_id>/mail/<string:mail_id>/retry")
def retry_mail(cycle_id: str, mail_id: str) -> ResponseReturnValue:
    """Tries a mail again that was given up; one with a link only while its link leads somewhere."""
    with transaction() as session:
        found = cycles.load(session, cycle_id)
        try:
            outbox.requeue(session, now(), cycle_id, mail_id, kinds_of(found))
        except NotFoundError:
            if not is_answerable(found):
                raise NotAllowedError(_(_LATER)) from None
            raise
        holding = mail_hours.held(session, now(), cycle_id)
    held = held_until(holding)
    words = (
        _("The mail will be tried again from %(moment)s on.", moment=held)
        if held
        else _("The mail will be tried again within minutes.")
    )
    flash(words, "success")
    return redirect(url_for("organiser.cycle", cycle_id=cycle_id), SEE_OTHER)


@blueprint.post("/organiser/reviews/<string:cycle_id>/mail/retry")
def retry_all_mail(cycle_id: str) -> ResponseReturnValue:
    """Tries all mails again that were given up. A second click finds none."""
    with transaction() as session:
        found = cycles.load(session, cycle_id)
        count = outbox.requeue_all(session, now(), cycle_id, kinds_of(found))
        holding = mail_hours.held(session, now(), cycle_id)
    if count:
        flash(_tried_again(count, held_until(holding)), "success")
    return redirect(url_for("organiser.cycle", cycle_id=cycle_id), SEE_OTHER)


def _tried_again(count: int, held: str) -> str:
    if held:
        return ngettext(
            "%(count)s mail will be tried again from %(moment)s on.",
            "%(count)s mails will be tried again from %(moment)s on.",
            count,
            count=figure(count),
            moment=held,
        )
    return ngettext(
        "%(count)s mail will be tried again within minutes.",
        "%(count)s mails will be tried again within minutes.",
        count,
        count=figure(count),
    )


def _rest(waiting: int, sending: int, failed: int) -> list[str]:
    """What was not sent, such as ["3 waiting", "1 failed"]."""
    found = []
    if waiting:
        found.append(ngettext("%(count)s waiting", "%(count)s waiting", waiting, count=figure(waiting)))
    if sending:
        found.append(ngettext("%(count)s being sent", "%(count)s being sent", sending, count=figure(sending)))
    if failed:
        found.append(ngettext("%(count)s failed", "%(count)s failed", failed, count=figure(failed)))
    return found


def _unlisted(count: int, *, is_more: bool) -> str:
    if not count:
        return ""
    if is_more:
        return ngettext(
            "%(count)s more mail failed and is not listed.",
            "%(count)s more mails failed and are not listed.",
            count,
            count=figure(count),
        )
    return ngettext(
        "%(count)s mail failed and is not listed.",
        "%(count)s mails failed and are not listed.",
        count,
        count=figure(count),
    )


def _kind(one: KindCount) -> str:
    total = one.waiting + one.sending + one.sent + one.failed
    sent = _("%(sent)s of %(total)s sent", sent=figure(one.sent), total=figure(total))
    words = ", ".join((sent, *_rest(one.waiting, one.sending, one.failed)))
    return _("%(kind)s: %(words)s", kind=MAIL_KINDS[one.kind], words=words)


def _put_off(one: PutOff, moment: datetime, from_then_on: datetime) -> str:
    again_at = max(one.next_at, from_then_on)
    if again_at <= moment:
        return ngettext(
            "%(count)s mail waits because of this: %(problem)s. Tried again now.",
            "%(count)s mails wait because of this: %(problem)s. Tried again now.",
            one.count,
            count=figure(one.count),
            problem=one.problem,
        )
    return ngettext(
        "%(count)s mail waits because of this: %(problem)s. Tried again by %(moment)s.",
        "%(count)s mails wait because of this: %(problem)s. Tried again by %(moment)s.",
        one.count,
        count=figure(one.count),
        problem=one.problem,
        moment=soon(again_at, moment),
    )


def _held(count: int, until: str) -> str:
    return ngettext(
        "%(count)s mail waits until %(moment)s.",
        "%(count)s mails wait until %(moment)s.",
        count,
        count=figure(count),
        moment=until,
    )


def _at_most(count: int) -> str:
    return ngettext(
        "At most %(count)s mail may leave in a minute.",
        "At most %(count)s mails may leave in a minute.",
        count,
        count=figure(count),
    )


def _line(mail: FailedMail) -> FailedLine:
    kind = MAIL_KINDS[mail.kind]
    return FailedLine(
        mail.id, mail.contact_name, mail.party_name, kind, mail.problem, mend_of_failed(mail.problem)
    )
