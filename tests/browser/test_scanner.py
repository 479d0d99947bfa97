"""A mail scanner is at the link before the person: it fetches, runs scripts, posts every form, from several addresses.

After all that no ballot exists, nobody has left, and the person answers as if nothing had been.
"""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from urllib.parse import urlencode, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import inspect, select, text

from review_app.database import reading
from review_app.demo.browsing import FormReader
from review_app.models import db
from review_app.models.cycles import CycleRecord
from surveys.instrument import Voice
from tests.browser.conftest import Seat
from tests.browser.installation import Installation
from tests.browser.journey import RECEIVED, REVIEWS, Mouse, answer

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PERSON = "jess.tolan@moorlandrecrui.example"
MACHINES = ("127.0.0.2", "127.0.0.3", "127.0.0.4")
PHONE = 375
MOST_PAGES = 60


def test_after_a_scanner_the_person_still_answers_and_no_ballot_is_from_it(
    open_review: Installation, browser: Browser, seat: Seat
) -> None:
    code = open_review.codes()[PERSON]
    before = sealed_rows(open_review)
    for machine in MACHINES:
        fetch_and_post(open_review.address, code, machine)
    for _ in MACHINES[:2]:
        with_scripts(browser, f"{open_review.address}/r#{code}")
    assert sealed_rows(open_review) == before
    visitor = seat(open_review.address, "scanned", width=PHONE)
    visitor.page.goto(f"{open_review.address}/r#{code}")
    visitor.look(REVIEWS)
    visitor.page.locator(".rt-reviews a").first.click()
    answer(visitor, Mouse(visitor.page), Voice.PARTNER_ON_PRIME, seen=True)
    visitor.page.get_by_role("button", name="Send", exact=True).click()
    expect(visitor.page.locator("h1")).to_have_text(RECEIVED)
    after = sealed_rows(open_review)
    assert after["ballots"] == before["ballots"] + 1
    assert {kind: count for kind, count in after.items() if kind != "ballots"} == {
        kind: count for kind, count in before.items() if kind != "ballots"
    }


def sealed_rows(installation: Installation) -> dict[str, int]:
    """How many rows there are of everything that only a person may make. A draft without an answer is none."""
    with installation.app.app_context(), reading() as session:
        storage = session.scalars(select(CycleRecord.storage)).one()
        there = set(inspect(db.engine).get_table_names())
        tables = {"ballots": f"ballots_{storage}", "feedback": f"feedback_{storage}"}
        tables |= {name: name for name in ("steward_requests", "link_requests")}
        return {
            kind: session.scalar(text(f"SELECT count(*) FROM {table}")) or 0
            for kind, table in tables.items()
            if table in there
        }


def fetch_and_post(address: str, code: str, machine: str) -> None:
    """What a scanner without scripts does: GET, HEAD and OPTIONS of the link, its forms posted blank."""
    for path in ("/r", f"/r#{code}", "/r/reviews", "/r/leave-out", "/r/lost"):
        page = ""
        for method in ("HEAD", "GET", "OPTIONS"):
            page = asked(address, machine, method, path) or page
        form = FormReader(page)
        blank = {**form.hidden, **dict.fromkeys(form.texts, "")}
        for target in (path, "/r"):
            asked(address, machine, "POST", target, urlencode(blank))
            asked(address, machine, "POST", target, "")


def asked(address: str, machine: str, method: str, path: str, body: str | None = None) -> str:
    """The page that one request from one machine gets. A fragment is never sent."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(
        parts.hostname or "", parts.port, timeout=30, source_address=(machine, 0)
    )
    try:
        headers = {"Content-Type": "application/x-www-form-urlencoded"} if body is not None else {}
        connection.request(method, path.partition("#")[0], body, headers)
        answer = connection.getresponse()
        assert answer.status < 500, f"{method} {path} gave {answer.status}"
        return answer.read().decode("utf-8", "replace")
    finally:
        connection.close()


def with_scripts(browser: Browser, link: str) -> None:
    """What a scanner with a browser does: follows the link and every link after it, and presses every button."""
    context = browser.new_context()
    context.set_default_timeout(30_000)
    page = context.new_page()
    page.goto(link)
    expect(page.locator("h1")).to_have_text(REVIEWS)
    paths = list(paths_from(page))
    assert any(path.endswith("/1") for path in paths), f"the scanner found no statements: {paths}"
    for path in paths:
        for number in range(buttons(page, path)):
            enter_again(context, page, link)
            page.goto(path)
            if page.locator("main form button[type=submit]").count() > number:
                page.locator("main form button[type=submit]").nth(number).click()
                # The page's script saves first and goes on then.
                page.wait_for_load_state("networkidle")
    context.close()


def enter_again(context: BrowserContext, page: Page, link: str) -> None:
    """Opens the link anew if a button has left it."""
    if not any(cookie["name"] in {"r", "__Host-r"} for cookie in context.cookies()):
        page.goto(link)
        expect(page.locator("h1")).to_have_text(REVIEWS)


def buttons(page: Page, path: str) -> int:
    """How many buttons a page has in its content."""
    page.goto(path)
    return page.locator("main form button[type=submit]").count()


def paths_from(page: Page) -> Iterator[str]:
    """Every page of the site that links lead to from here, each once."""
    waiting, seen = [page.url], set[str]()
    host = urlsplit(page.url).netloc
    while waiting and len(seen) < MOST_PAGES:
        path = waiting.pop(0)
        if path in seen:
            continue
        seen.add(path)
        yield path
        page.goto(path)
        links = page.locator("a[href]").evaluate_all("links => links.map(link => link.href)")
        waiting += [
            found.partition("#")[0]
            for found in links
            if urlsplit(found).netloc == host and urlsplit(found).path.startswith("/r")
        ]
