"""Whether a workbook may be handed to the library that reads it: its sizes, names and XML.

The library builds trees and follows what the file says about itself, so a file of a few kilobytes
could keep it busy for minutes. This pass unpacks each part in small pieces, builds nothing, and
stops at the first thing that no spreadsheet program writes.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from xml.parsers.expat import ExpatError, ParserCreate
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from review_app.sheet_limits import KEEP_THE_SHEET, SAVE_AGAIN, Limits, refused
from surveys.errors import ChainFaultsError

PIECE = 64 * 1024
# Far more than the 32,767 characters that a cell may hold, each written as a reference.
LONGEST_TOKEN = 400 * 1024
SMALLEST_BOMB = 256 * 1024
DEEPEST = 64
LAST_ROW = 1_048_576
LAST_COLUMN = 16_384
_CELL_TAGS = frozenset({"row", "c", "v", "f", "t", "r"})
# A text of its own costs the library about as much as ten cells.
_TEXT_TAGS = frozenset({"si", "is"})
_COST_OF_TEXT = 4
# What may stand before the first "<" of an XML part, in UTF-8 and in UTF-16.
_BEFORE_XML = b" \t\r\n\0\xef\xbb\xbf\xff\xfe"
_XML_IN_EBCDIC = b"\x4c\x6f\xa7\x94"


def guard(archive: ZipFile, limits: Limits) -> None:
    """Return when the archive is a harmless workbook. Raises ChainFaultsError."""
    parts = archive.infolist()
    _check_names(parts, limits)
    _check_sizes(parts, limits)
    elements = _Elements(limits)
    for part in parts:
        if not part.is_dir():
            _check_xml(archive, part, elements)


def _check_names(parts: list[ZipInfo], limits: Limits) -> None:
    names = [part.filename for part in parts]
    if len(names) > limits.parts or len(set(names)) < len(names):
        raise refused("The workbook holds too many parts, or one of them twice.", KEEP_THE_SHEET)
    for name in names:
        if name.startswith("/") or "\\" in name or ":" in name or ".." in PurePosixPath(name).parts:
            raise refused("The workbook holds a part with a dangerous name.", SAVE_AGAIN)
    if "[Content_Types].xml" not in names or not any(name.startswith("xl/") for name in names):
        raise refused("The file is packed, but it is not an Excel workbook (.xlsx).", SAVE_AGAIN)


def _check_sizes(parts: list[ZipInfo], limits: Limits) -> None:
    for part in parts:
        if part.compress_type not in (ZIP_STORED, ZIP_DEFLATED) or part.flag_bits & 1:
            raise refused("The workbook is encrypted, or packed in an unusual way.", SAVE_AGAIN)
        if part.file_size > max(SMALLEST_BOMB, limits.ratio * part.compress_size):
            raise refused("The workbook unpacks to far more than a roster needs.", KEEP_THE_SHEET)
    if sum(part.file_size for part in parts) > limits.unpacked:
        raise refused("The workbook unpacks to far more than a roster needs.", KEEP_THE_SHEET)


def _check_xml(archive: ZipFile, part: ZipInfo, elements: _Elements) -> None:
    with archive.open(part) as stream:
        piece = stream.read(PIECE)
        if piece.startswith(_XML_IN_EBCDIC):
            raise damaged()
        start = piece.lstrip(_BEFORE_XML)
        if start and not start.startswith(b"<"):
            # Pictures and settings: whoever took them for XML would stop at their first byte.
            return
        check = _XmlCheck(elements)
        try:
            while piece:
                check.feed(piece)
                piece = stream.read(PIECE)
            check.close()
        except ExpatError as error:
            raise damaged() from error


def damaged() -> ChainFaultsError:
    """The error for a workbook that cannot be read although it looks like one."""
    return refused("The workbook is damaged, or is of a kind that cannot be read here.", SAVE_AGAIN)


class _Elements:
    """The elements of all parts together, against the limits."""

    def __init__(self, limits: Limits) -> None:
        self.cells = limits.cells
        self.others = limits.others

    def count(self, tag: str) -> None:
        if tag in _CELL_TAGS:
            self.cells -= 1
        elif tag in _TEXT_TAGS:
            self.cells -= _COST_OF_TEXT
        else:
            self.others -= 1
        if self.cells < 0 or self.others < 0:
            raise refused("The workbook holds far more than a roster needs.", KEEP_THE_SHEET)


class _XmlCheck:
    """One part on its way through the parser."""

    def __init__(self, elements: _Elements) -> None:
        self._elements = elements
        self._fed = self._last = self._depth = self._in_row = 0
        self._parser = ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.StartDoctypeDeclHandler = self._refuse_entities
        self._parser.EntityDeclHandler = self._refuse_entities

    def feed(self, piece: bytes) -> None:
        self._fed += len(piece)
        self._parser.Parse(piece, False)
        self._check_length(self._fed)

    def close(self) -> None:
        self._parser.Parse(b"", True)

    def _check_length(self, place: int) -> None:
        # Between two tags lies one text; behind the last of them what the parser has not finished yet.
        if place - self._last > LONGEST_TOKEN:
            raise refused("The workbook holds a text that is far too long.", KEEP_THE_SHEET)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        place = self._parser.CurrentByteIndex
        self._check_length(place)
        self._last = place
        self._depth += 1
        tag = name.rpartition(":")[2]
        self._elements.count(tag)
        if tag == "row":
            self._check_row(attributes.get("r", "1"))
        elif tag == "c":
            self._in_row += 1
        if self._in_row > LAST_COLUMN:
            raise refused(f"The workbook has a row with more than {LAST_COLUMN:,} cells.", KEEP_THE_SHEET)
        if self._depth > DEEPEST:
            raise damaged()

    def _end(self, _name: str) -> None:
        self._depth -= 1

    def _check_row(self, number: str) -> None:
        self._in_row = 0
        if not (number.isascii() and number.isdigit() and len(number) < 8 and int(number) <= LAST_ROW):
            raise damaged()

    def _refuse_entities(self, *_: object) -> None:
        raise refused("The workbook holds a document type or entities.", SAVE_AGAIN)
