"""A PDF that acts is refused however its objects are written; what people print and scan is not."""

from __future__ import annotations

import io
import random
import time
import zlib

import pikepdf
import pytest
import weasyprint

from review_app.evidence_kinds import PDF, kind_of
from review_app.evidence_reasons import EvidenceRefusedError, Reason


def pdf_of(*objects: bytes) -> bytes:
    body = b"".join(b"%d 0 obj\n%s\nendobj\n" % (number, said) for number, said in enumerate(objects, 1))
    return b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + body + b"trailer\n<< /Root 1 0 R >>\nstartxref\n9\n%%EOF\n"


def stream(head: bytes, body: bytes) -> bytes:
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (head, len(body), body)


def packed(held: bytes, head: bytes = b"/Filter /FlateDecode") -> bytes:
    """A PDF with one object in an object stream."""
    body = zlib.compress(b"7 0 " + held)
    return pdf_of(b"<< /Type /Catalog >>", stream(b"/Type /ObjStm /N 1 /First 4 " + head, body))


def printed(html: str = "<h1>Terms</h1><p>We pay in 14 days.</p>") -> bytes:
    return bytes(weasyprint.HTML(string=html).write_pdf())


def saved(document: pikepdf.Pdf, **options: object) -> bytes:
    out = io.BytesIO()
    document.save(out, **options)  # type: ignore[arg-type]  # Whatever the test asks for.
    return out.getvalue()


def acting(key: str, value: pikepdf.Object) -> pikepdf.Pdf:
    document = pikepdf.open(io.BytesIO(printed()))
    document.Root[key] = value
    return document


def reason(content: bytes) -> Reason | None:
    try:
        assert kind_of("a.pdf", content) is PDF
    except EvidenceRefusedError as error:
        return error.reason
    return None


def action(kind: str) -> pikepdf.Object:
    return pikepdf.Dictionary(S=pikepdf.Name(kind), JS=pikepdf.String("app.alert(1)"))


@pytest.mark.parametrize("packing", pikepdf.ObjectStreamMode.__members__)
@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("/OpenAction", action("/JavaScript")),
        ("/OpenAction", action("/Rendition")),
        ("/OpenAction", pikepdf.Dictionary(S=pikepdf.Name.Launch, F=pikepdf.String("calc.exe"))),
        ("/OpenAction", pikepdf.Dictionary(S=pikepdf.Name.SubmitForm)),
        ("/OpenAction", pikepdf.Dictionary(S=pikepdf.Name.ImportData)),
        ("/AcroForm", pikepdf.Dictionary(XFA=pikepdf.String("x"))),
        ("/Names", pikepdf.Dictionary(EmbeddedFiles=pikepdf.Dictionary(Names=pikepdf.Array()))),
        ("/Extra", pikepdf.Dictionary(Subtype=pikepdf.Name.RichMedia)),
    ],
)
def test_what_acts_is_found_in_and_out_of_object_streams(
    packing: str, key: str, value: pikepdf.Object
) -> None:
    mode = pikepdf.ObjectStreamMode[packing]
    assert reason(saved(acting(key, value), object_stream_mode=mode)) is Reason.ACTIVE


@pytest.mark.parametrize(
    "held",
    [
        b"<< /S /J#61vaScript >>",
        b"<< /S /Rendition /#4a#53 (x) >>",
        b"<< /JS<6170702e> >>",
        b"<< /JS\n(x) >>",
        b"<< /JS 5 0 R >>",
        b"<< /A (text) /B (a \\) b (c) d) /JS(x) >>",
        b"<< /A << >> % >> endobj\n /JS(x) >>",
        # Brackets that do not fit end no object.
        b"<< /X [ >> endobj ] /S /JavaScript >>",
        b"<</S/JavaScript>>",
    ],
)
def test_no_spelling_hides_what_acts(held: bytes) -> None:
    assert reason(pdf_of(b"<< /Type /Catalog >>", held)) is Reason.ACTIVE
    assert reason(packed(held)) is Reason.ACTIVE
    # Where a table sends a viewer into the middle of a stream.
    assert reason(pdf_of(stream(b"", b"9 0 obj\n" + held))) is Reason.ACTIVE


def test_an_object_stream_need_not_say_that_it_is_one() -> None:
    body = zlib.compress(b"7 0 << /S /JavaScript >>")
    assert reason(pdf_of(stream(b"/N 1 /Fi#72st 4 /Filter [ /Fl ]", body))) is Reason.ACTIVE


def test_an_object_that_begins_within_another_is_read_from_its_own_beginning() -> None:
    body = zlib.compress(b"7 0 8 6   <</A (<</S /JavaScript>> ) >>")
    assert reason(pdf_of(stream(b"/N 2 /First 10 /Filter /FlateDecode", body))) is Reason.ACTIVE


@pytest.mark.parametrize(
    "content",
    [
        packed(b"1", b"/Filter /LZWDecode"),
        packed(b"1", b"/Filter 9 0 R"),
        packed(b"1", b"/Filter /FlateDecode /Filter /Fl"),
        packed(b"1", b"/Filter /FlateDecode /DecodeParms << /Predictor 12 >>"),
        packed(b"1", b""),
        pdf_of(stream(b"/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode", b"not packed")),
        pdf_of(stream(b"/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode", zlib.compress(bytes(999))[:-6])),
        packed(b"x" * 40_000_000),
    ],
)
def test_an_object_stream_that_nobody_can_read_is_refused(content: bytes) -> None:
    assert reason(content) is Reason.UNREADABLE


@pytest.mark.parametrize("packing", pikepdf.ObjectStreamMode.__members__)
def test_an_encrypted_pdf_is_refused_as_locked(packing: str) -> None:
    document = pikepdf.open(io.BytesIO(printed()))
    mode = pikepdf.ObjectStreamMode[packing]
    content = saved(document, encryption=pikepdf.Encryption(owner="x", user=""), object_stream_mode=mode)
    assert reason(content) is Reason.LOCKED


@pytest.mark.parametrize("packing", pikepdf.ObjectStreamMode.__members__)
def test_what_people_print_is_taken_whatever_it_speaks_of(packing: str) -> None:
    content = printed(
        "<title>/JS (x) /JavaScript</title><h1 id=a>/JavaScript /Launch</h1>"
        "<a href='https://example.org/JavaScript/Launch#b'>JavaScript</a> <a href='#a'>up</a>" * 50
    )
    document = pikepdf.open(io.BytesIO(content))
    # As office programs open a document: at its first page.
    document.Root.OpenAction = pikepdf.Array([document.pages[0].obj, pikepdf.Name.Fit])
    assert reason(content) is None
    assert reason(saved(document, object_stream_mode=pikepdf.ObjectStreamMode[packing])) is None


def test_a_scan_is_taken_whatever_its_picture_holds_by_chance() -> None:
    noise = random.Random(7).randbytes(500_000) + b" /JS (x) /JavaScript /Launch /Encrypt " * 9
    image = stream(b"/Type /XObject /Subtype /Image /Filter /DCTDecode", noise)
    assert reason(pdf_of(b"<< /Type /Catalog >>", image)) is None


@pytest.mark.parametrize("head", [b" 0 obj <<", b" 0 obj (", b" 0 obj /A#41", b" 0 obj <", b" 0 obj ["])
def test_a_file_made_to_be_read_for_ever_is_given_up(head: bytes) -> None:
    begin = time.process_time()
    reason(b"%PDF-1.7\n" + head * (4_900_000 // len(head)) + b"%%EOF")
    assert time.process_time() - begin < 30
