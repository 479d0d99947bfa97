"""P1: a report's PDF from its stored snapshot, beside bare WeasyPrint on the same finished HTML."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from statistics import median

import weasyprint
from weasyprint.text.fonts import FontConfiguration

from reports.pdf import write_pdf
from reports.render import Assets, pdf_environment, render_pdf_html
from reports.serial import digest, report_from_bytes, report_to_bytes
from review_app.layout import report_font_folder, static_folder, template_folder
from tests.report_samples import northern_bridge

ROUNDS = 3


def lines() -> Iterator[str]:
    """The printed result."""
    content = report_to_bytes(northern_bridge())
    assets = Assets(static=static_folder(), fonts=report_font_folder())
    environment = pdf_environment(template_folder())

    def html() -> str:
        report = report_from_bytes(content)
        return render_pdf_html(report, digest(report), environment)

    finished = html()
    variants: dict[str, Callable[[], object]] = {
        "ours": lambda: write_pdf(html(), assets),
        "bare": lambda: _bare(finished, assets, "pdf/ua-1"),
        "untagged": lambda: _bare(finished, assets, None),
    }
    times: dict[str, list[float]] = {name: [] for name in variants}
    for _ in range(ROUNDS):
        for name, make in variants.items():
            started = time.perf_counter()
            make()
            times[name].append(time.perf_counter() - started)
    ours, bare, untagged = (median(times[name]) for name in ("ours", "bare", "untagged"))
    yield f"P1 the PDF of one report, {ROUNDS} interleaved rounds"
    yield f"   Roundtable {ours:.2f} s   bare WeasyPrint, PDF/UA-1 {bare:.2f} s   bare, untagged {untagged:.2f} s"
    yield f"   ratio to bare WeasyPrint {ours / bare:.2f} (target: 1.1 or less)"
    yield f"   PDF/UA to untagged {bare / untagged:.2f} (target: 1.2 or less)"


def _bare(html: str, assets: Assets, variant: str | None) -> object:
    fonts = FontConfiguration()
    base = assets.fonts.resolve().as_uri() + "/"
    styles = [
        weasyprint.CSS(string=assets.style(name), base_url=base, font_config=fonts)
        for name in ("report.css", "report-pdf.css")
    ]
    options = {"pdf_variant": variant} if variant else {}
    return weasyprint.HTML(string=html).write_pdf(stylesheets=styles, font_config=fonts, **options)
