"""The steps of a review as its organiser, its steward and a respondent take them, page by page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle
from time import monotonic, sleep

from playwright.sync_api import Locator, Page, expect

from review_app.services.accounts import Account
from surveys import library
from surveys.instrument import Instrument, Voice
from tests.browser.installation import Installation
from tests.browser.visitor import Keyboard, Named, Visitor
from tests.conftest import PASSWORD, SAMPLE

CHAIN = "Pathways North"
TITLE = "Spring review"
PRIME = "Northern Bridge Employment Ltd"
RESPONDENT = "beth.ramsden@caldervalleytr.example"
HOME = "What to do next"
REVIEWS = "Your reviews"
CHECK = "Check your answers"
RECEIVED = "We have received your answers"
ABOUT_THE_REVIEW = "Two questions about this review itself"
PREVIEW = "Who is asked, and what could be shown"
PLAN = "Who is asked what"
PREFLIGHT = "What a report could show"
COMMENTS = "Check the comments"
SECONDS_TO_WAIT = 90
FAULTY = """\
organisation,role,sector,contracts_with,contact_name,email
Northern Bridge,prime,private,,Sian Prosser,sian.prosser@northernbridge.example
Tyne Steps,partner,vcs,Northern Bridge,Gary Laidlaw,gary.laidlaw@tynesteps.example
Horizon Works,subcontractor,private,Southern Bridge,Olivia Marsh,olivia.marsh@horizonworks.example
Deaf Action North,specialist,vcs,Northern Bridge,Yusuf Demir,yusuf.demir at deafaction.example
"""


@dataclass
class Mouse:
    """The pointer, or a finger."""

    page: Page

    def press(self, target: Locator) -> None:
        """Clicks a link or a button."""
        target.click()

    def choose(self, first: Locator, place: int) -> None:
        """Clicks the radio at a place of its group, counted from 0."""
        first.locator("xpath=ancestor::fieldset[1]").get_by_role("radio").nth(place).check()

    def type(self, target: Locator, text: str) -> None:
        """Fills a field."""
        target.fill(text)


Hands = Keyboard | Mouse


def sign_in(visitor: Visitor, account: Account, password: str = PASSWORD) -> None:
    """From the first page to the account's own."""
    visitor.go("/", to="Everybody at the same height")
    visitor.follow("Sign in", to="Sign in")
    visitor.fill({"Email address": account.email, "Password": f"{password}?"})
    visitor.press("Sign in", to="Sign in", error=True)
    visitor.fill({"Password": password})
    visitor.press("Sign in", to=HOME)


def import_a_chain(organiser: Visitor) -> None:
    """First a file with faults, then the sample as a prime really has it."""
    organiser.follow("Import a chain", to="Import a chain")
    organiser.press("Check the file", to="Import a chain", error=True)
    organiser.fill({"Name of the chain": CHAIN})
    file = organiser.page.get_by_label("Spreadsheet")
    file.set_input_files({"name": "faulty.csv", "mimeType": "text/csv", "buffer": FAULTY.encode()})
    organiser.press("Check the file", to="Import a chain", error=True)
    for row, column in (("Row 3", "role"), ("Row 4", "contracts_with"), ("Row 5", "email")):
        expect(organiser.page.get_by_role("row", name=re.compile(f"^{row} .*{column} "))).to_be_visible()
    expect(organiser.page.get_by_label("Name of the chain")).to_have_value(CHAIN)
    file.set_input_files(SAMPLE)
    organiser.press("Check the file", to="Check the chain")
    organiser.press("Save this chain", to=CHAIN)
    organiser.says(f"{CHAIN} is imported.", f"The prime is {PRIME}.")


def draft_a_review(organiser: Visitor, steward: Account, key_mode: str) -> None:
    """Begins with a mistake; ends on the review's page."""
    organiser.follow("Draft a review", to="Draft a review")
    organiser.fill({"Month": "13"})
    organiser.press("Keep the draft", to="Draft a review", error=True)
    organiser.says("Enter a day that exists")
    month = organiser.page.get_by_label("Month", exact=True)
    expect(month).to_have_value("13")
    # A year ahead, whatever today's month: the test moves the closing time itself.
    organiser.fill({"Title of the review": TITLE, "Day": "1", "Month": "1"})
    year = organiser.page.get_by_label("Year", exact=True)
    organiser.fill({"Year": str(int(year.input_value()) + 1)})
    organiser.page.get_by_label("Steward", exact=True).select_option(label=steward.name)
    organiser.choose(key_mode, "The commissioner has agreed to be shown under its own name")
    organiser.press("Keep the draft", to=TITLE)


def check_who_is_asked(organiser: Visitor) -> None:
    """The plan, then the preflight, and back."""
    organiser.follow("Check who is asked", to=PLAN)
    organiser.page.get_by_text(re.compile(r"^\s*All 40 people")).click()
    organiser.look(PLAN)
    organiser.follow("Go on: what a report could show", to=PREFLIGHT)
    for rate in ("3 in 10 answer", "half answer", "7 in 10 answer", "everybody answers"):
        organiser.says(f"If {rate}")
    organiser.follow(TITLE, to=TITLE)


def check_the_list(steward: Visitor) -> None:
    """Everybody who would be asked, then the plan with its preflight, and back."""
    steward.follow("Check the list", to="Is the list right?")
    steward.says("40 people would be asked.", RESPONDENT)
    steward.follow(TITLE, to=TITLE)
    steward.follow("Check the plan", to=PREVIEW)
    steward.says("If everybody answers")
    steward.follow(TITLE, to=TITLE)


def launch(organiser: Visitor, installation: Installation) -> None:
    """From the review's page to mails that are sent."""
    organiser.go(f"/organiser/reviews/{installation.only_cycle()}", to=TITLE)
    organiser.page.locator("a.govuk-button", has_text="Launch").click()
    organiser.look(f"Launch {TITLE}")
    organiser.press(re.compile("^Launch and mail 40 people"), to=TITLE)
    organiser.says(re.compile(r"^\s*Launched. 40 people"))
    wait_for_text(organiser, "40 of 40 mails sent.")
    organiser.look(TITLE)


def open_mail(visitor: Visitor, address: str, hands: Hands) -> None:
    """Finds a person's mail and follows its link, in the text or in the mail as a page."""
    find_mail(visitor, address)
    if isinstance(hands, Keyboard):
        hands.press(visitor.page.locator("pre.rt-mail a").first)
    else:
        visitor.look_into(visitor.page.locator("iframe"))
        visitor.page.frame_locator("iframe").get_by_role("link").first.click()
    visitor.look(REVIEWS)
    assert "#" not in visitor.page.url


def find_mail(visitor: Visitor, address: str, *, seen: bool = False) -> None:
    """Opens a person's one mail in the mailbox. ``seen``: does not look at the mailbox."""
    visitor.page.goto(f"{visitor.address}/mailbox")
    arrive(visitor, "Mailbox", seen=seen)
    visitor.page.get_by_role("searchbox").fill(address)
    visitor.page.get_by_role("main").get_by_role("button", name="Find").click()
    arrive(visitor, "Mailbox", seen=seen)
    visitor.page.locator(".rt-mails a").click()
    arrive(visitor, re.compile(CHAIN), seen=seen)


@dataclass
class Answering:
    """A respondent going through a review, and what they chose so far."""

    visitor: Visitor
    hands: Hands
    chosen: list[str]

    def page(self, places: Iterator[int], *, button: str, comment: str = "") -> None:
        """Answers every statement of the page that is open, and the comment if it asks for one."""
        main = self.visitor.page.get_by_role("main")
        for card in main.locator("fieldset.rt-card__question").all():
            place = next(places)
            self.hands.choose(card.get_by_role("radio").first, place)
            expect(card.get_by_role("radio").nth(place)).to_be_checked()
            self.chosen.append(card.locator("label").nth(place).inner_text())
        if comment:
            self.hands.type(main.locator("textarea"), comment)
        self.hands.press(main.get_by_role("button", name=button, exact=True))


def answer(
    visitor: Visitor, hands: Hands, voice: Voice, *, first_page: int = 1, seen: bool = False
) -> list[str]:
    """Answers a review from a page on, up to the check; the labels that were chosen. ``seen``: look no more."""
    answering = Answering(visitor, hands, [])
    places = cycle((3, 4, 1, 2, 0, 6, 3, 5, 7))
    pages = instrument().pages(voice)
    for page in pages[first_page - 1 :]:
        # Two pages in a row may have one heading.
        place = f"Page {page.number} of {len(pages)}"
        expect(visitor.page.get_by_text(place, exact=True)).to_be_visible()
        arrive(visitor, page.section.title, seen=seen)
        answering.page(places, button="Save and continue")
    arrive(visitor, CHECK, seen=seen)
    return answering.chosen


def arrive(visitor: Visitor, heading: Named, *, seen: bool) -> None:
    """Waits for a page, and looks at it unless it was seen before."""
    if seen:
        expect(visitor.page.locator("h1")).to_have_text(heading)
    else:
        visitor.look(heading)


def say_how_it_was(visitor: Visitor, hands: Hands, *places: int) -> None:
    """Answers the questions about the review itself on the page that is open: 0 is yes, 1 is no."""
    main = visitor.page.get_by_role("main")
    for question, place in zip(main.get_by_role("group").all(), places, strict=True):
        hands.choose(question.get_by_role("radio").first, place)
        expect(question.get_by_role("radio").nth(place)).to_be_checked()
    hands.press(main.get_by_role("button", name="Send these answers"))
    visitor.look("Thank you")
    visitor.says("What you said about the review itself is sealed.")


def checked_answers(page: Page) -> list[str]:
    """The answers that the check lists, the comments apart."""
    rows = page.locator(".rt-check .govuk-summary-list__row").filter(has_not_text="Your comment")
    return rows.locator(".govuk-summary-list__value").all_inner_texts()


def check_comments(steward: Visitor) -> None:
    """Decides on every comment: the first of each pool is quoted, one is summed up, the rest kept back."""
    steward.follow(COMMENTS, to=COMMENTS)
    titles = {section.title for section in instrument().sections}
    any_title = re.compile("|".join(f"^{re.escape(title)}$" for title in titles))
    steward.page.locator(".rt-steps a").first.click()
    steward.look(any_title)
    is_first = True
    while steward.page.locator("h1").inner_text() != COMMENTS:
        if is_first:
            _make_a_mistake(steward, any_title)
            steward.fill(
                {"Your summary (optional)": "Several people like the meetings and want to see the books."}
            )
            is_first = False
        for number, card in enumerate(steward.page.locator("form .rt-card").all()):
            card.get_by_label("Quote it" if number == 0 else "Keep it back").check()
        steward.page.get_by_role("main").locator(".govuk-button").click()
        steward.look(re.compile(f"{any_title.pattern}|^{COMMENTS}$"))


def _make_a_mistake(steward: Visitor, title: Named) -> None:
    card = steward.page.locator("form .rt-card").first
    text = card.locator("textarea")
    written = text.input_value()
    text.fill("")
    card.get_by_label("Quote it").check()
    steward.press(re.compile("^Keep and"), to=title, error=True)
    text.fill(written)


def publish(steward: Visitor) -> None:
    """From the checked comments to the report."""
    steward.follow("Go on to the report", to="Publish the report")
    steward.page.get_by_role("main").get_by_role("button", name="Publish the report").click()
    # The organiser looks at the report itself, when all of its files are there.
    expect(steward.page).to_have_url(re.compile("/reports/"))


def wait_for_text(visitor: Visitor, text: Named) -> None:
    """Loads the page again until it says something, as somebody does who waits for the worker."""
    wait_for_sight(visitor, visitor.page.get_by_text(text))


def wait_for_sight(visitor: Visitor, target: Locator) -> None:
    """Loads the page again until it has something."""
    end = monotonic() + SECONDS_TO_WAIT
    while not target.first.is_visible():
        assert monotonic() < end, f"{target} did not come; the page says: {visitor.page.inner_text('main')}"
        sleep(0.3)
        visitor.page.reload()


def instrument() -> Instrument:
    """The questionnaire that is used."""
    return library.latest(library.FIRST_CHOICE)
