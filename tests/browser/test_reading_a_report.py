"""A report in a browser: read by links, on any width, in colours of one's own, on paper, without a script."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from reports.render import Assets, pdf_environment, render_standalone_html
from review_app.layout import report_font_folder, static_folder, template_folder
from tests import rich_sample
from tests.browser.visitor import assert_accessible, assert_no_sideways_scroll
from tests.report_samples import DIGEST

pytestmark = [pytest.mark.browser, pytest.mark.slow]
Reading = Callable[..., Page]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The rich sample as a file that stands alone, with the same body as the page."""
    assets = Assets(static=static_folder(), fonts=report_font_folder())
    made = tmp_path_factory.mktemp("report") / "report.html"
    html = render_standalone_html(rich_sample.rich(), DIGEST, pdf_environment(template_folder()), assets)
    made.write_text(html, encoding="utf-8")
    return made


@pytest.fixture
def reading(browser: Browser, file: Path) -> Iterator[Reading]:
    """Opens the report at a place in a window of its own."""
    with ExitStack() as stack:

        def opened(place: str = "", *, width: int, scripts: bool = False, **options: object) -> Page:
            context = browser.new_context(
                viewport={"width": width, "height": 900},
                java_script_enabled=scripts,
                **options,  # type: ignore[arg-type]
            )
            stack.callback(context.close)
            page = context.new_page()
            page.goto(f"{file.as_uri()}{place}")
            return page

        yield opened


@pytest.mark.parametrize("width", [320, 375, 768, 1000, 1280, 1800])
def test_a_report_with_many_groups_fits_every_width(width: int, reading: Reading) -> None:
    assert_no_sideways_scroll(reading(width=width, scripts=True))


@pytest.mark.parametrize("width", [375, 1280])
@pytest.mark.parametrize("colours", ["none", "active"])
def test_axe_finds_nothing_whether_the_tables_are_open_or_not(
    width: int, colours: str, reading: Reading
) -> None:
    page = reading(width=width, scripts=True, forced_colors=colours)
    assert_accessible(page)
    for summary in page.locator("summary").all():
        summary.click()
    assert_accessible(page)


def test_every_chapter_figure_table_and_statement_has_a_link_that_leads_to_it(reading: Reading) -> None:
    page = reading(width=1280)
    links = page.locator(".report-permalink, a.report-statement-number")
    places = [link.get_attribute("href") or "" for link in links.all()]
    assert len(places) == len(set(places))
    for kind in ("#part-", "#figure-", "#table-", "#statement-"):
        assert any(place.startswith(kind) for place in places)
    for place in places:
        expect(page.locator(place)).to_have_count(1)


def test_a_deep_link_shows_its_place_and_a_link_to_it_is_seen_on_focus(reading: Reading) -> None:
    page = reading("#figure-4", width=1280)
    expect(page.locator("#figure-4")).to_be_in_viewport()
    link = page.locator("#figure-4 .report-permalink")
    expect(link).to_have_css("opacity", "0")
    link.focus()
    expect(link).to_have_css("opacity", "1")


def test_the_contents_stay_in_sight_on_a_wide_screen_and_lead_back_on_a_narrow_one(reading: Reading) -> None:
    wide = reading("#statement-20", width=1280)
    expect(wide.locator("#contents")).to_be_in_viewport()
    narrow = reading("#statement-20", width=375)
    expect(narrow.locator("#contents")).not_to_be_in_viewport()
    narrow.get_by_role("link", name="Back to the contents").first.click()
    expect(narrow.locator("#contents")).to_be_in_viewport()


def test_every_chart_has_its_table_behind_it_without_a_script(reading: Reading) -> None:
    page = reading(width=375)
    tables = page.locator(".report-data")
    assert tables.count() >= page.locator("figure.report-figure").count() > 3
    for table in tables.all():
        expect(table.locator("table")).to_be_hidden()
        table.locator("summary").click()
        expect(table.locator("table")).to_be_visible()


def test_a_print_from_the_browser_has_the_tables_and_no_links_of_the_screen(
    reading: Reading, tmp_path: Path
) -> None:
    page = reading(width=1280)
    page.emulate_media(media="print")
    for table in page.locator(".report-data table").all():
        expect(table).to_be_visible()
    expect(page.locator(".report-permalink").first).to_be_hidden()
    printed = tmp_path / "printed.pdf"
    page.pdf(path=printed, format="A4")
    text = subprocess.run(["pdftotext", printed, "-"], capture_output=True, check=True, text=True).stdout
    assert "The own view is" in text
    assert "The figures of Figure 1 as a table" not in text
