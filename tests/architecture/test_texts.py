"""Every text that is marked for translation is in the catalogues, and each one has its Welsh."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from review_app import languages
from surveys.language import Language
from tools.catalogues import TEMPLATE, WELSH, extraction

_PLACEHOLDER = re.compile(r"%\(\w+\)s")


def test_the_template_holds_exactly_the_texts_of_the_pages(tmp_path: Path) -> None:
    found = tmp_path / "found.pot"
    subprocess.run(extraction(str(found)), check=True, capture_output=True, cwd=TEMPLATE.parents[2])
    assert found.read_text("utf-8") == TEMPLATE.read_text("utf-8"), "make texts brings it up to date"


def test_no_text_lacks_its_welsh() -> None:
    assert languages.missing(Language.WELSH) == ()


def test_no_form_of_a_plural_lacks_its_welsh() -> None:
    with WELSH.open("rb") as file:
        plurals = [message for message in read_po(file) if isinstance(message.id, tuple)]
    assert len(plurals) > 10
    assert [message.id[0] for message in plurals if not all(_forms(message.string))] == []


def test_a_plural_whose_welsh_is_empty_counts_as_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(languages._FOLDER, tmp_path / "texts")
    source = tmp_path / "texts" / "cy" / "LC_MESSAGES" / "respondent.po"
    with source.open("rb") as file:
        catalogue = read_po(file)
    emptied = next(message for message in catalogue if isinstance(message.id, tuple))
    emptied.string = ("",) * 6
    with source.with_suffix(".mo").open("wb") as file:
        write_mo(file, catalogue)
    monkeypatch.setattr(languages, "_FOLDER", tmp_path / "texts")
    languages.translations.cache_clear()
    languages.missing.cache_clear()
    try:
        assert languages.missing(Language.WELSH) == (emptied.id[0],)
    finally:
        languages.translations.cache_clear()
        languages.missing.cache_clear()


def test_the_welsh_has_the_same_placeholders_as_the_english() -> None:
    with WELSH.open("rb") as file:
        catalogue = read_po(file)
    told = [message for message in catalogue if message.id]
    assert len(told) > 200
    for message in told:
        for welsh in _forms(message.string):
            assert _placeholders([welsh]) <= _placeholders(_forms(message.id)), welsh
        assert _placeholders(_forms(message.string)) == _placeholders(_forms(message.id)), message.id


def _forms(text: str | Sequence[str] | None) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text or ())


def _placeholders(texts: Iterable[str]) -> set[str]:
    # "num" is given to every plural, whether its words use it or not.
    return {found for text in texts for found in _PLACEHOLDER.findall(text)} - {"%(num)s"}
