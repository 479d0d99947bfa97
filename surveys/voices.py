"""The voices in words: who speaks about what."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from surveys.instrument import Voice

SPEAKERS: Mapping[Voice, str] = MappingProxyType(
    {
        Voice.PRIME_ON_ITSELF: "The prime on itself",
        Voice.PARTNER_ON_PRIME: "A partner on the prime",
        Voice.COMMISSIONER_ON_PRIME: "The commissioner on the prime",
        Voice.SPOT_PROVIDER_ON_PRIME: "A spot provider on the prime",
        Voice.ANYONE_ON_CHAIN: "Anyone on the chain",
        Voice.PARTNER_ON_ITSELF: "A partner on itself",
        Voice.PRIME_ON_PARTNER: "The prime on a partner",
        Voice.TIER_ONE_ON_SUBCONTRACTOR: "A tier 1 partner on its subcontractor",
        Voice.SUBCONTRACTOR_ON_TIER_ONE: "A subcontractor on its tier 1 partner",
    }
)
# What stands for the names where there is no chain yet. A sentence that begins with one needs its capital.
STAND_INS: Mapping[str, str] = MappingProxyType(
    {"prime": "the prime", "chain": "the chain", "partner": "the partner"}
)
# The same in Welsh, where "the chain" would follow on its own noun.
WELSH_STAND_INS: Mapping[str, str] = MappingProxyType(
    {"prime": "y prif gontractwr", "chain": "…", "partner": "y partner"}
)
