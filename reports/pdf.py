"""The PDF of a report: PDF/UA-1 by WeasyPrint, with our fonts and nothing else from anywhere.

The same HTML and style give the same bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from reports.render import Assets

if TYPE_CHECKING:
    from weasyprint.urls import URLFetcher, URLFetcherResponse

_STYLES = ("report.css", "report-pdf.css")
_PICTURES = "data:image/svg+xml;base64,"


class PdfLibraryMissingError(Exception):
    """WeasyPrint cannot find its native libraries."""

    def __init__(self) -> None:
        super().__init__(
            "A PDF needs the library Pango, which is not installed. On Debian or Ubuntu: "
            "apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0. On macOS: brew install pango."
        )


def write_pdf(html: str, assets: Assets) -> bytes:
    """The PDF of what ``render_pdf_html`` gave. Raises PdfLibraryMissingError."""
    try:
        # Only here, because the import itself fails where Pango is missing.
        from weasyprint import CSS, HTML
        from weasyprint.text.fonts import FontConfiguration
    except OSError as error:
        raise PdfLibraryMissingError from error
    fetcher = _fetcher(assets)
    fonts = FontConfiguration()
    base = assets.fonts.resolve().as_uri() + "/"
    styles = [
        CSS(string=assets.style(name), base_url=base, url_fetcher=fetcher, font_config=fonts)
        for name in _STYLES
    ]
    document = HTML(string=html, base_url="about:blank", url_fetcher=fetcher)
    content = document.write_pdf(stylesheets=styles, font_config=fonts, pdf_variant="pdf/ua-1")
    return bytes(content)


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
