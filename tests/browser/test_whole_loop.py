"""The whole way in real browsers: from a published report over a workshop and an action to the next report.

Six phones at once, the links of the owner and the verifier, a pulse, and the action beside what changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import update

from review_app import clock
from review_app.database import reading, transaction
from review_app.models.workshops import WorkshopRecord
from review_app.services import actions, cycles, publishing, pulses
from review_app.state import state
from surveys.improvement import ActionState
from surveys.pulse import PulseState
from tests.browser.conftest import PATIENCE_MS, Seat
from tests.browser.installation import WebServer
from tests.browser.visitor import Visitor
from tests.conftest import PASSWORD
from tests.processes import kill, start
from tests.publications import count_one, move_into_the_past, quote_everything
from tests.pulses import NO, links_of_pulse, pass_closing_time, pulse_of, say
from tests.servers import free_port, wait_for
from tests.unit.test_evidence_kinds import A_PDF
from tests.workshops import PAID, PRIME, Gathered, invited_workshop

pytestmark = [pytest.mark.browser, pytest.mark.slow]
WORKSHOP, TITLE = "Reading the report together", "Invoices are paid within 14 days"
YOURS, ASK = "Your actions", "Ask whether it is felt"
OWNER, VERIFIER, PARTNER = PRIME, "0@ash.example", "1@birch.example"


@dataclass(frozen=True)
class Loop:
    """The installation, and what a step leaves for the next."""

    of: Gathered
    address: str
    folder: Path
    seat: Seat

    @property
    def chain_id(self) -> str:
        """The chain of the review."""
        with reading() as session:
            return cycles.load(session, self.of.of.cycle.id).chain_id

    def link(self, to: str, path: str, mailbox_of: str = "") -> str:
        """The newest link to a page in somebody's mails, once the worker has sent it."""
        mailbox = state().keys.mailbox(mailbox_of or self.of.of.cycle.id)
        wait_for(lambda: bool(_links(mailbox, to, path)), 120)
        return _links(mailbox, to, path)[-1]

    def by_link(self, name: str, to: str, path: str, *, heading: str, mailbox_of: str = "") -> Visitor:
        """Somebody on a phone, who has followed the link of a mail."""
        visitor = self.seat(self.address, name, width=375, height=700)
        visitor.expects = ("status of 422", "status of 409")
        visitor.page.goto(f"{self.address}{self.link(to, path, mailbox_of)}")
        visitor.look(heading)
        return visitor

    def signed_in(self, name: str, width: int, email: str) -> Visitor:
        """The organiser or the steward at a window of a width."""
        visitor = self.seat(self.address, name, width=width, height=1080)
        visitor.expects = ("status of 422",)
        visitor.go("/sign-in", to="Sign in")
        visitor.fill({"Email address": email, "Password": PASSWORD})
        visitor.press("Sign in", to="What to do next")
        return visitor


def _links(mailbox: Path, to: str, path: str) -> list[str]:
    found = []
    for file in sorted(mailbox.glob("*.eml"), key=lambda file: file.stat().st_mtime):
        mail = message_from_bytes(file.read_bytes(), policy=policy.default)
        body = mail.get_body(("plain",))
        if mail["To"].addresses[0].addr_spec == to and body:
            found += re.findall(rf"{path}#[A-Z2-7-]{{39}}", str(body.get_content()))
    return found


@contextmanager
def running(folder: Path, seat: Seat) -> Iterator[Loop]:
    """A published review with a workshop that people are invited to, a web server and a worker."""
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
    with invited_workshop(environ) as found:
        # Its day has come, as only a test may bring it on.
        with transaction() as session:
            session.execute(update(WorkshopRecord).values(begins_at=clock.now()))
        worker = start(environ, "worker", log=folder / "worker.log")
        server = WebServer(environ, folder / "serve.log")
        try:
            server.start()
            yield Loop(found, address, folder, seat)
        finally:
            server.kill()
            kill(worker)


def test_from_a_report_over_a_workshop_to_the_next_report(tmp_path: Path, seat: Seat) -> None:
    with running(tmp_path, seat) as loop:
        leader = loop.signed_in("leader", 1280, loop.of.of.organiser.email)
        topic = meet(loop, leader)
        settle(loop, leader, topic)
        leader.press("Check the minutes", to="Minutes")
        leader.press("Send the minutes", to="Minutes")

        with reading() as session:
            [action] = actions.of_chain(session, loop.chain_id)
        own(loop)
        verify(loop)
        assert _state(action.id) is ActionState.VERIFIED
        ask_whether_it_is_felt(loop, action.id)
        assert _state(action.id) is ActionState.NOT_FELT
        loop.by_link("owner-again", OWNER, "/a", heading=YOURS).says(
            re.compile("Those whom it was for do not notice it yet")
        )

        read_the_next_report(loop, leader)


def meet(loop: Loop, leader: Visitor) -> str:
    """Six phones write, read and vote on the first topic; its title."""
    topic = loop.of.workshop().topics[0].title
    phones = [
        loop.by_link(f"loop-phone{place}", to, "/w", heading=WORKSHOP) for place, to in enumerate(PAID[:6])
    ]
    leader.go(f"/workshops/{loop.of.id}/lead", to=WORKSHOP)
    leader.press("Begin the workshop", to=WORKSHOP)
    leader.press("Let everybody write notes", to=WORKSHOP)
    _everybody_sees(phones, "Now: write your notes")
    for place, phone in enumerate(phones):
        words = "Pay within 14 days" if place % 2 else "Tell us when money comes"
        phone.page.get_by_label("Your note").first.fill(f"{words} ({place})")
        phone.page.get_by_role("button", name="Save your notes").click()
        phone.says("1 of your notes is saved")
    leader.press("Reveal all notes together", to=WORKSHOP)
    _everybody_sees(phones, "Now: read all the notes")
    for place in (1, 3, 5):
        leader.page.get_by_label(f"Pay within 14 days ({place})").check()
    leader.fill({"New group, called": "Pay sooner"})
    leader.press("Make a group of the ticked notes", to=WORKSHOP)
    leader.press("Each in a group of its own", to=WORKSHOP)
    leader.press("Let those who are paid vote first", to=WORKSHOP)
    _everybody_sees(phones, "Now: vote")
    for phone in phones:
        for left in (4, 3):
            phone.page.get_by_role("button", name="Give a dot to: Pay sooner").click()
            phone.says(f"has {left} dots left")
    leader.press("Let everybody vote", to=WORKSHOP)
    leader.press("Close the vote and show the result", to=WORKSHOP)
    _everybody_sees(phones, "of the dots")
    phones[0].look(topic)
    leader.press("End the workshop", to=WORKSHOP)
    return topic


def settle(loop: Loop, leader: Visitor, topic: str) -> None:
    """A decision on the topic, and an action of the prime's that the ash verifies."""
    leader.go(f"/workshops/{loop.of.id}/record", to="Record")
    leader.page.locator(f"a[href$='/record/{loop.of.topics[0]}']").click()
    leader.look(topic)
    leader.choose("Decided")
    leader.fill({"What was decided": TITLE})
    leader.press("Save", to="Record")
    leader.page.get_by_role("link", name=re.compile("^Make an action")).first.click()
    leader.look("Make an action")
    leader.says("Pay sooner")
    year = str(clock.now().year + 1)
    leader.fill({"For whom": "Everybody who is paid", "Day": "1", "Month": "6", "Year": year})
    for label, person in (
        ("Owner", "Person 0 at prime (Prime Ltd)"),
        ("Who checks that it is done", "Person 0 at ash (Ash Ltd)"),
    ):
        leader.page.get_by_label(label, exact=True).select_option(label=person)
    leader.press("Make the action", to="Record")


def own(loop: Loop) -> None:
    """The owner accepts, shows evidence and says that it is done."""
    owner = loop.by_link("loop-owner", OWNER, "/a", heading=YOURS)
    owner.follow(re.compile(TITLE), to=TITLE)
    owner.press("Accept this action", to=TITLE)
    terms = loop.folder / "terms.pdf"
    terms.write_bytes(A_PDF)
    owner.follow("Add a file or a link", to="Add evidence")
    owner.page.get_by_label("A file", exact=True).set_input_files(terms)
    owner.press("Add this", to=TITLE)
    owner.press("Say that it is done", to="Say that it is done")
    owner.press("It is done", to=TITLE)


def verify(loop: Loop) -> None:
    """The verifier reads the evidence and says that it is done."""
    verifier = loop.by_link("loop-verifier", VERIFIER, "/a", heading=YOURS)
    verifier.follow(re.compile(TITLE), to=TITLE)
    assert verifier.download("terms.pdf") == ("terms.pdf", A_PDF)
    verifier.press("Say that it is done", to="Say that it is done")
    verifier.press("It is done", to=TITLE)
    verifier.says("Thank you. The action is verified.")


def ask_whether_it_is_felt(loop: Loop, action_id: str) -> None:
    """The steward opens a pulse, one partner answers by phone and the others too, and the worker counts it."""
    steward = loop.signed_in("loop-steward", 1280, loop.of.of.steward.email)
    steward.go(f"/steward/reviews/{loop.of.of.cycle.id}/pulses", to="Are the changes felt?")
    steward.follow(re.compile(f"^{ASK}"), to=ASK)
    steward.press("Open the pulse and ask them", to=f"Pulse: {TITLE}")
    with reading() as session:
        (found,) = pulses.of_action(session, action_id)
    partner = loop.by_link(
        "loop-partner", PARTNER, "/p", heading="Has this changed for you?", mailbox_of=found.id
    )
    partner.page.get_by_role("group", name=re.compile("Have you noticed")).get_by_label(
        "No", exact=True
    ).check()
    partner.press("Send these answers", to="We have received your answers")
    for address, secret in links_of_pulse(found.id).items():
        if address != PARTNER:
            say(secret, NO, NO)
    pass_closing_time(found.id)
    wait_for(lambda: pulse_of(found.id).state is PulseState.CLOSED, 120)
    steward.go(f"/steward/pulses/{found.id}", to=f"Pulse: {TITLE}")
    steward.says(re.compile("The change is not felt"))


def read_the_next_report(loop: Loop, leader: Visitor) -> None:
    """A second review is held, and its report shows the action beside the statement that it was to move."""
    first = loop.of.of
    move_into_the_past(first.cycle.id, timedelta(days=200))
    second = count_one(
        first.app, loop.chain_id, first.organiser, first.steward, title="Autumn review", rating=4
    )
    quote_everything(second)
    with transaction() as session:
        publishing.publish(session, clock.now(), second.cycle.id, first.steward.id)
    leader.page.goto(f"{loop.address}/reports/{second.cycle.id}")
    agreed = leader.page.locator("section", has_text="What was agreed, and what changed").last
    expect(agreed).to_contain_text(TITLE)
    expect(agreed).to_contain_text("Done, but not felt")


def _everybody_sees(visitors: list[Visitor], text: str) -> None:
    for visitor in visitors:
        said = visitor.page.get_by_role("main").get_by_text(text).filter(visible=True).first
        expect(said).to_be_visible(timeout=PATIENCE_MS)


def _state(action_id: str) -> ActionState:
    with reading() as session:
        return actions.load(session, action_id).state
