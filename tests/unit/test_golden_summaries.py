"""The whole text of the summary of three small reports, as a reader has it.

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

from reports.render import pdf_environment, render_page_body
from review_app.layout import template_folder
from tests import conclusion_samples
from tests.report_samples import DIGEST

FOLDER = Path(__file__).parent.parent / "golden"
SAMPLES = {
    "first-review": conclusion_samples.first_review,
    "second-review": conclusion_samples.second_review,
    "on-a-partner": conclusion_samples.on_a_partner,
}
BLOCKS = frozenset({"h2", "h3", "h4", "p", "li", "tr", "div", "section", "ul", "table", "thead", "tbody"})
HEADINGS = frozenset({"h2", "h3", "h4"})
HEADS = {"h2": "# ", "h3": "## ", "h4": "### ", "li": "- "}


@pytest.mark.parametrize("name", SAMPLES)
def test_the_summary_reads_as_it_was_agreed(name: str) -> None:
    said = summary_text(
        render_page_body(SAMPLES[name](), DIGEST, pdf_environment(template_folder())), width=110
    )
    file = FOLDER / f"{name}.txt"
    if os.environ.get("ROUNDTABLE_RENEW_GOLDEN"):
        file.write_text(said, encoding="utf-8")
    assert said == file.read_text(encoding="utf-8"), "see the first lines of this module"


def summary_text(body: str, width: int) -> str:
    """The text of the summary in a report's body, in lines of so many characters."""
    root = html5lib.parse(body, namespaceHTMLElements=False)
    summary = next(element for element in root.iter("section") if element.get("id") == "summary")
    lines = (fill(line, width, break_on_hyphens=False) for line in _lines(summary))
    return "\n".join(lines).lstrip() + "\n"


def _lines(element: Element) -> Iterator[str]:
    """The text of an element and of what is in it, a line for each block; pictures by their alternative text."""
    line = ""
    for text, child in _pieces(element):
        line += text
        if child is not None and child.tag in BLOCKS:
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
