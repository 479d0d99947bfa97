"""What an uploaded file is, by its content alone: a few kinds that people use to show something, and nothing that acts.

Nothing is unpacked but a few small parts. A file that is two things at once is refused.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from review_app.evidence_documents import refuse_part_of_office, refuse_part_of_open_document
from review_app.evidence_pdfs import refuse_what_acts
from review_app.evidence_reasons import EvidenceRefusedError, Reason
from review_app.evidence_tables import line_that_runs

LARGEST = 5 * 1024 * 1024
_MOST_PARTS = 2000
_MOST_UNPACKED = 100 * 1024 * 1024
_MOST_RATIO = 200
_SMALLEST_BOMB = 1024 * 1024
_LARGEST_PART_READ = 1024 * 1024
_OF_OPEN_DOCUMENTS = frozenset({"mimetype", "content.xml", "meta-inf/manifest.xml"})
_END_OF_ZIP = b"PK\x05\x06"
# As far from the end as the last record of a zip file can begin.
_TAIL = 65_557
_OPEN_DOCUMENT = "application/vnd.oasis.opendocument."
_OFFICE = "application/vnd.openxmlformats-officedocument."
# Folders and files of a document that can act when somebody opens it, and endings of programs and pages.
_ACTIVE_FOLDERS = frozenset({"activex", "macrosheets", "dialogsheets", "basic", "dialogs", "scripts"})
_ACTIVE_FILES = ("vbaproject", "vbadata", "oleobject")
_ACTIVE_ENDINGS = frozenset(
    {
        *(
            ".exe",
            ".dll",
            ".scr",
            ".com",
            ".bat",
            ".cmd",
            ".ps1",
            ".vbs",
            ".vbe",
            ".js",
            ".jse",
            ".wsf",
            ".wsh",
        ),
        *(".hta", ".jar", ".lnk", ".msi", ".sh", ".py", ".htm", ".html", ".mht", ".mhtml", ".rtf", ".swf"),
        *(".docm", ".dotm", ".xlsm", ".xltm", ".xlam", ".xlsb", ".pptm", ".piece"),
    }
)
_MARKUP = (b"<!doctype", b"<html", b"<svg", b"<script", b"<?xml", b"<?php", b"<body", b"<iframe")


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of file. ``endings``: of its name, the usual one first. ``media_type``: under which it is handed out."""

    endings: tuple[str, ...]
    media_type: str


@dataclass(slots=True)
class _Room:
    """How much may still be unpacked of a file, whatever is packed in what; and how deep."""

    most: int = _MOST_UNPACKED
    depth: int = 0

    def take(self, size: int) -> None:
        self.most -= size
        if self.most < 0:
            raise EvidenceRefusedError(Reason.UNKNOWN)

    def check_inside(self, content: bytes) -> None:
        """Reads a document in a document, such as the table behind a chart; in that there may be none."""
        if self.depth:
            raise EvidenceRefusedError(Reason.ACTIVE)
        self.depth += 1
        _unpack(content, self)
        self.depth -= 1


PDF = Kind((".pdf",), "application/pdf")
PNG = Kind((".png",), "image/png")
JPEG = Kind((".jpg", ".jpeg"), "image/jpeg")
WEBP = Kind((".webp",), "image/webp")
DOCX = Kind((".docx",), _OFFICE + "wordprocessingml.document")
XLSX = Kind((".xlsx",), _OFFICE + "spreadsheetml.sheet")
ODT = Kind((".odt",), _OPEN_DOCUMENT + "text")
ODS = Kind((".ods",), _OPEN_DOCUMENT + "spreadsheet")
TEXT = Kind((".txt", ".csv"), "text/plain; charset=utf-8")
ALL = (PDF, PNG, JPEG, WEBP, DOCX, XLSX, ODT, ODS, TEXT)
ENDINGS = tuple(ending for kind in ALL for ending in kind.endings)


def kind_of(name: str, content: bytes) -> Kind:
    """What a file is. Raises EvidenceRefusedError for what may not be kept, also where its name says something else."""
    if not content:
        raise EvidenceRefusedError(Reason.EMPTY)
    if len(content) > LARGEST:
        raise EvidenceRefusedError(Reason.TOO_LARGE)
    for start, recognise in _BY_START:
        if content.startswith(start):
            kind = recognise(content)
            break
    else:
        kind = _text(content)
    if PurePosixPath(name.lower()).suffix not in kind.endings:
        raise EvidenceRefusedError(Reason.WRONG_NAME, kind.endings)
    if name.lower().endswith(".csv") and (line := line_that_runs(_decoded(content))):
        raise EvidenceRefusedError(Reason.FORMULA, line=line)
    return kind


def _pdf(content: bytes) -> Kind:
    if b"%%EOF" not in content[-2048:]:
        raise EvidenceRefusedError(Reason.DAMAGED)
    _refuse_second_nature(content)
    refuse_what_acts(content)
    return PDF


def _png(content: bytes) -> Kind:
    place = 8
    while place + 12 <= len(content):
        length, name = struct.unpack(">I4s", content[place : place + 8])
        place += 12 + length
        if name == b"IEND":
            if place != len(content) or length:
                break
            return PNG
    raise EvidenceRefusedError(Reason.DAMAGED)


def _jpeg(content: bytes) -> Kind:
    # Phones write data of their own behind the picture; what must not be there is an archive.
    if b"\xff\xda" not in content or b"\xff\xd9" not in content:
        raise EvidenceRefusedError(Reason.DAMAGED)
    _refuse_second_nature(content)
    return JPEG


def _webp(content: bytes) -> Kind:
    if content[8:12] != b"WEBP":
        raise EvidenceRefusedError(Reason.UNKNOWN)
    (length,) = struct.unpack("<I", content[4:8])
    if length + 8 != len(content):
        raise EvidenceRefusedError(Reason.DAMAGED)
    return WEBP


def _packed(content: bytes) -> Kind:
    return _unpack(content, _Room())


def _unpack(content: bytes, room: _Room) -> Kind:
    try:
        with ZipFile(io.BytesIO(content)) as archive:
            return _document(archive, content, room)
    except (
        BadZipFile,
        NotImplementedError,
        RuntimeError,
        EOFError,
        OSError,
        ValueError,
        zlib.error,
    ) as error:
        raise EvidenceRefusedError(Reason.DAMAGED) from error


def _document(archive: ZipFile, content: bytes, room: _Room) -> Kind:
    parts = archive.infolist()
    names = [part.filename for part in parts]
    if len(names) > _MOST_PARTS or len({name.lower() for name in names}) < len(names):
        raise EvidenceRefusedError(Reason.UNKNOWN)
    # Nothing before the first part, nothing behind the last record.
    is_whole = bool(parts) and min(part.header_offset for part in parts) == 0 and not archive.comment
    if not is_whole or content.rfind(_END_OF_ZIP) != len(content) - 22:
        raise EvidenceRefusedError(Reason.DAMAGED)
    for part in parts:
        _check_entry(part)
    room.take(sum(part.file_size for part in parts))
    is_office = "[Content_Types].xml" in names
    lowered = {name.lower() for name in names}
    # Which of the two a program takes it for, nobody knows.
    if "[content_types].xml" in lowered and _OF_OPEN_DOCUMENTS & lowered:
        raise EvidenceRefusedError(Reason.DAMAGED)
    kind = _office(archive, set(names)) if is_office else _open_document(archive, names)
    # The manifest first: it says whether the rest is encrypted.
    for part in sorted(parts, key=lambda part: not part.filename.startswith("META-INF/")):
        held = archive.read(part)
        if held.startswith(b"PK\x03\x04"):
            room.check_inside(held)
        check = refuse_part_of_office if is_office else refuse_part_of_open_document
        check(part.filename.lower(), held)
    return kind


def _check_entry(part: ZipInfo) -> None:
    """Raises EvidenceRefusedError for a part that its name or its size alone gives away."""
    name = part.filename.lower()
    path = PurePosixPath(name)
    if name.startswith("/") or "\\" in name or ":" in name or ".." in path.parts:
        raise EvidenceRefusedError(Reason.ACTIVE)
    is_binary = path.suffix == ".bin" and not path.name.startswith("printersettings")
    is_active = path.name.startswith(_ACTIVE_FILES) or path.suffix in _ACTIVE_ENDINGS
    if is_binary or is_active or _ACTIVE_FOLDERS & set(path.parts[:-1]):
        raise EvidenceRefusedError(Reason.ACTIVE)
    if part.flag_bits & 1:
        raise EvidenceRefusedError(Reason.LOCKED)
    if part.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        raise EvidenceRefusedError(Reason.UNKNOWN)
    if part.file_size > max(_SMALLEST_BOMB, _MOST_RATIO * part.compress_size):
        raise EvidenceRefusedError(Reason.UNKNOWN)


def _office(archive: ZipFile, names: set[str]) -> Kind:
    types = _read(archive, "[Content_Types].xml")
    if b"\0" in types:
        raise EvidenceRefusedError(Reason.ACTIVE)
    refuse_part_of_office("[content_types].xml", types)
    for member, kind in (("word/document.xml", DOCX), ("xl/workbook.xml", XLSX)):
        if member in names and f"{kind.media_type}.main+xml".encode() in types:
            return kind
    raise EvidenceRefusedError(Reason.UNKNOWN)


def _open_document(archive: ZipFile, names: list[str]) -> Kind:
    if names[0] == "mimetype" and "content.xml" in names:
        said = _read(archive, "mimetype").strip()
        for kind in (ODT, ODS):
            if said == kind.media_type.encode():
                return kind
    raise EvidenceRefusedError(Reason.UNKNOWN)


def _read(archive: ZipFile, name: str) -> bytes:
    with archive.open(name) as stream:
        content = stream.read(_LARGEST_PART_READ + 1)
    if len(content) > _LARGEST_PART_READ:
        raise EvidenceRefusedError(Reason.UNKNOWN)
    return content


def _text(content: bytes) -> Kind:
    text = _decoded(content)
    if any(ord(sign) < 0x20 and sign not in "\t\r\n\f" for sign in text) or "\x7f" in text:
        raise EvidenceRefusedError(Reason.UNKNOWN)
    lowered = content.lower()
    if any(sign in lowered for sign in _MARKUP) or lowered.lstrip().startswith(
        (b"#!", b"{\\rtf", b"mz", b"%!")
    ):
        raise EvidenceRefusedError(Reason.ACTIVE)
    return TEXT


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            # What spreadsheet programs on Windows write.
            return content.decode("cp1252")
        except UnicodeDecodeError as error:
            raise EvidenceRefusedError(Reason.UNKNOWN) from error


def _refuse_second_nature(content: bytes) -> None:
    if _END_OF_ZIP in content[-_TAIL:]:
        raise EvidenceRefusedError(Reason.ACTIVE)


_BY_START: tuple[tuple[bytes, Callable[[bytes], Kind]], ...] = (
    (b"%PDF-", _pdf),
    (b"\x89PNG\r\n\x1a\n", _png),
    (b"\xff\xd8\xff", _jpeg),
    (b"RIFF", _webp),
    (b"PK\x03\x04", _packed),
)
