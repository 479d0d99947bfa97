"""A tree of plain values becomes a Translation of an instrument, with everything that is wrong with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from surveys.errors import Fault
from surveys.instrument import Instrument, Voice
from surveys.instrument_texts import listed, names_in, text_faults
from surveys.translation import TO_CHECK, Translation, flattened

_SCALE = "scale."


def read_translation(
    value: object, place: str, instrument: Instrument, *, is_sound: bool = True
) -> tuple[Translation | None, list[Fault]]:
    """The translation and no faults, or None and every fault. A text that is empty counts as missing.

    ``place``: where the tree stands ("translations.cy"). ``instrument``: what it is a translation of. ``is_sound``: it
    has no fault itself; where it has, what does not agree with it may be its own fault, and is not told.
    """
    if not isinstance(value, Mapping):
        return None, [Fault(place, "It does not consist of named values.", "Give the texts by their places.")]
    english = instrument.texts()
    texts: dict[str, str] = {}
    faults: list[Fault] = []
    listed_to_check = value.get(TO_CHECK, [])
    for at, text in flattened(value):
        if at == TO_CHECK or text in ("", {}):
            continue
        if at not in english:
            faults += [_unknown(f"{place}.{at}", at, english)] if is_sound else []
        elif not isinstance(text, str):
            faults.append(Fault(f"{place}.{at}", "A text is expected here.", "Write it on one line."))
        elif tidy := " ".join(text.split()):
            texts[at] = tidy
            # What is to be looked at again was written for other English, and its names may be others.
            holds = is_sound and (not isinstance(listed_to_check, list) or at not in listed_to_check)
            faults += _text_faults(f"{place}.{at}", tidy, english[at] if holds else tidy)
    faults += _doubled(place, texts)
    to_check, more = _to_check(listed_to_check, f"{place}.{TO_CHECK}", texts)
    faults += more
    return (None if faults else Translation(texts, to_check)), faults


def _text_faults(place: str, text: str, english: str) -> Iterator[Fault]:
    """Both have to name the same, so that the same is asked: whoever is named in one is named in the other."""
    expected, found = names_in(english), names_in(text)
    yield from text_faults(text, place, takes_names=True)
    if found != expected:
        yield Fault(
            place,
            f"The English has {listed(expected)} in it, and this has {listed(found)}.",
            "Put the same names in braces as in the English, each where it belongs.",
        )


def _unknown(place: str, at: str, english: Mapping[str, str]) -> Fault:
    parent, _, last = at.rpartition(".")
    if last in {voice.value for voice in Voice} and any(one.startswith(f"{parent}.") for one in english):
        return Fault(place, "This voice is not asked here.", "Take it out, or word it in English first.")
    return Fault(
        place, "The English has no such text.", "Compare the ids with those of the English, or take it out."
    )


def _doubled(place: str, texts: Mapping[str, str]) -> Iterator[Fault]:
    labels = {at: text for at, text in texts.items() if at.startswith(_SCALE)}
    counts = Counter(text.casefold() for text in labels.values())
    for at, text in labels.items():
        if counts[text.casefold()] > 1:
            message = f"Another answer is called “{text}” too."
            yield Fault(f"{place}.{at}", message, "Make each of them different.")


def _to_check(value: object, place: str, texts: Mapping[str, str]) -> tuple[frozenset[str], list[Fault]]:
    if not isinstance(value, list):
        return frozenset(), [Fault(place, "A list of places is expected here.", "Take it out.")]
    strange = [one for one in value if not isinstance(one, str) or one not in texts]
    if strange:
        return frozenset(), [Fault(place, f"{strange[0]} has no text.", "Take it out of the list.")]
    return frozenset(value), []
