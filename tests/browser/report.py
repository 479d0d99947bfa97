"""A report in its four forms: that they say the same, and that the PDF is made well."""

from __future__ import annotations

import csv
import hashlib
import re
import subprocess
from collections import Counter
from io import BytesIO, StringIO

import pikepdf
from playwright.sync_api import Page

_FIGURE = re.compile(r"\b[1-5]\.\d(?: or (?:below|above))?|Not shown, to protect the people who answered")


def assert_same_report(page: Page, pdf: bytes, csv_file: bytes, json_file: bytes) -> None:
    """The page, the PDF and the CSV show the same figures, and the page prints the fingerprint of the JSON."""
    text = text_of(pdf)
    # The tables behind the charts are closed on a screen and open on paper.
    closed = page.locator(".report details:not([open]) > summary")
    while closed.count():
        closed.first.click()
    on_the_page = figures(page.inner_text(".report"))
    assert len(on_the_page) > 50
    assert figures(text) == on_the_page
    assert statements_of(page) == statements_in(csv_file)
    digest = hashlib.sha256(json_file).hexdigest()
    assert page.locator(".report-fingerprint").inner_text() == digest
    assert digest in re.sub(r"\s", "", text)


def assert_well_made(page: Page, content: bytes) -> None:
    """The PDF is tagged as PDF/UA-1, speaks English, has the page's title and headings, pictures in words, our font."""
    with pikepdf.open(BytesIO(content)) as pdf:
        root = pdf.Root
        assert bool(root.MarkInfo.Marked)
        assert str(root.Lang) == "en-GB"
        assert bool(root.ViewerPreferences.DisplayDocTitle)
        with pdf.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
            assert metadata["dc:title"] == page.locator("h1").inner_text()
        with pdf.open_outline() as outline:
            bookmarks = [entry.title for entry in outline.root]
        tags = Counter(str(element.S) for element in _elements(root.StructTreeRoot.K))
        assert tags["/H1"] == 1
        # One that goes on on the next page is tagged once more there, with its heads.
        assert tags["/Table"] >= page.locator(".report table").count()
        undescribed = [
            e
            for e in _elements(root.StructTreeRoot.K)
            if str(e.S) == "/Figure" and not str(e.get("/Alt", ""))
        ]
        assert tags["/Figure"] and not undescribed
        fonts = {font for leaf in pdf.pages for font in _fonts(leaf)}
    for heading in page.locator(".report h2").all_inner_texts():
        assert heading in bookmarks
    assert fonts and all("PublicSans" in name.replace("-", "") and is_embedded for name, is_embedded in fonts)
    text = text_of(content)
    pages = len(re.findall(r"Page \d+ of \d+", text))
    assert pages >= 8


def text_of(pdf: bytes) -> str:
    """The words of a PDF in the order in which it is read, every run of white space as one space."""
    made = subprocess.run(
        ["pdftotext", "-raw", "-enc", "UTF-8", "-", "-"], input=pdf, capture_output=True, check=True
    )
    return " ".join(made.stdout.decode().split())


def figures(text: str) -> list[str]:
    """Every figure of a text, in its order."""
    return _FIGURE.findall(" ".join(text.split()))


def statements_of(page: Page) -> Counter[tuple[str, tuple[str, ...]]]:
    """Each statement on the page with its figures from left to right, and what was said about the review itself."""
    found: Counter[tuple[str, tuple[str, ...]]] = Counter()
    for row in page.locator(".report-statement-row").all():
        wording = row.locator(".report-wording").inner_text()
        cells = row.locator("td:not(.report-strip)").all_inner_texts()
        found[" ".join(wording.split()), tuple(_only_figure(cell) for cell in cells)] += 1
    for row in page.locator(".report-experience tbody tr").all():
        found[row.locator("th").inner_text(), (row.locator("td").inner_text(),)] += 1
    return found


def statements_in(content: bytes) -> Counter[tuple[str, tuple[str, ...]]]:
    """Each statement of the CSV with its means in the order of its rows, and what was said about the review itself."""
    rows: dict[tuple[str, str], list[str]] = {}
    wordings = {}
    for row in csv.DictReader(StringIO(content.decode("utf-8-sig"))):
        if (row["level"], row["measure"]) not in {("statement", "mean"), ("review", "share")}:
            continue
        key = (row["part"], row["id"])
        rows.setdefault(key, []).append(row["figure"])
        wordings[key] = row["text"]
    return Counter((wordings[key], tuple(shown)) for key, shown in rows.items())


def _only_figure(cell: str) -> str:
    found = _FIGURE.search(" ".join(cell.split()))
    assert found, cell
    return found[0]


def _elements(kids: object) -> list[pikepdf.Object]:
    found: list[pikepdf.Object] = []
    waiting = list(kids) if isinstance(kids, pikepdf.Array) else [kids]
    while waiting:
        kid = waiting.pop()
        if not isinstance(kid, pikepdf.Dictionary) or "/S" not in kid:
            continue
        found.append(kid)
        below = kid.get("/K", pikepdf.Array())
        waiting.extend(below if isinstance(below, pikepdf.Array) else [below])
    return found


def _fonts(leaf: pikepdf.Page) -> set[tuple[str, bool]]:
    found = set()
    for font in dict(leaf.Resources.get("/Font", {})).values():
        for inner in font.get("/DescendantFonts", [font]):
            descriptor = inner.get("/FontDescriptor", pikepdf.Dictionary())
            embedded = any(key in descriptor for key in ("/FontFile", "/FontFile2", "/FontFile3"))
            found.add((str(font.BaseFont), embedded))
    return found
