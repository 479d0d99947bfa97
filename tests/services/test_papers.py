"""PDFs of pages: made once by whoever works, known by what they show, and gone a week after nobody wants them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from review_app import papers

PAGE = '<!doctype html><html lang="en"><head><title>Minutes</title></head><body><h1>{}</h1></body></html>'


def test_a_page_is_asked_for_printed_and_there(tmp_path: Path) -> None:
    assert papers.asked(tmp_path, PAGE.format("One")) is None
    assert papers.asked(tmp_path, PAGE.format("One")) is None
    assert papers.print_waiting(tmp_path) == 1
    path = papers.asked(tmp_path, PAGE.format("One"))
    assert path is not None and path.read_bytes().startswith(b"%PDF-")
    assert papers.print_waiting(tmp_path) == 0
    assert papers.asked(tmp_path, PAGE.format("Two")) is None


def test_only_the_owner_can_read_what_lies_there(tmp_path: Path) -> None:
    folder = tmp_path / "papers"
    papers.asked(folder, PAGE.format("One"))
    papers.print_waiting(folder)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert [path.suffix for path in folder.iterdir() if path.suffix != ".lock"] == [".pdf"]


def test_one_that_cannot_be_printed_keeps_no_other_waiting(tmp_path: Path) -> None:
    papers.asked(tmp_path, PAGE.format("Broken"), ["there-is-no-such-style.css"])
    papers.asked(tmp_path, PAGE.format("Sound"))
    with pytest.raises(FileNotFoundError):
        papers.print_waiting(tmp_path)
    assert papers.asked(tmp_path, PAGE.format("Sound")) is not None
    assert papers.print_waiting(tmp_path) == 0


def test_what_nobody_asks_for_in_a_week_is_removed(tmp_path: Path) -> None:
    papers.asked(tmp_path, PAGE.format("Old"))
    papers.asked(tmp_path, PAGE.format("New"))
    papers.print_waiting(tmp_path)
    old, new = (papers.asked(tmp_path, PAGE.format(word)) for word in ("Old", "New"))
    assert old is not None and new is not None
    now = new.stat().st_mtime
    os.utime(old, (now - 8 * 86_400, now - 8 * 86_400))
    papers.forget_old(tmp_path, now)
    assert new.exists() and not old.exists()
