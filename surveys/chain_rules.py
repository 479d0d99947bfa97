"""What a chain must keep to, however it is changed: the same rules as an import's, told by organisation and person."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import astuple, dataclass

from surveys.chain import Chain, Party
from surveys.columns import Column
from surveys.contracts import ListedParty, contract_faults
from surveys.entries import MENDS, PLAIN_ADDRESS, TELL_APART, mend_of, text_problem
from surveys.errors import Fault
from surveys.identity import organisation_key, person_key
from surveys.placing import quoted

CheckAddress = Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class ChainFault:
    """One broken rule. ``about``: the id of the organisation or the person; "" for the chain as a whole."""

    about: str
    column: Column | None
    message: str
    mend: str

    def seen_from(self, ids: frozenset[str]) -> Fault:
        """The same for a form about ``ids``: beside its field if it is about one of them, else for the form."""
        is_here = self.about in ids and self.column is not None
        return Fault(self.column.value if self.column and is_here else "", self.message, self.mend)


def chain_faults(chain: Chain, check_address: CheckAddress) -> tuple[ChainFault, ...]:
    """Every rule that a chain breaks. ``check_address``: why an address cannot be used, or None."""
    found = [*_same_names(chain), *_same_people(chain)]
    for party in chain.parties:
        found += _party_faults(party, check_address)
    # The number of a row stands for the organisation here.
    names = {party.id: party.name for party in chain.parties}
    listed = [_listed(number, party, names) for number, party in enumerate(chain.parties, 1)]
    ids = ["", *(party.id for party in chain.parties)]
    found += [
        ChainFault(ids[fault.row], fault.column, fault.message, fault.mend)
        for fault in contract_faults(listed)
    ]
    return tuple(found)


def chain_digest(chain: Chain) -> str:
    """What tells whether a chain is still as somebody saw it: SHA-256 of everything in it, in hex."""
    return hashlib.sha256(json.dumps(astuple(chain)).encode()).hexdigest()


def _listed(number: int, party: Party, names: Mapping[str, str]) -> ListedParty:
    stated = {number: {buyer: names[buyer] for buyer in party.buyers}}
    return ListedParty(party.id, party.name, number, party.role, party.standing, stated)


def _same_names(chain: Chain) -> Iterator[ChainFault]:
    first: dict[str, Party] = {}
    for party in chain.parties:
        other = first.setdefault(organisation_key(party.name), party)
        if other is not party:
            message = f"There is an organisation called {quoted(other.name)} in this chain already."
            for about in (other.id, party.id):
                yield ChainFault(
                    about, Column.ORGANISATION, message, "Give it another name, or merge the two."
                )


def _same_people(chain: Chain) -> Iterator[ChainFault]:
    first: dict[str, tuple[str, str]] = {}
    for party in chain.parties:
        for contact in party.contacts:
            where = f"{contact.name} of {party.name}"
            key = person_key(party.id, contact.name, contact.email)
            other, place = first.setdefault(key, (contact.id, where))
            if other == contact.id:
                continue
            column, same, mend = Column.CONTACT_NAME, "name, and no email address either,", TELL_APART
            if contact.email:
                column, same = Column.EMAIL, "address"
                mend = "Give every person an address of their own, and list nobody twice."
            yield ChainFault(contact.id, column, f"{quoted(place)} has the same {same} in this chain.", mend)
            yield ChainFault(other, column, f"{quoted(where)} has the same {same} in this chain.", mend)


def _party_faults(party: Party, check_address: CheckAddress) -> Iterator[ChainFault]:
    for column, text in ((Column.ORGANISATION, party.name), (Column.SERVICES, party.services)):
        yield from _text_faults(party.id, column, text)
    if not party.contacts:
        yield ChainFault(
            party.id,
            None,
            f"{quoted(party.name)} would have nobody who can be asked.",
            "Add another person first, or remove the organisation.",
        )
    for contact in party.contacts:
        texts = (
            (Column.CONTACT_NAME, contact.name),
            (Column.JOB_TITLE, contact.job_title),
            (Column.EMAIL, contact.email),
            (Column.POSTAL_ADDRESS, contact.postal_address),
        )
        for column, text in texts:
            is_posted = column is Column.EMAIL and not text and contact.postal_address
            if not is_posted:
                yield from _text_faults(contact.id, column, text)
        reason = check_address(contact.email) if contact.email else None
        if reason is not None:
            yield ChainFault(contact.id, Column.EMAIL, reason, PLAIN_ADDRESS)


def _text_faults(about: str, column: Column, text: str) -> Iterator[ChainFault]:
    if not text and column in (Column.ORGANISATION, Column.CONTACT_NAME, Column.EMAIL):
        yield ChainFault(about, column, f"The {column.value.replace('_', ' ')} is missing.", MENDS[column])
    elif problem := text_problem(column, text):
        yield ChainFault(about, column, problem, mend_of(column))
