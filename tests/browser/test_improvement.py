"""The actions of a chain in a real browser, for its organiser and for a partner by link, on a phone and wide."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from review_app import papers
from review_app.config import Settings
from surveys import sealing
from tests.actions_made import MILL
from tests.browser.conftest import Seat
from tests.browser.installation import WebServer
from tests.browser.visitor import Visitor
from tests.conftest import PASSWORD
from tests.improvement_made import Improved, improved
from tests.processes import kill, start
from tests.servers import free_port, wait_for

pytestmark = [pytest.mark.browser, pytest.mark.slow]
NEXT, SAID = "What to do next", "You said, we did"
ACTION = "Action 2: =Everybody sees the books"


@contextmanager
def running(folder: Path) -> Iterator[tuple[Improved, str]]:
    """A review of which something came, with a web server and a worker, and the address of its pages."""
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
    with improved(environ) as made:
        worker = start(environ, "worker", log=folder / "worker.log")
        server = WebServer(environ, folder / "serve.log")
        try:
            server.start()
            # Otherwise whoever asks for the PDF too early is told to wait.
            paper_dir = Settings.from_env(environ).paper_dir
            wait_for(lambda: any(paper_dir.glob("*.pdf")), seconds=60)
            yield made, address
        finally:
            server.kill()
            kill(worker)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Improved, str]]:
    """One for all tests here: none changes what another looks at."""
    with running(tmp_path_factory.mktemp("improved")) as found:
        yield found


def sign_in(visitor: Visitor, made: Improved) -> None:
    visitor.go("/sign-in", to="Sign in")
    visitor.fill({"Email address": made.of.organiser.email, "Password": PASSWORD})
    visitor.press("Sign in", to=NEXT)


@pytest.mark.parametrize(("width", "scripts"), [(375, True), (375, False), (1280, True)])
def test_an_organiser_goes_through_every_view_of_a_chain(
    place: tuple[Improved, str], seat: Seat, width: int, scripts: bool
) -> None:
    made, address = place
    organiser = seat(address, "oversees", width=width, scripts=scripts)
    sign_in(organiser, made)
    organiser.follow("Actions of Threads", to="Actions")
    organiser.says("Done, but not felt", "2: =Everybody sees the books")
    organiser.follow("List", to="Actions")
    organiser.page.get_by_text("Show some of them only").click()
    organiser.page.get_by_label("State").select_option("In progress")
    organiser.press("Show these", to="Actions")
    organiser.says("1 of 5 actions.")
    organiser.follow("Show all", to="Actions")
    organiser.follow("Timeline", to="Actions by their due dates")
    organiser.says("2 actions are late")
    organiser.follow("2: =Everybody sees the books", to=ACTION)
    organiser.says("Everything that happened")
    organiser.follow("It will not be done", to="Action 2 will not be done")
    organiser.press("It will not be done", to="Action 2 will not be done", error=True)
    organiser.follow("Back without saving", to=ACTION)
    organiser.follow("Change", to="Change action 2")
    organiser.go(f"/chains/{made.chain_id}/actions/new", to="What is the action to change?")
    organiser.go(f"/chains/{made.chain_id}/actions/new/form", to="Propose an action")
    organiser.press("Propose", to="Propose an action", error=True)
    organiser.go(f"/chains/{made.chain_id}/actions/you-said", to=SAID)
    organiser.says("What will not be done", "The contract of the council forbids it.")
    name, content = organiser.download("As a PDF to hand out")
    assert name == "threads-you-said-we-did.pdf" and content.startswith(b"%PDF")


@pytest.mark.parametrize(("width", "scripts"), [(375, True), (1280, False)])
def test_a_partner_reads_what_came_of_it_by_the_link_to_the_reports(
    place: tuple[Improved, str], seat: Seat, width: int, scripts: bool
) -> None:
    made, address = place
    partner = seat(address, "partner", width=width, scripts=scripts)
    partner.go("/report", to="Open your reports")
    partner.page.get_by_label("Your code").fill(sealing.code_of(made.of.secret(MILL)))
    partner.press("Continue", to="Your reports")
    partner.follow(SAID, to=SAID)
    partner.says("1: Invoices are paid within 14 days", "Mill Ltd verified it.", "We won’t, because")
    name, content = partner.download("As a PDF to hand out")
    assert name == "you-said-we-did.pdf" and content.startswith(b"%PDF")
    assert papers.LOOK_AGAIN == {"Refresh": "3"}
