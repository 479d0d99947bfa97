"""A respondent's whole journey, from the mail to the last receipt and out, in either language and by any hands."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import cycle

from playwright.sync_api import Locator, Page, expect

from surveys.answers import LONGEST_COMMENT
from surveys.instrument import Voice
from surveys.language import Language
from tests.browser.journey import Hands, find_mail
from tests.browser.visitor import Visitor
from tests.browser.words import assert_in_welsh, instrument, labels, moment, said

SWITCH = {Language.ENGLISH: "English", Language.WELSH: "Cymraeg"}
# What somebody writes who gives a sum and a name away.
COMMENT = {
    Language.ENGLISH: "They owe us £12,000, says Gary Laidlaw.",
    Language.WELSH: "Mae arnyn nhw £12,000 i ni, medd Gary Laidlaw.",
}
NO_CHARACTER_LEFT = {Language.ENGLISH: "0 characters left.", Language.WELSH: "0 o nodau ar ôl."}
ONE_TOO_MANY = {Language.ENGLISH: r"\b1 character too\b", Language.WELSH: r"\b1 nod yn\b"}
RECEIVED = "We have received your answers"
HELP = "This is not for me, or I need help"
MORE_TIME = "I need more time"


@dataclass
class Respondent:
    """Somebody who answers.

    ``places``: what they chose on each statement of the review that is open, counted from 0. ``switches_to``: the
    language that they change to in the midst of the first review.
    """

    visitor: Visitor
    hands: Hands
    language: Language = Language.ENGLISH
    switches_to: Language | None = None
    places: list[int] = field(default_factory=list)
    _next: cycle[int] = field(default_factory=lambda: cycle((3, 4, 1, 2, 0, 6, 3, 5, 7)))

    @property
    def page(self) -> Page:
        """What they have before them."""
        return self.visitor.page

    @property
    def main(self) -> Locator:
        """The content of the page."""
        return self.page.get_by_role("main")

    def say(self, english: str) -> str:
        """A text of the pages in their language."""
        return said(english, self.language)

    def arrive(self, heading: str, *, seen: bool = False, error: bool = False) -> None:
        """Waits for a page in their language, and looks at it unless one of its kind was seen before."""
        if seen:
            expect(self.page.locator("h1")).to_have_text(heading)
            self.page.wait_for_load_state("load")
        else:
            self.visitor.look(heading, error=error)
        if self.language is Language.WELSH:
            assert_in_welsh(self.page)

    def press(self, button: str) -> None:
        """Presses a button of the content; ``button`` is its English."""
        self.hands.press(self.main.get_by_role("button", name=self.say(button)).first)

    def follow(self, link: str) -> None:
        """Follows a link of the content; ``link`` is its English."""
        self.hands.press(self.main.get_by_role("link", name=self.say(link)).first)

    def switch(self, language: Language) -> None:
        """Changes the language by the switch of the page."""
        self.hands.press(self.page.locator(".rt-languages").get_by_role("button", name=SWITCH[language]))
        self.language = language

    def open_link(self, address: str, code: str, *, scripts: bool) -> None:
        """From the mail to the reviews; without a script by way of the code, which is mistyped first."""
        find_mail(self.visitor, address, seen=True)
        self.hands.press(self.page.locator("pre.rt-mail a").first)
        if not scripts:
            self.arrive("Open your reviews")
            field = self.page.get_by_label("Your code")
            self.hands.type(field, code[:-1])
            self.press("Continue")
            self.arrive("Open your reviews", error=True)
            self.hands.type(field, code.lower().replace("-", " "))
            self.press("Continue")
        self.arrive("Your reviews")
        assert "#" not in self.page.url

    def choose_language(self, language: Language) -> None:
        """To Welsh on the list of reviews; whoever wants English goes back to it."""
        for chosen in dict.fromkeys((Language.WELSH, language)):
            self.switch(chosen)
            self.arrive(self.say("Your reviews"), seen=chosen is Language.ENGLISH)
            expect(self.main.get_by_text(moment(chosen)).first).to_be_visible()

    def answer(self, voice: Voice, *, seen: bool = False) -> None:
        """Every page of a review, up to its receipt."""
        self.places.clear()
        pages = instrument(self.language).pages(voice)
        for page in pages:
            place = self.say("Page %(number)s of %(count)s") % {"number": page.number, "count": len(pages)}
            expect(self.page.get_by_text(place, exact=True)).to_be_visible()
            title = instrument(self.language).pages(voice)[page.number - 1].section.title
            self.arrive(title, seen=seen or page.number > 1)
            self._choose()
            if not seen and page.number == 1:
                self._write_too_much(title)
            if not seen and page.number == 2 and self.switches_to:
                self._change_language(voice)
            self.press("Save and continue")
        self.arrive(self.say("Check your answers"), seen=seen)
        self._check()
        if not seen:
            self.follow("Go to sending")
        self.press("Send")

    def _choose(self) -> None:
        for card in self.main.locator("fieldset.rt-card__question").all():
            place = next(self._next)
            self.hands.choose(card.get_by_role("radio").first, place)
            expect(card.get_by_role("radio").nth(place)).to_be_checked()
            self.places.append(place)

    def _write_too_much(self, title: str) -> None:
        """One character too many, which the page refuses and keeps; then one less, and what it says of names."""
        comment, noticed = self.main.locator("textarea"), self.main.locator(".rt-noted")
        text = COMMENT[self.language].ljust(LONGEST_COMMENT + 1, "x")
        self.hands.type(comment, text)
        self.press("Save and continue")
        self.arrive(title, error=True)
        expect(self.page.locator(".govuk-error-summary")).to_contain_text(
            re.compile(ONE_TOO_MANY[self.language])
        )
        expect(noticed).to_contain_text("“£12,000”, “Gary Laidlaw”")
        self.hands.press(self.page.locator(".govuk-error-summary a"))
        expect(comment).to_be_focused()
        expect(comment).to_have_value(text)
        self.page.keyboard.press("Control+End")
        self.page.keyboard.press("Backspace")
        if self.visitor.twin is None:
            expect(self.main.locator(".rt-counter")).to_have_text(NO_CHARACTER_LEFT[self.language])

    def _change_language(self, voice: Voice) -> None:
        """On a page with answers that are not saved yet; they are there in the other language too."""
        assert self.switches_to is not None
        self.switch(self.switches_to)
        self.arrive(instrument(self.language).pages(voice)[1].section.title)
        cards = self.main.locator("fieldset.rt-card__question").all()
        for card, place in zip(cards, self.places[-len(cards) :], strict=True):
            expect(card.get_by_label(labels(self.language)[place], exact=True)).to_be_checked()

    def _check(self) -> None:
        rows = self.page.locator(".rt-check .govuk-summary-list__row")
        answers = rows.filter(has_not_text=re.compile(rf"^\s*{re.escape(self.say('Your comment'))}\s"))
        values = answers.locator(".govuk-summary-list__value").all_inner_texts()
        assert values == [labels(self.language)[place] for place in self.places]

    def receive(self, *, is_last: bool) -> None:
        """Reads the receipt of a review, and goes on to the next one if there is one."""
        self.arrive(self.say(RECEIVED), seen=not is_last)
        self.visitor.says(moment(self.language))
        if not is_last:
            self.follow_button("Go to the next review")

    def follow_button(self, english: str) -> None:
        """Follows a link that looks like a button."""
        self.hands.press(self.main.get_by_text(self.say(english)).first)

    def say_how_it_was(self) -> None:
        """The two questions about the review itself, which stand on the last receipt: no, and yes."""
        groups = self.main.get_by_role("group").all()
        assert len(groups) == 2
        for place, group in zip((1, 0), groups, strict=True):
            self.hands.choose(group.get_by_role("radio").first, place)
            expect(group.get_by_role("radio").nth(place)).to_be_checked()
        self.press("Send these answers")
        self.arrive(self.say("Thank you"))

    def begin_anew(self, title: str) -> None:
        """A new version of a review that was sent, which is begun and put off."""
        self._open_receipt(title)
        self.press("Start a new version")
        expect(self.main.locator("fieldset.rt-card__question").first).to_be_visible()
        self._choose()
        self.press("Save and come back later")
        self.arrive(self.say("Your reviews"))
        self.visitor.says(self.say("Your answers so far are kept."), self.say("New version kept"))

    def take_back(self, title: str) -> None:
        """A review that was sent, taken back."""
        self._open_receipt(title)
        self.follow("Take your answers back")
        self.arrive(self.say("Take your answers back?"))
        self.press("Take them back")
        self.arrive(self.say("Your reviews"))
        self.visitor.says(self.say("You have taken your review back."), self.say("Not started"))

    def _open_receipt(self, title: str) -> None:
        self.hands.press(self.page.locator(".rt-navigation a").first)
        self.arrive(self.say("Your reviews"))
        self.hands.press(self.main.get_by_role("link", name=title, exact=True))
        self.arrive(self.say(RECEIVED), seen=True)

    def ask_for_more_time(self) -> None:
        """First without saying how long."""
        self.follow(HELP)
        self.arrive(self.say(HELP))
        self.follow(MORE_TIME)
        self.arrive(self.say(MORE_TIME))
        self.press("Send it to the steward")
        self.arrive(self.say(MORE_TIME), error=True)
        self.hands.type(self.page.get_by_label(self.say("Until when?"), exact=True), "19/12")
        self.press("Send it to the steward")
        self.arrive(self.say("The steward will read it"))

    def leave(self) -> None:
        """The browser forgets the link."""
        self.hands.press(self.page.locator(".rt-navigation button"))
        self.arrive(self.say("Open your reviews"))
