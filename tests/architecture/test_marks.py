"""Every text of a page is marked for translation, but for the templates that are still to be done."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from flask import Flask

from review_app import web
from review_app.layout import template_folder
from review_app.templating import PageEnvironment
from tests.unmarked import placeholders_of_lazy_texts, unmarked, unmarked_in_code

FOLDER = template_folder()
PAGES = Path(web.__file__).parent
MODULES = sorted(path.relative_to(PAGES) for path in PAGES.rglob("*.py"))
TEMPLATES = sorted(path.relative_to(FOLDER) for path in FOLDER.rglob("*.html"))
# This list only ever gets shorter: a template that was marked leaves it, and no new one enters.
NOT_YET = {
    "organiser": ("instrument_seen.html",),
    "reports": ("questionnaire.html",),
}
# What a lazy text is given to stand in it: numbers alone.
NUMBERS = frozenset({"count", "least", "most"})
ENVIRONMENT = PageEnvironment(Flask(__name__))


@pytest.mark.parametrize("path", TEMPLATES, ids=str)
def test_every_text_of_a_template_is_marked(path: Path) -> None:
    found = unmarked(ENVIRONMENT, (FOLDER / path).read_text("utf-8"))
    if path.name in NOT_YET.get(path.parent.as_posix(), ()):
        assert found, "all of it is marked: take it out of NOT_YET"
    else:
        assert not found, "\n".join(found)


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_every_text_of_a_module_of_pages_is_marked(path: Path) -> None:
    found = unmarked_in_code((PAGES / path).read_text("utf-8"))
    assert not found, "\n".join(found)


def test_what_is_still_to_be_marked_exists() -> None:
    assert _paths(NOT_YET) <= set(TEMPLATES)


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_a_lazy_text_never_holds_what_somebody_typed(path: Path) -> None:
    # Flask-Babel's lazy texts say of themselves that they are HTML, so what stands in them is drawn unescaped.
    assert placeholders_of_lazy_texts((PAGES / path).read_text("utf-8")) <= NUMBERS


@pytest.mark.parametrize(
    "source",
    [
        "<p>Who is asked</p>",
        "<p>{{ name }} approves</p>",
        "<p>{{ _('Marked') }} or {{ name }}</p>",
        "<p>{{ 'draft' if is_draft else name }}</p>",
        "<p>{{ name or 'nobody' }}</p>",
        "<p>{{ 'of ' ~ name }}</p>",
        '<a class="{{ kind }}" aria-label="The way back" href="/">{{ name }}</a>',
        '<img src="{{ address }}" alt="A map">',
        '<meta name="description" content="What people said">',
        '<input type="submit" value="save">',
        '<td data-label="Works for">{{ name }}</td>',
        "{{ page_title('Reviews') }}",
        "{{ page_title('Change ' ~ name) }}",
        "{{ cell('whom it works for') }}",
        "{{ table(['Review', 'Chain']) }}",
        "{{ go(address, text='Add a person') }}",
        "{{ _('%(what)s is saved.', what='The chain') }}",
        "{% set words = {'draft': 'Draft'} %}",
        "{% call table('Chains') %}{{ name }}{% endcall %}",
        "{% macro title(text='Your name') %}{{ text }}{% endmacro %}",
        "{% for text in ['First of all'] %}{{ text }}{% endfor %}",
        "{% trans %}Marked{% endtrans %} and not",
    ],
)
def test_a_text_without_a_mark_is_found(source: str) -> None:
    assert unmarked(ENVIRONMENT, source)


@pytest.mark.parametrize(
    "source",
    [
        "<p>{{ _('Who is asked') }}</p>",
        "<p>{% trans name=name %}{{ name }} approves{% endtrans %}</p>",
        "<p>{% trans count=many %}{{ count }} person{% pluralize %}{{ count }} people{% endtrans %}</p>",
        "<p>{{ ngettext('%(num)s person', '%(num)s people', many) }}</p>",
        "<p>{{ title }} – Roundtable: {{ '{:,}'.format(12) }}</p>",
        '<p class="rt-lead {% if is_wide %}wide{% endif %}">{{ name }}</p>',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<input type="hidden" name="checked" value="The name">',
        '<a href="{{ url_for("organiser.chain", title="A chain") }}">{{ name }}</a>',
        "{{ go(address, _('Add a person'), kind='secondary', classes='rt-wide plain') }}",
        "{% if state == 'Not yet' %}{{ words['The state'] }}{% endif %}",
        '{% extends "layouts/page.html" %}{% from "components/layout.html" import page_title %}',
        "{# Said to whoever reads the source. #}",
        "<script src='/a.js'>Not for people</script>",
    ],
)
def test_what_is_marked_or_not_for_people_is_left_alone(source: str) -> None:
    assert not unmarked(ENVIRONMENT, source)


@pytest.mark.parametrize(
    "source",
    [
        "flash('The chain is saved.')",
        "title = 'Draft'",
        "title = f'{name} approves it next.'",
        "title = _('%(what)s is saved.', what='The chain')",
        "name = StringField('Name of the chain')",
        "steps.later('Draft a review', hint)",
        "html = '<p class=\"lead\">Nobody has been asked</p>'",
    ],
)
def test_a_text_of_code_without_a_mark_is_found(source: str) -> None:
    assert unmarked_in_code(source)


@pytest.mark.parametrize(
    "source",
    [
        "'The docstring of a module.'",
        "title = _('Draft a review')",
        "title = N_('Draft a review')",
        "name = StringField(later('Name of the chain'))",
        "steps.later(_('Draft a review'), hint)",
        "text = ngettext('%(num)s person', '%(num)s people', many)",
        "is_known = state == 'Not there'",
        "pattern = re.compile(r'row of many')",
        "render_template('organiser/chain.html', state='closing')",
        "policy = \"default-src 'none'; img-src data:\"",
        "html = html.replace('<head>', '<head><base target=\"_top\">')",
    ],
)
def test_code_that_is_marked_or_not_for_people_is_left_alone(source: str) -> None:
    assert not unmarked_in_code(source)


def _paths(listed: Mapping[str, tuple[str, ...]]) -> set[Path]:
    return {Path(folder, name) for folder, names in listed.items() for name in names}
