"""A real browser, people who sit at it, and an installation for them to visit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from surveys.language import BILINGUAL
from tests.browser.installation import Installation, running_installation, running_review
from tests.browser.visitor import Visitor
from tools.machine import chromium

# A shared machine may be slow; a page that needs longer than this is broken.
PATIENCE_MS = 30_000
ARGUMENTS = (
    *("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"),
    *("--disable-component-update", "--disable-sync"),
)
Seat = Callable[..., Visitor]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, without a window."""
    path = chromium()
    assert path is not None, "Chromium is not installed (make test does it)"
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield running
        running.close()


@pytest.fixture
def seat(browser: Browser) -> Iterator[Seat]:
    """Seats somebody before a window of their own: ``seat(address, name, width=...)``.

    ``scripts``: whether pages may run any. ``options``: what else Playwright takes for a context.
    """
    with ExitStack() as stack:

        def seated(
            address: str, name: str, *, width: int, height: int = 900, scripts: bool = True, **options: object
        ) -> Visitor:
            def window(scripts: bool) -> Page:
                context = browser.new_context(
                    viewport={"width": width, "height": height},
                    java_script_enabled=scripts,
                    locale="en-GB",
                    reduced_motion="reduce",
                    **options,  # type: ignore[arg-type]
                )
                context.set_default_timeout(PATIENCE_MS)
                stack.callback(context.close)
                return context.new_page()

            twin = None if scripts else window(True)
            return Visitor(window(scripts), address, f"{name}-{width}", twin)

        yield seated


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    """An empty installation of one test's own."""
    with running_installation(tmp_path) as running:
        yield running


@pytest.fixture(scope="session")
def open_review(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """An installation with an open review whose mails are sent. Each test answers as somebody else."""
    with running_review(tmp_path_factory.mktemp("open")) as running:
        yield running


@pytest.fixture(scope="session")
def bilingual_review(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """The same in English and Welsh."""
    with running_review(tmp_path_factory.mktemp("bilingual"), languages=BILINGUAL) as running:
        yield running
