"""A workshop from the report to the invitation in a real browser: by an organiser, and on a phone by the steward."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from playwright.sync_api import expect

from reports.serial import digest, report_to_bytes
from review_app import clock, posting
from review_app.database import transaction
from review_app.models.releases import ReportRecord
from review_app.services.accounts import Account
from review_app.state import state
from tests import conclusion_samples
from tests.browser.conftest import Seat
from tests.browser.installation import WebServer
from tests.browser.visitor import Visitor
from tests.conftest import PASSWORD
from tests.publications import Reviewed, counted
from tests.servers import free_port
from tests.workshops import publish

pytestmark = [pytest.mark.browser, pytest.mark.slow]
TITLE = "Reading the report together"
PROMISED = re.compile("Northern Bridge Employment Ltd promised on 12 November 2026")
PEOPLE = 18


@contextmanager
def running(folder: Path) -> Iterator[tuple[Reviewed, str]]:
    """A review with a published report that says a good deal, and a web server."""
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
        publish(reviewed)
        report = conclusion_samples.second_review()
        with transaction() as session:
            made = session.get_one(ReportRecord, (reviewed.cycle.id, ""))
            made.content, made.digest = report_to_bytes(report), digest(report)
        server = WebServer(environ, folder / "serve.log")
        try:
            server.start()
            yield reviewed, address
        finally:
            server.kill()


def sign_in(visitor: Visitor, account: Account) -> None:
    visitor.go("/sign-in", to="Sign in")
    visitor.fill({"Email address": account.email, "Password": PASSWORD})
    visitor.press("Sign in", to=re.compile("."))


def plan(visitor: Visitor) -> None:
    """From the list of workshops to a planned one."""
    visitor.follow("Workshops on the report", to="Workshops")
    visitor.says(re.compile("Your workshops on this report will be here"))
    visitor.follow("Plan a workshop", to="Plan a workshop")
    visitor.fill({"Place": "Town Hall, Halifax"})
    visitor.press("Plan the workshop", to="Plan a workshop", error=True)
    visitor.says("Enter the day of the workshop")
    day = clock.now() + timedelta(days=30)
    visitor.fill({"Day": str(day.day), "Month": str(day.month), "Year": str(day.year)})
    expect(visitor.page.get_by_label("Place", exact=True)).to_have_value("Town Hall, Halifax")
    visitor.press("Plan the workshop", to=TITLE)
    visitor.says("Nobody hears of it until you invite them.", "6 topics, which take all the time there is.")


def arrange(visitor: Visitor) -> None:
    """Through the agenda: what the report proposes, another order, one topic off and one of one's own."""
    visitor.follow("Look through the agenda", to="Agenda")
    rows = visitor.page.locator("tbody tr")
    expect(rows).to_have_count(8)
    expect(rows.nth(1)).to_contain_text(PROMISED)
    rows.nth(1).get_by_role("button", name=re.compile("^Down")).click()
    expect(visitor.page.locator("tbody tr").nth(2)).to_contain_text(PROMISED)
    visitor.look("Agenda")
    visitor.page.locator("tbody tr").nth(6).get_by_role("link", name=re.compile("^Take off")).click()
    visitor.look("Take a topic off the agenda")
    visitor.press("Take it off", to="Agenda")
    visitor.says(re.compile("20 minutes are left"))
    visitor.fill({"What it is about": "What else matters to us?", "Minutes": "5"})
    visitor.press("Add the topic", to="Agenda", error=True)
    visitor.fill({"Minutes": "25"})
    visitor.press("Add the topic", to="Agenda")
    visitor.says(re.compile("The agenda is 5 minutes too long"))
    visitor.press("Share the time out anew", to="Agenda")
    visitor.says(re.compile("which is all the time there is"))
    visitor.page.get_by_text("Why in this order").click()
    visitor.says(re.compile("gap × spread × importance"))
    visitor.look("Agenda")
    visitor.follow(TITLE, to=TITLE)


def invite(visitor: Visitor) -> None:
    """Everybody is chosen, looked at once more and invited; one seat gets another link."""
    visitor.follow("Choose who is invited", to="Choose who is invited")
    visitor.press("Save", to=TITLE)
    visitor.follow("Invite them", to="Invite them")
    visitor.press("Send the invitations", to=TITLE)
    visitor.says(f"The invitations are on their way. {PEOPLE} people get a mail within minutes.")
    visitor.follow("Who is invited", to="Who is invited")


def mails_in(folder: Path) -> dict[str, EmailMessage]:
    """The last mail about the workshop to each address."""
    found = {}
    for file in sorted(folder.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns):
        mail = message_from_bytes(file.read_bytes(), policy=policy.default)
        if ": workshop on " in mail["Subject"]:
            found[mail["To"].addresses[0].addr_spec] = mail
    return found


@pytest.mark.parametrize(
    ("who", "width", "scripts"), [("organiser", 1280, True), ("steward", 375, False)], ids=["wide", "phone"]
)
def test_a_workshop_is_planned_from_the_report_and_people_are_invited(
    tmp_path: Path, seat: Seat, who: str, width: int, scripts: bool
) -> None:
    with running(tmp_path) as (reviewed, address):
        leader = seat(address, f"leader-{who}", width=width, scripts=scripts)
        sign_in(leader, getattr(reviewed, who))
        own = "steward" if who == "steward" else "organiser"
        leader.go(f"/{own}/reviews/{reviewed.cycle.id}", to="Spring review")
        plan(leader)
        arrange(leader)
        invite(leader)
        mailbox = state().keys.mailbox(reviewed.cycle.id)
        # As the worker does, which has reports to print besides.
        posting.send_due(state())
        assert len(mails_in(mailbox)) == PEOPLE
        leader.page.reload()
        leader.look("Who is invited")
        row = leader.page.locator("tr", has_text="0@mill.example")
        expect(row).to_contain_text("Sent")
        first = mails_in(mailbox)["0@mill.example"].as_string()
        row.get_by_role("button", name=re.compile("^Send a new link")).click()
        leader.look("Who is invited")
        leader.says(re.compile("gets a new link. The old one opens nothing any more."))
        posting.send_due(state())
        assert mails_in(mailbox)["0@mill.example"].as_string() != first
        leader.page.locator("tr", has_text="0@ash.example").get_by_role(
            "link", name=re.compile("^Take the seat away")
        ).click()
        leader.look("Take the seat away from Person 0 at ash")
        leader.press("Take the seat away", to="Who is invited")
        leader.follow(TITLE, to=TITLE)
        leader.follow("Change when and where it is", to="Change when and where it is")
        leader.fill({"It begins at": "14:00"})
        leader.press("Save", to=TITLE)
        leader.says(re.compile(f"{PEOPLE - 1} people get a mail within minutes"), re.compile("2:00pm"))
        leader.follow("Call it off", to="Call the workshop off")
        leader.press("Call it off", to=TITLE)
        leader.says(re.compile("Its links open nothing any more"))
        leader.follow("Workshops", to="Workshops")
