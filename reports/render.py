"""A report as HTML: the body that the page and the PDF share, a file that stands alone, the PDF's source."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from reports.chain_map import ChainMap
from reports.language import ENGLISH, Tongue
from reports.model import Report
from reports.view import ReportView, view_model
from reports.you_said import YouSaid
from surveys.language import Language

__all__ = [
    "Assets",
    "ReportView",
    "pdf_environment",
    "render_map_html",
    "render_page_body",
    "render_pdf_html",
    "render_standalone_html",
    "render_summary_html",
    "render_you_said_html",
    "view_model",
]

# As a document says its language, so that it is read aloud in the right voice.
_DOCUMENT_LANGUAGES = {Language.ENGLISH: "en-GB", Language.WELSH: "cy"}
_FACES = {400: "PublicSans-400Regular.ttf", 600: "PublicSans-600SemiBold.ttf", 700: "PublicSans-700Bold.ttf"}


@dataclass(frozen=True, slots=True)
class Assets:
    """Where a report's dress is: ``static`` holds its style sheets, ``fonts`` whole TrueType files."""

    static: Path
    fonts: Path

    def style(self, name: str) -> str:
        """The text of a style sheet."""
        return (self.static / name).read_text(encoding="utf-8")


def pdf_environment(template_folder: Path, tongue: Tongue = ENGLISH) -> Environment:
    """The environment of everything that is rendered without the application: escaping, and no silent gaps.

    Its templates speak the tongue, and find the document's language under ``document_language``.
    """
    made = Environment(
        loader=FileSystemLoader(template_folder),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.policies["ext.i18n.trimmed"] = True
    made.install_gettext_translations(tongue.catalogue, newstyle=True)  # type: ignore[attr-defined]  # the extension adds it
    made.globals["document_language"] = _DOCUMENT_LANGUAGES[tongue.language]
    return made


def render_page_body(report: Report, digest: str, environment: Environment) -> str:
    """What the page, the file and the PDF have in common."""
    return environment.get_template("reports/body.html").render(view=view_model(report, digest))


def render_standalone_html(report: Report, digest: str, environment: Environment, assets: Assets) -> str:
    """One HTML file with its style inside. Nothing in it can be fetched or run, whatever people wrote."""
    template = environment.get_template("reports/alone.html")
    # The style sheet is ours and holds no text of people.
    style = Markup(_font_faces(assets) + assets.style("report.css") + assets.style("report-screen.css"))  # noqa: S704
    return template.render(view=view_model(report, digest), style=style)


def _font_faces(assets: Assets) -> str:
    return "".join(
        f'@font-face {{ font-family: "Public Sans"; font-weight: {weight}; '
        f'src: url("data:font/ttf;base64,{b64encode((assets.fonts / name).read_bytes()).decode()}"); }}\n'
        for weight, name in _FACES.items()
    )


def render_pdf_html(report: Report, digest: str, environment: Environment) -> str:
    """The source of the PDF; its style comes with ``write_pdf``."""
    return environment.get_template("reports/pdf.html").render(view=view_model(report, digest))


def render_summary_html(report: Report, digest: str, environment: Environment) -> str:
    """The source of the PDF of the summary alone, two pages as a rule; its style comes with ``write_pdf``."""
    return environment.get_template("reports/two_pages.html").render(view=view_model(report, digest))


def render_map_html(name: str, chain_map: ChainMap, environment: Environment) -> str:
    """The source of the PDF of a chain's map; its style comes with ``write_pdf``. ``name``: the chain's."""
    return environment.get_template("reports/chain_map.html").render(name=name, map=chain_map)


def render_you_said_html(said: YouSaid, environment: Environment) -> str:
    """The source of the PDF of “You said, we did”; its style comes with ``write_pdf``."""
    return environment.get_template("reports/you_said_pdf.html").render(said=said)
