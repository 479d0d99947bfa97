"""The map of a chain as frozen values that a template draws: boxes from left to right, and a line for each contract.

One family with the charts: thin lines, colours of Okabe and Ito that are never alone. The role is told by the
outline of a box and the sector by the letters and the shape of a mark; whoever does not work in the chain now has
a dashed outline and a word.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reports.chain_fit import EDGE, FOOT, SCREEN, SHEET, Room, Size, fitting
from reports.chain_grid import Network, arrange, network
from reports.chain_labels import labels, width_of
from reports.chain_outlines import MARK, Outline, SectorMark, head, inner_outline, outline, sector_mark
from reports.chain_routes import Floor
from reports.chain_tree import Twig, tree
from reports.chain_words import (
    Key,
    MapTable,
    description,
    heading,
    key_of,
    spoken,
    standing_word,
    table,
    title,
)
from surveys.chain import Chain, Party, Standing

__all__ = ["SCREEN", "SHEET", "Box", "ChainMap", "Room", "draw"]

_BEFORE_TEXT, _AFTER_TEXT = MARK.overlap + 5, 19.0
_SMALL = 11.0
# What a sheet of A4 has for the picture, and the smallest letters on paper, in points.
_A4, _LEAST_POINTS = (785, 425), 5.5


@dataclass(frozen=True, slots=True)
class Text:
    """A line of text whose baseline begins at ``x``, ``y``, or has its middle there where the template says so."""

    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Tag:
    """A word on the lower edge of a box, with the middle of its baseline, and the path of the gap that it stands in."""

    x: float
    y: float
    text: str
    gap: str


@dataclass(frozen=True, slots=True)
class Box:
    """A party. ``people``: how many, below a small head; ``tag``: its standing, None when it works in the chain.

    ``inner`` is the path of a second outline, "" for none; ``spoken`` is everything that the box says, in words.
    """

    id: str
    x: float
    y: float
    width: float
    height: float
    column: int
    outline: Outline
    inner: str
    mark: SectorMark
    lines: tuple[Text, ...]
    people: Text
    head: str
    tag: Tag | None
    spoken: str


@dataclass(frozen=True, slots=True)
class Line:
    """A contract: the path from the box of who pays to the box of who is paid."""

    buyer: str
    supplier: str
    path: str
    is_dashed: bool


@dataclass(frozen=True, slots=True)
class Heading:
    """What a column has in common, above it and a rule (a path)."""

    label: Text
    rule: str


@dataclass(frozen=True, slots=True)
class ChainMap:
    """A map. ``title`` says the finding, ``description`` is the text alternative.

    ``table`` has all that is drawn, and ``tree`` has it for a window too narrow for the picture.
    ``is_wide``: it needs more than a column of text.
    """

    title: str
    description: str
    width: float
    height: float
    is_wide: bool
    letters: float
    headings: tuple[Heading, ...]
    lines: tuple[Line, ...]
    boxes: tuple[Box, ...]
    key: Key
    tree: tuple[Twig, ...]
    table: MapTable

    @property
    def is_large(self) -> bool:
        """On a sheet of A4 its letters would be too small to read, so it wants A3."""
        return self.letters * min(_A4[0] / self.width, _A4[1] / self.height) < _LEAST_POINTS


def draw(chain: Chain, room: Room) -> ChainMap:
    """The map of a chain, drawn for a room. The same chain and room give the same map."""
    net = network(chain)
    size, lanes = fitting(net, room)
    floor = Floor(net, arrange(net, lanes), lanes, size, room)
    boxes = _boxes(net, floor, size)
    right = max(box.x + box.width for box in boxes) + EDGE
    return ChainMap(
        title=title(net),
        description=description(net),
        width=right,
        height=max(box.y + box.height for box in boxes) + FOOT,
        is_wide=right > room.column,
        letters=size.letters,
        headings=_headings(net, floor),
        lines=_lines(net, floor),
        boxes=boxes,
        key=key_of(chain),
        tree=tree(net),
        table=table(net),
    )


def _boxes(net: Network, floor: Floor, size: Size) -> tuple[Box, ...]:
    parties = list(net.parties.values())
    room = size.box - _BEFORE_TEXT - _AFTER_TEXT
    texts = labels([party.name for party in parties], room, size.letters)
    return tuple(_box(net, floor, size, party, lines) for party, lines in zip(parties, texts, strict=True))


def _box(net: Network, floor: Floor, size: Size, party: Party, texts: Sequence[str]) -> Box:
    x, y = floor.corner(party.id)
    middle, step = y + size.height / 2, size.letters + 2.5
    first = middle + size.letters * 0.36 - step * (len(texts) - 1) / 2
    right = x + size.box - 10.5
    return Box(
        id=party.id,
        x=x,
        y=y,
        width=size.box,
        height=size.height,
        column=net.columns[party.id],
        outline=outline(party.role, x, y, size.box, size.height),
        inner=inner_outline(party.role, x, y, size.box, size.height),
        mark=sector_mark(party.sector, x, middle),
        lines=tuple(Text(x + _BEFORE_TEXT, round(first + step * n, 1), text) for n, text in enumerate(texts)),
        people=Text(right, middle + 12, f"{len(party.contacts):,}"),
        head=head(right, middle - 9),
        tag=_tag(standing_word(party.standing), x + size.box / 2, y + size.height),
        spoken=spoken(net, party),
    )


def _tag(word: str, x: float, y: float) -> Tag | None:
    if not word:
        return None
    half = round(width_of(word, _SMALL) / 2 + 4)
    return Tag(x, y + 3.5, word, f"M{x - half:g} {y - 6:g}h{2 * half:g}v12h{-2 * half:g}Z")


def _headings(net: Network, floor: Floor) -> tuple[Heading, ...]:
    columns = list(net.columns.values())
    return tuple(
        Heading(
            Text(left, 14, f"{heading(net, column)}: {columns.count(column):,}"),
            f"M{left:g} 22h{width:g}",
        )
        for column, (left, width) in enumerate(zip(floor.lefts, floor.widths, strict=True))
    )


def _lines(net: Network, floor: Floor) -> tuple[Line, ...]:
    away = {id_ for id_, party in net.parties.items() if party.standing is not Standing.PRESENT}
    return tuple(
        Line(
            contract.buyer,
            contract.supplier,
            floor.path(contract),
            not away.isdisjoint({contract.buyer, contract.supplier}),
        )
        for contract in net.contracts
    )
