"""Reports and releases to canonical JSON bytes and back: the same value always gives the same bytes.

Keys are sorted, text is UTF-8, there are no spaces and no floating-point numbers. A figure that is not
shown is null, whatever the reason.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import StrEnum
from functools import cache
from hashlib import sha256
from types import UnionType
from typing import Any, NoReturn, TypeVar, cast, get_args, get_origin, get_type_hints

from reports.errors import MalformedDocumentError, UnknownSchemaVersionError
from reports.model import NOT_SHOWN, READABLE_VERSIONS, NotShown, Report
from reports.release import Release

Document = TypeVar("Document", Report, Release)
# Fields that documents of an earlier version do not have, with the version that brought them.
_ADDED = {"experience": 2}


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
    plain = cast(dict[str, object], _plain(document))
    # A document of an earlier version keeps its bytes, whose digest was printed.
    for name in _missing(document.schema_version):
        del plain[name]
    return json.dumps(
        plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False
    ).encode()


def _plain(value: object) -> object:
    if isinstance(value, NotShown):
        return None
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {key: _plain(entry) for key, entry in value.items()}
    if isinstance(value, tuple):
        return [_plain(entry) for entry in value]
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
    missing = _missing(found)
    if raw.keys() & missing:
        raise MalformedDocumentError(kind.__name__, f"has fields that version {found} does not have")
    return cast(Document, _read(kind, {**raw, **dict.fromkeys(missing)}, kind.__name__))


def _missing(version: int) -> frozenset[str]:
    return frozenset(name for name, since in _ADDED.items() if since > version)


def _no_float(text: str) -> NoReturn:
    raise MalformedDocumentError("document", f"holds {text}, which is no whole number")


def _read(kind: Any, raw: object, place: str) -> object:
    """A value of the annotated type ``kind`` from plain JSON; ``place`` says where it stands."""
    origin = get_origin(kind)
    if origin is UnionType:
        return _read_union(get_args(kind), raw, place)
    if origin is tuple:
        entries = _expected(list, raw, place)
        return tuple(
            _read(get_args(kind)[0], entry, f"{place}[{index}]") for index, entry in enumerate(entries)
        )
    if origin is Mapping:
        return {
            key: _read(get_args(kind)[1], entry, f"{place}[{key}]")
            for key, entry in _expected(dict, raw, place).items()
        }
    if is_dataclass(kind):
        return _read_fields(kind, _expected(dict, raw, place), place)
    if issubclass(kind, StrEnum):
        try:
            return kind(_expected(str, raw, place))
        except ValueError as error:
            raise MalformedDocumentError(place, f"is no {kind.__name__}") from error
    return _expected(kind, raw, place)


def _read_union(kinds: tuple[Any, ...], raw: object, place: str) -> object:
    """Every union of the model is one type or nothing: None, or a figure that is not shown."""
    if raw is None:
        return NOT_SHOWN if NotShown in kinds else None
    (kind,) = (kind for kind in kinds if kind not in (NotShown, type(None)))
    return _read(kind, raw, place)


def _read_fields(kind: Any, raw: dict[str, object], place: str) -> object:
    expected = _hints(kind)
    if raw.keys() != expected.keys():
        raise MalformedDocumentError(place, f"has other fields than a {kind.__name__}")
    return kind(**{name: _read(hint, raw[name], f"{place}.{name}") for name, hint in expected.items()})


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)


def _expected(kind: Any, raw: object, place: str) -> Any:
    if type(raw) is not kind:
        raise MalformedDocumentError(place, f"is no {kind.__name__}")
    return raw
