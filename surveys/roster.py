"""A chain from the rows of its spreadsheet: every fault at once by row and column, or the whole chain."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeVar

from surveys.chain import Chain, Contact, Party, Role, Sector, Standing
from surveys.columns import COMPULSORY, Column, Row, columns_of, find_headings, letters_of, likeliest_headings
from surveys.contracts import ListedParty, contract_faults
from surveys.entries import (
    LONGEST_CELL,
    LONGEST_TEXT,
    PLAIN_ADDRESS,
    TELL_APART,
    Entry,
    missing,
    read_entries,
)
from surveys.identity import email_key, is_overloaded, organisation_key, person_key
from surveys.placing import PlacedFault, quoted, refusal
from surveys.texts import clean_line

__all__ = ["MOST_ROWS", "CheckAddress", "Row", "email_key", "organisation_key", "read_roster"]

MOST_ROWS = 5_000

CheckAddress = Callable[[str], str | None]
_T = TypeVar("_T")


def read_roster(rows: Sequence[Row], name: str, check_address: CheckAddress) -> Chain:
    """The chain that a sheet describes: one row for each contact, several rows for an organisation.

    ``check_address`` returns why an address cannot be used, or None. Party ids are organisation
    keys, contact ids are person keys, the chain's id is the key of its name. Raises ChainFaultsError
    with every fault: those of the whole sheet first, then in the order of the rows.
    """
    headings = _headings(rows)
    below = [row for row in rows if row.number > headings.number and not row.is_blank]
    if len(below) > MOST_ROWS:
        raise refusal([_too_many_rows()])
    faults = [*_name_faults(name), *_heading_faults(headings)]
    positions = {column: places[0] for column, places in columns_of(headings.cells).items()}
    entries = read_entries(below, positions, faults)
    faults += [*_address_faults(entries, check_address), *_name_twice_faults(entries)]
    organisations = _by_organisation(entries)
    parties = [_party(key, group, faults) for key, group in organisations.items()]
    # Without these two columns every row would be told to lack a prime and a buyer.
    if positions.keys() >= {Column.ORGANISATION, Column.ROLE}:
        faults += contract_faults([_listed(key, group) for key, group in organisations.items()])
    if faults:
        raise refusal(faults)
    return Chain(organisation_key(clean_line(name)), clean_line(name), tuple(parties))


def _headings(rows: Sequence[Row]) -> Row:
    found = find_headings(rows) or likeliest_headings(rows)
    if found is None:
        message = "No row of headings was found among the first twenty rows."
        mend = f"Put the headings {', '.join(COMPULSORY)} into one row above the contacts."
        raise refusal([PlacedFault(0, None, message, mend)])
    return found


def _too_many_rows() -> PlacedFault:
    message = f"The sheet has more than {MOST_ROWS:,} rows."
    return PlacedFault(0, None, message, "Keep one row for each contact of this one chain.")


def _name_faults(name: str) -> Iterator[PlacedFault]:
    if len(name) > LONGEST_CELL or is_overloaded(name) or not 0 < len(clean_line(name)) <= LONGEST_TEXT:
        message = f"The name of the chain is missing or longer than {LONGEST_TEXT} characters."
        yield PlacedFault(0, None, message, "Give the chain a short name.")


def _heading_faults(headings: Row) -> Iterator[PlacedFault]:
    found = columns_of(headings.cells)
    for column in COMPULSORY:
        if column not in found:
            message = f"There is no column {column} among the headings."
            yield PlacedFault(headings.number, column, message, f"Add a column headed {column}.")
    for column, places in found.items():
        if len(places) > 1:
            letters = " and ".join(letters_of(place) for place in places[:5])
            yield PlacedFault(
                headings.number,
                column,
                f"The columns {letters} all seem to be the {column}.",
                f"Head the right one {column} and the others differently.",
            )


def _address_faults(entries: Sequence[Entry], check_address: CheckAddress) -> Iterator[PlacedFault]:
    first_rows: dict[str, int] = {}
    for entry in entries:
        address = entry.text(Column.EMAIL)
        if not address:
            continue
        reason = check_address(address)
        if reason is not None:
            yield PlacedFault(entry.row, Column.EMAIL, reason, PLAIN_ADDRESS)
        first = first_rows.setdefault(email_key(address), entry.row)
        if first != entry.row:
            yield PlacedFault(
                entry.row,
                Column.EMAIL,
                f"Rows {first} and {entry.row} have the same address.",
                "Give every person an address of their own, and list nobody twice.",
            )


def _name_twice_faults(entries: Sequence[Entry]) -> Iterator[PlacedFault]:
    """People without an email address are told apart by their names."""
    first_rows: dict[str, int] = {}
    for entry in entries:
        name = entry.text(Column.CONTACT_NAME)
        # None: there is an address, but not one that can be used.
        if not name or entry.texts.get(Column.EMAIL) != "":
            continue
        first = first_rows.setdefault(person_key(entry.key, name, ""), entry.row)
        if first != entry.row:
            yield PlacedFault(
                entry.row,
                Column.CONTACT_NAME,
                f"Rows {first} and {entry.row} are one name without an email address.",
                TELL_APART,
            )


def _by_organisation(entries: Sequence[Entry]) -> dict[str, list[Entry]]:
    groups: dict[str, list[Entry]] = {}
    for entry in entries:
        key = entry.key
        if key:
            groups.setdefault(key, []).append(entry)
    return groups


def _party(key: str, entries: Sequence[Entry], faults: list[PlacedFault]) -> Party:
    role = _agreed(entries, Column.ROLE, lambda entry: entry.role, faults)
    sector = _agreed(entries, Column.SECTOR, lambda entry: entry.sector, faults)
    tier = _agreed(entries, Column.TIER, lambda entry: entry.tier, faults)
    standing = _agreed(entries, Column.STANDING, lambda entry: entry.standing, faults)
    _agreed(entries, Column.CONTRACTS_WITH, lambda entry: frozenset(entry.buyers or ()) or None, faults)
    return Party(
        id=key,
        name=entries[0].text(Column.ORGANISATION),
        # A missing role or sector is a fault by now, so what stands in for it is never handed out.
        role=role or Role.SUBCONTRACTOR,
        sector=sector or Sector.PRIVATE,
        tier=tier,
        services=next((text for entry in entries if (text := entry.text(Column.SERVICES))), ""),
        buyers=tuple(_listed(key, entries).buyers),
        contacts=tuple(_contact(entry) for entry in entries),
        standing=standing or Standing.PRESENT,
    )


def _agreed(
    entries: Sequence[Entry],
    column: Column,
    value_of: Callable[[Entry], _T | None],
    faults: list[PlacedFault],
) -> _T | None:
    stated = [(entry, value) for entry in entries if (value := value_of(entry)) is not None]
    if not stated:
        is_compulsory = column in (Column.ROLE, Column.SECTOR)
        if is_compulsory and all(entry.texts.get(column) == "" for entry in entries):
            faults.append(missing(entries[0].row, column))
        return None
    first, settled = stated[0]
    faults += [_contradiction(entry, first, column) for entry, value in stated if value != settled]
    return settled


def _contradiction(entry: Entry, first: Entry, column: Column) -> PlacedFault:
    return PlacedFault(
        entry.row,
        column,
        f"{quoted(entry.text(column))} contradicts row {first.row},"
        f" where the same organisation has {quoted(first.text(column))}.",
        "Write the same on every row of one organisation.",
    )


def _contact(entry: Entry) -> Contact:
    address = entry.text(Column.EMAIL)
    name = entry.text(Column.CONTACT_NAME)
    return Contact(
        person_key(entry.key, name, address),
        name,
        entry.text(Column.JOB_TITLE),
        address,
        entry.text(Column.POSTAL_ADDRESS),
    )


def _listed(key: str, entries: Sequence[Entry]) -> ListedParty:
    stated: Mapping[int, Mapping[str, str]] = {
        entry.row: entry.buyers for entry in entries if entry.buyers is not None
    }
    role = next((entry.role for entry in entries if entry.role), None)
    standing = next((entry.standing for entry in entries if entry.standing), Standing.PRESENT)
    name = entries[0].text(Column.ORGANISATION)
    return ListedParty(key, name, entries[0].row, role, standing, stated)
