"""The main journey in a real browser, from the sign-in to the PDF, in a wide and in a narrow window."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from surveys.answers import LONGEST_COMMENT
from surveys.instrument import Voice
from tests.browser import journey
from tests.browser.conftest import Seat
from tests.browser.installation import Installation
from tests.browser.journey import RESPONDENT, TITLE, Answering, Mouse
from tests.browser.report import assert_same_report, assert_well_made
from tests.browser.visitor import Keyboard, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ONE_HOST = "This server can open them (one host)"
# Enough for every group of the report but one, so that something is joined and something is not shown.
PEOPLE = 30


@pytest.mark.parametrize(("width", "hands"), [(1280, Keyboard), (375, Mouse)])
def test_a_review_from_the_sign_in_to_the_pdf(
    width: int, hands: type[Keyboard] | type[Mouse], seat: Seat, installation: Installation
) -> None:
    organiser = seat(installation.address, "organiser", width=width)
    steward = seat(installation.address, "steward", width=width)
    partner = seat(installation.address, "partner", width=width)

    journey.sign_in(organiser, installation.organiser)
    journey.import_a_chain(organiser)
    journey.draft_a_review(organiser, installation.steward, ONE_HOST)
    journey.check_who_is_asked(organiser)

    journey.sign_in(steward, installation.steward)
    steward.follow(f"{TITLE}, {journey.CHAIN}", to=TITLE)
    journey.check_the_list(steward)
    steward.follow("Approve", to=f"Approve {TITLE}")
    steward.press("Approve this review", to=TITLE)
    journey.launch(organiser, installation)

    answer_and_change_ones_mind(partner, hands(partner.page))
    assert installation.answer_over_http(but=RESPONDENT, people=PEOPLE) == PEOPLE
    installation.pass_the_closing_time()

    journey.wait_for_text(steward, "It is counted, and the answers are destroyed.")
    steward.look(TITLE)
    journey.check_comments(steward)
    journey.publish(steward)
    read_the_report(organiser, installation)


def answer_and_change_ones_mind(partner: Visitor, hands: Keyboard | Mouse) -> None:
    """Both reviews: with a mistake, a pause, a change, and a version that is taken back and given anew."""
    journey.open_mail(partner, RESPONDENT, hands)
    pages = journey.instrument().pages(Voice.PARTNER_ON_PRIME)
    main = partner.page.get_by_role("main")
    hands.press(main.get_by_role("link", name=f"How {journey.PRIME} works with you"))
    partner.look(pages[0].section.title)
    first = Answering(partner, hands, [])
    first.page(iter((3, 4, 1, 2, 0)), comment="x" * (LONGEST_COMMENT + 1), button="Save and continue")
    partner.look(pages[0].section.title, error=True)
    mend_the_comment(partner, hands)
    hands.press(main.get_by_role("button", name="Save and come back later"))
    partner.look(journey.REVIEWS)
    partner.says("Your answers so far are kept.")
    hands.press(partner.page.get_by_role("button", name="Leave"))
    partner.look("Open your reviews")

    journey.open_mail(partner, RESPONDENT, hands)
    hands.press(main.get_by_role("link", name=f"How {journey.PRIME} works with you"))
    chosen = first.chosen + journey.answer(partner, hands, Voice.PARTNER_ON_PRIME, first_page=2)
    assert journey.checked_answers(partner.page) == chosen
    hands.press(main.get_by_role("link", name="Change").first)
    partner.look(pages[0].section.title)
    hands.press(main.get_by_role("button", name="Save and check your answers"))
    partner.look(journey.CHECK)
    hands.press(main.get_by_role("button", name="Send"))
    partner.look(journey.RECEIVED)

    hands.press(main.get_by_role("link", name="Take your answers back"))
    partner.look("Take your answers back?")
    hands.press(main.get_by_role("button", name="Take them back"))
    partner.look(journey.REVIEWS)
    partner.says("You have taken your review back.")
    hands.press(main.get_by_role("link", name=f"How {journey.PRIME} works with you"))
    journey.answer(partner, hands, Voice.PARTNER_ON_PRIME, seen=True)
    hands.press(main.get_by_role("button", name="Send"))
    partner.look(journey.RECEIVED)
    hands.press(main.get_by_text("Go to the next review"))
    journey.answer(partner, hands, Voice.ANYONE_ON_CHAIN)
    hands.press(main.get_by_role("button", name="Send"))
    partner.look(journey.RECEIVED)
    partner.says("You have finished.")
    journey.say_how_it_was(partner, hands, 0, 1)
    hands.press(main.get_by_role("button", name="Take them back"))
    partner.look(journey.ABOUT_THE_REVIEW)
    partner.says("You have taken back what you said about the review itself.")
    hands.press(main.get_by_role("button", name="Send these answers"))
    partner.look(journey.ABOUT_THE_REVIEW, error=True)
    hands.press(partner.page.locator(".govuk-error-summary a"))
    expect(main.get_by_role("radio").first).to_be_focused()
    journey.say_how_it_was(partner, hands, 0, 1)


def mend_the_comment(partner: Visitor, hands: Keyboard | Mouse) -> None:
    """From the list of faults to the field, and one character less."""
    hands.press(partner.page.locator(".govuk-error-summary a"))
    comment = partner.page.get_by_role("main").locator("textarea")
    expect(comment).to_be_focused()
    assert len(comment.input_value()) == LONGEST_COMMENT + 1
    partner.page.keyboard.press("Control+End")
    partner.page.keyboard.press("Backspace")


def read_the_report(organiser: Visitor, installation: Installation) -> None:
    """The report as a page and in its files."""
    organiser.go(f"/organiser/reviews/{installation.only_cycle()}", to=TITLE)
    organiser.page.locator("a.govuk-button", has_text="Read the report").click()
    journey.wait_for_sight(organiser, organiser.link("The whole report (PDF)"))
    organiser.look(re.compile(TITLE))
    name, pdf = organiser.download("The whole report (PDF)")
    assert name.endswith(".pdf")
    organiser.page.locator(".report-more-files > summary").click()
    _, csv = organiser.download("The figures as CSV")
    _, json = organiser.download("The report as data (JSON)")
    assert_same_report(organiser.page, pdf, csv, json)
    assert_well_made(organiser.page, pdf)
