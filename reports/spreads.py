"""How the answers of the larger groups are spread: small stacked bars with the bands that they are drawn from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from reports.agreement import AGREEMENT_WORDS, Agreement, agreement, agreement_over, is_split, shares_of
from reports.charts import Picture, grade_icon, stacked_bar
from reports.grammar import lowered
from reports.language import _, ngettext
from reports.model import Item, ReportSection, ShownDistribution
from reports.tables import Column, Place, statement_anchor
from reports.wording import number


@dataclass(frozen=True, slots=True)
class SpreadRow:
    """The answers of one group to one statement. ``bands``: in words, for each point of the scale, lowest first."""

    number: int
    anchor: str
    wording: str
    group: str
    icon: Picture
    bar: Picture
    bands: tuple[str, ...]
    agreement: str


@dataclass(frozen=True, slots=True)
class GradeKey:
    """A colour of the bars and the point of the scale that it stands for."""

    icon: Picture
    label: str


@dataclass(frozen=True, slots=True)
class SpreadFigure:
    """``title`` says the finding; ``key`` is in the order of the scale.

    ``together``: how far each group agrees over several statements.
    """

    number: int
    anchor: str
    title: str
    caption: str
    key: tuple[GradeKey, ...]
    rows: tuple[SpreadRow, ...]
    together: tuple[str, ...]


def has_spreads(section: ReportSection) -> bool:
    """Whether the distribution of any group on any statement is shown."""
    return any(
        isinstance(shown, ShownDistribution)
        for item in section.items
        for shown in item.distributions.values()
    )


def spread_figure(
    section: ReportSection,
    columns: Sequence[Column],
    numbered: Mapping[str, int],
    labels: Sequence[str],
    *,
    place: Place,
) -> SpreadFigure:
    """The figure of one element; ``numbered``: the numbers of its statements."""
    rows = tuple(
        _row(item, column, shown, numbered[item.question_id], labels)
        for item in section.items
        for column in columns
        if column.group_id is not None
        and isinstance(shown := item.distributions.get(column.group_id), ShownDistribution)
    )
    return SpreadFigure(
        number=place.number,
        anchor=place.anchor,
        title=_title(section.items, columns),
        caption=_caption(),
        key=tuple(
            GradeKey(grade_icon(grade, _grade_name(grade)), label) for grade, label in enumerate(labels)
        ),
        rows=rows,
        together=tuple(_together(section.items, columns)),
    )


def _together(items: Sequence[Item], columns: Sequence[Column]) -> Iterator[str]:
    """How far each group agrees over all of its statements here, where there are several and it can be told."""
    for column in columns:
        shown = [
            (item.distributions[column.group_id], item.values[column.group_id])
            for item in items
            if column.group_id is not None and column.group_id in item.distributions
        ]
        word = agreement_over(shown, column.answers or 0)
        if word is not Agreement.CANNOT_TELL:
            yield _(
                "%(group)s, on the statements shown here together (%(count)s): %(agreement)s.",
                group=column.title,
                count=len(shown),
                agreement=lowered(_(AGREEMENT_WORDS[word])),
            )


def _caption() -> str:
    return _(
        "Of groups of ten or more whose people stay hidden in it. The bands are the figures; a bar draws all of them "
        "at the same height within their bands, at which they add up to the whole. How agreement is told stands under "
        "“How it was computed”."
    )


def _title(items: Sequence[Item], columns: Sequence[Column]) -> str:
    answers = {column.group_id: column.answers or 0 for column in columns}
    told = [
        (shown, answers[id_], item.values[id_])
        for item in items
        for id_, shown in item.distributions.items()
        if isinstance(shown, ShownDistribution) and id_ in answers
    ]
    divided = sum(any(is_split(shown) for shown in item.distributions.values()) for item in items)
    if divided:
        return ngettext(
            "On one statement a group is divided: many of its people say often, and many say rarely",
            "On %(some)s statements a group is divided: many of its people say often, and many say rarely",
            divided,
            some=number(divided),
        )
    words = [word for one in told if (word := agreement(*one)) is not Agreement.CANNOT_TELL]
    agreed = sum(word in {Agreement.STRONG, Agreement.MODERATE} for word in words)
    if not words:
        return _("How the answers of the larger groups are spread")
    if agreed == len(words):
        return _("The people of the larger groups agree with each other on what is shown here")
    if 2 * agreed >= len(words):
        return _("The people of the larger groups mostly agree with each other")
    return _("The people of the larger groups see it differently from each other")


def _row(
    item: Item, column: Column, shown: ShownDistribution, place: int, labels: Sequence[str]
) -> SpreadRow:
    mean = item.values[column.group_id or ""]
    bands = tuple(band.text for band in shown.bands)
    told = "; ".join(f"{label}: {band}" for label, band in zip(labels, bands, strict=False))
    return SpreadRow(
        number=place,
        anchor=statement_anchor(place),
        wording=item.wording,
        group=column.title,
        icon=column.icon,
        bar=stacked_bar(
            shares_of(shown),
            _("The same as a bar in parts. %(bands)s.", bands=told),
        ),
        bands=bands,
        agreement=_(AGREEMENT_WORDS[agreement(shown, column.answers or 0, mean)]),
    )


def _grade_name(grade: int) -> str:
    names = (_("darkest"), _("dark"), _("middling"), _("light"), _("white"))
    return names[min(grade, len(names) - 1)]
