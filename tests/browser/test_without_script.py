"""Somebody with an old telephone: no script, 320 px, and a code that is typed."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from surveys.answers import LONGEST_COMMENT
from surveys.instrument import Voice
from tests.browser import journey
from tests.browser.conftest import Seat
from tests.browser.installation import Installation
from tests.browser.journey import Answering, Mouse
from tests.browser.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SPOT_PROVIDER = "gloria.mensah@workwearbank.example"


def test_a_review_can_be_answered_without_script_at_320_px(seat: Seat, open_review: Installation) -> None:
    visitor = seat(open_review.address, "without-script", width=320, height=568, scripts=False)
    hands = Mouse(visitor.page)
    type_the_code(visitor, open_review.codes()[SPOT_PROVIDER])

    main = visitor.page.get_by_role("main")
    main.get_by_role("link", name=f"How {journey.PRIME} works with you").click()
    title = journey.instrument().pages(Voice.SPOT_PROVIDER_ON_PRIME)[0].section.title
    visitor.look(title)
    first = Answering(visitor, hands, [])
    first.page(iter((4, 4, 4, 4, 4)), comment="y" * (LONGEST_COMMENT + 1), button="Save and continue")
    visitor.look(title, error=True)
    visitor.page.locator(".govuk-error-summary a").click()
    comment = main.locator("textarea")
    expect(comment).to_have_value("y" * (LONGEST_COMMENT + 1))
    comment.fill("The gate code changes and nobody tells us.")
    visitor.press(
        "Save and continue", to=journey.instrument().pages(Voice.SPOT_PROVIDER_ON_PRIME)[1].section.title
    )

    chosen = first.chosen + journey.answer(visitor, hands, Voice.SPOT_PROVIDER_ON_PRIME, first_page=2)
    assert journey.checked_answers(visitor.page) == chosen
    visitor.press("Send", to=journey.RECEIVED)
    main.get_by_text("Go to the next review").click()
    journey.answer(visitor, hands, Voice.ANYONE_ON_CHAIN)
    visitor.press("Send", to=journey.RECEIVED)
    journey.say_how_it_was(visitor, hands, 1, 0)
    visitor.page.get_by_role("button", name="Leave").click()
    visitor.look("Open your reviews")


def type_the_code(visitor: Visitor, code: str) -> None:
    """First with a letter too few, then in small letters and without its hyphens."""
    visitor.go("/r", to="Open your reviews")
    visitor.fill({"Your code": code[:-1]})
    visitor.press("Continue", to="Open your reviews", error=True)
    visitor.says("This link or code does not open anything.")
    visitor.fill({"Your code": code.lower().replace("-", " ")})
    visitor.press("Continue", to=journey.REVIEWS)
