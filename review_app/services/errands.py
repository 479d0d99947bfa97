"""What mails about workshops, actions and pulses say, and whose link each brings: one loader for each kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from review_app.keys import KeyFolder
from review_app.services.leasing import Leased
from review_app.services.occasions import Occasion
from review_app.services.outbox import MailKind


@dataclass(frozen=True, slots=True)
class Errand:
    """What a mail says beside its recipient, and its link: a page that takes the code, and the secret of the link."""

    occasion: Occasion
    path: str
    secret: bytes

    def __repr__(self) -> str:
        return "Errand(…)"


Loader = Callable[[Session, KeyFolder, Leased], Errand]
LOADERS: Mapping[MailKind, Loader] = {}


def errand(session: Session, keys: KeyFolder, mail: Leased) -> Errand | None:
    """The errand of a mail; None of a kind that is about the review itself. It may make the key that it needs.

    Raises KeyMissingError, and NotFoundError where what the mail is about is gone.
    """
    loader = LOADERS.get(mail.kind)
    return loader(session, keys, mail) if loader else None
