"""The practices of the Code of Practice, read from the packaged ``practices.csv``."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType

from surveys.instrument import MerlinElement


@dataclass(frozen=True, slots=True)
class Practice:
    """One practice of the Code: its id ("P2a.1"), its principle, its element and what it asks for."""

    id: str
    principle: str
    element: str
    text: str


@cache
def practices() -> Mapping[str, Practice]:
    """Every practice by its id, in the order of the Code; read once."""
    text = resources.files("surveys").joinpath("practices.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return MappingProxyType(
        {row["id"]: Practice(row["id"], row["principle"], row["element"], row["practice"]) for row in rows}
    )


@cache
def merlin_elements() -> Mapping[str, MerlinElement]:
    """The element of the Merlin Standard that each practice falls under, by practice id.

    Source: the packaged ``merlin.csv``, our reading of the Standard's principles of 2018.
    """
    text = resources.files("surveys").joinpath("merlin.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return MappingProxyType({row["practice_id"]: MerlinElement(row["merlin_element"]) for row in rows})
