"""What a PDF could do by itself, read from its objects alone: names in texts and in pictures count for nothing.

A viewer begins to read wherever a table in the file sends it. So this reads from every place where an object can
begin, also inside of streams, and unpacks the streams that can hold objects. The work is bounded.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from review_app.evidence_reasons import EvidenceRefusedError, Reason

_MOST_UNPACKED = 32 * 1024 * 1024
# A file is read about once; only one that was made to be read again and again needs more than this.
_MOST_READ = 32 * 1024 * 1024
_COST_OF_A_TOKEN = 12
_CHUNK = 16 * 1024
_ACTIVE = frozenset(
    b"/" + name
    for name in (
        b"JavaScript JS Rendition OnInstantiate Launch EmbeddedFile EmbeddedFiles XFA RichMedia SubmitForm ImportData "
        b"GoToE"
    ).split()
)
# What object streams are packed with. Nobody packs them otherwise, or writes more than this about them.
_FLATE = frozenset({(b"/FlateDecode",), (b"/Fl",), (b"[", b"/FlateDecode", b"]"), (b"[", b"/Fl", b"]")})
_ODD_IN_OBJECT_STREAMS = frozenset({b"/F", b"/DecodeParms", b"/DP", b"/FFilter", b"/FDecodeParms"})
_OBJECT_STREAM = frozenset({b"/N", b"/First"})
_SPACE = rb"\0\t\n\f\r "
_BEGIN = re.compile(rb"(?<=[0-9" + _SPACE + rb"])obj|trailer")
# Each alternative takes a run of bytes once, so that the whole is linear. Strings nest: they are read by hand.
_TOKEN = re.compile(
    rb"%[^\r\n]*|/[^" + _SPACE + rb"()<>\[\]{}/%]*|\(|<<|>>|<[^>]*>?|[\[\]]|[^" + _SPACE + rb"()<>\[\]{}/%]+"
)
_IN_STRING = re.compile(rb"\\.|[()]", re.DOTALL)
_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_NUMBER = re.compile(rb"[0-9]+")
_HEAD = re.compile(rb"[0-9" + _SPACE + rb"]*")
_LONGEST_NUMBER = 9
# Nothing packed begins with one of these.
_BLANK = frozenset({b" ", b"\r", b"\n"})
_LOCKED = re.compile(rb"/Encrypt[ \r\n0-9<]")
_CLOSED_BY = {b"<<": b">>", b"[": b"]"}
_DICTIONARY = frozenset({b"<<", b">>"})
_ENDS = frozenset({b"stream", b"endobj", b"startxref"})
# Where none of this is, nothing has to be read closely.
_SUSPECT = re.compile(rb"#|/Encrypt|" + b"|".join(sorted(_ACTIVE)))


@dataclass(slots=True)
class _Budget:
    unpacked: int = _MOST_UNPACKED
    read: int = _MOST_READ

    def spend(self, count: int) -> None:
        self.read -= count + _COST_OF_A_TOKEN
        if self.read < 0:
            raise EvidenceRefusedError(Reason.UNREADABLE)


@dataclass(slots=True)
class _Walk:
    """One object while it is read. ``members``: what its outermost dictionary holds. ``names``: all, however deep."""

    opened: list[bytes] = field(default_factory=list)
    members: list[bytes] = field(default_factory=list)
    names: set[bytes] = field(default_factory=set)

    def take(self, token: bytes) -> None:
        if token.startswith(b"/"):
            self.names.add(token)
        # A bracket that closes what was not opened closes nothing: so an object never seems to end too early.
        if self.opened and self.opened[-1] == token:
            self.opened.pop()
        # A list of filters is a member; its brackets and names stand one level deeper.
        if len(self.opened) == 1 or (len(self.opened) == 2 and self.opened[-1] == b"]"):
            self.members.append(token)
        if token in _CLOSED_BY:
            self.opened.append(_CLOSED_BY[token])


def refuse_what_acts(content: bytes) -> None:
    """Raises EvidenceRefusedError for a PDF that acts, is encrypted, or cannot be read."""
    budget = _Budget()
    try:
        for begin in _BEGIN.finditer(content):
            _read_object(content, begin.end(), budget)
    except EvidenceRefusedError as error:
        # What is encrypted says so at its end.
        if error.reason is Reason.UNREADABLE and _LOCKED.search(content):
            raise EvidenceRefusedError(Reason.LOCKED) from error
        raise


def _read_object(content: bytes, place: int, budget: _Budget) -> None:
    """Reads one object, and the objects that are packed in it."""
    walk = _Walk()
    for token, end in _tokens(content, place, budget):
        _check(token)
        if token == b"stream" and walk.names >= _OBJECT_STREAM:
            _read_packed(_unpacked(content, end, walk.members, budget), walk.members, budget)
        if not walk.opened and token in _ENDS:
            return
        walk.take(token)


def _check(token: bytes) -> None:
    if token in _ACTIVE:
        raise EvidenceRefusedError(Reason.ACTIVE)
    if token == b"/Encrypt":
        raise EvidenceRefusedError(Reason.LOCKED)


def _read_packed(packed: bytes, members: list[bytes], budget: _Budget) -> None:
    """Reads what an object stream holds, each object from where a viewer would begin it."""
    if not _SUSPECT.search(packed):
        return
    start = _number(_value(members, b"/First"))
    head = packed[:start]
    if not _HEAD.fullmatch(head):
        raise EvidenceRefusedError(Reason.UNREADABLE)
    # Pairs of an object's number and its place.
    begins = {start, *(start + _number((said,)) for said in _NUMBER.findall(head)[1::2])}
    for begin in sorted(begins):
        walk = _Walk()
        for token, _ in _tokens(packed, begin, budget):
            _check(token)
            walk.take(token)
            if not walk.opened:
                break


def _number(said: tuple[bytes, ...]) -> int:
    if not said or not _NUMBER.fullmatch(said[0]) or len(said[0]) > _LONGEST_NUMBER:
        raise EvidenceRefusedError(Reason.UNREADABLE)
    return int(said[0])


def _value(members: list[bytes], key: bytes) -> tuple[bytes, ...]:
    """What stands behind a key: one token, or a list with its brackets. Empty where the key is not there."""
    if members.count(key) > 1:
        raise EvidenceRefusedError(Reason.UNREADABLE)
    if key not in members:
        return ()
    rest = members[members.index(key) + 1 :]
    if rest[:1] == [b"["] and b"]" in rest:
        return tuple(rest[: rest.index(b"]") + 1])
    return tuple(rest[:1])


def _unpacked(content: bytes, place: int, members: list[bytes], budget: _Budget) -> bytes:
    """What an object stream holds that begins behind ``place``."""
    if _ODD_IN_OBJECT_STREAMS & set(members) or _value(members, b"/Filter") not in _FLATE:
        raise EvidenceRefusedError(Reason.UNREADABLE)
    while content[place : place + 1] in _BLANK:
        place += 1
    inflate = zlib.decompressobj()
    unpacked = bytearray()
    try:
        # In small pieces: what is left over is copied each time.
        while not inflate.eof and place < len(content):
            unpacked += inflate.decompress(
                content[place : place + _CHUNK], budget.unpacked + 1 - len(unpacked)
            )
            place += _CHUNK
            if len(unpacked) > budget.unpacked:
                raise EvidenceRefusedError(Reason.UNREADABLE)
    except zlib.error as error:
        raise EvidenceRefusedError(Reason.UNREADABLE) from error
    if not inflate.eof:
        raise EvidenceRefusedError(Reason.UNREADABLE)
    budget.unpacked -= len(unpacked)
    budget.spend(0)
    return bytes(unpacked)


def _tokens(content: bytes, place: int, budget: _Budget) -> Iterator[tuple[bytes, int]]:
    """The tokens from a place on, names without their escapes, each with where it ends. Texts are left out."""
    while found := _TOKEN.search(content, place):
        token, end = found.group(), found.end()
        if token == b"(":
            end = _end_of_string(content, end, budget)
        budget.spend(end - place)
        if token.startswith(b"/") and b"#" in token:
            token = _ESCAPE.sub(lambda match: bytes([int(match[1], 16)]), token)
        if token in _DICTIONARY or token[:1] not in b"(<%":
            yield token, end
        place = end


def _end_of_string(content: bytes, place: int, budget: _Budget) -> int:
    depth = 1
    for sign in _IN_STRING.finditer(content, place):
        budget.spend(0)
        depth += {b"(": 1, b")": -1}.get(sign.group(), 0)
        if not depth:
            return sign.end()
    return len(content)
