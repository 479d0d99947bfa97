"""Two keys: the steward's file is made, proved and brought back, and nothing but it opens the answers."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser import journey
from tests.browser.conftest import Seat
from tests.browser.installation import Installation
from tests.browser.journey import TITLE
from tests.browser.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow]
TWO_KEYS = "Only the steward can open the answers (two keys)"
PASSPHRASE = "lantern orchard velvet thimble"
PEOPLE = 14


def test_only_the_stewards_key_file_opens_the_answers(
    seat: Seat, installation: Installation, tmp_path: Path
) -> None:
    organiser = seat(installation.address, "organiser-two-keys", width=1280)
    steward = seat(installation.address, "steward-two-keys", width=1280)
    journey.sign_in(organiser, installation.organiser)
    journey.import_a_chain(organiser)
    journey.draft_a_review(organiser, installation.steward, TWO_KEYS)

    journey.sign_in(steward, installation.steward)
    steward.follow(f"{TITLE}, {journey.CHAIN}", to=TITLE)
    key_file = make_the_key_file(steward, tmp_path)
    steward.follow("go on to approve", to=f"Approve {TITLE}")
    open_with(steward, key_file, "Approve this review", heading=f"Approve {TITLE}")
    steward.says("You have approved this review.")

    journey.launch(organiser, installation)
    assert installation.answer_over_http(but=journey.RESPONDENT, people=PEOPLE) == PEOPLE
    installation.pass_the_closing_time()
    journey.wait_for_text(organiser, "brings the key file next")
    organiser.look(TITLE)

    steward.go("/steward", to=journey.HOME)
    steward.says("Bring the key file, so that it can be counted.")
    steward.follow(TITLE, to=TITLE)
    steward.follow("Count the answers", to="Count the answers")
    open_with(steward, key_file, "Count the answers", heading="Count the answers")
    steward.says("The answers are counted, and the answers themselves are destroyed.")
    organiser.page.reload()
    organiser.look(TITLE)
    organiser.says("It is counted, and the answers are destroyed.")


def make_the_key_file(steward: Visitor, folder: Path) -> Path:
    """The downloaded file; the first try has two passphrases that differ."""
    steward.follow("Make the key file", to="Make the key file")
    steward.fill({"Passphrase": PASSPHRASE, "The same passphrase again": PASSPHRASE[:-1]})
    steward.press("Make and download the key file", to="Make the key file", error=True)
    expect(steward.page.get_by_label("Passphrase", exact=True)).to_have_value("")
    steward.fill({"Passphrase": PASSPHRASE, "The same passphrase again": PASSPHRASE})
    with steward.page.expect_download() as started:
        steward.page.get_by_role("button", name="Make and download the key file").click()
    path = folder / started.value.suggested_filename
    assert path.suffix == ".key"
    started.value.save_as(path)
    return path


def open_with(steward: Visitor, key_file: Path, button: str, *, heading: str) -> None:
    """Brings the file with a wrong passphrase, which changes nothing, and then with the right one."""
    for passphrase in (PASSPHRASE.upper(), PASSPHRASE):
        steward.page.get_by_label("Key file", exact=True).set_input_files(key_file)
        steward.fill({"Passphrase": passphrase})
        if passphrase != PASSPHRASE:
            steward.press(button, to=heading, error=True)
    steward.press(button, to=TITLE)
