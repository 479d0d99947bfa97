"""What mails about workshops, actions and pulses say, and whose link each brings: one loader for each kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy.orm import Session

from review_app.keys import KeyFolder
from review_app.services import action_mail, minutes_mail, pulse_mail, workshop_mail
from review_app.services.leasing import Leased
from review_app.services.occasions import Errand as Errand
from review_app.services.outbox import MailKind

Loader = Callable[[Session, KeyFolder, Leased], Errand]
LOADERS: Mapping[MailKind, Loader] = {
    MailKind.WORKSHOP: workshop_mail.call,
    MailKind.WORKSHOP_OFF: workshop_mail.off,
    MailKind.MINUTES: minutes_mail.out,
    MailKind.ACTION: action_mail.call,
    MailKind.ACTION_DUE: action_mail.due,
    MailKind.ACTION_DONE: action_mail.done,
    MailKind.ACTION_DIGEST: action_mail.digest,
    MailKind.PULSE: pulse_mail.errand,
}


def errand(session: Session, keys: KeyFolder, mail: Leased) -> Errand | None:
    """The errand of a mail; None of a kind that is about the review itself. It may make the key that it needs.

    Raises KeyMissingError, and NotFoundError where what the mail is about is gone.
    """
    loader = LOADERS.get(mail.kind)
    return loader(session, keys, mail) if loader else None
