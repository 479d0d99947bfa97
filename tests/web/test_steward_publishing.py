"""Publishing: every word that leaves is seen once more, it happens once, and what people wrote is destroyed later."""

from __future__ import annotations

import json
import subprocess
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from review_app import clock, worker
from review_app.database import reading, transaction
from review_app.models.cycles import CycleRecord
from review_app.models.releases import ReportRecord
from review_app.services import cycles, publishing
from review_app.state import state
from surveys.cycle import CycleState
from tests.pages import PageClient
from tests.web.respondents import words
from tests.web.stewards import (
    HOSTILE,
    NEVER_QUOTED,
    QUOTABLE,
    REVEALING,
    Guarded,
    cards,
    comment_rows,
    cycle_of,
    decide,
    faults,
    field,
    files_with,
    folder_of,
    keep_all_back,
    page_holding,
    pool_paths,
    quotes,
    restore,
    signed_in,
)

PLAIN = QUOTABLE[2]
SUMMARY = "Several people would like to see the books.\nSome waited for months."
ENDINGS = ("", ".pdf", ".csv", ".json")


@pytest.fixture
def app(site: Flask, counted: Guarded) -> Flask:
    """The application on a fresh copy of the counted review."""
    restore(site, counted)
    return site


@pytest.fixture
def guard(app: Flask, counted: Guarded) -> PageClient:
    """The browser of its steward."""
    return signed_in(app, counted.steward)


def publish_path(counted: Guarded) -> str:
    return f"{counted.path}/publish"


def release_some(guard: PageClient, counted: Guarded) -> set[str]:
    """Quotes one element's comments, one of them rewritten, with a summary; what is released."""
    keep_all_back(guard, counted)
    path = page_holding(guard, counted, PLAIN)
    decide(guard, path, "quoted", {REVEALING: "Somebody waits for money."}, summary=SUMMARY)
    return {"Somebody waits for money.", SUMMARY, *QUOTABLE} - {REVEALING}


def publish(guard: PageClient, counted: Guarded) -> None:
    """Publishes what the page shows."""
    path = publish_path(counted)
    answer = guard.send(path, {"seen": field(guard.get(path).text, "seen")})
    assert (answer.status_code, answer.location) == (303, f"/reports/{counted.cycle_id}"), answer.text


def report_content(app: Flask, counted: Guarded) -> dict[str, Any]:
    with app.app_context(), reading() as session:
        content: dict[str, Any] = json.loads(publishing.load(session, counted.cycle_id).content)
    return content


def released_words(value: Any) -> list[str]:
    """Every summary and quote, wherever it lies in a report's JSON."""
    if isinstance(value, list):
        return [text for item in value for text in released_words(item)]
    if not isinstance(value, dict):
        return []
    own = [value["summary"], *value["quotes"]] if "quotes" in value else []
    return [text for text in own if text] + released_words(list(value.values()))


def look_later(app: Flask, days: int) -> None:
    """The worker does everything that is owed so many days from now."""
    with time_machine.travel(clock.now() + timedelta(days=days, seconds=1)), app.app_context():
        assert worker.look(state())


def test_before_publication_nobody_finds_a_report(app: Flask, guard: PageClient, counted: Guarded) -> None:
    for client in (guard, signed_in(app, counted.organiser)):
        for ending in ENDINGS:
            assert client.get(f"/reports/{counted.cycle_id}{ending}").status_code == 404


def test_one_undecided_comment_keeps_the_report_back_and_leads_to_it(
    app: Flask, guard: PageClient, counted: Guarded
) -> None:
    keep_all_back(guard, counted)
    path = page_holding(guard, counted, PLAIN)
    card = cards(guard.get(path).text)[0]
    seen = field(guard.get(publish_path(counted)).text, "seen")
    guard.send(path, {f"text-{other.id}": other.text for other in cards(guard.get(path).text)} | {
        f"verdict-{other.id}": "kept_back" for other in cards(guard.get(path).text) if other != card
    })  # fmt: skip
    page = guard.get(publish_path(counted)).text
    assert "1 comment waits for your decision: quote it, or keep it back." in words(page)
    assert f'href="{counted.path}/comments"' in page and 'method="post"' not in page.partition("<main")[2]

    answer = guard.send(publish_path(counted), {"seen": seen}, page=f"{counted.path}/comments/1")
    assert answer.status_code == 422
    assert len(faults(answer.text)) == 1
    assert f'href="{counted.path}/comments"' in answer.text
    assert cycle_of(app, counted.cycle_id).state is CycleState.CLOSED
    assert "1 to decide" in guard.get(f"{counted.path}/comments").text
    review = words(guard.get(counted.path).text)
    assert "1 comment waits for your decision." in review and "Cannot start yet" in review


def test_the_last_page_shows_every_word_that_the_report_holds(
    app: Flask, guard: PageClient, counted: Guarded
) -> None:
    released = release_some(guard, counted)
    shown = quotes(guard.get(publish_path(counted)).text)
    assert len(shown) == len(set(shown)) and set(shown) == released
    publish(guard, counted)
    assert sorted(released_words(report_content(app, counted))) == sorted(shown)
    page = guard.get(f"/reports/{counted.cycle_id}").text
    assert "Somebody waits for money." in page and "<script>alert" not in page
    assert not [text for text in (*NEVER_QUOTED, REVEALING) if text in page]


def test_the_last_page_names_what_could_still_give_somebody_away(guard: PageClient, counted: Guarded) -> None:
    keep_all_back(guard, counted)
    path = page_holding(guard, counted, PLAIN)
    decide(guard, path, "quoted", {PLAIN: "Gary Laidlaw said so."}, summary="They met on 3 March 2026.")
    page = words(guard.get(publish_path(counted)).text)
    assert "this holds a name (Gary), a name (Laidlaw)." in page
    assert "this holds a date (3 March 2026)." in page
    assert "a sum (£45,000)" in page


def test_without_released_words_the_page_says_that_the_report_holds_figures_only(
    app: Flask, guard: PageClient, counted: Guarded
) -> None:
    keep_all_back(guard, counted)
    assert "It holds figures only: nothing is quoted or summed up." in guard.get(publish_path(counted)).text
    publish(guard, counted)
    assert released_words(report_content(app, counted)) == []


@pytest.mark.parametrize("what", ["a quote", "a summary", "another quote"])
def test_what_changed_in_another_window_is_shown_before_it_is_published(
    app: Flask, guard: PageClient, counted: Guarded, what: str
) -> None:
    release_some(guard, counted)
    seen = field(guard.get(publish_path(counted)).text, "seen")
    if what == "another quote":
        path = page_holding(guard, counted, "Quotable second remark 00.")
        decide(guard, path, "quoted")
        changed = "Quotable second remark 00."
    else:
        path = page_holding(guard, counted, PLAIN)
        changed = "A quite different text."
        texts, summary = ({PLAIN: changed}, SUMMARY) if what == "a quote" else ({}, changed)
        decide(guard, path, "quoted", texts, summary=summary)

    answer = guard.send(publish_path(counted), {"seen": seen})
    assert answer.status_code == 422
    assert faults(answer.text) == [
        "What the report would hold has changed since you opened this page. Read it once more, then go on."
    ]
    assert changed in quotes(answer.text)
    assert cycle_of(app, counted.cycle_id).state is CycleState.CLOSED
    assert guard.get(f"/reports/{counted.cycle_id}").status_code == 404

    again = guard.send(publish_path(counted), {"seen": field(answer.text, "seen")})
    assert again.location == f"/reports/{counted.cycle_id}"
    assert changed in released_words(report_content(app, counted))


def test_a_form_without_what_was_seen_publishes_nothing(
    app: Flask, guard: PageClient, counted: Guarded
) -> None:
    release_some(guard, counted)
    assert guard.send(publish_path(counted)).status_code == 422
    assert cycle_of(app, counted.cycle_id).state is CycleState.CLOSED


def test_publishing_twice_gives_one_report(app: Flask, guard: PageClient, counted: Guarded) -> None:
    release_some(guard, counted)
    page = guard.get(publish_path(counted)).text
    publish(guard, counted)
    with app.app_context(), reading() as session:
        first = publishing.load(session, counted.cycle_id)
    for seen in (field(page, "seen"), ""):
        answer = guard.send(publish_path(counted), {"seen": seen}, page=f"/reports/{counted.cycle_id}")
        assert (answer.status_code, answer.location) == (303, f"/reports/{counted.cycle_id}")
    with app.app_context(), reading() as session:
        assert publishing.load(session, counted.cycle_id) == first
        assert session.scalar(select(func.count()).select_from(ReportRecord)) == 1
    answer = guard.get(publish_path(counted))
    assert (answer.status_code, answer.location) == (303, counted.path)


def test_after_publication_the_steward_is_led_to_the_report(guard: PageClient, counted: Guarded) -> None:
    release_some(guard, counted)
    publish(guard, counted)
    page = guard.get(counted.path).text
    assert "The report is published." in page and f'href="/reports/{counted.cycle_id}"' in page
    assert "Your turn" not in guard.get("/steward").text


def test_a_pdf_that_is_not_made_yet_leads_back_to_the_page(guard: PageClient, counted: Guarded) -> None:
    release_some(guard, counted)
    publish(guard, counted)
    page = guard.get(f"/reports/{counted.cycle_id}").text
    files = f"/reports/{counted.cycle_id}/files"
    assert f"{files}/figures.en.csv" in page and f"{files}/report.en.pdf" not in page
    assert "Being made; ready in a few minutes:" in page and "The summary on two pages (PDF)" in page
    answer = guard.get(f"/reports/{counted.cycle_id}.pdf")
    assert (answer.status_code, answer.location) == (303, f"/reports/{counted.cycle_id}")
    assert "The PDF is being made. Try again in a minute." in guard.get(answer.location).text


def test_the_files_of_a_report_are_downloads_of_their_kind_and_the_originals_go_after_thirty_days(
    app: Flask, guard: PageClient, counted: Guarded
) -> None:
    released = release_some(guard, counted)
    publish(guard, counted)
    look_later(app, 0)
    kinds = {".pdf": "application/pdf", ".csv": "text/csv; charset=utf-8", ".json": "application/json"}
    begins = {".pdf": b"%PDF-", ".csv": b"", ".json": b"{"}
    files = {}
    organiser = signed_in(app, counted.organiser)
    for ending, kind in kinds.items():
        answer = guard.get(f"/reports/{counted.cycle_id}{ending}")
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, kind)
        disposition = answer.headers["Content-Disposition"]
        assert disposition.startswith("attachment; filename=pathways-north-") and disposition.endswith(ending)
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.data.startswith(begins[ending])
        assert organiser.get(f"/reports/{counted.cycle_id}{ending}").data == answer.data
        files[ending] = answer.data
    page = guard.get(f"/reports/{counted.cycle_id}").text
    for key in ("report.en.pdf", "two-pages.en.pdf", "large-print.en.pdf"):
        assert f"/reports/{counted.cycle_id}/files/{key}" in page
    assert "Being made" not in page
    for ending in (".html", ".xlsx", ".PDF", ".pdf/x"):
        assert guard.get(f"/reports/{counted.cycle_id}{ending}").status_code == 404
    (folder_of(app) / "data" / "downloaded.pdf").write_bytes(files[".pdf"])
    run = subprocess.run(
        ["pdftotext", folder_of(app) / "data" / "downloaded.pdf", "-"],
        capture_output=True,
        check=True,
        text=True,
    )
    assert "Somebody waits for money." in words(run.stdout) and "alert(1)" in run.stdout
    assert not [text for text in (*NEVER_QUOTED, REVEALING) if text in words(run.stdout)]

    # The day before they are due they are still there; a day later no file of the installation holds one.
    unreleased = [text.encode() for text in (*NEVER_QUOTED, REVEALING, "Quotable second remark 00.")]
    look_later(app, 29)
    assert all(files_with(folder_of(app) / "data", text) for text in unreleased)
    look_later(app, 30)
    assert {row.text for row in comment_rows(app)} == {""}
    assert [text for text in unreleased if files_with(folder_of(app), text)] == []
    # What was released is in the report for good, and the report is what it was.
    assert set(released_words(report_content(app, counted))) == released
    assert guard.get(f"/reports/{counted.cycle_id}.json").data == files[".json"]
    assert HOSTILE in released


def test_the_list_of_pools_says_which_wait(guard: PageClient, counted: Guarded) -> None:
    page = guard.get(f"{counted.path}/comments").text
    assert page.count("10 to decide") == 2
    assert publish_path(counted) not in page
    paths = pool_paths(guard, counted)
    decide(guard, page_holding(guard, counted, PLAIN), "kept_back")
    assert len(pool_paths(guard, counted)) == len(paths)
    assert guard.get(f"{counted.path}/comments").text.count("10 to decide") == 1


# With time for replies


@pytest.fixture
def with_replies(app: Flask, counted: Guarded) -> Guarded:
    """The counted review, published 28 days after its close."""
    with app.app_context(), transaction() as session:
        session.get_one(CycleRecord, counted.cycle_id).publish_after_days = 28
    return counted


def test_the_steward_makes_the_reports_and_everybody_reads_them_four_weeks_later(
    app: Flask, guard: PageClient, with_replies: Guarded
) -> None:
    counted = with_replies
    page = words(guard.get(counted.path).text)
    assert "What you have not decided on by then is kept back for good." in page and "Replies until" in page
    release_some(guard, counted)
    path = publish_path(counted)
    page = guard.get(path).text
    assert "Make the reports" in words(page) and "can reply for 14 days at least" in words(page)
    assert "Then you have two days to look at the replies" in words(page)
    answer = guard.send(path, {"seen": field(page, "seen")})
    assert (answer.status_code, answer.location) == (303, counted.path)
    page = words(guard.get(counted.path).text)
    assert "The reports are made. Everybody gets them on" in page and "you may hold one back" in page
    assert cycle_of(app, counted.cycle_id).is_awaiting_replies
    for closed in (path, f"{counted.path}/comments", f"{counted.path}/comments/1"):
        assert guard.get(closed).location == counted.path
    assert guard.send(path, {"seen": "x"}, page=counted.path).location == f"/reports/{counted.cycle_id}"
    fields = {"csrf_token": guard.csrf(counted.path)}
    assert guard.post(f"{counted.path}/comments/1", data=fields).status_code == 409
    home = words(guard.get("/steward").text)
    assert "Replies until" in home and "Your turn" not in home
    organiser = signed_in(app, counted.organiser)
    home = words(organiser.get("/organiser").text)
    assert "Reply to the report" in home and "Your turn" in home and "Everybody gets the report" in home
    look_later(app, 28)
    assert cycle_of(app, counted.cycle_id).state is CycleState.PUBLISHED
    assert "The report is published." in words(guard.get(counted.path).text)


def test_a_steward_who_is_late_finds_the_reports_made_without_what_was_undecided(
    app: Flask, guard: PageClient, with_replies: Guarded
) -> None:
    look_later(app, 12)
    assert cycle_of(app, with_replies.cycle_id).is_awaiting_replies
    assert guard.get(publish_path(with_replies)).location == with_replies.path
    assert released_words(report_content(app, with_replies)) == []
    assert not any(text in json.dumps(report_content(app, with_replies)) for text in NEVER_QUOTED)


def test_people_are_told_how_a_later_close_moves_the_day(
    site: Flask, launched: Guarded, stewards_at: Any
) -> None:
    client = stewards_at(launched)
    with site.app_context(), transaction() as session:
        session.get_one(CycleRecord, launched.cycle_id).publish_after_days = 28
    assert "That day moves by as much as the close." in words(client.get(f"{launched.path}/extend").text)
    before = cycle_of(site, launched.cycle_id)
    with site.app_context(), transaction() as session:
        later = before.closes_at + timedelta(days=7)
        cycles.extend(session, clock.now(), launched.cycle_id, launched.steward.id, later)
    after = cycle_of(site, launched.cycle_id)
    assert before.timetable is not None and after.timetable is not None
    assert after.timetable.publishes_at - before.timetable.publishes_at == timedelta(days=7)
