"""Which instrument asks which voice about which practice, and why a voice is left out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from surveys import library
from surveys.instrument import Instrument, MerlinElement, Voice
from surveys.practices import Practice, merlin_elements, practices

# What a reason in concerns.csv calls the voices that it is about; several stand before one reason, with commas.
_LABELS = {
    "prime": Voice.PRIME_ON_ITSELF,
    "partner": Voice.PARTNER_ON_PRIME,
    "partner on prime": Voice.PARTNER_ON_PRIME,
    "commissioner": Voice.COMMISSIONER_ON_PRIME,
    "spot provider": Voice.SPOT_PROVIDER_ON_PRIME,
    "chain": Voice.ANYONE_ON_CHAIN,
    "partner on itself": Voice.PARTNER_ON_ITSELF,
    "prime on partner": Voice.PRIME_ON_PARTNER,
    "tier-1 on subcontractor": Voice.TIER_ONE_ON_SUBCONTRACTOR,
    "subcontractor on tier-1": Voice.SUBCONTRACTOR_ON_TIER_ONE,
}
_ONE = "|".join(sorted(_LABELS, key=len, reverse=True))
_LABEL = re.compile(rf"(?:^|(?<=[.] ))((?:{_ONE})(?:, (?:{_ONE}))*): ", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PracticeCoverage:
    """One practice: the instruments that ask each voice about it, and why a voice is left out.

    ``asked``: by voice, in the order of the instruments; a voice that nothing asks is missing.
    ``left_out``: the reason of each voice that the practice does not concern.
    """

    practice: Practice
    merlin: MerlinElement
    asked: Mapping[Voice, tuple[Instrument, ...]]
    left_out: Mapping[Voice, str]


def coverage(instruments: Sequence[Instrument]) -> tuple[PracticeCoverage, ...]:
    """Every practice of the Code, in its order, and what the instruments ask of it."""
    found = [(instrument, library.coverage(instrument)) for instrument in instruments]
    return tuple(
        PracticeCoverage(
            practice=practice,
            merlin=merlin_elements()[id_],
            asked=MappingProxyType(
                {
                    voice: askers
                    for voice in Voice
                    if (
                        askers := tuple(of for of, covered in found if voice in covered.get(id_, frozenset()))
                    )
                }
            ),
            left_out=reasons().get(id_, {}),
        )
        for id_, practice in practices().items()
    )


@cache
def reasons() -> Mapping[str, Mapping[Voice, str]]:
    """Why a practice leaves a voice out, by practice id and voice. Source: the packaged ``concerns.csv``."""
    return MappingProxyType({id_: reasons_of(text) for id_, text in library.reasons().items()})


def reasons_of(text: str) -> Mapping[Voice, str]:
    """The reasons that one cell holds, "Commissioner, chain: … Spot provider: …", each as a sentence, by voice."""
    _, *parts = _LABEL.split(text)
    return MappingProxyType(
        {
            _LABELS[label.casefold()]: reason.strip()[:1].upper() + reason.strip()[1:]
            for labels, reason in zip(parts[::2], parts[1::2], strict=True)
            for label in labels.split(", ")
        }
    )
