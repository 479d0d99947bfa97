"""The contents of a report: its chapters with their elements, and the list of its figures and tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reports.language import _
from reports.part_view import PartView


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the contents, with those under it."""

    anchor: str
    title: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Contents:
    """``chapters`` in the order of reading; ``figures``: every numbered figure with its finding."""

    chapters: tuple[Entry, ...]
    figures: tuple[Entry, ...]


def contents_of(
    parts: Sequence[PartView], *, agreed: str, experience: str, is_uncertainty_told: bool
) -> Contents:
    """The contents of a report with figures. ``agreed``, ``experience``: the titles of those chapters, "" for none."""
    ends = (
        *([("agreed", agreed)] if agreed else []),
        *([("experience", experience)] if experience else []),
        *([("uncertainty", _("How sure the figures are"))] if is_uncertainty_told else []),
        ("hidden", _("What this report hides, and why")),
        ("computed", _("How it was computed")),
        ("check", _("How it was checked, and how to check it")),
        ("practices", _("The practices behind the statements")),
    )
    chapters = (
        Entry("summary", _("Summary"), ()),
        Entry("reading", _("How to read the figures"), ()),
        *(Entry(part.anchor, part.heading, _entries(part)) for part in parts),
        *(Entry(anchor, title, ()) for anchor, title in ends),
    )
    return Contents(chapters, tuple(figure for part in parts for figure in _figures(part)))


def _entries(part: PartView) -> tuple[Entry, ...]:
    return tuple(Entry(element.anchor, element.title, ()) for element in part.elements)


def _figures(part: PartView) -> Iterator[Entry]:
    own = (part.overview, part.heat_map, part.gaps, part.opacity, part.change)
    for figure in (*own, *(element.spread for element in part.elements)):
        if figure is not None:
            title = _("Figure %(number)s: %(title)s", number=figure.number, title=figure.title)
            yield Entry(figure.anchor, title, ())
