"""The view of what people said about the review itself: its rows and its rule, in words."""

from __future__ import annotations

from dataclasses import dataclass

from reports.display import BANDS
from reports.experience import EVERYONE_TITLE
from reports.model import WHOLE, ReportExperience, ShownShare
from reports.wording import listed

TITLE = "Was this review clear and safe to answer?"


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
        ExperienceRow(item.question, item.share.text, isinstance(item.share, ShownShare))
        for item in experience.items
    )
    return ExperienceView(
        title=TITLE,
        column=EVERYONE_TITLE,
        asked=_asked(experience),
        rows=rows if experience.asked else (),
        bands=_bands(k),
    )


def _asked(experience: ReportExperience) -> str:
    people = f"{experience.asked:,} {'person was' if experience.asked == 1 else 'people were'} asked"
    return f"{people}." if experience.answers is None else f"{people}, and {experience.answers:,} answered."


def _bands(k: int) -> str:
    """The limits in the order of the numbers of answers that a cycle with this k can have."""
    ends: list[int | None] = [row.from_answers - 1 for row in BANDS[1:]] + [None]
    return listed(
        [
            f"{row.limit // 10} and {(WHOLE - row.limit) // 10} in 10 for {max(k, row.from_answers)} "
            + ("answers or more" if end is None else f"to {end} answers")
            for row, end in zip(BANDS, ends, strict=True)
            if end is None or end >= k
        ]
    )
