"""The map of a chain before somebody's eyes: as a picture where there is room, as a list where there is none."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from review_app import clock
from review_app.database import transaction
from review_app.services import chains
from review_app.spreadsheet import read_chain
from surveys.chain import Chain
from tests.browser.conftest import Seat
from tests.browser.installation import Installation
from tests.browser.visitor import Visitor
from tests.chain_samples import large_chain
from tests.conftest import PASSWORD, SAMPLE

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SMALLEST_LETTERS = 11


def test_a_chain_of_any_size_is_read_on_a_desk_on_a_phone_and_without_colours(
    seat: Seat, installation: Installation
) -> None:
    sample = read_chain(SAMPLE.read_bytes(), SAMPLE.name, "Pathways North")
    addresses = {chain.name: keep(installation, chain) for chain in (sample, large_chain())}
    for width, colours in ((1280, "none"), (375, "none"), (1280, "active")):
        visitor = seat(installation.address, f"map-{colours}", width=width, forced_colors=colours)
        sign_in(visitor, installation)
        for name, address in addresses.items():
            visitor.go(address, to=name)
            assert_read(visitor, is_wide=width > 700)


def keep(installation: Installation, chain: Chain) -> str:
    """The address of the page of a chain that is now in the database."""
    with installation.app.app_context(), transaction() as session:
        return f"/organiser/chains/{chains.keep(session, clock.now(), chain)}"


def sign_in(visitor: Visitor, installation: Installation) -> None:
    """Signs the organiser in."""
    visitor.go("/sign-in", to="Sign in")
    visitor.fill({"Email address": installation.organiser.email, "Password": PASSWORD})
    visitor.page.get_by_role("main").get_by_role("button", name="Sign in").click()
    visitor.page.wait_for_url("**/organiser")


def assert_read(visitor: Visitor, *, is_wide: bool) -> None:
    """Either the picture is there whole, with letters that can be read, or the list in its place; and the table."""
    page = visitor.page
    region = page.get_by_role("region", name="Map of the chain")
    expect(region).to_be_visible(visible=is_wide)
    expect(page.locator(".rt-map__tree")).to_be_visible(visible=not is_wide)
    if is_wide:
        frame, picture, least = region.evaluate(
            """region => [region.clientWidth, region.scrollWidth, Math.min(...Array.from(
                 region.querySelectorAll("text"), text => parseFloat(getComputedStyle(text).fontSize)
                 * text.getScreenCTM().a))]"""
        )
        assert picture <= frame
        assert least >= SMALLEST_LETTERS
        region.focus()
        expect(region).to_be_focused()
    page.get_by_text("The map as a table").click()
    expect(page.get_by_role("table").first).to_be_visible()
    visitor.look(page.locator("h1").inner_text())
