from __future__ import annotations

import hashlib
import logging
import os
import re
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pdfua
import pikepdf
import pytest

from reports.errors import PdfLibraryMissingError
from reports.model import Report
from reports.pdf import REPORT_STYLES, write_pdf
from reports.render import Assets, pdf_environment, render_pdf_html
from review_app.layout import report_font_folder, static_folder, template_folder
from tests import conclusion_samples, report_samples, rich_sample
from tests.report_samples import DIGEST

ASSETS = Assets(static=static_folder(), fonts=report_font_folder())
SAMPLES = {
    "northern bridge": report_samples.northern_bridge,
    "unreportable": report_samples.unreportable,
    "hostile": report_samples.hostile,
    "second review": conclusion_samples.second_review,
    "followed up": conclusion_samples.followed_up,
    "on a partner": conclusion_samples.on_a_partner,
    "rich": rich_sample.rich,
    "on a buyer": rich_sample.on_a_buyer,
}
IN_ANOTHER_PROCESS = """
    import hashlib
    from tests import report_samples
    from tests.services.test_pdf import made
    print(hashlib.sha256(made(report_samples.northern_bridge())).hexdigest())
"""


@dataclass(frozen=True, slots=True)
class Printed:
    """A PDF, its file, its structure elements by their type, and what WeasyPrint complained about."""

    content: bytes
    file: Path
    document: pikepdf.Pdf
    elements: dict[str, list[Any]]
    complaints: tuple[str, ...]

    def text(self) -> list[str]:
        """The text of each page, as pdftotext lays it out."""
        run = subprocess.run(
            ["pdftotext", "-layout", self.file, "-"], capture_output=True, check=True, text=True
        )
        return run.stdout.split("\f")[:-1]


class _Heard(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


@pytest.fixture(scope="module", params=SAMPLES)
def printed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Printed]:
    yield from _printed(SAMPLES[request.param](), tmp_path_factory.mktemp("pdf"))


@pytest.fixture(scope="module")
def northern_bridge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Printed]:
    yield from _printed(report_samples.northern_bridge(), tmp_path_factory.mktemp("pdf"))


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Printed]:
    yield from _printed(report_samples.hostile(), tmp_path_factory.mktemp("pdf"))


def test_a_report_says_that_it_is_accessible_and_in_which_language(printed: Printed) -> None:
    root = printed.document.Root
    with printed.document.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"
        assert metadata["dc:title"]
    assert str(root.Lang) == "en-GB"
    assert bool(root.MarkInfo.Marked)
    assert bool(root.ViewerPreferences.DisplayDocTitle)


def test_every_figure_has_a_text_alternative(printed: Printed) -> None:
    assert printed.elements["/Figure"]
    assert all(str(figure.get("/Alt", "")) for figure in printed.elements["/Figure"])


def test_every_cell_knows_its_headers_and_every_header_its_direction(northern_bridge: Printed) -> None:
    cells, headers = northern_bridge.elements["/TD"], northern_bridge.elements["/TH"]
    assert cells
    assert all(len(cell.A.Headers) >= 2 for cell in cells)
    assert {str(header.A.Scope) for header in headers} == {"/Column", "/Row"}


def test_a_note_under_a_statement_belongs_to_its_statement_and_a_strip_to_its_column(
    northern_bridge: Printed,
) -> None:
    notes = 0
    for table in northern_bridge.elements["/Table"]:
        head, *rows = [element for element in _walk(table.K) if element.S == "/TR"]
        columns = [str(cell.ID) for cell in head.K]
        for above, row in pairwise(rows):
            if len(row.K) > 1:
                continue
            [note], [statement, *_figures, strip] = row.K, above.K
            assert [str(header) for header in note.A.Headers] == [str(statement.ID), *columns[1:-1]]
            assert [str(header) for header in strip.A.Headers] == [str(statement.ID), columns[-1]]
            notes += 1
    assert notes == 34


def test_headings_step_down_one_level_at_a_time(printed: Printed) -> None:
    assert len(printed.elements["/H1"]) == 1
    assert printed.elements["/H2"]
    assert not printed.elements.get("/H5")


def test_links_of_the_contents_lead_somewhere(northern_bridge: Printed) -> None:
    assert len(northern_bridge.elements["/Link"]) >= 10


def test_a_second_opinion_finds_no_fault(printed: Printed) -> None:
    report = pdfua.validate(str(printed.file))
    assert [finding.message for finding in report.findings] == []


def test_a_second_opinion_finds_no_fault_with_large_print_in_which_all_text_is_large(tmp_path: Path) -> None:
    html = render_pdf_html(conclusion_samples.second_review(), DIGEST, pdf_environment(template_folder()))
    file = tmp_path / "large.pdf"
    file.write_bytes(write_pdf(html, ASSETS, (*REPORT_STYLES, "report-large-print.css")))
    assert [finding.message for finding in pdfua.validate(str(file)).findings] == []
    run = subprocess.run(
        ["pdftotext", "-bbox", "-f", "2", file, "-"], capture_output=True, check=True, text=True
    )
    # A letter and its line are about 1.17 times as high as the size of the font; running heads may be smaller.
    words = re.findall(r'yMin="([\d.]+)" xMax="[\d.]+" yMax="([\d.]+)">([^<]*)', run.stdout)
    small = [
        word
        for top, bottom, word in words
        if float(bottom) - float(top) < 17 and 80 < float(top) < 760 and word.strip()
    ]
    # What stands in a chart is as large as the chart allows.
    assert len(small) < len(words) / 20


def test_bookmarks_lead_through_the_parts_of_the_report(northern_bridge: Printed) -> None:
    with northern_bridge.document.open_outline() as outline:
        titles = [entry.title for entry in outline.root]
        elements = [child.title for entry in outline.root for child in entry.children]
    assert titles[0] == "Summary"
    assert "How Northern Bridge Employment Ltd works with its partners" in titles
    assert "What this report hides, and why" in titles
    assert "Fair contracts and payments" in elements


def test_only_our_font_is_in_a_report_and_it_is_embedded(northern_bridge: Printed) -> None:
    fonts = [font for font in northern_bridge.document.objects if _is(font, "/Font")]
    assert {
        str(font.BaseFont).rpartition("+")[2].split("-Semi")[0] for font in fonts if "/BaseFont" in font
    } <= {
        "Public-Sans",
        "Public-Sans-Bold",
    }
    descriptors = [font for font in northern_bridge.document.objects if _is(font, "/FontDescriptor")]
    assert descriptors
    assert all("/FontFile2" in descriptor or "/FontFile3" in descriptor for descriptor in descriptors)


def test_every_page_but_the_cover_says_its_number_and_the_document(northern_bridge: Printed) -> None:
    cover, *pages = northern_bridge.text()
    assert "Page" not in cover
    for number, page in enumerate(pages, start=2):
        assert f"Page {number} of {len(pages) + 1}" in page
        assert DIGEST[:12] in page


def test_the_contents_give_the_pages_on_which_the_chapters_are(northern_bridge: Printed) -> None:
    pages = northern_bridge.text()
    [contents] = [page for page in pages if "Contents" in page.splitlines()[2:8] or "\nContents\n" in page]
    line = next(line for line in contents.splitlines() if line.strip().startswith("How it was computed"))
    number = int(line.split()[-1])
    assert "Every figure below can be computed again" in pages[number - 1]


def test_the_whole_fingerprint_is_printed(northern_bridge: Printed) -> None:
    assert DIGEST in "".join(northern_bridge.text())


def test_no_page_is_nearly_empty(northern_bridge: Printed) -> None:
    assert min(len(page.split()) for page in northern_bridge.text()[1:]) > 80


def test_the_renderer_has_nothing_to_complain_about(printed: Printed) -> None:
    assert not printed.complaints


def test_text_of_people_is_printed_as_it_was_written(hostile: Printed) -> None:
    text = " ".join(" ".join(hostile.text()).split())
    assert "<script>alert(1)</script>" in text
    assert "<img src=http://127.0.0.1:1/x onerror=alert(1)>" in text
    assert "{{ 7 * 7 }}" in text
    assert "[thumbs up sign]" in text


def test_an_unbroken_word_stays_within_the_page(hostile: Printed) -> None:
    run = subprocess.run(
        ["pdftotext", "-bbox", hostile.file, "-"], capture_output=True, check=True, text=True
    )
    edges = [
        float(line.partition('xMax="')[2].partition('"')[0])
        for line in run.stdout.splitlines()
        if "xMax" in line
    ]
    # A4 is 595 points wide, and the margin on the right is 15 mm.
    assert max(edges) <= 595 - 42


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:1/x.png",
        "file:///etc/hostname",
        "data:text/css,body{color:red}",
        "PublicSans-400Regular.ttf/../../../app.js",
    ],
)
def test_nothing_is_fetched_but_our_fonts_and_pictures(
    address: str, caplog: pytest.LogCaptureFixture
) -> None:
    html = f"<html lang='en'><head><title>t</title></head><body><img src='{address}' alt='x'></body></html>"
    assert write_pdf(html, ASSETS).startswith(b"%PDF")
    assert any("fetches nothing" in message or "Relative URI" in message for message in caplog.messages)


def test_the_same_report_is_the_same_file_in_every_process(northern_bridge: Printed) -> None:
    again = made(report_samples.northern_bridge())
    assert again == northern_bridge.content
    for seed in ("1", "2"):
        run = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(IN_ANOTHER_PROCESS)],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=Path(__file__).parents[2],
            capture_output=True,
            check=True,
            text=True,
        )
        assert run.stdout.strip() == hashlib.sha256(northern_bridge.content).hexdigest()


def test_another_report_is_another_file(northern_bridge: Printed) -> None:
    report = report_samples.northern_bridge()
    other = replace(report, facts=replace(report.facts, title="Another title"))
    assert made(other) != northern_bridge.content


def test_a_missing_native_library_is_named_with_its_mend(monkeypatch: pytest.MonkeyPatch) -> None:
    class Finder:
        def find_spec(self, name: str, *_: object) -> None:
            if name == "weasyprint":
                raise OSError("cannot load library 'libpango-1.0-0'")

    for name in [name for name in sys.modules if name.split(".")[0] == "weasyprint"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "meta_path", [Finder(), *sys.meta_path])
    with pytest.raises(PdfLibraryMissingError, match="apt install libpango"):
        write_pdf("<p>", ASSETS)


def made(report: Report) -> bytes:
    """The PDF of a report."""
    return write_pdf(render_pdf_html(report, DIGEST, pdf_environment(template_folder())), ASSETS)


def _printed(report: Report, folder: Path) -> Iterator[Printed]:
    heard = _Heard()
    logger = logging.getLogger("weasyprint")
    logger.addHandler(heard)
    try:
        content = made(report)
    finally:
        logger.removeHandler(heard)
    file = folder / "report.pdf"
    file.write_bytes(content)
    with pikepdf.open(file) as document:
        elements: dict[str, list[Any]] = {}
        for element in _walk(document.Root.StructTreeRoot.K):
            elements.setdefault(str(element.S), []).append(element)
        yield Printed(content, file, document, elements, tuple(heard.messages))


def _walk(node: Any) -> Iterator[Any]:
    if isinstance(node, pikepdf.Array):
        for child in node:
            yield from _walk(child)
    elif isinstance(node, pikepdf.Dictionary) and "/S" in node:
        yield node
        yield from _walk(node.get("/K", pikepdf.Array()))


def _is(item: Any, kind: str) -> bool:
    return isinstance(item, pikepdf.Dictionary) and item.get("/Type") == kind
