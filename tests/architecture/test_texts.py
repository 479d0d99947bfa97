"""Every text that is marked for translation is in the catalogues, and each one has its Welsh."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from review_app import languages
from surveys.language import Language
from tools.catalogues import DOMAINS, WELSH, extraction, template_of
from tools.steps import ROOT

_PLACEHOLDER = re.compile(r"%\(\w+\)s")


@pytest.mark.parametrize("domain", DOMAINS)
def test_the_template_holds_exactly_the_texts_of_the_pages(domain: str, tmp_path: Path) -> None:
    found, kept = tmp_path / "found.pot", template_of(domain)
    subprocess.run(extraction(domain, str(found)), check=True, capture_output=True, cwd=ROOT)
    assert found.read_text("utf-8") == kept.read_text("utf-8"), "make texts brings it up to date"


def test_the_pages_look_into_every_catalogue() -> None:
    assert set(languages.DOMAINS) == set(DOMAINS)


def test_no_text_lacks_its_welsh() -> None:
    assert languages.missing(Language.WELSH) == ()


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
