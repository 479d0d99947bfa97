"""A pulse from end to end: the steward opens it, a partner answers on a phone, and the action is opened again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from playwright.sync_api import expect

from review_app.database import reading
from review_app.services import pulses
from review_app.state import state
from surveys.cycle import KeyMode
from surveys.pulse import PulseState
from tests.browser.conftest import Seat
from tests.browser.installation import WebServer
from tests.browser.visitor import Visitor
from tests.conftest import PASSWORD
from tests.processes import kill, start
from tests.pulses import NO, TITLE, Ready, links_of_pulse, pass_closing_time, pulse_of, ready, say
from tests.servers import free_port, wait_for

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PARTNER = "1@ash.example"
PASSPHRASE = "lantern orchard velvet thimble"
ASK, LIST = "Ask whether it is felt", "Are the changes felt?"
OF_THE_PULSE = f"Pulse: {TITLE}"
QUESTIONS, RECEIVED = "Has this changed for you?", "We have received your answers"


@contextmanager
def running(folder: Path) -> Iterator[tuple[Ready, str]]:
    """A review with two keys whose action is done, with a web server and a worker, and the address of its pages."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    environ = {
        "ROUNDTABLE_MODE": "demo",
        "ROUNDTABLE_DATA_DIR": str(folder / "data"),
        "ROUNDTABLE_KEYS_DIR": str(folder / "keys"),
        "ROUNDTABLE_SECRET_KEY": "s" * 40,
        "ROUNDTABLE_PORT": str(port),
        "ROUNDTABLE_BASE_URL": address,
    }
    with ready(environ, KeyMode.TWO_KEY) as made:
        worker = start(environ, "worker", log=folder / "worker.log")
        server = WebServer(environ, folder / "serve.log")
        try:
            server.start()
            yield made, address
        finally:
            server.kill()
            kill(worker)


def link_to(folder: Path, address: str) -> str:
    """The path of the link in somebody's mail; "" while there is none."""
    for file in folder.glob("*.eml"):
        mail = message_from_bytes(file.read_bytes(), policy=policy.default)
        body = mail.get_body(("plain",))
        if mail["To"].addresses[0].addr_spec == address and body:
            return str(re.findall(r"/p#[A-Z2-7-]{39}", str(body.get_content()))[0])
    return ""


@pytest.mark.parametrize(
    ("width", "scripts"), [(375, True), (375, False), (1280, True)], ids=["phone", "no script", "desk"]
)
def test_a_pulse_is_opened_answered_counted_and_reopens_the_action(
    tmp_path: Path, seat: Seat, width: int, scripts: bool
) -> None:
    with running(tmp_path) as (of, address):
        steward = seat(address, "steward-pulse", width=width, scripts=scripts)
        key_file = open_a_pulse(steward, of, tmp_path)
        with reading() as session:
            (found,) = pulses.of_action(session, of.action_id)
        mailbox = state().keys.mailbox(found.id)
        wait_for(lambda: bool(link_to(mailbox, PARTNER)))

        partner = seat(address, "partner-pulse", width=width, scripts=scripts)
        answer(partner, link_to(mailbox, PARTNER), scripts=scripts)
        for other, secret in links_of_pulse(found.id).items():
            if other != PARTNER:
                say(secret, NO, NO)

        pass_closing_time(found.id)
        wait_for(lambda: pulse_of(found.id).state is PulseState.CLOSING)
        partner.expects = ("status of 422", "status of 409")
        partner.go("/p/answer", to="This has closed")
        count(steward, of, key_file)
        steward.says(
            re.compile("The change is not felt: 4 in 10 or fewer have noticed it"), "Done, but not felt"
        )
        steward.follow(LIST, to=LIST)
        steward.says("Done, but not felt")


def open_a_pulse(steward: Visitor, of: Ready, folder: Path) -> Path:
    """Opens one for all groups, with a key file of its own; the file."""
    steward.go("/sign-in", to="Sign in")
    steward.fill({"Email address": of.steward.email, "Password": PASSWORD})
    steward.press("Sign in", to="What to do next")
    steward.go(f"/steward/reviews/{of.cycle_id}/pulses", to=LIST)
    steward.follow(re.compile(f"^{ASK}"), to=ASK)
    steward.page.locator("summary").first.click()
    steward.says("1@dyer.example")
    steward.follow("Make its key file first", to="Make the key file of the pulse")
    steward.fill({"Passphrase": PASSPHRASE, "The same passphrase again": PASSPHRASE})
    with steward.page.expect_download() as begun:
        steward.page.get_by_role("button", name="Make and download the key file").click()
    path = folder / begun.value.suggested_filename
    begun.value.save_as(path)
    steward.follow("go on to open the pulse", to=ASK)
    for wrong in (True, False):
        steward.page.get_by_label("Key file", exact=True).set_input_files(path)
        steward.fill({"Passphrase": "something else entirely" if wrong else PASSPHRASE})
        if wrong:
            steward.press("Open the pulse and ask them", to=ASK, error=True)
    steward.press("Open the pulse and ask them", to=OF_THE_PULSE)
    steward.says("The pulse is open. Everybody in these groups gets a mail with a link of their own.")
    return path


def answer(partner: Visitor, link: str, *, scripts: bool) -> None:
    """Opens the link, is refused an empty form, answers, changes it, takes it back and answers again."""
    if scripts:
        partner.page.goto(f"{partner.address}{link}")
        partner.look(QUESTIONS)
        assert "#" not in partner.page.url
    else:
        partner.go("/p", to="Say whether something has changed")
        partner.fill({"Your code": "nonsense"})
        partner.press("Continue", to="Say whether something has changed", error=True)
        partner.fill({"Your code": link.partition("#")[2].lower().replace("-", " ")})
        partner.press("Continue", to=QUESTIONS)
    partner.says(TITLE, re.compile("Asked: 14 people from 8 organisations"))
    partner.press("Send these answers", to=QUESTIONS, error=True)
    partner.page.locator(".govuk-error-summary a").click()
    expect(partner.page.locator("#noticed")).to_be_focused()
    choose(partner, "Have you noticed", "Yes")
    partner.press("Send these answers", to=RECEIVED)
    assert partner.page.locator("input:checked").count() == 0
    choose(partner, "Have you noticed", "I cannot tell")
    partner.press("Send these answers instead", to=RECEIVED)
    partner.press("Take your answers back", to=QUESTIONS)
    partner.says("What you sent is deleted. It will not be counted.")
    choose(partner, "Have you noticed", "No")
    choose(partner, "Is it what was agreed", "No")
    partner.press("Send these answers", to=RECEIVED)


def choose(partner: Visitor, question: str, label: str) -> None:
    partner.page.get_by_role("group", name=question).get_by_label(label, exact=True).check()


def count(steward: Visitor, of: Ready, key_file: Path) -> None:
    """Brings the key file."""
    steward.go("/steward", to="What to do next")
    steward.says("A pulse has closed. Bring its key file, so that it can be counted.")
    steward.go(f"/steward/reviews/{of.cycle_id}/pulses", to=LIST)
    steward.follow(re.compile("^Look at this pulse"), to=OF_THE_PULSE)
    steward.follow("Count the answers", to="Count the answers")
    steward.page.get_by_label("Key file", exact=True).set_input_files(key_file)
    steward.fill({"Passphrase": PASSPHRASE})
    steward.press("Count the answers", to=OF_THE_PULSE)
    steward.says("The answers are counted, and the answers themselves are destroyed.")
