"""The pages of those who are asked in a pulse, by a link of their own."""

from __future__ import annotations

from review_app.web.pulse import answering, entrance
from review_app.web.pulse.audience import blueprint

__all__ = ["answering", "blueprint", "entrance"]
