"""The pages of those who are asked in a pulse, by a link of their own."""

from __future__ import annotations

from review_app.web.pulse.audience import blueprint

__all__ = ["blueprint"]
