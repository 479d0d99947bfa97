"""Every text that is marked for translation is in the catalogues, and each one has its Welsh."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.util import pathmatch

from review_app import languages
from review_app.layout import template_folder
from surveys.language import Language
from tools.catalogues import DOMAINS, FOLDER, ORGANISER, REPORT, RESPONDENT, WELSH, extraction, template_of
from tools.steps import ROOT

_IMPORTED = re.compile(r"\"(components/\w+\.html)\"")
_MARK = re.compile(r"\b(?:_|n?gettext)\(|\{%-?\s*trans\b")
_MARK_IN_CODE = re.compile(r"(?<![\w.])(?<!def )(?:_|N_|later|n?gettext)\(")
_PLACEHOLDER = re.compile(r"%\(\w+\)s")


@pytest.mark.parametrize("domain", DOMAINS)
def test_the_template_holds_exactly_the_texts_of_the_pages(domain: str, tmp_path: Path) -> None:
    found, kept = tmp_path / "found.pot", template_of(domain)
    subprocess.run(extraction(domain, str(found)), check=True, capture_output=True, cwd=ROOT)
    assert found.read_text("utf-8") == kept.read_text("utf-8"), "make texts brings it up to date"


def test_every_component_that_respondents_see_is_in_their_catalogue() -> None:
    mapping = (FOLDER / f"{RESPONDENT}.cfg").read_text("utf-8")
    other = (FOLDER / f"{ORGANISER}.cfg").read_text("utf-8")
    seen = _components(["respondent", "public", "letters", "errors", "layouts"])
    assert "components/fields.html" in seen
    for component in seen:
        if _MARK.search((template_folder() / component).read_text("utf-8")):
            assert f"[jinja2: templates/{component}]" in mapping
            assert f"[ignore: templates/{component}]" in other


@pytest.mark.parametrize("folder", ["templates", "review_app", "reports", "surveys"])
def test_every_file_with_a_mark_belongs_to_one_catalogue(folder: str) -> None:
    mark = {".html": _MARK, ".txt": _MARK, ".py": _MARK_IN_CODE}
    marked = [
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / folder).rglob("*")
        if path.suffix in mark and mark[path.suffix].search(path.read_text("utf-8"))
    ]
    found = {path: [domain for domain in DOMAINS if _is_extracted(path, domain)] for path in marked}
    assert {path: domains for path, domains in found.items() if len(domains) != 1} == {}


def test_the_pages_look_into_every_catalogue() -> None:
    assert set(languages.DOMAINS) == set(DOMAINS)


@pytest.mark.parametrize("domain", [RESPONDENT, REPORT])
def test_no_text_lacks_its_welsh(domain: str) -> None:
    assert languages.missing(Language.WELSH, domain) == ()


@pytest.mark.parametrize("domain", [RESPONDENT, REPORT])
def test_no_form_of_a_plural_lacks_its_welsh(domain: str) -> None:
    with WELSH.with_name(f"{domain}.po").open("rb") as file:
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
    languages._catalogue.cache_clear()
    languages.missing.cache_clear()
    try:
        assert languages.missing(Language.WELSH) == (emptied.id[0],)
    finally:
        languages._catalogue.cache_clear()
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


def _is_extracted(path: str, domain: str) -> bool:
    with (FOLDER / f"{domain}.cfg").open(encoding="utf-8") as file:
        methods, _options = parse_mapping_cfg(file)
    return next((method for pattern, method in methods if pathmatch(pattern, path)), "ignore") != "ignore"


def _components(folders: Iterable[str]) -> set[str]:
    """The components that the templates of some folders use, and those that these use."""
    root, found = template_folder(), set[str]()
    waiting = [path for folder in folders for path in (root / folder).glob("*.html")]
    while waiting:
        for name in _IMPORTED.findall(waiting.pop().read_text("utf-8")):
            if name not in found:
                found.add(name)
                waiting.append(root / name)
    return found


def _forms(text: str | Sequence[str] | None) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text or ())


def _placeholders(texts: Iterable[str]) -> set[str]:
    # "num" is given to every plural, whether its words use it or not.
    return {found for text in texts for found in _PLACEHOLDER.findall(text)} - {"%(num)s"}
