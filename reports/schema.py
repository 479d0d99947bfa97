"""The published schema of a report's JSON (JSON Schema 2020-12), generated from the types that are serialised.

The files in ``reports/schemas`` are what is published, that of an earlier version for the reports that have it; a test
says when the newest is not what ``report_schema`` gives, and ``python -m tools.schemas`` writes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import StrEnum
from importlib import resources
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from reports.conclusions import Previous
from reports.model import SCHEMA_VERSION, Band, CycleFacts, NotShown, Report, Shown, ShownShare

DIALECT = "https://json-schema.org/draft/2020-12/schema"
# The versions before had none.
PUBLISHED_VERSIONS = range(3, SCHEMA_VERSION + 1)
_DAY = {"pattern": r"^\d{4}-\d{2}-\d{2}$"}
_PER_CENT = {"minimum": 0, "maximum": 100, "multipleOf": 10}
# What the types alone do not say.
_NARROWER: Mapping[tuple[type, str], Mapping[str, object]] = {
    (Report, "schema_version"): {"const": SCHEMA_VERSION},
    (Shown, "tenths"): {"minimum": 10, "maximum": 50},
    (Shown, "step"): {"enum": [1, 2, 5]},
    (ShownShare, "low"): _PER_CENT,
    (ShownShare, "high"): _PER_CENT,
    (Band, "low"): _PER_CENT,
    (Band, "high"): _PER_CENT,
    (CycleFacts, "opened_on"): _DAY,
    (CycleFacts, "closed_on"): _DAY,
    (Previous, "digest"): {"pattern": "^[0-9a-f]{64}$"},
}
_PLAIN = {str: "string", int: "integer", bool: "boolean"}


def name_of(version: int) -> str:
    """The name of the file with the schema of a version."""
    return f"report-{version}.json"


NAME = name_of(SCHEMA_VERSION)


def published_schema(version: int) -> bytes:
    """The schema as it is published, of one of ``PUBLISHED_VERSIONS``."""
    return resources.files("reports").joinpath("schemas", name_of(version)).read_bytes()


def report_schema() -> dict[str, Any]:
    """The schema of a report's JSON in the newest version, as a JSON value."""
    found: dict[str, Any] = {}
    _define(Report, found)
    report = found.pop(Report.__name__)
    return {
        "$schema": DIALECT,
        "$id": f"urn:roundtable:schema:{NAME.removesuffix('.json')}",
        "title": "A report of Roundtable",
        **report,
        "$defs": dict(sorted(found.items())),
    }


def _define(kind: type, found: dict[str, Any]) -> None:
    """Adds the definition of a dataclass, and of those that it holds, under their names."""
    if kind.__name__ in found:
        return
    found[kind.__name__] = {}
    hints = get_type_hints(kind)
    properties = {
        field.name: {**_of(hints[field.name], found), **_NARROWER.get((kind, field.name), {})}
        for field in fields(kind)
    }
    found[kind.__name__] = {
        "description": " ".join((kind.__doc__ or "").replace("``", "").split()),
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _of(kind: Any, found: dict[str, Any]) -> dict[str, Any]:
    origin, inner = get_origin(kind), get_args(kind)
    if origin is UnionType:
        # A figure that is not shown is null, as is what there is none of.
        (one,) = (each for each in inner if each not in (NotShown, type(None)))
        return {"anyOf": [_of(one, found), {"type": "null"}]}
    if origin is tuple:
        return {"type": "array", "items": _of(inner[0], found)}
    if origin is Mapping:
        return {"type": "object", "additionalProperties": _of(inner[1], found)}
    if is_dataclass(kind):
        named: Any = kind
        _define(named, found)
        return {"$ref": f"#/$defs/{named.__name__}"}
    if issubclass(kind, StrEnum):
        return {"enum": [member.value for member in kind]}
    return {"type": _PLAIN[kind]}
