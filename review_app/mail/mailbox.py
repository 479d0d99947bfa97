"""The development mailbox as a way for mails to leave: files that ``review_app.mailbox`` reads back."""

from __future__ import annotations

import os
from dataclasses import dataclass
from email.message import EmailMessage
from types import TracebackType
from typing import Self

from review_app.keys import KeyFolder
from review_app.mail.errors import MailError
from review_app.mail.returns import WayBack


@dataclass(slots=True)
class MailboxTransport:
    """The development mailbox: one .eml file per Message-ID, so that a mail sent twice is there once."""

    keys: KeyFolder

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def send(self, message: EmailMessage, cycle_id: str, back: WayBack) -> None:
        """Writes the mail; it appears only when it is whole. Nothing ever comes back. Raises MailError."""
        folder = self.keys.mailbox(cycle_id)
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            token = message["Message-ID"].strip("<>").partition("@")[0]
            part = folder / f"{token}.part"
            with part.open("wb") as file:
                file.write(message.as_bytes())
                file.flush()
                os.fsync(file.fileno())
            part.replace(folder / f"{token}.eml")
        except OSError as error:
            raise MailError("the mailbox cannot be written") from error

    def check(self) -> None:
        """Returns: the folder is made when the first mail comes."""
