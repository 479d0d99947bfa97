"""The variants of a report's PDF: the whole report, its summary on two pages, and large print; each in a language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path

from jinja2 import Environment

from reports.language import Tongue, speaking
from reports.model import Report
from reports.pdf import REPORT_STYLES, Fit, write_pdf
from reports.render import Assets, pdf_environment, render_pdf_html, render_summary_html
from reports.translated import report_in
from surveys.language import Language


class Variant(StrEnum):
    """A way to print a report."""

    FULL = "report"
    TWO_PAGES = "two-pages"
    LARGE_PRINT = "large-print"


_Render = Callable[[Report, str, Environment], str]
_SOURCES: Mapping[Variant, _Render] = {
    Variant.FULL: render_pdf_html,
    Variant.TWO_PAGES: render_summary_html,
    Variant.LARGE_PRINT: render_pdf_html,
}
# A style sheet overrides what stands before it.
_STYLES: Mapping[Variant, tuple[str, ...]] = {
    Variant.FULL: REPORT_STYLES,
    Variant.TWO_PAGES: REPORT_STYLES,
    Variant.LARGE_PRINT: (*REPORT_STYLES, "report-large-print.css"),
}
_DENSER = ("summary-dense.css", "summary-denser.css")
# The summary takes two pages: all of them, or those between the cover and the contents.
_FITS: Mapping[Variant, Fit | None] = {
    Variant.FULL: Fit(3, _DENSER, before="contents"),
    Variant.TWO_PAGES: Fit(2, _DENSER),
    Variant.LARGE_PRINT: None,
}
# What style sheets put on a page themselves ("Page 2 of 40") in other languages.
_SPOKEN_STYLES: Mapping[Language, tuple[str, ...]] = {
    Language.ENGLISH: (),
    Language.WELSH: ("report-pdf-cy.css",),
}


def source(report: Report, digest: str, variant: Variant, tongue: Tongue, templates: Path) -> str:
    """The HTML of a variant in a language, without its style."""
    with speaking(tongue):
        render = _SOURCES[variant]
        return render(report_in(report, tongue), digest, pdf_environment(templates, tongue))


def document(
    report: Report, digest: str, variant: Variant, tongue: Tongue, *, templates: Path, assets: Assets
) -> bytes:
    """The PDF of a variant, not signed: the same report always gives the same bytes.

    Raises PdfLibraryMissingError.
    """
    styles = (*_STYLES[variant], *_SPOKEN_STYLES[tongue.language])
    html = source(report, digest, variant, tongue, templates)
    return write_pdf(html, assets, styles, of_report=digest, fit=_FITS[variant])
