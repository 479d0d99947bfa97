"""A charity's manager on a phone: from the mail to the report, a reply, and the published report four weeks later."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from playwright.sync_api import expect

from review_app.database import reading
from review_app.services import cycles
from review_app.state import state
from surveys import sealing
from surveys.cycle import CycleState
from tests.browser.conftest import Seat
from tests.browser.installation import WebServer
from tests.browser.visitor import Visitor
from tests.conftest import PASSWORD
from tests.processes import kill, start
from tests.publications import DAYS, Reviewed, counted, make, move_into_the_past
from tests.servers import free_port, wait_for

pytestmark = [pytest.mark.browser, pytest.mark.slow]
MANAGER = "0@ash.example"
YOURS, FORM = "Your reports", "Reply to a finding"
TELLING = "Person 0 at mill said on 3 March that we are late."
BOX = "None of this points at a person who may have answered"
THREAT = "Whoever wrote this should look for another contract."
REPLY, PROMISE = "We hear this, and we were late.", "From 1 June we answer within a week."


@contextmanager
def running(folder: Path) -> Iterator[tuple[Reviewed, str]]:
    """A review in its time for replies, with a web server and a worker, and the address of its pages."""
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
    with counted(environ) as reviewed:
        make(reviewed)
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
            return str(re.findall(r"/report#[A-Z2-7-]{39}", str(body.get_content()))[0])
    return ""


@pytest.mark.parametrize("scripts", [True, False], ids=["by script", "without script"])
def test_a_manager_reads_replies_and_finds_the_reply_in_the_report(
    tmp_path: Path, seat: Seat, scripts: bool
) -> None:
    with running(tmp_path) as (reviewed, address):
        mailbox = state().keys.mailbox(reviewed.cycle.id)
        wait_for(lambda: bool(link_to(mailbox, MANAGER, "your report is ready")))
        manager = seat(address, "manager", width=375, scripts=scripts)
        open_link(manager, link_to(mailbox, MANAGER, "your report is ready"), scripts=scripts)
        manager.says(re.compile("The report on Ash Ltd is ready. You can reply to it until"))
        manager.follow("Ash Ltd", to=re.compile("Ash Ltd"))
        manager.says("Not published yet.")
        manager.follow("Reply to the findings", to="Reply to the report")
        manager.says("A reply must not guess who said what. Write to the finding, not to a person:")
        reply(manager, scripts=scripts)

        move_into_the_past(reviewed.cycle.id, timedelta(days=DAYS))
        wait_for(lambda: is_published(reviewed))
        wait_for(lambda: bool(link_to(mailbox, MANAGER, "the report on the partnership is out")))
        again = link_to(mailbox, MANAGER, "the report on the partnership is out")
        assert again == link_to(mailbox, MANAGER, "your report is ready")
        open_link(manager, again, scripts=scripts)
        assert manager.page.get_by_text("Reply to the findings").count() == 0
        manager.follow("Prime Ltd and the whole of Threads", to="Spring review")
        assert manager.page.get_by_text("Not published yet.").count() == 0
        manager.page.locator(".report-more-files > summary").click()
        name, content = manager.download("The report as data (JSON)")
        assert name.endswith(".json") and b"We hear this" not in content
        manager.follow(YOURS, to=YOURS)
        manager.follow("Ash Ltd", to=re.compile("Ash Ltd"))
        manager.page.locator(".report-more-files > summary").click()
        _, content = manager.download("The report as data (JSON)")
        assert REPLY.encode() in content and PROMISE.encode() in content
        manager.page.get_by_role("button", name="Leave").click()
        manager.look("Open your reports")


@pytest.mark.parametrize(("width", "scripts"), [(375, False), (1280, True)])
def test_the_steward_holds_a_threat_back_and_everybody_reads_why(
    tmp_path: Path, seat: Seat, width: int, scripts: bool
) -> None:
    with running(tmp_path) as (reviewed, address):
        link = f"/report#{sealing.code_of(reviewed.secret(MANAGER))}"
        manager = seat(address, "writer", width=width, scripts=scripts)
        open_link(manager, link, scripts=scripts)
        manager.press("Reply to the findings", to="Reply to the report")
        manager.page.locator(".rt-finding a", has_text="Reply").click()
        manager.look(FORM)
        manager.fill({"Your reply": THREAT})
        manager.press("Save the reply", to="Reply to the report")

        steward = seat(address, "guard", width=width, scripts=scripts)
        steward.go("/sign-in", to="Sign in")
        steward.fill({"Email address": reviewed.steward.email, "Password": PASSWORD})
        steward.press("Sign in", to="What to do next")
        steward.follow("Spring review, Threads", to="Spring review")
        steward.follow("Look at the replies", to="The replies")
        steward.follow(re.compile("^Hold it back"), to="A reply")
        steward.press("Save the decision", to="A reply", error=True)
        steward.choose("No: it puts pressure on people for answering")
        steward.press("Save the decision", to="The replies")
        steward.says("Held back", THREAT)

        manager.go("/report/reply", to="Reply to the report")
        manager.says("The steward holds this reply back, because it puts pressure on people for answering.")
        manager.page.locator(".rt-finding a", has_text="Change the reply").click()
        manager.look(FORM)
        manager.says(re.compile("You can write another one until"))

        move_into_the_past(reviewed.cycle.id, timedelta(days=DAYS))
        wait_for(lambda: is_published(reviewed))
        manager.go("/report/yours", to=YOURS)
        manager.follow("Ash Ltd", to=re.compile("Ash Ltd"))
        manager.says(
            "The steward held back a reply by Ash Ltd, because it puts pressure on people for answering."
        )
        assert manager.page.get_by_text(THREAT).count() == 0


def open_link(manager: Visitor, link: str, *, scripts: bool) -> None:
    """Follows the link of a mail, or types its code; it does not stay in the address."""
    if scripts:
        manager.page.goto(f"{manager.address}{link}")
        manager.look(YOURS)
        assert "#" not in manager.page.url
        return
    manager.go("/report", to="Open your reports")
    manager.fill({"Your code": "nonsense"})
    manager.press("Continue", to="Open your reports", error=True)
    manager.fill({"Your code": link.partition("#")[2].lower().replace("-", " ")})
    manager.press("Continue", to=YOURS)


def reply(manager: Visitor, *, scripts: bool) -> None:
    """A reply that is too long, one that points at somebody, and the one that stays."""
    manager.page.locator(".rt-finding a", has_text="Reply").click()
    manager.look(FORM)
    text = manager.page.get_by_label("Your reply", exact=True)
    text.fill("x" * 601)
    manager.press("Save the reply", to=FORM, error=True)
    manager.page.locator(".govuk-error-summary a").click()
    expect(text).to_be_focused()
    text.fill(TELLING)
    if scripts:
        manager.says(re.compile("“3 March”"))
    manager.press("Save the reply", to=FORM, error=True)
    manager.says(re.compile("look at what may point at somebody"), re.compile("“3 March”"))
    manager.page.locator(".govuk-error-summary a").click()
    expect(manager.page.get_by_label(BOX)).to_be_focused()
    manager.choose(BOX)
    manager.press("Save the reply", to="Reply to the report")
    manager.says("Your reply is kept.", TELLING)
    manager.page.locator(".rt-finding a", has_text="Change the reply").click()
    manager.look(FORM)
    text.fill(REPLY)
    manager.page.get_by_label("What you will do, and by when (optional)").fill(PROMISE)
    manager.press("Save the reply", to="Reply to the report")
    manager.says("Your reply is kept.", REPLY, "1 of 1 finding has a reply.")
    manager.follow(YOURS, to=YOURS)


def is_published(of: Reviewed) -> bool:
    with reading() as session:
        return cycles.load(session, of.cycle.id).state is CycleState.PUBLISHED
