"""The sybil check: signs in a roster that several voices may be one, which could turn a small group or see through it.

They are questions for a person who knows the organisations, never a verdict: two charities may well share an office.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from surveys.chain import Chain, Party, Role
from surveys.groups import DisclosurePolicy, is_safe
from surveys.identity import email_key, organisation_key
from surveys.instrument import Voice
from surveys.matrix import Plan, assign
from surveys.postal import in_one_line

# The first words of domains where a mailbox says nothing about who somebody works for.
OPEN_DOMAINS = frozenset(
    {
        *(
            "aol",
            "btinternet",
            "fastmail",
            "gmail",
            "gmx",
            "googlemail",
            "hotmail",
            "icloud",
            "live",
            "mail",
            "me",
        ),
        *("msn", "ntlworld", "outlook", "proton", "protonmail", "sky", "talktalk", "yahoo", "ymail", "zoho"),
    }
)


class SuspicionKind(StrEnum):
    """What looks odd."""

    ADDRESS_OF_PRIME = "address_of_prime"
    SHARED_ADDRESSES = "shared_addresses"
    SAME_PERSON = "same_person"
    DISGUISED = "disguised"


@dataclass(frozen=True, slots=True)
class Suspicion:
    """Something odd in a roster: what it is, and the ids of the parties that it is about."""

    kind: SuspicionKind
    message: str
    parties: tuple[str, ...]


def suspicions(chain: Chain, plan: Plan, policy: DisclosurePolicy) -> tuple[Suspicion, ...]:
    """Everything odd about who would be asked, the gravest kinds first.

    Source: anonymity rules, "Which groups are released": a group is counted by organisations, so organisations that
    are really one would make it look safer than it is.
    """
    asked = [party for party in chain.parties if plan.group_of(party) is not None]
    return (
        *_with_address_of_prime(asked),
        *_with_shared_addresses(asked),
        *_same_people(asked),
        *_disguised(chain, plan, policy),
    )


def _domains(party: Party) -> frozenset[str]:
    found = (email_key(contact.email).rpartition("@")[2] for contact in party.contacts)
    return frozenset(domain for domain in found if not _is_open(domain))


def _posts(party: Party) -> dict[str, str]:
    """The postal addresses of a party's people, as they are typed, by what makes two of them one."""
    typed = (contact.postal_address for contact in party.contacts if contact.postal_address)
    # Commas and line breaks are where two people differ who type one address.
    return {organisation_key(address.replace(",", " ")): in_one_line(address) for address in typed}


def _places(party: Party) -> frozenset[str]:
    """Where a party is reached, by mail or letter: two that share one of these may be one."""
    return _domains(party) | _posts(party).keys()


def _is_open(domain: str) -> bool:
    """Whether anybody can have a mailbox there. "mail.charity.example" only begins like one."""
    first, *rest = domain.split(".")
    is_whole = len(rest) == 1 or (len(rest) == 2 and rest[0] in {"co", "com"})
    return not domain or (first in OPEN_DOMAINS and is_whole)


def _with_address_of_prime(asked: list[Party]) -> Iterator[Suspicion]:
    of_prime = frozenset(place for party in asked if party.role is Role.PRIME for place in _places(party))
    for party in asked:
        if party.role is not Role.PRIME and _places(party) & of_prime:
            yield Suspicion(
                SuspicionKind.ADDRESS_OF_PRIME,
                f"{party.name} has a contact whose address is one of the prime’s.",
                (party.id,),
            )


def _with_shared_addresses(asked: list[Party]) -> Iterator[Suspicion]:
    sharing: dict[str, list[Party]] = {}
    words: dict[str, str] = {}
    for party in asked:
        posts = _posts(party)
        for place in (*sorted(_domains(party)), *posts):
            sharing.setdefault(place, []).append(party)
            shared = f"get their letters at {posts[place]}" if place in posts else f"use addresses at {place}"
            words.setdefault(place, shared)
    for place, parties in sharing.items():
        if len(parties) > 1 and not any(party.role is Role.PRIME for party in parties):
            names = _listed([party.name for party in parties])
            yield Suspicion(
                SuspicionKind.SHARED_ADDRESSES,
                f"{names} all {words[place]}. If they are one organisation, merge them.",
                tuple(party.id for party in parties),
            )


def _same_people(asked: list[Party]) -> Iterator[Suspicion]:
    by_name: dict[str, list[tuple[str, Party]]] = {}
    for party in asked:
        for contact in party.contacts:
            by_name.setdefault(" ".join(contact.name.casefold().split()), []).append((contact.name, party))
    for found in by_name.values():
        if len(found) > 1:
            parties = list(dict.fromkeys(party for _, party in found))
            names = _listed([party.name for party in parties])
            where = f"for {names}" if len(parties) > 1 else f"twice for {names}"
            yield Suspicion(
                SuspicionKind.SAME_PERSON,
                f"{found[0][0]} is listed {where}. One person can speak once only.",
                tuple(party.id for party in parties),
            )


def _disguised(chain: Chain, plan: Plan, policy: DisclosurePolicy) -> Iterator[Suspicion]:
    """Groups that could be shown as listed, and not if organisations with the same addresses are one."""
    for title, listed in _pooled(chain, plan):
        if not is_safe(listed, policy):
            continue
        clusters = _clusters([party for party in chain.parties if party.id in listed])
        merged = {cluster[0].id: sum(listed[party.id] for party in cluster) for cluster in clusters}
        if not is_safe(merged, policy):
            shared = [party for cluster in clusters if len(cluster) > 1 for party in cluster]
            yield Suspicion(
                SuspicionKind.DISGUISED,
                f"“{title}” has enough organisations only if {_listed([p.name for p in shared])} really are"
                " separate ones.",
                tuple(party.id for party in shared),
            )


def _pooled(chain: Chain, plan: Plan) -> Iterator[tuple[str, dict[str, int]]]:
    """The title of each protected group, those of one tier-1's subcontractors too, and its people by party."""
    matrix = assign(chain, plan, frozenset(Voice))
    for group in (group for group in matrix.groups if not group.is_attributed):
        people = {
            (asked.party_id, asked.contact_id) for asked in matrix.assignments if asked.group_id == group.id
        }
        if people:
            yield group.title, dict(Counter(party_id for party_id, _ in people))


def _clusters(parties: list[Party]) -> list[list[Party]]:
    """The parties, those with a domain or a postal address in common together."""
    clusters: list[tuple[set[str], list[Party]]] = []
    for party in parties:
        places, members = set(_places(party)), [party]
        apart = []
        for cluster in clusters:
            if cluster[0] & places:
                places |= cluster[0]
                members = [*cluster[1], *members]
            else:
                apart.append(cluster)
        clusters = [*apart, (places, members)]
    return [members for _, members in clusters]


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
