"""Reports and releases to canonical JSON bytes and back: the same value always gives the same bytes.

Keys are sorted, text is UTF-8, there are no spaces and no floating-point numbers. A figure that is not
shown is null, whatever the reason.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from enum import StrEnum
from functools import cache
from hashlib import sha256
from types import UnionType
from typing import Any, NoReturn, TypeVar, cast, get_args, get_origin, get_type_hints

from reports.conclusions import Reply
from reports.errors import MalformedDocumentError, UnknownSchemaVersionError
from reports.model import (
    NOT_SHOWN,
    READABLE_VERSIONS,
    AuditResult,
    CycleFacts,
    Item,
    NotShown,
    Part,
    Report,
)
from reports.release import Release

Document = TypeVar("Document", Report, Release)
# Fields that documents of an earlier version do not have: by kind and name, the version that brought them. Such a
# field reads as its default, or as None without one.
_ADDED: dict[type, dict[str, int]] = {
    Report: {"experience": 2, "previous": 3, "promises": 3, "replies": 3, "translations": 3, "actions": 5},
    Release: {"experience": 2},
    CycleFacts: dict.fromkeys(("counted_by", "publication", "published_on", "languages"), 3),
    Part: dict.fromkeys(("findings", "indications"), 3),
    Item: dict.fromkeys(("not_seen", "distributions", "before"), 3),
    AuditResult: dict.fromkeys(("reports", "compared_with", "merged"), 3),
    Reply: {"held_for": 4},
}


def report_to_bytes(report: Report) -> bytes:
    """The canonical bytes of a report."""
    return _to_bytes(report)


def release_to_bytes(release: Release) -> bytes:
    """The canonical bytes of a release."""
    return _to_bytes(release)


def report_from_bytes(content: bytes) -> Report:
    """The report of ``report_to_bytes``. Raises UnknownSchemaVersionError and MalformedDocumentError."""
    return _from_bytes(Report, content)


def release_from_bytes(content: bytes) -> Release:
    """The release of ``release_to_bytes``. Raises UnknownSchemaVersionError and MalformedDocumentError."""
    return _from_bytes(Release, content)


def digest(report: Report) -> str:
    """The SHA-256 of a report's canonical bytes, in hex: two reports with one digest are the same report."""
    return sha256(report_to_bytes(report)).hexdigest()


def _to_bytes(document: Report | Release) -> bytes:
    # A document of an earlier version keeps its bytes, whose digest was printed.
    plain = _plain(document, document.schema_version)
    return json.dumps(
        plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False
    ).encode()


def _plain(value: object, version: int) -> object:
    if isinstance(value, NotShown):
        return None
    if is_dataclass(value):
        missing = _missing(type(value), version)
        return {
            field.name: _plain(getattr(value, field.name), version)
            for field in fields(value)
            if field.name not in missing
        }
    if isinstance(value, Mapping):
        return {key: _plain(entry, version) for key, entry in value.items()}
    if isinstance(value, tuple):
        return [_plain(entry, version) for entry in value]
    if isinstance(value, StrEnum):
        return value.value
    if value is None or isinstance(value, str | int):
        return value
    raise TypeError(f"A report holds no {type(value).__name__}.")


def _from_bytes(kind: type[Document], content: bytes) -> Document:
    try:
        raw = json.loads(content.decode(), parse_float=_no_float, parse_constant=_no_float)
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise MalformedDocumentError("document", "is no JSON in UTF-8") from error
    if not isinstance(raw, dict):
        raise MalformedDocumentError("document", "is no object")
    found = raw.get("schema_version")
    if type(found) is not int or found not in READABLE_VERSIONS:
        raise UnknownSchemaVersionError(found, READABLE_VERSIONS)
    return cast(Document, _Reader(found).read(kind, raw, kind.__name__))


def _missing(kind: Any, version: int) -> frozenset[str]:
    return frozenset(name for name, since in _ADDED.get(kind, {}).items() if since > version)


def _defaults(kind: Any, names: frozenset[str]) -> dict[str, object]:
    found = {field.name: field for field in fields(kind) if field.name in names}
    return {
        name: field.default_factory()
        if field.default_factory is not MISSING
        else (None if field.default is MISSING else field.default)
        for name, field in found.items()
    }


def _no_float(text: str) -> NoReturn:
    raise MalformedDocumentError("document", f"holds {text}, which is no whole number")


class _Reader:
    """Reads documents of one version."""

    def __init__(self, version: int) -> None:
        self._version = version

    def read(self, kind: Any, raw: object, place: str) -> object:
        """A value of the annotated type ``kind`` from plain JSON; ``place`` says where it stands."""
        origin = get_origin(kind)
        if origin is UnionType:
            return self._union(get_args(kind), raw, place)
        if origin is tuple:
            entries = _expected(list, raw, place)
            return tuple(
                self.read(get_args(kind)[0], entry, f"{place}[{index}]")
                for index, entry in enumerate(entries)
            )
        if origin is Mapping:
            return {
                key: self.read(get_args(kind)[1], entry, f"{place}[{key}]")
                for key, entry in _expected(dict, raw, place).items()
            }
        if is_dataclass(kind):
            return self._fields(kind, _expected(dict, raw, place), place)
        if issubclass(kind, StrEnum):
            try:
                return kind(_expected(str, raw, place))
            except ValueError as error:
                raise MalformedDocumentError(place, f"is no {kind.__name__}") from error
        return _expected(kind, raw, place)

    def _union(self, kinds: tuple[Any, ...], raw: object, place: str) -> object:
        """Every union of the model is one type or nothing: None, or a figure that is not shown."""
        if raw is None:
            return None if type(None) in kinds else NOT_SHOWN
        (kind,) = (kind for kind in kinds if kind not in (NotShown, type(None)))
        return self.read(kind, raw, place)

    def _fields(self, kind: Any, raw: dict[str, object], place: str) -> object:
        missing = _missing(kind, self._version)
        if raw.keys() & missing:
            raise MalformedDocumentError(place, f"has fields that version {self._version} does not have")
        expected = _hints(kind)
        if raw.keys() != expected.keys() - missing:
            raise MalformedDocumentError(place, f"has other fields than a {kind.__name__}")
        read = {name: self.read(expected[name], entry, f"{place}.{name}") for name, entry in raw.items()}
        return kind(**read, **_defaults(kind, missing))


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)


def _expected(kind: Any, raw: object, place: str) -> Any:
    if type(raw) is not kind:
        raise MalformedDocumentError(place, f"is no {kind.__name__}")
    return raw
