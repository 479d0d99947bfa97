"""A supply chain as frozen values: parties, who contracts with whom, and the contacts who may be asked."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What an organisation does in the chain."""

    COMMISSIONER = "commissioner"
    PRIME = "prime"
    SUBCONTRACTOR = "subcontractor"
    SPECIALIST = "specialist"
    SPOT_PROVIDER = "spot_provider"


class Sector(StrEnum):
    """The sector an organisation belongs to; ``VCS`` is the voluntary and community sector."""

    PUBLIC = "public"
    PRIVATE = "private"
    VCS = "vcs"


class Standing(StrEnum):
    """Whether an organisation works in the chain now, did so once, or bid together and got no work (yet)."""

    PRESENT = "present"
    PAST = "past"
    POTENTIAL = "potential"


@dataclass(frozen=True, slots=True)
class Contact:
    """A person of a party who may be asked.

    ``email`` is as typed; "" only where there is a postal address. ``postal_address``: up to six lines with a line
    break between them, or "". Compare people with ``person_key``.
    """

    id: str
    name: str
    job_title: str
    email: str
    postal_address: str = ""


@dataclass(frozen=True, slots=True)
class Party:
    """An organisation in a chain. ``buyers`` holds the ids of the parties that it contracts with (who pay it)."""

    id: str
    name: str
    role: Role
    sector: Sector
    tier: int | None
    services: str
    buyers: tuple[str, ...]
    contacts: tuple[Contact, ...]
    standing: Standing = Standing.PRESENT


@dataclass(frozen=True, slots=True)
class Chain:
    """A chain: one contract's parties, in the order of the spreadsheet."""

    id: str
    name: str
    parties: tuple[Party, ...]

    @property
    def prime(self) -> Party:
        """The one prime of the chain. Raises StopIteration when the chain was never validated."""
        return next(party for party in self.parties if party.role is Role.PRIME)
