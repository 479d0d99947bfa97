"""The texts of an instrument in another language, each by its place in the instrument."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

# The key beside the texts of a translation that lists the places to look at again.
TO_CHECK = "to_check"


@dataclass(frozen=True, slots=True)
class Translation:
    """The texts in one language.

    ``texts``: by their place, such as "sections.2a.title" (see ``Instrument.texts``). ``to_check``: the places whose
    English was changed after it was translated; what stands there is kept, and not used until somebody has looked.
    """

    texts: Mapping[str, str]
    to_check: frozenset[str] = frozenset()

    def text(self, place: str) -> str | None:
        """The text of a place; None where there is none, or none that still holds."""
        return None if place in self.to_check else self.texts.get(place)


def flattened(tree: Mapping[Any, Any], parent: str = "") -> Iterator[tuple[str, object]]:
    """The leaves of a tree of named values with their places, in order. Unchecked."""
    for key, value in tree.items():
        place = f"{parent}{key}"
        if isinstance(value, Mapping):
            yield from flattened(value, f"{place}.")
        else:
            yield place, value


def nested(translation: Translation, order: Iterable[str]) -> dict[str, Any]:
    """The translation as a tree of named values, in the order of these places; ``flattened`` is the way back."""
    tree: dict[str, Any] = {}
    for place in order:
        if place in translation.texts:
            *parents, last = place.split(".")
            branch = tree
            for parent in parents:
                branch = branch.setdefault(parent, {})
            branch[last] = translation.texts[place]
    if translation.to_check:
        tree[TO_CHECK] = sorted(translation.to_check)
    return tree


def unchecked(tree: Mapping[str, Any]) -> Translation:
    """The translation that ``nested`` made a tree of."""
    texts = {place: str(text) for place, text in flattened(tree) if place != TO_CHECK}
    return Translation(texts, frozenset(tree.get(TO_CHECK, ())))
