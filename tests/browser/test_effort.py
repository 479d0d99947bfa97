"""How many keys or clicks a review of 23 statements takes, from the list of reviews to the receipt.

Before the keys 1 to 5, the way past the comment and the way to the sending it was 148 keys; the clicks were 31 too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Locator, Page, expect

from surveys.instrument import Voice
from tests.browser import journey
from tests.browser.conftest import Seat
from tests.browser.installation import Installation
from tests.browser.visitor import MOST_STOPS

pytestmark = [pytest.mark.browser, pytest.mark.slow]
VOICE = Voice.PARTNER_ON_PRIME
STATEMENTS = 23
# "Usually", the fourth of five.
PLACE = 3


Answer = Callable[["Hand", list[Locator]], None]


@dataclass
class Hand:
    """Presses keys or clicks, and counts it."""

    page: Page
    count: int = 0

    def key(self, name: str) -> None:
        self.page.keyboard.press(name)
        self.count += 1

    def click(self, target: Locator) -> None:
        target.click()
        self.count += 1

    def skip(self) -> None:
        """Goes past the head of a page, unless this browser stands behind it already."""
        if not self.page.url.endswith("#main"):
            self.key("Tab")
            self.key("Enter")

    def press(self, target: Locator) -> None:
        """Goes to a link or a button by the tab key and presses it."""
        for _ in range(MOST_STOPS):
            if is_focused(target):
                self.key("Enter")
                return
            self.key("Tab")
        raise AssertionError(f"The tab key does not lead to {target}.")


def is_focused(target: Locator) -> bool:
    return bool(target.evaluate("element => element === document.activeElement"))


def with_keys(hand: Hand, cards: list[Locator]) -> None:
    """Each statement by one key, which leads on to the next."""
    if not is_focused(cards[0].get_by_role("radio").first):
        hand.skip()
        hand.key("Tab")
    for card in cards:
        hand.key(str(PLACE + 1))
        expect(card.get_by_role("radio").nth(PLACE)).to_be_checked()
    hand.key("Enter")


def with_arrows(hand: Hand, cards: list[Locator]) -> None:
    """Each statement by the keys that a browser has for radios."""
    hand.skip()
    for card in cards:
        hand.key("Tab")
        for _ in range(PLACE):
            hand.key("ArrowDown")
        expect(card.get_by_role("radio").nth(PLACE)).to_be_checked()
    hand.key("Enter")


def with_mouse(hand: Hand, cards: list[Locator]) -> None:
    for card in cards:
        hand.click(card.locator("label").nth(PLACE))
    hand.click(hand.page.get_by_role("main").get_by_role("button", name="Save and continue"))


# Who answers; how, with or without scripts; how many keys or clicks it takes.
WAYS = (
    ("jo.mistry@caldervalleytr.example", with_keys, True, 43),
    ("nadia.rahman@tynesteps.example", with_arrows, False, 109),
    ("owain.pugh@brightfuturesy.example", with_mouse, True, 31),
    ("hannah.lyle@brightfuturesy.example", with_mouse, False, 31),
)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: f"{way[1].__name__}-{way[2]}")
def test_a_review_of_23_statements_takes_no_more_than_this(
    seat: Seat, open_review: Installation, way: tuple[str, Answer, bool, int]
) -> None:
    person, answer, scripts, expected = way
    visitor = seat(open_review.address, "effort", width=1280, scripts=scripts)
    page, hand = visitor.page, Hand(visitor.page)
    page.goto(f"{open_review.address}/r")
    page.get_by_label("Your code").fill(open_review.codes()[person])
    page.get_by_role("button", name="Continue").click()
    arrive(page, journey.REVIEWS)
    main = page.get_by_role("main")
    act = hand.click if answer is with_mouse else press_after_skip(hand)
    act(main.get_by_role("button", name="Start"))
    pages = journey.instrument().pages(VOICE)
    for asked in pages:
        expect(page.get_by_text(f"Page {asked.number} of {len(pages)}")).to_be_visible()
        arrive(page, asked.section.title)
        answer(hand, main.locator(".rt-card__question").all())
    arrive(page, journey.CHECK)
    assert len(journey.checked_answers(page)) == STATEMENTS
    if answer is not with_mouse:
        act(main.get_by_role("link", name="Go to sending"))
    (hand.click if answer is with_mouse else hand.press)(main.get_by_role("button", name="Send", exact=True))
    arrive(page, journey.RECEIVED)
    assert hand.count == expected


def press_after_skip(hand: Hand) -> Callable[[Locator], None]:
    def press(target: Locator) -> None:
        hand.skip()
        hand.press(target)

    return press


def arrive(page: Page, heading: str) -> None:
    expect(page.locator("h1")).to_have_text(heading)
    page.wait_for_load_state("load")
