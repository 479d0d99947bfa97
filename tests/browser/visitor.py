"""Somebody at a browser. Every page that they come to is looked at: heading, accessibility, width, noise, a picture."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from time import monotonic

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, ConsoleMessage, Download, Locator, Page, Request, expect

# Where to keep a picture of each page; nowhere unless somebody wants to look at them.
PICTURES = os.environ.get("SCREENSHOTS_DIR")
# The one frame of ours holds a mail, in which no script may run; it is looked at by itself.
_AXE_OPTIONS = {"resultTypes": ["violations"], "iframes": False}
_SCRIPT = re.compile(r"<script\b.*?</script>", re.DOTALL)
# What the title of a page with faults begins with, by its language.
_ERROR_TITLES = {"en": "Error: ", "cy": "Gwall: "}
MOST_STOPS = 150
SECONDS_FOR_FONTS = 20
# What lies beyond the right edge of the window.
_TOO_WIDE = """[...document.querySelectorAll('*')]
  .filter((one) => one.getBoundingClientRect().right > document.documentElement.clientWidth + 0.5)
  .map((one) => `${one.tagName} ${one.className}`)"""
Named = str | re.Pattern[str]


def assert_accessible(page: Page, *, without: Iterable[str] = ()) -> None:
    """Axe finds nothing on the page, by all of its rules but those named."""
    off = {rule: {"enabled": False} for rule in without}
    found = Axe().run(page, options={**_AXE_OPTIONS, "rules": off})
    assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"


def assert_no_sideways_scroll(page: Page) -> None:
    """The page is no wider than its window, once its fonts are there."""
    widths = (
        "[document.documentElement.scrollWidth, document.documentElement.clientWidth, document.fonts.status]"
    )
    end = monotonic() + SECONDS_FOR_FONTS
    while True:
        wide, room, fonts = page.evaluate(widths)
        if wide <= room:
            return
        # Until then the letters are another font's, which may be wider.
        if fonts == "loaded" or monotonic() > end:
            raise AssertionError(
                f"{page.url} is {wide} px wide in a window of {room} px: {page.evaluate(_TOO_WIDE)}"
            )
        page.wait_for_timeout(50)


@dataclass
class Visitor:
    """A person with a browser window of their own.

    ``twin``: a page with scripts that axe can run in, for a visitor who has none. ``expects``: parts of what the
    browser may complain about, because the test breaks it.
    """

    page: Page
    address: str
    name: str
    twin: Page | None = None
    noise: list[str] = field(default_factory=list)
    expects: tuple[str, ...] = ("status of 422",)
    _number: count[int] = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.noise.append(f"a script failed: {error}"))
        self.page.on("request", self._notice)

    @property
    def context(self) -> BrowserContext:
        """The cookies and windows of this person."""
        return self.page.context

    def go(self, path: str, *, to: Named) -> None:
        """Opens an address of ours."""
        self.page.goto(f"{self.address}{path}")
        self.look(to)

    def follow(self, link: Named, *, to: Named) -> None:
        """Clicks a link of the content; the first, where several are called so."""
        self.link(link).click()
        self.look(to)

    def press(self, button: Named, *, to: Named, error: bool = False) -> None:
        """Clicks a button of the content."""
        self.page.get_by_role("main").get_by_role("button", name=button).first.click()
        self.look(to, error=error)

    def link(self, name: Named) -> Locator:
        """A link of the content."""
        return self.page.locator(".rt-main").get_by_role("link", name=name).first

    def fill(self, fields: Mapping[str, str]) -> None:
        """Types into fields, by their labels."""
        for label, text in fields.items():
            self.page.get_by_label(label, exact=True).fill(text)

    def choose(self, *labels: str) -> None:
        """Ticks boxes and radios, by their labels."""
        for label in labels:
            self.page.get_by_label(label, exact=True).check()

    def download(self, link: Named) -> tuple[str, bytes]:
        """The name and the content of the file that a link gives."""
        with self.page.expect_download() as started:
            self.link(link).click()
        return _content(started.value)

    def says(self, *texts: Named) -> None:
        """Each text stands in the content, where it can be seen."""
        for text in texts:
            expect(self.page.get_by_role("main").get_by_text(text).filter(visible=True).first).to_be_visible()

    def look(self, heading: Named, *, error: bool = False) -> None:
        """Checks the page that has come."""
        expect(self.page.locator("h1")).to_have_text(heading)
        # The heading may be there before the style sheet is, and nothing can be measured until then.
        self.page.wait_for_load_state("load")
        self._check_title(error=error)
        assert_no_sideways_scroll(self.page)
        self._assert_accessible()
        assert self.noise == []
        if PICTURES:
            self._picture()

    def look_into(self, frame: Locator) -> None:
        """Checks what a frame holds, in a window of its own."""
        content = self.context.request.get(f"{self.address}{frame.get_attribute('src')}").text()
        window = self.context.new_page()
        window.set_content(content)
        # The main landmark is the mail program's, not the mail's.
        assert_accessible(window, without=("landmark-one-main", "region"))
        assert_no_sideways_scroll(window)
        window.close()

    def _check_title(self, *, error: bool) -> None:
        heading = " ".join(self.page.locator("h1").inner_text().split())
        before = _ERROR_TITLES[self.page.locator("html").get_attribute("lang") or ""] if error else ""
        expect(self.page).to_have_title(re.compile(f"^{before}{re.escape(heading)}"))
        summary = self.page.locator(".govuk-error-summary")
        expect(summary).to_have_count(int(error))
        if error and self.twin is None:
            expect(summary).to_be_focused()

    def _assert_accessible(self) -> None:
        if self.twin is None:
            assert_accessible(self.page)
            return
        # What this person sees, in a window in which axe can run.
        markup = _SCRIPT.sub("", self.page.content())
        self.twin.route(self.page.url, lambda route: route.fulfill(body=markup, content_type="text/html"))
        self.twin.goto(self.page.url)
        assert_accessible(self.twin)
        self.twin.unroute(self.page.url)

    def _hear(self, message: ConsoleMessage) -> None:
        # A refused form answers 422, which the browser calls an error too.
        if message.type in {"error", "warning"} and not any(part in message.text for part in self.expects):
            self.noise.append(message.text)

    def _notice(self, request: Request) -> None:
        if not request.url.startswith((f"{self.address}/", "data:", "blob:")):
            self.noise.append(f"something was fetched from {request.url}")

    def _picture(self) -> None:
        words = re.sub(r"\W+", "-", self.page.title().removesuffix(" – Roundtable").lower())[:60].strip("-")
        folder = Path(PICTURES or "")
        folder.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(
            path=folder / f"{self.name}-{next(self._number):02}-{words}.png",
            full_page=True,
            animations="disabled",
        )


@dataclass
class Keyboard:
    """The keys, for somebody who uses nothing else."""

    page: Page

    def tab_to(self, target: Locator) -> None:
        """Goes on by the tab key until the target has the focus; it must be seen there."""
        for _ in range(MOST_STOPS):
            if target.evaluate("element => element === document.activeElement"):
                expect(target).to_be_in_viewport()
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"The tab key does not lead to {target}.")

    def press(self, target: Locator) -> None:
        """Goes to a link or a button and presses it."""
        self.tab_to(target)
        self.page.keyboard.press("Enter")

    def choose(self, first: Locator, place: int) -> None:
        """Goes to a group of radios and chooses the one at a place, counted from 0."""
        self.tab_to(first)
        self.page.keyboard.press("Space")
        for _ in range(place):
            self.page.keyboard.press("ArrowDown")

    def type(self, target: Locator, text: str) -> None:
        """Goes to a field and types."""
        self.tab_to(target)
        self.page.keyboard.type(text)


def _content(download: Download) -> tuple[str, bytes]:
    return download.suggested_filename, download.path().read_bytes()
