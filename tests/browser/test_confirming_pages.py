"""The pages between the draft and the launch, on a phone and at a desk: who is asked, what could be shown, the list."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from review_app import clock
from review_app.database import reading, transaction
from review_app.services import chains, confirming
from review_app.spreadsheet import read_chain
from tests.browser.conftest import Seat
from tests.browser.installation import Installation, running_installation
from tests.browser.visitor import Keyboard, Visitor
from tests.conftest import PASSWORD, SAMPLE, draft_on
from tests.servers import wait_for

pytestmark = [pytest.mark.browser, pytest.mark.slow]
WIDTHS = (375, 1280)
NEVER_ENDING = "x" * 200


@pytest.fixture(scope="module")
def draft(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Installation, str, str]]:
    """An installation with a draft on the sample's chain; the ids of the draft and of its page for partners."""
    with running_installation(tmp_path_factory.mktemp("draft")) as running:
        with running.app.app_context(), transaction() as session:
            chain = read_chain(SAMPLE.read_bytes(), SAMPLE.name, "Pathways North")
            chain_id = chains.keep(session, clock.now(), chain)
        cycle_id = draft_on(running.app, chain_id, running.organiser, running.steward)
        with running.app.app_context(), reading() as session:
            code = confirming.page_code(session, cycle_id, running.steward.id)
        yield running, cycle_id, code


def sign_in(visitor: Visitor, email: str, path: str, *, to: str) -> None:
    """Opens a page that asks to sign in first."""
    visitor.page.goto(f"{visitor.address}{path}")
    visitor.fill({"Email address": email, "Password": PASSWORD})
    visitor.press("Sign in", to=to)


def scrolls_sideways(page: Page, selector: str) -> bool:
    found: bool = page.locator(selector).evaluate("element => element.scrollWidth > element.clientWidth")
    return found


@pytest.mark.parametrize("width", WIDTHS)
def test_who_is_asked_and_what_could_be_shown_can_be_read_and_scrolled_by_keyboard(
    seat: Seat, draft: tuple[Installation, str, str], width: int
) -> None:
    running, cycle_id, _ = draft
    visitor = seat(running.address, "organiser", width=width)
    path = f"/organiser/reviews/{cycle_id}"
    sign_in(visitor, running.organiser.email, f"{path}/preview", to="Who is asked what")
    region = visitor.page.get_by_role("region", name="Who reviews whom, as a table")
    keys = Keyboard(visitor.page)
    keys.tab_to(region)
    # Only the map itself may be wider than a phone; the keys reach all of it.
    assert scrolls_sideways(visitor.page, ".rt-scroll") is (width == 375)
    if width == 375:
        visitor.page.keyboard.press("ArrowRight")
        wait_for(lambda: bool(region.evaluate("element => element.scrollLeft > 0")))
    keys.press(visitor.page.locator("summary").filter(has_text="All 40 people, by organisation"))
    expect(visitor.page.get_by_text("Sian Prosser", exact=False).first).to_be_visible()
    visitor.look("Who is asked what")
    keys.press(visitor.link("Go on: what a report could show"))
    visitor.look("What a report could show")
    visitor.says("There is a report even if only 3 in 10 answer.")
    assert visitor.page.locator(".rt-chances__one").evaluate_all(
        "all => all.every(one => one.scrollWidth <= one.clientWidth)"
    )


@pytest.mark.parametrize("width", WIDTHS)
def test_a_partner_asks_the_steward_asks_and_the_organiser_replies(
    seat: Seat, draft: tuple[Installation, str, str], width: int
) -> None:
    running, cycle_id, code = draft
    partner = seat(running.address, "partner", width=width)
    partner.go(f"/list/{code}", to="Is the right person asked?")
    partner.press("Send it to the steward", to="Is the right person asked?", error=True)
    keys = Keyboard(partner.page)
    keys.type(partner.page.get_by_label("Which organisation is it about?"), NEVER_ENDING)
    keys.type(partner.page.get_by_label("Who should be added, changed or taken out?"), NEVER_ENDING * 4)
    keys.press(partner.page.get_by_role("button", name="Send it to the steward"))
    partner.look("Is the right person asked?")
    partner.says("The steward has it now.")

    steward = seat(running.address, "steward", width=width)
    sign_in(steward, running.steward.email, f"/steward/reviews/{cycle_id}/list", to="Is the list right?")
    steward.press("Ask the organiser", to="Is the list right?", error=True)
    steward.page.get_by_label("What is it about?").select_option("Somebody who is missing")
    steward.fill({"Your question": f"Who speaks for Hull? {NEVER_ENDING}"})
    steward.press("Ask the organiser", to="Is the list right?")
    steward.press(re.compile("^Dealt with"), to="Is the list right?")

    organiser = seat(running.address, "organiser", width=width)
    sign_in(organiser, running.organiser.email, f"/organiser/reviews/{cycle_id}", to="Spring review")
    organiser.press("Reply", to="Spring review", error=True)
    organiser.page.get_by_label("Your reply about Somebody who is missing").fill(NEVER_ENDING * 3)
    organiser.press("Reply", to="Spring review")
    steward.go(f"/steward/reviews/{cycle_id}/list", to="Is the list right?")
    steward.press(re.compile("^Settle"), to="Is the list right?")
