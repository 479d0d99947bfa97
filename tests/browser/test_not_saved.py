"""The server is killed, or its disk is full, while somebody answers: what they typed stays, and is saved afterwards."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import text

from review_app.models import db
from tests.browser.conftest import Seat
from tests.browser.installation import Installation, running_review
from tests.browser.test_answering import COMMENT, SAVE, TITLE, UNREACHED, assert_kept, begin, radio, says

pytestmark = [pytest.mark.browser, pytest.mark.slow]
DISK = "24m"
FULL = "Not saved yet: the server cannot save just now. Your text is still here."


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A small disk of its own, where this user may make one."""
    folder = tmp_path_factory.mktemp("disk")
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", str(folder)], check=False, capture_output=True
    )
    yield folder
    if mounted.returncode == 0:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture(scope="module")
def review(disk: Path) -> Iterator[Installation]:
    """An open review on that disk."""
    with running_review(disk) as running:
        yield running


@contextmanager
def filled(disk: Path, review: Installation) -> Iterator[None]:
    """The disk without a byte to spare: the database's log has no room of its own either."""
    with review.app.app_context(), db.engine.connect() as connection:
        assert connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)")).one()[0] == 0
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for block in (1 << 20, 1 << 12, 1):
            try:
                while True:
                    file.write(b"\0" * block)
            except OSError:
                continue
    try:
        yield
    finally:
        ballast.unlink()


def test_a_server_that_is_killed_and_started_again_finds_what_was_typed_meanwhile(
    seat: Seat, browser: Browser, review: Installation
) -> None:
    person = "rob.oyelaran@moorlandrecrui.example"
    visitor = seat(review.address, "killed", width=375)
    visitor.expects += ("ERR_CONNECTION_REFUSED", "ERR_CONNECTION_RESET", "ERR_EMPTY_RESPONSE")
    page = begin(visitor, review, person)
    radio(page, 0, 1).check()
    says(page, "Saved")
    review.server.kill()
    page.locator("textarea").fill(COMMENT)
    says(page, UNREACHED)
    page.get_by_role("button", name=SAVE).click()
    says(page, UNREACHED)
    expect(page.locator("textarea")).to_have_value(COMMENT)
    visitor.look(TITLE)
    review.server.start()
    # By itself, at one of the next tries.
    says(page, "Saved")
    assert_kept(browser, review, person, comment=COMMENT, place=1)
    page.get_by_role("button", name=SAVE).click()
    expect(page.get_by_text("Page 2 of 6")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_full_disk_keeps_what_was_typed_on_the_page_until_there_is_room(
    seat: Seat, browser: Browser, disk: Path, review: Installation, scripts: bool
) -> None:
    if not os.path.ismount(disk):
        pytest.skip("only an administrator can make a disk to fill; tests/web fills SQLite without one")
    person = "amy.cho@pennineskillsg.example" if scripts else "ken.adeyemi@horizonworkslt.example"
    visitor = seat(review.address, "full", width=320, scripts=scripts)
    visitor.expects += ("status of 503",)
    visitor.page.goto(f"{review.address}/r")
    visitor.page.get_by_label("Your code").fill(review.codes()[person])
    visitor.page.get_by_role("button", name="Continue").click()
    visitor.page.get_by_role("button", name="Start").click()
    visitor.look(TITLE)
    page = visitor.page
    with filled(disk, review):
        radio(page, 0, 2).check()
        page.locator("textarea").fill(COMMENT)
        if scripts:
            says(page, f"{FULL} We keep trying.")
        page.get_by_role("main").get_by_role("button", name=SAVE).click()
        if scripts:
            says(page, f"{FULL} We keep trying.")
        visitor.look(TITLE, error=not scripts)
        if not scripts:
            visitor.says(f"{FULL} Try again in a minute.")
        expect(page.locator("textarea")).to_have_value(COMMENT)
        expect(radio(page, 0, 2)).to_be_checked()
    if scripts:
        says(page, "Saved")
    page.get_by_role("main").get_by_role("button", name=SAVE).click()
    expect(page.get_by_text("Page 2 of 6")).to_be_visible()
    assert_kept(browser, review, person, comment=COMMENT, place=2)
