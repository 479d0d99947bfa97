"""Changes of a chain in words: the lines of a preview, and what the history says that somebody did."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from surveys.chain import Party, Role, Sector, Standing
from surveys.chain_changes import Changes, ContactChange, FieldChange, PartyChange
from surveys.columns import Column
from surveys.postal import in_one_line

MOST_NAMED = 4
ROLE_WORDS = {role: role.value.replace("_", " ") for role in Role}
SECTOR_WORDS = {
    Sector.PUBLIC: "public sector",
    Sector.PRIVATE: "private sector",
    Sector.VCS: "voluntary sector",
}
STANDING_WORDS = {
    Standing.PRESENT: "works in the chain now",
    Standing.PAST: "worked in the chain once",
    Standing.POTENTIAL: "bid, and has no work yet",
}
_NOUNS = {
    Column.ORGANISATION: "name",
    Column.ROLE: "role",
    Column.TIER: "tier",
    Column.SECTOR: "sector",
    Column.STANDING: "standing",
    Column.CONTRACTS_WITH: "buyers",
    Column.SERVICES: "services",
    Column.CONTACT_NAME: "name",
    Column.JOB_TITLE: "job title",
    Column.EMAIL: "address",
    Column.POSTAL_ADDRESS: "postal address",
}


class ChangeList(StrEnum):
    """The three lists of a preview."""

    ADDED = "added"
    CHANGED = "changed"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One change: in which list it stands, what the history calls doing it, and what was done it to."""

    where: ChangeList
    verb: str
    what: str


def kind_words(party: Party) -> str:
    """What kind of organisation it is: "Subcontractor, voluntary sector"; past and potential ones say so too."""
    words = f"{ROLE_WORDS[party.role]}, {SECTOR_WORDS[party.sector]}".capitalize()
    return words if party.standing is Standing.PRESENT else f"{words}, {STANDING_WORDS[party.standing]}"


def count_words(count: int, one: str, many: str) -> str:
    """A number with its noun: "1 person", "1,204 people"."""
    return f"{count:,} {one if count == 1 else many}"


def size_words(parties: tuple[Party, ...]) -> str:
    """How many organisations and people: "22 organisations, 40 people"."""
    people = sum(len(party.contacts) for party in parties)
    return (
        f"{count_words(len(parties), 'organisation', 'organisations')},"
        f" {count_words(people, 'person', 'people')}"
    )


def change_lines(changes: Changes) -> tuple[ChangeLine, ...]:
    """Every change in words: the chain, then organisations, then people."""
    return (*_chain_lines(changes), *_party_lines(changes), *_contact_lines(changes))


def summary_words(changes: Changes) -> str:
    """How much changes: "2 added, 1 changed, 3 gone", by the lines of the lists; "nothing" without a change."""
    found = [line.where for line in change_lines(changes)]
    counts = [f"{found.count(where):,} {where}" for where in ChangeList if where in found]
    return ", ".join(counts) or "nothing changed"


def _chain_lines(changes: Changes) -> Iterator[ChangeLine]:
    if changes.name:
        yield ChangeLine(ChangeList.CHANGED, "changed", f"the name of the chain to {changes.name}")


def _party_lines(changes: Changes) -> Iterator[ChangeLine]:
    added = {placed.contact.id for placed in changes.contacts_added}
    for party in changes.parties_added:
        people = [contact.name for contact in party.contacts if contact.id in added]
        kind = kind_words(party)
        kind = kind[0].lower() + kind[1:]
        yield ChangeLine(ChangeList.ADDED, "added", f"{party.name} ({kind}){_with(people)}")
    for change in changes.parties_changed:
        yield from _changed_party(change)
    gone = {placed.contact.id for placed in changes.contacts_gone}
    for party in changes.parties_gone:
        people = [contact.name for contact in party.contacts if contact.id in gone]
        yield ChangeLine(ChangeList.GONE, "removed", f"{party.name}{_with(people)}")


def _contact_lines(changes: Changes) -> Iterator[ChangeLine]:
    new = {party.id for party in changes.parties_added}
    for placed in changes.contacts_added:
        if placed.party.id not in new:
            yield ChangeLine(ChangeList.ADDED, "added", f"{placed.contact.name} to {placed.party.name}")
    for change in changes.contacts_changed:
        yield from _changed_contact(change)
    for move in changes.contacts_moved:
        words = f"{move.contact.name} from {move.source.name} to {move.target.name}"
        yield ChangeLine(ChangeList.CHANGED, "moved", words)
    old = {party.id for party in changes.parties_gone}
    for placed in changes.contacts_gone:
        if placed.party.id not in old:
            yield ChangeLine(ChangeList.GONE, "removed", f"{placed.contact.name} from {placed.party.name}")


def _changed_party(change: PartyChange) -> Iterator[ChangeLine]:
    for field in change.fields:
        # Beside a new name the old one says which organisation it is.
        name = change.before.name if field.column is Column.ORGANISATION else change.after.name
        yield _field_line(field, name)


def _changed_contact(change: ContactChange) -> Iterator[ChangeLine]:
    for field in change.fields:
        name = change.before.name if field.column is Column.CONTACT_NAME else change.after.name
        yield _field_line(field, f"{name} of {change.party.name}")


def _field_line(field: FieldChange, whose: str) -> ChangeLine:
    if field.column in (Column.ORGANISATION, Column.CONTACT_NAME):
        words = f"the name of {whose} to {field.after}"
    else:
        words = f"the {_NOUNS[field.column]} of {whose} {_from_to(field)}"
    return ChangeLine(ChangeList.CHANGED, "changed", words)


def _from_to(field: FieldChange) -> str:
    old, new = _value(field.column, field.before), _value(field.column, field.after)
    if not old:
        return f"to {new}, from none"
    return f"from {old} to {new}" if new else f"from {old} to none"


def _value(column: Column, text: str) -> str:
    if column is Column.ROLE:
        return ROLE_WORDS[Role(text)]
    if column is Column.POSTAL_ADDRESS:
        return in_one_line(text)
    return SECTOR_WORDS[Sector(text)] if column is Column.SECTOR else text


def _with(names: list[str]) -> str:
    if not names:
        return ""
    if len(names) > MOST_NAMED:
        return f" with {len(names):,} people"
    return f" with {' and '.join(filter(None, (', '.join(names[:-1]), names[-1])))}"
