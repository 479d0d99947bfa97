"""Chains as the organiser's pages show them: organisations by role, the faults of a sheet, and what changes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from review_app.languages import N_
from review_app.services.chains_elsewhere import OtherChain
from review_app.web.words import ROLES, contacts_of, figure, organisations, people
from review_app.web.words import faults as faults_in_words
from surveys.chain import Chain, Contact, Party, Role
from surveys.chain_changes import Changes
from surveys.chain_words import ChangeList, change_lines, kind_words, size_words
from surveys.errors import Fault
from surveys.texts import clean_line

MOST_FAULTS = 200
MOST_LINES = 200
LISTS = {
    ChangeList.ADDED: N_("Added: %(count)s"),
    ChangeList.CHANGED: N_("Changed: %(count)s"),
    ChangeList.GONE: N_("Gone: %(count)s"),
}
_PLACE = re.compile(r"row (?P<row>\d+)(?:, column (?P<column>.+))?")


@dataclass(frozen=True, slots=True)
class CellFault:
    """One fault in the table of a dry run. ``row`` and ``column``: "" for the sheet as a whole."""

    row: str
    column: str
    message: str
    mend: str


@dataclass(frozen=True, slots=True)
class DryRun:
    """What a refused dry run shows. ``left_out``: how many further faults there are."""

    filename: str
    count: str
    faults: tuple[CellFault, ...]
    left_out: int


@dataclass(frozen=True, slots=True)
class PartyLine:
    """One organisation in the table of a chain. ``kind``: its role, sector and standing, of which groups are made."""

    id: str
    name: str
    kind: str
    buyers: tuple[str, ...]
    services: str
    contacts: tuple[Contact, ...]
    also_in: tuple[OtherChain, ...]


@dataclass(frozen=True, slots=True)
class RoleTable:
    """The organisations of one role."""

    title: str
    count: str
    parties: tuple[PartyLine, ...]


@dataclass(frozen=True, slots=True)
class ChainView:
    """A chain as its page and its dry run show it."""

    name: str
    prime: str
    count: str
    roles: tuple[RoleTable, ...]


@dataclass(frozen=True, slots=True)
class ChangesView:
    """The three lists of a preview, each with its title and how many of its lines are left out."""

    lists: tuple[tuple[str, tuple[str, ...], int], ...]
    size: str


def chain_view(chain: Chain, also_in: Mapping[str, tuple[OtherChain, ...]]) -> ChainView:
    """A chain in the words of its page. ``also_in``: other chains, by the ids of its organisations."""
    names = {party.id: party.name for party in chain.parties}
    return ChainView(
        name=chain.name,
        prime=chain.prime.name,
        count=size_words(chain.parties),
        roles=tuple(
            _role_table(role, tuple(_party_line(party, names, also_in) for party in parties), parties)
            for role in Role
            if (parties := tuple(party for party in chain.parties if party.role is role))
        ),
    )


def dry_run_of(filename: str, faults: Sequence[Fault]) -> DryRun | None:
    """The table of a sheet's faults; None without any."""
    cells = [_cell_fault(fault) for fault in faults]
    if not cells:
        return None
    shown, left_out = tuple(cells[:MOST_FAULTS]), len(cells[MOST_FAULTS:])
    return DryRun(clean_line(filename), faults_in_words(len(cells)), shown, left_out)


def changes_view(changes: Changes, after: Chain) -> ChangesView:
    """What changes, in three lists: added, changed and gone. ``after``: the chain with the changes made."""
    lines = change_lines(changes)
    lists = []
    for where in ChangeList:
        words = [line.what[0].upper() + line.what[1:] for line in lines if line.where is where]
        lists.append(
            (
                _(LISTS[where], count=figure(len(words))),
                tuple(words[:MOST_LINES]),
                len(words[MOST_LINES:]),
            )
        )
    return ChangesView(tuple(lists), size_words(after.parties))


def _role_table(role: Role, lines: tuple[PartyLine, ...], parties: tuple[Party, ...]) -> RoleTable:
    one, many = ROLES[role]
    return RoleTable(
        title=str(one if len(parties) == 1 else many),
        count=_(
            "%(organisations)s, %(people)s",
            organisations=organisations(len(parties)),
            people=people(contacts_of(parties)),
        ),
        parties=lines,
    )


def _party_line(
    party: Party, names: Mapping[str, str], also_in: Mapping[str, tuple[OtherChain, ...]]
) -> PartyLine:
    return PartyLine(
        id=party.id,
        name=party.name,
        kind=kind_words(party),
        buyers=tuple(names[buyer] for buyer in party.buyers),
        services=party.services,
        contacts=party.contacts,
        also_in=also_in.get(party.id, ()),
    )


def _cell_fault(fault: Fault) -> CellFault:
    found = _PLACE.fullmatch(fault.place)
    row, column = (found["row"], found["column"] or "") if found else ("", "")
    return CellFault(row, column, fault.message, fault.mend)
