"""What a mail about a workshop, an action or a pulse brings beside its recipient."""

from __future__ import annotations

from dataclasses import dataclass

from review_app.services.occasions import Occasion


@dataclass(frozen=True, slots=True)
class Errand:
    """What a mail says beside its recipient, and its link: a page that takes the code, and the secret of the link."""

    occasion: Occasion
    path: str
    secret: bytes

    def __repr__(self) -> str:
        return "Errand(…)"
