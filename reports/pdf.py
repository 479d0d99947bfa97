"""The PDF of a report, a questionnaire or a chain's map: PDF/UA-1 by WeasyPrint, with our fonts and nothing else.

The same HTML and style give the same bytes.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from reports.errors import PdfLibraryMissingError
from reports.pdf_tags import tie_cells
from reports.render import Assets

if TYPE_CHECKING:
    from weasyprint.urls import URLFetcher, URLFetcherResponse

REPORT_STYLES = ("report.css", "report-pdf.css")
MAP_STYLES = ("report.css", "report-pdf.css", "map-pdf.css")
_PICTURES = "data:image/svg+xml;base64,"
# Symbols that our font does not have, with what varies or joins them.
_SYMBOLS = re.compile("[\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff][\ufe0f\u200d\U0001f3fb-\U0001f3ff]*")


_OPTIONS = {"pdf_variant": "pdf/ua-1"}
# Under which a PDF of a report says in its metadata which report it shows: the digest of the report's bytes.
REPORT_KEY = "RoundtableReport"


@dataclass(frozen=True, slots=True)
class Fit:
    """What has to end on page ``last``: everything, or what stands before the element with the id ``before``.

    ``styles`` are added one after the other until it does, each denser than the one before. With all of them it may
    still be longer: type that nobody can read would be worse.
    """

    last: int
    styles: tuple[str, ...]
    before: str = ""

    def holds(self, pages: Sequence[Any]) -> bool:
        """Whether pages laid out by WeasyPrint keep to it."""
        used = next((number for number, page in enumerate(pages) if self.before in page.anchors), len(pages))
        return used <= self.last


def write_pdf(
    html: str,
    assets: Assets,
    styles: Sequence[str] = REPORT_STYLES,
    *,
    of_report: str = "",
    fit: Fit | None = None,
) -> bytes:
    """The PDF of what ``render_pdf_html`` gave, or of another source with the names of its own style sheets.

    ``of_report``: the digest of the report that it shows, for its metadata. Raises PdfLibraryMissingError.
    """
    try:
        # Only here, because the import itself fails where Pango is missing.
        from weasyprint import CSS, HTML
        from weasyprint.text.fonts import FontConfiguration
    except OSError as error:
        raise PdfLibraryMissingError from error
    fetcher = _fetcher(assets)
    fonts = FontConfiguration()
    base = assets.fonts.resolve().as_uri() + "/"

    def sheet(name: str) -> CSS:
        return CSS(string=assets.style(name), base_url=base, url_fetcher=fetcher, font_config=fonts)

    source = HTML(string=_symbols_in_words(html), base_url="about:blank", url_fetcher=fetcher)
    sheets = [sheet(name) for name in styles]
    document = source.render(font_config=fonts, stylesheets=sheets, **_OPTIONS)
    for denser in fit.styles if fit else ():
        if fit is None or fit.holds(document.pages):
            break
        sheets.append(sheet(denser))
        document = source.render(font_config=fonts, stylesheets=sheets, **_OPTIONS)
    return bytes(document.write_pdf(finisher=partial(_finish, of_report), **_OPTIONS))


def _symbols_in_words(text: str) -> str:
    """The text with a name for each emoji ("[thumbs up sign]"): a PDF/UA may not hold a character without a glyph."""
    return _SYMBOLS.sub(lambda found: f"[{unicodedata.name(found[0][0], 'symbol').lower()}]", text)


def _finish(of_report: str, _document: Any, pdf: Any) -> None:
    _scope_headers(pdf)
    if of_report:
        # A digest in hex needs no escaping in a PDF's text.
        pdf.info[REPORT_KEY] = f"({of_report})"


def _scope_headers(pdf: Any) -> None:
    """Says of each header cell whether it heads its column or its row; WeasyPrint ties cells to headers by id alone."""
    elements = {element.reference: element for element in pdf.objects if _is_structure(element)}
    for row in elements.values():
        if row["S"] != "/TR":
            continue
        cells = [elements[reference] for reference in row["K"]]
        scope = "/Column" if all(cell["S"] == "/TH" for cell in cells) else "/Row"
        for cell in cells:
            if cell["S"] == "/TH":
                cell["A"]["Scope"] = scope
    tie_cells(elements)


def _is_structure(element: Any) -> bool:
    return isinstance(element, dict) and "S" in element


def _fetcher(assets: Assets) -> URLFetcher:
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    folder = assets.fonts.resolve()

    class OwnFiles(URLFetcher):  # type: ignore[misc]  # WeasyPrint has no types
        """Answers for our fonts and for the images that we made; everything else does not exist."""

        def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
            """The content of one of our own files. Raises ValueError for any other address."""
            if url.startswith(_PICTURES):
                return super().fetch(url, headers)
            path = folder / unquote(urlsplit(url).path).rpartition("/")[2]
            if path.suffix == ".ttf" and url == path.as_uri():
                return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": "font/ttf"})
            raise ValueError("A report fetches nothing but its own fonts and pictures.")

    return OwnFiles()
