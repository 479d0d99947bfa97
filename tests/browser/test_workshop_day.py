"""The day of a workshop in real browsers: six phones at once, the console and the projector, kept in step."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import expect

from review_app.database import transaction
from review_app.models.workshops import SeatRecord
from tests.browser.conftest import PATIENCE_MS, Seat
from tests.browser.installation import Installation
from tests.browser.visitor import Visitor
from tests.conftest import PASSWORD
from tests.days import TOPICS, Day, plan_a_day, write_enough

pytestmark = [pytest.mark.browser, pytest.mark.slow]
TOPIC = TOPICS[0][0]
WORKSHOP = "What we change first"
# What a browser says when the server is gone, or comes back.
CUT = (
    "ERR_CONNECTION_REFUSED",
    "ERR_CONNECTION_RESET",
    "ERR_EMPTY_RESPONSE",
    "ERR_INCOMPLETE_CHUNKED",
    "status of 4",
)


@dataclass(frozen=True)
class Room:
    """Everybody who is there."""

    day: Day
    phones: list[Visitor]
    prime: Visitor
    console: Visitor
    projector: Visitor

    @property
    def everybody(self) -> list[Visitor]:
        """All of them."""
        return [*self.phones, self.prime, self.console, self.projector]


@pytest.fixture
def day(installation: Installation) -> Day:
    """A workshop on the sample's chain."""
    with installation.app.app_context():
        return plan_a_day(installation.app, installation.organiser, installation.steward)


@pytest.fixture
def room(installation: Installation, day: Day, seat: Seat) -> Room:
    """Six phones, a laptop and a projector, with the links open and somebody signed in."""

    def phone(address: str, name: str) -> Visitor:
        visitor = seat(installation.address, name, width=375, height=700)
        visitor.page.goto(f"{installation.address}/w#{day.code(address)}")
        visitor.look(WORKSHOP)
        return visitor

    phones = [phone(address, f"phone{number}") for number, address in enumerate(day.paid[:5])]
    prime = phone(day.paying[0], "prime")
    console = signed_in(installation, seat, "console", 1280, f"/workshops/{day.workshop_id}/lead")
    projector = signed_in(installation, seat, "projector", 1920, f"/workshops/{day.workshop_id}/projector")
    return Room(day, phones, prime, console, projector)


def signed_in(installation: Installation, seat: Seat, name: str, width: int, path: str) -> Visitor:
    """The facilitator before a window of a width, on a page."""
    visitor = seat(installation.address, name, width=width, height=1080)
    visitor.expects = ("status of 422", *CUT)
    visitor.page.goto(f"{installation.address}/sign-in?next={path}")
    visitor.fill({"Email address": installation.organiser.email, "Password": PASSWORD})
    visitor.page.get_by_role("main").get_by_role("button").first.click()
    expect(visitor.page.locator("h1")).to_have_text(WORKSHOP)
    return visitor


def test_six_phones_write_reveal_group_and_vote_in_step(room: Room) -> None:
    for visitor in (room.console, room.projector):
        visitor.look(WORKSHOP)
    room.console.press("Begin the workshop", to=WORKSHOP)
    everybody_sees(room.phones, "Now: listen")
    everybody_sees([room.projector], TOPIC)
    room.phones[0].look(TOPIC)

    # From the projector, by the key of a clicker.
    room.projector.page.keyboard.press("ArrowRight")
    everybody_sees([*room.phones, room.prime], "Now: write your notes")
    for number, phone in enumerate(room.phones):
        phone.page.get_by_label("Your note").first.fill(f"Invoices wait for {30 * (number + 2)} days.")
        phone.page.get_by_role("button", name="Save your notes").click()
        phone.says("1 of your notes is saved")
    room.phones[0].look(TOPIC)
    room.console.says("Nobody sees how much is written or who has voted")
    room.console.look(WORKSHOP)
    room.projector.look(TOPIC)
    for visitor in (room.prime, room.console, room.projector):
        expect(visitor.page.get_by_text("Invoices wait")).to_have_count(0)

    room.console.press("2 minutes", to=WORKSHOP)
    expect(room.projector.page.locator(".rt-timer")).to_have_text(re.compile(r"^\s*[12]:[0-5][0-9]\s*$"))
    room.console.press("Reveal all notes together", to=WORKSHOP)
    everybody_sees([*room.phones, room.prime], "Now: read all the notes")
    for visitor in (room.prime, room.projector, room.console):
        notes = visitor.page.locator(".rt-note, .rt-tick label")
        expect(notes.filter(has_text=re.compile("Invoices wait for [0-9]+ days"))).to_have_count(5)
    room.prime.look(TOPIC)
    room.projector.look(TOPIC)

    for text in ("60", "90"):
        room.console.page.get_by_label(f"Invoices wait for {text} days.").check()
    room.console.fill({"New group, called": "Late invoices"})
    room.console.press("Make a group of the ticked notes", to=WORKSHOP)
    room.console.press("Each in a group of its own", to=WORKSHOP)
    everybody_sees([room.prime], "Late invoices")
    room.projector.page.keyboard.press("PageDown")
    everybody_sees(room.phones, "Now: vote")
    everybody_sees([room.prime], "Now: wait. Those who are paid vote first")
    room.prime.look(TOPIC)
    for phone in room.phones:
        for left in (4, 3, 2):
            phone.page.get_by_role("button", name="Give a dot to: Late invoices").click()
            phone.says(f"has {left} dots left")
    room.phones[0].look(TOPIC)
    room.console.press("Let everybody vote", to=WORKSHOP)
    everybody_sees([room.prime], "Now: vote")
    for phone in (room.prime, room.phones[1]):
        expect(phone.page.get_by_text("Late invoices")).to_be_visible()
    room.console.press("Close the vote and show the result", to=WORKSHOP)
    everybody_sees([*room.phones, room.prime, room.projector], "more than a third of the dots")
    for visitor, heading in ((room.phones[0], TOPIC), (room.projector, TOPIC), (room.console, WORKSHOP)):
        visitor.look(heading)


def everybody_sees(visitors: list[Visitor], text: str) -> None:
    """The text comes to each of them without a hand of theirs."""
    for visitor in visitors:
        said = visitor.page.get_by_role("main").get_by_text(text).filter(visible=True).first
        expect(said).to_be_visible(timeout=PATIENCE_MS)


def test_a_lost_connection_loses_no_text_and_a_new_laptop_takes_over(
    installation: Installation, day: Day, seat: Seat
) -> None:
    day.begin()
    phone = seat(installation.address, "phone", width=375, height=700)
    phone.expects = ("status of 422", *CUT)
    phone.page.goto(f"{installation.address}/w#{day.code(day.paid[0])}")
    phone.look(TOPIC)
    phone.page.get_by_label("Your note").fill("Nobody answers the phone.")
    installation.server.kill()
    phone.page.get_by_role("button", name="Save your notes").click()
    phone.says("Not saved yet: no connection. Your text is still here, and we keep trying.")
    expect(phone.page.get_by_label("Your note")).to_have_value("Nobody answers the phone.")
    installation.server.start()
    everybody_sees([phone], "1 of your notes is saved")

    # The facilitator's laptop died with its server; another one opens the same page and goes on.
    console = signed_in(installation, seat, "other", 1280, f"/workshops/{day.workshop_id}/lead")
    console.press("Let everybody write notes", to=WORKSHOP)
    everybody_sees([phone], "Now: write your notes")
    box = phone.page.get_by_label("Your note 2")
    box.press_sequentially("They do when it is")
    # The page stays as it is under the fingers of whoever types, also when it is loaded anew.
    console.press("2 minutes", to=WORKSHOP)
    everybody_sees([phone], "There is something new. Save what you have typed, then show it.")
    phone.page.reload()
    expect(box).to_have_value("They do when it is")
    expect(phone.page.locator("#moved-on")).to_be_hidden()
    console.says("ask everybody to save their notes")
    console.press("Reveal all notes together", to=WORKSHOP)
    # What the page says to do now is not so any more, and the top says it in the same size.
    everybody_sees([phone], "The workshop has moved on. This page shows how it was.")
    expect(phone.page.get_by_text("Now: write your notes")).to_be_hidden()
    expect(box).to_have_value("They do when it is")
    phone.look(TOPIC)
    phone.page.get_by_role("button", name="Save your notes").click()
    # What came too late is shown to be copied, and stays in the window until it is forgotten.
    expect(phone.page.locator(".govuk-error-summary")).to_contain_text("The topic is revealed")
    expect(phone.page.get_by_label("Your note 2")).to_have_value("They do when it is")
    phone.page.get_by_role("link", name="Show what is new").click()
    phone.says("Now: talk about it.", "Not saved: only in this window", "They do when it is")
    phone.look(TOPIC)
    phone.page.get_by_role("button", name="Forget it").click()
    expect(phone.page.get_by_text("They do when it is")).to_have_count(0)
    expect(phone.page.get_by_text("Nobody answers the phone.")).to_have_count(1)


def test_a_link_that_is_taken_away_leads_to_the_entrance(
    installation: Installation, day: Day, seat: Seat
) -> None:
    phone = seat(installation.address, "away", width=375, height=700)
    phone.expects = CUT
    phone.page.goto(f"{installation.address}/w#{day.code(day.paid[0])}")
    phone.look(WORKSHOP)
    seat_id = day.seat(day.paid[0]).id
    with installation.app.app_context(), transaction() as session:
        session.get_one(SeatRecord, seat_id).is_taken_away = True
    day.begin()
    expect(phone.page.locator("h1")).to_have_text("Open your workshop", timeout=PATIENCE_MS)


def test_without_a_script_forms_do_it_all(installation: Installation, day: Day, seat: Seat) -> None:
    write_enough(day)
    phone = seat(installation.address, "bare", width=375, height=700, scripts=False)
    phone.page.goto(f"{installation.address}/w")
    phone.look("Open your workshop")
    phone.fill({"Your code": day.code(day.paid[0])})
    phone.press("Continue", to=WORKSHOP)
    phone.follow(TOPIC, to=TOPIC)
    phone.fill({"Your note 1": "Pay within thirty days"})
    phone.press("Save your notes", to=TOPIC)
    phone.fill({"Your note 2": "Pay the smallest first"})
    phone.press("Save your notes", to=TOPIC)
    phone.says("2 of your notes are saved")
    console = seat(installation.address, "bare-console", width=1280, scripts=False)
    console.page.goto(f"{installation.address}/sign-in?next=/workshops/{day.workshop_id}/lead")
    console.fill({"Email address": installation.organiser.email, "Password": PASSWORD})
    console.press("Sign in", to=WORKSHOP)
    for label in (
        "Begin the workshop",
        "Let everybody write notes",
        "3 minutes",
        "Reveal all notes together",
        "Each in a group of its own",
        "Let those who are paid vote first",
    ):
        console.press(label, to=WORKSHOP)
    phone.follow("Your workshop", to=TOPIC)
    phone.press("Give a dot to: Pay within thirty days", to=TOPIC)
    phone.says(re.compile("has 4 dots left"))
    phone.press(re.compile("is here$"), to=TOPIC)
    for label in ("Let everybody vote", "Close the vote and show the result"):
        console.press(label, to=WORKSHOP)
    console.says("Not shown, to protect those who voted. Settle it by talking.")
    phone.follow("Show what is new", to=TOPIC)
    phone.says("Not shown, to protect those who voted. Settle it by talking.")
    projector = seat(installation.address, "bare-projector", width=1920, scripts=False)
    projector.context.add_cookies(console.context.cookies())  # type: ignore[arg-type]  # as it gave them
    projector.go(f"/workshops/{day.workshop_id}/projector", to=TOPIC)
