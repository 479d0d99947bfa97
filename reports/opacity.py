"""What partners could not see, as a figure of its own: what nobody sees, nobody can trust."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reports.charts import Picture
from reports.finding_words import share_in_words
from reports.language import _, ngettext
from reports.model import DisplayedShare, Item, Part, ShownShare
from reports.sides import items_of
from reports.small_pictures import people
from reports.strengths import is_unseen
from reports.tables import Place, statement_anchor
from reports.wording import number, sentence

# Per cent.
HALF = 50


@dataclass(frozen=True, slots=True)
class StatementLink:
    """A statement by its number."""

    number: int
    anchor: str


@dataclass(frozen=True, slots=True)
class OpacityRow:
    """A statement that more than a few could not see, with the share in words and as people."""

    link: StatementLink
    wording: str
    share: str
    picture: Picture | None


@dataclass(frozen=True, slots=True)
class OpacityBand:
    """All statements of one band."""

    share: str
    is_shown: bool
    links: tuple[StatementLink, ...]


@dataclass(frozen=True, slots=True)
class OpacityFigure:
    """``rows``: the highest shares first; ``bands``: every statement of the part in its band."""

    number: int
    anchor: str
    title: str
    caption: str
    rows: tuple[OpacityRow, ...]
    bands: tuple[OpacityBand, ...]


def is_opacity_shown(part: Part) -> bool:
    """Whether any share of those who could not see a statement is shown."""
    return any(isinstance(item.not_seen, ShownShare) for item in items_of(part))


def opacity_figure(part: Part, numbered: Mapping[str, int], *, place: Place, answered: str) -> OpacityFigure:
    """The figure of a part; ``numbered``: the numbers of its statements, ``answered``: who answered, in words."""
    items = tuple(items_of(part))
    return OpacityFigure(
        number=place.number,
        anchor=place.anchor,
        title=_title(items),
        caption=f"{answered} {_rule()}",
        rows=_rows(items, numbered),
        bands=_bands(items, numbered),
    )


def _rule() -> str:
    return _(
        "The share of those who gave an answer or said “we could not see it”, as a band. What at least half of them "
        "could not see is called something that they cannot see."
    )


def _title(items: Sequence[Item]) -> str:
    unseen = sum(is_unseen(item.not_seen) for item in items)
    told = sum(isinstance(item.not_seen, ShownShare) for item in items)
    if not unseen and all(
        item.not_seen.high <= HALF for item in items if isinstance(item.not_seen, ShownShare)
    ):
        return ngettext(
            "Most partners can see the one practice",
            "Most partners can see each of the %(total)s practices",
            told,
            total=number(told),
        )
    if not unseen:
        return _("No practice is certain to be out of sight for half of the partners")
    return ngettext(
        "Partners cannot see %(some)s of the %(total)s practices",
        "Partners cannot see %(some)s of the %(total)s practices",
        unseen,
        some=number(unseen),
        total=number(told),
    )


def _rows(items: Sequence[Item], numbered: Mapping[str, int]) -> tuple[OpacityRow, ...]:
    found = [
        (item, share) for item in items if isinstance(share := item.not_seen, ShownShare) and share.low > 0
    ]
    found.sort(key=lambda pair: (-pair[1].low, -pair[1].high))
    return tuple(
        OpacityRow(
            _link(item, numbered),
            item.wording,
            sentence(share_in_words(share)),
            people(share, _("The same as people out of ten: %(share)s.", share=share_in_words(share))),
        )
        for item, share in found
    )


def _bands(items: Sequence[Item], numbered: Mapping[str, int]) -> tuple[OpacityBand, ...]:
    shares = {item.not_seen for item in items}
    shown = sorted(
        (share for share in shares if isinstance(share, ShownShare)),
        key=lambda share: (-share.low, -share.high),
    )
    ordered: list[DisplayedShare] = [*shown, *(shares - set(shown))]
    return tuple(
        OpacityBand(
            sentence(share_in_words(share)),
            isinstance(share, ShownShare),
            tuple(_link(item, numbered) for item in items if item.not_seen == share),
        )
        for share in ordered
    )


def _link(item: Item, numbered: Mapping[str, int]) -> StatementLink:
    place = numbered[item.question_id]
    return StatementLink(place, statement_anchor(place))
