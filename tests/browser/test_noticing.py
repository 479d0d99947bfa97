"""While somebody writes a comment, the page says what in it could tell who wrote it; the server adds the names."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Seat
from tests.browser.installation import Installation
from tests.browser.journey import REVIEWS

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PEOPLE = {375: "jess.tolan@moorlandrecrui.example", 1280: "claire.dunmore@signpostmental.example"}


@pytest.mark.parametrize("width", PEOPLE)
def test_the_notice_follows_what_is_written(seat: Seat, open_review: Installation, width: int) -> None:
    visitor = seat(open_review.address, "noticing", width=width)
    page = visitor.page
    page.goto(f"{open_review.address}/r#{open_review.codes()[PEOPLE[width]]}")
    visitor.look(REVIEWS)
    page.locator(".rt-reviews a").first.click()
    box = page.locator("textarea")
    expect(page.get_by_role("button", name="Save and continue")).to_be_visible()
    while not box.count():
        _turn(page)
    notice = page.locator(".rt-noted")
    expect(notice).to_be_hidden()
    box.fill("They owe us £12,000 since 3 May, says Gary Laidlaw.")
    expect(notice).to_contain_text("“£12,000”, “3 May”")
    expect(page.get_by_role("status").filter(has_text="£12,000")).to_have_count(1)
    # The name comes with the answer to the save that the page makes by itself.
    expect(notice).to_contain_text("“Gary Laidlaw”")
    visitor.look(re.compile("."))
    _turn(page)
    page.go_back()
    page.reload()
    expect(notice).to_contain_text("“Gary Laidlaw”")
    visitor.look(re.compile("."))
    box.fill("They owe us a lot, says Gary Laidlaw.")
    expect(notice).to_contain_text("guess who wrote it: “Gary Laidlaw”.")
    box.fill("They owe us a lot.")
    expect(notice).to_be_hidden()


def _turn(page: Page) -> None:
    forward = page.get_by_role("button", name="Save and continue")
    # The page before may still be on its way here: only then is its address the one to leave.
    expect(forward).to_be_visible()
    here = page.url
    forward.click()
    # A click does not wait for the page that it leads to, and a second one on the old page would go nowhere.
    page.wait_for_url(lambda url: url != here)
