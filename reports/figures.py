"""The figures that a reader may see: displayed means, shares and distributions, or nothing.

Made by ``reports.display`` alone. What is not shown looks the same for every reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from reports.language import N_, _

NOT_SHOWN_TEXT = N_("Not shown, to protect the people who answered")


class End(StrEnum):
    """Whether a displayed mean is one of the joined ends of its scale."""

    NONE = "none"
    OR_BELOW = "or_below"
    OR_ABOVE = "or_above"


@dataclass(frozen=True, slots=True)
class Shown:
    """A displayed mean on the scale 1-5, in tenths (35 is 3.5), with the step it is shown in (tenths) and its end."""

    tenths: int
    step: int
    end: End

    @property
    def text(self) -> str:
        """The figure as readers see it: "3.5", "2.0 or below", "4.0 or above"."""
        figure = f"{self.tenths // 10}.{self.tenths % 10}"
        if self.end is End.OR_BELOW:
            return _("%(figure)s or below", figure=figure)
        return figure if self.end is End.NONE else _("%(figure)s or above", figure=figure)


@dataclass(frozen=True, slots=True)
class NotShown:
    """A figure that is not shown: one look for every reason, without a count or a code."""

    @property
    def text(self) -> str:
        """The same words everywhere."""
        return _(NOT_SHOWN_TEXT)


NOT_SHOWN = NotShown()
Displayed = Shown | NotShown


@dataclass(frozen=True, slots=True)
class ShownShare:
    """A displayed share of those who said yes: a band, by its limits in per cent, whole tens.

    A limit counts as inside where the band reaches an end (0 to 40, 60 to 100), and as outside in between (40 to 60).
    """

    low: int
    high: int

    @property
    def text(self) -> str:
        """The band as readers see it: "4 in 10 or fewer said yes"."""
        low, high = self.low // 10, self.high // 10
        if not self.low:
            return _("%(high)s in 10 or fewer said yes", high=high)
        if self.high == WHOLE:
            return _("%(low)s in 10 or more said yes", low=low)
        return _("More than %(low)s and fewer than %(high)s in 10 said yes", low=low, high=high)


WHOLE = 100
DisplayedShare = ShownShare | NotShown


@dataclass(frozen=True, slots=True)
class Band:
    """How many of those who answered gave one point: from ``low`` to less than ``high`` per cent, whole tens.

    100 per cent belong to the band that ends there.
    """

    low: int
    high: int

    @property
    def text(self) -> str:
        """The band as readers see it: "under 20 %", "20 to under 30 %", "80 % or more"."""
        if not self.low:
            return _("under %(high)s %%", high=self.high)
        if self.high == WHOLE:
            return _("%(low)s %% or more", low=self.low)
        return _("%(low)s to under %(high)s %%", low=self.low, high=self.high)


@dataclass(frozen=True, slots=True)
class ShownDistribution:
    """How the answers of one group to one statement are spread: for each point of the scale, lowest first, a band.

    Made by ``reports.distributions`` alone.
    """

    bands: tuple[Band, ...]


DisplayedDistribution = ShownDistribution | NotShown
