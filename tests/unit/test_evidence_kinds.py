"""What may be uploaded is known by its content: attacks, polyglots, bombs and wrong names are refused."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from contextlib import suppress
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review_app.evidence_kinds import (
    ALL,
    DOCX,
    JPEG,
    LARGEST,
    ODT,
    PDF,
    PNG,
    TEXT,
    WEBP,
    XLSX,
    Kind,
    kind_of,
)
from review_app.evidence_reasons import EvidenceRefusedError, Reason
from review_app.services.evidence_files import LinkFault, LinkRefusedError, host_of, tidy_name

A_PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"
A_JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + b"\xff\xda\x00\x08" + b"x" * 50 + b"\xff\xd9"


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


A_PNG = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", bytes(13)) + chunk(b"IDAT", b"x") + chunk(b"IEND", b"")
A_WEBP = b"RIFF" + struct.pack("<I", 4 + 20) + b"WEBP" + b"VP8 " + b"x" * 16


def packed(parts: dict[str, bytes], method: int = ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with ZipFile(out, "w", method) as archive:
        for name, body in parts.items():
            archive.writestr(name, body)
    return out.getvalue()


def office(kind: Kind, member: str, **more: bytes) -> bytes:
    types = f'<Types><Override ContentType="{kind.media_type}.main+xml"/></Types>'.encode()
    return packed({"[Content_Types].xml": types, member: b"<document/>", **more})


A_DOCX = office(DOCX, "word/document.xml")
AN_XLSX = office(XLSX, "xl/workbook.xml", **{"xl/printerSettings/printerSettings1.bin": b"\0\1"})
AN_ODT = packed({"mimetype": ODT.media_type.encode(), "content.xml": b"<x/>"}, ZIP_STORED)
GOOD = {
    "terms.pdf": (A_PDF, PDF),
    "PHOTO.JPG": (A_JPEG, JPEG),
    "a.jpeg": (A_JPEG + b"SEFT trailer of a phone", JPEG),
    "shot.png": (A_PNG, PNG),
    "shot.webp": (A_WEBP, WEBP),
    "terms.docx": (A_DOCX, DOCX),
    "days.xlsx": (AN_XLSX, XLSX),
    "terms.odt": (AN_ODT, ODT),
    "days.csv": (b"invoice,days\r\n1,14\r\n", TEXT),
    "welsh.txt": ("T\u0177, d\u0175r".encode(), TEXT),
    "excel.csv": ("caf\u00e9;12".encode("cp1252"), TEXT),
}


@pytest.mark.parametrize("name", GOOD)
def test_what_people_use_is_known_by_its_content(name: str) -> None:
    content, kind = GOOD[name]
    assert kind_of(name, content) is kind


def refused(name: str, content: bytes) -> Reason:
    with pytest.raises(EvidenceRefusedError) as raised:
        kind_of(name, content)
    return raised.value.reason


@pytest.mark.parametrize("name", GOOD)
def test_a_name_that_says_something_else_is_refused(name: str) -> None:
    content, kind = GOOD[name]
    for ending in (".exe", ".html", "", ".pdf.exe", ".docm"):
        assert refused(f"name{ending}", content) is Reason.WRONG_NAME
    with pytest.raises(EvidenceRefusedError) as raised:
        kind_of("name.zip", content)
    assert raised.value.endings == kind.endings


BAD: dict[str, tuple[str, bytes, Reason]] = {
    "nothing": ("a.txt", b"", Reason.EMPTY),
    "huge": ("a.txt", b"x" * (LARGEST + 1), Reason.TOO_LARGE),
    "svg": ("a.txt", b"<svg onload=alert(1)>", Reason.ACTIVE),
    "svg with a head": ("a.png", b'<?xml version="1.0"?><svg/>', Reason.ACTIVE),
    "html": ("a.txt", b"Hello <SCRIPT>alert(1)</script>", Reason.ACTIVE),
    "html in capitals": ("a.csv", b"<!DOCTYPE html>", Reason.ACTIVE),
    "shell": ("a.txt", b"#!/bin/sh\nrm -rf /", Reason.ACTIVE),
    "program": ("a.txt", b"MZ\x90\x00\x03", Reason.UNKNOWN),
    "elf": ("a.txt", b"\x7fELF\x02\x01", Reason.UNKNOWN),
    "old word": ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Reason.UNKNOWN),
    "gif": ("a.gif", b"GIF89a\x01\x00", Reason.UNKNOWN),
    "rtf": ("a.txt", b"{\\rtf1 hi}", Reason.ACTIVE),
    "nul": ("a.txt", b"a\0b", Reason.UNKNOWN),
    "cut pdf": ("a.pdf", b"%PDF-1.7\nhello", Reason.DAMAGED),
    "pdf with script": (
        "a.pdf",
        b"%PDF-1.7\n1 0 obj\n<< /S /JavaScript /JS (app.alert(1)) >>\n%%EOF",
        Reason.ACTIVE,
    ),
    "pdf that starts a program": ("a.pdf", b"%PDF-1.7\n1 0 obj << /S /Launch >>\n%%EOF", Reason.ACTIVE),
    "pdf behind something": ("a.pdf", b"<html>" + A_PDF, Reason.ACTIVE),
    "pdf and zip": ("a.pdf", A_PDF + packed({"a": b"b"}) + b"%%EOF", Reason.ACTIVE),
    "jpeg and zip": ("a.jpg", A_JPEG + packed({"a.jar": b"b"}), Reason.ACTIVE),
    "cut jpeg": ("a.jpg", A_JPEG[:20], Reason.DAMAGED),
    "png with a tail": ("a.png", A_PNG + b"<script>", Reason.DAMAGED),
    "png and zip": ("a.png", A_PNG + packed({"a": b"b"}), Reason.DAMAGED),
    "cut png": ("a.png", A_PNG[:-6], Reason.DAMAGED),
    "endless png": ("a.png", A_PNG[:8] + b"\xff\xff\xff\xffIDAT" + b"x" * 40, Reason.DAMAGED),
    "webp with a tail": ("a.webp", A_WEBP + b"x", Reason.DAMAGED),
    "wave": ("a.webp", b"RIFF" + struct.pack("<I", 4) + b"WAVE", Reason.UNKNOWN),
    "plain zip": ("a.docx", packed({"a.exe": b"MZ"}), Reason.ACTIVE),
    "zip of texts": ("a.docx", packed({"a.txt": b"x"}), Reason.UNKNOWN),
    "zip behind something": ("a.docx", b"PK\x03\x04x" + A_DOCX, Reason.DAMAGED),
    "zip with a tail": ("a.docx", A_DOCX + b"tail", Reason.DAMAGED),
    "cut zip": ("a.docx", A_DOCX[:-30], Reason.DAMAGED),
    "macros": ("a.docx", office(DOCX, "word/document.xml", **{"word/vbaProject.bin": b"x"}), Reason.ACTIVE),
    "macros by type": (
        "a.docx",
        packed(
            {
                "[Content_Types].xml": b'<Override ContentType="application/x.macroEnabled.main+xml"/>',
                "word/document.xml": b"x",
            }
        ),
        Reason.ACTIVE,
    ),
    "old macros": (
        "a.xlsx",
        office(XLSX, "xl/workbook.xml", **{"xl/macrosheets/s.xml": b"x"}),
        Reason.ACTIVE,
    ),
    "an object": (
        "a.docx",
        office(DOCX, "word/document.xml", **{"word/embeddings/o.bin": b"x"}),
        Reason.ACTIVE,
    ),
    "a way out": ("a.docx", office(DOCX, "word/document.xml", **{"../../etc/passwd": b"x"}), Reason.ACTIVE),
    "basic": (
        "a.odt",
        packed(
            {"mimetype": ODT.media_type.encode(), "content.xml": b"x", "Basic/script.xml": b"x"}, ZIP_STORED
        ),
        Reason.ACTIVE,
    ),
    "bomb": (
        "a.docx",
        office(DOCX, "word/document.xml", **{"word/media/x.png": bytes(40_000_000)}),
        Reason.UNKNOWN,
    ),
    "many parts": ("a.docx", packed({f"word/{place}": b"" for place in range(2001)}), Reason.UNKNOWN),
    "bomb in the head": (
        "a.docx",
        packed({"[Content_Types].xml": b"x" * 30_000_000, "word/document.xml": b"x"}),
        Reason.UNKNOWN,
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_what_could_act_or_is_two_things_at_once_is_refused(name: str) -> None:
    file, content, reason = BAD[name]
    assert refused(file, content) is reason


@given(
    st.binary(max_size=400),
    st.sampled_from([b"", b"PK\x03\x04", b"%PDF-", b"RIFF", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"]),
)
def test_any_bytes_are_a_known_kind_or_refused(tail: bytes, head: bytes) -> None:
    for name in ("a.pdf", "a.txt"):
        with suppress(EvidenceRefusedError):
            assert kind_of(name, head + tail) in ALL


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("terms.pdf", "terms.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\terms.pdf", "terms.pdf"),
        ("/etc/.htaccess", "htaccess"),
        ("a\r\nContent-Type: text\u202efdp.exe", "a Content-Type: textfdp.exe"),
        ("", "evidence"),
        ("...", "evidence"),
        ("x" * 400 + ".pdf", "x" * 146 + ".pdf"),
        (".pdf", "pdf"),
        ("\u0177.pdf", "\u0177.pdf"),
    ],
)
def test_a_name_is_a_name_and_no_path(typed: str, kept: str) -> None:
    assert tidy_name(typed) == kept


@pytest.mark.parametrize(
    ("address", "fault"),
    [
        ("javascript:alert(1)", LinkFault.NO_LINK),
        ("data:text/html,x", LinkFault.NO_LINK),
        ("file:///etc/passwd", LinkFault.NO_LINK),
        ("//host/x", LinkFault.NO_LINK),
        ("host.example", LinkFault.NO_LINK),
        ("https://", LinkFault.NO_LINK),
        ("http://[::1", LinkFault.NO_LINK),
        ("", LinkFault.NO_LINK),
        ("https://a b.example", LinkFault.GAP),
        ("https://host.example/\n", LinkFault.GAP),
        ("https://host.example/\x00x", LinkFault.GAP),
        ("https://host.example/\u200bx", LinkFault.GAP),
        ("https://host.example/\u202ex", LinkFault.GAP),
        ("https://host.example/\u00a0x", LinkFault.GAP),
        ("https://good.example\\@evil.example", LinkFault.BACKSLASH),
        ("https:\\\\host.example", LinkFault.BACKSLASH),
        ("https://user:pass@host.example/", LinkFault.USER),
        ("https://good.example@evil.example/", LinkFault.USER),
        ("https://@evil.example/", LinkFault.USER),
        ("https://good.example%40evil.example/", LinkFault.USER),
        ("https://h.example/" + "x" * 1000, LinkFault.TOO_LONG),
    ],
)
def test_what_is_no_link_to_a_page_is_refused(address: str, fault: LinkFault) -> None:
    with pytest.raises(LinkRefusedError) as raised:
        host_of(address)
    assert raised.value.fault is fault and raised.value.faults[0].place == "address"


def test_a_link_says_its_host() -> None:
    check: Callable[[str], str] = host_of
    assert check("https://www.example.org/terms?x=1#y") == "www.example.org"
    assert check("https://www.example.org/@writer/terms") == "www.example.org"
    assert check("http://EXAMPLE.org:8080/") == "example.org:8080"
