"""What holds for every template: escaped, strict, without inline script or style."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask

from review_app.layout import template_folder
from review_app.templating import PageEnvironment

FOLDER = template_folder()
TEMPLATES = sorted(
    path.relative_to(FOLDER) for ending in ("html", "jinja") for path in FOLDER.rglob(f"*.{ending}")
)
# Mail and what is printed carry their own style; a page gets it from the stylesheet alone.
ON_A_PAGE = [path for path in TEMPLATES if path.parts[0] not in {"emails", "letters", "reports"}]
# The charts of a report are SVG that our own code has drawn and escaped.
HAS_CHARTS = "reports"


def test_there_are_templates() -> None:
    assert TEMPLATES


@pytest.mark.parametrize("path", TEMPLATES, ids=str)
def test_nothing_is_marked_safe_but_the_charts_of_a_report(path: Path) -> None:
    source = _source(path)
    assert not re.search(r"\{%-?\s*autoescape\s+false", source)
    if path.parts[0] != HAS_CHARTS:
        assert not re.search(r"\|\s*safe\b|Markup\(", source)


@pytest.mark.parametrize("path", ON_A_PAGE, ids=str)
def test_no_page_carries_script_or_style_that_its_policy_refuses(path: Path) -> None:
    source = _source(path)
    assert not re.search(r"<style\b|\sstyle=|\son[a-z]+=|javascript:", source)
    assert not re.search(r"<script(?![^>]*\ssrc=)", source)


@pytest.mark.parametrize("path", TEMPLATES, ids=str)
def test_a_template_is_read_by_the_strict_environment(path: Path) -> None:
    environment = PageEnvironment(Flask(__name__))
    assert environment.undefined.__name__ == "StrictUndefined"
    environment.parse(_source(path), name=str(path))


@pytest.mark.parametrize("path", ON_A_PAGE, ids=str)
def test_a_page_extends_a_layout(path: Path) -> None:
    is_page = path.parts[0] not in {"layouts", "components"} and not path.name.startswith("_")
    if is_page:
        assert re.search(
            r"^\{% extends \"([a-z]+/)?layout[a-z_/]*\.html\" %\}$", _source(path), flags=re.MULTILINE
        )


def _source(path: Path) -> str:
    return (FOLDER / path).read_text("utf-8")
