"""What a chain and its parties were called when a cycle was launched: later changes do not reach an open review."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from surveys.chain import Chain, Role
from surveys.matrix import Group, derived_group
from surveys.subjects import Subject

BUYERS_TITLE = "Tier-1 partners as buyers"


@dataclass(frozen=True, slots=True)
class Roster:
    """The names of a launched cycle. ``parties``: names by party id, in the order of the chain.

    ``roles``: by party id; empty of cycles that were launched before they were kept.
    """

    chain_name: str
    prime_id: str
    parties: Mapping[str, str]
    roles: Mapping[str, Role] = field(default_factory=dict)

    @property
    def prime_name(self) -> str:
        """The name of the prime."""
        return self.parties[self.prime_id]

    def names_about(self, about_id: str) -> dict[str, str]:
        """The names that a wording takes in a review about one party; "" for a review of none."""
        names = {"prime": self.prime_name, "chain": self.chain_name}
        return names | {"partner": self.parties[about_id]} if about_id else names

    def subject_names(self) -> dict[str, str]:
        """What each subject is called, by the subject, in the order of a report."""
        partners: dict[str, str] = {Subject.partner(id_): name for id_, name in self.parties.items()}
        return {
            Subject.PRIME: self.prime_name,
            Subject.CHAIN: self.chain_name,
            Subject.BUYERS: BUYERS_TITLE,
            **partners,
        }

    def titles(self) -> dict[str, str]:
        """What is reviewed, by the subject, as a page says it: "Northern Bridge", "Pathways North as a whole"."""
        return self.subject_names() | {Subject.CHAIN: f"{self.chain_name} as a whole"}

    def derived_groups(self, group_ids: Iterable[str]) -> tuple[Group, ...]:
        """The groups, among these, that follow from contracts; in the order of the chain."""
        order = list(self.parties)
        found = [group for id_ in set(group_ids) if (group := derived_group(id_, self.parties)) is not None]
        return tuple(sorted(found, key=lambda group: (order.index(group.id.partition(":")[2]), group.id)))


def roster_of(chain: Chain) -> Roster:
    """The names and roles of a chain as it is now."""
    return Roster(
        chain.name,
        chain.prime.id,
        {party.id: party.name for party in chain.parties},
        {party.id: party.role for party in chain.parties},
    )


def roster_to_text(chain: Chain) -> str:
    """The names of a chain as JSON, for a cycle to keep."""
    roster = roster_of(chain)
    value = {
        "chain": roster.chain_name,
        "prime": roster.prime_id,
        "parties": dict(roster.parties),
        "roles": dict(roster.roles),
    }
    return json.dumps(value, ensure_ascii=False)


@lru_cache(maxsize=256)
def roster_from_text(text: str) -> Roster:
    """The names of ``roster_to_text``."""
    raw: Mapping[str, Any] = json.loads(text)
    roles = {id_: Role(role) for id_, role in raw.get("roles", {}).items()}
    return Roster(raw["chain"], raw["prime"], raw["parties"], roles)
