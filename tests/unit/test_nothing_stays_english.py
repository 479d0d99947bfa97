"""Every word that a report says itself can be translated: read in a language made up of one letter, none is left."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from enum import Enum
from gettext import NullTranslations
from html import unescape
from io import BytesIO
from zipfile import ZipFile

import openpyxl
import pytest
from babel.messages.pofile import read_po
from jinja2 import Environment

from reports.hyphens import SOFT_HYPHEN
from reports.language import Tongue, speaking
from reports.model import Report
from reports.render import pdf_environment, render_page_body, render_pdf_html, render_summary_html
from reports.serial import digest
from reports.translated import report_in
from reports.xlsx import to_xlsx
from review_app.layout import template_folder
from surveys.language import Language
from surveys.practices import practices
from tests import conclusion_samples, report_samples, rich_sample
from tools.catalogues import FOLDER

STRANGE = "ж"
TEMPLATE = FOLDER / "report.pot"
# What stays as it is: named values, and tags.
_KEPT = re.compile(r"(%\(\w+\)s|%%|<[^>]*>)")
_SAID = re.compile(r'\s(?:alt|aria-label|title|data-label|content)="([^"]*)"')
_PICTURE = re.compile(r"data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)")
_WORD = re.compile(r"[A-Za-z]{2,}")
# The program's name, the ids of practices and of figures, and the symbol of a measure.
_GRAMMAR = {"neu"}  # Welsh that is in the code: which words join a list
_NAMES = re.compile(r"Roundtable|P\d[a-z]\.\d+|r_wg(\(J\))?|\b[0-9a-f]{12,64}\b")


def marked() -> frozenset[str]:
    """Every text that is marked for the catalogue of reports; what is not, no translator is ever shown."""
    with TEMPLATE.open("rb") as file:
        ids = [message.id for message in read_po(file) if message.id]
    return frozenset(text for id_ in ids for text in ([id_] if isinstance(id_, str) else id_))


class Strange(NullTranslations):
    """A catalogue that has every marked text, all letters of it one and the same."""

    def __init__(self) -> None:
        super().__init__()
        self._marked = marked()

    def gettext(self, message: str) -> str:
        """The text."""
        return strange(message) if message in self._marked else message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """The text for a number."""
        return self.gettext(msgid1 if n == 1 else msgid2)


TONGUE = Tongue(Language.WELSH, Strange())
SAMPLES: dict[str, Callable[[], Report]] = {
    "first review": conclusion_samples.first_review,
    "second review": conclusion_samples.second_review,
    "on a partner": conclusion_samples.on_a_partner,
    "rich": rich_sample.rich,
    "without figures": report_samples.unreportable,
}
RENDERINGS: dict[str, Callable[[Report, str, Environment], str]] = {
    "page": render_page_body,
    "PDF": render_pdf_html,
    "two pages": render_summary_html,
}


def strange(text: str) -> str:
    """A text with one letter for all of its letters."""
    return "".join(
        part if _KEPT.fullmatch(part) else re.sub(r"[^\W\d_]", STRANGE, part) for part in _KEPT.split(text)
    )


def given(thing: object) -> Iterator[str]:
    """Every text that a report is given: names, wordings, comments."""
    if isinstance(thing, str):
        if not isinstance(thing, Enum):
            yield thing
    elif is_dataclass(thing) and not isinstance(thing, type):
        for field in fields(thing):
            yield from given(getattr(thing, field.name))
    elif isinstance(thing, dict):
        for key, value in thing.items():
            yield from given(key)
            yield from given(value)
    elif isinstance(thing, tuple | list | frozenset):
        for one in thing:
            yield from given(one)


def english(said: str, report: Report) -> set[str]:
    """The words in a text that neither the catalogue nor the report nor the Code has given."""
    texts = " ".join([*given(report), *(practice.text for practice in practices().values())])
    words = {word.lower() for word in _WORD.findall(_NAMES.sub(" ", said.replace(SOFT_HYPHEN, "")))}
    return words - {word.lower() for word in _WORD.findall(texts)} - _GRAMMAR


def english_words(said: str) -> set[str]:
    """The words in a text that stay as they are in no language."""
    return {word for word in _WORD.findall(_NAMES.sub(" ", said)) if word.lower() not in _GRAMMAR}


def without_given(said: str, report: Report) -> str:
    """A text without the whole texts that the report or the Code has given: one word of them is no excuse."""
    texts = {*given(report), *(practice.text for practice in practices().values())}
    for text in sorted((text for text in texts if _WORD.search(text)), key=len, reverse=True):
        said = re.sub(rf"(?<!\w){re.escape(text)}(?!\w)", " ", said)
    return said


def heard(html: str) -> str:
    """What a reader sees or hears of a page, with the words in its pictures."""
    pictures = " ".join(base64.b64decode(found).decode() for found in _PICTURE.findall(html))
    html = re.sub(r"<style.*?</style>", " ", html, flags=re.DOTALL)
    spoken = " ".join(_SAID.findall(html))
    return unescape(f"{re.sub(r'<[^>]*>', ' ', html)} {spoken} {re.sub(r'<[^>]*>', ' ', pictures)}")


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("rendering", RENDERINGS)
def test_no_word_of_a_page_or_a_pdf_stays_english(rendering: str, name: str) -> None:
    report = SAMPLES[name]()
    with speaking(TONGUE):
        html = RENDERINGS[rendering](
            report_in(report, TONGUE), digest(report), pdf_environment(template_folder(), TONGUE)
        )
    assert STRANGE in html
    assert sorted(english(heard(html), report)) == []


@pytest.mark.parametrize("name", SAMPLES)
def test_no_word_of_a_workbook_stays_english(name: str) -> None:
    report = SAMPLES[name]()
    with speaking(TONGUE):
        content = to_xlsx(report_in(report, TONGUE), digest(report))
    book = openpyxl.load_workbook(BytesIO(content))
    # The names of the sheets and of the charts are ours to the last word, whatever words a report was given.
    with ZipFile(BytesIO(content)) as archive:
        drawn = [archive.read(name).decode() for name in archive.namelist() if "/charts/" in name]
    charts = [title for chart in drawn for title in re.findall("<a:t>(.*?)</a:t>", chart)]
    assert len(charts) >= len(drawn)
    assert [name for name in (*book.sheetnames, *charts) if _WORD.search(name)] == []
    cells = [cell.value for sheet in book for row in sheet.iter_rows() for cell in row]
    said = [rest for value in cells if isinstance(value, str) and (rest := without_given(value, report))]
    assert sorted({text for text in said if english_words(text)}) == []
