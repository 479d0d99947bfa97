"""A document that acts or fetches is refused, in any encoding and spelling; ordinary ones are not."""

from __future__ import annotations

import io
import random
from zipfile import ZIP_STORED

import openpyxl
import pytest
from openpyxl.chart import BarChart, Reference

from review_app.evidence_kinds import DOCX, LARGEST, ODS, ODT, XLSX, Kind, kind_of
from review_app.evidence_reasons import EvidenceRefusedError, Reason
from tests.unit.test_evidence_kinds import office, packed

RELATIONS = "word/_rels/document.xml.rels"
TYPE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
SPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in ("office", "text", "draw", "script", "table", "meta")
)


def reason(kind: Kind, content: bytes) -> Reason | None:
    try:
        assert kind_of(f"a{kind.endings[0]}", content) is kind
    except EvidenceRefusedError as error:
        return error.reason
    return None


def word(**parts: bytes) -> bytes:
    return office(DOCX, "word/document.xml", **parts)


def related(kind: str, target: str = "https://evil.example/x", mode: str = ' TargetMode="External"') -> bytes:
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    one = f'<Relationship Id="a" Type="{TYPE}{kind}" Target="{target}"{mode}/>'
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="{space}">{one}</Relationships>'.encode()
    )


def written(body: str) -> bytes:
    return f'<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>'.encode()


def code(*pieces: str) -> str:
    runs = "".join(f"<w:r><w:instrText>{piece}</w:instrText></w:r>" for piece in pieces)
    return f'<w:fldChar w:fldCharType="begin"/>{runs}<w:fldChar w:fldCharType="end"/>'


def opened(body: str, member: str = "content.xml", kind: Kind = ODT) -> bytes:
    content = f'<office:document {SPACES} xmlns:xlink="http://www.w3.org/1999/xlink">{body}</office:document>'
    parts = {"mimetype": kind.media_type.encode(), "content.xml": b"<x/>"}
    return packed({**parts, member: content.encode()}, ZIP_STORED)


@pytest.mark.parametrize(
    "kind",
    ["attachedTemplate", "frame", "subDocument", "externalLinkPath", "image", "video", "mailMergeSource"],
)
@pytest.mark.parametrize("name", [RELATIONS, "word/_rels/settings.xml.rels", "_rels/.RELS", "word/other.xml"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
def test_what_is_fetched_from_outside_is_refused(kind: str, name: str, encoding: str) -> None:
    relation = related(kind).decode().encode(encoding)
    assert reason(DOCX, word(**{name: relation})) is Reason.OUTSIDE


@pytest.mark.parametrize("kind", ["oleObject", "aFChunk", "control", "vbaProject", "ole&#79;bject"])
@pytest.mark.parametrize("mode", ["", ' TargetMode="External"'])
def test_relations_to_what_acts_are_refused_wherever_it_lies(kind: str, mode: str) -> None:
    assert reason(DOCX, word(**{RELATIONS: related(kind, "x.xml", mode)})) is Reason.ACTIVE


def test_spelling_hides_no_relation() -> None:
    mode = related("image").replace(b"External", b"&#69;xternal")
    assert reason(DOCX, word(**{RELATIONS: mode})) is Reason.OUTSIDE
    entity = b'<!DOCTYPE r [<!ENTITY e "External">]>' + related("image").partition(b"?>")[2]
    assert reason(DOCX, word(**{RELATIONS: entity})) is Reason.ACTIVE
    ebcdic = related("image").decode().replace("UTF-8", "cp037").encode("cp037")
    assert reason(DOCX, word(**{RELATIONS: ebcdic})) is Reason.DAMAGED
    utf_7 = related("image").replace(b"UTF-8", b"UTF-7")
    assert reason(DOCX, word(**{RELATIONS: utf_7})) is Reason.UNKNOWN
    utf_32 = related("image").decode().encode("utf-32-le")
    assert reason(DOCX, word(**{RELATIONS: utf_32})) is Reason.DAMAGED


def test_a_second_attribute_of_the_same_name_hides_nothing() -> None:
    for kind, more in (("image", 'Type="hyperlink"'), ("image", 'TargetMode="Internal"')):
        for place in (b" Id=", b"/></"):
            said = f' xmlns:x="x" x:{more} '.encode()
            twice = related(kind).replace(place, said + place)
            assert reason(DOCX, word(**{RELATIONS: twice})) is Reason.ACTIVE
    body = '<draw:image xlink:href="https://evil.example/x" draw:href="Pictures/1.png"/>'
    assert reason(ODT, opened(body)) is Reason.ACTIVE


@pytest.mark.parametrize(
    "part",
    [
        '<v:imagedata xmlns:v="v" src="https://evil.example/x.png"/>',
        '<connections><connection><webPr url="https://evil.example"/></connection></connections>',
        '<connections><connection refreshOnLoad="1"/></connections>',
    ],
)
def test_parts_that_fetch_without_a_relation_are_refused(part: str) -> None:
    assert reason(DOCX, word(**{"word/part.xml": part.encode()})) is Reason.OUTSIDE


@pytest.mark.parametrize("name", ["mimetype", "content.xml", "META-INF/manifest.xml", "Content.XML"])
def test_a_document_of_two_families_is_refused(name: str) -> None:
    assert reason(DOCX, word(**{name: b"<x/>"})) is Reason.DAMAGED
    parts = {"mimetype": ODT.media_type.encode(), "content.xml": b"<x/>", "[content_types].XML": b"<x/>"}
    assert reason(ODT, packed(parts, ZIP_STORED)) is Reason.DAMAGED


def test_drawings_that_are_no_xml_are_read_as_they_are() -> None:
    drawing = '<xml xmlns:v="v"><v:imagedata o:relid="rId1"/><div><br></div><v:imagedata src="{}"/></xml>'
    for address, why in (("image1.png", None), ("https://evil.example/x.png", Reason.OUTSIDE)):
        part = drawing.format(address).encode()
        book = office(XLSX, "xl/workbook.xml", **{"xl/drawings/vmlDrawing1.vml": part})
        assert reason(XLSX, book) is why


def test_a_part_of_far_too_many_elements_is_given_up() -> None:
    # Of two kinds by chance: so that they do not pack so well that their size alone gives them away.
    chance = random.Random(7).randbytes(4_100_000)
    part = b"<instr>" + b"".join(b"<a/>" if sign & 1 else b"<b/>" for sign in chance) + b"</instr>"
    assert len(word(**{"word/part.xml": part})) * 100 > len(part)
    assert reason(DOCX, word(**{"word/part.xml": part})) is Reason.UNKNOWN


@pytest.mark.parametrize(
    "relation",
    [
        related("hyperlink", "https://www.example.org/terms"),
        related("hyperlink", "mailto:me@example.org"),
        related("image", "media/image1.png", ""),
        related("attachedTemplate", "file:///C:\\Users\\me\\Templates\\Letter.dotx"),
    ],
)
def test_ordinary_relations_are_taken(relation: bytes) -> None:
    assert reason(DOCX, word(**{RELATIONS: relation})) is None


@pytest.mark.parametrize("target", ["file://host/x.dotm", "\\\\host\\x.dotm", "http://host/x.dotm"])
def test_a_template_from_the_net_is_refused(target: str) -> None:
    assert reason(DOCX, word(**{RELATIONS: related("attachedTemplate", target)})) is Reason.OUTSIDE


@pytest.mark.parametrize(
    "body",
    [
        code('DDEAUTO c:\\\\windows\\\\cmd.exe "/k calc"'),
        code(" DD", "EAUTO cmd"),
        code("D", "&#68;E cmd"),
        code(" dde cmd"),
        code(" LINK Excel.Sheet.12 x"),
        f"{code(' PAGE ')}{code(' DDE cmd')}",
        '<w:fldSimple w:instr="DDEAUTO cmd"/>',
        code(" DDE cmd").replace('"end"', '"separate"'),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_fields_that_start_a_program_are_refused(body: str, encoding: str) -> None:
    part = written(body).decode().encode(encoding)
    assert reason(DOCX, word(**{"word/header1.xml": part})) is Reason.ACTIVE


def test_ordinary_fields_are_taken() -> None:
    fields = (
        code(' HYPERLINK "https://x.example" ')
        + code(" PAGE ")
        + code(' TOC \\o "1-3" \\h ')
        + "<w:t>DDE</w:t>"
    )
    assert reason(DOCX, word(**{"word/header1.xml": written(fields)})) is None


def workbook(formula: str = "=SUM(A1:A2)", *, has_chart: bool = False) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.create_sheet("Days")
    sheet["A1"], sheet["A2"], sheet["A3"] = 14, -5, formula
    sheet["B1"] = "+44 20 7946 0000"
    sheet["B2"].hyperlink = "https://www.example.org/"
    if has_chart:
        chart = BarChart()
        chart.add_data(Reference(sheet, min_col=1, min_row=1, max_row=2))
        sheet.add_chart(chart, "D1")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_ordinary_workbooks_are_taken_and_those_that_ask_programs_are_not() -> None:
    assert reason(XLSX, workbook(has_chart=True)) is None
    assert reason(XLSX, workbook('=IF(A1="a|b",1,2)')) is None
    assert reason(XLSX, workbook("=cmd|'/C calc'!A0")) is Reason.ACTIVE
    named = b"<definedNames><definedName name='a'>cmd|'/C calc'!A0</definedName></definedNames>"
    assert reason(XLSX, office(XLSX, "xl/workbook.xml", **{"xl/names.xml": named})) is Reason.ACTIVE
    dde = b'<externalLink xmlns="x"><ddeLink ddeService="cmd" ddeTopic="/c calc"/></externalLink>'
    for part in (dde, dde.decode().encode("utf-16")):
        book = office(XLSX, "xl/workbook.xml", **{"xl/externalLinks/externalLink1.xml": part})
        assert reason(XLSX, book) is Reason.ACTIVE


def test_a_document_in_a_document_is_read_as_one() -> None:
    inner = "word/embeddings/Microsoft_Excel_Sheet.xlsx"
    assert reason(DOCX, word(**{inner: workbook(), "word/embeddings/two.xlsx": workbook()})) is None
    assert reason(DOCX, word(**{inner: workbook("=cmd|'/C calc'!A0")})) is Reason.ACTIVE
    assert reason(DOCX, word(**{inner: word(**{inner: workbook()})})) is Reason.ACTIVE
    assert reason(DOCX, word(**{inner: packed({"a.txt": b"x"})})) is Reason.UNKNOWN
    assert reason(DOCX, word(**{"word/media/image1.png": b"\xd0\xcf\x11\xe0 old object"})) is Reason.ACTIVE


@pytest.mark.parametrize(
    "name", ["customXml/item1.json", "word/my.jsx", "word/activexyz.xml", "word/basics/a.xml"]
)
def test_names_are_known_by_their_segments_and_endings(name: str) -> None:
    assert reason(DOCX, word(**{name: b"<x/>"})) is None


@pytest.mark.parametrize("name", ["word/a.js", "word/A.EXE", "word/activeX/activeX1.xml", "word/vbaData.xml"])
def test_names_of_what_acts_are_refused(name: str) -> None:
    assert reason(DOCX, word(**{name: b"<x/>"})) is Reason.ACTIVE


@pytest.mark.parametrize("kind", [ODT, ODS])
@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("<office:scripts><office:script>x</office:script></office:scripts>", Reason.ACTIVE),
        (
            '<office:event-listeners><script:event-listener xlink:href="x"/></office:event-listeners>',
            Reason.ACTIVE,
        ),
        ('<draw:plugin xlink:href="x"/>', Reason.ACTIVE),
        ("<draw:applet/>", Reason.ACTIVE),
        ('<draw:object-ole xlink:href="./Object 1"/>', Reason.ACTIVE),
        ('<text:a xlink:href="vnd.sun.star.script:x$y?language=Basic"/>', Reason.ACTIVE),
        ("<office:dde-source/>", Reason.ACTIVE),
        ('<table:table-cell table:formula=\'of:=DDE("soffice";"x";"y")\'/>', Reason.ACTIVE),
        ('<draw:object xlink:href="https://evil.example/x"/>', Reason.OUTSIDE),
        ('<draw:image xlink:href="//evil.example/x"/>', Reason.OUTSIDE),
        ('<text:section-source xlink:href="../other.odt"/>', Reason.OUTSIDE),
        ('<table:table-source xlink:href="file:///x.ods"/>', Reason.OUTSIDE),
        ('<meta:template xlink:href="https://evil.example/x.ott"/>', Reason.OUTSIDE),
    ],
)
@pytest.mark.parametrize("member", ["content.xml", "styles.xml", "Object 1/content.xml"])
def test_what_acts_or_fetches_in_an_open_document_is_refused(
    kind: Kind, body: str, why: Reason, member: str
) -> None:
    assert reason(kind, opened(body, member, kind)) is why


def test_ordinary_open_documents_are_taken() -> None:
    body = (
        '<office:scripts/><text:a xlink:href="https://www.example.org/">x</text:a>'
        '<draw:image xlink:href="Pictures/1.png"/><draw:object xlink:href="./Object 1"/><meta:template xlink:href="file:///C:/Templates/a.ott"/>'
        "<table:table-cell table:formula='of:=SUM([.A1:.A2])'/>"
    )
    for kind in (ODT, ODS):
        assert reason(kind, opened(body, kind=kind)) is None


def test_an_open_document_in_utf_16_or_under_a_password_hides_nothing() -> None:
    script = f"<office:document {SPACES}><office:script/></office:document>".encode("utf-16")
    parts = {"mimetype": ODT.media_type.encode(), "content.xml": script}
    assert reason(ODT, packed(parts, ZIP_STORED)) is Reason.ACTIVE
    manifest = {"META-INF/manifest.xml": b"<m><manifest:encryption-data/></m>", "content.xml": b"\x9f\x12"}
    assert reason(ODT, packed({**parts, **manifest}, ZIP_STORED)) is Reason.LOCKED


def test_a_large_workbook_is_read_in_time() -> None:
    row = b'<row><c r="A1"><f>SUM(B1:C1)</f><v>3</v></c></row>'
    sheet = (
        b"<worksheet>"
        + b"".join(row.replace(b"1", b"%d" % number) for number in range(200_000))
        + b"</worksheet>"
    )
    book = office(XLSX, "xl/workbook.xml", **{"xl/worksheets/sheet1.xml": sheet})
    assert len(book) < LARGEST and reason(XLSX, book) is None
