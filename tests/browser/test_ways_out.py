"""Somebody who is not the right person, another who wants to be left out, and a third whose link is lost."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from tests.browser import journey
from tests.browser.conftest import Seat
from tests.browser.installation import Installation
from tests.browser.visitor import Visitor
from tests.servers import wait_for

pytestmark = [pytest.mark.browser, pytest.mark.slow]
HELP = "This is not for me, or I need help"
READ = "The steward will read it"
REQUESTS = "What people asked you for"
SETTINGS = [(375, True), (1280, False)]


@pytest.mark.parametrize(("width", "scripts"), SETTINGS)
def test_what_people_ask_reaches_the_steward_who_replaces_the_link(
    seat: Seat, open_review: Installation, width: int, scripts: bool
) -> None:
    wrong, right = ("yusuf.demir", "ela.aydin") if scripts else ("neil.crowther", "ann.coe")
    host = "deafactionnort.example" if scripts else "secondchancepa.example"
    asking = seat(open_review.address, "asking", width=width, scripts=scripts)
    steward = seat(open_review.address, "asked", width=width, scripts=scripts)
    code = open_review.codes()[f"{wrong}@{host}"]
    enter(asking, code)
    ask(asking, "I am not the right person", {}, error=True)
    asking.choose("Yes, and I say who")
    asking.fill({"Their name": "Their successor", "Their work email address (optional)": f"{right}@{host}"})
    asking.press("Send it to the steward", to=READ)
    asking.go("/r/help", to=HELP)
    ask(asking, "I need more time", {"Until when?": "The end of the month"})

    replace_the_link(steward, open_review, host, "Their successor", f"{right}@{host}")
    wait_for(lambda: f"{right}@{host}" in open_review.codes())
    asking.go("/r/reviews", to="Open your reviews")
    enter(asking, open_review.codes()[f"{right}@{host}"])
    steward.go("/steward", to=re.compile("."))
    asking.page.context.clear_cookies()
    asking.go("/r", to="Open your reviews")
    asking.fill({"Your code": code})
    asking.press("Continue", to="Open your reviews", error=True)


@pytest.mark.parametrize(("width", "scripts"), SETTINGS)
def test_a_lost_link_is_asked_for_with_one_answer_for_everybody(
    seat: Seat, open_review: Installation, width: int, scripts: bool
) -> None:
    visitor = seat(open_review.address, "lost", width=width, scripts=scripts)
    visitor.go("/r", to="Open your reviews")
    visitor.follow("Have your link sent to you again", to="Have your link sent again")
    visitor.press("Send it again", to="Have your link sent again", error=True)
    answers = set()
    for address in ("nobody@nowhere.example", "claire.dunmore@signpostmental.example"):
        visitor.go("/r/lost", to="Have your link sent again")
        visitor.fill({"Your email address": address})
        visitor.press("Send it again", to=re.compile("."))
        answers.add(visitor.page.get_by_role("main").inner_text())
    assert len(answers) == 1


def enter(visitor: Visitor, code: str) -> None:
    """Opens a link, or types its code where no script runs, and goes to the ways out."""
    visitor.page.context.clear_cookies()
    visitor.go("/r", to="Open your reviews")
    visitor.fill({"Your code": code})
    visitor.press("Continue", to=journey.REVIEWS)
    visitor.follow(HELP, to=HELP)


def ask(visitor: Visitor, way: str, fields: Mapping[str, str], *, error: bool = False) -> None:
    """Takes one way out and sends its form."""
    visitor.follow(way, to=way)
    visitor.fill(fields)
    visitor.press("Send it to the steward", to=way if error else READ, error=error)


def replace_the_link(
    steward: Visitor, installation: Installation, host: str, name: str, address: str
) -> None:
    """The steward reads what was asked, mends the address and deletes the requests."""
    journey.sign_in(steward, installation.steward)
    steward.go(f"/steward/reviews/{installation.only_cycle()}/requests", to=REQUESTS)
    steward.says("The end of the month", address)
    steward.follow(re.compile("^Correct the address of"), to=re.compile("^Correct the address of"))
    steward.fill({"Email address": "no address"})
    steward.press("Send a new link", to=re.compile("^Correct the address of"), error=True)
    steward.fill({"Name": name, "Email address": address})
    steward.press("Send a new link", to=re.compile("."))
    for _ in range(2):
        steward.go(f"/steward/reviews/{installation.only_cycle()}/requests", to=REQUESTS)
        steward.press("Dealt with, delete it", to=REQUESTS)
    steward.says("Nothing waits for you.")
