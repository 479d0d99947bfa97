"""An uploaded spreadsheet, CSV or Excel, as rows and as a chain."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from itertools import islice

from email_validator import EmailNotValidError, validate_email

from review_app.sheet_limits import (
    KEEP_THE_SHEET,
    MEGABYTE,
    SAVE_AGAIN,
    STANDARD_LIMITS,
    Limits,
    refused,
    within,
)
from review_app.workbook import read_workbook
from surveys.chain import Chain
from surveys.columns import HEADINGS_WITHIN, Row, columns_of, find_headings, likeliest_headings
from surveys.errors import ChainFaultsError, Fault
from surveys.placing import quoted
from surveys.roster import read_roster

__all__ = ["STANDARD_LIMITS", "Limits", "check_address", "read_chain", "read_rows"]

SEPARATORS = ",;\t"
LONGEST_REASON = 160
_WORKBOOK = (b"PK\x03\x04", b"PK\x05\x06")
_OLD_WORKBOOK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_NOT_A_SHEET = {
    b"%PDF": "a PDF",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"\x1f\x8b": "a compressed file",
    b"7z\xbc\xaf": "a compressed file",
    b"Rar!": "a compressed file",
    b"{\\rtf": "a text document",
    b"<!doctype": "a web page",
    b"<html": "a web page",
    b"<table": "a web page",
    b"<?xml": "an XML document",
}
_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?(?:\r\n|\r|\n|$)', re.IGNORECASE)


def read_chain(data: bytes, filename: str, name: str) -> Chain:
    """The chain called ``name`` in an uploaded file. Raises ChainFaultsError with every fault at once."""
    return read_roster(read_rows(data, filename, STANDARD_LIMITS), name, check_address)


def read_rows(data: bytes, filename: str, limits: Limits) -> tuple[Row, ...]:
    """The rows of a file that are not blank; its content, not its name, tells what kind it is.

    Rows are numbered as a spreadsheet program shows them: a quoted line break does not start a row,
    and a first line "sep=;" is none. Raises ChainFaultsError.
    """
    if len(data) > limits.size:
        raise refused(f"The file is larger than {limits.size // MEGABYTE} MB.", KEEP_THE_SHEET)
    if not data.strip():
        raise refused(f"The file {quoted(filename)} is empty.", "Choose the file with the roster.")
    if data.startswith(_WORKBOOK):
        return read_workbook(data, limits)
    _refuse_other_kinds(data, filename)
    return tuple(_csv_rows(_decoded(data), limits))


def check_address(address: str) -> str | None:
    """Why mail cannot be sent to an address, in a sentence; None when it can. Nothing is looked up.

    Addresses outside plain ASCII are refused: whether they arrive depends on every server on the way.
    """
    try:
        # The test environment allows the reserved names .test, which demos and tests live on.
        found = validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        return str(error)[:LONGEST_REASON]
    if found.ascii_local_part is None:
        return "The part before the @-sign has letters outside a-z, which not every mail server can carry."
    if not address.isascii():
        plain = quoted(found.ascii_domain)
        return f"The part after the @-sign has letters outside a-z; its plain form is {plain}."
    return None


def _refuse_other_kinds(data: bytes, filename: str) -> None:
    if data.startswith(_OLD_WORKBOOK):
        raise refused(
            "The file is an old Excel workbook (.xls), or is protected by a password.",
            "Open it in Excel, take the password off, and save it as an Excel workbook (.xlsx).",
        )
    start = data[:64].removeprefix(codecs.BOM_UTF8).lstrip().lower()
    for signature, kind in _NOT_A_SHEET.items():
        if data.startswith(signature) or start.startswith(signature.lower()):
            raise refused(f"The file {quoted(filename)} is {kind}, not a spreadsheet.", SAVE_AGAIN)


def _decoded(data: bytes) -> str:
    """The text of a CSV file: UTF-8, UTF-16 with its mark, else what Excel writes on Windows."""
    is_utf16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if is_utf16 else ("utf-8-sig", "cp1252"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return text
    raise refused("The file is not text, or is in an encoding that is not known here.", SAVE_AGAIN)


def _csv_rows(text: str, limits: Limits) -> Iterator[Row]:
    line = _SEPARATOR_LINE.match(text)
    text = text[line.end() :] if line else text
    separator = line[1] if line else _separator(text, limits)
    return within(_records(text, separator, limits), limits)


def _records(text: str, separator: str, limits: Limits) -> Iterator[Row]:
    number = 0
    try:
        lines = io.StringIO(text, newline="")
        reader = csv.reader(lines, delimiter=separator, strict=True, skipinitialspace=True)
        for number, cells in enumerate(reader, 1):
            if cells:
                # One cell stands for everything further right, and a row of millions is not copied to find it.
                further = islice(cells, limits.columns, None)
                read, beyond = cells[: limits.columns], next((cell for cell in further if cell.strip()), "")
                yield Row(number, (*read, beyond) if beyond else tuple(read))
    except (csv.Error, TypeError, ValueError) as error:
        fault = Fault(
            f"row {number + 1}",
            "The row cannot be read: a quotation mark is left open, or a cell is far too long.",
            SAVE_AGAIN,
        )
        raise ChainFaultsError([fault]) from error


def _separator(text: str, limits: Limits) -> str:
    """The separator with which the first rows make the most sense as a roster."""
    return max(SEPARATORS, key=lambda separator: _sense(_top(text, separator, limits)))


def _top(text: str, separator: str, limits: Limits) -> list[Row]:
    top: list[Row] = []
    try:
        for row in _records(text, separator, limits):
            if row.number > HEADINGS_WITHIN:
                break
            top.append(row)
    except ChainFaultsError:
        # Told when the rows are read with the separator that was chosen in the end.
        return top
    return top


def _sense(top: list[Row]) -> tuple[int, int]:
    headings = find_headings(top) or likeliest_headings(top)
    return len(columns_of(headings.cells)) if headings else 0, sum(len(row.cells) for row in top)
