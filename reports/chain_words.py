"""The words of the map of a chain: its title, what stands above and in its boxes, its key, and its table."""

from __future__ import annotations

from dataclasses import dataclass

from reports.chain_grid import Network
from reports.chain_outlines import Outline, SectorMark, head, inner_outline, outline, sector_mark
from surveys.chain import Chain, Party, Role, Sector, Standing

_ROLES = {
    Role.COMMISSIONER: "Commissioner",
    Role.PRIME: "Prime",
    Role.SUBCONTRACTOR: "Subcontractor",
    Role.SPECIALIST: "Specialist",
    Role.SPOT_PROVIDER: "Spot provider",
}
_SECTORS = {Sector.PUBLIC: "Public sector", Sector.PRIVATE: "Private sector", Sector.VCS: "Voluntary sector"}
_STANDINGS = {Standing.PRESENT: "", Standing.PAST: "past", Standing.POTENTIAL: "potential"}
_FURTHER = ("", "", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten")


@dataclass(frozen=True, slots=True)
class RoleKey:
    """The outline of a role, drawn small at (0, 0) in a box of 46 by 22, with its word."""

    outline: Outline
    inner: str
    text: str


@dataclass(frozen=True, slots=True)
class SectorKey:
    """The mark of a sector, with its middle at (12, 11), with its word."""

    mark: SectorMark
    text: str


@dataclass(frozen=True, slots=True)
class Key:
    """What the marks of a map stand for, as far as it has them. ``has_dashes``: somebody does not work in it now."""

    roles: tuple[RoleKey, ...]
    sectors: tuple[SectorKey, ...]
    has_dashes: bool
    head: str


@dataclass(frozen=True, slots=True)
class MapRow:
    """A party in the table. ``tier``: as the chain's own sheet states it, "" for not."""

    name: str
    role: str
    sector: str
    tier: str
    buyers: tuple[str, ...]
    people: int


@dataclass(frozen=True, slots=True)
class MapTable:
    """All that a map shows as rows, in its order from left to right."""

    title: str
    rows: tuple[MapRow, ...]


def standing_word(standing: Standing) -> str:
    """The word that a dashed box carries; "" for a party that works in the chain."""
    return _STANDINGS[standing]


def title(net: Network) -> str:
    """How many partners work for the prime and how many more for them: present ones only."""
    prime = _prime(net)
    if prime is None:
        return f"{_counted(len(net.parties), 'organisation')} and their contracts"
    depths = {id_: depth for id_, depth in _depths(net, prime.id).items() if depth and _is_present(net, id_)}
    direct = sum(depth == 1 for depth in depths.values())
    if not direct:
        return f"{prime.name} works with no partner yet"
    more, deepest = len(depths) - direct, max(depths.values())
    start = f"{prime.name} works with {_counted(direct, 'partner')} directly"
    if not more:
        return start
    works = "works" if more == 1 else "work"
    whom = "further along the chain" if deepest > 2 else "for it" if direct == 1 else "for them"
    return f"{start}; {more:,} more {works} {whom}"


def description(net: Network) -> str:
    """What the picture is, and where its content stands in words."""
    parties = net.parties.values()
    columns = max(net.columns.values(), default=0) + 1
    away = sum(party.standing is not Standing.PRESENT for party in parties)
    dashed = f" {_counted(away, 'past or potential partner')} dashed." if away else ""
    return (
        f"{_counted(len(net.parties), 'organisation')} in {_counted(columns, 'column')}, with "
        f"{_counted(len(net.contracts), 'line')} from each organisation that pays to each that it pays.{dashed} "
        "The table after the picture says the same."
    )


def heading(net: Network, column: int) -> str:
    """What the parties of a column have in common."""
    roles = {net.parties[id_].role for id_, at in net.columns.items() if at == column}
    prime = _prime(net)
    if roles == {Role.COMMISSIONER}:
        return "Commissioner" if list(net.columns.values()).count(column) == 1 else "Commissioners"
    if Role.PRIME in roles:
        return "Prime" if roles == {Role.PRIME} else "Prime, and beside it"
    steps = column - (net.columns[prime.id] if prime else 0)
    if steps == 1:
        return "Work for the prime"
    if steps == 2:
        return "One contract further"
    number = _FURTHER[steps - 1] if 0 < steps - 1 < len(_FURTHER) else f"{steps - 1:,}"
    return f"{number} contracts further"


def kind_words(party: Party) -> str:
    """What a party is: "Subcontractor (past), voluntary sector"."""
    standing = f" ({_STANDINGS[party.standing]})" if party.standing is not Standing.PRESENT else ""
    return f"{_ROLES[party.role]}{standing}, {_SECTORS[party.sector].lower()}"


def people_words(party: Party) -> str:
    """How many contacts a party has: "2 people"."""
    return _counted(len(party.contacts), "person", "people")


def spoken(net: Network, party: Party) -> str:
    """Everything that a box says: "Tyne Steps: Subcontractor, voluntary sector. Works for Alder Ltd. 2 people."."""
    buyers = _buyers(net, party)
    works = f" Works for {', '.join(buyers)}." if buyers else ""
    return f"{party.name}: {kind_words(party)}.{works} {people_words(party)}."


def key_of(chain: Chain) -> Key:
    """What the marks of a chain's map stand for."""
    roles = {party.role for party in chain.parties}
    sectors = {party.sector for party in chain.parties}
    return Key(
        tuple(
            RoleKey(outline(role, 1, 1, 44, 20), inner_outline(role, 1, 1, 44, 20), _ROLES[role])
            for role in Role
            if role in roles
        ),
        tuple(
            SectorKey(sector_mark(sector, 9, 11), _SECTORS[sector]) for sector in Sector if sector in sectors
        ),
        any(party.standing is not Standing.PRESENT for party in chain.parties),
        head(7, 7),
    )


def table(net: Network) -> MapTable:
    """All parties, column by column, in the order of the chain."""
    ordered = sorted(net.parties.values(), key=lambda party: net.columns[party.id])
    return MapTable(
        f"{_counted(len(ordered), 'organisation')} and whom they work for",
        tuple(_row(net, party) for party in ordered),
    )


def _row(net: Network, party: Party) -> MapRow:
    standing = _STANDINGS[party.standing]
    return MapRow(
        name=party.name,
        role=_ROLES[party.role] + (f" ({standing})" if standing else ""),
        sector=_SECTORS[party.sector],
        tier="" if party.tier is None else str(party.tier),
        buyers=_buyers(net, party),
        people=len(party.contacts),
    )


def _buyers(net: Network, party: Party) -> tuple[str, ...]:
    return tuple(net.parties[id_].name for id_ in dict.fromkeys(party.buyers) if id_ in net.parties)


def _prime(net: Network) -> Party | None:
    return next((party for party in net.parties.values() if party.role is Role.PRIME), None)


def _is_present(net: Network, id_: str) -> bool:
    return net.parties[id_].standing is Standing.PRESENT


def _depths(net: Network, prime: str) -> dict[str, int]:
    """How many contracts at least lie between the prime and each party below it."""
    suppliers: dict[str, list[str]] = {}
    for contract in net.contracts:
        suppliers.setdefault(contract.buyer, []).append(contract.supplier)
    depths, edge = {prime: 0}, [prime]
    while edge:
        found = dict.fromkeys(s for id_ in edge for s in suppliers.get(id_, ()) if s not in depths)
        depths |= dict.fromkeys(found, depths[edge[0]] + 1)
        edge = list(found)
    return depths


def _counted(count: int, one: str, many: str = "") -> str:
    return f"{count:,} {one if count == 1 else many or one + 's'}"
