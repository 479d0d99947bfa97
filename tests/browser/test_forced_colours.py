"""A page of statements for eyes that need other colours, or everything twice as large."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from surveys.instrument import Voice
from tests.browser import journey
from tests.browser.conftest import Seat
from tests.browser.installation import Installation
from tests.browser.visitor import Keyboard, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ROOM = 6


@pytest.mark.parametrize("colours", ["active", "none"])
# The second is a window of 640 px at a zoom of 200 %, which leaves 320.
@pytest.mark.parametrize(("width", "zoom"), [(1280, 1), (320, 2)])
def test_every_answer_can_be_seen_and_told_apart(
    colours: str, width: int, zoom: int, seat: Seat, open_review: Installation
) -> None:
    visitor = seat(
        open_review.address,
        f"statements-{colours}-{zoom}",
        width=width,
        forced_colors=colours,
        device_scale_factor=zoom,
    )
    open_first_page(visitor, open_review)
    scale = journey.instrument().scale
    labels = [point.label for point in scale.points] + list(scale.opt_outs.values())
    cards = visitor.page.locator("fieldset.rt-card__question").all()
    assert len(cards) == len(journey.instrument().pages(Voice.PARTNER_ON_PRIME)[0].questions)
    for card in cards:
        expect(card).to_have_role("group")
        for label in labels:
            radio = card.get_by_role("radio", name=label, exact=True)
            expect(radio).to_have_count(1)
            assert_within_the_window(radio)
            assert_within_the_window(card.get_by_text(label, exact=True))
    assert_radios_show_what_they_are(visitor.page, cards[0])
    assert_focus_is_seen(visitor.page)


def open_first_page(visitor: Visitor, open_review: Installation) -> None:
    """The first page of statements, by the link's own fragment."""
    visitor.go(f"/r#{open_review.codes()[journey.RESPONDENT]}", to=journey.REVIEWS)
    visitor.follow(
        f"How {journey.PRIME} works with you",
        to=journey.instrument().pages(Voice.PARTNER_ON_PRIME)[0].section.title,
    )


def assert_within_the_window(target: Locator) -> None:
    """The target is drawn, and none of it lies beside the window."""
    expect(target).to_be_visible()
    box = target.bounding_box()
    size = target.page.viewport_size
    assert box is not None and size is not None
    assert box["width"] > 0 and box["height"] > 0
    assert box["x"] >= 0 and box["x"] + box["width"] <= size["width"]


def assert_radios_show_what_they_are(page: Page, card: Locator) -> None:
    """A radio is no blank, it looks the same as its neighbour, and another way once it is chosen."""
    points = card.locator(".rt-point input")
    # What another test chose is kept.
    points.nth(2).check()
    page.locator("h1").click()
    blank = picture(page, page.locator("h1"), room=0)
    before = [picture(page, points.nth(place)) for place in (0, 1)]
    points.nth(0).check()
    page.locator("h1").click()
    after = [picture(page, points.nth(place)) for place in (0, 1)]
    assert before[0] != blank
    assert after[0] != before[0], "a chosen answer looks like any other"
    assert after[1] == before[1]


def assert_focus_is_seen(page: Page) -> None:
    """Whatever the tab key leads to looks another way while it has the focus."""
    keyboard = Keyboard(page)
    for target, frame in focusable(page):
        page.locator("body").evaluate("() => document.activeElement.blur()")
        without = picture(page, frame)
        keyboard.tab_to(target)
        assert picture(page, frame) != without, f"the focus is not seen on {target}"


def focusable(page: Page) -> list[tuple[Locator, Locator]]:
    """One of each kind of thing that the tab key leads to, and what shows that it has the focus."""
    main = page.get_by_role("main")
    point = main.locator(".rt-point input").first
    alone = [
        page.locator(".rt-masthead__name"),
        page.locator(".rt-navigation a").first,
        page.locator(".rt-navigation button"),
        page.locator(".govuk-back-link"),
        main.locator("textarea"),
        main.get_by_role("radio", name="Sum it up"),
        main.get_by_role("button", name="Save and continue"),
        main.get_by_role("button", name="Save and come back later"),
        page.locator(".rt-foot a").first,
    ]
    return [(point, point.locator("xpath=..")), *((target, target) for target in alone)]


def picture(page: Page, target: Locator, *, room: int = ROOM) -> bytes:
    """What is drawn where the target is, and a little around it."""
    target.scroll_into_view_if_needed()
    box = target.bounding_box()
    assert box is not None
    x, y = max(0.0, box["x"] - room), max(0.0, box["y"] - room)
    clip = {"x": x, "y": y, "width": box["width"] + 2 * room, "height": box["height"] + 2 * room}
    return page.screenshot(clip=clip, animations="disabled", caret="hide")  # type: ignore[arg-type]
