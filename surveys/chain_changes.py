"""What changes from one state of a chain to another: added, changed, moved and gone, and what may only be renamed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from surveys.chain import Chain, Contact, Party
from surveys.columns import Column
from surveys.identity import destination_key, organisation_key, person_key

CLOSE_NAMES = 0.75
# Comparing names letter by letter is slow: beyond this many pairs only shared people tell a new name.
MOST_PAIRS = 2_500
LONGEST_COMPARED = 80


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One thing that is different about an organisation or a person, as text; "" where there was or is none."""

    column: Column
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class PartyChange:
    """An organisation that stays, with what is different about it."""

    before: Party
    after: Party
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class PlacedContact:
    """A person who came to an organisation, or is gone from it."""

    contact: Contact
    party: Party


@dataclass(frozen=True, slots=True)
class ContactChange:
    """A person who stays, with what is different. Another address of either kind is another contact, of one name."""

    before: Contact
    after: Contact
    party: Party
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class Move:
    """A person who works for another organisation of the chain now."""

    contact: Contact
    source: Party
    target: Party


@dataclass(frozen=True, slots=True)
class LikelyRename:
    """An organisation that is gone and a new one that may be the same. ``shared``: how many people both have."""

    gone: Party
    added: Party
    shared: int


@dataclass(frozen=True, slots=True)
class Changes:
    """Everything that differs between two states of a chain, in the order of the later one; the gone last.

    ``name``: the new name of the chain; None when it keeps its own. The people of an organisation that is new or
    gone are listed among the contacts too. ``likely_renames`` are among the added and the gone as well.
    """

    name: str | None
    parties_added: tuple[Party, ...]
    parties_changed: tuple[PartyChange, ...]
    parties_gone: tuple[Party, ...]
    contacts_added: tuple[PlacedContact, ...]
    contacts_changed: tuple[ContactChange, ...]
    contacts_moved: tuple[Move, ...]
    contacts_gone: tuple[PlacedContact, ...]
    likely_renames: tuple[LikelyRename, ...]

    def __bool__(self) -> bool:
        """Whether anything differs."""
        return bool(self.name or self.parties_changed or self.contacts_changed or self.alters_who_is_asked)

    @property
    def alters_who_is_asked(self) -> bool:
        """Whether a steward who approved who is asked, and as what, would have to look again."""
        asked_as = {Column.ORGANISATION, Column.ROLE, Column.SECTOR, Column.STANDING}
        return bool(
            self.parties_added
            or self.parties_gone
            or self.contacts_added
            or self.contacts_gone
            or self.contacts_moved
            or any(field.column in asked_as for change in self.parties_changed for field in change.fields)
            or any(
                field.column in (Column.EMAIL, Column.POSTAL_ADDRESS)
                for change in self.contacts_changed
                for field in change.fields
            )
        )


def align(before: Chain, after: Chain, same: Mapping[str, str]) -> Chain:
    """The later state with the ids of the earlier one for all that is the same.

    Organisations are the same by their id, their key, or because ``same`` says so (later id -> earlier id); people
    by their id or by who they are and where their link goes, wherever in the chain they work.
    """
    party_ids = _matched(
        {party.id: organisation_key(party.name) for party in before.parties},
        {party.id: organisation_key(party.name) for party in after.parties},
        same,
    )
    contact_ids = _matched(
        _destinations(before, {}),
        _destinations(after, party_ids),
        {},
    )
    parties = tuple(
        replace(
            party,
            id=party_ids.get(party.id, party.id),
            buyers=tuple(party_ids.get(buyer, buyer) for buyer in party.buyers),
            contacts=tuple(
                replace(contact, id=contact_ids.get(contact.id, contact.id)) for contact in party.contacts
            ),
        )
        for party in after.parties
    )
    return Chain(before.id, after.name, parties)


def compare(before: Chain, after: Chain) -> Changes:
    """What changes from one state of a chain to another."""
    after = align(before, after, {})
    olds = {party.id: party for party in before.parties}
    news = {party.id: party for party in after.parties}
    added = tuple(party for party in after.parties if party.id not in olds)
    gone = tuple(party for party in before.parties if party.id not in news)
    was = _places(before)
    now = _places(after)
    came = [placed for id_, placed in now.items() if id_ not in was]
    left = [placed for id_, placed in was.items() if id_ not in now]
    readdressed = _readdressed(came, left)
    new_ids = {change.after.id for change in readdressed}
    old_ids = {change.before.id for change in readdressed}
    stayed = [(was[id_], placed) for id_, placed in now.items() if id_ in was]
    return Changes(
        name=after.name if after.name != before.name else None,
        parties_added=added,
        parties_changed=tuple(_party_changes(olds, after)),
        parties_gone=gone,
        contacts_added=tuple(placed for placed in came if placed.contact.id not in new_ids),
        contacts_changed=(*_contact_changes(stayed), *readdressed),
        contacts_moved=tuple(
            Move(new.contact, old.party, new.party) for old, new in stayed if old.party.id != new.party.id
        ),
        contacts_gone=tuple(placed for placed in left if placed.contact.id not in old_ids),
        likely_renames=_likely_renames(gone, added),
    )


def _destinations(chain: Chain, party_ids: Mapping[str, str]) -> dict[str, str]:
    """What tells each person apart, by their ids. ``party_ids``: what organisations are called in another state."""
    return {
        contact.id: destination_key(
            party_ids.get(party.id, party.id), contact.name, contact.email, contact.postal_address
        )
        for party in chain.parties
        for contact in party.contacts
    }


def _matched(old: Mapping[str, str], new: Mapping[str, str], same: Mapping[str, str]) -> dict[str, str]:
    """From the ids of the later state to those of the earlier one. ``old`` and ``new``: id -> key."""
    found = {id_: id_ for id_ in new if id_ in old}
    by_key = {key: id_ for id_, key in old.items() if id_ not in found}
    for id_, key in new.items():
        if id_ not in found and key in by_key:
            found[id_] = by_key.pop(key)
    free = set(old) - set(found.values())
    for id_, old_id in same.items():
        if id_ in new and id_ not in found and old_id in free:
            found[id_] = old_id
            free.remove(old_id)
    return found


def _places(chain: Chain) -> dict[str, PlacedContact]:
    return {
        contact.id: PlacedContact(contact, party) for party in chain.parties for contact in party.contacts
    }


def _party_changes(olds: Mapping[str, Party], after: Chain) -> Iterator[PartyChange]:
    names = {party.id: party.name for party in (*olds.values(), *after.parties)}
    for new in after.parties:
        old = olds.get(new.id)
        if old is None:
            continue
        # The names of today on both sides: a buyer that is renamed is the same buyer.
        fields = _differences(_party_texts(old, names), _party_texts(new, names))
        if fields:
            yield PartyChange(old, new, fields)


def _party_texts(party: Party, names: Mapping[str, str]) -> dict[Column, str]:
    return {
        Column.ORGANISATION: party.name,
        Column.ROLE: party.role.value,
        Column.TIER: "" if party.tier is None else str(party.tier),
        Column.SECTOR: party.sector.value,
        Column.STANDING: party.standing.value,
        Column.CONTRACTS_WITH: ", ".join(sorted(names[buyer] for buyer in party.buyers)),
        Column.SERVICES: party.services,
    }


def _contact_changes(stayed: list[tuple[PlacedContact, PlacedContact]]) -> Iterator[ContactChange]:
    for old, new in stayed:
        fields = _differences(_contact_texts(old.contact), _contact_texts(new.contact))
        if fields:
            yield ContactChange(old.contact, new.contact, new.party, fields)


def _contact_texts(contact: Contact) -> dict[Column, str]:
    return {
        Column.CONTACT_NAME: contact.name,
        Column.JOB_TITLE: contact.job_title,
        Column.EMAIL: contact.email,
        Column.POSTAL_ADDRESS: contact.postal_address,
    }


def _differences(old: Mapping[Column, str], new: Mapping[Column, str]) -> tuple[FieldChange, ...]:
    return tuple(
        FieldChange(column, old[column], new[column]) for column in old if old[column] != new[column]
    )


def _readdressed(came: list[PlacedContact], left: list[PlacedContact]) -> tuple[ContactChange, ...]:
    """Those who left and came with the same name in the same organisation: people with another address."""
    by_name = {(placed.party.id, organisation_key(placed.contact.name)): placed for placed in left}
    found = []
    for placed in came:
        old = by_name.pop((placed.party.id, organisation_key(placed.contact.name)), None)
        if old is not None:
            fields = _differences(_contact_texts(old.contact), _contact_texts(placed.contact))
            found.append(ContactChange(old.contact, placed.contact, placed.party, fields))
    return tuple(found)


def _likely_renames(gone: tuple[Party, ...], added: tuple[Party, ...]) -> tuple[LikelyRename, ...]:
    """Pairs that share people or have close names, the likeliest first; each organisation in one pair at most."""
    shared = _shared_people(gone, added)
    pairs = [(old, new) for old in gone for new in added] if len(gone) * len(added) <= MOST_PAIRS else []
    close = {(old.id, new.id): _closeness(old.name, new.name) for old, new in pairs}
    olds, news = ({party.id: party for party in parties} for parties in (gone, added))
    likely = {*shared, *(pair for pair, closeness in close.items() if closeness >= CLOSE_NAMES)}
    places = {id_: place for place, id_ in enumerate((*olds, *news))}
    order = sorted(
        likely, key=lambda pair: (-shared[pair], -close.get(pair, 0), places[pair[0]], places[pair[1]])
    )
    found: list[LikelyRename] = []
    paired: set[str] = set()
    for pair in order:
        if paired.isdisjoint(pair):
            paired.update(pair)
            found.append(LikelyRename(olds[pair[0]], news[pair[1]], shared[pair]))
    return tuple(found)


def _shared_people(gone: tuple[Party, ...], added: tuple[Party, ...]) -> Counter[tuple[str, str]]:
    """How many people an organisation that is gone and a new one share; pairs that share nobody are left out."""
    # The organisation is what may have a new name, so it tells nobody apart here.
    was_in = {
        person_key("", contact.name, contact.email): party.id for party in gone for contact in party.contacts
    }
    return Counter(
        (was_in[key], party.id)
        for party in added
        for contact in party.contacts
        if (key := person_key("", contact.name, contact.email)) in was_in
    )


def _closeness(one: str, other: str) -> float:
    texts = (organisation_key(one)[:LONGEST_COMPARED], organisation_key(other)[:LONGEST_COMPARED])
    return SequenceMatcher(None, *texts, autojunk=False).ratio()
