"""The files of a report that carry no proof: spreadsheet, figures and web page, told from what is no file of ours."""

from __future__ import annotations

import codecs
from io import BytesIO
from zipfile import BadZipFile, ZipFile

from reports.export import COLUMNS

_NO_PROOF = (
    "This kind of file ({kind}) carries no proof and cannot be checked. Check the PDF, the JSON or the evidence bundle "
    "of the same report."
)
_ARCHIVE = "This zip file is no evidence bundle. Unpack it, and check the PDFs in it."
_WORKBOOK_MARK = "[Content_Types].xml"
_CSV_HEAD = ",".join(COLUMNS).encode()
_PAGE_STARTS = (b"<!doctype html", b"<html")


def told_apart(content: bytes) -> str:
    """What to say of a genuine kind of file that cannot be checked; "" for any other file."""
    text = content.removeprefix(codecs.BOM_UTF8)
    if text.startswith(_CSV_HEAD):
        return _NO_PROOF.format(kind="CSV")
    if text[:200].lstrip().lower().startswith(_PAGE_STARTS):
        return _NO_PROOF.format(kind="HTML")
    return _zip_told_apart(content) if content.startswith(b"PK") else ""


def _zip_told_apart(content: bytes) -> str:
    try:
        with ZipFile(BytesIO(content)) as archive:
            names = archive.namelist()
    except (BadZipFile, OSError, RuntimeError, NotImplementedError, ValueError):
        return ""
    if _WORKBOOK_MARK in names:
        return _NO_PROOF.format(kind="XLSX")
    return _ARCHIVE if names and all(name.endswith(".pdf") for name in names) else ""
