"""What is reviewed, in which voices, and from which perspectives."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from surveys.chain import Role
from surveys.instrument import Voice

_PARTNER = "partner:"


class Subject(str):
    """What is reviewed, as the text that is kept of it: "prime", "chain", "buyers" or "partner:" and a party's id.

    ``BUYERS``: the tier-1 partners as those who pay others; each of them is a group of its own there.
    """

    __slots__ = ()
    PRIME: ClassVar[Subject]
    CHAIN: ClassVar[Subject]
    BUYERS: ClassVar[Subject]

    @classmethod
    def partner(cls, party_id: str) -> Subject:
        """One partner, as the others and it itself see it."""
        return cls(_PARTNER + party_id)

    @property
    def party_id(self) -> str:
        """The id of the one partner that is reviewed; "" for every other subject."""
        return self.removeprefix(_PARTNER) if self.is_partner else ""

    @property
    def is_partner(self) -> bool:
        """Whether one partner is reviewed."""
        return self.startswith(_PARTNER)


Subject.PRIME = Subject("prime")
Subject.CHAIN = Subject("chain")
Subject.BUYERS = Subject("buyers")


def in_order(subject: Subject) -> tuple[int, str]:
    """Sorts subjects: the prime, the chain, the buyers, then the partners."""
    fixed = (Subject.PRIME, Subject.CHAIN, Subject.BUYERS)
    return (fixed.index(subject), "") if subject in fixed else (len(fixed), str(subject))


class Perspective(StrEnum):
    """A rule by which reviews are asked."""

    ON_PRIME = "prime"
    ON_CHAIN = "chain"
    ON_ITSELF = "itself"
    PRIME_ON_PARTNERS = "partners"
    BETWEEN_TIERS = "tiers"


# What most reviews ask for.
USUAL = frozenset({Perspective.ON_PRIME, Perspective.ON_CHAIN})

VOICES_OF_PERSPECTIVE = {
    Perspective.ON_PRIME: (
        Voice.PARTNER_ON_PRIME,
        Voice.COMMISSIONER_ON_PRIME,
        Voice.SPOT_PROVIDER_ON_PRIME,
        Voice.PRIME_ON_ITSELF,
    ),
    Perspective.ON_CHAIN: (Voice.ANYONE_ON_CHAIN,),
    Perspective.ON_ITSELF: (Voice.PARTNER_ON_ITSELF,),
    Perspective.PRIME_ON_PARTNERS: (Voice.PRIME_ON_PARTNER,),
    Perspective.BETWEEN_TIERS: (Voice.SUBCONTRACTOR_ON_TIER_ONE, Voice.TIER_ONE_ON_SUBCONTRACTOR),
}

VOICE_OF_ROLE = {
    Role.PRIME: Voice.PRIME_ON_ITSELF,
    Role.COMMISSIONER: Voice.COMMISSIONER_ON_PRIME,
    Role.SUBCONTRACTOR: Voice.PARTNER_ON_PRIME,
    Role.SPECIALIST: Voice.PARTNER_ON_PRIME,
    Role.SPOT_PROVIDER: Voice.SPOT_PROVIDER_ON_PRIME,
}
