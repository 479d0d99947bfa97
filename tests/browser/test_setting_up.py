"""An organiser sets a review up alone, in every perspective, from an empty installation on; then repeats it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser import journey
from tests.browser.conftest import Seat
from tests.browser.installation import Installation
from tests.browser.journey import PLAN, PREFLIGHT, TITLE
from tests.browser.visitor import Visitor
from tests.conftest import SAMPLE

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ALL_PERSPECTIVES = (
    "Each partner on itself",
    f"{journey.PRIME} on each partner",
    "Tier-1 partners and their subcontractors on each other",
)
REASON = "It is the first review of each partner, and the next ones will be short."
LIST = "Is the list right?"
NEW_PERSON = "Ada Okoro"


@pytest.mark.parametrize(("width", "scripts"), [(1280, True), (375, False)])
def test_a_review_of_everybody_is_set_up_confirmed_launched_and_repeated(
    seat: Seat, installation: Installation, width: int, scripts: bool
) -> None:
    organiser = seat(installation.address, "setting-up", width=width, scripts=scripts)
    steward = seat(installation.address, "confirming", width=width, scripts=scripts)
    partner = seat(installation.address, "correcting", width=width, scripts=scripts)

    journey.sign_in(organiser, installation.organiser)
    import_the_chain(organiser)
    draft_every_perspective(organiser, installation.steward.name)
    give_a_reason(organiser)
    check_what_could_be_shown(organiser)

    journey.sign_in(steward, installation.steward)
    steward.follow(f"{TITLE}, {journey.CHAIN}", to=TITLE)
    steward.follow("Check the list", to=LIST)
    address = steward.page.locator(".rt-address a").first.get_attribute("href") or ""
    ask_for_a_correction(partner, address.removeprefix(installation.address))
    confirm(steward, organiser, installation)

    launch_and_repeat(organiser, installation)


def import_the_chain(organiser: Visitor) -> None:
    organiser.follow("Import a chain", to="Import a chain")
    organiser.fill({"Name of the chain": journey.CHAIN})
    organiser.page.get_by_label("Spreadsheet").set_input_files(SAMPLE)
    organiser.press("Check the file", to="Check the chain")
    organiser.press("Save this chain", to=journey.CHAIN)


def draft_every_perspective(organiser: Visitor, steward: str) -> None:
    """Begins with a cap that nobody can keep."""
    organiser.follow("Draft a review", to="Draft a review")
    year = organiser.page.get_by_label("Year", exact=True)
    organiser.fill({"Title of the review": TITLE, "Day": "1", "Month": "1"})
    organiser.fill({"Year": str(int(year.input_value()) + 1), "Most reviews asked of one person": "1"})
    organiser.page.get_by_label("Steward", exact=True).select_option(label=steward)
    organiser.choose(*ALL_PERSPECTIVES, "This server can open them (one host)")
    organiser.press("Keep the draft", to="Draft a review", error=True)
    organiser.says("One person can be asked for 2 to 20 reviews at most.")
    organiser.fill({"Most reviews asked of one person": "8"})
    organiser.press("Keep the draft", to=TITLE)


def give_a_reason(organiser: Visitor) -> None:
    """The prime's people would need more than twenty minutes; the draft asks for the reason then."""
    organiser.follow("Check who is asked", to=PLAN)
    organiser.says(re.compile("people are asked for more than 20 minutes"), "Tier-1 partners as buyers")
    organiser.follow(TITLE, to=TITLE)
    organiser.follow("Draft the review", to="Change the review")
    organiser.fill({"Why somebody is asked for more than 20 minutes": REASON})
    organiser.press("Keep the changes", to=TITLE)


def check_what_could_be_shown(organiser: Visitor) -> None:
    organiser.follow("Check what a report could show", to=PREFLIGHT)
    organiser.says(
        "There can be a report.",
        "A report on Tier-1 partners as buyers",
        "Reports on single partners",
        re.compile("It is shown on its own once"),
    )
    organiser.follow(TITLE, to=TITLE)


def ask_for_a_correction(partner: Visitor, path: str) -> None:
    """A partner, without any account, asks the steward to add somebody."""
    partner.go(path, to="Is the right person asked?")
    partner.press("Send it to the steward", to="Is the right person asked?", error=True)
    partner.fill(
        {
            "Which organisation is it about?": "Tyne Steps",
            "Who should be added, changed or taken out?": f"Please add {NEW_PERSON}, our new director.",
        }
    )
    partner.press("Send it to the steward", to="Is the right person asked?")
    partner.says("The steward has it now. The prime does not see it.")


def confirm(steward: Visitor, organiser: Visitor, installation: Installation) -> None:
    """The steward adds the person, asks the organiser something, and approves once nothing is open."""
    steward.page.reload()
    steward.look(LIST)
    steward.says(f"Please add {NEW_PERSON}, our new director.")
    steward.follow("Add somebody to the list", to="Add somebody to the list")
    steward.fill({"Name": NEW_PERSON, "Email address": "ada.okoro@tynesteps.example"})
    steward.press("Add to the list", to="Add somebody to the list", error=True)
    steward.page.get_by_label("Works for", exact=True).select_option(label="Tyne Steps")
    steward.press("Add to the list", to=LIST)
    steward.press(re.compile("^Dealt with"), to=LIST)
    steward.page.get_by_label("What is it about?", exact=True).select_option(label="Workwear Bank")
    steward.fill({"Your question": "Is one person enough here?"})
    steward.press("Ask the organiser", to=LIST)

    review = f"/organiser/reviews/{installation.only_cycle()}"
    organiser.go(review, to=TITLE)
    organiser.says("Is one person enough here?")
    expect(organiser.page.get_by_text(NEW_PERSON)).to_have_count(0)
    organiser.page.locator("textarea[name=reply]").fill("Nobody else works there.")
    organiser.press("Reply", to=TITLE)

    steward.page.reload()
    steward.look(LIST)
    steward.says("Reply: Nobody else works there.")
    steward.press(re.compile("^Settle"), to=LIST)
    steward.follow(TITLE, to=TITLE)
    steward.follow("Read the questionnaire", to="The questionnaire, word for word")
    steward.says("It comes with Roundtable, and nothing in it was changed.")
    steward.follow(TITLE, to=TITLE)
    steward.follow("Approve", to=f"Approve {TITLE}")
    steward.press("Approve this review", to=TITLE)


def launch_and_repeat(organiser: Visitor, installation: Installation) -> None:
    organiser.go(f"/organiser/reviews/{installation.only_cycle()}", to=TITLE)
    organiser.page.locator("a.govuk-button", has_text="Launch").click()
    organiser.look(f"Launch {TITLE}")
    organiser.press(re.compile("^Launch and mail 41 people"), to=TITLE)
    organiser.says(re.compile(r"^\s*Launched. 41 people"))
    organiser.follow("Repeat this review", to=f"Repeat {TITLE}")
    organiser.says(
        "The same organisations and the same people would be asked.", re.compile("closes on .* or later")
    )
    organiser.press("Draft it like this", to=f"{TITLE} (again)")
