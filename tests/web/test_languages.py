"""The language of the pages: the browser's wish, the switch, and what it does on a page with answers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from flask import Flask
from flask_babel import gettext, ngettext

from review_app.languages import COOKIE, day, init_languages, moment, use
from surveys.language import Language
from tests.pages import PageClient
from tools.catalogues import FOLDER

SUMMER = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)
PAGES = ("/", "/promise", "/r")


@pytest.mark.parametrize("path", PAGES)
def test_a_browser_that_prefers_welsh_is_spoken_to_in_welsh(client: PageClient, path: str) -> None:
    assert '<html lang="cy"' in client.get(path, headers={"Accept-Language": "cy, en;q=0.5"}).text


@pytest.mark.parametrize("wish", ["en-GB", "de, fr;q=0.5", "", "*"])
def test_everybody_else_is_spoken_to_in_english(client: PageClient, wish: str) -> None:
    assert '<html lang="en"' in client.get("/r", headers={"Accept-Language": wish}).text


@pytest.mark.parametrize("path", PAGES)
def test_the_switch_names_the_other_language_in_itself_and_stays(client: PageClient, path: str) -> None:
    assert "Cymraeg</button>" in client.get(path).text
    answer = client.post("/language", data={"language": "cy", "back": path})
    assert (answer.status_code, answer.location) == (303, path)
    page = client.get(path).text
    assert '<html lang="cy"' in page and "English</button>" in page
    client.post("/language", data={"language": "en", "back": path})
    assert '<html lang="en"' in client.get(path).text


@pytest.mark.parametrize(
    "back", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", ""]
)
def test_the_switch_leads_nowhere_else(client: PageClient, back: str) -> None:
    assert client.post("/language", data={"language": "cy", "back": back}).location == "/"


def test_an_unknown_language_changes_nothing(client: PageClient) -> None:
    answer = client.post("/language", data={"language": "<script>", "back": "/r"})
    assert (answer.status_code, answer.headers.get("Set-Cookie")) == (303, None)


def test_a_cookie_that_holds_no_language_is_english(app: Flask) -> None:
    client = app.test_client()
    client.set_cookie(COOKIE, "xx")
    assert '<html lang="en"' in client.get("/r").text


def test_the_pages_of_organisers_stay_english(client: PageClient) -> None:
    assert '<html lang="en"' in client.get("/sign-in", headers={"Accept-Language": "cy"}).text


def test_moments_are_told_in_local_time_and_in_the_language() -> None:
    assert moment(SUMMER, Language.ENGLISH) == "2 July 2026, 12:30am"
    assert moment(SUMMER, Language.WELSH) == "2 Gorffennaf 2026, 12:30yb"
    assert day(SUMMER, Language.ENGLISH) == "2 July 2026"


def test_the_labels_of_forms_are_in_welsh_too(client: PageClient) -> None:
    assert "Eich cyfeiriad e-bost" in client.get("/r/lost", headers={"Accept-Language": "cy"}).text


def test_a_translation_of_the_organisers_pages_needs_its_catalogue_alone(tmp_path: Path) -> None:
    welsh = Catalog(locale="cy")
    welsh.add("What to do next", "Beth i’w wneud nesaf")
    welsh.add("Your reviews", "Not the text of the respondent")
    compiled = tmp_path / "cy" / "LC_MESSAGES" / "organiser.mo"
    compiled.parent.mkdir(parents=True)
    with compiled.open("wb") as file:
        write_mo(file, welsh)
    with in_welsh(BABEL_TRANSLATION_DIRECTORIES=f"{tmp_path};{FOLDER};{FOLDER}"):
        assert gettext("What to do next") == "Beth i’w wneud nesaf"
        assert gettext("Your reviews") == "Eich adolygiadau"
        assert ngettext("%(num)s person", "%(num)s people", 3) == "3 pherson"
        assert gettext("Rename the chain") == "Rename the chain"


def test_without_that_catalogue_the_welsh_keeps_its_six_plurals(tmp_path: Path) -> None:
    with in_welsh(BABEL_TRANSLATION_DIRECTORIES=f"{tmp_path};{FOLDER};{FOLDER}"):
        assert gettext("What to do next") == "What to do next"
        assert ngettext("%(num)s person", "%(num)s people", 3) == "3 pherson"


@contextmanager
def in_welsh(**settings: str) -> Iterator[None]:
    """A request of a bare application whose pages are in Welsh."""
    app = Flask(__name__)
    app.config.update(settings)
    init_languages(app)
    with app.test_request_context():
        use(Language.WELSH)
        yield
