"""The questionnaires and what they cover, in a real browser, wide and narrow, with and without script."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from review_app.web.organiser.library import newest
from tests.browser.conftest import Seat
from tests.browser.installation import Installation
from tests.conftest import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.slow]
HOME = "What to do next"


@pytest.mark.parametrize(("width", "scripts"), [(1280, True), (375, False)])
def test_an_organiser_reads_the_questionnaires_and_what_they_cover(
    width: int, scripts: bool, seat: Seat, open_review: Installation
) -> None:
    instrument = newest()[0]
    visitor = seat(open_review.address, "library", width=width, scripts=scripts)
    visitor.go("/sign-in", to="Sign in")
    visitor.fill({"Email address": open_review.organiser.email, "Password": PASSWORD})
    visitor.press("Sign in", to=HOME)
    visitor.follow("The questionnaires", to="Questionnaires")
    visitor.says(instrument.purpose, *(found.title for found in newest()))
    visitor.follow(instrument.title, to=instrument.title)
    visitor.page.get_by_label("As they are put to").select_option(label="Anyone on the chain")
    visitor.press("Show", to=instrument.title)
    visitor.says("Organisations in the chain")
    expect(visitor.page.get_by_text("The prime shows us")).to_have_count(0)
    name, content = visitor.download("PDF")
    assert name.startswith(instrument.id) and content.startswith(b"%PDF")
    visitor.go("/organiser/instruments/coverage", to="What the questionnaires cover")
    row = visitor.page.get_by_role("row").filter(has_text="P2a.2")
    row.locator("summary").click()
    expect(row.get_by_text("Paid order by order")).to_be_visible()
    visitor.page.get_by_label("Voice").select_option(label="A spot provider on the prime")
    visitor.press("Show", to="What the questionnaires cover")
    visitor.says("Paid order by order")
