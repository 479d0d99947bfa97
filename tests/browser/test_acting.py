"""An owner and a verifier on phone and desk: from the mail to done, from the mail to verified, and no account."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from review_app.state import state
from surveys.improvement import ActionState
from tests.actions_made import MILL, PRIME, load, propose, published
from tests.browser.conftest import Seat
from tests.browser.installation import WebServer
from tests.browser.visitor import Visitor
from tests.processes import kill, start
from tests.publications import Reviewed
from tests.servers import free_port, wait_for
from tests.unit.test_evidence_kinds import A_PDF

pytestmark = [pytest.mark.browser, pytest.mark.slow]
YOURS, TITLE = "Your actions", "Invoices are paid within 14 days"
LONG = "We have asked the council, which sets the terms of payment.\nThey answer in March."


@contextmanager
def running(folder: Path) -> Iterator[tuple[Reviewed, str]]:
    """A published review, with a web server and a worker, and the address of its pages."""
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
    with published(environ) as reviewed:
        worker = start(environ, "worker", log=folder / "worker.log")
        server = WebServer(environ, folder / "serve.log")
        try:
            server.start()
            yield reviewed, address
        finally:
            server.kill()
            kill(worker)


def link_to(folder: Path, address: str, subject: str) -> str:
    """The path of the link in somebody's mail of a subject; "" while there is none."""
    for file in folder.glob("*.eml"):
        mail = message_from_bytes(file.read_bytes(), policy=policy.default)
        body = mail.get_body(("plain",))
        if mail["To"].addresses[0].addr_spec == address and subject in mail["Subject"] and body:
            return str(re.findall(r"/a#[A-Z2-7-]{39}", str(body.get_content()))[0])
    return ""


@pytest.mark.parametrize(("width", "scripts"), [(375, False), (1280, True)])
def test_an_owner_says_that_it_is_done_and_the_verifier_that_it_is(
    tmp_path: Path, seat: Seat, width: int, scripts: bool
) -> None:
    with running(tmp_path) as (reviewed, address):
        action_id = propose(reviewed)
        mailbox = state().keys.mailbox(reviewed.cycle.id)
        wait_for(lambda: bool(link_to(mailbox, PRIME, "your action, due on")), 120)
        owner = seat(address, "owner", width=width, scripts=scripts)
        open_link(owner, link_to(mailbox, PRIME, "your action, due on"), scripts=scripts)
        owner.says("These wait for your answer", "Say whether you accept it.")
        owner.follow(re.compile(TITLE), to=TITLE)
        owner.press("Accept this action", to=TITLE)
        owner.says("You have accepted this action.")
        progress(owner)
        owner.choose("Agree a date of the month")
        owner.fill({"Another step (optional)": "Look at it in March"})
        owner.press("Keep the steps", to=TITLE)
        owner.says("The steps are kept.", "Step done", "Step added")
        evidence(owner, tmp_path)
        owner.press("Say that it is done", to="Say that it is done")
        owner.fill({"What has been done (optional)": "The date is in every contract."})
        owner.press("It is done", to=TITLE)
        owner.says("The verifier is asked by mail whether it is done.")

        # The worker may be at the PDFs of the reports, which it finishes first.
        wait_for(lambda: bool(link_to(mailbox, MILL, "say whether this is done")), 120)
        verifier = seat(address, "verifier", width=width, scripts=scripts)
        open_link(verifier, link_to(mailbox, MILL, "say whether this is done"), scripts=scripts)
        verifier.says("Its owners say that it is done. Is it?")
        verifier.follow(re.compile(TITLE), to=TITLE)
        name, content = verifier.download("terms.pdf")
        assert (name, content) == ("terms.pdf", A_PDF)
        verifier.press("Ask for more", to="Ask for more")
        verifier.press("Ask for more", to="Ask for more", error=True)
        verifier.fill({"What is still missing": "The December invoices are late."})
        verifier.press("Ask for more", to=TITLE)

        owner.go("/a/1", to=TITLE)
        owner.says("The verifier asks for more", "The December invoices are late.")
        owner.press("Say that it is done", to="Say that it is done")
        owner.press("It is done", to=TITLE)
        verifier.go("/a/yours", to=YOURS)
        verifier.follow(re.compile(TITLE), to=TITLE)
        verifier.press("Say that it is done", to="Say that it is done")
        verifier.press("It is done", to=TITLE)
        verifier.says("Thank you. The action is verified.")
        assert load(action_id).state is ActionState.VERIFIED
        owner.go("/a/yours", to=YOURS)
        owner.says("Nothing is asked of you now.", "These are settled")
        owner.page.get_by_role("button", name="Leave").click()
        owner.look("Open your actions")


def open_link(visitor: Visitor, link: str, *, scripts: bool) -> None:
    """Follows the link of a mail, or types its code; it does not stay in the address."""
    if scripts:
        visitor.page.goto(f"{visitor.address}{link}")
        visitor.look(YOURS)
        assert "#" not in visitor.page.url
        return
    visitor.go("/a", to="Open your actions")
    visitor.fill({"Your code": "nonsense"})
    visitor.press("Continue", to="Open your actions", error=True)
    visitor.fill({"Your code": link.partition("#")[2].lower().replace("-", " ")})
    visitor.press("Continue", to=YOURS)


def progress(owner: Visitor) -> None:
    """Words that are missing, too long, and then kept with their lines."""
    title = "Say how it goes"
    owner.press(title, to=title)
    owner.press("Keep this", to=title, error=True)
    owner.says("Write how it goes.")
    owner.fill({"How it goes": "x" * 1001})
    owner.press("Keep this", to=title, error=True)
    assert owner.page.get_by_label("How it goes", exact=True).input_value() == "x" * 1001
    owner.fill({"How it goes": LONG})
    owner.press("Keep this", to=TITLE)
    owner.says("Your words are kept.", re.compile("They answer in March."))


def evidence(owner: Visitor, folder: Path) -> None:
    """A file that is not what its name says, one that is, and a link."""
    title, good, bad = "Add evidence", folder / "terms.pdf", folder / "terms.txt"
    good.write_bytes(A_PDF)
    bad.write_bytes(A_PDF)
    owner.follow("Add a file or a link", to=title)
    owner.page.get_by_label("A file", exact=True).set_input_files(bad)
    owner.press("Add this", to=title, error=True)
    owner.says(re.compile("Its name should end in: .pdf."))
    owner.page.get_by_label("A file", exact=True).set_input_files(good)
    owner.fill({"A link": "https://www.example.org/terms", "What the link shows (optional)": "Our terms"})
    owner.press("Add this", to=TITLE)
    owner.says("The evidence is kept.", "terms.pdf", "Our terms", "A link to www.example.org")
