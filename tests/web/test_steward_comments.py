"""The steward's comments: who may be quoted, what a form can never release, and what is kept of what was typed."""

from __future__ import annotations

import pytest
from flask import Flask

from review_app.services.comments import LONGEST_QUOTE, LONGEST_SUMMARY
from surveys.answers import CommentChoice
from tests.pages import PageClient
from tests.web.respondents import words
from tests.web.stewards import (
    HOSTILE,
    NEVER_QUOTED,
    PRIVATE,
    QUOTABLE,
    REVEALING,
    SPECIALISTS_PRIVATE,
    TO_SUM_UP,
    TOO_FEW,
    Guarded,
    cards,
    comment_rows,
    decide,
    faults,
    field,
    keep_all_back,
    page_holding,
    pool_paths,
    quotes,
    restore,
    signed_in,
)

PLAIN = QUOTABLE[2]


@pytest.fixture
def app(site: Flask, counted: Guarded) -> Flask:
    """The application on a fresh copy of the counted review."""
    restore(site, counted)
    return site


@pytest.fixture
def guard(app: Flask, counted: Guarded) -> PageClient:
    """The browser of its steward."""
    return signed_in(app, counted.steward)


def decisions(app: Flask) -> list[tuple[str, str, str]]:
    return [(row.id, row.verdict, row.released_text) for row in comment_rows(app)]


def test_a_page_offers_to_quote_what_may_be_quoted_and_nothing_else(
    guard: PageClient, counted: Guarded
) -> None:
    page = guard.get(page_holding(guard, counted, PLAIN)).text
    assert sorted(card.text for card in cards(page)) == sorted(QUOTABLE)
    assert sorted(quotes(page)) == sorted((*TO_SUM_UP, *PRIVATE))


def test_a_pool_of_private_words_offers_no_field_at_all(guard: PageClient, counted: Guarded) -> None:
    page = guard.get(page_holding(guard, counted, "A specialist&#39;s word")).text
    assert set(quotes(page)) == {SPECIALISTS_PRIVATE}
    assert "<textarea" not in page and 'type="radio"' not in page


def test_comments_of_too_few_people_are_for_the_steward_alone(guard: PageClient, counted: Guarded) -> None:
    page = guard.get(page_holding(guard, counted, TOO_FEW[0])).text
    assert "Too few people answered here for a comment to be shown." in page
    assert sorted(quotes(page)) == sorted(TOO_FEW)
    assert "<textarea" not in page and 'type="radio"' not in page


def test_no_posted_form_releases_a_comment_that_may_not_be_quoted(
    app: Flask, guard: PageClient, counted: Guarded
) -> None:
    rows = comment_rows(app)
    guarded = [row for row in rows if row.choice != CommentChoice.VERBATIM or not row.pool_id]
    assert {row.text for row in guarded} == set(NEVER_QUOTED)
    assert {row.choice for row in guarded} == set(CommentChoice)
    for path in pool_paths(guard, counted):
        forged = {"choice": "verbatim", "pool_id": "all", "pool_title": "All", "subject": "prime"}
        for row in guarded:
            forged[f"verdict-{row.id}"] = "quoted"
            forged[f"text-{row.id}"] = row.text
            forged[f"choice-{row.id}"] = forged[f"pool_id-{row.id}"] = "verbatim"
        for card in cards(guard.get(path).text):
            forged[f"verdict-{card.id}"] = "kept_back"
            forged[f"text-{card.id}"] = card.text
        assert guard.send(path, forged).status_code == 303
    # What was posted for them has left no trace: not even a verdict is kept.
    kept = {row.id: (row.choice, row.pool_id, row.verdict, row.released_text) for row in comment_rows(app)}
    assert {kept[row.id] for row in guarded} == {(row.choice, row.pool_id, "waiting", "") for row in guarded}
    assert quotes(guard.get(f"{counted.path}/publish").text) == []

    answer = guard.send(f"{counted.path}/publish", published_form(guard, counted))
    assert answer.location == f"/reports/{counted.cycle_id}"
    for ending in ("", ".json", ".csv"):
        report = guard.get(f"/reports/{counted.cycle_id}{ending}").text
        assert not [text for text in (*NEVER_QUOTED, *QUOTABLE) if text in report]


def published_form(guard: PageClient, counted: Guarded) -> dict[str, str]:
    return {"seen": field(guard.get(f"{counted.path}/publish").text, "seen")}


@pytest.mark.parametrize("words_of_the_pool", ["A specialist&#39;s word", TOO_FEW[0]])
def test_a_pool_that_may_not_be_released_takes_no_summary(
    guard: PageClient, counted: Guarded, words_of_the_pool: str
) -> None:
    path = page_holding(guard, counted, words_of_the_pool)
    guard.send(path, {"summary": "A summary of what may not leave."}, page=path)
    keep_all_back(guard, counted)
    assert "It holds figures only" in guard.get(f"{counted.path}/publish").text


def test_the_text_as_the_steward_changed_it_is_kept_beside_what_was_written(
    app: Flask, guard: PageClient, counted: Guarded
) -> None:
    path = page_holding(guard, counted, PLAIN)
    assert decide(guard, path, "quoted", {REVEALING: "Somebody waits for a lot of money."}).status_code == 303
    page = guard.get(path).text
    changed = next(card for card in cards(page) if card.text == "Somebody waits for a lot of money.")
    assert changed.verdict == "quoted"
    assert "As it was written: Beth Ramsden of Tyne Steps" in page
    row = next(row for row in comment_rows(app) if row.id == changed.id)
    assert (row.text, row.released_text) == (REVEALING, "Somebody waits for a lot of money.")


@pytest.mark.parametrize(
    ("typed", "mend"),
    [
        ("", "Write one, or keep the comment back."),
        ("   \r\n ", "Write one, or keep the comment back."),
        pytest.param(
            "x" * (LONGEST_QUOTE + 1),
            f"The quote has {LONGEST_QUOTE + 1} characters. Shorten it to 500.",
            id="too long",
        ),
    ],
)
def test_a_quote_that_cannot_be_kept_is_refused_with_the_whole_page(
    app: Flask, guard: PageClient, counted: Guarded, typed: str, mend: str
) -> None:
    before = decisions(app)
    path = page_holding(guard, counted, PLAIN)
    answer = decide(guard, path, "quoted", {PLAIN: typed}, summary="What I typed beside it.")
    assert answer.status_code == 422
    (fault,) = faults(answer.text)
    assert mend in fault
    # Everything that was typed stands there still, and nothing of it was kept.
    after = cards(answer.text)
    assert sorted(card.text for card in after) == sorted(
        typed.strip() if text == PLAIN else text for text in QUOTABLE
    )
    assert {card.verdict for card in after} == {"quoted"}
    assert "What I typed beside it." in answer.text
    assert decisions(app) == before
    refused = next(card for card in after if card.text == typed.strip())
    assert f'href="#text-{refused.id}"' in answer.text


def test_a_quote_of_the_longest_length_is_kept_with_its_lines(
    app: Flask, guard: PageClient, counted: Guarded
) -> None:
    longest = "x" * (LONGEST_QUOTE - 3) + "\r\ny\r\n"
    path = page_holding(guard, counted, PLAIN)
    assert decide(guard, path, "quoted", {PLAIN: longest}).status_code == 303
    assert "x" * (LONGEST_QUOTE - 3) + "\ny" in {row.released_text for row in comment_rows(app)}


def test_a_comment_that_is_kept_back_is_not_held_to_a_length(guard: PageClient, counted: Guarded) -> None:
    path = page_holding(guard, counted, PLAIN)
    assert decide(guard, path, "kept_back", {PLAIN: ""}).status_code == 303


def test_a_too_long_summary_keeps_its_text_and_nothing_of_the_page(
    app: Flask, guard: PageClient, counted: Guarded
) -> None:
    before = decisions(app)
    path = page_holding(guard, counted, PLAIN)
    typed = "s" * (LONGEST_SUMMARY + 1)
    answer = decide(guard, path, "kept_back", summary=typed)
    assert answer.status_code == 422
    assert faults(answer.text) == ["The summary has 2,001 characters. Shorten it to 2,000."]
    assert typed in answer.text and 'href="#summary"' in answer.text
    assert {card.verdict for card in cards(answer.text)} == {"kept_back"}
    assert decisions(app) == before
    assert typed not in guard.get(path).text


def test_a_summary_of_the_longest_length_counts_a_line_end_once(guard: PageClient, counted: Guarded) -> None:
    path = page_holding(guard, counted, PLAIN)
    lines = "\r\n".join(["s" * 99] * 20)
    assert decide(guard, path, "kept_back", summary=lines + "s").status_code == 303
    assert lines.replace("\r\n", "\n") in guard.get(path).text


@pytest.mark.parametrize("said", [TO_SUM_UP[1], PRIVATE[2]])
def test_nothing_released_repeats_what_may_not_be_quoted(
    app: Flask, guard: PageClient, counted: Guarded, said: str
) -> None:
    before = decisions(app)
    path = page_holding(guard, counted, said)
    typed = f"Several people wrote:\r\n{said.upper().replace(' ', '  ')}"
    summed_up = decide(guard, path, "kept_back", summary=typed)
    quoted = decide(guard, path, "quoted", {PLAIN: f"Also: {said}"})
    for answer in (summed_up, quoted):
        assert answer.status_code == 422
        assert len(faults(answer.text)) == 1 and "did not agree to be quoted" in faults(answer.text)[0]
    assert "Several people wrote:" in summed_up.text
    assert decisions(app) == before


def test_a_summary_can_be_taken_back(guard: PageClient, counted: Guarded) -> None:
    path = page_holding(guard, counted, PLAIN)
    decide(guard, path, "kept_back", summary="Several people like the meetings.")
    keep_all_back(guard, counted)
    page = guard.get(f"{counted.path}/publish").text
    assert "Several people like the meetings." not in page and "It holds figures only" in page


def test_every_clue_to_a_person_is_named_beside_the_comment(guard: PageClient, counted: Guarded) -> None:
    page = guard.get(page_holding(guard, counted, PLAIN)).text
    by_text = {card.text: card.clues for card in cards(page)}
    assert by_text[REVEALING].startswith("Look closely:")
    for clue in (
        "a name (Beth)",
        "a name (Ramsden)",
        "an organisation (Tyne Steps)",
        "an email address (beth@tynesteps.example)",
        "a number (01422 555 0142)",
        "a sum (£45,000)",
    ):
        assert clue in by_text[REVEALING]
    assert by_text[PLAIN] == ""


def test_clues_follow_what_the_steward_types(guard: PageClient, counted: Guarded) -> None:
    path = page_holding(guard, counted, PLAIN)
    changes = {REVEALING: "Somebody waits for money.", PLAIN: "Gary Laidlaw said so."}
    decide(guard, path, "quoted", changes)
    by_text = {card.text: card.clues for card in cards(guard.get(path).text)}
    assert by_text["Somebody waits for money."] == ""
    assert "a name (Gary), a name (Laidlaw)" in by_text["Gary Laidlaw said so."]


def test_what_people_wrote_is_shown_as_text_and_comes_back_as_it_was(
    guard: PageClient, counted: Guarded
) -> None:
    path = page_holding(guard, counted, PLAIN)
    assert HOSTILE in {card.text for card in cards(guard.get(path).text)}
    keep_all_back(guard, counted)
    decide(guard, path, "quoted")
    assert HOSTILE in quotes(guard.get(f"{counted.path}/publish").text)


def test_signs_that_nobody_can_see_are_taken_out_of_what_the_steward_types(
    app: Flask, guard: PageClient, counted: Guarded
) -> None:
    # Some break a page, a database or a PDF; others turn the rest of a line round.
    path = page_holding(guard, counted, PLAIN)
    unseen = "\x00\x1b\u202e\ufffe"
    answer = decide(guard, path, "quoted", {PLAIN: f"A {unseen}quote."}, summary=f"A {unseen}summary.")
    assert answer.status_code == 303
    page = guard.get(path).text
    assert "A quote." in {card.text for card in cards(page)} and "A summary." in page
    assert "A quote." in {row.released_text for row in comment_rows(app)}


def test_comments_do_not_stand_in_the_order_in_which_they_came(guard: PageClient, counted: Guarded) -> None:
    first = [card.text for card in cards(guard.get(page_holding(guard, counted, PLAIN)).text)]
    arrived = [QUOTABLE.index(text) for text in first]
    assert sorted(arrived) == list(range(len(QUOTABLE)))
    assert arrived not in ([*range(10)], [*reversed(range(10))])
    # The same ten people wrote on the next element: its order must not lead from one comment to the other.
    second = guard.get(page_holding(guard, counted, "Quotable second remark 00.")).text
    other = [int(card.text.removeprefix("Quotable second remark ")[:2]) for card in cards(second)]
    assert sorted(other) == list(range(len(QUOTABLE)))
    assert other != arrived


def test_deciding_twice_is_deciding_once(app: Flask, guard: PageClient, counted: Guarded) -> None:
    path = page_holding(guard, counted, PLAIN)
    decide(guard, path, "quoted", {PLAIN: "A checked remark."}, summary="In short.")
    before, page = decisions(app), cards(guard.get(path).text)
    for _ in range(2):
        decide(guard, path, "quoted", summary="In short.")
    assert decisions(app) == before
    assert cards(guard.get(path).text) == page


def test_a_quote_that_is_kept_back_later_leaves_nothing_released(
    app: Flask, guard: PageClient, counted: Guarded
) -> None:
    path = page_holding(guard, counted, PLAIN)
    decide(guard, path, "quoted", {PLAIN: "A checked remark."})
    decide(guard, path, "kept_back")
    assert {row.released_text for row in comment_rows(app)} == {""}
    assert PLAIN in {card.text for card in cards(guard.get(path).text)}


def test_a_comment_without_a_choice_goes_on_waiting(guard: PageClient, counted: Guarded) -> None:
    path = page_holding(guard, counted, PLAIN)
    for verdict in ("", "published", "waiting", "QUOTED"):
        assert decide(guard, path, verdict).status_code == 303
        assert {card.verdict for card in cards(guard.get(path).text)} == {""}
    assert "10 to decide" in guard.get(f"{counted.path}/comments").text


def test_a_change_without_a_choice_is_not_lost(app: Flask, guard: PageClient, counted: Guarded) -> None:
    before = decisions(app)
    path = page_holding(guard, counted, PLAIN)
    answer = decide(guard, path, "", {PLAIN: "A remark that took a while to rewrite."})
    assert answer.status_code == 422
    assert faults(answer.text) == [
        "You have changed this comment. Choose whether to quote it or to keep it back."
    ]
    assert "A remark that took a while to rewrite." in {card.text for card in cards(answer.text)}
    assert decisions(app) == before


def test_the_pages_lead_through_every_pool_and_back_to_the_list(guard: PageClient, counted: Guarded) -> None:
    paths = pool_paths(guard, counted)
    for number, path in enumerate(paths, 1):
        following = paths[number] if number < len(paths) else f"{counted.path}/comments"
        page = guard.get(path).text
        assert f"({number} of {len(paths)})" in words(page)
        if cards(page):
            assert decide(guard, path, "kept_back").location == following
        elif number < len(paths):
            assert f'href="{following}"' in page
    listed = guard.get(f"{counted.path}/comments").text
    assert "to decide" not in listed and "For you only" in listed
    assert f'href="{counted.path}/publish"' in listed


@pytest.mark.parametrize("number", ["0", "99", "999999999999999999999"])
def test_a_page_of_comments_that_is_not_there_is_not_found(
    guard: PageClient, counted: Guarded, number: str
) -> None:
    assert guard.get(f"{counted.path}/comments/{number}").status_code == 404
    path = f"{counted.path}/comments/{number}"
    assert guard.send(path, page=f"{counted.path}/comments/1").status_code == 404


def test_no_page_of_the_organiser_holds_a_word_of_a_comment(
    app: Flask, guard: PageClient, counted: Guarded
) -> None:
    path = page_holding(guard, counted, PLAIN)
    decide(guard, path, "quoted", dict.fromkeys(QUOTABLE, "A checked remark."))
    organiser = signed_in(app, counted.organiser)
    review = f"/organiser/reviews/{counted.cycle_id}"
    pages = [organiser.get(page).text for page in ("/organiser", review, f"{review}/preview")]
    # The steward's own words are not the organiser's to read either, until they are published.
    raw = (*QUOTABLE, *NEVER_QUOTED, "A checked remark.")
    assert not [text for page in pages for text in raw if text in page or words(text) in page]


def test_after_publication_no_decision_can_be_changed_and_no_comment_read(
    app: Flask, guard: PageClient, counted: Guarded
) -> None:
    path = page_holding(guard, counted, PLAIN)
    card = cards(guard.get(path).text)[0]
    keep_all_back(guard, counted)
    guard.send(f"{counted.path}/publish", published_form(guard, counted))
    before = decisions(app)
    answer = guard.get(path)
    assert (answer.status_code, answer.location) == (303, counted.path)
    for text in ("A later thought.", "x" * (LONGEST_QUOTE + 1)):
        fields = {f"verdict-{card.id}": "quoted", f"text-{card.id}": text}
        answer = guard.send(path, fields, page=f"/reports/{counted.cycle_id}")
        assert answer.status_code == 409
        assert not [text for text in (*QUOTABLE, *NEVER_QUOTED) if text in answer.text]
    assert decisions(app) == before
