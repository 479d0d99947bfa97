"""Which instrument asks which voice about which practice, and why a voice is left out."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType

from surveys import library
from surveys.instrument import Instrument, MerlinElement, Voice
from surveys.practices import Practice, merlin_elements, practices

# The word that begins a voice's reason in concerns.csv.
_LABELS = {
    "Prime": Voice.PRIME_ON_ITSELF,
    "Partner": Voice.PARTNER_ON_PRIME,
    "Commissioner": Voice.COMMISSIONER_ON_PRIME,
    "Spot provider": Voice.SPOT_PROVIDER_ON_PRIME,
    "Chain": Voice.ANYONE_ON_CHAIN,
    "Partner on itself": Voice.PARTNER_ON_ITSELF,
    "Prime on a partner": Voice.PRIME_ON_PARTNER,
    "Tier 1": Voice.TIER_ONE_ON_SUBCONTRACTOR,
    "Subcontractor": Voice.SUBCONTRACTOR_ON_TIER_ONE,
}
_LABEL = re.compile(rf"(?:^|(?<=[.] ))({'|'.join(sorted(_LABELS, key=len, reverse=True))}): ")


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
    text = resources.files("surveys").joinpath("concerns.csv").read_text(encoding="utf-8")
    return MappingProxyType(
        {row["practice_id"]: reasons_of(row["reason"]) for row in csv.DictReader(text.splitlines())}
    )


def reasons_of(text: str) -> Mapping[Voice, str]:
    """The reasons that one cell holds, "Commissioner: … Spot provider: …", each as a sentence, by voice."""
    _, *parts = _LABEL.split(text)
    return MappingProxyType(
        {
            _LABELS[label]: reason.strip()[:1].upper() + reason.strip()[1:]
            for label, reason in zip(parts[::2], parts[1::2], strict=True)
        }
    )
