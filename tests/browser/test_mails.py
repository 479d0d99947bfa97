"""Mails as mail programs show them: on a narrow phone and a wide screen, light and dark, and as axe reads them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from review_app.services.outbox import MailKind
from surveys.language import Language
from tests.browser.visitor import PICTURES, assert_accessible, assert_no_sideways_scroll
from tests.mail_samples import BOTH, ENGLISH, KINDS, mail_of, part

pytestmark = pytest.mark.browser

SCREENS = ((320, "light"), (375, "dark"), (1280, "light"))
LONG = "Gwasanaeth-Cyflogadwyedd-Arbenigol-De-Swydd-Efrog-a-Humber und Co"


def shown(page: Page, html: str) -> None:
    """Shows a mail and looks for what was fetched for it."""
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))
    page.set_content(html)
    assert_accessible(page)
    assert_no_sideways_scroll(page)
    assert fetched == []


@pytest.mark.parametrize("languages", [ENGLISH, BOTH], ids=["en", "cy+en"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_mail_fits_every_screen_and_axe_finds_nothing(
    browser: Browser, kind: MailKind, languages: Sequence[Language]
) -> None:
    html = part(mail_of(kind, languages, chain_name=LONG, steward_name=LONG), "html")
    for width, scheme in SCREENS:
        context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)  # type: ignore[arg-type]  # a literal of Playwright's
        page = context.new_page()
        shown(page, html)
        if PICTURES:
            name = f"{kind.value}-{len(languages)}-{width}-{scheme}.png"
            page.screenshot(path=Path(PICTURES) / name, full_page=True)
        context.close()


def test_what_a_program_leaves_out_of_a_mail_takes_nothing_from_its_readers(browser: Browser) -> None:
    # Gmail takes out the style element in some of its programs, and every class.
    html = part(mail_of(MailKind.INVITATION, BOTH), "html")
    bare = re.sub(r'<style>.*?</style>|\sclass="[^"]*"', "", html, flags=re.DOTALL)
    assert "<style" not in bare and "class=" not in bare
    page = browser.new_page(viewport={"width": 320, "height": 800})
    shown(page, bare)
    button = page.get_by_role("link", name="Say how it works for you")
    box = button.bounding_box()
    assert box is not None and box["height"] >= 44 and box["width"] >= 200
    page.context.close()
