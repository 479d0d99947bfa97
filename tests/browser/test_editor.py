"""An organiser writes an instrument: from a copy to a finished version and the next one, on a desk and on a phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from surveys import library
from tests.browser import journey
from tests.browser.conftest import Seat
from tests.browser.installation import Installation
from tests.browser.visitor import Visitor, assert_accessible, assert_no_sideways_scroll

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SOURCE = library.latest(library.FIRST_CHOICE)
PATH = f"/organiser/instruments/{SOURCE.id}/versions/{SOURCE.version}"
TITLE = "How we work"
OWN = "A partner on the prime"
STATEMENT = "We show our partners the parts of our main contract that affect their work."


@pytest.mark.parametrize("width", [1280, 375])
def test_an_instrument_is_copied_changed_finished_and_changed_again(
    width: int, seat: Seat, installation: Installation
) -> None:
    organiser = seat(installation.address, "editor", width=width)
    journey.sign_in(organiser, installation.organiser)
    copy_without_a_part(organiser)
    reword(organiser)
    change_the_rest(organiser)
    look_at_the_preview(organiser)
    finish_and_go_on(organiser)


def copy_without_a_part(organiser: Visitor) -> None:
    """A copy of the shipped instrument; first with a mistake."""
    organiser.go(PATH, to=SOURCE.title)
    organiser.says("23 statements")
    organiser.follow("Make a copy", to="Make a copy")
    organiser.fill({"Title of the copy": ""})
    organiser.page.locator("#parts-2b").uncheck()
    organiser.press("Make the copy", to="Make a copy", error=True)
    expect(organiser.page.locator("#parts-2b")).not_to_be_checked()
    organiser.fill({"Title of the copy": TITLE})
    organiser.press("Make the copy", to=TITLE)
    organiser.says("The copy is a draft with 15 statements. 8 statements of the original left out.")


def reword(organiser: Visitor) -> None:
    """A statement whose preview follows the keys, and that is remarked on after it was saved."""
    organiser.follow(STATEMENT, to="Change a statement")
    shown = organiser.page.locator("#wording-partner_on_prime-shown")
    expect(shown).to_have_text(re.compile("^Northern Bridge shows us"))
    organiser.fill({OWN: ""})
    expect(shown).to_have_text("They are not asked this.")
    organiser.fill({OWN: "{prime} shares its contract and its accounts with us."})
    expect(shown).to_have_text("Northern Bridge shares its contract and its accounts with us.")
    organiser.press("Save and look at it", to="Change a statement")
    organiser.says(re.compile("“and” may join two ideas"))
    expect(organiser.page.get_by_label(OWN, exact=True)).to_have_accessible_description(
        re.compile("^Remark: “and” may join two ideas")
    )
    organiser.fill({OWN: "{prime} shows us its {who}."})
    organiser.press("Save and look at it", to="Change a statement", error=True)
    organiser.fill({OWN: "{prime} shows us its contract."})
    organiser.press("Save and go back", to="Edit a part")


def change_the_rest(organiser: Visitor) -> None:
    """The order, a statement of one's own, one from the library, and the titles."""
    first = organiser.page.locator("tbody tr").first
    expect(first).to_contain_text(STATEMENT)
    organiser.press(re.compile("^Down"), to="Edit a part")
    expect(first).not_to_contain_text(STATEMENT)
    organiser.follow("Add a statement", to="Add a statement")
    organiser.fill({OWN: "{prime} answers our questions within a week."})
    organiser.press("Add this statement", to="Add a statement", error=True)
    organiser.page.locator('[id="practices-P2a.1"]').check()
    organiser.press("Add this statement", to="Change a statement")
    organiser.press("Save and go back", to="Edit a part")
    organiser.follow("Add from the library", to="Add from the library")
    organiser.page.locator("#chosen-shared-services").check()
    organiser.press("Add these statements", to="Edit a part")
    organiser.follow(re.compile("^Remove : "), to="Remove this statement")
    organiser.follow("Keep it", to="Edit a part")
    organiser.follow(TITLE, to=TITLE)
    organiser.follow("Titles and answers", to="Titles and answers")
    organiser.fill({"When it does not apply": ""})
    organiser.press("Save", to="Titles and answers")
    organiser.follow(TITLE, to=TITLE)


def look_at_the_preview(organiser: Visitor) -> None:
    """What a partner sees, in the frame and on a page of its own."""
    organiser.follow("Preview", to="As a phone shows it")
    organiser.follow(OWN, to="As a phone shows it")
    frame = organiser.page.frame_locator("iframe")
    expect(frame.get_by_text("Northern Bridge shows us its contract.")).to_be_visible()
    expect(frame.get_by_label("Does not apply to us")).to_have_count(0)
    frame.get_by_role("link", name="Next page").click()
    expect(frame.get_by_text("Page 2 of")).to_be_visible()
    expect(organiser.page.locator("h1")).to_have_text("As a phone shows it")
    window = organiser.context.new_page()
    window.goto(f"{organiser.address}{organiser.page.locator('iframe').get_attribute('src')}")
    assert_accessible(window)
    assert_no_sideways_scroll(window)
    window.close()
    organiser.follow(TITLE, to=TITLE)


def finish_and_go_on(organiser: Visitor) -> None:
    """A version is finished; the next one says what it changed."""
    organiser.follow("Finish this version", to="Finish this version")
    organiser.press("Finish this version", to=TITLE)
    organiser.says("Version 1 is finished. It can be used in a review.")
    name, content = organiser.download("Download as a file (YAML)")
    assert name == "how-we-work-1.yaml"
    assert library.load(content.decode(), name).title == TITLE
    organiser.press("Make a new version", to=TITLE)
    organiser.says("17 statements are word for word as in version 1.")
    organiser.follow(STATEMENT, to="Change a statement")
    organiser.fill({OWN: "{prime} shows us its contract with the commissioner."})
    organiser.press("Save and go back", to="Edit a part")
    organiser.follow(TITLE, to=TITLE)
    organiser.says(
        re.compile(r"^\s*16 statements are word for word as in version 1; 1 reworded."), "Reworded"
    )
