"""Somebody answers with a script: what they type is kept as they go, by keys if they like, and is never lost."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Dialog, Locator, Page, expect

from surveys.instrument import Voice
from tests.browser import journey
from tests.browser.conftest import PATIENCE_MS, Seat
from tests.browser.installation import Installation
from tests.browser.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow]
VOICE = Voice.PARTNER_ON_PRIME
TITLE = journey.instrument().pages(VOICE)[0].section.title
SAVE = "Save and continue"
COMMENT = "Payment takes ninety days & nobody says <why>."
UNREACHED = "Not saved yet. Your text is still here. We keep trying."
PEOPLE = iter(
    (
        "piotr.zieliski@caldervalleytr.example",
        "olivia.marsh@horizonworkslt.example",
        "ken.adeyemi@horizonworkslt.example",
        "lucy.brandt@horizonworkslt.example",
        "stuart.hallam@pennineskillsg.example",
        "amy.cho@pennineskillsg.example",
        "marcus.bell@boroughcollege.example",
        "zo.farnsworth@humberenterpri.example",
        "abdul.karim@humberenterpri.example",
    )
)


@pytest.fixture
def person() -> str:
    """Somebody who has not answered in another test."""
    return next(PEOPLE)


def begin(visitor: Visitor, running: Installation, person: str) -> Page:
    """Opens the link and the first page of statements."""
    visitor.page.goto(f"{running.address}/r#{running.codes()[person]}")
    expect(visitor.page.locator("h1")).to_have_text(journey.REVIEWS)
    visitor.page.get_by_role("button", name=re.compile("^(Start|Go on)")).click()
    visitor.look(TITLE)
    return visitor.page


def radio(page: Page, card: int, place: int) -> Locator:
    """The radio at a place of a statement, both counted from 0."""
    return page.locator(".rt-card__question").nth(card).get_by_role("radio").nth(place)


def says(page: Page, words: str) -> None:
    """The line about saving says so, where it can be seen; it may take until the next try."""
    expect(page.locator("#saved")).to_have_text(words, timeout=PATIENCE_MS)
    expect(page.locator("#saved")).to_be_in_viewport()


def assert_kept(browser: Browser, running: Installation, person: str, *, comment: str, place: int) -> None:
    """On another device the same link shows what was chosen and typed on the first page."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{running.address}/r#{running.codes()[person]}")
    page.get_by_role("button", name=re.compile("^Go on")).click()
    page.goto(re.sub("/[^/]+$", "/1", page.url))
    expect(page.locator("textarea")).to_have_value(comment)
    expect(radio(page, 0, place)).to_be_checked()
    context.close()


@pytest.mark.parametrize("width", [320, 1280])
def test_what_is_answered_is_kept_as_it_is_answered(
    seat: Seat, browser: Browser, open_review: Installation, person: str, width: int
) -> None:
    visitor = seat(open_review.address, "autosave", width=width)
    page = begin(visitor, open_review, person)
    expect(page.locator("#saved")).to_be_empty()
    radio(page, 0, 1).check()
    says(page, "Saved")
    page.locator("textarea").fill(COMMENT)
    expect(page.locator("#saved")).to_be_empty()
    says(page, "Saved")
    visitor.look(TITLE)
    expect(page.get_by_role("status").filter(has_text=re.compile("^Saved$"))).to_have_count(1)
    assert_kept(browser, open_review, person, comment=COMMENT, place=1)
    # A comment that is too long is said to be, and what was kept before stays.
    page.locator("textarea").fill("x" * 501)
    says(page, "Not saved yet. Your comment is 1 character too long. Shorten it to 500 characters.")
    page.get_by_role("button", name=SAVE).first.click()
    visitor.look(TITLE, error=True)
    expect(page.locator("textarea")).to_have_value("x" * 501)


def test_nothing_is_lost_while_the_network_is_cut(
    seat: Seat, browser: Browser, open_review: Installation, person: str
) -> None:
    visitor = seat(open_review.address, "offline", width=375)
    visitor.expects += ("ERR_INTERNET_DISCONNECTED",)
    page = begin(visitor, open_review, person)
    visitor.context.set_offline(True)
    radio(page, 0, 4).check()
    page.locator("textarea").fill(COMMENT)
    says(page, UNREACHED)
    address = page.url
    page.get_by_role("button", name=SAVE).click()
    says(page, UNREACHED)
    visitor.look(TITLE)
    assert page.url == address
    expect(page.locator("textarea")).to_have_value(COMMENT)
    # Whoever would leave now is asked first; who is asked nothing has nothing to lose.
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    with page.expect_event("dialog"):
        page.get_by_role("link", name="Back", exact=True).click()
    assert asked == ["beforeunload"] and page.url == address
    visitor.context.set_offline(False)
    says(page, "Saved")
    assert_kept(browser, open_review, person, comment=COMMENT, place=4)
    page.get_by_role("link", name="Back", exact=True).click()
    expect(page.locator("h1")).to_have_text(journey.REVIEWS)
    assert asked == ["beforeunload"]


def test_a_link_that_this_browser_forgot_is_opened_in_another_tab_and_the_page_is_saved_after_all(
    seat: Seat, browser: Browser, open_review: Installation, person: str
) -> None:
    visitor = seat(open_review.address, "expired", width=375)
    visitor.expects += ("status of 400", "status of 409")
    page = begin(visitor, open_review, person)
    # The token of the page has expired: a new one comes with the refusal, and nobody notices.
    visitor.context.clear_cookies(name="session")
    radio(page, 0, 2).check()
    says(page, "Saved")
    visitor.context.clear_cookies()
    page.locator("textarea").fill(COMMENT)
    expect(page.locator("#saved")).to_contain_text("this browser does not know your link any more")
    page.get_by_role("button", name=SAVE).click()
    visitor.look(TITLE)
    expect(page.locator("textarea")).to_have_value(COMMENT)
    tab = visitor.context.new_page()
    tab.goto(f"{open_review.address}/r#{open_review.codes()[person]}")
    expect(tab.locator("h1")).to_have_text(journey.REVIEWS)
    tab.close()
    page.get_by_role("button", name=SAVE).click()
    expect(page.get_by_text("Page 2 of 6")).to_be_visible()
    assert_kept(browser, open_review, person, comment=COMMENT, place=2)


def test_keys_answer_and_lead_on_only_while_an_answer_has_the_focus(
    seat: Seat, open_review: Installation, person: str
) -> None:
    visitor = seat(open_review.address, "keys", width=1280)
    page = begin(visitor, open_review, person)
    expect(page.get_by_text("By keyboard: on an answer, press 1 to 5")).to_be_visible()
    expect(page.locator(".rt-card__question").first).to_have_accessible_description(
        re.compile("press 1 to 5")
    )
    page.keyboard.press("3")
    page.locator("textarea").press_sequentially("12345")
    expect(page.locator("textarea")).to_have_value("12345")
    assert page.locator(".rt-card__question :checked").count() == 0
    radio(page, 0, 0).focus()
    for keys in ("Control+2", "Alt+2", "Meta+2", "0", "9"):
        page.keyboard.press(keys)
    assert page.locator(".rt-card__question :checked").count() == 0
    page.keyboard.press("2")
    expect(radio(page, 0, 1)).to_be_checked()
    expect(radio(page, 1, 0)).to_be_focused()
    page.keyboard.press("7")
    expect(radio(page, 1, 6)).to_be_checked()
    expect(radio(page, 2, 0)).to_be_focused()
    # Back, and another answer.
    radio(page, 0, 1).focus()
    page.keyboard.press("5")
    expect(radio(page, 0, 4)).to_be_checked()
    expect(radio(page, 1, 6)).to_be_focused()
    expect(page.locator(".rt-card").nth(1)).to_be_in_viewport(ratio=1)
    radio(page, 4, 0).focus()
    page.keyboard.press("1")
    expect(radio(page, 4, 0)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Page 2 of 6")).to_be_visible()
    expect(radio(page, 0, 0)).to_be_focused()
    assert page.evaluate("scrollY") == 0
    # Who takes the mouse again finds the next page as it always was.
    page.get_by_role("button", name=SAVE).click()
    expect(page.get_by_text("Page 3 of 6")).to_be_visible()
    expect(page.locator("body")).to_be_focused()
    visitor.look(re.compile("."))


def test_a_copy_is_made_in_the_browser_alone(seat: Seat, open_review: Installation, person: str) -> None:
    visitor = seat(open_review.address, "copy", width=375)
    page = begin(visitor, open_review, person)
    radio(page, 0, 3).check()
    page.locator("textarea").fill(f"{COMMENT}\nNot once.")
    says(page, "Saved")
    page.goto(re.sub("/1$", "/check", page.url))
    visitor.look(journey.CHECK)
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    with page.expect_download() as started:
        page.get_by_role("button", name="Download a copy").click()
    assert started.value.suggested_filename == "my-answers.txt"
    copy = started.value.path().read_text("utf-8-sig")
    assert f"How {journey.PRIME} works with you" in copy
    assert (
        f"{journey.PRIME} shows us the parts of its main contract that affect our work.\n    Usually\n"
        in copy
    )
    assert f"    {COMMENT}\n    Not once.\n    (To be summed up)\n" in copy
    assert copy.count("    No answer\n") == 22
    assert [url for url in requests if not url.startswith("blob:")] == []
    page.emulate_media(media="print")
    for gone in ("Change", "Download a copy", "Send", "Leave"):
        expect(page.get_by_text(gone, exact=True).first).to_be_hidden()
    expect(page.get_by_text("Not once.")).to_be_visible()


def test_sending_waits_for_the_network_and_says_so(
    seat: Seat, open_review: Installation, person: str
) -> None:
    visitor = seat(open_review.address, "sending", width=1280)
    visitor.expects += ("ERR_INTERNET_DISCONNECTED",)
    page = begin(visitor, open_review, person)
    radio(page, 0, 3).check()
    says(page, "Saved")
    page.goto(re.sub("/1$", "/check", page.url))
    visitor.context.set_offline(True)
    page.get_by_role("button", name="Send", exact=True).click()
    says(page, "Not sent yet. Your answers are kept. Check your connection and send them once more.")
    visitor.look(journey.CHECK)
    visitor.context.set_offline(False)
    page.get_by_role("button", name="Send", exact=True).click()
    visitor.look(journey.RECEIVED)
