"""A chain as an indented list, for windows too narrow for the picture: each party below who mainly pays it."""

from __future__ import annotations

from dataclasses import dataclass

from reports.chain_grid import Network
from reports.chain_outlines import SectorMark, sector_mark
from reports.chain_words import kind_words, people_words
from surveys.chain import Party, Standing

DEEPEST = 6


@dataclass(frozen=True, slots=True)
class Twig:
    """A party in the list. ``depth``: how far it is indented, 0 to DEEPEST; ``also``: who else pays it."""

    depth: int
    name: str
    mark: SectorMark
    kind: str
    people: str
    also: tuple[str, ...]
    is_dashed: bool


def tree(net: Network) -> tuple[Twig, ...]:
    """Every party once, each after its main buyer."""
    found: list[Twig] = []
    waiting = [(id_, 0) for id_ in reversed(net.roots)]
    while waiting:
        id_, depth = waiting.pop()
        found.append(_twig(net, net.parties[id_], depth))
        waiting += [(supplier, min(DEEPEST, depth + 1)) for supplier in reversed(net.suppliers[id_])]
    return tuple(found)


def _twig(net: Network, party: Party, depth: int) -> Twig:
    others = [c.buyer for c in net.contracts if c.supplier == party.id and not c.is_main]
    return Twig(
        depth=depth,
        name=party.name,
        mark=sector_mark(party.sector, 9, 11),
        kind=kind_words(party),
        people=people_words(party),
        also=tuple(net.parties[id_].name for id_ in others),
        is_dashed=party.standing is not Standing.PRESENT,
    )
