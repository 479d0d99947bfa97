"""The view of what people said about the review itself: its rows and its rule, in words."""

from __future__ import annotations

from dataclasses import dataclass

from reports.display import BANDS
from reports.experience import EVERYONE_TITLE
from reports.language import N_, _, ngettext
from reports.model import WHOLE, ReportExperience, ShownShare
from reports.wording import listed

TITLE = N_("Was this review clear and safe to answer?")
# Texts that are written elsewhere, marked here so that the catalogue has them.
_ELSEWHERE = (
    N_("Everyone who answered"),
    N_("Were the questions clear?"),
    N_("Did you feel safe to answer honestly?"),
)


@dataclass(frozen=True, slots=True)
class ExperienceRow:
    """One question and the share that said yes, in words."""

    question: str
    text: str
    is_shown: bool


@dataclass(frozen=True, slots=True)
class ExperienceView:
    """What the appendix shows. ``rows`` is empty where nobody could be asked; ``bands``: the rule of the shares."""

    title: str
    column: str
    asked: str
    rows: tuple[ExperienceRow, ...]
    bands: str


def experience_view(experience: ReportExperience | None, k: int) -> ExperienceView | None:
    """The view under the thresholds of a cycle with this k; None for a report that has no such thing."""
    if experience is None:
        return None
    rows = tuple(
        ExperienceRow(_(item.question), item.share.text, isinstance(item.share, ShownShare))
        for item in experience.items
    )
    return ExperienceView(
        title=_(TITLE),
        column=_(EVERYONE_TITLE),
        asked=_asked(experience),
        rows=rows if experience.asked else (),
        bands=_bands(k),
    )


def _asked(experience: ReportExperience) -> str:
    if experience.answers is None:
        return ngettext("%(count)s person was asked.", "%(count)s people were asked.", experience.asked)
    return ngettext(
        "%(count)s person was asked, and %(answers)s answered.",
        "%(count)s people were asked, and %(answers)s answered.",
        experience.asked,
        answers=f"{experience.answers:,}",
    )


def _bands(k: int) -> str:
    """The limits in the order of the numbers of answers that a cycle with this k can have, as a sentence."""
    ends: list[int | None] = [row.from_answers - 1 for row in BANDS[1:]] + [None]
    limits = [
        _limits(row.limit // 10, max(k, row.from_answers), end)
        for row, end in zip(BANDS, ends, strict=True)
        if end is None or end >= k
    ]
    return _("The limits are %(limits)s.", limits=listed(limits))


def _limits(low: int, least: int, most: int | None) -> str:
    values = {"low": low, "high": WHOLE // 10 - low, "least": least}
    if most is None:
        return _("%(low)s and %(high)s in 10 for %(least)s answers or more", **values)
    return _("%(low)s and %(high)s in 10 for %(least)s to %(most)s answers", **values, most=most)
