"""A review in English and Welsh in a real browser: its Welsh is written, read by the steward, and answered in."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from playwright.sync_api import expect

from review_app import clock
from review_app.database import transaction
from review_app.services import chains, instruments
from review_app.spreadsheet import read_chain
from surveys import sealing
from surveys.language import BILINGUAL
from tests.bilingual import IN_BOTH
from tests.browser import journey
from tests.browser.conftest import Seat
from tests.browser.installation import Installation
from tests.conftest import SAMPLE, draft_on, launch_cycle
from tests.web.respondents import VCS_PARTNER

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PATH = "/organiser/instruments/in-english/versions/1"


def drafted(installation: Installation) -> str:
    """The id of a draft in both languages on the sample's chain."""
    with installation.app.app_context(), transaction() as session:
        chain = read_chain(SAMPLE.read_bytes(), SAMPLE.name, "Pathways North")
        chain_id = chains.keep(session, clock.now(), chain)
    return draft_on(
        installation.app,
        chain_id,
        installation.organiser,
        installation.steward,
        instrument=IN_BOTH,
        languages=BILINGUAL,
    )


@pytest.mark.parametrize("width", [1280, 375])
def test_the_welsh_is_written_and_read_before_the_launch(
    width: int, seat: Seat, installation: Installation
) -> None:
    cycle_id = drafted(installation)
    with installation.app.app_context(), transaction() as session:
        text = instruments.export_yaml(replace(IN_BOTH, id="in-english", translations={}))
        instruments.import_yaml(session, clock.now(), text, installation.organiser.id)
    organiser = seat(installation.address, "welsh", width=width)
    journey.sign_in(organiser, installation.organiser)
    organiser.go(PATH, to="In both")
    organiser.follow("Welsh", to="Welsh")
    organiser.follow("Talking", to="Welsh: Talking")
    boxes = organiser.page.locator("textarea")
    boxes.nth(0).fill("Siarad")
    boxes.nth(4).fill("Maen nhw’n rhannu.")
    organiser.press("Save the Welsh", to="Welsh: Talking", error=True)
    expect(boxes.nth(4)).to_have_value("Maen nhw’n rhannu.")
    boxes.nth(4).fill("Mae {prime} yn rhannu ffigurau â ni.")
    organiser.press("Save the Welsh", to="Welsh")
    organiser.says("9 texts have no Welsh")
    organiser.follow("Preview in Welsh", to="As a phone shows it")
    organiser.go(f"/organiser/reviews/{cycle_id}/edit", to="Change the review")
    organiser.says("If you leave it blank: Arbenigwyr")
    organiser.go(f"/organiser/reviews/{cycle_id}/preview", to="Who is asked what")
    steward = seat(installation.address, "steward-welsh", width=width)
    journey.sign_in(steward, installation.steward)
    steward.go(f"/steward/reviews/{cycle_id}/questionnaire", to="The questionnaire, word for word")
    steward.says("Sut mae pawb yng nghadwyn Pathways North yn gweithio gyda’i gilydd")


@pytest.mark.parametrize("width", [1280, 375])
def test_a_review_is_answered_in_welsh(width: int, seat: Seat, installation: Installation) -> None:
    review = launch_cycle(installation.app, drafted(installation), installation.steward)
    visitor = seat(installation.address, "answering-welsh", width=width)
    page = visitor.page
    page.goto(f"{installation.address}/r#{sealing.code_of(review.links[VCS_PARTNER])}")
    visitor.look("Your reviews")
    page.get_by_role("button", name="Cymraeg").click()
    visitor.look("Eich adolygiadau")
    visitor.follow(re.compile("^Sut mae .* yn gweithio gyda chi$"), to="Siarad")
    box, line = page.locator("textarea"), page.locator(".rt-counter")
    # After some numbers the noun stands alone, after the others with "o".
    for left, words in ((3, "3 nod ar ôl."), (4, "4 o nodau ar ôl."), (0, "0 o nodau ar ôl.")):
        box.fill("a" * (500 - left))
        expect(line).to_have_text(words)
    box.fill("a" * 501)
    expect(line).to_have_text("1 nod yn ormod.")
    box.fill("Da iawn.")
    page.get_by_label("Fel arfer", exact=True).first.check()
    page.get_by_role("button", name="English").click()
    visitor.look("Talking")
    expect(box).to_have_value("Da iawn.")
    expect(page.get_by_label("Usually", exact=True).first).to_be_checked()
    page.get_by_role("button", name="Cymraeg").click()
    visitor.look("Siarad")
    visitor.press("Cadw a pharhau", to="Gwiriwch eich atebion")
    visitor.press("Anfon", to="Rydyn ni wedi derbyn eich atebion")
