"""Whoever leads a workshop writes down what was settled, makes an action, and sends the minutes, by phone or laptop."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import expect

from review_app.database import reading
from review_app.services import actions, cycles, workshops
from surveys.workshop import Outcome, WorkshopState
from tests.browser.conftest import Seat
from tests.browser.installation import WebServer
from tests.browser.visitor import Visitor
from tests.conftest import PASSWORD
from tests.held import BECAUSE, DECISION, NOTES, held_workshop
from tests.processes import kill, start
from tests.servers import free_port
from tests.workshops import Gathered

pytestmark = [pytest.mark.browser, pytest.mark.slow]
RECORD, MINUTES, ACTION, PACK = "Record", "Minutes", "Make an action", "Workshop pack"


@contextmanager
def running(folder: Path) -> Iterator[tuple[Gathered, str]]:
    """A workshop that is over, with a web server and a worker, and the address of its pages."""
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
    with held_workshop(environ) as found:
        worker = start(environ, "worker", log=folder / "worker.log")
        server = WebServer(environ, folder / "serve.log")
        try:
            server.start()
            yield found, address
        finally:
            server.kill()
            kill(worker)


@pytest.mark.parametrize(("width", "scripts"), [(375, False), (1280, True)])
def test_a_facilitator_records_a_workshop_and_sends_its_minutes(
    tmp_path: Path, seat: Seat, width: int, scripts: bool
) -> None:
    with running(tmp_path) as (held, address):
        leader = seat(address, "leader", width=width, scripts=scripts)
        leader.go("/sign-in", to="Sign in")
        leader.fill({"Email address": held.of.organiser.email, "Password": PASSWORD})
        leader.press("Sign in", to="What to do next")
        leader.go(f"/workshops/{held.id}", to="Reading the report together")
        leader.follow("Record what was settled", to=RECORD)
        settle(leader, held)
        make_action(leader)
        leader.fill({"Something for another time": "Training for new partners"})
        leader.press("Park it", to=RECORD)
        leader.choose("Prime Ltd", "Mill Ltd")
        leader.press("Save who was there", to=RECORD)
        leader.press("Check the minutes", to=MINUTES)
        leader.says(DECISION, BECAUSE, NOTES[2], "Training for new partners", "Prime Ltd, Mill Ltd")
        name, content = fetched(leader, "The minutes as a PDF")
        assert name == "reading-the-report-together-minutes.pdf" and content.startswith(b"%PDF-")
        leader.go(f"/workshops/{held.id}/minutes", to=MINUTES)
        leader.press("Send the minutes", to=MINUTES)
        leader.says("They went out to everybody who was invited, and cannot be changed any more.")
        assert leader.page.get_by_role("button", name="Send the minutes").count() == 0

        leader.go(f"/workshops/{held.id}/pack", to=PACK)
        name, content = fetched(leader, "Slides (PDF)")
        assert name == "reading-the-report-together-slides.pdf" and content.startswith(b"%PDF-")
        check(held)


def settle(leader: Visitor, held: Gathered) -> None:
    """A decision on the first topic, after a try without words, and a "we will not" on the second."""
    first, second, *_others = held.workshop().topics
    leader.page.locator(f"a[href$='/record/{first.id}']").click()
    leader.look(first.title)
    leader.choose("Decided")
    leader.press("Save", to=first.title, error=True)
    leader.fill({"What was decided": DECISION})
    leader.page.get_by_label("Place among the priorities").select_option("1")
    leader.press("Save", to=RECORD)
    leader.page.locator(f"a[href$='/record/{second.id}']").click()
    leader.look(second.title)
    leader.choose("We will not do it")
    leader.fill({"Why it will not be done": BECAUSE})
    leader.press("Save", to=RECORD)
    leader.says(DECISION, re.compile("We will not, because: "))


def make_action(leader: Visitor) -> None:
    """An action of the prime's and the mill's, which the ash checks, after a try with two of one organisation."""
    leader.page.get_by_role("link", name=re.compile(f"^{ACTION}")).first.click()
    leader.look(ACTION)
    assert leader.page.get_by_label("What will be different").input_value() == DECISION
    leader.fill({"For whom": "Every subcontractor", "Day": "1", "Month": "6", "Year": "2027"})
    for label, person in (
        ("Owner", "Person 0 at prime (Prime Ltd)"),
        ("Second owner, from another organisation (optional)", "Person 1 at prime (Prime Ltd)"),
        ("Who checks that it is done", "Person 0 at ash (Ash Ltd)"),
    ):
        leader.page.get_by_label(label, exact=True).select_option(label=person)
    leader.press("Make the action", to=ACTION, error=True)
    assert leader.page.get_by_label("For whom").input_value() == "Every subcontractor"
    leader.page.get_by_label("Second owner, from another organisation (optional)").select_option(
        label="Person 0 at mill (Mill Ltd)"
    )
    leader.press("Make the action", to=RECORD)
    leader.says(f"Action 1: {DECISION}")


def fetched(leader: Visitor, link: str) -> tuple[str, bytes]:
    """The file of a link, once the worker has made it: the page in between asks again by itself."""
    with leader.page.expect_download(timeout=90_000) as started:
        leader.link(link).click()
        expect(leader.page.locator("h1")).to_have_text("The PDF is being made")
    return started.value.suggested_filename, started.value.path().read_bytes()


def check(held: Gathered) -> None:
    """What is kept in the end."""
    with reading() as session:
        found = workshops.load(session, held.id)
        chain_id = cycles.load(session, found.cycle_id).chain_id
        [action] = actions.of_chain(session, chain_id)
    assert found.state is WorkshopState.RECORDED
    assert [topic.outcome for topic in found.topics[:2]] == [Outcome.DECIDED, Outcome.WONT]
    assert {owner.party_name for owner in action.owners} == {"Prime Ltd", "Mill Ltd"}
