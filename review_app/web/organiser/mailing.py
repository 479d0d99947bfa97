"""The mail of a review on its page: how far it is, what waits for what, and what failed with the way to try again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from review_app.clock import now
from review_app.database import transaction
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
from review_app.web.words import MAIL_KINDS, counted, soon
from surveys.cycle import CycleState

_LATER = "This review takes no answers any more, so its links lead nowhere."


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
    notes = [_put_off(one, moment, found.held_until or moment) for one in found.put_off]
    if found.held_until:
        notes.append(f"{_wait(found.held)} until {soon(found.held_until, moment)}.")
    if per_minute and waiting - found.held > per_minute:
        notes.append(f"At most {counted(per_minute, 'mail')} may leave in a minute.")
    missing = failed - len(found.failed)
    return MailView(
        total=total,
        sent=sent,
        words=f"{sent:,} of {counted(total, 'mail')} sent{_rest(waiting, sending, failed)}.",
        kinds=tuple(map(_kind, found.kinds)) if len(found.kinds) > 1 else (),
        notes=tuple(notes),
        failed=tuple(map(_line, found.failed)),
        may_retry_all=failed > 1 or missing > 0,
        more_failed=_unlisted(missing, is_more=bool(found.failed)),
    )


def when_mail_leaves(holding: Holding) -> str:
    """When a mail with a link that is queued now leaves: "within minutes", "from Monday, 8:00am on"."""
    if state().settings.is_demo or holding.until is None or not holding.holds_links:
        return "within minutes"
    return f"from {soon(holding.until, now())} on"


@blueprint.post("/organiser/reviews/<string:cycle_id>/mail/<string:mail_id>/retry")
def retry_mail(cycle_id: str, mail_id: str) -> ResponseReturnValue:
    """Tries a mail again that was given up; one with a link only while its link leads somewhere."""
    with transaction() as session:
        found = cycles.load(session, cycle_id)
        try:
            outbox.requeue(session, now(), cycle_id, mail_id, kinds_of(found))
        except NotFoundError:
            if not is_answerable(found):
                raise NotAllowedError(_LATER) from None
            raise
        holding = mail_hours.held(session, now(), cycle_id)
    flash(f"The mail will be tried again {when_mail_leaves(holding)}.", "success")
    return redirect(url_for("organiser.cycle", cycle_id=cycle_id), SEE_OTHER)


@blueprint.post("/organiser/reviews/<string:cycle_id>/mail/retry")
def retry_all_mail(cycle_id: str) -> ResponseReturnValue:
    """Tries all mails again that were given up. A second click finds none."""
    with transaction() as session:
        found = cycles.load(session, cycle_id)
        count = outbox.requeue_all(session, now(), cycle_id, kinds_of(found))
        holding = mail_hours.held(session, now(), cycle_id)
    if count:
        flash(f"{counted(count, 'mail')} will be tried again {when_mail_leaves(holding)}.", "success")
    return redirect(url_for("organiser.cycle", cycle_id=cycle_id), SEE_OTHER)


def _unlisted(count: int, *, is_more: bool) -> str:
    if not count:
        return ""
    mails = counted(count, "more mail" if is_more else "mail")
    return f"{mails} failed and {'is' if count == 1 else 'are'} not listed."


def _rest(waiting: int, sending: int, failed: int) -> str:
    parts = ((waiting, "waiting"), (sending, "being sent"), (failed, "failed"))
    return "".join(f", {count:,} {words}" for count, words in parts if count)


def _kind(one: KindCount) -> str:
    total = one.waiting + one.sending + one.sent + one.failed
    rest = _rest(one.waiting, one.sending, one.failed)
    return f"{MAIL_KINDS[one.kind]}: {one.sent:,} of {total:,} sent{rest}"


def _put_off(one: PutOff, moment: datetime, from_then_on: datetime) -> str:
    again_at = max(one.next_at, from_then_on)
    again = "now" if again_at <= moment else f"by {soon(again_at, moment)}"
    return f"{_wait(one.count)} because of this: {one.problem}. Tried again {again}."


def _wait(count: int) -> str:
    return f"{counted(count, 'mail')} {'waits' if count == 1 else 'wait'}"


def _line(mail: FailedMail) -> FailedLine:
    kind = MAIL_KINDS[mail.kind]
    return FailedLine(
        mail.id, mail.contact_name, mail.party_name, kind, mail.problem, mend_of_failed(mail.problem)
    )
