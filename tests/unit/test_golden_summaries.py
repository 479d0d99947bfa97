"""The whole text of the summaries of three small reports, and of two whole reports, as a reader has it.

After a change of wording that is meant, write the files anew, and read what changed in them before it is committed:

    ROUNDTABLE_RENEW_GOLDEN=1 .venv/bin/python -m pytest tests/unit/test_golden_summaries.py
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from textwrap import fill
from xml.etree.ElementTree import Element

import html5lib
import pytest

from reports.language import speaking
from reports.model import Report
from reports.render import pdf_environment, render_page_body
from reports.translated import report_in
from review_app.languages import tongue
from review_app.layout import template_folder
from surveys.language import Language
from tests import conclusion_samples, rich_sample
from tests.report_samples import DIGEST

FOLDER = Path(__file__).parent.parent / "golden"
SAMPLES = {
    "first-review": conclusion_samples.first_review,
    "second-review": conclusion_samples.second_review,
    "on-a-partner": conclusion_samples.on_a_partner,
}
# fmt: off
BLOCKS = frozenset({
    "html", "body", "main", "header", "article", "section", "nav", "div", "p", "h2", "h3", "h4",
    "ul", "ol", "li", "dl", "dt", "dd", "table", "caption", "thead", "tbody", "tr", "figure",
    "figcaption", "details", "summary", "blockquote", "svg", "title", "desc", "text",
})
# fmt: on
HEADINGS = frozenset({"h2", "h3", "h4"})
HEADS = {"h2": "# ", "h3": "## ", "h4": "### ", "li": "- "}


# The whole of a report with everything in it, in both languages.
WHOLE = {Language.ENGLISH: "whole-en", Language.WELSH: "whole-cy"}


@pytest.mark.parametrize("name", SAMPLES)
def test_the_summary_reads_as_it_was_agreed(name: str) -> None:
    body = _body(SAMPLES[name](), Language.ENGLISH)
    _agreed(
        text_of(next(element for element in body.iter("section") if element.get("id") == "summary")), name
    )


@pytest.mark.parametrize("language", WHOLE)
def test_a_whole_report_reads_as_it_was_agreed(language: Language) -> None:
    body = _body(rich_sample.rich(), language)
    for styled in [child for parent in body.iter() for child in parent if _is_repeated(child)]:
        next(parent for parent in body.iter() if styled in parent).remove(styled)
    _agreed(text_of(body), WHOLE[language])


def _body(report: Report, language: Language) -> Element:
    said = tongue(language)
    with speaking(said):
        body = render_page_body(report_in(report, said), DIGEST, pdf_environment(template_folder(), said))
    return parsed(body)


def parsed(body: str) -> Element:
    """The elements of a report's body."""
    root: Element = html5lib.parse(body, namespaceHTMLElements=False)
    return root


def _is_repeated(element: Element) -> bool:
    """A chart in its other width: the same words again."""
    return element.tag.endswith("svg") and "report-dumbbell-narrow" in (element.get("class") or "")


def _agreed(said: str, name: str) -> None:
    file = FOLDER / f"{name}.txt"
    if os.environ.get("ROUNDTABLE_RENEW_GOLDEN"):
        file.write_text(said, encoding="utf-8")
    assert said == file.read_text(encoding="utf-8"), "see the first lines of this module"


def summary_text(body: Element, width: int = 110) -> str:
    """The text of the summary in a report's body, in lines of so many characters."""
    return text_of(next(one for one in body.iter("section") if one.get("id") == "summary"), width)


def text_of(element: Element, width: int = 110) -> str:
    """The text of an element, in lines of so many characters."""
    return "\n".join(fill(line, width, break_on_hyphens=False) for line in _lines(element)).lstrip() + "\n"


def _lines(element: Element) -> Iterator[str]:
    """The text of an element and of what is in it, a line for each block; pictures by their alternative text."""
    line = ""
    for text, child in _pieces(element):
        line += text
        if child is not None and child.tag.rpartition("}")[2] in BLOCKS:
            yield from _line(line, element.tag)
            line = ""
            yield from _lines(child)
        elif child is not None:
            line += f"[{child.get('alt')}]" if child.tag == "img" else " ".join(_lines(child))
    yield from _line(line, element.tag)


def _pieces(element: Element) -> Iterator[tuple[str, Element | None]]:
    """The text before each child, with the child; and the text after the last one."""
    text = element.text or ""
    for child in element:
        yield text, child
        text = (" | " if child.tag in {"td", "th"} else "") + (child.tail or "")
    yield text, None


def _line(text: str, tag: str) -> Iterator[str]:
    said = " ".join(text.split()).strip(" |")
    if said:
        yield from ("",) if tag in HEADINGS else ()
        yield HEADS.get(tag, "") + said
