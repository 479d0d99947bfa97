"""The map of a chain for its page, and as a file to pin on a wall."""

from __future__ import annotations

from dataclasses import dataclass

from reports.chain_map import SCREEN, SHEET, ChainMap, draw
from reports.render import Assets, pdf_environment, render_map_html
from review_app.layout import report_font_folder, static_folder, template_folder
from surveys.chain import Chain

__all__ = ["ChainMap", "MapFile", "on_page", "pdf"]


@dataclass(frozen=True, slots=True)
class MapFile:
    """A map to hand out. ``content`` is a PDF."""

    title: str
    content: bytes


def on_page(chain: Chain) -> ChainMap:
    """The map of a chain as its page shows it."""
    return draw(chain, SCREEN)


def pdf(chain: Chain) -> MapFile:
    """The map of a chain on a sheet of A4, and its table after it. Raises PdfLibraryMissingError."""
    from reports.pdf import MAP_STYLES, write_pdf  # here, because WeasyPrint cannot be imported without Pango

    html = render_map_html(chain.name, draw(chain, SHEET), pdf_environment(template_folder()))
    assets = Assets(static=static_folder(), fonts=report_font_folder())
    return MapFile(chain.name, write_pdf(html, assets, styles=MAP_STYLES))
